"""Reading files: their bytes, their stamps, and what is refused."""

import hashlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.disk.notes import NEW, OLD
from vaultcrm.disk import files
from vaultcrm.disk.files import (
    UNSETTLED,
    Stamp,
    check_is_text,
    create,
    digest,
    is_settled,
    read,
    remove,
    stamp_of,
    swap,
)
from vaultcrm.errors import Conflict, Unreadable


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
