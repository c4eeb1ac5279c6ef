"""The properties of a text, for the tests of pages and their edits."""

from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.properties import node_properties, root_node
from vaultcrm.markdown.values import Value


def properties(text: str) -> dict[str, Value]:
    page = split_page(text.encode())
    return node_properties(root_node(page), page.text)
