"""The line that a WhatsApp message begins with, in the forms that phones of many languages write it.

`[07.03.26, 21:22:39] Chris: Hey` (iOS) and `28/3/2025, 9:29 p. m. - Ana: Hola` (Android): the phone's language
decides on separators, on the order of day, month and year, and on 12 or 24 hours. Nothing in the file names it.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple

DateOrder = str  # "dmy", "mdy" or "ymd"
ORDERS: tuple[DateOrder, ...] = ("dmy", "mdy", "ymd")

_FIRST_YEAR = 2009  # of WhatsApp
_SPACES = str.maketrans(dict.fromkeys("\u00a0\u202f\u2009\u2007\t", " "))
_MARKS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_WITHOUT_MARKS = str.maketrans(dict.fromkeys(_MARKS, ""))
_AM = "am|a m|오전|上午|凌晨|清晨|早上|午前|ص|πμ|π μ|de|pd|पूर्वाह्न|sa|öö"
_PM = "pm|p m|오후|下午|中午|晚上|午後|م|μμ|μ μ|du|md|अपराह्न|ch|ös"
_AFTER = "|".join(re.escape(mark).replace(r"\ ", r"\.?\s?") + r"\.?" for mark in f"{_AM}|{_PM}".split("|")) + r"|[apπμ]\.[mμ]\.?"
_BEFORE = "|".join(mark for mark in f"{_AM}|{_PM}".split("|") if not mark.isascii())  # as in Chinese and Korean
_DATE = r"(\d{1,4})\s?([./\-年년])\s?(\d{1,2})\s?[./\-月월]\s?(\d{1,4})(?:[.日일]|\s?г\.)?"
_TIME = rf"(?:({_BEFORE})\s?)?(\d{{1,2}})[.:](\d{{2}})(?:[.:](\d{{2}}))?(?:\s?({_AFTER})(?!\w))?"
# "à" in French, "um" in German, "klo" in Finnish, "kl." in Danish
_BETWEEN = r"\s?[,،]?\s*(?:[^\W\d]{1,4}\.?\s+)??"
_HEADER = re.compile(rf"(\[)?\s?(?:{_DATE}{_BETWEEN}{_TIME}|{_TIME}\s?[,،]?\s+{_DATE})(\]\s*|\s+[-–]\s+|:\s)", re.IGNORECASE)


class Style(NamedTuple):
    """What all headers of one file have in common. `is_mark_first`: "下午" stands before the time, as "PM" never does."""

    is_bracketed: bool
    end: str
    separator: str
    has_seconds: bool
    is_time_first: bool
    is_mark_first: bool


class Header(NamedTuple):
    """The beginning of a message. `date` is in the order in which it's written; `rest` follows the header."""

    date: tuple[int, int, int]
    hour: int
    minute: int
    second: int
    rest: str
    style: Style

    def moment(self, order: DateOrder) -> datetime | None:
        """The date and time in an order; None if there is no such day."""
        day, month, year = (self.date[order.index(part)] for part in "dmy")
        try:
            return datetime(year if year > 99 else 2000 + year, month, day, self.hour, self.minute, self.second)
        except ValueError:
            return None


def parse_header(line: str) -> Header | None:
    """The header of a line; None if the line has none, and goes on with the message above."""
    head = line[:90].lstrip(_MARKS)
    if not (head[:1] == "[" or head[:1].isdigit() or head[:1] in "오午上下凌清早中晚صمपअ"):
        return None
    # Direction marks stand anywhere in the headers of Arabic and Hebrew phones; in the text they stay
    match = _HEADER.match(head.translate(_SPACES))
    skipped = len(line[:90]) - len(head)
    if match is None and any(mark in head for mark in _MARKS):
        match = _HEADER.match(head.translate(_SPACES).translate(_WITHOUT_MARKS))
        skipped = _end_with_marks(line, match.end()) - match.end() if match else 0
    if match is None:
        return None
    groups = match.groups()
    bracket, end = groups[0], groups[-1].strip()
    if (bracket is None) == (end == "]"):
        return None
    is_time_first = groups[1] is None
    first, separator, middle, last = groups[15:19] if is_time_first else groups[1:5]
    before, hours, minutes, seconds, after = groups[10:15] if is_time_first else groups[5:10]
    hour = _hour(int(hours), before or after or "")
    if hour is None or int(minutes) > 59 or int(seconds or 0) > 59:
        return None
    style = Style(bracket is not None, end, separator, seconds is not None, is_time_first, before is not None)
    return Header((int(first), int(middle), int(last)), hour, int(minutes), int(seconds or 0), line[match.end() + skipped :], style)


def _end_with_marks(line: str, length: int) -> int:
    """Where the header of a line ends that has `length` characters without its direction marks."""
    for position, char in enumerate(line):
        length -= char not in _MARKS
        if length == 0:
            return position + 1
    return len(line)


def _hour(hour: int, mark: str) -> int | None:
    """The hour of 24; None if there is no such hour. Some phones write 00:08 a. m. for 12:08 a. m."""
    if not mark:
        return hour if hour < 24 else None
    mark = re.sub(r"[.\s]", "", mark.lower())
    if hour > 12:
        return hour if hour < 24 else None
    is_afternoon = mark in [word.replace(" ", "") for word in _PM.split("|")]
    if mark == "凌晨" or not is_afternoon:
        return hour % 12
    return hour % 12 + 12


def possible_orders(headers: Sequence[Header], media_days: Sequence[tuple[Header, date]] = ()) -> list[DateOrder]:
    """The orders of day, month and year that the dates of a file allow; those that mean the same count once.

    A number above 12 decides, else messages are in the order in which they were sent. The names of media contain
    a date whose order is known. Of what is left, the caller has to ask.
    """
    orders = [order for order in ORDERS if _fits(headers, order)]
    if not orders:  # a message may quote a line that looks like a header
        counts = {order: sum(header.moment(order) is not None for header in headers) for order in ORDERS}
        orders = [order for order in ORDERS if counts[order] == max(counts.values())]
    matches = {order: sum(_day(header, order) == day for header, day in media_days) for order in orders}
    if max(matches.values()):
        orders = [order for order in orders if matches[order] == max(matches.values())]
    disorder = {order: _disorder(headers, order) for order in orders}
    orders = [order for order in orders if disorder[order] == min(disorder.values())]
    style = headers[0].style
    if style.is_mark_first and "ymd" in orders:  # in Chinese and Korean
        orders = ["ymd"]
    if "dmy" in orders and style.separator == ".":  # nobody writes the month first and dots
        orders = [order for order in orders if order != "mdy"]
    if len(orders) > 1 and style.separator != "-":  # "26-11-20" is a date in Canada; nobody writes 26/11/20 for it
        orders = [order for order in orders if order != "ymd"]
    unique: dict[tuple[datetime | None, ...], DateOrder] = {}
    for order in orders:
        unique.setdefault(tuple(header.moment(order) for header in headers), order)
    return list(unique.values())


def _fits(headers: Sequence[Header], order: DateOrder) -> bool:
    years = [header.date[order.index("y")] for header in headers]
    is_long = max(years) > 99
    return all(
        header.moment(order) is not None
        and (_FIRST_YEAR <= year <= 2100 if is_long else 2000 + year >= _FIRST_YEAR)
        and max(header.date[order.index("d")], header.date[order.index("m")]) <= 31
        for header, year in zip(headers, years, strict=True)
    )


def _day(header: Header, order: DateOrder) -> date | None:
    moment = header.moment(order)
    return moment.date() if moment else None


def _disorder(headers: Sequence[Header], order: DateOrder) -> int:
    """How often a message is more than a day older than the one above it."""
    moments = [moment for header in headers if (moment := header.moment(order)) is not None]
    return sum((before - after).days >= 1 for before, after in pairwise(moments))
