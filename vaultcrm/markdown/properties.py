"""Read a page's properties: their values by key, and their lines."""

import re
from collections.abc import Iterator

from vaultcrm.errors import Unreadable
from vaultcrm.markdown.page import Page
from vaultcrm.markdown.values import Value
from vaultcrm.markdown.yaml_nodes import Node, compose, node_value

# The properties that the format defines, as it spells them. For Obsidian "Due" and "due" are one property.
NAMES = (
    "aliases by cadence channel client complete_instances completedDate currency date dateCreated deadline decisions "
    "direction due email end feedback follow_up follow_up_done follow_up_status from language next_step people person phone "
    "priority project rate recurrence recurrence_anchor role scheduled skipped_instances source stage start status summary "
    "supersedes tags thread timezone title topic type unfiled until valid_until value via "
).split()
_SPELLINGS = {name.lower(): name for name in NAMES}


def root_node(page: Page) -> Node | None:
    """The map of the properties, None for a page without any. Raises Unreadable with the line in the file."""
    if page.kind == "unclosed":
        raise Unreadable('The properties start with "---" on line 1 and are never closed.')
    if page.kind != "yaml":
        return None
    text = page.text
    try:
        root = compose(text)
    except Unreadable as error:
        raise Unreadable(error.message, error.line + 1, error.code) from error
    if root is not None and root.kind != "map":
        raise Unreadable('The text between the "---" lines is not a list of properties.', root.line + 1)
    return root


def read_properties(page: Page) -> dict[str, Value]:
    """The values by key, {} for a page without properties. Raises Unreadable with the line in the file."""
    return node_properties(root_node(page), page.text)


def node_properties(root: Node | None, text: str) -> dict[str, Value]:
    """The values by key. If a key is given twice, the last value wins, as in PyYAML."""
    return {key_name(key, text): node_value(value, text) for key, value in (root.pairs if root else ())}


def key_name(key: Node, text: str) -> str:
    """The name of a property: as the format spells it, else as it is written. A key that is not a scalar is named by its YAML."""
    return spelled(key.text if key.kind == "scalar" else text[key.start : key.end])


def spelled(name: str) -> str:
    """A property's name as the format spells it; any other name as it is."""
    return _SPELLINGS.get(name.lower(), name)


def is_same_name(name: str, other: str) -> bool:
    """Whether two names are one property."""
    return name.lower() == other.lower()


def key_lines(page: Page) -> dict[str, int]:
    """The line of each key, from 1 within the file. Raises Unreadable."""
    root, text = root_node(page), page.text
    return {key_name(key, text): key.line + 1 for key, _ in (root.pairs if root else ())}


def duplicate_keys(page: Page) -> dict[str, int]:
    """The keys that appear more than once, with the line of the last one. Upper and lower case are the same. Raises Unreadable."""
    root, text = root_node(page), page.text
    seen: set[str] = set()
    duplicates: dict[str, int] = {}
    for key, _ in root.pairs if root else ():
        name = key_name(key, text)
        if name.lower() in seen:
            duplicates[name] = key.line + 1
        seen.add(name.lower())
    return duplicates


# a value in quotes or brackets that doesn't end on its line
_OPEN_VALUE = re.compile(rb"""[:-]\s+(?:&\S+ +)?(?:"(?:[^"\\\n]|\\.)*+\\?$|'(?:[^'\n]|'')*+$|\[[^\]\n]*+$|\{[^}\n]*+$)""", re.MULTILINE)


def lines_obsidian_rejects(page: Page) -> list[int]:
    """The lines of quoted texts and bracketed lists that are not indented enough for a parser of YAML 1.2. Raises Unreadable.

    PyYAML takes them; npm's `yaml`, with which Obsidian reads, and `js-yaml` refuse the whole front matter.
    """
    if page.kind != "yaml" or not _OPEN_VALUE.search(page.block):  # most notes: parsed only once
        return []
    root = root_node(page)
    return sorted(set(_unindented_lines(root, page.text))) if root is not None and not root.is_flow else []


def _unindented_lines(parent: Node, text: str) -> Iterator[int]:
    """The lines below a block list or map that have to be indented further than it is."""
    column = parent.start - text.rfind("\n", 0, parent.start) - 1
    for node in (*parent.items, *(part for pair in parent.pairs for part in pair)):
        if node.kind in ("list", "map") and not node.is_flow:
            yield from _unindented_lines(node, text)
        elif node.is_flow or node.style in ("'", '"'):
            lines = text[node.start : node.end].split("\n")
            for number, line in enumerate(lines[1:], node.line + 2):  # counted with the line of dashes
                content = line.lstrip(" ")
                is_end = node.is_flow and content[:1] in ("]", "}")
                if content.strip() and not is_end and len(line) - len(content) <= column:
                    yield number
