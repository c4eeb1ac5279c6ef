"""Searches as a command would run them, for the tests of search."""

import contextlib
from datetime import datetime
from pathlib import Path

from tests.support import make_vault
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.search import SearchResult, search
from vaultcrm.vault.vault import Vault

NOW = datetime(2026, 11, 16, 9, 30)


def run_search(vault: Vault, query: str, limit: int | None = None, by_date: bool = False) -> SearchResult:
    """The result of a search that sees the vault as it is now."""
    crm = Crm(vault.root, NOW)
    with contextlib.closing(crm.catalog):
        return search(crm, query, limit, by_date)


def ranked_titles(vault: Vault, query: str) -> list[str]:
    """The titles of the hits, the best first."""
    return [hit.title for hit in run_search(vault, query).hits]


def found_titles(vault: Vault, query: str) -> set[str]:
    return set(ranked_titles(vault, query))


def make_text_vault(root: Path, **notes: str) -> Vault:
    """A vault of notes without properties: the text of each by its title."""
    return make_vault(root, {f"{title}.md": text for title, text in notes.items()})
