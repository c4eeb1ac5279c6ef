"""The agenda: the meetings of some days, what to know before each, what is due, and the next meeting."""

import contextlib
from datetime import date, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.actions.imports.test_meeting_import import DANA, calendar, event, import_
from tests.actions.imports.test_talk_import import VAULT
from tests.actions.vaults import CLIENT, NOW, TODAY, crm_with, note
from tests.support import make_vault
from vaultcrm.actions.agenda import Agenda, agenda, parse_agenda_days
from vaultcrm.actions.as_json import agenda_json
from vaultcrm.actions.crm import Crm
from vaultcrm.errors import InvalidInput

ACME = "clients/Acme"
TALKS = f"{ACME}/interactions"


def meeting(at: str, end: str = "", *properties: str, title: str = "Review", body: str = "") -> str:
    times = [f"date: {at}", *([f"end: {end}"] if end else [])]
    return note("interaction", *times, "channel: meeting", f"summary: {title}", *properties, body=body)


def follow_up(due: str, status: str = "open") -> str:
    return note("follow-up", f"status: {status}", f"due: {due}")


FILES = {
    f"{ACME}/Acme.md": CLIENT,
    f"{TALKS}/review.md": meeting(
        "2026-11-16T14:00:00", "2026-11-16T15:00:00", "source: ics:r", body="> [!calendar] Review\n> Place: Room 4\n> Link: https://x.example\n"
    ),
    f"{TALKS}/early.md": meeting("2026-11-16T08:00:00", "2026-11-16T09:00:00", "source: ics:e", title="Early", body="> [!calendar] Early"),
    f"{TALKS}/off.md": meeting("2026-11-16T16:00:00", "2026-11-16T17:00:00", "status: cancelled", title="Off"),
    f"{TALKS}/call.md": note("interaction", "date: 2026-11-16T09:00:00", "channel: call", "summary: Just logged"),
    f"{TALKS}/talk.md": note("interaction", "date: 2026-11-10T09:00:00", "channel: call", "summary: Two options"),
    f"{TALKS}/fair.md": meeting("2026-11-15T00:00:00", "2026-11-18T00:00:00", title="Fair"),
    f"{TALKS}/workshop.md": note("interaction", "date: 2026-11-23", "summary: Workshop"),
    f"{ACME}/follow-ups/Quote.md": follow_up("2026-11-13"),
    f"{ACME}/follow-ups/Page.md": follow_up("2026-11-17"),
    f"{ACME}/follow-ups/Text.md": follow_up("2026-11-16", "waiting"),
    f"{ACME}/follow-ups/Far.md": follow_up("2026-12-16"),
}  # fmt: skip


def found(root: Path, files: dict[str, str], first: date = TODAY, last: date = TODAY) -> Agenda:
    crm = crm_with(root, files)
    with contextlib.closing(crm.catalog):
        return agenda(crm, first, last)


def titles(found: Agenda) -> list[list[str]]:
    return [[meeting.talk.summary for meeting in day.meetings] for day in found.days]


def test_the_meetings_of_today_by_time_with_what_to_know_and_what_is_due(tmp_path: Path) -> None:
    (day,) = (result := found(tmp_path / "v", FILES)).days
    assert titles(result) == [["Fair", "Early", "Review", "Off"]]
    assert [item.text for item in day.due] == ["Quote", "Text"]  # what is late, and what they owe today
    fair, early, review, off = day.meetings
    assert [(line.kind, line.text, line.day) for line in fair.to_know] == [
        ("you_owe", "Quote", date(2026, 11, 13)),
        ("they_owe", "Text", TODAY),
        ("last_talk", "Just logged", TODAY),
    ]
    assert early.to_know == review.to_know == off.to_know == []  # it stands with the first one of the day
    assert (review.place, review.link, review.lacks_notes, early.lacks_notes) == ("Room 4", "https://x.example", False, True)
    assert off.talk.is_cancelled
    assert result.next is not None and result.next.summary == "Workshop"


def test_an_open_question_comes_before_the_last_talk(tmp_path: Path) -> None:
    files = FILES | {f"{TALKS}/q.md": note("interaction", "date: 2026-11-12T09:00:00", body="> [!question] Who writes the texts?")}
    (day,) = found(tmp_path / "v", files).days
    assert [line.text for line in day.meetings[0].to_know][-1] == "Who writes the texts?"


def test_days_without_anything_are_left_out(tmp_path: Path) -> None:
    week = found(tmp_path / "v", FILES, TODAY, date(2026, 11, 23))
    assert [(day.day.day, [item.text for item in day.due]) for day in week.days] == [(16, ["Quote", "Text"]), (17, ["Page"]), (23, [])]
    assert titles(week) == [["Fair", "Early", "Review", "Off"], ["Fair"], ["Workshop"]]
    assert week.next is None


def test_a_day_of_the_past_shows_its_meetings_and_a_quiet_one_the_next(tmp_path: Path) -> None:
    assert titles(found(tmp_path / "v", FILES, date(2026, 11, 15), date(2026, 11, 15))) == [["Fair"]]
    quiet = found(tmp_path / "w", FILES, date(2026, 11, 20), date(2026, 11, 20))
    assert (quiet.days, quiet.has_meetings) == ([], False)
    assert quiet.next is not None and quiet.next.summary == "Workshop"


def test_as_json(tmp_path: Path) -> None:
    value = agenda_json(found(tmp_path / "v", FILES), TODAY)
    assert value.keys() == {"first", "last", "meetings", "due", "next"}
    meetings = value["meetings"]
    assert isinstance(meetings, list)
    review = meetings[2]
    assert (review["date"], review["end"], review["place"]) == ("2026-11-16T14:00:00", "2026-11-16T15:00:00", "Room 4")
    assert meetings[0]["to_know"][0].keys() == {"kind", "text", "date", "id", "source"}


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("", TODAY, TODAY),
        ("today", TODAY, TODAY),
        ("tomorrow", date(2026, 11, 17), date(2026, 11, 17)),
        ("fri", date(2026, 11, 20), date(2026, 11, 20)),
        ("week", TODAY, date(2026, 11, 22)),
        ("next week", date(2026, 11, 23), date(2026, 11, 29)),
        ("2026-12-24", date(2026, 12, 24), date(2026, 12, 24)),
    ],
)
def test_the_days_in_words(words: str, first: date, last: date) -> None:
    assert parse_agenda_days(words, TODAY, "") == (first, last)


@pytest.mark.parametrize("words", ["someday", "2026", "2026-11.."])
def test_days_that_are_none_or_too_many(words: str) -> None:
    with pytest.raises(InvalidInput):
        parse_agenda_days(words, TODAY, "")


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        # A meeting at 23:30 in Berlin before and after the clocks go back there, on 25 October
        ("Europe/Berlin", {"2026-10-24": "23:30–00:30", "2026-10-26": "23:30–00:30"}),
        ("America/New_York", {"2026-10-24": "17:30–18:30", "2026-10-26": "18:30–19:30"}),
        ("Asia/Tokyo", {"2026-10-25": "06:30–07:30", "2026-10-27": "07:30–08:30"}),
    ],
)
def test_meetings_are_on_the_days_that_the_clock_on_the_wall_shows(tmp_path: Path, zone: str, expected: dict[str, str]) -> None:
    root = Path(make_vault(tmp_path / "v", VAULT).root)
    events = (
        event(DANA, uid="a", start="20261024T233000", end="20261025T003000"),
        event(DANA, uid="b", start="20261026T233000", end="20261027T003000"),
    )
    here: tzinfo = ZoneInfo(zone)
    import_(root, calendar(*events), zone=here)
    crm = Crm(str(root), NOW)
    with contextlib.closing(crm.catalog):
        week = agenda(crm, date(2026, 10, 24), date(2026, 10, 28))
    times = {
        str(day.day): f"{meeting.talk.at:%H:%M}–{meeting.talk.end:%H:%M}"
        for day in week.days
        for meeting in day.meetings
        if meeting.talk.at and meeting.talk.end and meeting.talk.at.date() == day.day
    }
    assert times == expected


def test_a_meeting_across_the_hour_that_comes_twice_keeps_its_end(tmp_path: Path) -> None:
    root = Path(make_vault(tmp_path / "v", VAULT).root)
    import_(root, calendar(event(DANA, start="20261024T234500Z", end="20261025T011500Z")), zone=ZoneInfo("Europe/Berlin"))
    crm = Crm(str(root), NOW)
    with contextlib.closing(crm.catalog):
        (day,) = agenda(crm, date(2026, 10, 25), date(2026, 10, 25)).days
    talk = day.meetings[0].talk
    assert (talk.at, talk.end) == (datetime(2026, 10, 25, 1, 45), datetime(2026, 10, 25, 2, 15))
