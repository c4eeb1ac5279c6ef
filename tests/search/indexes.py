"""Steps that the tests of the index share: update it, look into it, and hide a change from it."""

import contextlib
import sqlite3
from pathlib import Path

from tests.search.searches import NOW
from tests.support import refreshed
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.index import IndexResult, index
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.disk import files
from vaultcrm.search.index import Index
from vaultcrm.vault.vault import Vault


def update_index(vault: Vault) -> int:
    """Refresh the catalogue and update the index; returns how many notes were indexed."""
    catalog = refreshed(vault)
    with contextlib.closing(catalog):
        return Index(vault, catalog).update()


def run_index(vault: Vault, rebuild: bool = False, verify: bool = False) -> IndexResult:
    """The result of `vaultcrm index`."""
    crm = Crm(vault.root, NOW)
    with contextlib.closing(crm.catalog):
        return index(crm, rebuild, verify)


def index_for(vault: Vault) -> Index:
    return Index(vault, Catalog(vault.root))


def index_folder(vault: Vault) -> Path:
    return Path(index_for(vault).folder)


def file_digests(vault: Vault) -> dict[str, bytes]:
    """What the index should hold: the digest of each file, by path."""
    root = Path(vault.root)
    return {str(path.relative_to(root)): files.digest(path.read_bytes()) for path in root.rglob("*.md")}


def trust_files(vault: Vault) -> None:
    """Make the catalogue take the present files, and the present index, for those it has seen, as if no timestamp had changed."""
    state = index_for(vault)._state()
    with contextlib.closing(sqlite3.connect(Catalog(vault.root).file)) as database, database:
        database.execute("UPDATE index_state SET state = ?", (state,))
        for folder in vault.walk():
            database.execute("UPDATE folders SET fingerprint = ? WHERE path = ?", (folder.fingerprint, folder.path))


def segment_count(vault: Vault) -> int:
    return index_for(vault).query(lambda reader: len(list(reader.leaf_readers())))
