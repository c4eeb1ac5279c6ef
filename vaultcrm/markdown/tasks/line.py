"""A checkbox line as a task, in the grammar of the Obsidian plug-in Tasks.

The plug-in (8.3) reads its signs from the end of the line only, in any order, until something is
left that is none: the words before them are the description. Both of its forms are read,
`📅 2026-11-09` and `[due:: 2026-11-09]`. Its regular expressions are JavaScript's, whose white space
is not Python's, so every class is spelled out here.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import NamedTuple

from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.markdown.masking import is_in_spans, masked_spans

# White space of JavaScript: it knows U+FEFF, and not U+001C to U+001F and U+0085, as Python's \s does.
_BLANKS = "\t\n\v\f\r \u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"
_NOT_IN_TAG = r" !@#$%^&*(),.?\":{}|<>"
_TAG = rf"(?:^|(?<=[{_BLANKS}]))#[^{_NOT_IN_TAG}]+"
_MAX_ROUNDS = 21
_MAX_TAIL = 4000  # characters at the end of a line in which signs are looked for
MAX_TASKS = 10_000  # of one note; a stranger's note must not keep a command busy

# Each sign, its name in Dataview's form, and what its value looks like; in the order in which the plug-in asks
# for them. The quantifiers do not give back what they took, so that no line takes long.
_DAY, _ID = "([0-9]{4}-[0-9]{2}-[0-9]{2})", "[a-zA-Z0-9_-]++"
_FIELD_PATTERNS = {
    "priority": ("(🔺|⏫|🔼|🔽|⏬)", "priority", "(highest|high|medium|low|lowest)"),
    "done": ("✅", "completion", _DAY),
    "cancelled": ("❌", "cancelled", _DAY),
    "due": ("[📅📆🗓]", "due", _DAY),
    "scheduled": ("[⏳⌛]", "scheduled", _DAY),
    "start": ("🛫", "start", _DAY),
    "created": ("➕", "created", _DAY),
    "recurrence": ("🔁", "repeat", "([a-zA-Z0-9, !]++)"),
    "on_completion": ("🏁", "onCompletion", "([a-zA-Z]++)"),
    "tag": (_TAG, "", ""),
    "id": ("🆔", "id", f"({_ID})"),
    "depends": ("⛔", "dependsOn", f"({_ID}(?: *+, *+{_ID})*+)"),
}
FIELD_KINDS = tuple(kind for kind in _FIELD_PATTERNS if kind != "tag")
_PRIORITIES = {"🔺": "highest", "⏫": "high", "🔼": "medium", "🔽": "low", "⏬": "lowest"}


@cache
def _patterns(is_dataview: bool) -> dict[str, re.Pattern[str]]:
    """What each sign looks like at the end of a line; compiled for the first line with a box."""
    found = {}
    for kind, (emoji, name, value) in _FIELD_PATTERNS.items():
        if kind == "tag":
            text = emoji
        elif is_dataview:
            text = rf"(?:\[ *+{name}:: *+{value} *\]|\( *+{name}:: *+{value} *\))(?: *,)?"
        else:  # a variation selector may stand behind each emoji, once
            text = f"{emoji}\ufe0f?" + ("" if kind == "priority" else f" *+{value}")
        found[kind] = re.compile(text + "$")
    return found


@cache
def _line_pattern() -> re.Pattern[str]:
    return re.compile(rf"([{_BLANKS}>]*)([-*+]|[0-9]+[.)]) +\[([^\n\r\u2028\u2029])\] *([^\n\r\u2028\u2029]*)")


class TaskField(NamedTuple):
    """One sign in a line: its kind, its value as text, and the characters that it and its value take."""

    kind: str
    value: str
    start: int
    end: int
    value_start: int
    value_end: int


class Task(NamedTuple):
    """A checkbox line taken apart. Of signs that stand there twice the plug-in believes the leftmost."""

    line: str  # without its line break
    symbol: str
    symbol_index: int
    description: str  # tags that stood among the signs are at its end
    fields: tuple[TaskField, ...]  # from right to left
    is_dataview: bool
    end: int  # where the signs end, and the block id or the blanks at the end begin
    block_id: str

    def field(self, kind: str) -> TaskField | None:
        return next((sign for sign in reversed(self.fields) if sign.kind == kind), None)

    def value(self, kind: str) -> str | None:
        found = self.field(kind)
        return found.value if found else None

    def day(self, kind: str) -> date | None:
        """A day of the task; None also for one that does not exist, like 2026-02-30."""
        return parse_iso_day(self.value(kind))

    @property
    def depends(self) -> tuple[str, ...]:
        """The ids of the tasks that must be done before this one."""
        return tuple(part.strip(" ") for part in (self.value("depends") or "").split(",") if part.strip(" "))


def parse_task(line: str) -> Task | None:
    """A line without its line break as a task; None when it has no box."""
    found = _line_pattern().match(line)
    if found is None:
        return None
    start = found.start(4)
    end = start + len(found[4].rstrip(_BLANKS))
    block = re.search(r" \^[a-zA-Z0-9-]++$", line[start:end])
    if block:
        end = start + len(line[start : start + block.start()].rstrip(_BLANKS))
    read = _parse_fields(line, start, end, False)
    is_dataview = not read.fields and "::" in line and bool((other := _parse_fields(line, start, end, True)).fields)
    signs, tags, rest = other if is_dataview else read
    description = " ".join(filter(None, (line[start:rest].strip(_BLANKS), *reversed(tags))))
    return Task(line, found[3], found.start(3), description, tuple(signs), is_dataview, end, block[0] if block else "")


class _ParsedFields(NamedTuple):
    fields: list[TaskField]  # from right to left, as the tags
    tags: list[str]
    rest: int  # where the description ends


def _parse_fields(line: str, start: int, end: int, is_dataview: bool) -> _ParsedFields:
    """The signs at the end of line[start:end], and the tags between them."""
    read = _ParsedFields([], [], end)
    start = max(start, end - _MAX_TAIL)
    text = line[start:end]
    if text.isascii() and "#" not in text and not is_dataview:  # as most lines: no sign, and no tag among them
        return read._replace(rest=start + len(text.rstrip(_BLANKS)))
    for _ in range(_MAX_ROUNDS):
        before = len(text)
        for kind, pattern in _patterns(is_dataview).items():
            found = pattern.search(text)
            if found is None:
                continue
            if kind == "tag":
                read.tags.append(found[0])
            else:
                group = found.lastindex or 0
                value = _PRIORITIES.get(found[group], found[group]).strip(" ")
                read.fields.append(TaskField(kind, value, *(start + at for at in (*found.span(), *found.span(group)))))
            text = text[: found.start()].rstrip(_BLANKS)
        if len(text) == before:
            break
    return read._replace(rest=start + len(text))


def ignored_date(task: Task) -> str | None:
    """A date with its sign that stands in the description, where the plug-in does not see it: words, or a full stop, follow it."""
    if task.description.isascii():
        return None
    text = re.sub("`[^`]*`", "", task.description)
    found = re.search("[📅📆🗓⏳⌛🛫]\ufe0f? *[0-9]{4}-[0-9]{2}-[0-9]{2}", text)
    return found[0] if found else None


def find_tasks(body: str, first_line: int, global_filter: str = "") -> Iterator[tuple[int, Task]]:
    """The tasks of a body, each with its line, where `first_line` is the number of the body's first one.

    What Obsidian takes for code or a comment holds no tasks; lists, quotes and callouts do. No more
    than one behind MAX_TASKS are given.
    """
    if not re.search(r"\[[^\n]\]", body):
        return
    spans = masked_spans(body)
    at = found = 0
    for number, line in enumerate(body.split("\n"), first_line):
        task = parse_task(line) if "[" in line else None
        # "- [1](address)" and "- [x]: address" are links to Obsidian, whatever the grammar of a line says
        is_link = task is not None and line[task.symbol_index + 2 : task.symbol_index + 3] in ("(", "[", ":")
        if (
            task is not None
            and not is_link
            and global_filter in line[task.symbol_index + 2 :]
            and not is_in_spans(spans, at + task.symbol_index)
        ):
            yield number, task
            found += 1
            if found > MAX_TASKS:
                return
        at += len(line) + 1


def without_tag(text: str, tag: str) -> str:
    """A text without a tag, wherever it stands; a tag below it (`#tag/more`) stays."""
    if tag.lower() not in text.lower():
        return text
    found = re.compile(rf"(?:^|(?<=[{_BLANKS}])){re.escape(tag)}(?=[{_BLANKS}{_NOT_IN_TAG[1:]}]|$) *", re.IGNORECASE)
    return found.sub("", text).strip(_BLANKS)


def has_tag(text: str, tag: str) -> bool:
    return without_tag(text, tag) != text
