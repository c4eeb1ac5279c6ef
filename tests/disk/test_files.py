"""Creating and removing files, and what is durable when, with real files and real errors."""

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.disk.notes import NEW, OLD, temp_files
from vaultcrm.disk.files import (
    create,
    digest,
    fsync_folder,
    make_folder,
    make_folders,
    remove,
    stamp_of,
    swap,
)
from vaultcrm.errors import Conflict


def test_create_writes_a_new_file(tmp_path: Path) -> None:
    create(str(tmp_path / "x.md"), NEW)
    assert (tmp_path / "x.md").read_bytes() == NEW
    assert temp_files(tmp_path) == []


def test_a_new_file_gets_the_default_permissions(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        create(str(tmp_path / "x.md"), NEW)
        assert os.umask(0o027) == 0o027  # the umask of the process is unchanged
    finally:
        os.umask(old)
    assert stat.S_IMODE(os.stat(tmp_path / "x.md").st_mode) == 0o640
    assert os.stat(tmp_path / "x.md").st_nlink == 1


@pytest.mark.parametrize(
    "make",
    [lambda path: path.write_bytes(OLD), lambda path: path.mkdir(), lambda path: path.symlink_to("nowhere"), lambda path: os.mkfifo(path)],
)
def test_create_never_overwrites(make: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / "vault" / "x.md"
    path.parent.mkdir()
    make(path)
    before = os.lstat(path)
    with pytest.raises(FileExistsError):
        create(str(path), NEW)
    assert stamp_of(os.lstat(path)) == stamp_of(before)
    assert os.listdir(path.parent) == ["x.md"]


def test_one_of_several_processes_creating_the_same_file_wins(tmp_path: Path) -> None:
    program = """if True:
        import sys
        from vaultcrm.disk.files import create
        folder, me = sys.argv[1:]
        sys.stdin.readline()
        for n in range(40):
            try:
                create(f"{folder}/{n}.md", me.encode() * 10_000)
                print(n)
            except FileExistsError:
                pass
    """
    folder = tmp_path / "vault"
    folder.mkdir()
    children = [
        subprocess.Popen([sys.executable, "-c", program, str(folder), me], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for me in "abc"
    ]
    for child in children:  # start all of them at once
        assert child.stdin is not None
        child.stdin.write("\n")
        child.stdin.flush()
    won = {me: {int(line) for line in child.communicate()[0].split()} for me, child in zip("abc", children, strict=True)}
    assert [child.returncode for child in children] == [0, 0, 0]
    assert sorted(n for numbers in won.values() for n in numbers) == list(range(40))
    for me, numbers in won.items():
        for n in numbers:
            assert (folder / f"{n}.md").read_bytes() == me.encode() * 10_000
    assert temp_files(folder) == []


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was made durable and what was renamed or linked, in order. The calls are real, and recorded."""
    calls: list[str] = []
    fsync, replace, link = os.fsync, os.replace, os.link

    def record_fsync(descriptor: int) -> None:
        fsync(descriptor)
        status = os.fstat(descriptor)
        calls.append("fsync folder" if stat.S_ISDIR(status.st_mode) else f"fsync {status.st_size} bytes")

    def record_replace(source: str, target: str) -> None:
        calls.append("replace")
        replace(source, target)

    def record_link(source: str, target: str) -> None:
        calls.append("link")
        link(source, target)

    monkeypatch.setattr(os, "fsync", record_fsync)
    monkeypatch.setattr(os, "replace", record_replace)
    monkeypatch.setattr(os, "link", record_link)
    return calls


def test_bytes_are_durable_before_they_get_their_name_and_the_name_after_it(note: Path, synced: list[str]) -> None:
    swap(str(note), NEW, digest(OLD))
    create(str(note.with_name("new.md")), NEW)
    remove(str(note), digest(NEW))
    # the link keeps what is replaced, once it has been exchanged with the note
    swapped = ["fsync 4 bytes", "link", "replace", "fsync folder"]
    assert synced == [*swapped, "fsync 4 bytes", "link", "fsync folder", "fsync folder"]


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="/proc refuses fsync")
def test_a_file_system_that_refuses_to_sync_folders_is_accepted() -> None:
    with pytest.raises(OSError, match="Invalid argument"):
        os.fsync(os.open("/proc", os.O_RDONLY))
    fsync_folder("/proc")
    with pytest.raises(FileNotFoundError):
        fsync_folder("/missing")


def test_the_names_of_new_folders_are_durable(note: Path, synced: list[str]) -> None:
    make_folder(str(note.parent / "a/b"))
    assert synced == ["fsync folder", "fsync folder"]
    make_folder(str(note.parent / "a/b"))
    assert synced == ["fsync folder", "fsync folder"]
    make_folders([str(note.parent / name) for name in ("c", "d", "d/e")])  # one wait for the folder around both, one for d
    assert synced == ["fsync folder"] * 4
    with pytest.raises(FileExistsError):
        make_folder(str(note / "a"))


def test_a_file_is_created_where_there_are_no_hard_links(note: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on exFAT, which the tests can't mount."""

    def link(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    create(str(note.with_name("new.md")), NEW)
    assert note.with_name("new.md").read_bytes() == NEW
    with pytest.raises(FileExistsError):
        create(str(note), NEW)
    assert note.read_bytes() == OLD
    assert temp_files(note.parent) == []


def test_remove_deletes_only_the_bytes_that_were_read(note: Path) -> None:
    with pytest.raises(Conflict):
        remove(str(note), digest(NEW))
    assert note.read_bytes() == OLD
    remove(str(note), digest(OLD))
    assert os.listdir(note.parent) == []
