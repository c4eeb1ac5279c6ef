"""What imports are told once in `vaultcrm.toml`: written without touching another line."""

from pathlib import Path

import pytest

from tests.actions.vaults import crm_with
from vaultcrm.actions.imports.import_settings import SenderRule, keep_own_addresses, keep_rule
from vaultcrm.errors import InvalidInput

ID = 'id = "12345678"\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '\n[import]\nme = ["n@x.example"]\n'),
        ('date_order = "dmy"  # mine\n', 'date_order = "dmy"  # mine\n\n[import]\nme = ["n@x.example"]\n'),
        ('[import]\nmail_by = "message"\n[git]\n', '[import]\nmail_by = "message"\nme = ["n@x.example"]\n[git]\n'),
        ('[import]\nme = ["a"]\n\n[git]\n', '[import]\nme = ["a", "n@x.example"]\n\n[git]\n'),
        ('[import]\nme = [\n  "a",\n]\n', '[import]\nme = [\n  "a",\n  "n@x.example",\n]\n'),
        ('[import]\nme = ["N@x.example"]\n', '[import]\nme = ["N@x.example"]\n'),
    ],
)
def test_an_address_is_added(tmp_path: Path, before: str, after: str) -> None:
    crm = crm_with(tmp_path / "v", {"vaultcrm.toml": ID + before})
    assert keep_own_addresses(crm, ["n@x.example"]) == ([] if before == after else ["n@x.example"])
    assert (tmp_path / "v/vaultcrm.toml").read_text() == ID + after


def test_a_vault_without_settings_gets_some(tmp_path: Path) -> None:
    keep_own_addresses(crm_with(tmp_path / "v", {"a.md": ""}), ["n@x.example"])
    assert (tmp_path / "v/vaultcrm.toml").read_text().endswith('[import]\nme = ["n@x.example"]\n')


@pytest.mark.parametrize(
    ("before", "sender", "rule", "after"),
    [
        ("", "x@y.example", SenderRule("x@y.example", "Acme"), '"x@y.example" = "Acme"'),
        ('"X@Y.example" = "ignore"', "x@y.example", SenderRule("X@Y.example", "Acme", "ignore"), '"X@Y.example" = "Acme"'),
        ('"+49 170 1234567" = "B"', "0170 1234567", SenderRule("+49 170 1234567", "Acme", "B"), '"+49 170 1234567" = "Acme"'),
        ('"x@y.example" = "Acme"', "x@y.example", SenderRule("x@y.example", "Acme", "Acme"), '"x@y.example" = "Acme"'),
    ],
)
def test_a_rule_takes_the_place_of_one_for_the_same_sender(tmp_path: Path, before: str, sender: str, rule: SenderRule, after: str) -> None:
    crm = crm_with(tmp_path / "v", {"vaultcrm.toml": f"{ID}[import.senders]\n{before}\n"})
    with crm.writing() as writer:
        assert keep_rule(crm, writer, sender, "Acme") == rule
    assert (tmp_path / "v/vaultcrm.toml").read_text().strip() == f"{ID}[import.senders]\n{after}"


def test_settings_that_say_something_else_are_left_to_the_user(tmp_path: Path) -> None:
    text = ID + '[import]\nsenders."x".z = "q"\n'
    crm = crm_with(tmp_path / "v", {"vaultcrm.toml": ID})
    (tmp_path / "v/vaultcrm.toml").write_text(text)  # by an editor, meanwhile
    with pytest.raises(InvalidInput, match=r"senders in \[import\] must map addresses"), crm.writing() as writer:
        keep_rule(crm, writer, "a@b.example", "Acme")
    assert (tmp_path / "v/vaultcrm.toml").read_text() == text
