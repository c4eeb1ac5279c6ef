"""Zip archives from strangers: what is read, and what is refused."""

import io
import zipfile
from pathlib import Path

import pytest

from vaultcrm.errors import InvalidInput
from vaultcrm.importers.archive import MAX_MEMBERS, Member, is_safe_name, open_archive


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    file.seek(0)
    return file


def test_members_are_read_by_name() -> None:
    with open_archive(zipped({"chat.txt": b"Hi", "media/photo.jpg": b"\xff\xd8", "empty/": b"", "__MACOSX/._chat.txt": b"x"})) as archive:
        assert archive.members == {"chat.txt": Member("chat.txt", 2), "media/photo.jpg": Member("media/photo.jpg", 2)}
        assert archive.read("chat.txt") == b"Hi"
        assert archive.refused == []


@pytest.mark.parametrize("name", ["../../evil.md", "/abs.md", "a/../../b", "C:/x.md", "C:x.md", "a\\..\\b", "x" * 1001])
def test_a_name_that_leads_out_of_the_archive_is_left_out(name: str) -> None:
    assert not is_safe_name(name)
    with open_archive(zipped({name: b"x", "kept.md": b"y"})) as archive:
        assert list(archive.members) == ["kept.md"]
        assert [where for where, _ in archive.refused] == [name]


@pytest.mark.parametrize("name", ["a.md", "a/b.md", "a..b.md", "...md", "a/Größe.md", "Re: a.eml", "a/C:b.md"])
def test_a_name_that_stays_is_kept(name: str) -> None:
    assert is_safe_name(name)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    with (
        open_archive(zipped({"bomb.txt": bytes(2 * 2**20)})) as archive,
        pytest.raises(InvalidInput, match="more than 200 times its size, as a zip bomb does"),
    ):
        archive.read("bomb.txt")


def test_a_member_over_the_limit_is_refused() -> None:
    with open_archive(zipped({"a.txt": b"12345"})) as archive:
        assert archive.read("a.txt", 5) == b"12345"
        with pytest.raises(InvalidInput, match=r"'a\.txt' in the archive has 5 bytes; at most 4 can be read"):
            archive.read("a.txt", 4)


def test_a_member_that_is_larger_than_it_says_is_refused() -> None:
    file = zipped({"a.txt": b"1234567890"}, zipfile.ZIP_STORED)
    data = file.getvalue().replace((10).to_bytes(4, "little"), (4).to_bytes(4, "little"))
    with open_archive(io.BytesIO(data)) as archive, pytest.raises(InvalidInput, match="can't be read"):
        archive.read("a.txt")


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip", b"PK\x03\x04" + b"\0" * 100])
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInput, match="isn't a zip archive"), open_archive(io.BytesIO(data)):
        pass


def test_a_broken_member_is_refused_and_the_others_are_read() -> None:
    file = zipped({"a.txt": b"hello hello hello", "b.txt": b"fine"}, zipfile.ZIP_STORED)
    with open_archive(io.BytesIO(file.getvalue().replace(b"hello hello", b"hello jello", 1))) as archive:
        with pytest.raises(InvalidInput, match=r"'a\.txt' in the archive can't be read: Bad CRC-32"):
            archive.read("a.txt")
        assert archive.read("b.txt") == b"fine"


def test_an_encrypted_member_is_refused() -> None:
    data = bytearray(zipped({"a.txt": b"secret"}, zipfile.ZIP_STORED).getvalue())
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with open_archive(io.BytesIO(bytes(data))) as archive, pytest.raises(InvalidInput, match="encrypted"):
        archive.read("a.txt")


def test_too_many_members_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_MEMBERS == 100_000
    monkeypatch.setattr("vaultcrm.importers.archive.MAX_MEMBERS", 2)
    with (
        pytest.raises(InvalidInput, match="The archive has 3 files; at most 2 can be read"),
        open_archive(zipped(dict.fromkeys("abc", b""))),
    ):
        pass


def test_a_missing_archive_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"No such file"), open_archive(tmp_path / "none.zip"):
        pass
