"""Read a page's properties: their values by key, and their lines."""

from vaultcrm.errors import Unreadable
from vaultcrm.markdown.page import Page
from vaultcrm.markdown.values import Value
from vaultcrm.markdown.yaml_nodes import Node, compose, node_value


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
    """The name of a property. A key that is not a scalar is named by its YAML."""
    return key.text if key.kind == "scalar" else text[key.start : key.end]


def key_lines(page: Page) -> dict[str, int]:
    """The line of each key, from 1 within the file. Raises Unreadable."""
    root, text = root_node(page), page.text
    return {key_name(key, text): key.line + 1 for key, _ in (root.pairs if root else ())}


def duplicate_keys(page: Page) -> dict[str, int]:
    """The keys that appear more than once, with the line of the last one. Raises Unreadable.

    npm's `yaml` and `js-yaml` reject such a note.
    """
    root, text = root_node(page), page.text
    seen: set[str] = set()
    duplicates: dict[str, int] = {}
    for key, _ in root.pairs if root else ():
        name = key_name(key, text)
        if name in seen:
            duplicates[name] = key.line + 1
        seen.add(name)
    return duplicates
