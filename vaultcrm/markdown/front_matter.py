"""The door to python-frontmatter: it reads, through a handler that keeps our bounds, and never writes."""

from typing import Any

import frontmatter
from frontmatter.default_handlers import BaseHandler

from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.properties import read_properties, root_node
from vaultcrm.markdown.values import Value


class BoundedHandler(BaseHandler):
    """Front matter split as bytes and read as text: nothing is guessed, nothing can hang.

    The library's own YAML handler turns `12:30` into 750, calls the C loader that deep nesting
    kills, and sorts, folds and re-quotes on writing.
    """

    FM_BOUNDARY = None

    def __init__(self) -> None:
        """No boundary expression: a Page knows where its front matter ends."""

    def detect(self, text: str) -> bool:
        return split_page(text.encode("utf-8")).kind == "yaml"

    def split(self, text: str) -> tuple[str, str]:
        page = split_page(text.encode("utf-8"))
        if page.kind != "yaml":
            raise ValueError("no front matter")  # the library's sign for: all of it is body
        return page.text, page.body

    def load(self, fm: str) -> dict[str, Any]:  # Any: the library's own signature
        page = Page(b"---\n", fm.encode("utf-8"), b"---\n", "yaml")
        return read_properties(page)

    def export(self, metadata: dict[str, object], **kwargs: object) -> str:
        raise NotImplementedError("Notes are edited by splicing, never written whole.")


HANDLER = BoundedHandler()


def load_properties(page: Page) -> dict[str, Value]:
    """The properties of a page, {} where it has none. Raises Unreadable with path-free reason and line."""
    if page.kind != "yaml":
        root_node(page)  # an unclosed front matter says so
        return {}
    metadata, _ = frontmatter.parse("---\n" + page.text + "---\n", handler=HANDLER)
    return metadata  # type: ignore[return-value]  # BoundedHandler.load gives just this
