"""What an event of a calendar says, read out of icalendar's values."""

import hashlib
import re
import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Component

from vaultcrm.importers.archive import describe
from vaultcrm.importers.calendar.components import FAILURES, find_events
from vaultcrm.importers.encoding import without_surrogates
from vaultcrm.importers.mail.html_text import html_text
from vaultcrm.importers.message import Attendee, Notice, Party, Refused

Moment = date | datetime

_MAX_ATTENDEES = 500
_HTML = re.compile(r"<(?:a|b|br|div|html|i|li|ol|p|span|table|u|ul)\b[^<>]*>", re.IGNORECASE)
_HTML_BREAK = re.compile(r"<(?:br|div|html|li|p|table)\b", re.IGNORECASE)
_ANSWERS = frozenset(("REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH", "ADD"))  # mails about an event, not events
_STATUS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative"}


class Event(NamedTuple):
    """A VEVENT. Its times are the wall times of `zone`, or dates; `zone` is None for whole days and floating times.

    `occurrence` is the RECURRENCE-ID: the event replaces that occurrence of the series with the same `uid`.
    """

    where: str
    uid: str
    sequence: int
    stamp: datetime | None
    start: Moment
    length: timedelta | None
    zone: tzinfo | None
    occurrence: Moment | None
    rules: tuple[str, ...]
    more: tuple[Moment, ...]  # RDATE
    fewer: tuple[Moment, ...]  # EXDATE
    summary: str
    description: str
    location: str
    url: str
    organizer: Party
    attendees: tuple[Attendee, ...]
    is_cancelled: bool


def read_events(data: bytes, where: str) -> Iterator[Event | Refused | Notice]:
    """The events of a file, in their order. A part that can't be read doesn't keep the others from being read."""
    for found in find_events(data, where):
        if isinstance(found, (Refused, Notice)):
            yield found
        else:
            yield _read_event(found.event, found.calendar, found.where)


def _read_event(component: Component, calendar: Component, where: str) -> Event | Refused | Notice:
    try:
        method = _text(calendar, "METHOD").upper()
        if method in _ANSWERS:
            return Notice(where, f"Left out a message about an event (METHOD:{method}).")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about time zones whose names had to be guessed
            return _event(component, calendar, method, where)
    except FAILURES as error:
        return Refused(where, describe(error))


def _event(component: Component, calendar: Component, method: str, where: str) -> Event:
    start = _moment(component, "DTSTART")
    if start is None:
        raise ValueError("It has no start that can be read.")
    rules = tuple(_rule(value) for value in _all(component, "RRULE"))
    zone = start.tzinfo if isinstance(start, datetime) else None
    if rules and str(zone) == "UTC" and (named := _zone(_text(calendar, "X-WR-TIMEZONE"))):
        zone = named  # Google writes a series in UTC that keeps its hour when summer time begins
    start = _wall_time(start, zone)
    occurrence = _moment(component, "RECURRENCE-ID")
    return Event(
        where=where,
        uid=_uid(_text(component, "UID"), f"{start}{_text(component, 'SUMMARY')}"),
        sequence=_number(component, "SEQUENCE"),
        stamp=_stamp(component),
        start=start,
        length=_length(component, start, zone),
        zone=zone,
        occurrence=None if occurrence is None else _wall_time(occurrence, zone),
        rules=rules,
        more=tuple(_wall_time(moment, zone) for moment in _moments(component, "RDATE")),
        fewer=tuple(_wall_time(moment, zone) for moment in _moments(component, "EXDATE")),
        summary=" ".join(_text(component, "SUMMARY").split()),
        description=_plain(_text(component, "DESCRIPTION")),
        location=" ".join(_text(component, "LOCATION").split()),
        url=_url(component),
        organizer=next((_party(value) for value in _all(component, "ORGANIZER")), Party()),
        attendees=tuple(_attendee(value) for value in _all(component, "ATTENDEE")[:_MAX_ATTENDEES] if not _is_thing(value)),
        is_cancelled=method == "CANCEL" or _text(component, "STATUS").upper() == "CANCELLED",
    )


def _uid(text: str, otherwise: str) -> str:
    """A UID as it is written; one that is no ID but means something in a note, and one that is missing, by a digest."""
    if re.fullmatch(r"[!-~][ -~]{0,299}", text) and "[[" not in text and "<%" not in text:
        return text
    return hashlib.sha256((text or otherwise).encode("utf-8", "replace")).hexdigest()[:32]


def _plain(description: str) -> str:
    """A description without the HTML that Google and Outlook write into it."""
    if not _HTML.search(description):
        return description.strip()
    return html_text(description if _HTML_BREAK.search(description) else description.replace("\n", "<br>")).strip()


# The values of icalendar have types of its own and may be anything in a broken file, so they are Any here.


def _all(component: Component, name: str) -> list[Any]:  # Any: see above
    value = component.get(name)
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(component: Component, name: str) -> str:
    return next((without_surrogates(str(value)) for value in _all(component, name)), "")


def _number(component: Component, name: str) -> int:
    text = _text(component, name)
    return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else 0


def _rule(value: Any) -> str:  # Any: see above
    """A recurrence rule; some programs escape its separators as if it were a text."""
    text = value.to_ical().decode() if hasattr(value, "to_ical") else str(value)
    return re.sub(r"[\\\s]", "", text)


def _within(value: Any, name: str) -> Any:  # Any: see above
    """An attribute of a value; None if the value is broken, for which icalendar raises."""
    try:
        return getattr(value, name, None)
    except FAILURES:
        return None


def _moment(component: Component, name: str) -> Moment | None:
    for value in _all(component, name):
        if isinstance(moment := _within(value, "dt"), date):
            return moment
    return None


def _moments(component: Component, name: str) -> Iterator[Moment]:
    """The moments of RDATE or EXDATE; of a period, its beginning."""
    for value in _all(component, name):
        for one in _within(value, "dts") or []:
            moment = one.dt[0] if isinstance(one.dt, tuple) else one.dt
            if isinstance(moment, date):
                yield moment


def _stamp(component: Component) -> datetime | None:
    """When this version was written: LAST-MODIFIED, or else DTSTAMP, in UTC."""
    for name in ("LAST-MODIFIED", "DTSTAMP"):
        if isinstance(moment := _moment(component, name), datetime):
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


def _length(component: Component, start: Moment, zone: tzinfo | None) -> timedelta | None:
    if (end := _moment(component, "DTEND")) is not None:
        end = _wall_time(end, zone)
        if isinstance(end, datetime) != isinstance(start, datetime):
            return None
        length = end - start
    else:
        durations = [length for value in _all(component, "DURATION") if isinstance(length := _within(value, "dt"), timedelta)]
        if not durations:
            return None if isinstance(start, datetime) else timedelta(1)
        length = durations[0]
    return length if timedelta() < length < timedelta(3660) else None


def _wall_time(moment: Moment, zone: tzinfo | None) -> Moment:
    """A moment without a time zone, as clocks in `zone` show it."""
    if isinstance(moment, datetime) and moment.tzinfo:
        return (moment.astimezone(zone) if zone else moment).replace(tzinfo=None)
    return moment


def _zone(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, LookupError):
        return None


def _url(component: Component) -> str:
    """The address of a call, or else of a page about the event."""
    for name in ("CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "URL"):
        if (text := _text(component, name).strip()).lower().startswith(("http://", "https://")):
            return text
    return ""


def _party(value: Any) -> Party:  # Any: see above
    address = re.sub(r"^mailto:", "", str(value).strip(), flags=re.IGNORECASE)
    parameters = getattr(value, "params", {})
    name = " ".join(str(parameters.get("CN", "")).strip('"').split())
    email = address if re.fullmatch(r"[^\s@<>]+@[^\s@<>]+", address) else ""
    return Party(name="" if name.lower() == email.lower() else without_surrogates(name), email=without_surrogates(email))


def _is_thing(value: Any) -> bool:  # Any: see above
    """Whether it's a room or a projector that was invited."""
    return str(getattr(value, "params", {}).get("CUTYPE", "")).upper() in ("ROOM", "RESOURCE")


def _attendee(value: Any) -> Attendee:  # Any: see above
    return Attendee(_party(value), _STATUS.get(str(getattr(value, "params", {}).get("PARTSTAT", "")).upper(), ""))
