"""Every link of a page and where it stands, to the character: in the body and in the properties."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from vaultcrm.markdown.masking import mask
from vaultcrm.markdown.page import Page
from vaultcrm.markdown.properties import key_lines, key_name, root_node
from vaultcrm.markdown.values import Value, as_list
from vaultcrm.markdown.yaml_nodes import Node

MAX_LINKS = 20_000  # of a note in the catalogue; what has more was made by no hand
_WIKILINK = re.compile(r"(?<!\\)!?\[\[([^\[\]|#\r\n]*)(?:#[^\[\]|\r\n]*)?(?:\|[^\[\]\r\n]*)?\]\]")
# a place in round brackets: in angle brackets, or without blanks and with its own brackets in pairs
_BARE = r"(?:[^\s()<>\\]|\\.|\((?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.)*\))*\))(?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.|\((?:[^\s()\\]|\\.)*\))*\))*"
_TITLE = r"""(?:[ \t]+(?:"[^"\r\n]*"|'[^'\r\n]*'|\([^()\r\n]*\)))?"""
_PLACE = re.compile(rf"\]\([ \t]*(?:<([^<>\r\n]*)>|({_BARE})){_TITLE}[ \t]*\)")
_REFERENCE = re.compile(rf"^[ >]*\[(?!\^)[^\[\]\r\n]+\]:[ \t]+(?:<([^<>\r\n]*)>|({_BARE})){_TITLE}[ \t]*\r?$", re.MULTILINE)
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#|\?|$")
_FILLED_IN = re.compile(r"\{\{|<%")  # what a template is to put there
_QUOTES = re.compile(r"['\"\\]")  # what a text in quotes may spell in another way
_BRACKETS = re.compile(r"\\.|[\[\]]|\n[ \t\r]*\n")
_LONG = 1000  # characters that a link shows at most


class LinkSpan(NamedTuple):
    """One link. All places count characters of the file's text, from and to.

    `target` is the path or title that it leads to, decoded and without heading. `at` and `to` are
    where the target stands; `at` is -1 where the YAML spells it in a way that cannot be spliced.
    `style` says how it is written there: "<" in angle brackets, "(" bare, "[" a wikilink; in a
    property the quotes of the text. `leaf` and `inner` say the same of the property's decoded texts.
    """

    kind: str  # "wiki" or "path"
    target: str
    line: int
    key: str | None  # of the property that it stands in
    start: int
    end: int
    target_start: int
    target_end: int
    style: str
    scalar_index: int = -1
    scalar_span: tuple[int, int] = (0, 0)


class LinkRecord(NamedTuple):
    """A link as the catalogue knows it: the line, the property that holds it, and the target."""

    line: int
    kind: str
    key: str | None
    target: str


class ScalarSpan(NamedTuple):
    """A text of the properties, or (without a node) a mark of where a list or a map begins and ends."""

    text: str
    style: str
    key: str | None = None
    node: Node | None = None


def find_links(page: Page) -> list[LinkSpan]:
    """All links of a page, in order. Raises Unreadable when the properties cannot be read."""
    lead = len((page.before + page.block + page.after[: page.body_start]).decode("utf-8"))
    return [*_links_in_properties(page), *links_in_text(page.body, page.body_line, lead)]


def link_records(page: Page, values: dict[str, Value]) -> tuple[LinkRecord, ...]:
    """The same for the catalogue, without reading the YAML a second time; `values` are the page's properties.

    Where there are more than MAX_LINKS of them, the last is of kind "more", and stands for the rest.
    """
    found = []
    if b"[[" in page.block:
        lines: dict[str, list[int]] = {}
        for number, line in enumerate(page.text.split("\n"), 2):
            for link in _WIKILINK.finditer(line) if "[[" in line else ():
                target, _ = _wiki_target(link)
                for spelled in {unquote(target, quotes) for quotes in ("", "'", '"')} if _QUOTES.search(target) else (target,):
                    lines.setdefault(spelled, []).append(number)
        keys: dict[str, int] = {}  # composed when it is first asked for, and once
        for key, value in values.items():
            for link in (link for text in as_list(value) if "[[" in text for link in _WIKILINK.finditer(text)):
                target = _wiki_target(link)[0]
                if target and not _FILLED_IN.search(target):
                    there = lines.get(target)  # none when it is escaped, or folded over two lines
                    keys = keys if there or keys else key_lines(page)
                    found.append(LinkRecord(there.pop(0) if there else keys.get(key, 1), "wiki", key, target))
    found += [LinkRecord(link.line, link.kind, None, link.target) for link in links_in_text(page.body, page.body_line, limit=MAX_LINKS)]
    if len(found) >= MAX_LINKS:
        return (*found[:MAX_LINKS], LinkRecord(found[MAX_LINKS - 1].line, "more", None, ""))
    return tuple(found)


# ---------------------------------------------------------------------------------- in the body


def links_in_text(body: str, line: int = 1, lead: int = 0, limit: int | None = None) -> list[LinkSpan]:
    """The links of a body, or so many, that begins on a line, `lead` characters behind the beginning of its file."""
    if "[[" not in body and "](" not in body and "]:" not in body:
        return []
    text = mask(body, inline=True)
    breaks = [found.start() for found in re.finditer("\n", body)]
    found = []
    for kind, style, start, end, at, to in sorted(islice(_spans(text), limit), key=lambda span: span[4]):
        raw = body[at:to]
        target = raw if kind == "wiki" else decode_path(raw)
        if raw == text[at:to] and not _FILLED_IN.search(target):
            number = line + bisect_right(breaks, at)
            found.append(LinkSpan(kind, target, number, None, lead + start, lead + end, lead + at, lead + to, style))
    return found


def _spans(text: str) -> Iterator[tuple[str, str, int, int, int, int]]:
    """Kind, style, and the places of the link and of its target."""
    for link in _WIKILINK.finditer(text):
        target, at = _wiki_target(link)
        if target:
            yield "wiki", "[", link.start(), link.end(), at, at + len(target)
    if "](" in text:
        openings = _openings(text)
        for link in _PLACE.finditer(text):
            opening = openings.get(link.start(), -1)
            if opening >= 0:
                yield from _path(link, opening)
    if "]:" in text:
        for link in _REFERENCE.finditer(text):
            yield from _path(link, link.start())


def _path(link: "re.Match[str]", start: int) -> Iterator[tuple[str, str, int, int, int, int]]:
    group = 1 if link[1] is not None else 2
    path = link[group].partition("#")[0]
    if not _ELSEWHERE.match(link[group]):
        yield "path", "<" if group == 1 else "(", start, link.end(), link.start(group), link.start(group) + len(path)


def _wiki_target(link: "re.Match[str]") -> tuple[str, int]:
    """The target of a wikilink and where it begins; in a table `\\` stands before the bar."""
    raw = link[1]
    if link.string[link.end(1) : link.end(1) + 1] == "|":
        raw = raw.rstrip("\\")
    return raw.strip(), link.start(1) + len(raw) - len(raw.lstrip())


def _openings(text: str) -> dict[int, int]:
    """Where the square bracket opens that each "](" closes, or the mark of an image before it; brackets pair within a paragraph."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for bracket in _BRACKETS.finditer(text):
        char, at = bracket[0], bracket.start()
        if char == "[":
            waiting.append(at)
        elif char == "]":
            opening = waiting.pop() if waiting else -1
            if opening >= 0 and text[at + 1 : at + 2] == "(" and at - opening <= _LONG:
                found[at] = opening - (opening > 0 and text[opening - 1] == "!")
        elif char[0] == "\n":
            waiting.clear()
    return found


def decode_path(raw: str) -> str:
    """The path that the place of a link means: without percent signs for bytes, and backslashes before marks."""
    text = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", raw) if "\\" in raw else raw
    if "%" not in text:
        return text
    data = re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), text.encode("utf-8"))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return text


# ------------------------------------------------------------------------------ in the properties


def scalar_spans(page: Page) -> list[ScalarSpan]:
    """The texts that the properties hold, decoded, in order, between marks for lists and maps."""
    root = root_node(page)
    found: list[ScalarSpan] = []
    for key, value in root.pairs if root else ():
        name = key_name(key, page.text)
        found.append(ScalarSpan(name, ":"))
        found += _scalar_spans(value, page.text, name)
    return found


def _scalar_spans(node: Node, text: str, key: str) -> Iterator[ScalarSpan]:
    if node.kind == "list" and text[node.start : node.end].startswith("[["):
        yield ScalarSpan(text[node.start : node.end], "[", key, node)  # a wikilink without quotes; YAML takes it for two lists
    elif node.kind == "scalar":
        yield ScalarSpan(node.text, node.style, key, node)
    elif node.kind == "alias":
        yield ScalarSpan("*", "*")
    else:
        yield ScalarSpan("", "(")
        for child in node.items or [part for pair in node.pairs for part in pair]:
            yield from _scalar_spans(child, text, key)
        yield ScalarSpan("", ")")


def _links_in_properties(page: Page) -> Iterator[LinkSpan]:
    if b"[[" not in page.block:
        if page.kind in ("yaml", "unclosed"):
            root_node(page)  # says so when it cannot be read
        return
    text, lead = page.text, len(page.before.decode("utf-8"))
    for number, leaf in enumerate(scalar_spans(page)):
        node = leaf.node
        if node is None or "[[" not in leaf.text:
            continue
        raw = text[node.start : node.end]
        spelled = [(link, *_wiki_target(link)) for link in _WIKILINK.finditer(raw)]
        meant = [(link, *_wiki_target(link)) for link in _WIKILINK.finditer(leaf.text)]
        is_plain_to_see = [unquote(one[1], leaf.style) for one in spelled] == [one[1] for one in meant]
        for i, (_, target, at) in enumerate(meant):
            if not target or _FILLED_IN.search(target):
                continue
            start, end, begin, to = node.start, node.end, -1 - lead, -1 - lead
            if is_plain_to_see:
                there, written, begin = spelled[i]
                start, end = node.start + there.start(), node.start + there.end()
                begin, to = node.start + begin, node.start + begin + len(written)
            line = 2 + text.count("\n", 0, start)
            inner = (at, at + len(target))
            yield LinkSpan("wiki", target, line, leaf.key, lead + start, lead + end, lead + begin, lead + to, leaf.style, number, inner)


def unquote(raw: str, style: str) -> str:
    """What a part of a YAML text means, as far as a path needs it: quotes, and escaped quotes and backslashes."""
    if style == "'":
        return raw.replace("''", "'")
    if style == '"':
        return re.sub(r'\\(["\\/])', r"\1", raw)
    return raw
