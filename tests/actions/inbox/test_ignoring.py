"""Senders left out for good: the rule, what leaves the inbox, and what stays because somebody has made use of it."""

from pathlib import Path

from tests.actions.inbox.notes import SAM, inbox_crm, parked_by_title, parked_note
from tests.support import contents
from vaultcrm.actions.imports.import_settings import SenderRule
from vaultcrm.actions.inbox.ignoring import ignore_senders
from vaultcrm.actions.inbox.parked import parked_notes, with_followers
from vaultcrm.actions.undo import undo


def test_a_sender_is_ignored_and_undo_brings_everything_back(tmp_path: Path) -> None:
    files = {
        "a.md": parked_note(SAM, body="[[one.pdf]] [[two.pdf]] [[three.pdf]]"),
        "b.md": parked_note("Sam (SAM@field.example)"),
        "c.md": parked_note("kit@field.example", body="[[two.pdf]]"),
        **{f"inbox/files/{name}.pdf": name for name in ("one", "two", "three")},
        "./notes.md": "![[three.pdf]]\n",
    }
    crm = inbox_crm(tmp_path / "v", files)
    before = contents(tmp_path / "v")
    result = ignore_senders(crm, ["sam@field.example"], with_followers(crm, [parked_by_title(crm)["a"]]))
    assert result.record.rules == (SenderRule("sam@field.example", "ignore"),)
    assert result.record.removed == ["inbox/a.md", "inbox/b.md", "inbox/files/one.pdf"]
    assert (tmp_path / "v/vaultcrm.toml").read_text().endswith('[import.senders]\n"sam@field.example" = "ignore"\n')
    assert [parked.path for parked in parked_notes(crm)] == ["inbox/c.md"]
    undo(crm.vault.root)
    assert contents(tmp_path / "v") == before


def test_a_note_that_another_one_links_to_stays(tmp_path: Path) -> None:
    crm = inbox_crm(
        tmp_path / "v", {"a.md": parked_note(SAM), "b.md": parked_note(SAM, body="[[a]] [[Acme]]"), "./notes.md": "See [[b]].\n"}
    )
    result = ignore_senders(crm, ["@field.example"], parked_notes(crm))
    assert (result.record.removed, result.record.linked) == (["inbox/a.md"], ["inbox/b.md"])
