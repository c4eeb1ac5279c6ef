"""Reading `vaultcrm.toml`, and finding the vault around a folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import make_vault, write_files
from tests.vault.walks import notes
from vaultcrm.errors import ExternalError, InvalidInput
from vaultcrm.markdown.tasks.settings import TaskOverrides
from vaultcrm.vault.settings import Settings, find_vault, unknown_settings
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
        ('languages = "english"', "languages must be a list of names"),
        ("languages = [1]", "languages must be a list of names"),
        ("[due]\nunanswered_days = -1", r"unanswered_days in \[due\] must be 0 to 60 days"),
        ("[due]\nwaiting_days = true", r"waiting_days in \[due\] must be 0 to 60 days"),
        ("[due]\nwaiting_days = 61", r"waiting_days in \[due\] must be 0 to 60 days"),
        ('[import]\nwatch = "~/Mail"', r"watch in \[import\] must be a list of files and folders"),
        ("[git]\nautocommit = 1", r"autocommit in \[git\] must be true or false"),
        ("git = true", "git must be a table"),
        ("[channels]\njitsi = 1", r"a name in \[channels\] must stand for a channel"),
        ("search = 1", "search must be a table"),
        ('[search]\nunpaid = "tag:invoice"', "a saved search must have a name and a query"),
        ("[search.unpaid]\nquery = 1", "query of a saved search must be text"),
        ("a." * 50_000 + "b = 1", "a name has more than 32 parts"),
        ("[" + "a . " * 40 + "b]", "a name has more than 32 parts"),
        ("x = { y = { " + "'a'." * 40 + "b = 1 } }", "a name has more than 32 parts"),
        ("[search.unpaid]\n[search.paid]\nquery = 'x'", "a saved search must have a name and a query"),
        ("tasks = 1", "tasks must be a table"),
        ("[tasks]\nfilter = 1", r"filter in \[tasks\] must be text"),
        ('[tasks]\nformat = "org"', r"format in \[tasks\] must be emoji or dataview"),
        ("[tasks]\nstatuses = 1", r"statuses in \[tasks\] must map a character to one of: todo, in progress"),
        ('[tasks]\nstatuses = { "!" = "maybe" }', r"statuses in \[tasks\] must map a character to one of"),
        ('[tasks]\nstatuses = { "!!" = "todo" }', r"statuses in \[tasks\] must map a character to one of"),
    ],
)
def test_invalid_settings_are_refused_with_the_name_of_the_file(text: str | bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=reason) as found:
        make_vault(tmp_path / "vault", {"vaultcrm.toml": text})
    assert "vaultcrm.toml" in found.value.message
    assert found.value.hint


def test_long_values_are_no_long_names(tmp_path: Path) -> None:
    text = f'ignore = ["{"a." * 40}", "{"a b " * 40}"]\n# {"a." * 40}\n'
    assert make_vault(tmp_path / "vault", {"vaultcrm.toml": text}).settings.ignore[0].startswith("a.a.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ('date_order = "dmy"\n[git]\nautocommit = true\n[search.x]\nquery = "y"\n[tasks.statuses]\n"!" = "todo"', []),
        ("# settings\nlanguage = 1\n", [(2, "vaultcrm doesn't know the setting 'language'. Did you mean 'languages'?")]),
        ("\n[gti]\nautocommit = true", [(2, "vaultcrm doesn't know the setting 'gti'. Did you mean 'git'?")]),
        ("autocommit = true", [(1, "vaultcrm doesn't know the setting 'autocommit'. Did you mean 'autocommit' in [git]?")]),
        ("[git]\nauto_commit = 1", [(2, "vaultcrm doesn't know the setting 'auto_commit'. Did you mean 'autocommit'?")]),
        ("[tasks]\nfilters = 1", [(2, "vaultcrm doesn't know the setting 'filters'. Did you mean 'filter'?")]),
        ("[search.a]\nquery = 'x'\nqery = 'y'", [(3, "vaultcrm doesn't know the setting 'qery'. Did you mean 'query'?")]),
        ("zzz = 1", [(1, "vaultcrm doesn't know the setting 'zzz'.")]),
    ],
)
def test_unknown_settings(text: str, expected: list[tuple[int, str]], tmp_path: Path) -> None:
    (tmp_path / "vaultcrm.toml").write_text(text)
    assert list(unknown_settings(str(tmp_path / "vaultcrm.toml"))) == expected


def test_every_setting_is_read(tmp_path: Path) -> None:
    text = """
client_links = true
ignore = ["archive", "*.draft.md"]
date_order = "mdy"
languages = ["german", "english"]
[search.unpaid]
query = "tag:invoice"
[search.hot]
query = "status:lead"
other = 1
[git]
autocommit = true
[tasks]
filter = "#task"
format = "emoji"
statuses = { "!" = "todo", "?" = "non-task" }
"""
    assert make_vault(tmp_path / "vault", {"vaultcrm.toml": text}).settings == Settings(
        ignore=("archive", "*.draft.md"),
        date_order="mdy",
        languages=("german", "english"),
        saved_searches=(("unpaid", "tag:invoice"), ("hot", "status:lead")),
        task_overrides=TaskOverrides("#task", False, (("!", "todo"), ("?", "non-task"))),
        autocommit=True,
        client_links=True,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('# new\nid = "0123456789abcdef"\n\nclient_links = true\n', True), ("client_links = true\r\n", True), ("client_links=true", True),
        ("client_links = false\n", False), ("[other]\nclient_links = true\n", False), ('id = "x"\n', False),
    ],
)  # fmt: skip
def test_whether_new_notes_link_to_their_client(text: str, expected: bool, tmp_path: Path) -> None:
    assert make_vault(tmp_path / "vault", {"vaultcrm.toml": text}).settings == Settings(client_links=expected)


def test_task_settings_that_are_left_out_override_nothing(tmp_path: Path) -> None:
    settings = make_vault(tmp_path / "vault", {"vaultcrm.toml": '[tasks]\nformat = "dataview"\n'}).settings
    assert settings == Settings(task_overrides=TaskOverrides(None, True, ()))


def test_settings_may_be_a_symbolic_link(tmp_path: Path) -> None:
    write_files(tmp_path, {"shared.toml": 'date_order = "dmy"\n', "vault/a.md": ""})
    (tmp_path / "vault/vaultcrm.toml").symlink_to("../shared.toml")
    assert Vault(str(tmp_path / "vault")).settings.date_order == "dmy"


def test_settings_without_permission_name_the_reason(unprivileged: Path) -> None:
    write_files(unprivileged, {"vault/vaultcrm.toml": "x = 1\n"})
    (unprivileged / "vault/vaultcrm.toml").chmod(0)
    with pytest.raises(ExternalError, match=r"vaultcrm\.toml can't be read: Permission denied\."):
        Vault(str(unprivileged / "vault"))


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
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], timeout=120, capture_output=True)


def test_the_vault_around_a_folder_is_the_nearest_with_settings(tmp_path: Path) -> None:
    write_files(tmp_path, {"vault/vaultcrm.toml": "", "vault/inner/vaultcrm.toml": "", "vault/inner/a/b/x.md": "", "vault/other/y.md": ""})
    assert find_vault(str(tmp_path / "vault/inner/a/b")) == str(tmp_path / "vault/inner")
    assert find_vault(str(tmp_path / "vault/other")) == find_vault(str(tmp_path / "vault")) == str(tmp_path / "vault")
    assert find_vault(str(tmp_path)) is None
