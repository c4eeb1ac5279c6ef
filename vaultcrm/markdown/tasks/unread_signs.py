"""Signs on a checkbox line that are not read, and why: the Tasks plugin takes them for words of the description."""

import re
from collections.abc import Iterator
from functools import cache

from vaultcrm.markdown.tasks.line import FIELD_PATTERNS, Task

_MAX_SIGNS = 20  # per line
_DATE = re.compile(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_DATE_EMOJI = frozenset("📅📆🗓⏳⌛🛫➕✅❌")
_DATE_NAMES = frozenset(("due", "scheduled", "start", "created", "completion", "cancelled"))
# Some emoji are signs only with their value: alone, they may be a picture in a sentence.
_EMOJI = (
    "[📅📆🗓⏳⌛🛫🔺⏫🔼🔽⏬🔁]|[➕✅❌](?=[^0-9a-zA-Z]{0,3}[0-9])"
    r"|🏁(?=\W{0,3}(?i:keep|delete))|🆔(?=\W{0,3}\w)|⛔(?=\W{0,3}\w{0,20}[0-9])"
)
_WITH_NEXT_WORD = re.compile(r".[\ufe0e\ufe0f]*+\s*+\S*+")


@cache
def _sign() -> re.Pattern[str]:
    """An emoji, or a field in Dataview's form: in brackets or, for a date, without."""
    names = "|".join(name for _, name, _ in FIELD_PATTERNS.values() if name)
    field = rf"[\[(]\s*+(?P<name>(?i:{names}))\s*+::[^\])]*+[\])]?"
    return re.compile(rf"{_EMOJI}|{field}|(?<!\w)(?P<bare>(?i:{'|'.join(sorted(_DATE_NAMES))}))::\s*+\S*+")


@cache
def _well_formed() -> re.Pattern[str]:
    """A sign that would be read at the end of a line."""
    fields = [(kind, *rest) for kind, rest in FIELD_PATTERNS.items() if kind != "tag"]
    emoji = "|".join(f"{emoji}\ufe0f?" + ("" if kind == "priority" else f" *+{value}") for kind, emoji, _, value in fields)
    return re.compile(emoji + "|" + "|".join(rf"\[ *+{name}:: *+{value} *\]|\( *+{name}:: *+{value} *\)" for _, _, name, value in fields))


def unread_signs(task: Task) -> Iterator[str]:
    """A sentence for each sign in a task's description, outside of code: what is ignored, and how to write it."""
    if task.description.isascii() and "::" not in task.description:
        return
    text = re.sub("`[^`]*+`", "", task.description)
    for count, found in enumerate(_sign().finditer(text)):
        if count == _MAX_SIGNS:
            return
        name = found["name"] or found["bare"] or ""
        well_formed = _well_formed().match(text, found.start())
        with_next_word = _WITH_NEXT_WORD.match(text, found.start())
        shown = well_formed or (with_next_word if not name else None) or found
        # escaped, because what keeps a sign from being read may be invisible
        yield f"{shown[0]!r} is ignored: {_reason(task, found[0], name, shown[0], well_formed is not None)}."


def _reason(task: Task, emoji: str, name: str, shown: str, is_well_formed: bool) -> str:
    if is_well_formed:
        in_other_format = bool(task.fields) and task.is_dataview != bool(name)
        return "the signs after it are in another format" if in_other_format else "only tags and other signs may come after it"
    if emoji not in _DATE_EMOJI and name.lower() not in _DATE_NAMES:
        return "only tags and other signs may come after it, and its value must be one that the Tasks plugin knows"
    example = f"[{name.lower()}:: 2026-11-09]" if name else f"{emoji} 2026-11-09"
    return f"write it like {example}" + (", with a plain space before the date" if not name and _DATE.search(shown) else "")
