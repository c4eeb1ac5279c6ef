"""The user's folders for cache, state and settings, with one folder for each vault."""

import os
import pwd
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from vaultcrm.disk.user_dirs import remove_temporary_dirs, temporary_dir, user_dir, vault_dir
from vaultcrm.errors import ExternalError

pytestmark = pytest.mark.usefixtures("home")


def test_the_folders_follow_the_conventions_of_each_system(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert user_dir("cache") == str(home / "cache/vaultcrm")
    # a relative path is ignored, as the specification says
    for name, value in (("XDG_CACHE_HOME", ""), ("XDG_STATE_HOME", "state"), ("XDG_CONFIG_HOME", "./config")):
        monkeypatch.setenv(name, value)
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


def test_a_relative_folder_is_ignored_as_the_specification_says(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    assert user_dir("cache") == str(home / ".cache/vaultcrm")


@pytest.mark.skipif(sys.platform != "linux", reason="the folders of Linux")
def test_without_a_home_nothing_is_written_into_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_entry(_: int) -> None:
        raise KeyError

    monkeypatch.setattr(pwd, "getpwuid", no_entry)
    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ExternalError, match="You have no home folder") as raised:
        vault_dir("cache", "/v")
    assert raised.value.hint == "Set HOME, or set XDG_CACHE_HOME."
    assert os.listdir(tmp_path) == ["home"]


@pytest.mark.parametrize("level", ["", "%2Fv"])
@pytest.mark.parametrize(
    "give_away",
    [lambda path: path.chmod(0o777), lambda path: path.chmod(0o720), lambda path: os.chown(path, 12345, 12345)],
    ids=["everybody", "group", "owner"],
)
def test_a_folder_that_others_may_write_is_not_used(level: str, give_away: Callable[[Path], object], home: Path) -> None:
    path = Path(vault_dir("cache", "/v")).parent / level
    try:
        give_away(path)
    except PermissionError:
        pytest.skip("only root can give a folder away")
    with pytest.raises(ExternalError, match="isn't used, because other users may write to it") as raised:
        vault_dir("cache", "/v")
    assert raised.value.hint == "Delete it, or move it away."


def test_a_folder_that_cannot_be_written_is_not_used(unprivileged: Path) -> None:
    (unprivileged / "cache/vaultcrm").mkdir(parents=True, mode=0o500)
    with pytest.raises(ExternalError, match=r"can't be (created|written)"):
        vault_dir("cache", "/v")


def test_a_file_in_place_of_a_cache_folder_is_deleted_and_of_a_state_folder_is_not(home: Path) -> None:
    for kind in ("cache", "state"):
        path = home / kind / "vaultcrm/%2Fv"
        path.parent.mkdir(parents=True, mode=0o700)
        path.write_text("odd")
    assert Path(vault_dir("cache", "/v")).is_dir()
    with pytest.raises(ExternalError, match="File exists"):
        vault_dir("state", "/v")


def test_temporary_folders_are_private_and_go_with_everything_in_them() -> None:
    folder = Path(temporary_dir())
    assert folder.stat().st_mode & 0o077 == 0
    (folder / "a/b").mkdir(parents=True)
    remove_temporary_dirs()
    assert not folder.exists()
