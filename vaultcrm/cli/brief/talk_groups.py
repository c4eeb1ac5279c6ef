"""Talks that belong together take one line of a brief: the mails of a thread, and the meetings of a series."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from vaultcrm.dates.humanize import short_day
from vaultcrm.markdown.prose.subjects import without_reply_marks
from vaultcrm.model.records import Interaction
from vaultcrm.plural import counted, listed

_WRITTEN = ("email", "message", "chat")


class TalkGroup(NamedTuple):
    """One talk or several: the first of them stands for all, in the order of the list that they come from."""

    talks: tuple[Interaction, ...]

    @property
    def talk(self) -> Interaction:
        return self.talks[0]

    def title(self, text: str) -> str:
        """What the group is about, from what its first talk says: without the Re: of a thread."""
        return without_reply_marks(text) if len(self.talks) > 1 and self.talk.channel == "email" else text

    def with_whom(self, today: date) -> str:
        """How and with whom it was, and how many there are: "5 emails, last from Ann Ohm"."""
        if len(self.talks) == 1:
            return how_and_with_whom(self.talk)
        if self.talk.channel == "email":
            side = {"in": "from ", "out": "to "}.get(self.talk.direction or "", "with ")
            names = names_of(self.talk.people)
            return counted(len(self.talks), "email") + (f", last {side}{names}" if names else "")
        last = self.talks[-1].at
        day = short_day(last.date(), today) if last else ""
        word = "until" if last and last.date() > today else "since"
        return f"{how_and_with_whom(self.talk)}, and {len(self.talks) - 1} more {word} {day}"


def group_talks(talks: Sequence[Interaction], excerpts: Mapping[str, str]) -> list[TalkGroup]:
    """Each thread of mails and each series of meetings as one group, at the place of its first talk.

    A meeting for which somebody has written something stays by itself. `excerpts` are what bodies say, by path.
    """
    groups: dict[str, list[Interaction]] = {}
    for talk in talks:
        groups.setdefault(_key(talk, bool(excerpts.get(talk.path))), []).append(talk)
    return [TalkGroup(tuple(group)) for group in groups.values()]


def _key(talk: Interaction, has_text: bool) -> str:
    """What talks of a group share: the thread, or the series without its day; else the path."""
    source = talk.source or ""
    if talk.at is None:
        return talk.path
    if talk.channel == "email" and (thread := talk.thread or source):
        return thread
    series, _, day = source.rpartition(":")
    is_untouched = talk.channel == "meeting" and source.startswith("ics:") and talk.summary == talk.title and not has_text
    return f"{series} {talk.title}" if is_untouched and re.fullmatch(r"\d{4}-\d\d-\d\d(T[\d:]+)?", day) else talk.path


def how_and_with_whom(talk: Interaction) -> str:
    """The channel and the people: "email from Ann Ohm", "meeting with Ann Ohm and 3 others"."""
    is_letter = talk.channel in _WRITTEN and len(talk.people) == 1
    side = {"in": "from", "out": "to"}.get(talk.direction or "", "with") if is_letter else "with"
    names = names_of(talk.people)
    return (talk.channel or "talk") + (f" {side} {names}" if names else "")


def names_of(people: Sequence[str]) -> str:
    """At most two names, and how many others; "" for none."""
    return listed(list(people[:2]) + ([counted(len(people) - 2, "other")] if len(people) > 2 else [])) if people else ""
