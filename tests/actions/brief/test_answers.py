"""Talks that may have answered what a client owes."""

import os
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with
from tests.support import write_files
from vaultcrm.actions.brief.answers import ReceivedFile, possible_answers, received_files
from vaultcrm.links.ownership import ClientRef
from vaultcrm.model.records import FollowUp, Interaction, Person

DANA = Person("Dana Roe", "c/Dana Roe.md", None, (), (), ("DR",))
PRIYA = Person("Priya Menon", "c/Priya Menon.md", None, (), (), ())


def waiting(text: str, since: date | None = date(2026, 11, 4)) -> FollowUp:
    return FollowUp("w", "c/w.md", 1, "note", text, "waiting", None, None, None, None, None, since, None)


def talk(day: int, summary: str, *people: str, direction: str | None = "in", channel: str = "email") -> Interaction:
    return Interaction(f"Mail {day}", f"c/{day}.md", "Acme", datetime(2026, 11, day, 9), channel, direction, people, None, summary, ())


@pytest.mark.parametrize(
    ("text", "talks", "day"),
    [
        ("Get the studio page text from Dana", [talk(10, "Hello", "Dana Roe")], 10),  # the person
        ("Get the page text from DR", [talk(10, "Hello", "Dana Roe")], 10),  # by an alias
        ("Get the page text from Dana", [talk(10, "Hello", "Priya Menon")], None),
        ("Captions for the homepage", [talk(10, "Here are the captions")], 10),  # a telling word
        ("Captions for the homepage", [talk(12, "More captions"), talk(10, "The captions")], 12),  # the newest one
        ("Captions for the homepage", [talk(4, "Here are the captions")], None),  # the same day: that's where it was promised
        ("Captions for the homepage", [talk(10, "Here are the captions", direction="out")], None),
        ("Captions for the homepage", [talk(10, "Here are the captions", channel="note")], None),
        ("Captions for the homepage", [talk(10, "Captions discussed", direction=None, channel="call")], 10),
        ("Get it to them after all", [talk(10, "I get them after all")], None),  # short and usual words tell nothing
        ("Logo for Acme Studio", [talk(10, "Acme Studio is closed")], None),  # nor does the client's name
        ("Logo of Dana", [talk(10, "Dana is away", "Priya Menon")], None),  # nor that somebody is spoken of
        ("Homepage text", [talk(day, "About the homepage") for day in (14, 13, 12, 11)], None),  # every talk is about it
    ],
)
def test_a_later_talk_that_shares_a_person_or_a_telling_word_may_be_the_answer(
    text: str, talks: list[Interaction], day: int | None
) -> None:
    answers = possible_answers([waiting(text)], talks, [DANA, PRIYA], "Acme Studio")
    assert {key: found.at.day for key, found in answers.items() if isinstance(found, Interaction) and found.at} == (
        {"w": day} if day else {}
    )


def test_without_the_day_on_which_it_was_promised_nothing_is_later() -> None:
    assert possible_answers([waiting("Captions", since=None)], [talk(10, "Captions")], [], "Acme") == {}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["2026-11-10 captions_final.pdf"], "2026-11-10 captions_final.pdf"),
        (["2026-11-12 Captions.pdf", "2026-11-10 captions.pdf"], "2026-11-12 Captions.pdf"),
        (["2026-11-04 captions.pdf"], None),
        (["2026-11-10 floor plan.pdf"], None),
    ],
)
def test_a_later_file_whose_name_shares_a_telling_word_may_be_the_answer(names: list[str], expected: str | None) -> None:
    files = [ReceivedFile(f"c/files/{name}", date.fromisoformat(name[:10])) for name in names]
    answers = possible_answers([waiting("Captions for the homepage")], [], [], "Acme", files)
    assert [answer.path for answer in answers.values()] == ([f"c/files/{expected}"] if expected else [])
    with_talk = possible_answers([waiting("Captions for the homepage")], [talk(10, "The captions")], [], "Acme", files)
    assert [answer.path for answer in with_talk.values()] == ["c/10.md"]


def test_the_files_of_a_client(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {"c/Acme/Acme.md": CLIENT})
    assert received_files(crm, ClientRef.at("c/Acme/Acme.md")) == []
    names = ("2026-11-10 a.pdf", "b.pdf", "2026-12-24 ahead.pdf", ".hidden", "note.md", "deeper/c.pdf")
    write_files(tmp_path / "v", {f"c/Acme/files/{name}": "x" for name in names})
    os.utime(tmp_path / "v/c/Acme/files/b.pdf", (0, datetime(2026, 11, 12, 12).timestamp()))
    assert received_files(crm, ClientRef.at("c/Acme/Acme.md")) == [
        ReceivedFile("c/Acme/files/b.pdf", date(2026, 11, 12)), ReceivedFile("c/Acme/files/2026-11-10 a.pdf", date(2026, 11, 10)),
    ]  # fmt: skip
