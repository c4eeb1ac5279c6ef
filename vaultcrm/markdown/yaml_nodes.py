"""The YAML between the dashes: read within bounds, and written so that every parser agrees.

Obsidian reads YAML 1.2, PyYAML reads 1.1, and the two disagree about `yes`, `12:30` and `007`.
So a scalar is read as the text that stands there, and the model gives it meaning; and a value is
written plain only where both versions read it alike.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import yaml
from yaml.reader import Reader

from vaultcrm.errors import Refused, Unreadable
from vaultcrm.markdown.values import Value

# What can be written into a property.
Item = str | date
Writable = str | int | float | bool | date | None | list[str] | list[date] | list[Item]

# A stranger's note must not hang or kill the process: an alias bomb of 480 bytes expands without
# end, and deep nesting overflows the stack of whoever walks it.
MAX_BYTES = 64 * 1024
MAX_DEPTH = 32
MAX_NODES = 20_000

YAML_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Node:
    """One YAML node: where it stands in the text, and what it holds.

    `start` and `end` count characters; the end of a block list or map is the end of its last
    leaf, since the parser's own end mark runs on over comments and blank lines.
    """

    kind: Literal["scalar", "list", "map", "alias"]
    start: int
    end: int
    line: int
    text: str = ""
    style: str = ""  # of a scalar: "", "'", '"', "|", ">"
    is_flow: bool = False
    items: tuple["Node", ...] = ()
    pairs: tuple[tuple["Node", "Node"], ...] = ()
    size: int = 1  # nodes, counted after aliases are expanded


def compose(text: str, engine: type[yaml.SafeLoader] | None = None) -> Node | None:
    """The root node of one YAML document, or None when it is empty.

    Raises Unreadable (line counted from 1 within `text`) for what is not YAML or exceeds the bounds.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Unreadable(f"The properties are larger than {MAX_BYTES // 1024} KiB.")
    loader = None
    try:
        loader = (engine or YAML_LOADER)(text)
        return _Composer(loader).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(f"Not valid YAML: {error.problem or error.context}.", mark.line + 1 if mark else 1) from error
    except yaml.YAMLError as error:  # the reader's: a character that YAML does not allow
        found = Reader.NON_PRINTABLE.search(text)
        line = 1 + text.count("\n", 0, found.start()) if found else 1
        raise Unreadable(f"Not valid YAML: {str(error).splitlines()[0].rstrip('.')}.", line) from error
    except (ValueError, OverflowError) as error:  # the pure parser's, for an escape that is no character
        raise Unreadable("Not valid YAML: an escape names no character.") from error
    finally:
        if loader is not None:
            loader.dispose()


class _Composer:
    """Builds nodes from parser events; the events themselves never recurse, however deep the text."""

    # Any: the stubs know neither the methods of the C loader nor which event has what
    def __init__(self, loader: Any) -> None:
        self.loader = loader
        self.anchors: dict[str, Node] = {}
        self.total = 0

    def document(self) -> Node | None:
        next_event = self.loader.get_event
        next_event()  # stream start
        if isinstance(next_event(), yaml.StreamEndEvent):
            return None
        root = self.node(next_event(), 0)
        next_event()  # document end
        extra = next_event()
        if not isinstance(extra, yaml.StreamEndEvent):
            raise Unreadable("A second YAML document begins inside the properties.", extra.start_mark.line + 1)
        return root

    def node(self, event: Any, depth: int) -> Node:
        start, line, kind = event.start_mark.index, event.start_mark.line + 1, type(event)
        if depth > MAX_DEPTH:
            raise Unreadable(f"The properties are nested deeper than {MAX_DEPTH} levels.", line)
        if kind == yaml.AliasEvent:
            target = self.anchors.get(event.anchor)
            if target is None:
                raise Unreadable(f"The alias *{event.anchor} points to nothing before it.", line)
            node = Node("alias", start, event.end_mark.index, line, items=(target,), size=target.size)
        elif kind == yaml.ScalarEvent:
            if not event.value.isascii() and re.search("[\ud800-\udfff]", event.value):
                raise Unreadable("Not valid YAML: half of a surrogate pair.", line)
            node = Node("scalar", start, event.end_mark.index, line, event.value, event.style or "")
        elif kind == yaml.SequenceStartEvent:
            items = tuple(self.node(child, depth + 1) for child in self.until(yaml.SequenceEndEvent))
            node = Node("list", start, self.end_of(event, items), line, is_flow=bool(event.flow_style), items=items)
        else:
            leaves = [self.node(child, depth + 1) for child in self.until(yaml.MappingEndEvent)]
            pairs = tuple(zip(leaves[::2], leaves[1::2], strict=True))
            node = Node("map", start, self.end_of(event, leaves), line, is_flow=bool(event.flow_style), pairs=pairs)
        if node.kind in ("list", "map"):
            node.size = 1 + sum(child.size for child in node.items) + sum(k.size + v.size for k, v in node.pairs)
        self.total += node.size if node.kind == "alias" else 1
        if self.total > MAX_NODES or node.size > MAX_NODES:
            raise Unreadable(f"The properties expand to more than {MAX_NODES} values.", line)
        if node.kind != "alias" and event.anchor:
            self.anchors[event.anchor] = node  # only now: an alias inside its own anchor is a circle
        return node

    def until(self, end: Any) -> Iterator[Any]:
        while True:
            event = self.loader.get_event()
            if type(event) is end:
                break
            yield event
        self._last_end: int = event.end_mark.index

    def end_of(self, event: Any, children: list[Node] | tuple[Node, ...]) -> int:
        if event.flow_style:
            return self._last_end
        return max((child.end for child in children), default=event.end_mark.index)


NULLS = frozenset(("", "~", "null", "Null", "NULL"))


def node_value(node: Node, text: str) -> Value:
    """What a node holds, as text; `text` is the YAML that the node was composed from."""
    while node.kind == "alias":
        node = node.items[0]
    if node.kind == "list" and not (slice_ := text[node.start : node.end]).startswith("[["):
        return [_item(item, text) for item in node.items]
    if node.kind == "scalar":
        return None if not node.style and node.text in NULLS else node.text
    return slice_ if node.kind == "list" else text[node.start : node.end].strip()


def _item(node: Node, text: str) -> str:
    value = node_value(node, text)
    return text[node.start : node.end] if isinstance(value, list) else value or ""


def structure(node: Node) -> object:
    """All that a node means, comparable; an alias means what it points to (which `compose` has bounded)."""
    if node.kind == "scalar":
        return node.text, bool(node.style)
    if node.kind == "alias":
        return "*", structure(node.items[0])
    return node.kind, tuple(map(structure, node.items)), tuple((structure(k), structure(v)) for k, v in node.pairs)


# Plain in YAML 1.1 and 1.2, in block style: it begins with a letter, and holds neither ": " nor " #".
_UNSEEN = re.compile("[\x00-\x1f\x7f-\xa0\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
_PLAIN = re.compile(r"[^\W\d_](?:[^:#]|:(?=[^\s:,\[\]{}])|(?<=\S)#)*")
_NOT_IN_FLOW = frozenset(",[]{}?:#")  # PyYAML ends a plain text in a flow list at "?", YAML 1.2 does not
_AMBIGUOUS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf"))


def to_yaml(value: Writable, style: str = "", flow: bool = False) -> str:
    """A value as YAML on one line. A text keeps the quotes `style` where it can.

    Raises Refused for a text that no YAML can hold (half of a surrogate pair) or a number that is none.
    """
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(value)
        case datetime():
            return _quoted(value.isoformat(timespec="seconds"), style)
        case date():
            return _quoted(value.isoformat(), style)
        case str():
            return _text(value, style, flow)
        case list():
            return "[" + ", ".join(to_yaml(item, style, True) for item in value) + "]"


def property_lines(key: str, value: Writable) -> list[str]:
    """A property as lines of YAML; a list has one item a line, as Obsidian writes it."""
    if isinstance(value, list) and value:
        return [f"{to_yaml(key)}:", *(f"  - {to_yaml(item)}" for item in value)]
    return [f"{to_yaml(key)}: {to_yaml(value)}"]


def value_as_read(value: Writable) -> Value:
    """What reading gives back after `value` was written."""
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
            return _number(value)


def _number(value: int | float) -> str:
    if isinstance(value, int):
        return str(value)
    if value != value or abs(value) == float("inf"):
        raise Refused("A property cannot hold a number that is not finite.")
    # YAML 1.1 takes an exponent only behind a decimal point and with a sign: 1.0e+20
    whole, e, exponent = repr(value).partition("e")
    return whole + ("" if "." in whole else ".0") + (f"e{exponent if exponent[0] in '+-' else '+' + exponent}" if e else "")


def _quoted(text: str, style: str) -> str:
    return f"{style}{text}{style}" if style in ("'", '"') else text


def _text(text: str, style: str, flow: bool) -> str:
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise Refused("The text holds half of a surrogate pair, which no file can keep.")
    if not style and is_plain_scalar(text, flow):
        return text
    if style == "'" and text.isprintable() and not _UNSEEN.search(text):
        return "'" + text.replace("'", "''") + "'"
    # JSON's way with a text is YAML's in both versions, but for the characters that YAML calls
    # unprintable or takes for line breaks
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(text, ensure_ascii=False))


def is_plain_scalar(text: str, flow: bool = False) -> bool:
    """Whether both versions of YAML read the bare text as this very text."""
    return (
        _PLAIN.fullmatch(text) is not None
        and not _UNSEEN.search(text)
        and text == text.strip()
        and text.lower() not in _AMBIGUOUS
        and not (flow and _NOT_IN_FLOW.intersection(text))
    )
