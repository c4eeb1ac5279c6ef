"""Transcripts as Zoom, Teams, Meet and others write them."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from vaultcrm.importers.chat.transcript import moment_of_name, read_transcript
from vaultcrm.importers.message import Message, Notice, Party, Refused


def spoken(text: str) -> list[str]:
    (message,) = (one for one in read_transcript(text.encode(), "call.vtt") if isinstance(one, Message))
    return message.text.split("\n")


def test_a_call_of_zoom() -> None:
    text = """WEBVTT

1
00:00:01.000 --> 00:00:03.500
Dana Roe: Hello there.

2
00:00:04.000 --> 00:00:05.000
Dana Roe: Two options, please.

3
01:02:03.000 --> 01:02:07.000
Me: Fine: by Friday &amp; in colour.
"""
    assert list(read_transcript(text.encode(), "GMT20261103-143000_Recording.transcript.vtt")) == [
        Message(
            source="transcript:ccb3a02c86731cf33ba9f80e7165e263",
            channel="meeting",
            at=datetime(2026, 11, 3, 14, 30, tzinfo=UTC),
            sender=Party(),
            recipients=(Party(name="Dana Roe"), Party(name="Me")),
            subject="Transcript",
            text="00:01 Dana Roe: Hello there. Two options, please.\n1:02:03 Me: Fine: by Friday & in colour.",
        )
    ]


@pytest.mark.parametrize(
    ("cues", "lines"),
    [
        (
            "7d2b-guid/12-0\n00:01.000 --> 00:02.000 line:0\n<v Dana Roe>Price <i>list</i>: 4</v> <v Me>ok</v>",
            ["00:01 Dana Roe: Price list: 4", "00:01 Me: ok"],
        ),
        ("00:00:01,000 --> 00:00:02,000\n(Dana Roe)\nHi\nyou", ["00:01 Dana Roe: Hi you"]),
        ("00:00:01 --> 00:00:02\n>> Dana: Hi\n\n00:00:03 --> 00:00:04\nDana: you", ["00:01 Dana: Hi you"]),
        (
            "00:00:01 --> 00:00:02\nHere is the thing: no\n\n00:00:03 --> 00:00:04\nyes\n\n00:00:05 --> 00:00:06\nwell",
            ["Here is the thing: no yes well"],
        ),
        ("1\n00:00:01,000 --> 00:00:02,000\n{\\an8}Hi\n2\n00:00:03,000 --> 00:00:04,000\nyou", ["Hi you"]),
        ("NOTE a\ncomment\n\nSTYLE\n::cue {}\n\n00:01.000 --> 00:02.000\nHi", ["Hi"]),
        ("00:01.000 --> 00:02.000\n<v.loud Ann & Tom>Hi</v>", ["00:01 Ann & Tom: Hi"]),
    ],
)
def test_cues(cues: str, lines: list[str]) -> None:
    assert spoken(f"WEBVTT\n\n{cues}\n") == lines
    assert spoken(cues) == lines  # without the header


def test_a_long_speech_is_broken_into_paragraphs() -> None:
    cues = "\n\n".join(f"00:{minute:02}:00.000 --> 00:{minute:02}:59.000\n<v Dana>{'word ' * 60}</v>" for minute in range(5))
    assert [line[:11] for line in spoken(cues)] == ["00:00 Dana:", "03:00 Dana:"]


def test_lines_that_belong_to_no_cue_are_counted() -> None:
    assert list(read_transcript(b"WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n\nlost\nlines\n", "a.vtt"))[1:] == [
        Notice("a.vtt", "2 lines of the transcript couldn't be understood.")
    ]
    assert list(read_transcript(b"Dear all", "a.vtt")) == [Refused("a.vtt", "It contains no cue such as 00:00:01.000 --> 00:00:03.500.")]


def test_the_same_call_in_another_format_has_the_same_source() -> None:
    vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Dana>Hi</v>\n"
    srt = "1\n00:00:01,000 --> 00:00:02,000\nDana: Hi\n"
    sources = {one.source for text in (vtt, srt) for one in read_transcript(text.encode(), "a.vtt") if isinstance(one, Message)}
    assert len(sources) == 1


@pytest.mark.parametrize(
    ("name", "moment", "title"),
    [
        ("Weekly sync-20261103_143000-Meeting Recording.vtt", datetime(2026, 11, 3, 14, 30), "Weekly sync"),
        ("2026-11-03 1430 Pricing call.srt", datetime(2026, 11, 3, 14, 30), "Pricing call"),
        (
            "Pricing (2026-11-03 at 14 30 GMT+1) transcript.vtt",
            datetime(2026, 11, 3, 14, 30, tzinfo=timezone(timedelta(hours=1))),
            "Pricing",
        ),
        ("Acme 2026-11-03.vtt", datetime(2026, 11, 3), "Acme"),
        ("Acme.vtt", None, "Acme"),
        ("Acme 2026-02-31.vtt", None, "Acme"),
        ("call 12345678901234.vtt", None, "call 12345678901234"),
    ],
)
def test_the_name_of_a_file_tells_when_and_what(name: str, moment: datetime | None, title: str) -> None:
    assert moment_of_name(name) == moment
    (message,) = read_transcript(b"00:01.000 --> 00:02.000\nHi", name)
    assert isinstance(message, Message)
    assert (message.at, message.subject) == (moment, title)


def test_a_day_that_is_given_counts() -> None:
    (message,) = read_transcript(b"00:01.000 --> 00:02.000\nHi", "Acme 2026-11-03.vtt", date(2026, 11, 5))
    assert isinstance(message, Message)
    assert message.at == datetime(2026, 11, 5)
