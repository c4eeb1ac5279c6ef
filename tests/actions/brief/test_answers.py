"""Talks that may have answered what a client owes."""

from datetime import date, datetime

import pytest

from vaultcrm.actions.brief.answers import possible_answers
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
    assert {key: found.at.day for key, found in answers.items() if found.at} == ({"w": day} if day else {})


def test_without_the_day_on_which_it_was_promised_nothing_is_later() -> None:
    assert possible_answers([waiting("Captions", since=None)], [talk(10, "Captions")], [], "Acme") == {}
