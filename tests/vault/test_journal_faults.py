"""Disks that fail while a command writes: what is told about it is true, and undo finds its way back."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.vault.journals import AT, INITIAL, put, tree, words_of
from vaultcrm.disk import files
from vaultcrm.errors import Conflict, ExternalError, InvalidInput
from vaultcrm.vault.journal import Journal
from vaultcrm.vault.vault import Vault
from vaultcrm.vault.writer import Writer, writing

HALF_DONE = "Part of what the command wrote is still there. Fix that, then take it back with: vaultcrm undo"


@pytest.fixture
def patches(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Can be undone in the middle of a test without losing its home."""
    return pytest.MonkeyPatch()


def fail_from(patches: pytest.MonkeyPatch, number: int, name: str = "write", code: int = errno.ENOSPC) -> None:
    """From its n-th call on, a function of the module `files` finds the disk full."""
    calls = 0
    function = getattr(files, name)

    def call(path: str, *rest: object) -> object:
        nonlocal calls
        calls += 1
        if calls >= number:
            raise OSError(code, os.strerror(code), None)
        return function(path, *rest)

    patches.setattr(files, name, call)


def test_a_command_whose_last_record_fails_has_succeeded_and_can_be_undone(vault: Vault, patches: pytest.MonkeyPatch) -> None:
    def finish(*_: object) -> None:
        raise ExternalError("The disk is full.")

    with patches.context() as patch:
        patch.setattr(Journal, "_finish", finish)
        put(vault, "change", {"b.md": "b"})
    assert tree(vault) == {**INITIAL, "b.md": b"b"}
    assert words_of(vault) == [("change", "done")]
    Journal(vault.root).undo()
    assert tree(vault) == INITIAL


@pytest.mark.parametrize(
    ("failing", "hint", "after"),
    [
        (2, "Nothing was written. Fix that, then try again.", INITIAL),
        (1, "Nothing was written. Fix that, then try again.", INITIAL),
    ],
)
def test_a_disk_that_is_full_once_takes_everything_back(
    failing: int, hint: str, after: dict[str, bytes], vault: Vault, patches: pytest.MonkeyPatch
) -> None:
    calls = 0
    swap = files.swap

    def full_once(*arguments: object) -> None:
        nonlocal calls
        calls += 1
        if calls == failing:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        swap(*arguments)  # type: ignore[arg-type]  # as it was called

    with patches.context() as patch, pytest.raises(ExternalError) as raised:
        patch.setattr(files, "swap", full_once)
        put(vault, "change", {"a.md": "one", "clients/Acme/Acme.md": "two"})
    assert raised.value.hint == hint
    assert tree(vault) == after
    assert words_of(vault) == []


def test_a_disk_that_stays_full_leaves_half_and_says_so(vault: Vault, patches: pytest.MonkeyPatch) -> None:
    with patches.context() as patch, pytest.raises(ExternalError) as raised, writing(vault, "rename", AT) as writer:
        writer.move("clients/Acme", "clients/Blue")
        writer.edit("a.md", lambda _: b"one")
        fail_from(patch, 1, "swap")
        writer.edit("clients/Blue/Acme.md", lambda _: b"two")
    assert raised.value.message == "clients/Blue/Acme.md can't be written: No space left on device."
    assert raised.value.hint == HALF_DONE
    assert tree(vault) == {"a.md": b"one", "clients/Blue/Acme.md": INITIAL["clients/Acme/Acme.md"]}
    assert Journal(vault.root).undo().words == "rename"
    assert tree(vault) == INITIAL


@pytest.mark.parametrize("name", ["swap", "fsync_folder"])
def test_an_undo_that_fails_names_the_file_and_changes_nothing(name: str, vault: Vault, patches: pytest.MonkeyPatch) -> None:
    put(vault, "change", {"clients/Acme/Acme.md": "one", "a.md": "two"})
    changed = tree(vault)
    with patches.context() as patch, pytest.raises(ExternalError) as raised:
        fail_from(patch, 1, name, errno.EIO)
        Journal(vault.root).undo()
    assert raised.value.message == "a.md can't be written: Input/output error."
    assert raised.value.hint == "Nothing was changed. Fix that, then try again."
    assert tree(vault) == changed
    Journal(vault.root).undo()
    assert tree(vault) == INITIAL


@pytest.mark.parametrize("is_redo", [False, True])
def test_an_undo_that_can_neither_go_on_nor_back_says_so_and_is_finished_later(
    is_redo: bool, vault: Vault, patches: pytest.MonkeyPatch
) -> None:
    put(vault, "change", {"clients/Acme/Acme.md": "one", "a.md": "two"})
    changed = tree(vault)
    if is_redo:
        Journal(vault.root).undo()
    again: Callable[[], object] = Journal(vault.root).redo if is_redo else Journal(vault.root).undo
    with patches.context() as patch, pytest.raises(ExternalError) as raised:
        fail_from(patch, 2, "swap")
        again()
    command = "redone. Fix that, then run `vaultcrm undo --redo`" if is_redo else "undone. Fix that, then run `vaultcrm undo`"
    assert raised.value.hint == f"Part of it has been {command} again."
    again()
    assert tree(vault) == (changed if is_redo else INITIAL)


def test_a_temp_file_that_could_not_be_removed_goes_with_the_next_command(vault: Vault, patches: pytest.MonkeyPatch) -> None:
    unlink = os.unlink

    def refuse_temp_files(path: str) -> None:
        if ".vaultcrm-" in path:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        unlink(path)

    with patches.context() as patch, pytest.raises(ZeroDivisionError), writing(vault, "change", AT) as writer:
        patch.setattr(os, "unlink", refuse_temp_files)
        writer.edit("clients/Acme/Acme.md", lambda _: b"one")
        raise ZeroDivisionError
    assert len(tree(vault)) > len(INITIAL)
    put(vault, "next", {"a.md": "next"})
    assert tree(vault) == {**INITIAL, "a.md": b"next"}
    assert words_of(vault) == [("next", "done")]


KILLED_WITHOUT_LINKS = """if True:
    import os, signal, sys
    from vaultcrm.vault.vault import Vault
    from vaultcrm.vault.writer import Writer, writing
    def link(*_): raise PermissionError
    os.link = link
    os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    with writing(Vault(sys.argv[1]), "dies", "now") as writer:
        writer.create_file("new/b.md", b"text")
"""


def test_a_kill_where_there_are_no_hard_links_leaves_no_empty_note(vault: Vault) -> None:
    assert subprocess.run([sys.executable, "-c", KILLED_WITHOUT_LINKS, vault.root]).returncode == -signal.SIGKILL
    assert tree(vault)["new/b.md"] == b""
    put(vault, "next", {"a.md": "next"})
    assert tree(vault) == {**INITIAL, "a.md": b"next"}
    assert words_of(vault) == [("next", "done")]


def test_a_failure_where_there_are_no_hard_links_leaves_no_empty_note(vault: Vault, patches: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with patches.context() as patch, pytest.raises(ExternalError):
        patch.setattr(os, "link", refuse)
        patch.setattr(os, "replace", refuse)
        put(vault, "change", {"b.md": "b"})
    assert tree(vault) == INITIAL


def test_nothing_is_undone_or_forgotten_while_the_disk_is_not_mounted(vault: Vault) -> None:
    put(vault, "change", {"b.md": "b"})
    mounted = Path(vault.root + " mounted")
    Path(vault.root).rename(mounted)
    for is_there in (False, True):
        if is_there:
            Path(vault.root).mkdir()
        with pytest.raises(Conflict, match="is empty") as raised:
            Journal(vault.root).undo()
        assert raised.value.hint == "Nothing was changed. Is its disk mounted?"
        assert words_of(vault) == [("change", "done")]
    Path(vault.root).rmdir()
    mounted.rename(vault.root)
    Journal(vault.root).undo()
    assert tree(vault) == INITIAL


def test_a_file_that_could_not_be_read_again_is_not_written(vault: Vault) -> None:
    data = b"x" * (files.MAX_NOTE_BYTES + 1)
    writes: list[Callable[[Writer], object]] = [
        lambda writer: writer.create_file("b.md", data),
        lambda writer: writer.edit("a.md", lambda _: data),
    ]
    for write in writes:
        with pytest.raises(InvalidInput, match="would be 8 MB; vaultcrm reads notes of up to 8 MB"), writing(vault, "large", AT) as writer:
            write(writer)
    assert tree(vault) == INITIAL


@pytest.mark.parametrize("replace", [lambda path: path.symlink_to("a.md"), lambda path: path.write_bytes(b"x" * 9_000_000)])
def test_undo_leaves_what_has_become_no_note(replace: Callable[[Path], object], vault: Vault) -> None:
    put(vault, "change", {"b.md": "b"})
    (Path(vault.root) / "b.md").unlink()
    replace(Path(vault.root) / "b.md")
    with pytest.raises(Conflict, match=r"b\.md has been changed since"):
        Journal(vault.root).undo()
