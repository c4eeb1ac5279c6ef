"""A folder becomes a vault: what is created, what stays, and which vault is the default."""

from pathlib import Path

import pytest

from tests.actions.vaults import NOW
from tests.support import contents, write_files
from vaultcrm.actions.default_vault import default_vault, settings_file
from vaultcrm.actions.init import SETTINGS_TEMPLATE, InitResult, init
from vaultcrm.actions.undo import undo
from vaultcrm.errors import AlreadyExists, ExternalError
from vaultcrm.obsidian.install import built_in_files
from vaultcrm.vault.journal_folder import read_id
from vaultcrm.vault.settings import read_settings


def new_vault(folder: Path, for_obsidian: bool | None = None, with_git: bool = False) -> InitResult:
    return init(str(folder), "init", NOW.isoformat(), for_obsidian, with_git)


def test_a_new_vault_keeps_what_is_in_the_folder_and_becomes_the_default(tmp_path: Path) -> None:
    write_files(tmp_path / "v", {"a.md": "a", "vaultcrm.txt": "b"})
    root = str(tmp_path / "v")
    assert new_vault(tmp_path / "v", for_obsidian=False) == InitResult(root, ["vaultcrm.toml"], [], True, [])
    settings = SETTINGS_TEMPLATE.replace("NEW_ID", f'id = "{read_id(root)}"')
    assert len(read_id(root)) == 16
    assert contents(tmp_path / "v") == {"a.md": b"a", "vaultcrm.txt": b"b", "vaultcrm.toml": settings.encode()}
    assert sorted(path.name for path in (tmp_path / "v").iterdir() if path.is_dir()) == ["clients", "inbox", "templates"]
    assert default_vault() == root
    undo(root)
    assert contents(tmp_path / "v") == {"a.md": b"a", "vaultcrm.txt": b"b"}


def test_a_second_vault_does_not_replace_the_default(tmp_path: Path) -> None:
    new_vault(tmp_path / "a", for_obsidian=False)
    assert new_vault(tmp_path / "b", for_obsidian=False).is_default is False
    assert default_vault() == str(tmp_path / "a")


def test_a_clone_and_a_vault_inside_another_do_not_become_the_default(tmp_path: Path) -> None:
    (tmp_path / "clone/.git").mkdir(parents=True)
    write_files(tmp_path / "outer", {"vaultcrm.toml": ""})
    for folder in ("clone", "outer/inner"):
        assert new_vault(tmp_path / folder, for_obsidian=False).is_default is False
    assert default_vault() is None


def test_a_path_with_quotes_and_backslashes_can_be_the_default(tmp_path: Path) -> None:
    new_vault(tmp_path / 'a "b" \\c', for_obsidian=False)
    assert default_vault() == str(tmp_path / 'a "b" \\c')
    assert Path(settings_file()).read_text().startswith("# The vault that commands use outside of any vault:\nvault = ")


def test_obsidian_files_are_added_to_a_new_vault_and_on_request_to_an_existing_one(tmp_path: Path) -> None:
    assert new_vault(tmp_path / "a").created == ["vaultcrm.toml", *built_in_files()]
    new_vault(tmp_path / "b", for_obsidian=False)
    Path(settings_file()).unlink()
    added = new_vault(tmp_path / "b", for_obsidian=True)
    assert (added.created, added.is_default, default_vault()) == (list(built_in_files()), False, None)


def test_a_vault_without_a_request_is_refused(tmp_path: Path) -> None:
    new_vault(tmp_path / "a", for_obsidian=False)
    for for_obsidian in (None, False):
        with pytest.raises(AlreadyExists) as raised:
            new_vault(tmp_path / "a", for_obsidian)
        assert raised.value.message == f"{tmp_path / 'a'} is already a vault."


def test_git_is_added_to_a_vault(tmp_path: Path, known: Path) -> None:
    write_files(tmp_path / "v", {"a.md": "a", ".gitignore": "mine"})
    new_vault(tmp_path / "v", for_obsidian=False)
    result = new_vault(tmp_path / "v", with_git=True)
    assert (result.created, result.changed) == ([".gitattributes"], [".gitignore"])
    assert (result.commit_summary, result.has_remote) == ("Initial commit: 1 note", False)
    assert (tmp_path / "v/.gitignore").read_text().startswith("mine\n.obsidian/workspace*.json\n")
    (tmp_path / "v/b.md").write_text("b")
    again = new_vault(tmp_path / "v", with_git=True)
    assert (again.created, again.changed, again.commit_summary) == ([], [], "")  # a repository with commits is left to sync


def test_a_folder_that_cannot_be_created(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExternalError, match=rf"^Can't create {tmp_path}/file/clients: Not a directory\.$"):
        new_vault(tmp_path / "file")


def test_the_settings_in_the_template_are_valid_when_the_comments_are_removed(tmp_path: Path) -> None:
    lines = [line.removeprefix("# ") for line in SETTINGS_TEMPLATE.splitlines() if " = " in line or line.startswith("# [")]
    write_files(tmp_path / "v", {"vaultcrm.toml": "\n".join(lines)})
    settings = read_settings(str(tmp_path / "v/vaultcrm.toml"))
    assert (settings.date_order, settings.languages, settings.saved_searches) == (
        "dmy", ("english", "german"), (("unpaid", "tag:invoice -status:done"),),
    )  # fmt: skip
