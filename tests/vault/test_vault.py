"""The folder of notes: what is in it and what is not, and how it is written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import contents, looks, make_vault, write_files
from vaultcrm.errors import Changed, NotFound, NotUnderstood, OutsideFailed, Refused, Unreadable
from vaultcrm.markdown.edit import set_property
from vaultcrm.markdown.page import split
from vaultcrm.vault.settings import Settings, find
from vaultcrm.vault.vault import Vault
from vaultcrm.vault.writer import writing

AT = "2026-11-09T14:30:00"


def notes(vault: Vault, top: str = "", deep: bool = True) -> list[str]:
    return sorted(f"{look.path}/{name}".lstrip("/") for look in vault.walk(top, deep) for name in look.names)


def folders(vault: Vault) -> list[str]:
    return sorted(look.path for look in vault.walk())


# ------------------------------------------------------------------------------------- walking


def test_a_walk_finds_the_notes_in_all_folders_and_nothing_else(tmp_path: Path) -> None:
    yes = ["a.md", "B.MD", "clients/templates/t.md", "clients/Acme Studio/ä 😀.md", "folder.md/inside.md"]
    no = ["c.markdown", "d.txt", "e.md.bak", "md", ".hidden.md", ".obsidian/x.md", ".git/y.md", "templates/t.md", "empty/photo.jpg"]
    vault = make_vault(tmp_path / "vault", dict.fromkeys(yes + no, ""))
    assert notes(vault) == ["B.MD", "a.md", "clients/Acme Studio/ä 😀.md", "clients/templates/t.md", "folder.md/inside.md"]
    assert folders(vault) == ["", "clients", "clients/Acme Studio", "clients/templates", "empty", "folder.md"]
    assert notes(vault, "clients") == ["clients/Acme Studio/ä 😀.md", "clients/templates/t.md"]
    assert notes(vault, "clients", deep=False) == []
    assert notes(vault, "nowhere") == []


def test_a_walk_gives_each_note_the_stamp_that_it_has(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"a.md": "123", "b.md": ""})
    (look,) = vault.walk()
    for name, stamp in zip(look.names, look.stamps, strict=True):
        status = os.stat(os.path.join(vault.root, name))
        assert tuple(stamp) == (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def test_a_fingerprint_changes_with_the_notes_of_its_folder_only(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"a.md": "1", "b.md": "2", "below/c.md": "3", "photo.jpg": "4"})

    def fingerprint() -> bytes:
        return next(look.fingerprint for look in vault.walk() if look.path == "")

    first = fingerprint()
    write_files(tmp_path / "vault", {"photo.jpg": "5", "below/c.md": "6", "new.jpg": ""})
    assert fingerprint() == first
    os.rename(tmp_path / "vault/a.md", tmp_path / "vault/z.md")
    second = fingerprint()
    os.utime(tmp_path / "vault/b.md", ns=(1, 1))
    third = fingerprint()
    os.unlink(tmp_path / "vault/b.md")
    assert len({first, second, third, fingerprint()}) == 4


def test_folders_that_obsidian_names_as_templates_are_left_out(tmp_path: Path) -> None:
    templates = {
        ".obsidian/templates.json": '{"folder": "Extras/Forms/"}',
        ".obsidian/plugins/templater-obsidian/data.json": '{"templates_folder": "Snippets"}',
    }
    files = dict.fromkeys(["Extras/Forms/t.md", "Extras/a.md", "Snippets/s.md", "templates/t.md", "Forms/b.md"], "")
    vault = make_vault(tmp_path / "vault", {**templates, **files})
    assert notes(vault) == ["Extras/a.md", "Forms/b.md"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"folder": 7}', '{"folder": "/"}', '{"other": "Forms"}', b"\xff\xfe"])
def test_settings_of_obsidian_that_cannot_be_read_are_passed_over(text: str | bytes, tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {".obsidian/templates.json": text, "Forms/b.md": "", "templates/t.md": ""})
    assert notes(vault) == ["Forms/b.md"]


def test_what_the_settings_ignore_is_left_out(tmp_path: Path) -> None:
    files = {"a.md": "", "a.draft.md": "", "archive/x.md": "", "clients/archive/y.md": "", "clients/Old/z.md": "", "clients/New/z.md": ""}
    vault = make_vault(tmp_path / "vault", {"vaultcrm.toml": 'ignore = ["archive/", "*.draft.md", "clients/Old"]', **files})
    assert notes(vault) == ["a.md", "clients/New/z.md"]


def test_symlinks_are_seen_and_never_followed(tmp_path: Path) -> None:
    write_files(tmp_path / "outside", {"secret.md": "s", "deep/x.md": ""})
    vault = make_vault(tmp_path / "vault", {"a.md": ""})
    (tmp_path / "vault/linked").symlink_to(tmp_path / "outside")
    (tmp_path / "vault/l.md").symlink_to(tmp_path / "outside/secret.md")
    (tmp_path / "vault/dangling.md").symlink_to("nowhere")
    (tmp_path / "vault/loop.md").symlink_to("loop.md")
    (tmp_path / "vault/text").symlink_to("a.md")
    assert notes(vault) == ["a.md", "dangling.md", "l.md", "linked", "loop.md"]
    assert folders(vault) == [""]
    for name in ("dangling.md", "l.md", "linked", "loop.md"):
        with pytest.raises(Unreadable, match="symbolic link"):
            vault.read(name)


@pytest.mark.parametrize("folder", ["", "below/"])
def test_a_symlink_to_itself_does_not_close_its_folder(folder: str, tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {f"{folder}a.md": ""})
    (tmp_path / f"vault/{folder}loop").symlink_to("loop")
    assert f"{folder}a.md" in notes(vault)


def test_a_folder_that_may_not_be_read_has_a_fault(unprivileged: Path) -> None:
    vault = make_vault(unprivileged / "vault", {"a.md": "", "closed/x.md": "", "closed/deep/y.md": ""})
    (unprivileged / "vault/closed").chmod(0)
    found = {look.path: look for look in vault.walk()}
    assert sorted(found) == ["", "closed"]
    assert found["closed"].fault == "The folder cannot be read: Permission denied."
    assert found["closed"].names == []
    (unprivileged / "vault").chmod(0)
    with pytest.raises(OutsideFailed, match="cannot be read: Permission denied"):
        list(vault.walk())


CHURNING = """if True:
    import os, sys
    names = [f"{sys.argv[1]}/t{n}.md" for n in range(20)]
    while os.getppid() == int(sys.argv[2]):
        for name in names:
            open(name, "w").close()
        for name in names:
            os.unlink(name)
"""


def test_a_file_that_goes_meanwhile_does_not_hide_its_folder(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {f"busy/{n}.md": "" for n in range(100)})
    with subprocess.Popen([sys.executable, "-c", CHURNING, os.path.join(vault.root, "busy"), str(os.getpid())]) as child:
        try:
            assert all("busy/7.md" in notes(vault) for _ in range(1_000))
        finally:
            child.kill()


# ------------------------------------------------------------------------------------ settings


def test_a_vault_without_settings_has_the_defaults(tmp_path: Path) -> None:
    assert make_vault(tmp_path / "a", {}).settings == Settings((), "")
    assert make_vault(tmp_path / "b", {"vaultcrm.toml": "# nothing yet\n\n"}).settings == Settings((), "")
    assert make_vault(tmp_path / "c", {"vaultcrm.toml": 'date_order = "dmy"\nother = 1\n'}).settings == Settings((), "dmy")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ignore = [", "is not TOML"),
        (b'ignore = ["caf\xe9"]', "is not TOML"),
        ('ignore = "archive"', "must be a list"),
        ("ignore = [1]", "must be a list"),
        ('date_order = "ymd"', "must be dmy or mdy"),
        ("date_order = 1", "must be dmy or mdy"),
    ],
)
def test_settings_that_cannot_be_understood_are_refused_with_the_file(text: str | bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(NotUnderstood, match=reason) as found:
        make_vault(tmp_path / "vault", {"vaultcrm.toml": text})
    assert "vaultcrm.toml" in found.value.message
    assert found.value.hint


def test_settings_that_may_not_be_read_are_named(tmp_path: Path) -> None:
    (tmp_path / "vault/vaultcrm.toml").mkdir(parents=True)
    with pytest.raises(NotUnderstood, match=r"vaultcrm\.toml cannot be read"):
        Vault(str(tmp_path / "vault"))


@pytest.mark.parametrize(
    ("name", "text"),
    [(".obsidian/templates.json", "[" * 100_000), ("vaultcrm.toml", "a = " + "[" * 100_000), ("vaultcrm.toml", "a = " + "9" * 5_000)],
)
def test_hostile_settings_are_passed_over_or_refused(name: str, text: str, tmp_path: Path) -> None:
    try:
        vault = make_vault(tmp_path / "vault", {name: text, "a.md": ""})
    except NotUnderstood:
        return
    assert notes(vault) == ["a.md"]


def test_a_pipe_in_the_place_of_settings_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / ".obsidian").mkdir()
    os.mkfifo(tmp_path / "vaultcrm.toml")
    os.mkfifo(tmp_path / ".obsidian/templates.json")
    program = "import sys; from vaultcrm.vault.vault import Vault; Vault(sys.argv[1])"
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], timeout=10, capture_output=True)


def test_the_vault_around_a_folder_is_the_nearest_that_is_marked(tmp_path: Path) -> None:
    write_files(tmp_path, {"vault/vaultcrm.toml": "", "vault/inner/vaultcrm.toml": "", "vault/inner/a/b/x.md": "", "vault/other/y.md": ""})
    assert find(str(tmp_path / "vault/inner/a/b")) == str(tmp_path / "vault/inner")
    assert find(str(tmp_path / "vault/other")) == find(str(tmp_path / "vault")) == str(tmp_path / "vault")
    assert find(str(tmp_path)) is None


# ------------------------------------------------------------------------------------- writing


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return make_vault(tmp_path / "vault", {"a.md": "---\nstatus: lead  # hot\n---\nbody", "clients/Acme.md": "acme"})


def test_creating_gives_a_new_name_where_the_title_is_taken(vault: Vault) -> None:
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


def test_a_file_at_just_this_path_is_created_once(vault: Vault) -> None:
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
        with pytest.raises(NotUnderstood, match="leads out of the vault"):
            writer.create_file(path, b"x")
        with pytest.raises(NotUnderstood, match="leads out of the vault"):
            writer.create(folder, name, "x")
        with pytest.raises(NotUnderstood, match="leads out of the vault"):
            writer.edit(path, lambda _: b"x")
    assert contents(tmp_path / "vault") == before
    assert sorted(os.listdir(tmp_path)) == ["home", "outside", "vault"]
    assert os.listdir(tmp_path / "outside") == []


def test_an_edit_changes_one_file_and_says_so_once(vault: Vault) -> None:
    with writing(vault, "edit", AT) as writer:
        assert writer.edit("a.md", lambda data: set_property(split(data), "status", "won").join())
        assert writer.edit("a.md", lambda data: data + b"!")
        assert not writer.edit("clients/Acme.md", lambda data: data)
    assert contents(Path(vault.root)) == {"a.md": b"---\nstatus: won  # hot\n---\nbody!", "clients/Acme.md": b"acme"}
    assert (writer.created, writer.changed) == ([], ["a.md"])


def test_an_edit_that_changes_nothing_touches_nothing(vault: Vault) -> None:
    before = looks(Path(vault.root))
    with writing(vault, "edit", AT) as writer:
        assert not writer.edit("a.md", lambda data: set_property(split(data), "status", "lead").join())
    assert looks(Path(vault.root)) == before


def test_an_edit_is_applied_again_to_what_somebody_else_wrote_meanwhile(vault: Vault) -> None:
    path = Path(vault.root, "a.md")
    seen: list[bytes] = []

    def operation(data: bytes) -> bytes:
        seen.append(data)
        if len(seen) < 3:  # an editor saves between our reading and our writing
            path.write_bytes(data + b" theirs")
        return set_property(split(data), "status", "won").join()

    with writing(vault, "edit", AT) as writer:
        assert writer.edit("a.md", operation)
    assert path.read_bytes() == b"---\nstatus: won  # hot\n---\nbody theirs theirs"
    assert len(seen) == 3


def test_an_edit_gives_up_when_somebody_else_writes_all_the_time(vault: Vault) -> None:
    path = Path(vault.root, "a.md")

    def operation(data: bytes) -> bytes:
        path.write_bytes(data + b".")
        return b"ours"

    with writing(vault, "edit", AT) as writer, pytest.raises(Changed, match="all the time"):
        writer.edit("a.md", operation)
    assert path.read_bytes() == b"---\nstatus: lead  # hot\n---\nbody" + b"." * 5
    assert writer.changed == []


def test_what_cannot_be_read_is_never_written(vault: Vault) -> None:
    write_files(
        Path(vault.root), {"latin.md": b"---\na: 1\n---\ncaf\xe9", "open.md": "---\na: 1\n", "twice.md": "---\nstatus: a\nstatus: b\n---\n"}
    )
    Path(vault.root, "link.md").symlink_to("a.md")
    before = contents(Path(vault.root))

    def operation(data: bytes) -> bytes:
        return set_property(split(data), "status", "won").join()

    with writing(vault, "edit", AT) as writer:
        for path, error, reason in (
            ("latin.md", Unreadable, r"^latin\.md:4: It is not UTF-8"),
            ("open.md", Unreadable, r"^open\.md:1: .*never closed"),
            ("twice.md", Refused, r"^twice\.md was not changed: .*given 2 times"),
            ("link.md", Unreadable, r"^link\.md:1: .*symbolic link"),
            ("clients", Unreadable, r"^clients:1: .*not a regular file"),
            ("nowhere.md", NotFound, r"^nowhere\.md is not there any more"),
        ):
            with pytest.raises(error, match=reason):
                writer.edit(path, operation)
    assert contents(Path(vault.root)) == before


def test_a_folder_that_may_not_be_written_is_named_and_nothing_changes(unprivileged: Path) -> None:
    vault = make_vault(unprivileged / "vault", {"closed/a.md": "a"})
    (unprivileged / "vault/closed").chmod(0o500)
    with writing(vault, "write", AT) as writer:
        with pytest.raises(OutsideFailed, match=r"closed/a\.md cannot be written: Permission denied"):
            writer.edit("closed/a.md", lambda _: b"new")
        with pytest.raises(OutsideFailed, match=r"closed/b\.md cannot be written: Permission denied"):
            writer.create("closed", "b", "new")
        with pytest.raises(OutsideFailed, match="closed/below cannot be written: Permission denied"):
            writer.create("closed/below", "b", "new")
    assert contents(unprivileged / "vault") == {"closed/a.md": b"a"}
    assert (writer.created, writer.changed) == ([], [])
