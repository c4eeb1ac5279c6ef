"""Calendars: files in, meetings out."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from vaultcrm.importers.calendar.events import Event, read_events
from vaultcrm.importers.calendar.meetings import read_calendar
from vaultcrm.importers.message import Attendee, LeftOut, Meeting, Notice, Party, Refused

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = "TZID=America/New_York"


def calendar(*events: str, head: str = "") -> bytes:
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{head}{body}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def read(data: bytes, first: date = date(2026, 1, 1), last: date = date(2026, 12, 31)) -> list[Meeting | LeftOut | Refused | Notice]:
    return list(read_calendar(data, "a.ics", BERLIN, first, last))


def starts(*events: str, head: str = "") -> list[str]:
    return [one.start.isoformat() for one in read(calendar(*events, head=head)) if isinstance(one, Meeting)]


def test_a_meeting() -> None:
    assert read(
        calendar(
            """UID:u1@acme
SEQUENCE:2
DTSTAMP:20261101T100000Z
DTSTART;TZID=America/New_York:20261103T090000
DURATION:PT1H30M
SUMMARY:Pricing\\, again
DESCRIPTION:Two options\\nplease
LOCATION:Room 1
URL:https://acme.example/m
X-GOOGLE-CONFERENCE:https://meet.example/abc
ORGANIZER;CN=Dana Roe:mailto:dana@acme.example
ATTENDEE;CN="Lee, Ann";PARTSTAT=ACCEPTED:MAILTO:ann@lee.example
ATTENDEE;CN=tom@acme.example;PARTSTAT=NEEDS-ACTION:mailto:tom@acme.example
ATTENDEE;CN=Room 1:invalid:nomail"""
        )
    ) == [
        Meeting(
            source="ics:u1@acme",
            sequence=2,
            stamp=datetime(2026, 11, 1, 10, tzinfo=UTC),
            start=datetime(2026, 11, 3, 15),
            end=datetime(2026, 11, 3, 16, 30),
            summary="Pricing, again",
            description="Two options\nplease",
            location="Room 1",
            url="https://meet.example/abc",
            organizer=Party(name="Dana Roe", email="dana@acme.example"),
            attendees=(
                Attendee(Party(name="Lee, Ann", email="ann@lee.example"), "accepted"),
                Attendee(Party(email="tom@acme.example")),
                Attendee(Party(name="Room 1")),
            ),
            uid="u1@acme",
            instant=datetime(2026, 11, 3, 14, tzinfo=UTC),
        )
    ]


@pytest.mark.parametrize(
    ("start", "local"),
    [
        ("DTSTART:20260304T120000Z", "2026-03-04T13:00:00"),
        ("DTSTART:20260304T120000", "2026-03-04T12:00:00"),
        ("DTSTART;VALUE=DATE:20260304", "2026-03-04"),
        (f"DTSTART;{NEW_YORK}:20260304T120000", "2026-03-04T18:00:00"),
        ("DTSTART;TZID=/mozilla.org/20050126_1/America/New_York:20260304T120000", "2026-03-04T18:00:00"),
        ("DTSTART;TZID=Eastern Standard Time:20260304T120000", "2026-03-04T18:00:00"),
        ("DTSTART;TZID=Nowhere:20260304T120000", "2026-03-04T12:00:00"),
        ("DTSTART: 20260304T120000Z", "2026-03-04T13:00:00"),
    ],
)
@pytest.mark.filterwarnings("error")
def test_the_time_of_a_meeting_is_the_persons(start: str, local: str) -> None:
    assert starts(f"UID:1\n{start}") == [local]


def test_a_file_has_its_own_time_zones() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:{0}\nTZOFFSETTO:{0}\n"
        "END:STANDARD\nEND:VTIMEZONE\n"
    )
    event = "UID:1\nDTSTART;TZID=Ours:20260304T120000"
    assert starts(event, head=zone.format("-0500")) == ["2026-03-04T18:00:00"]
    assert starts(event, head=zone.format("+0200")) == ["2026-03-04T11:00:00"]


def test_a_series() -> None:
    series = f"UID:1\nSUMMARY:Sync\nDTSTART;{NEW_YORK}:20260301T090000\nDTEND;{NEW_YORK}:20260301T100000\nRRULE:FREQ=WEEKLY;COUNT=6\n"
    moved = f"UID:1\nSUMMARY:Later\nRECURRENCE-ID;{NEW_YORK}:20260322T090000\nDTSTART;{NEW_YORK}:20260323T110000"
    cancelled = f"UID:1\nSTATUS:CANCELLED\nRECURRENCE-ID:20260329T130000Z\nDTSTART;{NEW_YORK}:20260329T090000"
    found = read(calendar(series + f"EXDATE;{NEW_YORK}:20260315T090000", moved, cancelled))
    assert [(one.source, one.start, one.end, one.summary, one.is_cancelled) for one in found if isinstance(one, Meeting)] == [
        ("ics:1:2026-03-01", datetime(2026, 3, 1, 15), datetime(2026, 3, 1, 16), "Sync", False),
        ("ics:1:2026-03-08", datetime(2026, 3, 8, 14), datetime(2026, 3, 8, 15), "Sync", False),  # summer time there, not here
        ("ics:1:2026-04-05", datetime(2026, 4, 5, 15), datetime(2026, 4, 5, 16), "Sync", False),
        ("ics:1:2026-03-22", datetime(2026, 3, 23, 16), None, "Later", False),
        ("ics:1:2026-03-29", datetime(2026, 3, 29, 15), None, "", True),
    ]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            "DTSTART:20260301T090000\nRRULE:FREQ=DAILY;UNTIL=20260303T090000",
            ["2026-03-01T09:00:00", "2026-03-02T09:00:00", "2026-03-03T09:00:00"],
        ),
        ("DTSTART:20260301T090000\nRRULE:FREQ=DAILY;UNTIL=20260302", ["2026-03-01T09:00:00", "2026-03-02T09:00:00"]),
        (f"DTSTART;{NEW_YORK}:20260301T200000\nRRULE:FREQ=DAILY;UNTIL=20260303T010000Z", ["2026-03-02T02:00:00", "2026-03-03T02:00:00"]),
        ("DTSTART;VALUE=DATE:20260131\nRRULE:FREQ=MONTHLY;COUNT=3", ["2026-01-31", "2026-03-31", "2026-05-31"]),
        ("DTSTART;VALUE=DATE:20260301\nRDATE;VALUE=DATE:20260305,20260303", ["2026-03-01", "2026-03-03", "2026-03-05"]),
        ("DTSTART:20260301T090000\nRDATE;VALUE=PERIOD:20260305T090000/PT1H", ["2026-03-01T09:00:00", "2026-03-05T09:00:00"]),
        ("DTSTART:20260301T090000\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE;VALUE=DATE:20260302", ["2026-03-01T09:00:00", "2026-03-03T09:00:00"]),
        ("DTSTART:20260301T090000\nRRULE:FREQ=DAILY;COUNT=2;BYHOUR=9;BYMINUTE=0", ["2026-03-01T09:00:00", "2026-03-02T09:00:00"]),
        (
            "DTSTART:20260301T090000\nRRULE:FREQ=WEEKLY\\;COUNT=2\\;BYDAY=MO\\, TU",
            ["2026-03-01T09:00:00", "2026-03-02T09:00:00", "2026-03-03T09:00:00"],
        ),
        ("DTSTART:19700101T090000\nRRULE:FREQ=YEARLY", ["2026-01-01T09:00:00"]),
        ("DTSTART:20260301T090000\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", ["2026-03-01T09:00:00"]),
        ("DTSTART:20270101T090000\nRRULE:FREQ=DAILY", []),
    ],
)
def test_recurrence(event: str, expected: list[str]) -> None:
    assert starts(f"UID:1\n{event}") == expected


def test_a_series_of_google_keeps_its_hour_in_summer() -> None:
    event = "UID:1\nDTSTART:20260328T090000Z\nRRULE:FREQ=DAILY;COUNT=2"
    assert starts(event) == ["2026-03-28T10:00:00", "2026-03-29T11:00:00"]
    assert starts(event, head="X-WR-TIMEZONE:Europe/Berlin\n") == ["2026-03-28T10:00:00", "2026-03-29T10:00:00"]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("FREQ=HOURLY", "The rule 'FREQ=HOURLY' doesn't repeat by days, weeks, months or years."),
        ("FREQ=SECONDLY;COUNT=9", "The rule 'FREQ=SECONDLY;COUNT=9' doesn't repeat by days, weeks, months or years."),
        ("FREQ=DAILY;BYHOUR=9,10", "The rule 'FREQ=DAILY;BYHOUR=9,10' repeats several times a day."),
        ("FREQ=DAILY;BYHOUR=7", "The rule 'FREQ=DAILY;BYHOUR=7' has another time of day than its start."),
        ("FREQ=NEVER", "The rule 'FREQ=NEVER' doesn't repeat by days, weeks, months or years."),
    ],
)
def test_a_rule_that_cannot_be_expanded_is_refused(rule: str, reason: str) -> None:
    assert read(calendar(f"UID:1\nDTSTART:20260301T090000\nRRULE:{rule}")) == [Refused("a.ics, event 1", reason)]


def test_a_series_outside_of_the_time_is_counted() -> None:
    over = "UID:1\nDTSTART:20250301T090000\nRRULE:FREQ=DAILY;COUNT=3"
    assert read(calendar(over)) == [LeftOut("a.ics, event 1", "It repeats, but not between 2026-01-01 and 2026-12-31.")]


def test_the_newest_version_counts(tmp_path: Path) -> None:
    versions = (
        ("c.ics", 1, "20261101T120000Z", "Newest"), ("a.ics", 1, "20261101T100000Z", "Newer"), ("d/b.ics", 0, "20261102T100000Z", "Old"),
    )  # fmt: skip
    for name, sequence, stamp, summary in versions:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        event = f"UID:1\nSEQUENCE:{sequence}\nDTSTAMP:{stamp}\nDTSTART:20261103T090000\nSUMMARY:{summary}"
        (tmp_path / name).write_bytes(calendar(event))
    (tmp_path / "notes.txt").write_text("x")
    found = read_calendar(tmp_path, "folder", BERLIN, date(2026, 1, 1), date(2026, 12, 31))
    assert [one.summary for one in found if isinstance(one, Meeting)] == ["Newest"]


def test_a_cancellation() -> None:
    event = "UID:1\nDTSTART:20261103T090000\nSUMMARY:x"
    assert [one.is_cancelled for one in read(calendar(event, head="METHOD:CANCEL\n")) if isinstance(one, Meeting)] == [True]
    assert read(calendar(event, head="METHOD:REPLY\n")) == [Notice("a.ics, event 1", "Left out a message about an event (METHOD:REPLY).")]


def test_what_is_broken_does_not_keep_the_rest_from_being_read() -> None:
    good = "UID:2\nDTSTART:20261103T090000\nDTEND:nonsense\nEXDATE:\nDURATION:P9999999999D\nRDATE:x\nSUMMARY:Good"
    found = read(calendar("UID:1\nDTSTART:INVALID\nSUMMARY:Bad", good, "UID:3\nSUMMARY:None"))
    assert found == [
        Refused("a.ics, event 1", "It has no start that can be read."),
        Refused("a.ics, event 3", "It has no start that can be read."),
        Meeting("ics:2", 0, None, datetime(2026, 11, 3, 9), None, "Good", uid="2"),
    ]


def test_a_calendar_that_is_no_calendar_is_read_event_by_event() -> None:
    data = (
        calendar("UID:1\nDTSTART:20261103T090000\nSUMMARY:Good")
        .replace(b"VERSION:2.0", b"no property")
        .replace(b"END:VCALENDAR", b"BEGIN:VEVENT")
    )
    assert read(data) == [
        Refused("a.ics, event 2", "It's cut off."),
        Notice("a.ics", "The file isn't a valid calendar, so its events were read one by one."),
        Meeting("ics:1", 0, None, datetime(2026, 11, 3, 9), None, "Good", uid="1"),
    ]


def test_events_that_are_read_one_by_one_know_the_time_zones_of_their_file() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:16010101T000000\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0500\n"
        "END:STANDARD\nEND:VTIMEZONE\n"
    )
    data = calendar("UID:1\nDTSTART;TZID=Ours:20260304T120000", head=zone).replace(b"VERSION:2.0", b"no property")
    assert [one.start for one in read(data) if isinstance(one, Meeting)] == [datetime(2026, 3, 4, 18)]


@pytest.mark.parametrize("data", [b"", b"Dear all", b"BEGIN:VCARD\r\nEND:VCARD", b"\xff\xfe\x00"])
def test_what_is_no_calendar_is_refused(data: bytes) -> None:
    assert read(data) == [Refused("a.ics", "It contains no calendar.")]


@pytest.mark.parametrize(
    ("description", "text"),
    [
        ("Two options\\nplease", "Two options\nplease"),
        ("<p>Two <b>options</b></p><ul><li>please</li></ul>", "Two **options**\n\n- please"),
        ('See <a href="https://acme.example">this</a>\\nplease', "See [this](https://acme.example)\nplease"),
        ("a < b and c > d", "a < b and c > d"),
        ("<https://acme.example>", "<https://acme.example>"),
    ],
)
def test_descriptions(description: str, text: str) -> None:
    (meeting,) = read(calendar(f"UID:1\nDTSTART:20261103T090000\nDESCRIPTION:{description}"))
    assert isinstance(meeting, Meeting)
    assert meeting.description == text


def test_to_dos_are_left_out() -> None:
    data = calendar("UID:1\nDTSTART:20261103T090000").replace(b"BEGIN:VEVENT", b"BEGIN:VTODO\r\nUID:9\r\nEND:VTODO\r\nBEGIN:VEVENT")
    assert read(data)[0] == Notice("a.ics", "Left out 1 to-do.")


def test_a_time_zone_that_never_ends_is_cut_short() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Evil\nBEGIN:STANDARD\nDTSTART:00010101T000000\nRRULE:FREQ=SECON\n DLY\nTZOFFSETFROM:+0100\n"
        "TZOFFSETTO:+0200\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    assert starts("UID:1\nDTSTART;TZID=Evil:20260304T120000", head=zone) == ["2026-03-04T11:00:00"]


def test_an_event_without_a_uid_gets_one() -> None:
    event, other = read_events(calendar("DTSTART:20260301T090000\nSUMMARY:No UID", "DTSTART:20260301T090000\nSUMMARY:None"), "a.ics")
    assert isinstance(event, Event)
    assert isinstance(other, Event)
    assert event.uid == "b879f9bbc6b628202ba56c9fcfa46396"
    assert other.uid != event.uid
