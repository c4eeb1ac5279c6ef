"""Short notes for the catalogue's tests."""

from collections.abc import Callable

from vaultcrm.catalog.catalog import Catalog

Build = Callable[..., Catalog]
CLIENT, PLAIN = "---\ntype: client\n---\n", ""


def follow_up(text: str = "") -> str:
    return f"---\ntype: follow-up\n{text}---\n"
