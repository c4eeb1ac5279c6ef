"""Notes, random edits of them, and what ought to come of two edits of one note.

The rules are written here once more, and know nothing of the program.
"""

import random
from collections import Counter
from datetime import date, timedelta
from typing import NamedTuple

import yaml

Held = str | list[str]
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
KINDS = ["set", "remove", "add", "item added", "item removed", "line added", "line changed"]
MORE = ["timezone", "language", "website", "budget"]


class Sheet(NamedTuple):
    """A note as its parts; values as YAML on one line. `remark` is a comment behind the key that it names."""

    pairs: dict[str, Held]
    body: tuple[str, ...]
    remark: tuple[str, str]
    newline: str

    def write(self) -> bytes:
        lines = ["---"]
        for key, value in self.pairs.items():
            behind = f"  # {self.remark[1]}" if key == self.remark[0] else ""
            if isinstance(value, list) and value:
                lines += [f"{key}:{behind}", *(f"  - {item}" for item in value)]
            else:
                lines.append(f"{key}: {value}{behind}")
        return "".join(line + self.newline for line in (*lines, "---", "", *self.body)).encode()


def sheet(chance: random.Random, kind: str, number: int) -> Sheet:
    """A note of eight properties and some lines."""
    pairs: dict[str, Held] = {}
    for key in KEYS[kind]:
        if key in ITEMS:
            pairs[key] = chance.sample(ITEMS[key], chance.randint(1, 2))
        else:
            pairs[key] = kind if key == "type" else chance.choice(STATUSES[kind] if key == "status" else SCALARS.get(key, ["2026-11-10"]))
    if kind == "follow-up":
        pairs["status"] = "open"
        pairs["due"] = str(DAY + timedelta(chance.randint(-9, 9)))
        if chance.random() < 0.5:
            pairs["recurrence"] = "FREQ=WEEKLY"
            del pairs["priority"]
    remark = (chance.choice([key for key in pairs if key not in ITEMS]), "as agreed")
    body = [text for i in range(chance.randint(2, 5)) for text in (f"Line {number}.{i} of the note.", "")]
    return Sheet(pairs, tuple(body[:-1]), remark, chance.choice(["\n", "\n", "\n", "\r\n"]))


def edited(chance: random.Random, before: Sheet, hand: str, is_hard: bool = False) -> Sheet:
    """The note after one to three edits by one device; `is_hard`: of properties only."""
    pairs = {key: list(value) if isinstance(value, list) else value for key, value in before.pairs.items()}
    body = list(before.body)
    for step in range(chance.randint(1, 3)):
        kinds = ["set", "set", "remove", "item added"] if is_hard else KINDS
        if pairs.get("type") == "follow-up" and pairs.get("status") == "open" and "due" in pairs:
            kinds = [*kinds, "completed", "completed", "moved"]
        kind = chance.choice(kinds)
        own = f"by {hand}, {step}, {chance.randint(0, 99)}"
        scalars = [key for key, value in pairs.items() if isinstance(value, str) and key in (*SCALARS, "status", "scheduled")]
        lists = [key for key, value in pairs.items() if key in ITEMS and isinstance(value, list)]
        if kind == "set" and scalars:
            key = chance.choice(scalars)
            values = STATUSES[str(pairs["type"])] if key == "status" else SCALARS.get(key, SCALARS["due"])
            pairs[key] = chance.choice([value for value in values if value != pairs[key]])
        elif kind == "remove" and scalars:
            del pairs[chance.choice(scalars)]
        elif kind == "add":
            key = chance.choice(MORE)
            pairs[key] = chance.choice(SCALARS[key])
        elif kind in ("item added", "item removed") and lists:
            key = chance.choice(lists)
            items = list(pairs[key])
            if kind == "item removed" and items:
                items.remove(chance.choice(items))
            elif more := [item for item in ITEMS[key] if item not in items]:
                items.append(chance.choice(more))
            pairs[key] = items
        elif kind == "line added":
            body.insert(chance.randint(0, len(body)), f"A line {own}.")
        elif kind == "line changed":
            at = chance.choice([i for i, line in enumerate(body) if line])
            body[at] = f"Another line {own}."
        elif kind == "moved":
            pairs["due"] = str(date.fromisoformat(str(pairs["due"])) + timedelta(chance.randint(1, 5)))
        elif kind == "completed":
            _complete(chance, pairs)
    return before._replace(pairs=pairs, body=tuple(body))


def _complete(chance: random.Random, pairs: dict[str, Held]) -> None:
    today = DAY + timedelta(chance.choice([0, 0, 1, 8]))  # a device that is away completes on another day
    if "recurrence" not in pairs:
        pairs |= {"status": "done", "completedDate": str(today)}
        return
    due = following = date.fromisoformat(str(pairs["due"]))
    while following <= max(due, today):
        following += timedelta(7)
    kept = pairs.get("complete_instances", [])
    assert isinstance(kept, list)
    pairs |= {"complete_instances": [*kept, str(due)], "due": str(following)}
    if "scheduled" in pairs:
        pairs["scheduled"] = str(date.fromisoformat(str(pairs["scheduled"])) + (following - due))


def expected(base: Sheet, ours: Sheet, theirs: Sheet) -> tuple[dict[str, Held], set[str]]:
    """The properties of the merged note (lists in any order), and the keys on which nobody can decide."""
    wanted: dict[str, Held] = {}
    clash: set[str] = set()
    days = [set(side.pairs.get("complete_instances", ())) for side in (base, ours, theirs)]
    completed = [bool(days[1] - days[0]), bool(days[2] - days[0])]
    for key in {**ours.pairs, **theirs.pairs}:
        was, our, their = (side.pairs.get(key) for side in (base, ours, theirs))
        value: Held | None = our
        if our == was:
            value = their
        elif their not in (was, our):
            if our is None or their is None:
                clash.add(key)
                value = our or their
            elif isinstance(our, list) and isinstance(their, list):
                before = was or []
                value = [item for item in {**dict.fromkeys(our), **dict.fromkeys(their)}
                         if (item in our and item in their) or item not in before]  # fmt: skip
            elif key in ("due", "scheduled") and any(completed):
                winner = _winner(base, ours, theirs, completed)
                loser = theirs if winner is ours else ours
                if winner is None or (key == "scheduled" and not _went_along(base, loser)):
                    clash.add(key)
                else:
                    value = winner.pairs[key]
            elif key == "completedDate" and was is None and ours.pairs.get("status") == theirs.pairs.get("status"):
                value = min(str(our), str(their))
            else:
                clash.add(key)
        if value is not None:
            wanted[key] = value
    return wanted, clash


def _winner(base: Sheet, ours: Sheet, theirs: Sheet, completed: list[bool]) -> Sheet | None:
    """Whose days of a recurring follow-up count: of two that completed it the one that went further, else the one that did."""
    if completed != [True, True]:
        return ours if completed[0] else theirs
    ends = [side.pairs.get("due", side.pairs.get("scheduled")) for side in (ours, theirs)]
    if None in ends or ends[0] == ends[1]:
        return None
    return ours if str(ends[0]) > str(ends[1]) else theirs


def _went_along(base: Sheet, side: Sheet) -> bool:
    """Whether it is hidden as long before it is due as it was."""
    pairs = [(each.pairs.get("due"), each.pairs.get("scheduled")) for each in (base, side)]
    if pairs[0][0] is None and pairs[1][0] is None:
        return True
    if any(day is None for pair in pairs for day in pair):
        return False
    before, after = (date.fromisoformat(str(due)) - date.fromisoformat(str(hidden)) for due, hidden in pairs)
    return before == after


def faults(base: Sheet, ours: Sheet, theirs: Sheet, data: bytes) -> list[str]:
    """What is wrong with a note that was merged without a conflict."""
    wanted, clash = expected(base, ours, theirs)
    found = [f"both changed {key}" for key in clash]
    read = properties(data)
    if read is None:
        return ["it cannot be read"]
    for key in {**wanted, **read}:
        want = _read(wanted[key]) if key in wanted else None
        if isinstance(want, list) and isinstance(read.get(key), list):
            same = sorted(want) == sorted(read[key])
        else:
            same = (want or None) == (read.get(key) or None)
        if not same:
            found.append(f"{key} is {read.get(key)!r}, not {want!r}")
    lines = Counter(line for line in body_of(data) if line)
    if lines != _lines(base, ours, theirs):
        found.append(f"lines {lines - _lines(base, ours, theirs)} too many, {_lines(base, ours, theirs) - lines} lost")
    key, remark = base.remark
    if all(side.pairs.get(key) is not None for side in (ours, theirs)) and f"# {remark}".encode() not in data:
        found.append("the comment is lost")
    if (b"\r\n" in data) != (base.newline == "\r\n") or (base.newline == "\r\n" and data.count(b"\n") != data.count(b"\r\n")):
        found.append("line endings")
    return found


def _lines(base: Sheet, ours: Sheet, theirs: Sheet) -> Counter[str]:
    sides = [set(filter(None, side.body)) for side in (base, ours, theirs)]
    return Counter((sides[1] & sides[2]) | ((sides[1] | sides[2]) - sides[0]))


def properties(data: bytes) -> dict[str, Held] | None:
    """The properties as another reader sees them, as texts; None where it cannot, or where a key stands twice."""
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


def body_of(data: bytes) -> list[str]:
    return data.decode().replace("\r\n", "\n").split("---\n", 2)[2].splitlines()


def _read(value: Held) -> Held:
    found: Held = yaml.load(value, yaml.BaseLoader) if isinstance(value, str) else [yaml.load(item, yaml.BaseLoader) for item in value]
    return found
