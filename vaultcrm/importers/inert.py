"""A stranger's text as Markdown that shows the same words and in which nothing is live, for vaultcrm and for Obsidian.

Live are tasks, callouts, wikilinks, tags, properties, headings, code (a block may run a query), HTML, math, footnotes,
block IDs, comments, the fields of Dataview and the commands of Templater. Some of those programs ignore Markdown's
backslashes, so a mark of two characters is always taken apart: `%\\%`, `:\\:`. Links to the web, mail addresses and
telephone numbers stay links; quotes, lists and emphasis stay what they are.
"""

import re

MAX_CHARACTERS = 1_000_000  # of a text; a note has at most 8 MiB

_LINE_BREAK = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_SPACE = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = "\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f"
# Format characters that show nothing, fillers that are letters or marks by category, and what is no character at all
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufdd0-\ufdef"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
# A joiner holds two emoji or letters together, and a variation selector chooses the form of the character before it.
_JOINED = rf"[^\x00-\x9f\s{_INVISIBLE}]"
_JOINER = rf"(?:(?<={_JOINED})|(?<={_JOINED}\ufe0f))[\u200c\u200d](?={_JOINED})"
_SELECTOR = rf"(?<=[^\s{_CONTROL}{_INVISIBLE}])[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
_UNSEEN = re.compile(f"({_JOINER}|{_SELECTOR})|[{_CONTROL}{_INVISIBLE}]")
_TRAILING_SPACE = re.compile(r"(?<![ \t])[ \t]++$", re.MULTILINE)
_BLANK_LINES = re.compile("\n{3,}+")

# What would begin a block: front matter of any program at the start of the text; a heading, a line or an underline, a fence
_CONTAINERS = r"(?:[ \t>]|(?:[-*+]|\d{1,9}[.)])[ \t])*+"
_FIRST_CHARACTER = re.compile(r"\A(?=---|\+\+\+|;;;|\{)")
_BLOCK = re.compile(rf"^({_CONTAINERS})(?=#{{1,6}}(?:[ \t]|$)|([-=_*+])(?:[ \t]*+\2)*+[ \t]*+$|~~~)", re.MULTILINE)

_PUNCTUATION = r"[!-/:-@\[-`{-~]"
# An address that nothing else is hidden in: neither of the marks below, nor a tag
_URL_CHARACTER = r"(?!::|%%|\(#)[^\s<>\[\]()\\`|\"$^\x00-\x20]"
_URL = rf"(?:https?://|mailto:|tel:)(?:{_URL_CHARACTER})++"
# Not [x](…) nor [!decision](…): those look like the box of a task and the head of a callout
_LINK = rf"\[((?![!^])(?:[^\[\]\\\n]|\\{_PUNCTUATION}|\\(?!{_PUNCTUATION})){{2,1000}}+)\]\(({_URL})\)"
_MARK = re.compile(
    rf"{_LINK}"
    rf"|(<(?:https?://(?:{_URL_CHARACTER})++|[\w.+-]{{1,64}}+@[\w.-]{{1,255}}+)>|\bhttps?://(?:{_URL_CHARACTER})++)"  # as it is
    r"|(\\?<(?=[A-Za-z/!?%$]))"  # HTML, an address in angle brackets, Templater
    rf"|(\\{_PUNCTUATION})"  # escaped already
    r"|(<(?=<)|(?<=%)%|(?<=:):|(?<=:)/(?=/)|`|\[|(?<!\S)\^(?=[A-Za-z0-9-])|(?<=\S)\$|(?<![\w&])#(?=\S)|&(?=#?\w{1,40};)(?!lt;))",
    re.IGNORECASE,
)


def inert(text: str) -> str:
    """The text with its words in order and nothing live in it, without white space around it, and with \\n for line breaks.

    It may be Markdown or plain. Takes linear time; a text longer than MAX_CHARACTERS is cut and ends with an ellipsis.
    For all others, doing it twice changes nothing more.
    """
    clean = _BLANK_LINES.sub("\n\n", _TRAILING_SPACE.sub("", visible(text))).strip("\n")
    if len(clean) > MAX_CHARACTERS:
        clean = clean[:MAX_CHARACTERS].rstrip() + " …"
    return _MARK.sub(_defuse, _FIRST_CHARACTER.sub(r"\\", _BLOCK.sub(r"\1\\", clean)))


def inert_line(text: str, limit: int = 300) -> str:
    """The text as a property's value: one line of at most `limit` characters, without a wikilink or a command of Templater."""
    line = " ".join(visible(text[: 8 * limit]).split())
    line = re.sub(r"\[(?=\[)|<(?=%)", r"\g<0> ", line)
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def visible(text: str) -> str:
    """The text without control, direction and invisible characters, with plain spaces and \\n for every line break."""
    text = _LINE_BREAK.sub("\n", text)
    if not text.isascii():
        text = _SURROGATE.sub("\ufffd", _SPACE.sub(" ", text))
    return _UNSEEN.sub(lambda match: match[1] or "", text)


def _defuse(mark: re.Match[str]) -> str:
    shown, address, as_it_is, angle, escaped, _ = mark.groups()
    if shown:
        return f"[{_MARK.sub(_defuse, shown)}]({address})"
    if angle:
        return "&lt;"
    return as_it_is or escaped or "\\" + mark[0]
