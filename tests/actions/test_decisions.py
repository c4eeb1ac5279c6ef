"""Decisions listed and recorded."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with, note
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.decisions import NewDecision, decide, decisions, withdraw
from vaultcrm.errors import InvalidInput, NotFound, Refused
from vaultcrm.model.handles import handle
from vaultcrm.model.records import Decision

CALL = "clients/Acme/2026-11-04 1430 Call.md"
FILES = {
    "clients/Acme/Acme.md": CLIENT,
    "clients/Acme/Dana.md": note("person"),
    "clients/Acme/Site.md": note("project"),
    "clients/Acme/decisions/Fixed price.md": note("decision", "date: 2026-11-02", "topic: Money", 'by: "[[Dana]]"', 'project: "[[Site]]"'),
    "clients/Acme/decisions/Hourly.md": note("decision", "date: 2026-10-02", "status: superseded"),
    "clients/Acme/decisions/Posters.md": note("decision", "date: 2026-09-02", "status: withdrawn"),
    CALL: note("interaction", "date: 2026-11-04T14:30:00", "decisions:", "  - Two rounds"),
    "clients/Fox/Fox.md": CLIENT,
    "clients/Fox/Weekly.md": note("decision", "date: 2026-11-01"),
}


@pytest.fixture
def crm(tmp_path: Path) -> Crm:
    return crm_with(tmp_path / "v", FILES)


def text_of(crm: Crm, path: str) -> str:
    return (Path(crm.vault.root) / path).read_text()


def test_decisions_in_force_newest_first(crm: Crm) -> None:
    assert [item.text for item in decisions(crm)] == ["Two rounds", "Fixed price", "Weekly"]
    assert [item.text for item in decisions(crm, "acme")] == ["Two rounds", "Fixed price"]
    assert [item.text for item in decisions(crm, "acme", everything=True)] == ["Two rounds", "Fixed price", "Hourly", "Posters"]


@pytest.mark.parametrize(
    ("words", "texts"),
    [
        (["PRICE"], ["Fixed price"]), (["fixed", "price"], ["Fixed price"]), (["fixed", "rounds"], []), (["money"], ["Fixed price"]),
        (["site"], ["Fixed price"]), (["dana"], ["Fixed price"]), (["fox"], ["Weekly"]), (["hourly"], []),
    ],
)  # fmt: skip
def test_all_words_must_be_in_the_text_topic_project_person_or_client(words: list[str], texts: list[str], crm: Crm) -> None:
    assert [item.text for item in decisions(crm, words=words)] == texts


def test_a_decision_is_written_as_a_note(crm: Crm) -> None:
    at = datetime(2026, 11, 15, 18, 30, 12, 500)
    result = decide(crm, "acme", NewDecision("Blue logo.", at, "Brand", "dana", "email", "site"))
    path = "clients/Acme/decisions/Blue logo.md"
    assert (result.created, result.changed) == ([path], [])
    assert result.record == Decision(
        handle(path), path, 1, "Blue logo", at.date(), "in force", "Brand", "Dana", "email", "Site", (), client="Acme"
    )
    assert text_of(crm, path) == (
        '---\ntype: decision\ndate: 2026-11-15T18:30:12\nstatus: in force\ntopic: Brand\nby: "[[Dana]]"\nvia: email\n'
        'project: "[[Site]]"\n---\n'
    )


def test_the_superseded_decision_passes_on_its_topic_and_is_marked(crm: Crm) -> None:
    result = decide(crm, "acme", NewDecision("Hourly again", supersedes="fixed"))
    old = "clients/Acme/decisions/Fixed price.md"
    assert (result.record.topic, result.record.supersedes, result.changed) == ("Money", ("[[Fixed price]]",), [old])
    assert text_of(crm, old) == FILES[old].replace("---\n\n", "status: superseded\n---\n\n")
    assert text_of(crm, result.record.path).startswith("---\ntype: decision\ndate: 2026-11-16T09:30:00\nstatus: in force\ntopic: Money\n")


def test_a_topic_of_its_own_is_kept(crm: Crm) -> None:
    assert decide(crm, "acme", NewDecision("x", topic="Time", supersedes="fixed")).record.topic == "Time"


def test_a_withdrawn_decision_keeps_its_status(crm: Crm) -> None:
    assert decide(crm, "acme", NewDecision("Posters again", supersedes="posters")).changed == []


def test_a_decision_in_an_interaction_is_superseded_by_a_link_that_shows_its_words(crm: Crm) -> None:
    result = decide(crm, "acme", NewDecision("Three rounds", supersedes="two rounds"))
    assert (result.record.supersedes, result.changed) == (("[[2026-11-04 1430 Call|Two rounds]]",), [])
    assert [item.text for item in decisions(crm, "acme")] == ["Three rounds", "Fixed price"]


def test_what_cannot_be_recorded(crm: Crm) -> None:
    for new, error, message in (
        (NewDecision("?!"), InvalidInput, "'?!' has no words in it."),
        (NewDecision("x", by="nobody"), NotFound, "No person of Acme is called 'nobody'."),
        (NewDecision("x", supersedes="nothing"), NotFound, "Acme has no decision 'nothing'."),
    ):
        with pytest.raises(error) as raised:
            decide(crm, "acme", new)
        assert str(raised.value) == message


def test_a_decision_is_withdrawn(crm: Crm) -> None:
    path = "clients/Acme/decisions/Fixed price.md"
    result = withdraw(crm, "acme", "price")
    assert (result.created, result.changed, result.record.status) == ([], [path], "withdrawn")
    assert text_of(crm, path) == FILES[path].replace("\n---\n\n", "\nstatus: withdrawn\n---\n\n")
    assert [item.text for item in decisions(crm, "acme")] == ["Two rounds"]


def test_a_decision_without_a_note_of_its_own_cannot_be_withdrawn(crm: Crm) -> None:
    with pytest.raises(Refused) as raised:
        withdraw(crm, "acme", "rounds")
    assert raised.value.message.startswith(f"'Two rounds' is written in {CALL}:4 and has no status")
    assert 'vaultcrm decide "Acme" TEXT --supersedes' in raised.value.hint
    assert text_of(crm, CALL) == FILES[CALL]
