"""Reading `vaultcrm.toml`, and finding the vault around a folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import make_vault, write_files
from tests.vault.walks import notes
from vaultcrm.errors import InvalidInput
from vaultcrm.vault.settings import Settings, find_vault
from vaultcrm.vault.vault import Vault


def test_a_vault_without_settings_has_the_defaults(tmp_path: Path) -> None:
    assert make_vault(tmp_path / "a", {}).settings == Settings((), "")
    assert make_vault(tmp_path / "b", {"vaultcrm.toml": "# nothing yet\n\n"}).settings == Settings((), "")
    assert make_vault(tmp_path / "c", {"vaultcrm.toml": 'date_order = "dmy"\nother = 1\n'}).settings == Settings((), "dmy")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("ignore = [", "is not valid TOML"),
        (b'ignore = ["caf\xe9"]', "is not valid TOML"),
        ('ignore = "archive"', "must be a list"),
        ("ignore = [1]", "must be a list"),
        ('date_order = "ymd"', "must be dmy or mdy"),
        ("date_order = 1", "must be dmy or mdy"),
    ],
)
def test_invalid_settings_are_refused_with_the_name_of_the_file(text: str | bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=reason) as found:
        make_vault(tmp_path / "vault", {"vaultcrm.toml": text})
    assert "vaultcrm.toml" in found.value.message
    assert found.value.hint


def test_unreadable_settings_are_refused_with_the_name_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "vault/vaultcrm.toml").mkdir(parents=True)
    with pytest.raises(InvalidInput, match=r"vaultcrm\.toml can't be read"):
        Vault(str(tmp_path / "vault"))


@pytest.mark.parametrize(
    ("name", "text"),
    [(".obsidian/templates.json", "[" * 100_000), ("vaultcrm.toml", "a = " + "[" * 100_000), ("vaultcrm.toml", "a = " + "9" * 5_000)],
)
def test_hostile_settings_are_ignored_or_refused(name: str, text: str, tmp_path: Path) -> None:
    try:
        vault = make_vault(tmp_path / "vault", {name: text, "a.md": ""})
    except InvalidInput:
        return
    assert notes(vault) == ["a.md"]


def test_a_pipe_instead_of_a_settings_file_does_not_block(tmp_path: Path) -> None:
    (tmp_path / ".obsidian").mkdir()
    os.mkfifo(tmp_path / "vaultcrm.toml")
    os.mkfifo(tmp_path / ".obsidian/templates.json")
    program = "import sys; from vaultcrm.vault.vault import Vault; Vault(sys.argv[1])"
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], timeout=10, capture_output=True)


def test_the_vault_around_a_folder_is_the_nearest_with_settings(tmp_path: Path) -> None:
    write_files(tmp_path, {"vault/vaultcrm.toml": "", "vault/inner/vaultcrm.toml": "", "vault/inner/a/b/x.md": "", "vault/other/y.md": ""})
    assert find_vault(str(tmp_path / "vault/inner/a/b")) == str(tmp_path / "vault/inner")
    assert find_vault(str(tmp_path / "vault/other")) == find_vault(str(tmp_path / "vault")) == str(tmp_path / "vault")
    assert find_vault(str(tmp_path)) is None
