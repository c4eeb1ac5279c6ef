"""The properties of a text, for the tests of pages and their edits."""

from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.properties import read_properties
from vaultcrm.markdown.values import Value


def properties(text: str) -> dict[str, Value]:
    page = split_page(text.encode())
    return read_properties(page)
