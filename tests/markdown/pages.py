"""Shared by the tests of pages and their edits."""

from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.properties import read_properties
from vaultcrm.markdown.values import Value


def properties(text: str) -> dict[str, Value]:
    """The properties of a file with this text."""
    return read_properties(split_page(text.encode()))
