"""Undo and redo while other programs write: nobody's work is lost."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import make_vault
from tests.vault.journals import AT, INITIAL, put, tree, words_of
from vaultcrm.errors import Conflict, VaultcrmError
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.properties import read_properties
from vaultcrm.vault import journal
from vaultcrm.vault.journal import Journal
from vaultcrm.vault.vault import Vault
from vaultcrm.vault.writer import writing


def test_undo_never_overwrites_a_later_change(vault: Vault) -> None:
    put(vault, "change", {"a.md": "new", "b.md": "b", "clients/Acme/Acme.md": "new"})
    for path in ("b.md", "a.md", "clients/Acme/Acme.md"):
        ours = (Path(vault.root) / path).read_bytes()
        (Path(vault.root) / path).write_text("theirs")
        unchanged = tree(vault)
        with pytest.raises(Conflict, match=path):
            Journal(vault.root).undo()
        assert tree(vault) == unchanged  # and nothing half-done
        assert words_of(vault) == [("change", "done")]
        (Path(vault.root) / path).write_bytes(ours)
    Journal(vault.root).undo()
    assert tree(vault) == INITIAL


def test_redo_never_overwrites_a_later_change(vault: Vault) -> None:
    put(vault, "change", {"a.md": "new", "b.md": "b"})
    Journal(vault.root).undo()
    (Path(vault.root) / "b.md").write_text("theirs")
    unchanged = tree(vault)
    with pytest.raises(Conflict, match=r"b\.md"):
        Journal(vault.root).redo()
    assert tree(vault) == unchanged


def test_undo_does_not_restore_a_file_that_was_deleted_since(vault: Vault) -> None:
    put(vault, "change", {"a.md": "new", "clients/Acme/Acme.md": "new"})
    os.unlink(os.path.join(vault.root, "a.md"))
    unchanged = tree(vault)
    with pytest.raises(Conflict, match=r"a\.md"):
        Journal(vault.root).undo()
    assert tree(vault) == unchanged


def test_undo_keeps_a_folder_with_another_file_in_it(vault: Vault) -> None:
    put(vault, "create", {"clients/New/n.md": "n"})
    (Path(vault.root) / "clients/New/photo.jpg").write_bytes(b"theirs")
    Journal(vault.root).undo()
    assert tree(vault) == {**INITIAL, "clients/New/photo.jpg": b"theirs"}


def test_undo_keeps_the_vault_itself_even_if_it_is_empty(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "empty", {})
    put(vault, "create", {"new/n.md": "n", "a.md": "a"})
    Journal(vault.root).undo()
    assert os.listdir(vault.root) == []


def test_the_next_undo_finishes_an_interrupted_one(vault: Vault) -> None:
    put(vault, "change", {"a.md": "new", "b.md": "b", "clients/Acme/Acme.md": "new"})
    os.unlink(os.path.join(vault.root, "b.md"))  # as an undo does it, before it is killed
    (Path(vault.root) / "clients/Acme/Acme.md").write_bytes(INITIAL["clients/Acme/Acme.md"])
    Journal(vault.root).undo()
    assert tree(vault) == INITIAL


def test_undo_does_nothing_if_a_file_cannot_be_written(vault: Vault) -> None:
    put(vault, "change", {"a.md": "new", "b.md": "new"})
    os.link(os.path.join(vault.root, "a.md"), os.path.join(vault.root, "twin"))
    unchanged = tree(vault)
    with pytest.raises(VaultcrmError):
        Journal(vault.root).undo()
    assert tree(vault) == unchanged


def test_a_second_command_waits_for_the_lock_and_then_gives_up(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "LOCK_SECONDS", 0.05)
    with writing(vault, "first", AT) as writer:
        writer.edit("a.md", lambda _: b"first")
        with pytest.raises(Conflict, match="Another vaultcrm command is writing"):
            put(vault, "second", {"a.md": "second"})
        with pytest.raises(Conflict, match="Another vaultcrm command is writing"):
            Journal(vault.root).undo()
    assert tree(vault)["a.md"] == b"first"
    put(vault, "third", {"a.md": "third"})


def test_two_vaults_do_not_wait_for_each_other(vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "LOCK_SECONDS", 0.05)
    other = make_vault(tmp_path / "other", {})
    with writing(vault, "first", AT):
        put(other, "second", {"b.md": "b"})
    assert (words_of(vault), words_of(other)) == ([], [("second", "done")])


EDITING = """if True:
    import sys
    from vaultcrm.markdown.page import split_page
    from vaultcrm.markdown.edit import append_item
    from vaultcrm.vault.vault import Vault
    from vaultcrm.vault.writer import writing
    root, me = sys.argv[1:]
    sys.stdin.readline()
    for n in range(25):
        with writing(Vault(root), f"{me} {n}", "now") as writer:
            writer.edit("note.md", lambda data: append_item(split_page(data), "log", f"{me}-{n}").join())
"""


def test_four_processes_edit_one_note_and_no_edit_is_lost(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"note.md": "---\nlog:\n  - first\n---\nbody\n"})
    children = [subprocess.Popen([sys.executable, "-c", EDITING, vault.root, f"p{n}"], stdin=subprocess.PIPE) for n in range(4)]
    for child in children:  # all at once
        assert child.stdin is not None
        child.stdin.write(b"\n")
        child.stdin.close()
    assert [child.wait() for child in children] == [0, 0, 0, 0]
    page = split_page((tmp_path / "vault/note.md").read_bytes())
    log = read_properties(page)["log"]
    assert isinstance(log, list)
    assert sorted(log) == sorted(["first", *(f"p{process}-{n}" for process in range(4) for n in range(25))])
    assert page.body == "body\n"
    assert len(Journal(vault.root).entries(1_000)) == 100
