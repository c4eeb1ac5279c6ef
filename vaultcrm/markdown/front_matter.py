"""The only module that imports python-frontmatter: it reads through our own handler, and never writes."""

from typing import Any

import frontmatter
from frontmatter.default_handlers import BaseHandler

from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.properties import read_properties, root_node
from vaultcrm.markdown.values import Value


class BoundedHandler(BaseHandler):
    """Splits front matter by bytes and reads values as text, within the bounds of `yaml_nodes`.

    The library's own YAML handler turns `12:30` into 750, calls the C loader, which deep nesting
    crashes, and on writing sorts, folds and re-quotes everything.
    """

    FM_BOUNDARY = None

    def __init__(self) -> None:
        """Without a boundary expression, since `split_page` finds the end of the front matter."""

    def detect(self, text: str) -> bool:
        return split_page(text.encode("utf-8")).kind == "yaml"

    def split(self, text: str) -> tuple[str, str]:
        page = split_page(text.encode("utf-8"))
        if page.kind != "yaml":
            raise ValueError("no front matter")  # the library then takes the whole text for the body
        return page.text, page.body

    def load(self, fm: str) -> dict[str, Any]:  # Any: the library's own signature
        return read_properties(Page(b"---\n", fm.encode("utf-8"), b"---\n", "yaml"))

    def export(self, metadata: dict[str, object], **kwargs: object) -> str:
        raise NotImplementedError("Notes are edited in place, never rewritten as a whole.")


HANDLER = BoundedHandler()


def load_properties(page: Page) -> dict[str, Value]:
    """The properties of a page, {} if it has none. Raises Unreadable with the line in the file.

    The same as `read_properties`, but through the library, which turns CRLF inside a map into LF.
    """
    if page.kind != "yaml":
        root_node(page)  # raises for front matter that is never closed
        return {}
    metadata, _ = frontmatter.parse("---\n" + page.text + "---\n", handler=HANDLER)
    return metadata  # type: ignore[return-value]  # BoundedHandler.load returns exactly this
