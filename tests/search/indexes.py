"""The index of a vault, and what is found by it, for the tests of the index."""

import contextlib
import sqlite3
from datetime import datetime
from pathlib import Path

from tests.support import refreshed
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.index import IndexResult
from vaultcrm.actions.index import index as bring_up_to_date
from vaultcrm.actions.search import search
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.disk import files
from vaultcrm.search.index import Index
from vaultcrm.vault.vault import Vault

NOW = datetime(2026, 11, 16, 9, 30)


def found(vault: Vault, query: str) -> set[str]:
    """The titles that a command of its own finds now."""
    crm = Crm(vault.root, NOW)
    with contextlib.closing(crm.catalog):
        return {hit.title for hit in search(crm, query, None).hits}


def followed(vault: Vault) -> int:
    """How many notes are indexed now, after catching up."""
    catalog = refreshed(vault)
    with contextlib.closing(catalog):
        return Index(vault, catalog).update()


def indexed(vault: Vault, rebuild: bool = False, verify: bool = False) -> IndexResult:
    crm = Crm(vault.root, NOW)
    with contextlib.closing(crm.catalog):
        return bring_up_to_date(crm, rebuild, verify)


def index_of(vault: Vault) -> Index:
    return Index(vault, Catalog(vault.root))


def folder_of(vault: Vault) -> Path:
    return Path(index_of(vault).folder)


def digests(vault: Vault) -> dict[str, bytes]:
    """What the index is to hold: the digest of each file, by path."""
    root = Path(vault.root)
    return {str(path.relative_to(root)): files.digest(path.read_bytes()) for path in root.rglob("*.md")}


def believed(vault: Vault) -> None:
    """Have the catalogue take the files, and the index, that are there now for those it knows: as if no time had shown a change."""
    stamp = index_of(vault)._state()
    with contextlib.closing(sqlite3.connect(Catalog(vault.root).file)) as database, database:
        database.execute("UPDATE index_state SET state = ?", (stamp,))
        for look in vault.walk():
            database.execute("UPDATE folders SET fingerprint = ? WHERE path = ?", (look.fingerprint, look.path))


def segments(vault: Vault) -> int:
    return index_of(vault).query(lambda reader: len(list(reader.leaf_readers())))
