"""The user's folders for cache, state and settings, with one folder for each vault."""

import re
import sys
from pathlib import Path

import pytest

from vaultcrm.disk.user_dirs import user_dir, vault_dir


def test_the_folders_follow_the_conventions_of_each_system(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert user_dir("cache") == str(home / "cache/vaultcrm")
    for name in ("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, "")
    for platform, cache, state in (
        ("linux", ".cache/vaultcrm", ".local/state/vaultcrm"),
        ("darwin", "Library/Caches/vaultcrm", "Library/Application Support/vaultcrm"),
    ):
        monkeypatch.setattr(sys, "platform", platform)
        assert (user_dir("cache"), user_dir("state")) == (str(home / cache), str(home / state))
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "L")
    assert Path(user_dir("cache")) == Path("L/vaultcrm/cache")
    monkeypatch.delenv("LOCALAPPDATA")
    assert Path(user_dir("state")) == home / "AppData/Local/vaultcrm/state"


def test_each_vault_has_its_own_private_folder(home: Path) -> None:
    roots = ["/v", "/v/w", "/v%2Fw", "/v w", "/é", "/v" * 150, "/v" * 150 + "/w"]
    folders = [Path(vault_dir("cache", root)) for root in roots]
    assert len(set(folders)) == len(roots)
    for path in folders:
        assert path.parent == home / "cache/vaultcrm"
        assert path.stat().st_mode & 0o077 == path.parent.stat().st_mode & 0o077 == 0
    assert folders[0].name == "%2Fv"
    assert vault_dir("cache", "/v") == str(folders[0])
    assert vault_dir("state", "/v") != str(folders[0])


@pytest.mark.parametrize(
    ("root", "name"),
    [
        ("C:\\Users\\Nora\\100%", "C%3A%5CUsers%5CNora%5C100%25"),
        ("/" + "a" * 197, "%2F" + "a" * 197),
        ("/" + "é" * 98 + "a", "%2F" + "é" * 98 + "a"),
    ],
)
def test_the_folder_of_a_vault_is_named_after_its_path(root: str, name: str) -> None:
    assert Path(vault_dir("state", root)).name == name


@pytest.mark.parametrize("root", ["/" + "a" * 198, "/" + "é" * 99])
def test_a_path_of_more_than_200_bytes_is_hashed(root: str) -> None:
    assert re.fullmatch("[0-9a-f]{32}", Path(vault_dir("state", root)).name)
