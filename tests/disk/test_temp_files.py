"""Temporary files, and who removes them."""

import os
from pathlib import Path

import pytest

from tests.disk.notes import OLD
from vaultcrm.disk.temp_files import remove_temp_files, temp_name


def test_remove_temp_files_removes_nothing_else(tmp_path: Path) -> None:
    with temp_name(str(tmp_path)) as path:
        own = Path(path)
    for name in (own.name, ".vaultcrm-1-a.md", ".other.tmp", "vaultcrm-1.tmp", "note.md"):
        (tmp_path / name).write_bytes(OLD)
    assert remove_temp_files(str(tmp_path))
    assert sorted(os.listdir(tmp_path)) == [".other.tmp", ".vaultcrm-1-a.md", "home", "note.md", "vaultcrm-1.tmp"]
    assert remove_temp_files(str(tmp_path / "nowhere"))


def test_temp_files_of_another_computer_stay_for_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as other:
        other.setenv("XDG_STATE_HOME", str(tmp_path / "another"))  # each computer has a state folder, and so a lock, of its own
        with temp_name(str(tmp_path)) as path:
            theirs = Path(path)
    theirs.touch()
    remove_temp_files(str(tmp_path))
    assert theirs.exists()
    two_days_ago = theirs.stat().st_mtime - 2 * 86_400
    os.utime(theirs, (two_days_ago, two_days_ago))
    remove_temp_files(str(tmp_path))
    assert not theirs.exists()


def test_a_temp_file_that_cannot_be_removed_is_reported(unprivileged: Path) -> None:
    with temp_name(str(unprivileged)) as path:
        Path(path).touch()
        unprivileged.chmod(0o500)
        assert not remove_temp_files(str(unprivileged))
    unprivileged.chmod(0o700)
    assert remove_temp_files(str(unprivileged))
    assert not os.path.exists(path)
