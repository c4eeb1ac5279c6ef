"""Random notes, random edits of them, and the expected merge of two edits.

This is a second implementation of the merge rules that uses none of vaultcrm's code.
"""

import random
from collections import Counter
from datetime import date, timedelta
from typing import NamedTuple

import yaml

PropertyValue = str | list[str]
DAY = date(2026, 11, 16)
STATUSES = {
    "client": ["lead", "active", "paused", "past"],
    "follow-up": ["open", "waiting", "cancelled"],
    "interaction": ["open", "waiting"],
}
SCALARS = {
    "stage": ["contact", "discovery", "execution", "delivery"],
    "rate": ["80", "85", "90.5", "100"],
    "currency": ["EUR", "GBP", '"USD"'],
    "cadence": ["2 weeks", "3 weeks", "1 month"],
    "timezone": ["Europe/London", "Europe/Lisbon", "Asia/Tokyo"],
    "channel": ["call", "email", "meeting"],
    "priority": ["highest", "high", "low"],
    "project": ['"[[Website]]"', '"[[Journal]]"', "'[[Shop]]'"],
    "summary": ["Dana wants two options", '"Price: agreed"', "She will ring again", "'It''s done'"],
    "date": ["2026-11-02T14:30:00", "2026-11-03T09:00:00"],
    "due": [f"2026-12-{day:02}" for day in range(1, 29)],
    "language": ["de", '"no"', "en"],
    "website": ["https://a.example", "https://b.example"],
    "budget": ["5000", "7500"],
}
ITEMS = {
    "tags": ["design", "print", "web", "late", "vip"],
    "email": ["dana@acme.example", "lee@acme.example", "kim@acme.example"],
    "people": ['"[[Dana]]"', '"[[Lee]]"', '"[[Kim]]"'],
    "decisions": ["Two rounds are included", '"Price: 1,450 GBP"', "The journal comes first"],
}
KEYS = {
    "client": ["type", "status", "stage", "email", "rate", "currency", "cadence", "tags"],
    "follow-up": ["type", "status", "due", "priority", "project", "scheduled", "dateCreated", "tags"],
    "interaction": ["type", "date", "channel", "people", "project", "summary", "decisions", "tags"],
}
EDITS = ["set", "remove", "add", "item added", "item removed", "line added", "line changed"]
ADDED_KEYS = ["timezone", "language", "website", "budget"]


class ModelNote(NamedTuple):
    """The parts of a note. Values are one-line YAML; `comment` is a key and the comment after its value."""

    pairs: dict[str, PropertyValue]
    body: tuple[str, ...]
    comment: tuple[str, str]
    newline: str

    def to_bytes(self) -> bytes:
        lines = ["---"]
        for key, value in self.pairs.items():
            comment = f"  # {self.comment[1]}" if key == self.comment[0] else ""
            if isinstance(value, list) and value:
                lines += [f"{key}:{comment}", *(f"  - {item}" for item in value)]
            else:
                lines.append(f"{key}: {value}{comment}")
        return "".join(line + self.newline for line in (*lines, "---", "", *self.body)).encode()


def random_note(rng: random.Random, kind: str, number: int) -> ModelNote:
    """A note of about eight properties and some lines."""
    pairs: dict[str, PropertyValue] = {}
    for key in KEYS[kind]:
        if key in ITEMS:
            pairs[key] = rng.sample(ITEMS[key], rng.randint(1, 2))
        else:
            pairs[key] = kind if key == "type" else rng.choice(STATUSES[kind] if key == "status" else SCALARS.get(key, ["2026-11-10"]))
    if kind == "follow-up":
        pairs["status"] = "open"
        pairs["due"] = str(DAY + timedelta(rng.randint(-9, 9)))
        if rng.random() < 0.5:
            pairs["recurrence"] = "FREQ=WEEKLY"
            del pairs["priority"]
    comment = (rng.choice([key for key in pairs if key not in ITEMS]), "as agreed")
    body = [text for i in range(rng.randint(2, 5)) for text in (f"Line {number}.{i} of the note.", "")]
    return ModelNote(pairs, tuple(body[:-1]), comment, rng.choice(["\n", "\n", "\n", "\r\n"]))


def edit_randomly(rng: random.Random, before: ModelNote, device: str, properties_only: bool = False) -> ModelNote:
    """The note after one to three random edits by one device."""
    pairs = {key: list(value) if isinstance(value, list) else value for key, value in before.pairs.items()}
    body = list(before.body)
    for step in range(rng.randint(1, 3)):
        kinds = ["set", "set", "remove", "item added"] if properties_only else EDITS
        if pairs.get("type") == "follow-up" and pairs.get("status") == "open" and "due" in pairs:
            kinds = [*kinds, "completed", "completed", "moved"]
        kind = rng.choice(kinds)
        own = f"by {device}, {step}, {rng.randint(0, 99)}"
        scalars = [key for key, value in pairs.items() if isinstance(value, str) and key in (*SCALARS, "status", "scheduled")]
        lists = [key for key, value in pairs.items() if key in ITEMS and isinstance(value, list)]
        if kind == "set" and scalars:
            key = rng.choice(scalars)
            values = STATUSES[str(pairs["type"])] if key == "status" else SCALARS.get(key, SCALARS["due"])
            pairs[key] = rng.choice([value for value in values if value != pairs[key]])
        elif kind == "remove" and scalars:
            del pairs[rng.choice(scalars)]
        elif kind == "add":
            key = rng.choice(ADDED_KEYS)
            pairs[key] = rng.choice(SCALARS[key])
        elif kind in ("item added", "item removed") and lists:
            key = rng.choice(lists)
            items = list(pairs[key])
            if kind == "item removed" and items:
                items.remove(rng.choice(items))
            elif more := [item for item in ITEMS[key] if item not in items]:
                items.append(rng.choice(more))
            pairs[key] = items
        elif kind == "line added":
            body.insert(rng.randint(0, len(body)), f"A line {own}.")
        elif kind == "line changed":
            at = rng.choice([i for i, line in enumerate(body) if line])
            body[at] = f"Another line {own}."
        elif kind == "moved":
            pairs["due"] = str(date.fromisoformat(str(pairs["due"])) + timedelta(rng.randint(1, 5)))
        elif kind == "completed":
            _complete(rng, pairs)
    return before._replace(pairs=pairs, body=tuple(body))


def _complete(rng: random.Random, pairs: dict[str, PropertyValue]) -> None:
    today = DAY + timedelta(rng.choice([0, 0, 1, 8]))  # a device that was offline completes it on another day
    if "recurrence" not in pairs:
        pairs |= {"status": "done", "completedDate": str(today)}
        return
    due = following = date.fromisoformat(str(pairs["due"]))
    while following <= max(due, today):
        following += timedelta(7)
    days = pairs.get("complete_instances", [])
    assert isinstance(days, list)
    pairs |= {"complete_instances": [*days, str(due)], "due": str(following)}
    if "scheduled" in pairs:
        pairs["scheduled"] = str(date.fromisoformat(str(pairs["scheduled"])) + (following - due))


def expected(base: ModelNote, ours: ModelNote, theirs: ModelNote) -> tuple[dict[str, PropertyValue], set[str]]:
    """The properties of the merged note, with lists in any order, and the keys that are conflicts."""
    expected_values: dict[str, PropertyValue] = {}
    conflicts: set[str] = set()
    days = [set(side.pairs.get("complete_instances", ())) for side in (base, ours, theirs)]
    completed = [bool(days[1] - days[0]), bool(days[2] - days[0])]
    for key in {**ours.pairs, **theirs.pairs}:
        was, our, their = (side.pairs.get(key) for side in (base, ours, theirs))
        value: PropertyValue | None = our
        if our == was:
            value = their
        elif their not in (was, our):
            if our is None or their is None:
                conflicts.add(key)
                value = our or their
            elif isinstance(our, list) and isinstance(their, list):
                before = was or []
                value = [item for item in {**dict.fromkeys(our), **dict.fromkeys(their)}
                         if (item in our and item in their) or item not in before]  # fmt: skip
            elif key in ("due", "scheduled") and any(completed):
                winner = _winner(base, ours, theirs, completed)
                loser = theirs if winner is ours else ours
                if winner is None or (key == "scheduled" and not _went_along(base, loser)):
                    conflicts.add(key)
                else:
                    value = winner.pairs[key]
            elif key == "completedDate" and was is None and ours.pairs.get("status") == theirs.pairs.get("status"):
                value = min(str(our), str(their))
            else:
                conflicts.add(key)
        if value is not None:
            expected_values[key] = value
    return expected_values, conflicts


def _winner(base: ModelNote, ours: ModelNote, theirs: ModelNote, completed: list[bool]) -> ModelNote | None:
    """The side whose dates of a recurring follow-up count: the one that completed it, or if both did, the one with the later date."""
    if completed != [True, True]:
        return ours if completed[0] else theirs
    ends = [side.pairs.get("due", side.pairs.get("scheduled")) for side in (ours, theirs)]
    if None in ends or ends[0] == ends[1]:
        return None
    return ours if str(ends[0]) > str(ends[1]) else theirs


def _went_along(base: ModelNote, side: ModelNote) -> bool:
    """Whether `scheduled` is still as many days before `due` as it was."""
    pairs = [(each.pairs.get("due"), each.pairs.get("scheduled")) for each in (base, side)]
    if pairs[0][0] is None and pairs[1][0] is None:
        return True
    if any(day is None for pair in pairs for day in pair):
        return False
    before, after = (date.fromisoformat(str(due)) - date.fromisoformat(str(hidden)) for due, hidden in pairs)
    return before == after


def merge_faults(base: ModelNote, ours: ModelNote, theirs: ModelNote, data: bytes) -> list[str]:
    """What is wrong with a merge that was reported as clean."""
    expected_values, conflicts = expected(base, ours, theirs)
    found = [f"both changed {key}" for key in conflicts]
    read = read_properties(data)
    if read is None:
        return ["it cannot be read"]
    for key in {**expected_values, **read}:
        want = _read(expected_values[key]) if key in expected_values else None
        if isinstance(want, list) and isinstance(read.get(key), list):
            same = sorted(want) == sorted(read[key])
        else:
            same = (want or None) == (read.get(key) or None)
        if not same:
            found.append(f"{key} is {read.get(key)!r}, not {want!r}")
    lines = Counter(line for line in body_lines(data) if line)
    if lines != _lines(base, ours, theirs):
        found.append(f"lines {lines - _lines(base, ours, theirs)} too many, {_lines(base, ours, theirs) - lines} lost")
    key, comment = base.comment
    if all(side.pairs.get(key) is not None for side in (ours, theirs)) and f"# {comment}".encode() not in data:
        found.append("the comment is lost")
    if (b"\r\n" in data) != (base.newline == "\r\n") or (base.newline == "\r\n" and data.count(b"\n") != data.count(b"\r\n")):
        found.append("line endings")
    return found


def _lines(base: ModelNote, ours: ModelNote, theirs: ModelNote) -> Counter[str]:
    sides = [set(filter(None, side.body)) for side in (base, ours, theirs)]
    return Counter((sides[1] & sides[2]) | ((sides[1] | sides[2]) - sides[0]))


def read_properties(data: bytes) -> dict[str, PropertyValue] | None:
    """The properties as text, read by PyYAML; None if it can't read them, or if a key occurs twice."""
    parts = data.decode().replace("\r\n", "\n").split("---\n", 2)
    if len(parts) != 3 or parts[0]:
        return None
    try:
        root = yaml.compose(parts[1], yaml.SafeLoader)
        keys = [key.value for key, _ in root.value] if root else []
        found = yaml.load(parts[1], yaml.BaseLoader) or {}
    except yaml.YAMLError:
        return None
    return found if len(keys) == len(set(keys)) else None


def body_lines(data: bytes) -> list[str]:
    return data.decode().replace("\r\n", "\n").split("---\n", 2)[2].splitlines()


def _read(value: PropertyValue) -> PropertyValue:
    found: PropertyValue = (
        yaml.load(value, yaml.BaseLoader) if isinstance(value, str) else [yaml.load(item, yaml.BaseLoader) for item in value]
    )
    return found
