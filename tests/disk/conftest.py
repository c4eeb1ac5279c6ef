"""Fixtures of the tests of files."""

from pathlib import Path

import pytest

from tests.disk.notes import OLD


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "vault" / "note.md"
    path.parent.mkdir()
    path.write_bytes(OLD)
    return path
