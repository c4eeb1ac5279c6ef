"""What was written can be taken back, all of it or nothing, whatever happened in between."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import contents, make_vault, write_files

from vaultcrm import journal
from vaultcrm.errors import Changed, NotFound, OutsideFailed, VaultcrmError
from vaultcrm.journal import Journal
from vaultcrm.vault import Vault

AT = "2026-11-09T14:30:00"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return make_vault(tmp_path / "vault", {"a.md": "a\r\n", "clients/Acme/Acme.md": b"\xef\xbb\xbfacme\x00\xff"})


def put(vault: Vault, words: str, files: dict[str, str]) -> None:
    """One command that replaces or creates files."""
    with vault.writing(words, AT) as writer:
        for path, text in files.items():
            data = text.encode()
            if not writer.create_file(path, data):
                (Path(vault.root) / path).write_bytes(b"") if data is None else writer.edit(path, lambda _, data=data: data)  # type: ignore[misc]


def tree(vault: Vault) -> dict[str, bytes]:
    return contents(Path(vault.root))


def words_of(vault: Vault) -> list[tuple[str, str]]:
    return [(entry.words, entry.state) for entry in Journal(vault.root).entries()]
