"""Reading and writing files, with real files, real errors and real kills."""

import contextlib
import errno
import hashlib
import os
import resource
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vaultcrm.disk import files, renames
from vaultcrm.disk.files import (
    UNSETTLED,
    Stamp,
    check_is_text,
    create,
    digest,
    fsync_folder,
    is_settled,
    make_folder,
    read,
    remove,
    stamp_of,
    swap,
)
from vaultcrm.disk.temp_files import remove_temp_files, temp_name
from vaultcrm.errors import Conflict, ExternalError, Unreadable

OLD, NEW = b"old\r\n", b"new\n"


def temp_files(folder: Path) -> list[str]:
    return [name for name in os.listdir(folder) if name.startswith(".vaultcrm-")]


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "vault" / "note.md"
    path.parent.mkdir()
    path.write_bytes(OLD)
    return path


@contextlib.contextmanager
def disk_full_at(size: int) -> Iterator[None]:
    """Make the system refuse to grow any file of this process beyond `size` bytes, as if the disk became full mid-write."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


# --------------------------------------------------------------------------------------- read


def test_reading_returns_the_bytes_and_their_digest(note: Path) -> None:
    content = read(str(note))
    assert (content.data, content.digest) == (OLD, digest(OLD))
    assert content.digest == hashlib.blake2b(OLD, digest_size=16).digest()
    assert digest(OLD) != digest(NEW)


def test_a_file_that_was_just_written_is_unsettled(note: Path) -> None:
    assert read(str(note)).stamp == UNSETTLED


def test_a_new_file_with_an_old_mtime_is_still_unsettled(note: Path) -> None:
    os.utime(note, (1_000_000_000, 1_000_000_000))
    assert read(str(note)).stamp == UNSETTLED


SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("ctime", "age", "expected"),
    [
        (1_000 * SECOND + 1, 3 * SECOND, True),
        (1_000 * SECOND + 1, 2 * SECOND, False),
        (1_000 * SECOND, 3 * SECOND, False),  # a disk with coarse times; its clock may be behind
        (1_000 * SECOND, 4_000 * SECOND, True),
    ],
)
def test_when_a_stamp_would_show_the_next_change(ctime: int, age: int, expected: bool) -> None:
    assert is_settled(Stamp(ctime - SECOND, ctime, 1, 1), ctime + age) is expected


def test_an_old_file_has_its_stamp() -> None:
    path = os.__file__  # installed long before this test
    assert read(path).stamp == stamp_of(os.stat(path))


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: path.mkdir(), "not-a-file"),
        (lambda path: os.mkfifo(path), "not-a-file"),
        (lambda path: path.symlink_to(__file__), "symlink"),
        (lambda path: path.symlink_to("nowhere"), "symlink"),
        (lambda path: path.symlink_to(path.name), "symlink"),
    ],
)
def test_only_regular_files_are_read(make: Callable[[Path], None], code: str, tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    make(path)
    with pytest.raises(Unreadable) as raised:
        read(str(path))
    assert raised.value.code == code


def test_a_socket_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket address must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("x.md")
        with pytest.raises((Unreadable, OSError)):
            read(str(tmp_path / "x.md"))


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    with open(path, "wb") as file:
        file.truncate(files.MAX_NOTE_BYTES)
    assert len(read(str(path)).data) == files.MAX_NOTE_BYTES
    os.truncate(path, files.MAX_NOTE_BYTES + 1)
    with pytest.raises(Unreadable, match="8 MB") as raised:
        read(str(path))
    assert raised.value.code == "too-large"


def test_a_missing_file_raises_file_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(str(tmp_path / "x.md"))


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts file descriptors in /proc")
def test_refusals_leak_no_file_descriptors(note: Path) -> None:
    os.mkfifo(note.with_name("pipe"))
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        with pytest.raises(Unreadable):
            read(str(note.with_name("pipe")))
        with pytest.raises(Conflict):
            swap(str(note), NEW, digest(b"other"))
        with pytest.raises(FileExistsError):
            create(str(note), NEW)
        with pytest.raises(Conflict):
            remove(str(note), digest(b"other"))
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", None),
        ("Größe 😀\r\n".encode(), None),
        (b"one\ntwo\ncaf\xe9\n", ("It is not UTF-8 text; save it as UTF-8.", 3, "encoding")),
        ("é\n".encode("utf-16"), ("It is UTF-16 text; save it as UTF-8.", 1, "encoding")),
        ("é\n".encode("utf-16-be"), ("It is not UTF-8 text; save it as UTF-8.", 1, "encoding")),
        (b"\xfe\xff\0a", ("It is UTF-16 text; save it as UTF-8.", 1, "encoding")),
        (b"one\ntwo\0\n", ("It contains binary data.", 2, "binary")),
    ],
)
def test_only_utf_8_text_without_nul_is_text(data: bytes, problem: tuple[str, int, str] | None) -> None:
    if problem is None:
        check_is_text(data)
        return
    with pytest.raises(Unreadable) as raised:
        check_is_text(data)
    assert (raised.value.message, raised.value.line, raised.value.code) == problem


def test_a_symbolic_link_is_read_only_on_request(note: Path) -> None:
    link = note.with_name("link.md")
    link.symlink_to("note.md")
    assert read(str(link), follow_symlinks=True).data == OLD
    with pytest.raises(Unreadable):
        read(str(link))


def write_while_read(path: Path, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let another program append a line to the file during each of the next `times` reads."""
    system_read, remaining = os.read, times

    def read_and_append(descriptor: int, size: int) -> bytes:
        nonlocal remaining
        data = system_read(descriptor, size)
        if not data and remaining:
            remaining -= 1
            with open(path, "ab") as file:
                file.write(b"more\n")
        return data

    monkeypatch.setattr(os, "read", read_and_append)


def test_a_file_that_changes_while_it_is_read_is_read_again(note: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_while_read(note, 4, monkeypatch)
    assert read(str(note)).data == OLD + b"more\n" * 4
    write_while_read(note, 5, monkeypatch)
    with pytest.raises(Conflict, match="keeps changing while it is read"):
        read(str(note))


# ------------------------------------------------------------------------------------- create


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


# --------------------------------------------------------------------------------------- swap


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
    swapped = ["fsync 4 bytes", "link", "fsync folder"]  # the link keeps what is replaced, once it has been exchanged with the note
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


# ------------------------------------------------------------------- remove, remove_temp_files


def test_remove_deletes_only_the_bytes_that_were_read(note: Path) -> None:
    with pytest.raises(Conflict):
        remove(str(note), digest(NEW))
    assert note.read_bytes() == OLD
    remove(str(note), digest(OLD))
    assert os.listdir(note.parent) == []


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
