"""Parse a checkbox line as a task, in the grammar of the Obsidian Tasks plugin.

The plugin (8.3) reads fields from the end of the line only, in any order, until it meets text that is
not a field: everything before is the description. Both of its formats are read, `📅 2026-11-09` and
`[due:: 2026-11-09]`. Its regular expressions are JavaScript's, whose white space differs from
Python's, so every character class is spelled out here.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import NamedTuple

from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.markdown.masking import is_in_spans, masked_spans

# White space in JavaScript: unlike Python's \s it includes U+FEFF, but not U+001C to U+001F and U+0085.
_WHITE_SPACE = "\t\n\v\f\r \u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"
_NOT_IN_TAG = r" !@#$%^&*(),.?\":{}|<>"
_TAG = rf"(?:^|(?<=[{_WHITE_SPACE}]))#[^{_NOT_IN_TAG}]+"
_MAX_ROUNDS = 21
_MAX_TAIL = 4000  # characters at the end of a line that are searched for fields
MAX_TASKS = 10_000  # per note, so that a stranger's note can't keep a command busy

# For each field its emoji, its name in the Dataview format, and the pattern of its value, in the order in
# which the plugin tries them. The quantifiers are possessive, so that no line takes long.
_DATE, _ID = "([0-9]{4}-[0-9]{2}-[0-9]{2})", "[a-zA-Z0-9_-]++"
FIELD_PATTERNS = {
    "priority": ("(🔺|⏫|🔼|🔽|⏬)", "priority", "(highest|high|medium|low|lowest)"),
    "done": ("✅", "completion", _DATE),
    "cancelled": ("❌", "cancelled", _DATE),
    "due": ("[📅📆🗓]", "due", _DATE),
    "scheduled": ("[⏳⌛]", "scheduled", _DATE),
    "start": ("🛫", "start", _DATE),
    "created": ("➕", "created", _DATE),
    "recurrence": ("🔁", "repeat", "([a-zA-Z0-9, !]++)"),
    "on_completion": ("🏁", "onCompletion", "([a-zA-Z]++)"),
    "tag": (_TAG, "", ""),
    "id": ("🆔", "id", f"({_ID})"),
    "depends": ("⛔", "dependsOn", f"({_ID}(?: *+, *+{_ID})*+)"),
}
FIELD_KINDS = tuple(kind for kind in FIELD_PATTERNS if kind != "tag")
WAITING_TAG = "#waiting"  # the client owes it
PRIORITIES = {"🔺": "highest", "⏫": "high", "🔼": "medium", "🔽": "low", "⏬": "lowest"}


@cache
def _patterns(is_dataview: bool) -> dict[str, re.Pattern[str]]:
    """The pattern of each field at the end of a line; compiled for the first line with a box."""
    patterns = {}
    for kind, (emoji, name, value) in FIELD_PATTERNS.items():
        if kind == "tag":
            text = emoji
        elif is_dataview:
            text = rf"(?:\[ *+{name}:: *+{value} *\]|\( *+{name}:: *+{value} *\))(?: *,)?"
        else:  # a variation selector may follow each emoji, once
            text = f"{emoji}\ufe0f?" + ("" if kind == "priority" else f" *+{value}")
        patterns[kind] = re.compile(text + "$")
    return patterns


@cache
def _line_pattern() -> re.Pattern[str]:
    return re.compile(rf"([{_WHITE_SPACE}>]*)([-*+]|[0-9]+[.)]) +\[([^\n\r\u2028\u2029])\] *([^\n\r\u2028\u2029]*)")


class TaskField(NamedTuple):
    """One field of a line: its kind, its value as text, and the positions of the field and of its value in the line."""

    kind: str
    value: str
    start: int
    end: int
    value_start: int
    value_end: int


class Task(NamedTuple):
    """A parsed checkbox line. If a field is given twice, the leftmost one counts, as in the plugin."""

    line: str  # without its line break
    symbol: str
    symbol_index: int
    description: str  # tags from among the fields are at its end
    fields: tuple[TaskField, ...]  # from right to left
    is_dataview: bool
    end: int  # end of the fields; after it, only white space and the block id
    block_id: str

    def field(self, kind: str) -> TaskField | None:
        return next((field for field in reversed(self.fields) if field.kind == kind), None)

    def value(self, kind: str) -> str | None:
        field = self.field(kind)
        return field.value if field else None

    def day(self, kind: str) -> date | None:
        """The date of a field; None also for a date that doesn't exist, like 2026-02-30."""
        return parse_iso_day(self.value(kind))

    @property
    def depends(self) -> tuple[str, ...]:
        """The ids of the tasks that must be done before this one."""
        return tuple(part.strip(" ") for part in (self.value("depends") or "").split(",") if part.strip(" "))


def parse_task(line: str) -> Task | None:
    """A line, without its line break, as a task; None if it has no box."""
    match = _line_pattern().match(line)
    if match is None:
        return None
    start = match.start(4)
    end = start + len(match[4].rstrip(_WHITE_SPACE))
    block = re.search(r" \^[a-zA-Z0-9-]++$", line[start:end])
    if block:
        end = start + len(line[start : start + block.start()].rstrip(_WHITE_SPACE))
    emoji = _parse_fields(line, start, end, False)
    is_dataview = not emoji.fields and "::" in line and bool((dataview := _parse_fields(line, start, end, True)).fields)
    fields, tags, description_end = dataview if is_dataview else emoji
    description = " ".join(filter(None, (line[start:description_end].strip(_WHITE_SPACE), *reversed(tags))))
    return Task(line, match[3], match.start(3), description, tuple(fields), is_dataview, end, block[0] if block else "")


class _ParsedFields(NamedTuple):
    fields: list[TaskField]  # from right to left, like the tags
    tags: list[str]
    description_end: int


def _parse_fields(line: str, start: int, end: int, is_dataview: bool) -> _ParsedFields:
    """The fields at the end of line[start:end], and the tags among them.

    The plugin tries every kind at the end of the line, in the order of the table, for a number of rounds.
    A field holds no other field's first character, so only the last of these can begin the last field.
    """
    parsed = _ParsedFields([], [], end)
    start = max(start, end - _MAX_TAIL)
    text = line[start:end]
    if text.isascii() and "#" not in text and not is_dataview:  # most lines: neither an emoji nor a tag
        return parsed._replace(description_end=start + len(text.rstrip(_WHITE_SPACE)))
    first_characters = [match.start() for match in _first_character(is_dataview).finditer(text)]
    patterns, last = _patterns(is_dataview), len(text)
    found = _last_fields(text, last, first_characters, patterns)
    for _ in range(_MAX_ROUNDS):
        if not found:
            break
        for kind in patterns:
            if (match := found.get(kind)) is None:
                continue
            if kind == "tag":
                parsed.tags.append(match[0])
            else:
                group = match.lastindex or 0
                value = PRIORITIES.get(match[group], match[group]).strip(" ")
                parsed.fields.append(TaskField(kind, value, *(start + index for index in (*match.span(), *match.span(group)))))
            last = len(text[: match.start()].rstrip(_WHITE_SPACE))
            found = _last_fields(text, last, first_characters, patterns)
    return parsed._replace(description_end=start + last)


@cache
def _first_character(is_dataview: bool) -> re.Pattern[str]:
    """The characters with which a field or a tag begins."""
    return re.compile(r"[\[(#]" if is_dataview else "[🔺⏫🔼🔽⏬✅❌📅📆🗓⏳⌛🛫➕🔁🏁🆔⛔#]")


def _last_fields(text: str, end: int, first_characters: list[int], patterns: dict[str, re.Pattern[str]]) -> dict[str, re.Match[str]]:
    """The fields and the tag that end at `end`: at most two, since a tag may contain an emoji.

    Those of `first_characters`, the positions in order, that aren't before `end` are removed.
    """
    while first_characters and first_characters[-1] >= end:
        first_characters.pop()
    found: dict[str, re.Match[str]] = {}
    candidates = first_characters[-1:]
    if candidates and text[candidates[0]] != "#":  # perhaps inside of a tag
        candidates += next(([position] for position in reversed(first_characters[-_MAX_ROUNDS:]) if text[position] == "#"), [])
    for position in candidates:
        for kind, pattern in patterns.items():
            if (kind == "tag") == (text[position] == "#") and (match := pattern.match(text, position, end)):
                found[kind] = match
                break
    return found


def find_tasks(body: str, first_line: int, global_filter: str = "") -> Iterator[tuple[int, Task]]:
    """The tasks of a body that starts at line `first_line`, each with its line; at most MAX_TASKS + 1.

    Like Obsidian, it finds tasks in lists, quotes and callouts, and none in code and comments.
    """
    if not re.search(r"\[[^\n]\]", body):
        return
    spans = masked_spans(body)
    position = count = 0
    for number, line in enumerate(body.split("\n"), first_line):
        task = parse_task(line) if "[" in line else None
        # Obsidian takes "- [1](address)" and "- [x]: address" for links, although the plugin's grammar matches
        is_link = task is not None and line[task.symbol_index + 2 : task.symbol_index + 3] in ("(", "[", ":")
        if (
            task is not None
            and not is_link
            and global_filter in line[task.symbol_index + 2 :]
            and not is_in_spans(spans, position + task.symbol_index)
        ):
            yield number, task
            count += 1
            if count > MAX_TASKS:
                return
        position += len(line) + 1


def without_tag(text: str, tag: str) -> str:
    """The text without a tag, wherever it is; a nested tag (`#tag/more`) stays."""
    if tag.lower() not in text.lower():
        return text
    pattern = rf"(?:^|(?<=[{_WHITE_SPACE}])){re.escape(tag)}(?=[{_WHITE_SPACE}{_NOT_IN_TAG[1:]}]|$) *"
    return re.sub(pattern, "", text, flags=re.IGNORECASE).strip(_WHITE_SPACE)


def has_tag(text: str, tag: str) -> bool:
    return without_tag(text, tag) != text
