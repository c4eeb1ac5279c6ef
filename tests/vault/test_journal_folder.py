"""Undo finds its history after the vault's folder was moved, and never another vault's."""

import shutil
from pathlib import Path

import pytest

from tests.support import make_vault
from tests.vault.journals import put, words_of
from vaultcrm.vault.journal import Journal
from vaultcrm.vault.journal_folder import read_id, with_id
from vaultcrm.vault.vault import Vault

ID, OTHER_ID = "0123456789abcdef", "fedcba9876543210"


def vault_with(folder: Path, vault_id: str = ID) -> Vault:
    return make_vault(folder, {"vaultcrm.toml": f'id = "{vault_id}"\n', "a.md": "a"})


def test_a_moved_vault_keeps_its_history(tmp_path: Path) -> None:
    put(vault_with(tmp_path / "old"), "change", {"a.md": "b"})
    (tmp_path / "old").rename(tmp_path / "new")
    moved = Vault(str(tmp_path / "new"))
    assert words_of(moved) == [("change", "done")]
    Journal(moved.root).undo()
    assert (tmp_path / "new/a.md").read_text() == "a"
    (tmp_path / "new").rename(tmp_path / "old")
    assert words_of(Vault(str(tmp_path / "old"))) == [("change", "undone")]


def test_a_copy_has_a_history_of_its_own(tmp_path: Path) -> None:
    put(vault_with(tmp_path / "old"), "change", {"a.md": "b"})
    shutil.copytree(tmp_path / "old", tmp_path / "copy")
    copy = Vault(str(tmp_path / "copy"))
    assert words_of(copy) == []
    put(copy, "copied", {"a.md": "c"})
    assert words_of(copy) == [("copied", "done")]
    assert words_of(Vault(str(tmp_path / "old"))) == [("change", "done")]


def test_another_vault_in_the_old_place_does_not_get_the_history(tmp_path: Path) -> None:
    put(vault_with(tmp_path / "old"), "change", {"a.md": "b"})
    (tmp_path / "old").rename(tmp_path / "new")
    other = vault_with(tmp_path / "old", OTHER_ID)
    assert words_of(other) == []
    put(other, "other", {"a.md": "c"})
    assert words_of(Vault(str(tmp_path / "new"))) == [("change", "done")]
    assert words_of(other) == [("other", "done")]


def test_a_vault_that_gets_its_id_later_keeps_its_history(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "old", {"vaultcrm.toml": "", "a.md": "a"})
    put(vault, "change", {"a.md": "b"})
    put(vault, "id", {"vaultcrm.toml": f'id = "{ID}"\n'})
    (tmp_path / "old").rename(tmp_path / "new")
    assert words_of(Vault(str(tmp_path / "new"))) == [("id", "done"), ("change", "done")]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (b'id = "0123456789abcdef"\n', ID),
        (b'# x\r\nid="0123456789abcdef" \r\nignore = []\r\n', ID),
        (b'[search.id]\nid = "0123456789abcdef"\n', ""),
        (b'ignore = []\n[search.id]\nid = "0123456789abcdef"\n', ""),
        (b"id = 5\n", ""),
        (b"", ""),
    ],
)
def test_the_id_is_a_text_before_the_first_table(settings: bytes, expected: str, tmp_path: Path) -> None:
    (tmp_path / "vaultcrm.toml").write_bytes(settings)
    assert read_id(str(tmp_path)) == expected


@pytest.mark.parametrize("settings", [b"", b"# x\n", b"ignore = []\r\n[tasks]\r\n"])
def test_an_id_is_put_before_everything_else(settings: bytes, tmp_path: Path) -> None:
    new = with_id(settings)
    assert new.endswith(settings)
    assert new.count(b"\r\n") == settings.count(b"\r\n") + (b"\r\n" in settings)
    (tmp_path / "vaultcrm.toml").write_bytes(new)
    assert len(read_id(str(tmp_path))) == 16


@pytest.mark.parametrize("settings", [b"id = 5\n", b"id = [\n", b"\xff", b"[id]\n"])
def test_settings_that_an_id_would_break_stay_as_they_are(settings: bytes) -> None:
    assert with_id(settings) == settings
