"""What a calendar says in the note of a meeting, and whether anybody has written more into it.

It stands in a callout of the kind `calendar`, on top of the note. Everything below it is the person's.
"""

import re
from typing import NamedTuple

from vaultcrm.markdown.callouts import CALENDAR
from vaultcrm.markdown.prose.plain_text import plain_text
from vaultcrm.markdown.values import as_list, as_text
from vaultcrm.model.records import Note

_CALLOUT = re.compile(rf"^> \[!{CALENDAR}\][^\r\n]*(?:\r?\n>[^\r\n]*)*", re.MULTILINE)
_FRAME = re.compile(r"^[ \t]*(?:#{1,6}[ \t].*|[-*+]|[-*+] \[ \]|-{3,})?[ \t\r]*$", re.MULTILINE)  # what a template may put there
_LABELLED = re.compile(r"^> (Place|Link): (.+?)\r?$", re.MULTILINE)
# What a person writes into the properties of a meeting's note
_OF_PEOPLE = ("decisions", "feedback", "next_step", "follow_up")


class CalendarText(NamedTuple):
    """What the callout of a meeting's note says; without one, nothing."""

    callout: str = ""
    title: str = ""
    place: str = ""
    link: str = ""


def calendar_text(body: str) -> CalendarText:
    """What a calendar says in the body of a meeting's note."""
    found = _CALLOUT.search(body)
    if found is None:
        return CalendarText()
    labelled = dict(_LABELLED.findall(found[0]))
    title = found[0].splitlines()[0].partition("]")[2].strip()
    return CalendarText(found[0], title, labelled.get("Place", ""), labelled.get("Link", ""))


def is_without_notes(note: Note, body: str) -> bool:
    """Whether a meeting's note says nothing but what the calendar says: nobody has written anything into it."""
    get = note.properties.get
    if any(as_list(get(key)) for key in _OF_PEOPLE):
        return False
    found = calendar_text(body)
    summary = as_text(get("summary"))
    return (not summary or _letters(summary) == _letters(plain_text(found.title))) and not _FRAME.sub(
        "", body.replace(found.callout, "", 1)
    ).strip()


def _letters(text: str) -> str:
    """A title without the marks and blanks that a callout may show in another way."""
    return re.sub(r"[\W_]+", "", text)
