"""Walking through the folders of a vault, and reading files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import make_vault, write_files
from tests.vault.walks import folders, notes
from vaultcrm.errors import ExternalError, Unreadable
from vaultcrm.vault.vault import NOT_DOWNLOADED


def test_a_walk_finds_the_notes_in_all_folders_and_nothing_else(tmp_path: Path) -> None:
    listed = ["a.md", "B.MD", "clients/templates/t.md", "clients/Acme Studio/ä 😀.md", "folder.md/inside.md"]
    left_out = ["c.markdown", "d.txt", "e.md.bak", "md", ".hidden.md", ".obsidian/x.md", ".git/y.md", "templates/t.md", "empty/photo.jpg"]
    vault = make_vault(tmp_path / "vault", dict.fromkeys(listed + left_out, ""))
    assert notes(vault) == ["B.MD", "a.md", "clients/Acme Studio/ä 😀.md", "clients/templates/t.md", "folder.md/inside.md"]
    assert folders(vault) == ["", "clients", "clients/Acme Studio", "clients/templates", "empty", "folder.md"]
    assert notes(vault, "clients") == ["clients/Acme Studio/ä 😀.md", "clients/templates/t.md"]
    assert notes(vault, "clients", recursive=False) == []
    assert notes(vault, "nowhere") == []


def test_a_walk_returns_the_stamp_of_each_note(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"a.md": "123", "b.md": ""})
    (folder,) = vault.walk()
    for name, stamp in zip(folder.names, folder.stamps, strict=True):
        status = os.stat(os.path.join(vault.root, name))
        assert tuple(stamp) == (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)


def test_a_fingerprint_changes_only_with_the_notes_of_its_folder(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"a.md": "1", "b.md": "2", "below/c.md": "3", "photo.jpg": "4"})

    def fingerprint() -> bytes:
        return next(folder.fingerprint for folder in vault.walk() if folder.path == "")

    first = fingerprint()
    write_files(tmp_path / "vault", {"photo.jpg": "5", "below/c.md": "6", "new.jpg": ""})
    assert fingerprint() == first
    os.rename(tmp_path / "vault/a.md", tmp_path / "vault/z.md")
    second = fingerprint()
    os.utime(tmp_path / "vault/b.md", ns=(1, 1))
    third = fingerprint()
    os.unlink(tmp_path / "vault/b.md")
    assert len({first, second, third, fingerprint()}) == 4


def test_the_template_folders_of_obsidian_are_left_out(tmp_path: Path) -> None:
    templates = {
        ".obsidian/templates.json": '{"folder": "Extras/Forms/"}',
        ".obsidian/plugins/templater-obsidian/data.json": '{"templates_folder": "Snippets"}',
    }
    files = dict.fromkeys(["Extras/Forms/t.md", "Extras/a.md", "Snippets/s.md", "templates/t.md", "Forms/b.md"], "")
    vault = make_vault(tmp_path / "vault", {**templates, **files})
    assert notes(vault) == ["Extras/a.md", "Forms/b.md"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"folder": 7}', '{"folder": "/"}', '{"other": "Forms"}', b"\xff\xfe"])
def test_unreadable_settings_of_obsidian_are_ignored(text: str | bytes, tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {".obsidian/templates.json": text, "Forms/b.md": "", "templates/t.md": ""})
    assert notes(vault) == ["Forms/b.md"]


def test_ignored_files_and_folders_are_left_out(tmp_path: Path) -> None:
    files = {"a.md": "", "a.draft.md": "", "archive/x.md": "", "clients/archive/y.md": "", "clients/Old/z.md": "", "clients/New/z.md": ""}
    vault = make_vault(tmp_path / "vault", {"vaultcrm.toml": 'ignore = ["archive/", "*.draft.md", "clients/Old"]', **files})
    assert notes(vault) == ["a.md", "clients/New/z.md"]


def test_symlinks_are_listed_and_never_followed(tmp_path: Path) -> None:
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
def test_a_symlink_to_itself_does_not_hide_its_folder(folder: str, tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {f"{folder}a.md": ""})
    (tmp_path / f"vault/{folder}loop").symlink_to("loop")
    assert f"{folder}a.md" in notes(vault)


def test_a_folder_without_permission_has_an_error(unprivileged: Path) -> None:
    vault = make_vault(unprivileged / "vault", {"a.md": "", "closed/x.md": "", "closed/deep/y.md": ""})
    (unprivileged / "vault/closed").chmod(0)
    found = {folder.path: folder for folder in vault.walk()}
    assert sorted(found) == ["", "closed"]
    assert found["closed"].error == "The folder can't be read: Permission denied."
    assert found["closed"].names == []
    (unprivileged / "vault").chmod(0)
    with pytest.raises(ExternalError, match="can't be read: Permission denied"):
        list(vault.walk())


def test_only_folders_that_a_walk_would_reach_are_reachable(tmp_path: Path) -> None:
    files = {"a/b/x.md": "", "old/x.md": "", "templates/x.md": "", ".git/x": "", "a/.hidden/x.md": "", "vaultcrm.toml": 'ignore = ["old"]'}
    vault = make_vault(tmp_path / "vault", files)
    (tmp_path / "vault/linked").symlink_to("a")
    folders = ["", "a", "a/b", "a/gone", "old", "old/below", "templates", "templates/below", ".git", "a/.hidden", "linked/b"]
    assert vault.reachable_folders(folders) == ["", "a", "a/b", "a/gone"]


@pytest.mark.parametrize(
    ("path", "is_excluded"),
    [
        ("", False), ("a.md", False), ("clients/a.md", False), (".a.md", True), ("clients/.trash/a.md", True), ("templates/a.md", True),
        ("clients/templates/a.md", False), ("x/a.draft.md", True), ("clients/Old", True), ("clients/Old/a.md", True), ("Old/a.md", False),
        ("x/archive/a.md", True), ("archives/a.md", False),
    ],
)  # fmt: skip
def test_hidden_and_ignored_paths_and_everything_below_them_are_excluded(path: str, is_excluded: bool, tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"vaultcrm.toml": 'ignore = ["archive/", "*.draft.md", "clients/Old"]'})
    assert vault.is_excluded(path) == is_excluded


def test_all_visible_files_are_listed_also_templates_and_ignored_ones(tmp_path: Path) -> None:
    listed = ["a.md", "files/photo.jpg", "old/x.md", "templates/t.md", "vaultcrm.toml"]
    hidden = [".hidden.md", ".git/config", "files/.DS_Store"]
    not_utf8 = [os.fsdecode(b"caf\xe9.md"), os.fsdecode(b"d\xe9/x.md")]
    vault = make_vault(tmp_path / "vault", {**dict.fromkeys([*listed, *hidden, *not_utf8], ""), "vaultcrm.toml": 'ignore = ["old"]'})
    assert sorted(vault.list_files()) == listed


def test_an_icloud_placeholder_is_listed_under_the_name_of_its_note(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"a.md": "", ".Acme.md.icloud": "", ".photo.jpg.icloud": ""})
    (folder,) = vault.walk()
    stamps = dict(zip(folder.names, folder.stamps, strict=True))
    assert sorted(stamps) == ["Acme.md", "a.md"]
    assert stamps["Acme.md"] == NOT_DOWNLOADED != stamps["a.md"]


def test_reading_tells_a_missing_file_from_an_unreadable_one(unprivileged: Path) -> None:
    vault = make_vault(unprivileged / "vault", {"a.md": b"\xff\r\n", "closed.md": ""})
    assert vault.read("a.md").data == b"\xff\r\n"
    with pytest.raises(FileNotFoundError):
        vault.read("gone.md")
    (unprivileged / "vault/closed.md").chmod(0)
    with pytest.raises(Unreadable, match=r"^It can't be read: Permission denied\.$") as error:
        vault.read("closed.md")
    assert error.value.code == "unreadable"


CHURNING = """if True:
    import os, sys
    names = [f"{sys.argv[1]}/t{n}.md" for n in range(20)]
    while os.getppid() == int(sys.argv[2]):
        for name in names:
            open(name, "w").close()
        for name in names:
            os.unlink(name)
"""


def test_a_file_deleted_during_the_walk_does_not_hide_its_folder(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {f"busy/{n}.md": "" for n in range(100)})
    with subprocess.Popen([sys.executable, "-c", CHURNING, os.path.join(vault.root, "busy"), str(os.getpid())]) as child:
        try:
            assert all("busy/7.md" in notes(vault) for _ in range(1_000))
        finally:
            child.kill()


def test_the_templates_of_a_vault_inside_this_one_are_no_notes(tmp_path: Path) -> None:
    files = {"a/vaultcrm.toml": "", "a/templates/client.md": "", "a/x.md": "", "b/templates/y.md": "", "a/b/templates/z.md": ""}
    vault = make_vault(tmp_path / "v", files)
    assert notes(vault) == ["a/b/templates/z.md", "a/x.md", "b/templates/y.md"]
    assert [path for path in files if vault.is_excluded(path)] == ["a/templates/client.md"]


def test_a_path_is_spelled_as_on_the_disk(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "v", {"Clients/Zoe\u0308/x.md": "", "b/X.md": "", "b/x.md": ""})
    for path, spelled in (
        ("clients/ZO\u00cb/X.md", "Clients/Zoe\u0308/x.md"), ("b/x.md", "b/x.md"), ("b/X.md", "b/X.md"), ("new/One.md", "new/One.md"),
    ):  # fmt: skip
        assert vault.existing_path(path) == spelled
