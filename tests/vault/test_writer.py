"""Creating and editing files: never outside the vault, and never over what another program wrote."""

import os
from pathlib import Path

import pytest

from tests.support import contents, file_states, make_vault, write_files
from vaultcrm.disk.moves import Move
from vaultcrm.errors import Conflict, ExternalError, InvalidInput, NotFound, Refused, Unreadable
from vaultcrm.markdown.edit import set_property
from vaultcrm.markdown.page import split_page
from vaultcrm.vault.journal import Journal
from vaultcrm.vault.vault import Vault
from vaultcrm.vault.writer import writing

AT = "2026-11-09T14:30:00"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return make_vault(tmp_path / "vault", {"a.md": "---\nstatus: lead  # hot\n---\nbody", "clients/Acme.md": "acme"})


def test_a_note_whose_title_is_taken_gets_a_number(vault: Vault) -> None:
    with writing(vault, "create", AT) as writer:
        paths = [
            writer.create("clients", "acme", "1"),
            writer.create("clients", "Acme", "2"),
            writer.create("new/deep", "Acme", "3"),
            writer.create("", "Zoë", "é"),
        ]
    assert paths == ["clients/acme 2.md", "clients/Acme 3.md", "new/deep/Acme.md", "Zoë.md"]
    assert writer.created == paths
    found = contents(Path(vault.root))
    assert [found[path] for path in ["clients/Acme.md", *paths]] == [b"acme", b"1", b"2", b"3", "é".encode()]


def test_a_file_is_created_once_at_exactly_its_path(vault: Vault) -> None:
    with writing(vault, "create", AT) as writer:
        assert writer.create_file("files/x.bin", b"\x00\xff")
        assert not writer.create_file("files/x.bin", b"other")
        assert not writer.create_file("a.md", b"other")
    assert contents(Path(vault.root))["files/x.bin"] == b"\x00\xff"
    assert writer.created == ["files/x.bin"]


@pytest.mark.parametrize("path", ["../out.md", "/tmp/vaultcrm-out.md", ".git/hooks/x", "linked/x.md", "a\0.md"])
def test_nothing_is_written_outside_the_vault(path: str, vault: Vault, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "vault/linked").symlink_to(tmp_path / "outside")
    before = contents(tmp_path / "vault")
    folder, _, name = path.rpartition("/")
    with writing(vault, "write", AT) as writer:
        with pytest.raises(InvalidInput, match="leads out of the vault"):
            writer.create_file(path, b"x")
        with pytest.raises(InvalidInput, match="leads out of the vault"):
            writer.create(folder, name, "x")
        with pytest.raises(InvalidInput, match="leads out of the vault"):
            writer.edit(path, lambda _: b"x")
    assert contents(tmp_path / "vault") == before
    assert sorted(os.listdir(tmp_path)) == ["home", "outside", "vault"]
    assert os.listdir(tmp_path / "outside") == []


def test_an_edit_changes_one_file_and_is_remembered_once(vault: Vault) -> None:
    with writing(vault, "edit", AT) as writer:
        assert writer.edit("a.md", lambda data: set_property(split_page(data), "status", "won").join())
        assert writer.edit("a.md", lambda data: data + b"!")
        assert not writer.edit("clients/Acme.md", lambda data: data)
    assert contents(Path(vault.root)) == {"a.md": b"---\nstatus: won  # hot\n---\nbody!", "clients/Acme.md": b"acme"}
    assert (writer.created, writer.changed) == ([], ["a.md"])


def test_an_edit_without_a_change_does_not_touch_the_file(vault: Vault) -> None:
    before = file_states(Path(vault.root))
    with writing(vault, "edit", AT) as writer:
        assert not writer.edit("a.md", lambda data: set_property(split_page(data), "status", "lead").join())
    assert file_states(Path(vault.root)) == before


def test_an_edit_is_applied_again_if_another_program_writes_in_between(vault: Vault) -> None:
    path = Path(vault.root, "a.md")
    seen: list[bytes] = []

    def operation(data: bytes) -> bytes:
        seen.append(data)
        if len(seen) < 3:  # an editor saves after we have read the file, before we write it
            path.write_bytes(data + b" theirs")
        return set_property(split_page(data), "status", "won").join()

    with writing(vault, "edit", AT) as writer:
        assert writer.edit("a.md", operation)
    assert path.read_bytes() == b"---\nstatus: won  # hot\n---\nbody theirs theirs"
    assert len(seen) == 3


def test_an_edit_gives_up_if_another_program_keeps_writing(vault: Vault) -> None:
    path = Path(vault.root, "a.md")

    def operation(data: bytes) -> bytes:
        path.write_bytes(data + b".")
        return b"ours"

    with writing(vault, "edit", AT) as writer, pytest.raises(Conflict, match="keeps changing"):
        writer.edit("a.md", operation)
    assert path.read_bytes() == b"---\nstatus: lead  # hot\n---\nbody" + b"." * 5
    assert writer.changed == []


def test_a_file_that_cannot_be_read_is_never_written(vault: Vault) -> None:
    write_files(
        Path(vault.root), {"latin.md": b"---\na: 1\n---\ncaf\xe9", "open.md": "---\na: 1\n", "twice.md": "---\nstatus: a\nstatus: b\n---\n"}
    )
    Path(vault.root, "link.md").symlink_to("a.md")
    before = contents(Path(vault.root))

    def operation(data: bytes) -> bytes:
        return set_property(split_page(data), "status", "won").join()

    with writing(vault, "edit", AT) as writer:
        for path, error, reason in (
            ("latin.md", Unreadable, r"^latin\.md:4: It is not UTF-8"),
            ("open.md", Unreadable, r"^open\.md:1: .*never closed"),
            ("twice.md", Refused, r"^twice\.md was not changed: .*appears 2 times"),
            ("link.md", Unreadable, r"^link\.md:1: .*symbolic link"),
            ("clients", Unreadable, r"^clients:1: .*not a regular file"),
            ("nowhere.md", NotFound, r"^nowhere\.md no longer exists"),
        ):
            with pytest.raises(error, match=reason):
                writer.edit(path, operation)
    assert contents(Path(vault.root)) == before


def test_all_paths_that_were_written_are_remembered(vault: Vault) -> None:
    with writing(vault, "much", AT) as writer:
        writer.move("clients", "past/2026/clients")
        writer.edit("past/2026/clients/Acme.md", lambda data: data + b"!")
        writer.create("", "New", "new")
        writer.remove("a.md", b"---\nstatus: lead  # hot\n---\nbody")
    assert writer.moved == [Move("clients", "past/2026/clients", "past")]
    assert writer.paths == ["New.md", "past/2026/clients/Acme.md", "a.md", "clients", "past/2026/clients"]
    assert contents(Path(vault.root)) == {"New.md": b"new", "past/2026/clients/Acme.md": b"acme!"}


def test_an_edit_returns_the_new_bytes_or_none(vault: Vault) -> None:
    with writing(vault, "edit", AT) as writer:
        assert writer.edit("clients/Acme.md", lambda data: data.upper()) == b"ACME"
        assert writer.edit("clients/Acme.md", lambda data: data.upper()) is None


@pytest.mark.parametrize("folder", ["", "clients/"])
def test_a_note_that_is_not_downloaded_says_how_to_get_it(folder: str, vault: Vault) -> None:
    write_files(Path(vault.root), {f"{folder}.Zed.md.icloud": ""})
    with writing(vault, "edit", AT) as writer, pytest.raises(NotFound, match=r"Zed\.md is not downloaded") as error:
        writer.edit(f"{folder}Zed.md", lambda data: data)
    assert error.value.hint == "Open its folder and let iCloud download it, then try again."


def test_a_move_without_permission_is_refused_and_not_recorded(unprivileged: Path) -> None:
    vault = make_vault(unprivileged / "vault", {"closed/a.md": "a", "open/b.md": "b"})
    (unprivileged / "vault/closed").chmod(0o500)
    message = r"closed/a\.md can't be moved to c\.md: Permission denied"
    with pytest.raises(ExternalError, match=message), writing(vault, "move", AT) as writer:
        writer.move("closed/a.md", "c.md")
    message = r"closed/a\.md can't be written: Permission denied"
    with pytest.raises(ExternalError, match=message), writing(vault, "remove", AT) as writer:
        writer.remove("closed/a.md", b"a")
    assert contents(unprivileged / "vault") == {"closed/a.md": b"a", "open/b.md": b"b"}
    assert writer.paths == []
    assert Journal(vault.root).entries() == []


def test_without_permission_nothing_changes_and_the_file_is_named(unprivileged: Path) -> None:
    vault = make_vault(unprivileged / "vault", {"closed/a.md": "a"})
    (unprivileged / "vault/closed").chmod(0o500)
    with writing(vault, "write", AT) as writer:
        with pytest.raises(ExternalError, match=r"closed/a\.md can't be written: Permission denied"):
            writer.edit("closed/a.md", lambda _: b"new")
        with pytest.raises(ExternalError, match=r"closed/b\.md can't be written: Permission denied"):
            writer.create("closed", "b", "new")
        with pytest.raises(ExternalError, match="closed/below can't be written: Permission denied"):
            writer.create("closed/below", "b", "new")
    assert contents(unprivileged / "vault") == {"closed/a.md": b"a"}
    assert (writer.created, writer.changed) == ([], [])
