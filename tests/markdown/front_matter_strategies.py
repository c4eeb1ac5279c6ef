"""Hypothesis strategies: front matter as people and programs write it, and nasty values to put into it."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from hypothesis import strategies as st

from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.yaml_nodes import Writable

KEYS = ["status", "due", "tags", "two words", "Zoë", "'quoted'", '"also"', "yes", "2026", "content", "a-b", "😀", "key#", "n/a"]
PLAIN = [
    "lead", "two words", "yes", "No", "12:30", "007", "1.10", "0x1F", "1_000", "1e5", "~", "null", "-1", ".5", "50 %", "!", "a]",
    "a, b", "x#y", "2026-01-05", "2026-1-5", "2026-01-05T10:00:00", "2026-02-30", "a:b", "it's", 'say "hi"', "a - b", "--- x", "C:\\x",
    "Zoë 😀", "https://x.y/?a=b&c#d",
]  # fmt: skip
FLOW = ["a", "12:30", "007", "'b, c'", '"d]"', "~", "Zoë 😀", "[[Acme]]", "'it''s'"]
WORDS = st.text("ab é😀'\"#:,[]{}-&*!|>%@`\\?", min_size=1, max_size=12)
LINE = st.sampled_from(["text", "a: b", "# no comment", "- x", "--- x", "é 😀", "'", '"', "  more", "x   ", "..."])


@dataclass(frozen=True, slots=True)
class Entry:
    """One property: the lines above it, its own lines, and a comment after them."""

    above: str
    key: str
    value: str  # everything after the colon
    comment: str
    is_list: bool = False

    @property
    def name(self) -> str:
        return self.key.strip("'\"")

    @property
    def text(self) -> str:
        return f"{self.key}:{self.value}"


@st.composite
def block_texts(draw: st.DrawFn) -> str:
    indent = " " * draw(st.sampled_from([2, 4]))
    lines = [draw(LINE).lstrip(), *draw(st.lists(st.one_of(LINE, st.just("")), max_size=3))]
    while not lines[-1].strip():
        lines.pop()
    header = draw(st.sampled_from(["|", "|-", ">", ">-", "|+", ">+"])) + draw(st.sampled_from(["", "", "  # header"]))
    return f" {header}\n" + "\n".join(indent + line if line else "" for line in lines)


@st.composite
def block_lists(draw: st.DrawFn) -> str:
    indent = " " * draw(st.sampled_from([0, 2, 2, 4]))
    quote = draw(st.sampled_from(["", "", "'", '"']))
    items = draw(st.lists(st.sampled_from(["a", "b c", "007", "[[Acme]]" if quote else "x]", "😀"]), min_size=1, max_size=3))
    header = draw(st.sampled_from(["", "", "", "", "  # header"]))
    return header + "".join(f"\n{indent}- {quote}{item}{quote}" for item in items)


OTHERS = ["", " ", " word\n  and a second line", ' "word\n  and a second line"', " {x: 1, y: [2]}", "\n  x: 1\n  y: 2"]
VALUES: st.SearchStrategy[tuple[str, bool]] = st.one_of(
    st.sampled_from(PLAIN).map(lambda text: (f" {text}", False)),
    st.sampled_from(OTHERS).map(lambda text: (text, False)),
    WORDS.map(lambda text: (" '" + text.replace("'", "''") + "'", False)),
    WORDS.map(lambda text: (" " + json.dumps(text, ensure_ascii=False), False)),
    block_texts().map(lambda text: (text, False)),
    st.lists(st.sampled_from(FLOW), max_size=3).map(lambda items: (" [" + ", ".join(items) + "]", True)),
    st.lists(st.sampled_from(FLOW), min_size=1, max_size=3).map(lambda items: (" [\n  " + ",\n  ".join(items) + "\n  ]", True)),
    block_lists().map(lambda text: (text, True)),
)


@st.composite
def front_matters(draw: st.DrawFn) -> tuple[list[Entry], str, str]:
    """Properties, the line ending, and the text after the last property."""
    entries: list[Entry] = []
    anchors: list[str] = []
    for key in draw(st.lists(st.sampled_from(KEYS), unique=True, max_size=6)):
        value, is_list = draw(VALUES)
        kind = draw(st.integers(0, 11))
        if kind == 0 and value.startswith(" ") and value.strip() and value.strip()[0] not in "|>":
            anchors.append(f"x{len(anchors)}")
            value = f" &{anchors[-1]}{value}"
        elif kind == 1 and anchors:
            value, is_list = f" *{draw(st.sampled_from(anchors))}", False
        has_comment = "\n" not in value.rstrip() and draw(st.booleans()) and not value.endswith("# header")
        above = draw(st.sampled_from(["", "", "", "# above\n", "\n", "# über 😀\n\n", "  # indented\n"]))
        if entries and "\n" in entries[-1].value:
            above = above.lstrip(" ")  # an indented comment would be a line of the text before
        entries.append(Entry(above, key, value, "  # why: 😀" if has_comment else "", is_list))
    return entries, draw(st.sampled_from(["\n", "\n", "\r\n"])), draw(st.sampled_from(["", "", "# the end\n", "\n"]))


def assembled(entries: list[Entry], newline: str, tail: str) -> tuple[Page, dict[str, tuple[int, int]]]:
    """The page, and for each property its own characters: from its key to the end of its value."""
    text, own = "", {}
    for entry in entries:
        text += entry.above.replace("\n", newline)
        start = len(text)
        text += entry.text.replace("\n", newline)
        own[entry.name] = (start, len(text))
        text += entry.comment + newline
    text += tail.replace("\n", newline)
    fence = f"---{newline}".encode()
    return split_page(fence + text.encode() + fence + b"body\n--- \n\x00"), own


# Values to put into it.

NASTY = [
    "", " ", "won", "yes", "NO", "null", "~", "12:30", "007", "1.10", "0x1F", "1_000", "2026-11-09", "a: b", "a #b", "a:", "#", "- a",
    "---", "...", "a\n---\nb", "\n", "\ttab", " blank ", 'say "hi"', '"', "'", "it's", "[[Acme Studio]]", "[a", "{{title}}", "*x0",
    "&x0 a", "%", "@", "`", "|", ">", "? a", "!!python/object:os.system x", "<<", "😀", "a\u2028b", "a\u00a0b", "a\x85b", "a\x00b",
    "a\x1bb", "a\ufeffb", "\u202egnp", "\\", "\\n", "a" * 300, "line one\r\nline two",
]  # fmt: skip
TEXTS = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
WRITABLE: st.SearchStrategy[Writable] = st.one_of(
    TEXTS,
    TEXTS,
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)),
    st.dates(date(1900, 1, 1), date(2200, 1, 1)),
    st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)).map(lambda at: at.replace(microsecond=0)),
    st.lists(TEXTS, max_size=3),
)
