"""Links that open a note in Obsidian, and the `open` command."""

import json
import os
import stat
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fork_server import program_folder
from tests.obsidian.programs import run
from tests.support import make_vault
from vaultcrm.obsidian import uri


@pytest.mark.parametrize(
    ("root", "path", "wanted"),
    [
        ("/v", "a.md", "obsidian://open?path=%2Fv%2Fa.md"),
        ("/my vault", "clients/Größe & Co/50% #1.md", "obsidian://open?path=%2Fmy%20vault%2Fclients%2FGr%C3%B6%C3%9Fe%20%26%20Co%2F50%25%20%231.md"),
        ("/v", "a+b=c?d.md", "obsidian://open?path=%2Fv%2Fa%2Bb%3Dc%3Fd.md"),
    ],
)  # fmt: skip
def test_a_path_is_percent_encoded(root: str, path: str, wanted: str) -> None:
    assert uri.note_uri(root, path) == wanted


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40))
def test_a_link_decodes_to_its_path(path: str) -> None:
    found = urlsplit(uri.note_uri("/v", "x" + path))
    assert (found.scheme, found.netloc, found.fragment) == ("obsidian", "open", "")
    assert parse_qs(found.query, keep_blank_values=True, strict_parsing=True) == {"path": [f"/v/x{path}"]}


def test_a_folder_name_that_is_not_utf8_is_encoded_byte_by_byte() -> None:
    assert uri.note_uri(os.fsdecode(b"/v\xff"), "a.md") == "obsidian://open?path=%2Fv%FF%2Fa.md"


def test_a_vault_inside_an_obsidian_vault_counts_as_opened(tmp_path: Path) -> None:
    make_vault(tmp_path / "all/work/crm", {".obsidian/app.json": "{}"})
    assert not uri.has_opened(str(tmp_path / "all/work/crm"))
    make_vault(tmp_path / "all", {".obsidian/workspace.json": "{}"})
    assert uri.has_opened(str(tmp_path / "all/work/crm"))
    assert not uri.has_opened(str(tmp_path))


@pytest.fixture
def desktop(tmp_path: Path) -> Path:
    """A folder with two desktop programs: `xdg-mime` prints who opens obsidian:// links, `xdg-open` records its argument."""
    folder = tmp_path / "desktop"
    folder.mkdir()
    for name, script in {
        "xdg-open": f'printf "%s\\n" "$1" > {folder}/tmp && mv {folder}/tmp {folder}/opened',
        "xdg-mime": '[ "$*" = "query default x-scheme-handler/obsidian" ] && echo "$OBSIDIAN"',
    }.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755 | stat.S_IEXEC)
    return folder


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs an XDG desktop")
@pytest.mark.parametrize(
    ("opened_before", "handler", "in_obsidian"),
    [(True, "obsidian.desktop", True), (True, "", False), (False, "obsidian.desktop", False)],
)
def test_open_uses_obsidian_if_it_has_opened_the_vault(
    opened_before: bool, handler: str, in_obsidian: bool, tmp_path: Path, desktop: Path
) -> None:
    files = {"clients/Größe & Co/Größe & Co.md": "---\ntype: client\n---\n", ".obsidian/app.json": "{}"}
    make_vault(tmp_path / "v", {**files, **({".obsidian/workspace.json": "{}"} if opened_before else {})})
    done = run(tmp_path / "v", "open", "größe", PATH=f"{desktop}:{os.environ['PATH']}", DISPLAY=":0", OBSIDIAN=handler)
    assert (done.returncode, done.stdout, done.stderr) == (0, "clients/Größe & Co/Größe & Co.md\n", "")
    until = time.monotonic() + 120
    while not (desktop / "opened").exists() and time.monotonic() < until:
        time.sleep(0.01)
    path = tmp_path / "v/clients/Größe & Co/Größe & Co.md"
    assert (desktop / "opened").read_text("utf-8") == (
        uri.note_uri(str(tmp_path / "v"), "clients/Größe & Co/Größe & Co.md") if in_obsidian else str(path)
    ) + "\n"


def test_open_prints_the_link_if_there_is_no_desktop(tmp_path: Path) -> None:
    make_vault(tmp_path / "v", {"clients/Acme/Acme.md": "---\ntype: client\n---\n"})
    expected = uri.note_uri(str(tmp_path / "v"), "clients/Acme/Acme.md")
    assert run(tmp_path / "v", "open", "acme", "--uri", DISPLAY="").stdout == expected + "\n"
    output = json.loads(run(tmp_path / "v", "--json", "open", "acme", "--uri", DISPLAY="").stdout)
    assert output == {"path": "clients/Acme/Acme.md", "uri": expected, "line": None}


@pytest.mark.skipif(sys.platform == "win32", reason="needs a Unix terminal")
@pytest.mark.parametrize("opened_before", [True, False])
def test_a_title_in_a_terminal_links_to_what_open_would_open(opened_before: bool, tmp_path: Path) -> None:
    files = {"clients/A #1/A #1.md": "---\ntype: client\n---\nHello\n"}
    make_vault(tmp_path / "v", {**files, **({".obsidian/workspace.json": "{}"} if opened_before else {})})
    terminal, inside = os.openpty()
    command = [f"{program_folder()}/vaultcrm", "--vault", str(tmp_path / "v"), "search", "hello"]
    subprocess.run(command, stdout=inside, stderr=subprocess.PIPE, env={**os.environ, "TERM": "xterm"}, check=True)
    shown = os.read(terminal, 65536).decode()
    os.close(terminal)
    os.close(inside)
    in_obsidian = uri.note_uri(str(tmp_path / "v"), "clients/A #1/A #1.md")
    link = in_obsidian if opened_before else f"file://{quote(str(tmp_path))}/v/clients/A%20%231/A%20%231.md"
    assert f"\x1b]8;;{link}\x1b\\" in shown
