"""`init` adds files for Obsidian to a vault, and changes none that exist."""

import json
from pathlib import Path

import pytest

from tests.obsidian.programs import AT, run
from tests.support import contents, file_states, make_vault
from vaultcrm.actions import init, undo
from vaultcrm.errors import Conflict
from vaultcrm.obsidian import types_json
from vaultcrm.obsidian.install import built_in_files


def test_a_new_vault_gets_all_files_and_undo_removes_them(tmp_path: Path) -> None:
    made = init.init(str(tmp_path / "new"), "init new", AT)
    assert {path: (tmp_path / "new" / path).read_bytes() for path in built_in_files()} == built_in_files()
    assert sorted(made.created) == sorted(["vaultcrm.toml", *built_in_files()])
    assert (made.changed, made.warnings) == ([], [])
    undo.undo(made.root)
    assert contents(tmp_path / "new") == {}


def test_a_new_vault_without_obsidian_gets_none_of_the_files(tmp_path: Path) -> None:
    init.init(str(tmp_path / "new"), "init new", AT, for_obsidian=False)
    assert list(contents(tmp_path / "new")) == ["vaultcrm.toml"]


def test_an_existing_vault_gets_the_files_only_on_request(tmp_path: Path) -> None:
    init.init(str(tmp_path / "old"), "init old", AT, for_obsidian=False)
    for answer in (None, False):
        with pytest.raises(Conflict) as caught:
            init.init(str(tmp_path / "old"), "init old", AT, for_obsidian=answer)
        assert caught.value.hint == "Nothing was changed. To add to it: vaultcrm init --obsidian, or vaultcrm init --git"
    made = init.init(str(tmp_path / "old"), "init old --obsidian", AT, for_obsidian=True)
    assert sorted(made.created) == sorted(built_in_files())
    assert not made.is_default
    before = file_states(tmp_path / "old")
    again = init.init(str(tmp_path / "old"), "init old --obsidian", AT, for_obsidian=True)
    assert (again.created, again.changed, again.warnings) == ([], [], [])
    assert file_states(tmp_path / "old") == before


def test_existing_files_keep_every_byte(tmp_path: Path) -> None:
    mine = {
        "views/Due.base": "views: []\n",
        "templates/obsidian/Client.md": "mine\n",
        ".obsidian/templates.json": '{"folder":"Forms/"}',
        ".obsidian/app.json": "{}",
        "Forms/Letter.md": "Dear {{title}}\n",
        "clients/Acme/Acme.md": "---\ntype: client\n---\n",
    }
    make_vault(tmp_path / "old", mine)
    made = init.init(str(tmp_path / "old"), "init old", AT)
    now = contents(tmp_path / "old")
    assert {path: now[path].decode() for path in mine} == mine
    assert now.keys() == mine.keys() | built_in_files().keys() | {"vaultcrm.toml"}
    assert made.warnings == [
        ".obsidian/templates.json was left as it is. Obsidian's template folder is Forms; vaultcrm's templates are in templates/obsidian.",
    ]


def test_missing_types_are_added_and_undo_removes_them(tmp_path: Path) -> None:
    mine = '{\n\t"types": {\n\t\t"due": "text",\n\t\t"region": "multitext"\n\t},\n\t"since": 3\n}'
    make_vault(tmp_path / "old", {".obsidian/types.json": mine})
    made = init.init(str(tmp_path / "old"), "init old", AT)
    assert made.changed == [".obsidian/types.json"]
    text = (tmp_path / "old/.obsidian/types.json").read_text()
    assert json.loads(text) == {"types": {**types_json.property_types(), "due": "text", "region": "multitext"}, "since": 3}
    assert text.startswith('{\n\t"types": {\n\t\t"due": "text",\n\t\t"region": "multitext",\n\t\t"aliases": "aliases",\n')
    assert text.endswith('\n\t\t"via": "text"\n\t},\n\t"since": 3\n}')
    undo.undo(made.root)
    assert (tmp_path / "old/.obsidian/types.json").read_text() == mine


@pytest.mark.parametrize("broken", [b"{", b"", b"[]", b'{"types": 3}', b"\xff\xfe", b'\xef\xbb\xbf{"types": {}}', b"[" * 100_000, b"\0"])
def test_unreadable_types_are_left_as_they_are_and_reported(broken: bytes, tmp_path: Path) -> None:
    make_vault(tmp_path / "old", {".obsidian/types.json": broken})
    made = init.init(str(tmp_path / "old"), "init old", AT)
    assert (tmp_path / "old/.obsidian/types.json").read_bytes() == broken
    assert len(made.warnings) == 1
    assert made.warnings[0].startswith(".obsidian/types.json")
    done = run(tmp_path / "old", "check")
    message = "Obsidian's property types cannot be read. Fix the file in your editor."
    assert done.stdout == f".obsidian/types.json:1: {message} [obsidian-type]\n"


def test_settings_outside_the_vault_are_not_touched(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (tmp_path / "old").mkdir()
    (tmp_path / "old/.obsidian").symlink_to(shared)
    made = init.init(str(tmp_path / "old"), "init old", AT)
    assert list(shared.iterdir()) == []
    assert made.warnings == [
        f"The path {f'.obsidian/{name}.json'!r} leads out of the vault through a symbolic link." for name in ("templates", "types")
    ]
    assert (tmp_path / "old/views/Due.base").is_file()


def test_the_command_lists_the_files_that_it_created(tmp_path: Path) -> None:
    done = run(tmp_path / "new", "--json", "init")
    output = json.loads(done.stdout)
    assert output["vault"] == str(tmp_path / "new")
    assert sorted(output["created"]) == sorted(["vaultcrm.toml", *built_in_files()])
    assert (output["changed"], output["left"], output["default"]) == ([], [], True)
