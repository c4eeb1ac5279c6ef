"""A scan by two processes returns the same as a scan by one."""

import marshal
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.support import make_vault
from vaultcrm.catalog import scan as scan_module
from vaultcrm.catalog.scan import scan
from vaultcrm.vault.vault import Vault


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    notes = {f"clients/c{n}/interactions/n{m}.md": "x" for n in range(9) for m in range(3)}
    return make_vault(tmp_path / "vault", {**notes, "top.md": "x", "clients/c1/deep/er/a.md": "x", "inbox/.hidden/b.md": "x"})


def test_every_folder_is_scanned_once_and_sorted_by_path(vault: Vault) -> None:
    paths = [path for path, _, _ in scan(vault)]
    assert paths == sorted(folder.path for folder in vault.walk())
    assert {"", "clients", "clients/c1/deep/er", "inbox"} <= set(paths)
    assert len(paths) == len(set(paths))


def test_two_processes_return_the_same(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    by_one = scan(vault)
    forks = []
    fork = os.fork
    monkeypatch.setattr(scan_module, "PARALLEL_THRESHOLD", 2)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(os, "fork", lambda: forks.append(1) or fork())  # type: ignore[func-returns-value]  # only to count
    assert scan(vault) == by_one
    assert threading.active_count() > 1 or forks == [1]


def test_if_the_second_process_fails_the_first_scans_its_half(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    by_one = scan(vault)

    def fail(*_: Any) -> None:  # Any: marshal.dump takes anything
        raise OSError("no space")

    monkeypatch.setattr(scan_module, "PARALLEL_THRESHOLD", 2)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(marshal, "dump", fail)
    assert scan(vault) == by_one
