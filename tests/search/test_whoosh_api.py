"""The door to Whoosh: it loads Whoosh once, without modules that it doesn't need, and without warnings."""

import subprocess
import sys
from pathlib import Path

import pytest

MODULES = ["vaultcrm.search.whoosh_api", "vaultcrm.search.stemming", "vaultcrm.search.worker_main"]


def run_python(code: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a statement in a fresh interpreter, since this one has loaded Whoosh already."""
    return subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True, check=True)


@pytest.mark.parametrize("module", MODULES)
def test_whoosh_is_loaded_without_what_it_does_not_need(module: str) -> None:
    names = ("whoosh", "urllib.request", "http", "ssl", "html", "_hashlib")
    code = f"import {module}, sys; print([name for name in {names} if name in sys.modules])"
    assert run_python(code).stdout == "['whoosh']\n"


@pytest.mark.parametrize("module", MODULES)
def test_whoosh_is_loaded_once(module: str) -> None:
    loaded = [line.rpartition("|")[2].strip() for line in run_python(f"import {module}", "-X", "importtime").stderr.splitlines()]
    assert [name for name in loaded if name in ("whoosh", "whoosh.compat", "whoosh.fields")] == ["whoosh", "whoosh.compat", "whoosh.fields"]


def test_what_was_left_out_can_be_imported_afterwards() -> None:
    code = (
        "import vaultcrm.search.whoosh_api, urllib.request, html, hashlib; print(urllib.request.urlretrieve, html.escape, hashlib.sha256)"
    )
    assert "None" not in run_python(code).stdout


def test_urllib_request_that_was_imported_before_stays_in_place() -> None:
    code = "import urllib.request as before, sys, vaultcrm.search.whoosh_api; print(sys.modules['urllib.request'] is before)"
    assert run_python(code).stdout == "True\n"


def test_compiling_whoosh_prints_no_warnings(tmp_path: Path) -> None:
    """As on the first run after an installation: without compiled files, Python compiles Whoosh and warns about its source."""
    code = "from vaultcrm.search import worker_main, stemming; stemming.stemmers(('english', 'german'))"
    result = run_python(code, "-W", "always", "-X", f"pycache_prefix={tmp_path}")
    assert [line for line in result.stderr.splitlines() if "whoosh" in line.lower()] == []
