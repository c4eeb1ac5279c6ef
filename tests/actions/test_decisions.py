"""Decisions listed and recorded."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with, note
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.decisions import AlreadySuperseded, NewDecision, decide, decisions, withdraw
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


def test_an_item_of_a_conversation_is_withdrawn_by_a_note_of_its_own(crm: Crm) -> None:
    result = withdraw(crm, "acme", "rounds")
    path = "clients/Acme/decisions/Two rounds.md"
    assert (result.created, result.changed, result.record.status, result.record.path) == ([path], [], "withdrawn", path)
    assert text_of(crm, path) == (
        '---\ntype: decision\ndate: 2026-11-04T00:00:00\nstatus: withdrawn\nfrom: "[[2026-11-04 1430 Call]]"\n---\n'
    )
    assert text_of(crm, CALL) == FILES[CALL]
    assert [(item.text, item.path, item.status) for item in decisions(crm, "acme", ["rounds"], everything=True)] == [
        ("Two rounds", path, "withdrawn")
    ]
    places = {item.path: item.status for item in crm.catalog.decisions(repeated=True) if item.text == "Two rounds"}
    assert places == {path: "withdrawn", CALL: "withdrawn"}


BUDGET = "# Budget\r\n\r\n> [!decision|wide]+ Forty hours\r\n> a month\r\n\r\n> [!decision]\r\n> - One\r\n> - Two\r\n"


def test_callouts_are_marked_where_they_stand(crm: Crm) -> None:
    path = "clients/Acme/Budget.md"
    (Path(crm.vault.root) / path).write_bytes(BUDGET.encode())
    result = decide(crm, "acme", NewDecision("Fifty hours", supersedes="forty"))
    assert (result.changed, result.record.supersedes) == ([path], ("[[Budget|Forty hours]]",))
    marked = BUDGET.replace("|wide]", "|wide|superseded]")
    assert (Path(crm.vault.root) / path).read_bytes() == marked.encode()
    assert [(item.text, item.status) for item in decisions(crm, "acme", ["hours"], everything=True)] == [
        ("Fifty hours", "in force"), ("Forty hours", "superseded"),
    ]  # fmt: skip
    withdrawn = withdraw(crm, "acme", "forty")
    assert (withdrawn.changed, withdrawn.record.status) == ([path], "withdrawn")
    assert (Path(crm.vault.root) / path).read_bytes() == BUDGET.replace("|wide]", "|wide|withdrawn]").encode()
    with pytest.raises(Refused) as raised:
        withdraw(crm, "acme", "one")
    assert raised.value.message == f"'One' stands in a callout with other decisions ({path}:7)."
    assert decide(crm, "acme", NewDecision("Three", supersedes="one")).changed == []
    assert [item.text for item in decisions(crm, "acme", everything=True) if item.status == "superseded"] == ["Hourly", "One"]


def test_superseding_twice_is_refused_unless_it_is_meant(crm: Crm) -> None:
    first = decide(crm, "acme", NewDecision("Monthly price", supersedes="fixed")).record
    with pytest.raises(AlreadySuperseded) as raised:
        decide(crm, "acme", NewDecision("Yearly price", supersedes="fixed"))
    assert raised.value.message == "'Fixed price' is superseded already by 'Monthly price'."
    assert raised.value.hint == f"To replace that one: --supersedes {first.id[:6]}. To go on all the same, add: --yes"
    with pytest.raises(AlreadySuperseded, match="'Hourly' is superseded already"):
        decide(crm, "acme", NewDecision("Yearly price", supersedes="hourly"))
    assert decide(crm, "acme", NewDecision("Yearly price", supersedes="fixed"), again=True).changed == []


@pytest.mark.parametrize(
    ("properties", "is_one"),
    [
        (["date: 2026-11-04"], True), (["date: 2026-11-05"], False), (["date: 2026-11-05", 'from: "[[2026-11-04 1430 Call]]"'], True),
        (['from: "[[Other]]"'], False), (["date: 2026-11-04", 'client: "[[Fox]]"'], False),
    ],
)  # fmt: skip
def test_an_item_and_the_note_made_from_it_are_one_decision(properties: list[str], is_one: bool, tmp_path: Path) -> None:
    path = "clients/Acme/decisions/TWO rounds.md"
    crm = crm_with(tmp_path / "v", {**FILES, path: note("decision", *properties)})
    found = [item.path for item in decisions(crm) if item.text.lower() == "two rounds"]
    assert sorted(found) == sorted([path] if is_one else [path, CALL])
    newer = decide(crm, "fox" if "Fox" in str(properties) else "acme", NewDecision("Three", supersedes=handle(path))).record
    assert newer.text in [item.text for item in decisions(crm)]
    assert [item.status for item in crm.catalog.decisions(repeated=True) if item.path == CALL] == ["superseded" if is_one else "in force"]


def test_the_handle_of_an_item_means_the_note_made_from_it(crm: Crm) -> None:
    (item,) = (item for item in decisions(crm, "acme") if item.path == CALL)
    path = withdraw(crm, "acme", item.id[:6]).record.path
    again = withdraw(crm, "acme", item.id[:6])
    assert (again.created, again.changed, again.record.path) == ([], [], path)
