"""What a newer version of a meeting changes in its note."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, time

from vaultcrm.actions.imports.meetings.meeting_notes import Facts, facts_of
from vaultcrm.actions.imports.meetings.meeting_versions import Version
from vaultcrm.markdown.edit import remove_property, set_property
from vaultcrm.markdown.page import Page, split_page
from vaultcrm.model.calendar_text import is_without_notes
from vaultcrm.model.convert import is_cancelled
from vaultcrm.model.read_note import read_back
from vaultcrm.model.records import Note
from vaultcrm.plural import listed


class MeetingUpdate:
    """What a newer version of a meeting changes in its note: what still is as some import wrote it.

    Without `facts` the meeting only is `off`: why it doesn't take place. `told` says what was changed, and what wasn't.
    """

    def __init__(self, facts: Facts | None, versions: Sequence[Version], off: str, now: datetime) -> None:
        self.facts = facts
        self.written = [
            set(digests) for digests in zip(*(version.written for version in versions if len(version.written) == 4), strict=True)
        ]
        self.was_off = bool(versions) and versions[-1].is_cancelled
        self.off = off
        self.now = now
        self.told: list[str] = []

    def apply(self, data: bytes) -> bytes:
        self.told = []
        page = split_page(data)
        note = read_back("", data).note
        if self.off:
            return self._cancelled(page, note).join()
        if self.facts is not None:
            page = self._changed(page, facts_of(note, page.body), self.facts)
        if self.was_off and is_cancelled(note):
            page = remove_property(page, "status")
            self.told.append("It takes place after all.")
        return page.join()

    def _cancelled(self, page: Page, note: Note) -> Page:
        if is_cancelled(note):
            return page
        start = facts_of(note, page.body).start
        if start is not None and start <= self.now and not is_without_notes(note, page.body):
            self.told.append(f"{self.off} The note says what was talked about, so it stays as it is.")
            return page
        self.told.append(self.off)
        return set_property(page, "status", "cancelled")

    def _changed(self, page: Page, old: Facts, new: Facts) -> Page:
        kept = []
        for i, (name, change) in enumerate(_PARTS.items()):
            if old.digests()[i] == new.digests()[i]:
                continue
            if not self.written or old.digests()[i] not in self.written[i]:
                kept += [name] * (name != "description" or bool(old.callout))  # one that was deleted isn't wanted
                continue
            page = change(page, old, new)
            if name == "time" and new.start:
                self.told.append(f"It was moved to {_when(new.start)}.")
            elif name == "title":
                self.told.append("It has another title.")
        if kept:
            self.told.append(f"The calendar has another {listed(kept)} now; the note keeps yours.")
        return page


def _set_time(page: Page, old: Facts, new: Facts) -> Page:
    page = set_property(page, "date", new.start) if old.start != new.start else page
    if old.end == new.end:
        return page
    return set_property(page, "end", new.end) if new.end else remove_property(page, "end")


def _set_people(page: Page, old: Facts, new: Facts) -> Page:
    return set_property(page, "people", [*new.people]) if new.people else remove_property(page, "people")


def _set_title(page: Page, old: Facts, new: Facts) -> Page:
    return set_property(page, "summary", new.title)


def _set_callout(page: Page, old: Facts, new: Facts) -> Page:
    body = page.body.replace(old.callout, new.callout.replace("\n", page.newline), 1)
    return replace(page, after=page.after[: page.body_start] + body.encode("utf-8"))


# In the order of `Facts.digests`
_PARTS: dict[str, Callable[[Page, Facts, Facts], Page]] = {
    "time": _set_time, "people": _set_people, "title": _set_title, "description": _set_callout,
}  # fmt: skip


def _when(moment: datetime) -> str:
    return f"{moment:%a %Y-%m-%d}" + (f" {moment:%H:%M}" if moment.time() != time() else "")
