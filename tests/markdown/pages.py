"""The properties of a text, for the tests of pages and their edits."""

from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.properties import properties_of, root_of
from vaultcrm.markdown.values import Value


def properties(text: str) -> dict[str, Value]:
    page = split_page(text.encode())
    return properties_of(root_of(page), page.text)
