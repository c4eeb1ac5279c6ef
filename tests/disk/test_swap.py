"""Replacing a note that others may write at the same moment."""

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.disk.notes import NEW, OLD, disk_full_at, temp_files
from vaultcrm.disk import files, renames
from vaultcrm.disk.files import (
    create,
    digest,
    read,
    remove,
    swap,
)
from vaultcrm.disk.temp_files import remove_temp_files
from vaultcrm.errors import Conflict, ExternalError


def test_swap_replaces_the_bytes_that_were_read(note: Path) -> None:
    swap(str(note), NEW, read(str(note)).digest)
    assert note.read_bytes() == NEW
    assert os.listdir(note.parent) == ["note.md"]


def test_swap_keeps_permissions_and_extended_attributes(note: Path) -> None:
    note.chmod(0o604)
    try:
        os.setxattr(note, "user.colour", b"red")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    swap(str(note), NEW, digest(OLD))
    assert stat.S_IMODE(os.stat(note).st_mode) == 0o604
    assert os.getxattr(note, "user.colour") == b"red"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may change a file's owner")
def test_swap_keeps_the_owner(note: Path) -> None:
    os.chown(note, 1234, 4321)
    swap(str(note), NEW, digest(OLD))
    assert (os.stat(note).st_uid, os.stat(note).st_gid) == (1234, 4321)


def test_swap_is_refused_if_another_program_changed_the_file(note: Path) -> None:
    seen = read(str(note)).digest
    note.write_bytes(b"theirs")
    with pytest.raises(Conflict, match="changed by another program"):
        swap(str(note), NEW, seen)
    assert note.read_bytes() == b"theirs"
    assert temp_files(note.parent) == []


def test_swap_is_refused_for_links_pipes_and_folders(note: Path) -> None:
    outside = note.parent.parent / "outside.md"
    outside.write_bytes(OLD)
    link, pipe, folder = (note.with_name(name) for name in ("link.md", "pipe.md", "folder.md"))
    link.symlink_to(outside)
    os.mkfifo(pipe)
    folder.mkdir()
    for path in (link, pipe, folder):
        with pytest.raises(Conflict, match="no longer a regular file"):
            swap(str(path), NEW, digest(OLD))
    os.link(note, note.with_name("twin.md"))
    with pytest.raises(ExternalError, match="more than one hard link"):
        swap(str(note), NEW, digest(OLD))
    assert outside.read_bytes() == OLD
    assert note.read_bytes() == note.with_name("twin.md").read_bytes() == OLD
    assert temp_files(note.parent) == []


def test_swapping_a_missing_file_creates_none(note: Path) -> None:
    note.unlink()
    with pytest.raises(FileNotFoundError):
        swap(str(note), NEW, digest(OLD))
    assert os.listdir(note.parent) == []


@pytest.mark.parametrize("size", [0, 1, 4096, 99_999])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(size: int, note: Path) -> None:
    with disk_full_at(size), pytest.raises(OSError):
        swap(str(note), b"x" * 100_000, digest(OLD))
    with disk_full_at(size), pytest.raises(OSError):
        create(str(note.with_name("new.md")), b"x" * 100_000)
    assert note.read_bytes() == OLD
    assert os.listdir(note.parent) == ["note.md"]


def test_a_read_only_folder_keeps_the_old_file(unprivileged: Path) -> None:
    path = unprivileged / "note.md"
    path.write_bytes(OLD)
    unprivileged.chmod(0o500)
    with pytest.raises(PermissionError):
        swap(str(path), NEW, digest(OLD))
    with pytest.raises(PermissionError):
        create(str(unprivileged / "new.md"), NEW)
    with pytest.raises(PermissionError):
        remove(str(path), digest(OLD))
    assert path.read_bytes() == OLD
    assert os.listdir(unprivileged) == ["note.md"]


def save_in_place(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"typed in an editor")


def save_by_renaming(path: Path) -> None:
    path.with_name("editor~").write_bytes(OLD + b"typed in an editor")
    path.with_name("editor~").rename(path)


@pytest.mark.parametrize("save", [save_in_place, save_by_renaming])
@pytest.mark.parametrize(
    "action", [lambda path: swap(path, NEW, digest(OLD)), lambda path: remove(path, digest(OLD))], ids=["swap", "remove"]
)
def test_what_an_editor_saves_after_the_last_check_stays(
    action: Callable[[str], None], save: Callable[[Path], None], note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first system call after the check that links or renames the note comes after the editor's."""
    calls = {"link": os.link, "rename": os.rename}
    saved: list[bool] = []

    def after_editor(name: str) -> Callable[[str, str], None]:
        def call(source: str, target: str) -> None:
            if not saved:
                saved.append(True)
                save(note)
            calls[name](source, target)

        return call

    for name in calls:
        monkeypatch.setattr(os, name, after_editor(name))
    with pytest.raises(Conflict, match=r"note\.md was changed by another program"):
        action(str(note))
    assert note.read_bytes() == OLD + b"typed in an editor"
    assert os.listdir(note.parent) == ["note.md"]


@pytest.mark.parametrize("has_links", [True, False])
def test_where_names_cannot_be_exchanged_what_an_editor_saves_in_place_stays(
    has_links: bool, note: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renames, "_renameat2", lambda: None)
    link = os.link

    def after_editor(source: str, target: str) -> None:
        if source == str(note):
            save_in_place(note)
        if not has_links:
            raise OSError(errno.EPERM, "Operation not permitted")
        link(source, target)

    monkeypatch.setattr(os, "link", after_editor)
    if has_links:
        with pytest.raises(Conflict):
            swap(str(note), NEW, digest(OLD))
        assert note.read_bytes() == OLD + b"typed in an editor"
    else:
        swap(str(note), NEW, digest(OLD))
        assert note.read_bytes() == NEW
    assert os.listdir(note.parent) == ["note.md"]


def test_the_newest_of_two_saves_stays(note: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saves = iter((b"first save", b"second save"))
    exchange = renames.exchange

    def after_editor(first: str, second: str) -> bool:
        if text := next(saves, None):
            note.with_name("editor~").write_bytes(text)
            note.with_name("editor~").rename(note)
        return exchange(first, second)

    monkeypatch.setattr(files, "exchange", after_editor)
    with pytest.raises(Conflict):
        swap(str(note), NEW, digest(OLD))
    assert note.read_bytes() == b"second save"
    assert os.listdir(note.parent) == ["note.md"]


SWAPPING = """if True:
    import sys
    from vaultcrm.disk.files import read, swap
    path = sys.argv[1]
    while True:
        content = read(path)
        other = b"b" if content.data[:1] == b"a" else b"a"
        swap(path, other * 100_000, content.digest)
"""


@pytest.mark.nightly
def test_a_kill_during_a_write_never_leaves_a_partial_file(note: Path) -> None:
    note.write_bytes(b"a" * 100_000)
    interrupted = 0
    for round_ in range(30):
        with subprocess.Popen([sys.executable, "-c", SWAPPING, str(note)]) as child:
            for _ in range(200_000):  # a few seconds
                if temp_files(note.parent) or child.poll() is not None:
                    break
            digest(bytes(round_ * 10_000))  # vary the delay, so that the kill hits different system calls
            child.kill()
        assert note.read_bytes() in (b"a" * 100_000, b"b" * 100_000)
        interrupted += bool(temp_files(note.parent))
        remove_temp_files(str(note.parent))
        assert os.listdir(note.parent) == ["note.md"]
    assert interrupted > 0  # otherwise the kills came too late to prove anything


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="renameat2 is Linux's")
def test_what_an_editor_saves_right_after_the_exchange_stays(note: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exchange is the whole replacement: nothing is renamed over the note after it."""

    def exchange_before_an_editor_saves(first: str, second: str) -> bool:
        is_exchanged = renames.exchange(first, second)
        saved = note.with_name("saved")
        saved.write_bytes(b"saved by an editor")
        saved.rename(note)
        return is_exchanged

    before = files.read(str(note))
    monkeypatch.setattr(files, "exchange", exchange_before_an_editor_saves)
    files.swap(str(note), b"edited", before.digest)
    assert note.read_bytes() == b"saved by an editor"
    assert os.listdir(note.parent) == [note.name]
