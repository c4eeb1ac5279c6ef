"""The difference between two states of a client, one line a change."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from vaultcrm.actions.history.client_state import ClientState, Item
from vaultcrm.actions.history.matching import Matches, match
from vaultcrm.dates.humanize import short_day
from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.model.convert import without_date
from vaultcrm.model.handles import handle
from vaultcrm.model.schema import TYPES
from vaultcrm.plural import counted, listed

# The kinds of changes in the order in which they are told, with what a person reads. Kinds are never renamed.
LABELS = {
    "incoming": "they wrote", "outgoing": "you wrote", "talk": "talked", "planned": "planned",
    "late": "now late", "expired": "ran out", "moved": "moved", "done": "done", "dropped": "dropped", "reopened": "open again",
    "owed_by_me": "you owe", "owed_by_them": "they owe", "decided": "agreed", "replaced": "agreed", "superseded": "replaced",
    "withdrawn": "withdrawn", "changed": "changed", "renamed": "renamed", "new_project": "new project", "new_person": "new person",
    "feedback": "feedback", "preference": "preference", "question": "question", "gone": "gone", "new_note": "new note",
    "edited": "edited",
}  # fmt: skip
_ORDER = {kind: number for number, kind in enumerate(LABELS)}
_NOUNS = {"decision": "agreement"}  # where it isn't the kind
_DAYS = frozenset(("start", "deadline", "valid_until", "until"))  # fields that hold a day and are told as it is
_SPOKEN = frozenset(("call", "meeting"))


class Change(NamedTuple):
    """One thing that has changed. `kind` is one of LABELS; `day` is when it happened, as far as that is known;
    of what is late, the day it was due.

    `path`, `line` and `id` say where it stands now, or where it stood if it is gone; `channel` is that of a talk.
    """

    kind: str
    text: str
    day: date | None
    channel: str | None
    path: str
    line: int
    id: str

    @property
    def label(self) -> str:
        """What a person reads before the text: "they wrote", "now late"."""
        if self.channel in _SPOKEN and self.kind in ("incoming", "outgoing", "talk"):
            who = {"incoming": "they ", "outgoing": "you "}.get(self.kind, "")
            return who + ("called" if self.channel == "call" and who else "met" if self.channel == "meeting" else "talked")
        if self.kind == "talk" and self.channel:
            return "noted" if self.channel == "note" else "wrote"
        return LABELS[self.kind]


def compare(old: ClientState, new: ClientState, known_until: Mapping[str, date] = {}) -> list[Change]:
    """What has changed between two states of a client, the weightiest first, each thing in one line.

    `known_until`: the days on which some notes were known as the older state has them, by path, if they are later
    than that of the state. What has become late or run out since then is told.
    """
    return _Comparison(old, new, match(old, new), known_until).run()


class _Comparison:
    def __init__(self, old: ClientState, new: ClientState, matches: Matches, known_until: Mapping[str, date]) -> None:
        self.old = old
        self.new = new
        self.matches = matches
        self.known_until = known_until
        self.replaced = {item.get("replaced_by"): item for item in new.items if item.get("replaced_by")}

    def run(self) -> list[Change]:
        edits = [change for item in self.matches.new for change in self._added(item)]
        edits += self._all_gone()
        renamed = {old.text: new.text for old, new in self.matches.pairs if old.kind in ("person", "project") and old.text != new.text}
        for old, new in self.matches.pairs:
            edits += self._edited(_with_names(old, renamed) if renamed else old, new)
        edits = self._with_completions(edits)
        told, told_paths = {change.id for change in edits}, {change.path for change in edits}
        by_time = [change for _, new in self.matches.pairs if _handle(new) not in told for change in self._passed(new)]
        notes = [change for change in self._notes() if change.path not in told_paths]
        return sorted((*edits, *by_time, *notes), key=_weight)

    # -------------------------------------------------------------------- what came and went

    def _added(self, item: Item) -> Iterator[Change]:
        if item.kind == "talk":
            if not item.get("status"):
                yield self._talk(item)
        elif item.kind == "follow-up":
            yield self._new_follow_up(item)
        elif item.kind == "decision":
            if item.get("status") == "in force":
                replaced = self.replaced.get(item.id)
                instead = f" (instead of: {replaced.text})" if replaced else ""
                yield _change("replaced" if replaced else "decided", item.text + instead, item, "on")
        elif item.kind in ("feedback", "preference", "question"):
            yield _change(item.kind, item.text, item, "on")
        elif item.kind == "person":
            yield _change("new_person", _with(item.text, item.get("role")), item)
        elif item.kind == "project":
            deadline = parse_iso_day(item.get("deadline"))
            due = f"deadline {self._short(deadline)}" if deadline else ""
            yield _change("new_project", _with(item.text, due, item.get("value")), item)

    def _talk(self, item: Item) -> Change:
        at = parse_iso_day(item.get("at"))
        direction = {"in": "incoming", "out": "outgoing"}.get(item.get("direction"), "talk")
        return _change("planned" if at and at > self.new.day else direction, item.text, item, "at")

    def _new_follow_up(self, item: Item) -> Change:
        if not item.is_open:
            return _change("done" if item.get("status") == "done" else "dropped", item.text, item, "completed")
        day = parse_iso_day(item.get("day"))
        when = (f"late since {self._short(day)}" if day < self.new.day else f"due {self._short(day)}") if day else ""
        return _change("owed_by_them" if item.get("status") == "waiting" else "owed_by_me", _with(item.text, when), item)

    def _all_gone(self) -> Iterator[Change]:
        """What is gone. A note that is gone is told once, with what else was in it."""
        by_path: dict[str, list[Item]] = {}
        for item in self.matches.gone:
            closed = item.kind == "follow-up" and not item.is_open
            if not closed and not (item.kind == "decision" and item.get("status") != "in force"):  # else it was only cleaned up
                by_path.setdefault(item.path, []).append(item)
        for path, items in by_path.items():
            if path in self.matches.new_paths:
                yield from (_change("gone", f"{_NOUNS.get(item.kind, item.kind)}: {item.text}", item) for item in items)
                continue
            whole = next((item for item in items if item.is_note or item.kind == "talk"), None)
            others = Counter(
                {"feedback": "comment"}.get(item.kind, _NOUNS.get(item.kind, item.kind)) for item in items if item is not whole
            )
            inside = f", with {listed([counted(number, noun) for noun, number in others.items()])}" if others else ""
            if whole:
                yield _change("gone", f"{_NOUNS.get(whole.kind, whole.kind)}: {whole.text}{inside}", whole)
            else:
                yield _note_change("gone", path)._replace(text=title_of_path(path) + inside)

    # ------------------------------------------------------------------------ what is another

    def _edited(self, old: Item, new: Item) -> Iterator[Change]:
        if old.kind == "follow-up":
            yield from self._edited_follow_up(old, new)
        elif old.kind == "decision":
            yield from self._edited_decision(old, new)
        elif old.kind == "talk":
            yield from self._edited_talk(old, new)
        elif old.kind in ("client", "person", "project"):
            yield from self._edited_properties(old, new)
        elif old.text != new.text:
            yield _change(new.kind, f"{old.text} → {new.text}", new, "on")

    def _edited_follow_up(self, old: Item, new: Item) -> Iterator[Change]:
        status, day, earlier = new.get("status"), parse_iso_day(new.get("day")), parse_iso_day(old.get("day"))
        if old.is_open and not new.is_open:
            yield _change("done" if status == "done" else "dropped", new.text, new, "completed")
        elif not old.is_open and new.is_open:
            yield _change("reopened", _with(new.text, f"due {self._short(day)}" if day else ""), new)
        elif new.is_open and len(new.get("completions")) > len(old.get("completions")):
            yield self._completion(new)
        else:
            parts = [f"due {self._short(earlier)} → {self._short(day)}"] if day != earlier and new.is_open else []
            kind = "moved" if parts else "changed"
            if status != old.get("status"):
                parts.append({"waiting": "now they owe it", "open": "now you owe it"}.get(status, f"now {status}"))
            parts += [f"{name} {part}" for name in ("priority", "project") if (part := _from_to(old.get(name), new.get(name)))]
            if old.get("rule") != new.get("rule") and day == earlier:
                parts.append("recurs" if not old.get("rule") else "recurs no more" if not new.get("rule") else "recurs otherwise")
            yield from _reworded(kind, parts, old, new)

    def _completion(self, item: Item) -> Change:
        day = parse_iso_day(item.get("day"))
        return _change("done", item.text + (f" (next {self._short(day)})" if day else ""), item)

    def _with_completions(self, changes: list[Change]) -> list[Change]:
        """The changes, with the completed line of a recurring task and the move of its next one in one."""
        items = [new for _, new in self.matches.pairs if new.kind == "follow-up" and new.is_open and new.get("rule")]
        following = {(item.path, item.text): item for item in items}
        result: dict[str, Change] = {}
        done = {(change.path, change.text): change for change in reversed(changes) if change.kind == "done"}
        merged = {item.id: self._completion(item)._replace(day=done[key].day) for key, item in following.items() if key in done}
        for change in changes:
            item = following.get((change.path, change.text)) if change.kind == "done" else None
            kept = merged[item.id] if item else merged.get(change.id, change)
            result[kept.id] = kept
        return list(result.values())

    def _edited_decision(self, old: Item, new: Item) -> Iterator[Change]:
        status, before = new.get("status"), old.get("status")
        if status == before:
            names = ("on", "valid_until", "project") if new.is_note else ("project",)  # else the day is that of the talk
            parts = [f"{_label(name)} {part}" for name in names if (part := self._from_to_field(name, old, new))]
            yield from _reworded("changed", parts, old, new)
        elif status == "in force":
            yield _change("reopened", new.text, new)
        elif status == "superseded":
            if new.get("replaced_by") not in {item.id for item in self.matches.new}:  # told with the new one
                yield _change("superseded", new.text, new)
        elif before == "in force":
            yield _change("withdrawn", new.text, new)

    def _edited_talk(self, old: Item, new: Item) -> Iterator[Change]:
        at, before = parse_iso_day(new.get("at")), parse_iso_day(old.get("at"))
        if new.get("status") != old.get("status"):
            yield _change("dropped" if new.get("status") else "reopened", new.text, new, "at")
        elif at != before:
            yield _change("moved", f"{new.text}: {self._short(before)} → {self._short(at)}", new)
        elif old.text != new.text or any(old.get(name) != new.get(name) for name in ("channel", "direction", "people", "project", "at")):
            yield _change("edited", new.text, new, "at")

    def _edited_properties(self, old: Item, new: Item) -> Iterator[Change]:
        names = [*dict.fromkeys((*old.fields, *new.fields))]
        changed = {name: part for name in names if (part := self._from_to_field(name, old, new))}
        if old.text in new.get("aliases").split(", "):  # a rename keeps the old name as an alias
            changed.pop("aliases", None)
        parts = [f"{_label(name)} {part}" for name, part in changed.items()]
        if new.kind == "client" and parts and old.text == new.text:
            yield _change("moved" if changed.keys() <= _DAYS else "changed", ", ".join(parts), new)
        else:
            yield from _reworded("moved" if parts and changed.keys() <= _DAYS else "changed", parts, old, new)

    def _from_to_field(self, name: str, old: Item, new: Item) -> str:
        before, after = old.get(name), new.get(name)
        if name in (*_DAYS, "on"):
            days = parse_iso_day(before), parse_iso_day(after)
            before, after = (self._short(day) if day else text for day, text in zip(days, (before, after), strict=True))
        return _from_to(before, after)

    # ------------------------------------------------------------------------ what time has done

    def _passed(self, new: Item) -> Iterator[Change]:
        known = self.known_until.get(new.path, self.old.day)
        if new.kind == "follow-up" and new.is_open and _has_passed(new.get("day"), known, self.new.day):
            yield _change("late", new.text + (" (they owe it)" if new.get("status") == "waiting" else ""), new, "day")
        is_valid = new.kind == "project" or (new.kind == "decision" and new.get("status") == "in force")
        if is_valid and _has_passed(new.get("valid_until"), known, self.new.day):
            yield _change("expired", new.text, new, "valid_until")

    # ---------------------------------------------------------------------------------- notes

    def _notes(self) -> Iterator[Change]:
        """Notes that are new, edited or gone. For those in which something else is told, that says it."""
        new_paths = self.matches.new_paths
        kept = set(new_paths.values())
        items = {item.path for item in self.new.items}
        for path, note in self.new.notes.items():
            if note.is_own and path not in kept and not (note.type and path in items):
                yield _note_change("new_note", path)
        for path, note in self.old.notes.items():
            now = new_paths.get(path)
            if note.is_own and now is None and not any(item.path == path and item.is_note for item in self.old.items):
                yield _note_change("gone", path)
            elif now is not None and note.is_own and self.new.notes[now].is_own:
                if (note.body, note.rest) != (self.new.notes[now].body, self.new.notes[now].rest):
                    yield _note_change("edited", now)
                elif title_of_path(path) != title_of_path(now) and note.type not in TYPES:
                    yield _note_change("renamed", now)._replace(text=f"{title_of_path(path)} → {title_of_path(now)}")

    def _short(self, day: date | None) -> str:
        return short_day(day, self.new.day) if day else "no date"


def _change(kind: str, text: str, item: Item, day_field: str = "") -> Change:
    day = parse_iso_day(item.get(day_field)[:10]) if day_field else None
    return Change(kind, text, day, item.get("channel") or None if item.kind == "talk" else None, item.path, item.line, _handle(item))


def _with_names(item: Item, renamed: Mapping[str, str]) -> Item:
    """An item in which people and projects that were renamed since have the names that they have now."""
    if item.kind in ("client", "person", "project"):
        return item
    names = {
        field: ", ".join(renamed.get(name, name) for name in item.fields[field].split(", "))
        for field in item.fields
        if field in ("people", "project", "by")
    }
    return item._replace(fields={**item.fields, **names})


def _handle(item: Item) -> str:
    return handle(item.path) if item.id == item.path else item.id


def _note_change(kind: str, path: str) -> Change:
    return Change(kind, without_date(title_of_path(path)), None, None, path, 1, handle(path))


def _reworded(kind: str, parts: list[str], old: Item, new: Item) -> Iterator[Change]:
    """A change of some values and, if it has changed, of the text, in one line."""
    is_renamed = old.text != new.text
    if parts:
        yield _change(kind, f"{new.text}: {', '.join(parts)}" + (f" (was: {old.text})" if is_renamed else ""), new)
    elif is_renamed:
        yield _change("renamed" if new.is_note else "changed", f"{old.text} → {new.text}", new)


def _has_passed(day: str, known_until: date, today: date) -> bool:
    """Whether a day was not over when it was last known, and is now."""
    last = parse_iso_day(day)
    return last is not None and known_until <= last < today


def _from_to(before: str, after: str) -> str:
    return "" if before == after else f"{before or 'none'} → {after or 'none'}"


def _label(field: str) -> str:
    return {"on": "date", "valid_until": "valid until"}.get(field, field)


def _with(text: str, *details: str) -> str:
    return ", ".join((text, *filter(None, details)))


def _weight(change: Change) -> tuple[int, int, str, int]:
    """A sort key: by kind, then the newest first, but of what is late the oldest."""
    day = (change.day or date.min).toordinal()
    return _ORDER[change.kind], day if change.kind == "late" else -day, change.path, change.line
