"""The user's own addresses in `vaultcrm.toml`: added without touching another line."""

from pathlib import Path

import pytest

from tests.actions.vaults import crm_with
from vaultcrm.actions.imports.own_addresses import keep_own_addresses
from vaultcrm.errors import InvalidInput


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[import]\nme = ["n@x.example"]\n'),
        ('date_order = "dmy"  # mine\n', 'date_order = "dmy"  # mine\n\n[import]\nme = ["n@x.example"]\n'),
        ('[import]\nmail_by = "message"\n[git]\n', '[import]\nme = ["n@x.example"]\nmail_by = "message"\n[git]\n'),
        ('[import]\nme = ["a"]\n\n[git]\n', '[import]\nme = ["a", "n@x.example"]\n\n[git]\n'),
        ('[import]\nme = ["N@x.example"]\n', '[import]\nme = ["N@x.example"]\n'),
    ],
)
def test_an_address_is_added(tmp_path: Path, before: str, after: str) -> None:
    crm = crm_with(tmp_path / "v", {"vaultcrm.toml": before} if before else {})
    added = keep_own_addresses(crm, ["n@x.example"])
    assert added == ([] if before == after else ["n@x.example"])
    assert (tmp_path / "v/vaultcrm.toml").read_text().replace(id_line(tmp_path), "") == after


def id_line(tmp_path: Path) -> str:
    """The ID that an older vault gets with its first write."""
    lines = (tmp_path / "v/vaultcrm.toml").read_text().splitlines(keepends=True)
    return next((line for line in lines if line.startswith("id =")), "\0")


def test_a_list_that_is_written_otherwise_is_left_to_the_user(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {"vaultcrm.toml": '[import]\nme = [\n  "a",\n]\n'})
    with pytest.raises(InvalidInput, match="can't be added") as raised:
        keep_own_addresses(crm, ["b"])
    assert raised.value.hint == 'Write it below [import] yourself: me = ["a", "b"]'
