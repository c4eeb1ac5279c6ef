"""The versions of a note that are merged, each parsed into its properties and its body."""

from collections import Counter
from datetime import date, datetime
from typing import NamedTuple

from vaultcrm.dates.iso import parse_iso_datetime, parse_iso_day
from vaultcrm.disk.files import MAX_NOTE_BYTES
from vaultcrm.errors import Unreadable
from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.properties import duplicate_keys, key_name, node_properties, root_node
from vaultcrm.markdown.values import Value, as_list, as_text
from vaultcrm.markdown.yaml_nodes import Node
from vaultcrm.merge.properties import annotations, meanings


class Version(NamedTuple):
    """One version of a note. For each property, its YAML node, its comparable meaning and its value."""

    page: Page
    nodes: dict[str, Node]
    meanings: dict[str, object]
    values: dict[str, Value]
    annotations: Counter[str]

    @property
    def body(self) -> bytes:
        return self.page.body_bytes

    def day(self, key: str) -> date | None:
        return parse_iso_day(as_text(self.values.get(key)))

    def moment(self, key: str) -> datetime | None:
        return parse_iso_datetime(as_text(self.values.get(key)))

    @property
    def completed_days(self) -> set[date]:
        """The days on which a recurring follow-up was completed."""
        return {day for text in as_list(self.values.get("complete_instances")) if (day := parse_iso_day(text))}


class Versions(NamedTuple):
    """The two sides of a merge, and the version that both come from."""

    base: Version
    ours: Version
    theirs: Version


EMPTY = Version(split_page(b""), {}, {}, {}, Counter())


def parse_version(data: bytes) -> Version | None:
    """A version of a note, None if its properties can't be read unambiguously."""
    page = split_page(data)
    if page.kind not in ("yaml", "none") or len(data) > MAX_NOTE_BYTES or b"\0" in data:
        return None
    try:
        data.decode("utf-8")
        if duplicate_keys(page):
            return None
        root, text = root_node(page), page.text
        nodes = {key_name(key, text): node for key, node in (root.pairs if root else ())}
        return Version(page, nodes, meanings(page), node_properties(root, text), annotations(page))
    except (Unreadable, UnicodeDecodeError):
        return None
