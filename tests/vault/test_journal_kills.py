"""The journal after a kill, an interrupt or damage."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import contents, make_vault
from tests.vault.journals import INITIAL, put, tree, words_of
from vaultcrm.disk.temp_files import temp_name
from vaultcrm.errors import ExternalError
from vaultcrm.vault.journal import Journal
from vaultcrm.vault.vault import Vault
from vaultcrm.vault.writer import Writer, writing

DYING = """if True:
    import os, signal, sys
    from vaultcrm.disk.temp_files import temp_name
    from vaultcrm.vault.vault import Vault
    from vaultcrm.vault.writer import writing
    with writing(Vault(sys.argv[1]), "dies", "now") as writer:
        writer.edit("clients/Acme/Acme.md", lambda _: b"half")
        with temp_name(sys.argv[1] + "/clients/Acme") as path:
            open(path, "w").close()
            os.kill(os.getpid(), signal.SIGKILL)  # as in the middle of a swap
"""


def test_after_a_kill_the_next_command_removes_temp_files_and_the_writes_can_be_undone(vault: Vault) -> None:
    assert subprocess.run([sys.executable, "-c", DYING, vault.root]).returncode == -signal.SIGKILL
    assert [path for path in tree(vault) if path.startswith("clients/Acme/.vaultcrm-")] != []
    put(vault, "next", {"b.md": "b"})
    assert tree(vault) == {**INITIAL, "clients/Acme/Acme.md": b"half", "b.md": b"b"}
    assert words_of(vault) == [("next", "done"), ("dies", "done")]
    Journal(vault.root).undo()
    Journal(vault.root).undo()
    assert tree(vault) == INITIAL


def test_undo_right_after_a_kill_undoes_what_the_killed_command_wrote(vault: Vault) -> None:
    subprocess.run([sys.executable, "-c", DYING, vault.root])
    assert Journal(vault.root).undo().words == "dies"
    assert tree(vault) == INITIAL


def test_the_journal_is_outside_the_vault_and_private(vault: Vault, home: Path) -> None:
    put(vault, "change", {"b.md": "b"})
    assert tree(vault) == {**INITIAL, "b.md": b"b"}
    folder = Path(Journal(vault.root).folder)
    assert folder.is_relative_to(home / "state")
    assert folder.stat().st_mode & 0o077 == 0


def test_without_a_usable_journal_nothing_is_written(vault: Vault) -> None:
    (Path(Journal(vault.root).folder) / "journal.sqlite").write_bytes(b"no database " * 500)
    with pytest.raises(ExternalError):
        put(vault, "change", {"a.md": "new", "b.md": "b"})
    assert tree(vault) == INITIAL


def test_anything_in_the_lock_file_does_no_harm(vault: Vault) -> None:
    (Path(Journal(vault.root).folder) / "lock.sqlite").write_bytes(b"no database " * 500)
    put(vault, "change", {"a.md": "new"})
    assert words_of(vault) == [("change", "done")]


def test_without_a_usable_lock_file_nothing_is_written(vault: Vault) -> None:
    (Path(Journal(vault.root).folder) / "lock.sqlite").mkdir()
    with pytest.raises(ExternalError):
        put(vault, "change", {"a.md": "new"})


def test_the_next_command_removes_the_temp_files_of_a_killed_undo(vault: Vault) -> None:
    put(vault, "change", {"clients/Acme/Acme.md": "new"})
    with temp_name(os.path.join(vault.root, "clients/Acme")) as path:
        left = Path(path)
    left.write_text("half")
    put(vault, "next", {"a.md": "next"})
    assert not left.exists()


def test_a_write_that_an_interrupt_follows_is_undone(tmp_path: Path) -> None:
    """The disk may fail, or the user interrupt, after the rename. Then the write is made, and has to be recorded."""
    from vaultcrm.disk import files, moves

    vault = make_vault(tmp_path / "v", {"a.md": "one\n", "b.md": "b\n"})
    before = contents(tmp_path / "v")

    patches = pytest.MonkeyPatch()

    def interrupted(folder: str) -> None:
        patches.undo()  # once
        raise KeyboardInterrupt

    changes: list[Callable[[Writer], object]] = [
        lambda writer: writer.edit("a.md", lambda _: b"two\n"),
        lambda writer: writer.create("", "New", "text\n"),
        lambda writer: writer.remove("a.md", b"one\n"),
        lambda writer: writer.move("a.md", "c.md"),
    ]
    for change in changes:
        for module in (files, moves):
            patches.setattr(module, "fsync_folder", interrupted)
        with pytest.raises(KeyboardInterrupt), writing(vault, "test", "2026-11-16") as writer:
            change(writer)
        assert contents(tmp_path / "v") == before
        assert words_of(vault) == []
