"""Find every link of a page, in its body and its properties, with the exact characters of its target."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from vaultcrm.markdown.destinations import Destination, decode_path, find_destinations
from vaultcrm.markdown.masking import mask
from vaultcrm.markdown.page import Page
from vaultcrm.markdown.properties import key_lines, key_name, root_node
from vaultcrm.markdown.values import Value, as_list
from vaultcrm.markdown.wikilinks import WIKILINK
from vaultcrm.markdown.yaml_nodes import Node

MAX_LINKS = 20_000  # per note in the catalogue; nobody writes more by hand
_WIKILINK = re.compile(rf"(?<!\\){WIKILINK}")
_TEMPLATE = re.compile(r"\{\{|<%")  # a placeholder that a template fills in
_QUOTES = re.compile(r"['\"\\]")  # what a quoted YAML text may write in another way


class LinkSpan(NamedTuple):
    """One link. All positions count characters of the file's text.

    `target` is the path or title that it leads to, decoded and without heading; it is written from
    `target_start` to `target_end`, which are -1 where the YAML writes it in a way that can't be edited
    in place. `style` says how it is written: "<" in angle brackets, "(" bare, "[" a wikilink; in a
    property, the quotes of its text. There, `scalar_index` is the index among `scalar_spans`, and
    `scalar_span` the start and end of the target in that decoded text.
    """

    kind: str  # "wiki" or "path"
    target: str
    line: int
    key: str | None  # the property that contains it
    start: int
    end: int
    target_start: int
    target_end: int
    style: str
    scalar_index: int = -1
    scalar_span: tuple[int, int] = (0, 0)


class LinkRecord(NamedTuple):
    """A link as the catalogue stores it: its line, the property that contains it, and its target."""

    line: int
    kind: str  # "wiki", "path", or "more" for all links after MAX_LINKS
    key: str | None
    target: str


class ScalarSpan(NamedTuple):
    """One decoded text of the properties. Without a node it marks a key (":"), an alias ("*"), or the start or end of a list or map."""

    text: str
    style: str
    key: str | None = None
    node: Node | None = None


def find_links(page: Page) -> list[LinkSpan]:
    """All links of a page, in order. Raises Unreadable if the properties can't be read."""
    offset = len((page.before + page.block + page.after[: page.body_start]).decode("utf-8"))
    return [*_links_in_properties(page), *links_in_text(page.body, page.body_line, offset)]


def link_records(page: Page, values: dict[str, Value]) -> tuple[LinkRecord, ...]:
    """The links of a page for the catalogue. `values` are its properties, so that the YAML is not parsed a second time.

    A page with MAX_LINKS or more gets one more record, of kind "more", for the rest.
    """
    records = _property_records(page, values) if b"[[" in page.block else []
    records += [LinkRecord(link.line, link.kind, None, link.target) for link in links_in_text(page.body, page.body_line, limit=MAX_LINKS)]
    if len(records) >= MAX_LINKS:
        return (*records[:MAX_LINKS], LinkRecord(records[MAX_LINKS - 1].line, "more", None, ""))
    return tuple(records)


def _property_records(page: Page, values: dict[str, Value]) -> list[LinkRecord]:
    lines: dict[str, list[int]] = {}  # by target: the lines of the YAML on which it is written
    for number, line in enumerate(page.text.split("\n"), 2):
        for link in _WIKILINK.finditer(line) if "[[" in line else ():
            target, _ = _wiki_target(link)
            for decoded in {unquote(target, quotes) for quotes in ("", "'", '"')} if _QUOTES.search(target) else (target,):
                lines.setdefault(decoded, []).append(number)
    records = []
    lines_of_keys: dict[str, int] = {}  # filled when it is first needed, since that parses the YAML
    for key, value in values.items():
        for link in (link for text in as_list(value) if "[[" in text for link in _WIKILINK.finditer(text)):
            target = _wiki_target(link)[0]
            if target and not _TEMPLATE.search(target):
                remaining = lines.get(target)  # none if the target is escaped, or folded over two lines
                lines_of_keys = lines_of_keys if remaining or lines_of_keys else key_lines(page)
                records.append(LinkRecord(remaining.pop(0) if remaining else lines_of_keys.get(key, 1), "wiki", key, target))
    return records


# ---------------------------------------------------------------------------------- in the body


def links_in_text(body: str, first_line: int = 1, offset: int = 0, limit: int | None = None) -> list[LinkSpan]:
    """The links of a body, in order. With `limit`, only that many are taken, wikilinks before others.

    The body starts at line `first_line` of its file, after `offset` characters.
    """
    if "[[" not in body and "](" not in body and "]:" not in body:
        return []
    text = mask(body, inline=True)
    newlines = [newline.start() for newline in re.finditer("\n", body)]
    links = []
    for kind, span in sorted(islice(_body_spans(text, limit), limit), key=lambda found: found[1].target_start):
        start, end = span.target_start, span.target_end
        raw = body[start:end]
        target = raw if kind == "wiki" else decode_path(raw)
        if raw == text[start:end] and not _TEMPLATE.search(target):
            line = first_line + bisect_right(newlines, start)
            positions = (offset + span.start, offset + span.end, offset + start, offset + end)
            links.append(LinkSpan(kind, target, line, None, *positions, span.style))
    return links


def _body_spans(text: str, limit: int | None) -> Iterator[tuple[str, Destination]]:
    """The links of a masked body with their kinds: first the wikilinks, then the others."""
    for link in _WIKILINK.finditer(text):
        target, start = _wiki_target(link)
        if target:
            yield "wiki", Destination("[", link.start(), link.end(), start, start + len(target))
    for destination in find_destinations(text, limit):
        yield "path", destination


def _wiki_target(link: "re.Match[str]") -> tuple[str, int]:
    """The target of a wikilink and its start. In a table there is a `\\` before the bar, which is not part of it."""
    raw = link[1]
    if link.string[link.end(1) : link.end(1) + 1] == "|":
        raw = raw.rstrip("\\")
    return raw.strip(), link.start(1) + len(raw) - len(raw.lstrip())


# ------------------------------------------------------------------------------ in the properties


def scalar_spans(page: Page) -> list[ScalarSpan]:
    """The decoded texts of the properties, in order, with marks for keys, aliases, lists and maps. Raises Unreadable."""
    root = root_node(page)
    spans: list[ScalarSpan] = []
    for key, value in root.pairs if root else ():
        name = key_name(key, page.text)
        spans.append(ScalarSpan(name, ":"))
        spans += _scalar_spans(value, page.text, name)
    return spans


def _scalar_spans(node: Node, text: str, key: str) -> Iterator[ScalarSpan]:
    if node.kind == "list" and text[node.start : node.end].startswith("[["):
        yield ScalarSpan(text[node.start : node.end], "[", key, node)  # a wikilink without quotes, two lists for YAML
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
            root_node(page)  # raises if it can't be read
        return
    offset = len(page.before.decode("utf-8"))
    for index, scalar in enumerate(scalar_spans(page)):
        if scalar.node is not None and "[[" in scalar.text:
            yield from _links_in_scalar(scalar, scalar.node, index, page.text, offset)


def _links_in_scalar(scalar: ScalarSpan, node: Node, index: int, text: str, offset: int) -> Iterator[LinkSpan]:
    """The links in one text of the properties. Their positions are known if the YAML writes each one as it is."""
    written = [(link, *_wiki_target(link)) for link in _WIKILINK.finditer(text[node.start : node.end])]
    decoded = [(link, *_wiki_target(link)) for link in _WIKILINK.finditer(scalar.text)]
    is_editable = [unquote(raw, scalar.style) for _, raw, _ in written] == [target for _, target, _ in decoded]
    for i, (_, target, inner_start) in enumerate(decoded):
        if not target or _TEMPLATE.search(target):
            continue
        start, end, target_start, target_end = node.start, node.end, -1 - offset, -1 - offset
        if is_editable:
            link, raw, raw_start = written[i]
            start, end = node.start + link.start(), node.start + link.end()
            target_start, target_end = node.start + raw_start, node.start + raw_start + len(raw)
        line = 2 + text.count("\n", 0, start)
        positions = (offset + start, offset + end, offset + target_start, offset + target_end)
        yield LinkSpan("wiki", target, line, scalar.key, *positions, scalar.style, index, (inner_start, inner_start + len(target)))


def unquote(raw: str, style: str) -> str:
    """A part of a YAML scalar decoded as far as a path needs it: escaped quotes and backslashes."""
    if style == "'":
        return raw.replace("''", "'")
    if style == '"':
        return re.sub(r'\\(["\\/])', r"\1", raw)
    return raw
