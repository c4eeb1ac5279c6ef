"""A large vault looked at by two processes is seen as by one."""

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


def test_every_folder_is_seen_once_by_path(vault: Vault) -> None:
    paths = [path for path, _, _ in scan(vault)]
    assert paths == sorted(look.path for look in vault.walk())
    assert {"", "clients", "clients/c1/deep/er", "inbox"} <= set(paths)
    assert len(paths) == len(set(paths))


def test_two_processes_see_the_same(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = scan(vault)
    forks = []
    fork = os.fork
    monkeypatch.setattr(scan_module, "PARALLEL_THRESHOLD", 2)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(os, "fork", lambda: forks.append(1) or fork())  # type: ignore[func-returns-value]  # only to count
    assert scan(vault) == alone
    assert threading.active_count() > 1 or forks == [1]


def test_what_the_second_process_does_not_tell_is_looked_at_by_the_first(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = scan(vault)

    def dies(*_: Any) -> None:  # Any: whatever it is called with
        raise OSError("no room")

    monkeypatch.setattr(scan_module, "PARALLEL_THRESHOLD", 2)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(marshal, "dump", dies)
    assert scan(vault) == alone
