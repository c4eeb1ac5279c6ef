"""A stranger's text as Markdown that shows the same words and in which nothing is live, for vaultcrm and for Obsidian.

Live are tasks, callouts, wikilinks, tags, properties, headings, code (a block may run a query), HTML, math, footnotes,
block IDs, comments, the fields of Dataview and the commands of Templater. Some of those programs ignore Markdown's
backslashes, so a mark of two characters is always taken apart: `%\\%`, `:\\:`. Links to the web, mail addresses and
telephone numbers stay links; quotes, lists and emphasis stay what they are.
"""

import hashlib
import re

MAX_CHARACTERS = 1_000_000  # of a text; a note has at most 8 MiB

# Each pattern begins with a character or a class, so that the search skips quickly to the next place that matters.
_LINE_BREAK = re.compile("[\r\v\f\x1c-\x1e\x85\u2028\u2029](?:(?<=\r)\n)?")
_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f"
# Format characters that show nothing, fillers that are letters or marks by category, and what is no character at all
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufdd0-\ufdef"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_UNSEEN = re.compile(f"[{_CONTROL}{_INVISIBLE}]")
# A joiner holds two emoji or letters together, and a variation selector chooses the form of the character before it.
_JOINED = rf"[^\x00-\x9f\s{_INVISIBLE}]"
_NEEDED = re.compile(
    rf"(?:(?<={_JOINED})|(?<={_JOINED}\ufe0f))[\u200c\u200d](?={_JOINED})"
    rf"|(?<=[^\s{_CONTROL}{_INVISIBLE}])[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_BLANK_LINES = re.compile("\n{3,}+")

# What would begin a block: a heading, a line or an underline, a fence; at the start of the text, front matter of any program
_CONTAINERS = r"(?:[ \t>]|(?:[-*+]|\d{1,9}[.)])[ \t])*+"
_BLOCK = re.compile(rf"\n{_CONTAINERS}(?=#{{1,6}}(?:[ \t\n]|$)|([-=_*+])(?:[ \t]*+\1)*+[ \t]*+(?:\n|$)|~~~)")
_FRONT_MATTER = ("---", "+++", ";;;", "{")

_PUNCTUATION = r"[!-/:-@\[-`{-~]"
# A character of an address in which nothing else is hidden: none of the marks below, no tag
_URL_CHARACTER = r"(?!::|%%|\(#)[^\s<>\[\]()\\`|\"$^\x00-\x20]"
_URL = rf"(?i:https?://|mailto:|tel:)(?:{_URL_CHARACTER})++"
# Not [x](…) nor [!decision](…): those look like the box of a task and the head of a callout
_SHOWN = rf"(?![!^])(?:[^\[\]\\\n]|\\{_PUNCTUATION}|\\(?!{_PUNCTUATION})){{2,1000}}+"
_MARK = re.compile(
    r"[\[<\\%:/`^$#&](?:"
    rf"(?<=\[)({_SHOWN})\]\(({_URL})\)"
    r"|(?:(?<=<)|(?<=\\)<)(?P<angle>)(?=[A-Za-z/!?%$])(?!AUTOLINK)"  # HTML, Templater
    rf"|(?P<same>(?<=<)AUTOLINK|(?i:(?<=\bhttp:)|(?<=\bhttps:))//(?:{_URL_CHARACTER})++|(?<=\\){_PUNCTUATION})"
    r"|(?<=<)(?=<)|(?<=%%)|(?<=::)|(?<=:/)(?=/)|(?<=`)|(?<=\[)|(?<=\^)(?<!\S\^)(?=[A-Za-z0-9-])|(?<=\S\$)|(?<=#)(?<![\w&]#)(?=\S)"
    r"|(?<=&)(?=#?\w{1,40};)(?!lt;))".replace("AUTOLINK", rf"(?:{_URL}|[\w.+-]{{1,64}}+@[\w.-]{{1,255}}+)>")
)


def inert(text: str) -> str:
    """The text with its words in order and nothing live in it, without white space around it, and with \\n for line breaks.

    It may be Markdown or plain. Takes linear time; a text longer than MAX_CHARACTERS is cut and ends with an ellipsis.
    For all others, doing it twice changes nothing more.
    """
    clean = _BLANK_LINES.sub("\n\n", "\n".join(map(str.rstrip, visible(text).split("\n")))).strip("\n")
    if len(clean) > MAX_CHARACTERS:
        clean = clean[:MAX_CHARACTERS].rstrip() + " …"
    marked = _BLOCK.sub(r"\g<0>\\", f"\n{clean}")[1:]
    return _MARK.sub(_defuse, f"\\{marked}" if marked.startswith(_FRONT_MATTER) else marked)


def inert_line(text: str, limit: int = 300) -> str:
    """The text as a property's value: one line of at most `limit` characters, without a wikilink or a command of Templater."""
    line = " ".join(visible(text[: 8 * limit]).split())
    line = re.sub(r"\[(?=\[)|<(?=%)", r"\g<0> ", line)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def inert_id(text: str) -> str:
    """An ID as a property's value: the text itself if nothing in it is live, else its digest."""
    return text if inert_line(text) == text else hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def visible(text: str) -> str:
    """The text without control, direction and invisible characters, with plain spaces and \\n for every line break."""
    text = _LINE_BREAK.sub("\n", text)
    if not text.isascii():
        text = _SURROGATE.sub("\ufffd", _SPACE.sub(" ", text))
    return _UNSEEN.sub(_without_unseen, text)


def _without_unseen(char: re.Match[str]) -> str:
    return char[0] if _NEEDED.match(char.string, char.start()) else ""


def _defuse(mark: re.Match[str]) -> str:
    if mark[1]:
        return f"[{_MARK.sub(_defuse, mark[1])}]({mark[2]})"
    if mark["angle"] is not None:
        return "&lt;"
    return mark[0] if mark["same"] is not None else "\\" + mark[0]
