"""Answers of the search, for the tests of it."""

from datetime import datetime
from pathlib import Path

from tests.support import make_vault
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.search import SearchResult, search
from vaultcrm.vault.vault import Vault

NOW = datetime(2026, 11, 16, 9, 30)


def answer(vault: Vault, query: str, limit: int | None = None, by_date: bool = False) -> SearchResult:
    """What a command of its own would answer now."""
    crm = Crm(vault.root, NOW)
    try:
        return search(crm, query, limit, by_date)
    finally:
        crm.catalog.close()


def ranked(vault: Vault, query: str) -> list[str]:
    """The titles that are found, the best first."""
    return [hit.title for hit in answer(vault, query).hits]


def titles(vault: Vault, query: str) -> set[str]:
    return set(ranked(vault, query))


def texts(root: Path, **notes: str) -> Vault:
    """A vault of notes without properties."""
    return make_vault(root, {f"{name}.md": text for name, text in notes.items()})
