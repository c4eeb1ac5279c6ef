"""Times of day in words: "14:30", "3pm", "noon"."""

import re
from collections.abc import Iterator
from datetime import time
from functools import cache
from typing import NamedTuple

_TIME = (
    r"(?P<at>at )?(?:(?P<hour>\d{1,2})(?P<mark>[:.h])(?P<minute>\d{2})(?::\d{2})? ?(?P<half>[ap]\.?m\.?)?"
    r"|(?P<bare_hour>\d{1,2}) ?(?P<bare_half>[ap]\.?m\.?)|(?P<word>noon|midnight))"
)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A time at the end and one at the beginning of a text; compiled for the first text that may have one."""
    return re.compile(rf"(?:^| |(?<=\d)t){_TIME}$", re.ASCII), re.compile(rf"^{_TIME} (?=.)", re.ASCII)


class TimeOfDay(NamedTuple):
    """A time found in a text, and the text without it. `time` is None for one that doesn't exist, like 25:00.

    `may_be_day`: with its dot it could be a day of a month as well, like 15.11.
    """

    time: time | None
    rest: str
    may_be_day: bool


def times_of_day(text: str) -> Iterator[TimeOfDay]:
    """The time that a text in lower case ends with, and the one that it begins with."""
    if text.isascii() and not any(char.isdigit() for char in text) and "noon" not in text and "midnight" not in text:
        return
    for pattern in _patterns():
        if match := pattern.search(text):
            rest = (text[: match.start()] + text[match.end() :]).strip()
            may_be_day = match["mark"] == "." and not match["at"] and not match["half"] and 1 <= int(match["minute"]) <= 12
            yield TimeOfDay(_time(match), rest, may_be_day)


def _time(match: re.Match[str]) -> time | None:
    if match["word"]:
        return time(12 if match["word"] == "noon" else 0)
    hour, half = int(match["hour"] or match["bare_hour"]), match["half"] or match["bare_half"] or ""
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    minute = int(match["minute"] or 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
