"""The YAML of a note's front matter: read within bounds, and written so that every parser agrees.

Obsidian reads YAML 1.2, PyYAML reads 1.1, and the two disagree about `yes`, `12:30` and `007`.
So a scalar is read as the text in the file, and the model gives it meaning. A value is written
without quotes only if both versions read it the same way.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import yaml
from yaml.reader import Reader

from vaultcrm.errors import Refused, Unreadable
from vaultcrm.markdown.values import Value


class Timestamp(str):
    """A date with a time of day, and perhaps a time zone, as text that is written like a date: without quotes of its own."""


# Values that can be written into a property.
Item = str | date
Writable = str | int | float | bool | date | None | list[str] | list[date] | list[Item]

# A note from a stranger must not hang or kill the process: an alias bomb of 480 bytes expands without
# end, and deep nesting overflows the stack of a recursive parser.
MAX_BYTES = 64 * 1024
MAX_DEPTH = 32
MAX_NODES = 20_000

# YAML 1.1, and so PyYAML, breaks lines at these characters. In YAML 1.2 they are characters like any other. The parser gets
# others in their place, which no text has.
_OLD_BREAKS = "[\x85\u2028\u2029]"
_STAND_INS = {0x85: 0xFFF85, 0x2028: 0xFFF28, 0x2029: 0xFFF29}
_STOOD_FOR = {stand_in: character for character, stand_in in _STAND_INS.items()}

YAML_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Node:
    """One YAML node: its position in the text, and its content.

    `start` and `end` count characters; `line` counts from 1. A block list or map ends where its last
    leaf ends, because the parser's own end mark includes the comments and blank lines after it.
    """

    kind: Literal["scalar", "list", "map", "alias"]
    start: int
    end: int
    line: int
    text: str = ""
    style: str = ""  # of a scalar: "", "'", '"', "|", ">"
    is_flow: bool = False
    items: tuple["Node", ...] = ()  # of an alias: the node that it points to
    pairs: tuple[tuple["Node", "Node"], ...] = ()
    size: int = 1  # number of nodes after aliases are expanded


# ------------------------------------------------------------------------------------- reading


def compose(text: str, loader_class: type[yaml.SafeLoader] | None = None) -> Node | None:
    """The root node of a single YAML document, or None if it is empty.

    Raises Unreadable for text that is not YAML or exceeds the bounds; its line counts from 1 within `text`.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Unreadable(f"The properties are larger than {MAX_BYTES // 1024} KiB.")
    loader = None
    is_old_break = re.search(_OLD_BREAKS, text) is not None
    try:
        loader = (loader_class or YAML_LOADER)(text.translate(_STAND_INS) if is_old_break else text)
        return _Composer(loader, is_old_break).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = str(error.problem or error.context)
        advice = ' Put quotes around a value that contains ": ".' if problem.startswith("mapping values are not allowed") else ""
        raise Unreadable(f"Not valid YAML: {problem}.{advice}", mark.line + 1 if mark else 1) from error
    except yaml.YAMLError as error:  # from the reader: a character that YAML doesn't allow
        character = Reader.NON_PRINTABLE.search(text)
        line = 1 + text.count("\n", 0, character.start()) if character else 1
        raise Unreadable(f"Not valid YAML: {str(error).splitlines()[0].rstrip('.')}.", line) from error
    except (ValueError, OverflowError) as error:  # from the pure Python parser: an escape like \UFFFFFFFF
        raise Unreadable("Not valid YAML: an escape is not a character.") from error
    finally:
        if loader is not None:
            loader.dispose()


class _Composer:
    """Builds nodes from the parser's events. The parser itself does not recurse, however deep the text."""

    # Any: the stubs have neither the methods of the C loader nor the attributes of each event
    def __init__(self, loader: Any, has_stand_ins: bool) -> None:
        self.loader = loader
        self.has_stand_ins = has_stand_ins
        self.anchors: dict[str, Node] = {}
        self.total = 0

    def document(self) -> Node | None:
        next_event = self.loader.get_event
        next_event()  # stream start
        if isinstance(next_event(), yaml.StreamEndEvent):
            return None
        root = self._node(next_event(), 0)
        next_event()  # document end
        extra = next_event()
        if not isinstance(extra, yaml.StreamEndEvent):
            raise Unreadable("A second YAML document starts inside the properties.", extra.start_mark.line + 1)
        return root

    def _node(self, event: Any, depth: int) -> Node:
        start, line, kind = event.start_mark.index, event.start_mark.line + 1, type(event)
        if depth > MAX_DEPTH:
            raise Unreadable(f"The properties are nested deeper than {MAX_DEPTH} levels.", line)
        if kind == yaml.AliasEvent:
            target = self.anchors.get(event.anchor)
            if target is None:
                raise Unreadable(f"The alias *{event.anchor} has no anchor before it.", line)
            node = Node("alias", start, event.end_mark.index, line, items=(target,), size=target.size)
        elif kind == yaml.ScalarEvent:
            if not event.value.isascii() and re.search("[\ud800-\udfff]", event.value):
                raise Unreadable("Not valid YAML: half of a surrogate pair.", line)
            value = event.value.translate(_STOOD_FOR) if self.has_stand_ins else event.value
            node = Node("scalar", start, event.end_mark.index, line, value, event.style or "")
        elif kind == yaml.SequenceStartEvent:
            items = tuple(self._node(child, depth + 1) for child in self._events_until(yaml.SequenceEndEvent))
            node = Node("list", start, self._end(event, items), line, is_flow=bool(event.flow_style), items=items)
        else:
            leaves = [self._node(child, depth + 1) for child in self._events_until(yaml.MappingEndEvent)]
            pairs = tuple(zip(leaves[::2], leaves[1::2], strict=True))
            node = Node("map", start, self._end(event, leaves), line, is_flow=bool(event.flow_style), pairs=pairs)
        if node.kind in ("list", "map"):
            node.size = 1 + sum(child.size for child in node.items) + sum(k.size + v.size for k, v in node.pairs)
        self.total += node.size if node.kind == "alias" else 1
        if self.total > MAX_NODES:
            raise Unreadable(f"The properties expand to more than {MAX_NODES} values.", line)
        if node.kind != "alias" and event.anchor:
            self.anchors[event.anchor] = node  # only now, so that an alias inside its own anchor is an error
        return node

    def _events_until(self, end: Any) -> Iterator[Any]:
        while True:
            event = self.loader.get_event()
            if type(event) is end:
                break
            yield event
        self._last_end: int = event.end_mark.index

    def _end(self, event: Any, children: list[Node] | tuple[Node, ...]) -> int:
        if event.flow_style:
            return self._last_end
        return max((child.end for child in children), default=event.end_mark.index)


NULLS = frozenset(("", "~", "null", "Null", "NULL"))


def node_value(node: Node, text: str) -> Value:
    """The value of a node, as text; `text` is the YAML that the node was composed from.

    An unquoted wikilink, which YAML takes for a list in a list, is one text. So is a map.
    """
    while node.kind == "alias":
        node = node.items[0]
    if node.kind == "scalar":
        return None if not node.style and node.text in NULLS else node.text
    raw = text[node.start : node.end]
    if node.kind == "map":
        return raw.strip()
    return raw if raw.startswith("[[") else [_item(item, text) for item in node.items]


def _item(node: Node, text: str) -> str:
    value = node_value(node, text)
    return text[node.start : node.end] if isinstance(value, list) else value or ""


def _scalar_structure(node: Node) -> object:
    return node.text, bool(node.style)


def structure(node: Node, scalar: Callable[[Node], object] = _scalar_structure) -> object:
    """The meaning of a node, for comparison: equal for two nodes that differ only in layout and comments.

    `scalar` returns what counts of a scalar: its text, and whether it is quoted. An alias differs from a
    copy of its target, but includes it; `compose` has limited the size of that.
    """
    if node.kind == "scalar":
        return scalar(node)
    if node.kind == "alias":
        return "*", structure(node.items[0], scalar)
    items = tuple(structure(item, scalar) for item in node.items)
    return node.kind, items, tuple((structure(key, scalar), structure(value, scalar)) for key, value in node.pairs)


# ------------------------------------------------------------------------------------- writing


_INVISIBLE = re.compile("[\x00-\x1f\x7f-\xa0\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
# Plain in YAML 1.1 and 1.2, in block style: it starts with a letter, and contains neither ": " nor " #".
_PLAIN = re.compile(r"[^\W\d_](?:[^:#]|:(?=[^\s:,\[\]{}])|(?<=\S)#)*")
_NOT_IN_FLOW = frozenset(",[]{}?:#")  # in a flow list "?" ends a plain text for PyYAML, but not in YAML 1.2
_AMBIGUOUS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf"))


def to_yaml(value: Writable, style: str = "", flow: bool = False) -> str:
    """A value as YAML on one line. Text keeps the quotes `style` where possible.

    Raises Refused for text that YAML can't hold (half of a surrogate pair), and for infinity and NaN.
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _format_number(value)
        case datetime():
            return _with_quotes(value.isoformat(timespec="seconds"), style)
        case date():
            return _with_quotes(value.isoformat(), style)
        case Timestamp():
            return _with_quotes(value, style)
        case str():
            return _format_text(value, style, flow)
        case list():
            return "[" + ", ".join(to_yaml(item, style, True) for item in value) + "]"


def property_lines(key: str, value: Writable) -> list[str]:
    """A property as lines of YAML; a list has one item per line, as Obsidian writes it."""
    if isinstance(value, list) and value:
        return [f"{to_yaml(key)}:", *(f"  - {to_yaml(item)}" for item in value)]
    return [f"{to_yaml(key)}: {to_yaml(value)}"]


def value_as_read(value: Writable) -> Value:
    """The value that reading returns after `value` was written."""
    match value:
        case None | str():
            return value
        case list():
            return [item if isinstance(item, str) else item.isoformat() for item in value]
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case _:
            return _format_number(value)


def _format_number(value: int | float) -> str:
    if isinstance(value, int):
        return str(value)
    if value != value or abs(value) == float("inf"):
        raise Refused("A property can't hold a number that is not finite.")
    # YAML 1.1 reads an exponent only after a decimal point and with a sign: 1.0e+20
    whole, e, exponent = repr(value).partition("e")
    return whole + ("" if "." in whole else ".0") + (f"e{exponent if exponent[0] in '+-' else '+' + exponent}" if e else "")


def _with_quotes(text: str, style: str) -> str:
    return f"{style}{text}{style}" if style in ("'", '"') else text


def _format_text(text: str, style: str, flow: bool) -> str:
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise Refused("The text contains half of a surrogate pair, which no file can hold.")
    if not style and is_plain_scalar(text, flow):
        return text
    if style == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    # a JSON string is a YAML string in both versions, except for the characters that YAML calls
    # unprintable or reads as line breaks
    return _INVISIBLE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))


def is_plain_scalar(text: str, flow: bool = False) -> bool:
    """Whether both versions of YAML read the text without quotes as exactly this text."""
    return (
        _PLAIN.fullmatch(text) is not None
        and not _INVISIBLE.search(text)
        and text == text.strip()
        and text.lower() not in _AMBIGUOUS
        and not (flow and _NOT_IN_FLOW.intersection(text))
    )
