"""Talks that belong together take one line of a brief."""

from datetime import date, datetime

import pytest

from vaultcrm.cli.brief.talk_groups import group_talks, how_and_with_whom
from vaultcrm.model.records import Interaction

TODAY = date(2026, 11, 16)


def talk(
    path: str, day: str, channel: str = "email", title: str = "Offer", people: tuple[str, ...] = ("Ann",), direction: str | None = None,
    source: str | None = None, thread: str | None = None,
) -> Interaction:  # fmt: skip
    at = datetime.fromisoformat(day) if day else None
    return Interaction(title, path, "Acme", at, channel, direction, people, None, title, (), source=source, thread=thread)


def meeting(day: str, title: str = "Weekly", series: str = "w@x") -> Interaction:
    return talk(f"{title} {day}.md", f"{day}T10:00", "meeting", title, source=f"ics:{series}:{day}")


def shown(talks: list[Interaction], excerpts: dict[str, str] | None = None) -> list[tuple[str, str, str]]:
    groups = group_talks(talks, excerpts or {})
    return [(group.talk.path, group.title(group.talk.summary), group.with_whom(TODAY)) for group in groups]


def test_the_mails_of_a_thread_are_one_line_at_the_place_of_the_last() -> None:
    first = talk("1.md", "2026-11-01", source="mail:a", direction="out")
    other = talk("2.md", "2026-11-02", title="Re: Menu", source="mail:b", thread="mail:z", direction="out")
    last = talk("3.md", "2026-11-03", title="AW: Re: Offer", source="mail:c", thread="mail:a", direction="in")
    assert shown([last, other, first]) == [
        ("3.md", "Offer", "2 emails, last from Ann"),
        ("2.md", "Re: Menu", "email to Ann"),
    ]


def test_the_meetings_of_a_series_are_one_line() -> None:
    assert shown([meeting("2026-11-09"), meeting("2026-11-02"), meeting("2026-10-26")]) == [
        ("Weekly 2026-11-09.md", "Weekly", "meeting with Ann, and 2 more since 26 Oct")
    ]
    assert shown([meeting("2026-11-30"), meeting("2027-01-18")]) == [
        ("Weekly 2026-11-30.md", "Weekly", "meeting with Ann, and 1 more until 18 Jan 2027")
    ]


@pytest.mark.parametrize(
    "talks",
    [
        [meeting("2026-11-09"), meeting("2026-11-02", title="Weekly, long")],
        [meeting("2026-11-09"), meeting("2026-11-02", series="v@x")],
        [meeting("2026-11-09"), meeting("2026-11-02")._replace(summary="We agreed on B")],
        [talk("1.md", "2026-11-02", source="ics:a", channel="meeting"), talk("2.md", "2026-11-01", source="ics:b", channel="meeting")],
        [talk("1.md", "2026-11-02"), talk("2.md", "2026-11-01")],
        [talk("1.md", "", source="mail:a"), talk("2.md", "2026-11-01", source="mail:a")],
        [talk("1.md", "2026-11-02", "chat", source="slack:a:2026-11-02"), talk("2.md", "2026-11-01", "chat", source="slack:a:2026-11-01")],
    ],
    ids=["another title", "another series", "a summary", "single meetings", "logged by hand", "no date", "days of a chat"],
)  # fmt: skip
def test_what_stays_apart(talks: list[Interaction]) -> None:
    assert [group.talk for group in group_talks(talks, {})] == talks


def test_a_meeting_with_a_text_stays_apart() -> None:
    talks = [meeting("2026-11-09"), meeting("2026-11-02"), meeting("2026-10-26")]
    assert [path for path, _, _ in shown(talks, {talks[1].path: "We chose B."})] == [talks[0].path, talks[1].path]


@pytest.mark.parametrize(
    ("channel", "direction", "people", "words"),
    [
        ("email", "in", ("Ann",), "email from Ann"),
        ("chat", "out", ("Ann",), "chat to Ann"),
        ("email", "in", ("Ann", "Tom"), "email with Ann and Tom"),
        ("email", None, ("Ann",), "email with Ann"),
        ("call", "in", ("Ann",), "call with Ann"),
        ("meeting", None, ("A", "B", "C"), "meeting with A, B and 1 other"),
        ("email", "in", (), "email"),
    ],
)
def test_who_wrote_to_whom(channel: str, direction: str | None, people: tuple[str, ...], words: str) -> None:
    assert how_and_with_whom(talk("1.md", "2026-11-02", channel, people=people, direction=direction)) == words
