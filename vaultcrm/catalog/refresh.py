"""Bring the catalogue up to date: scan the disk, and read what differs in one transaction.

Nothing else writes to the catalogue. A command doesn't report what it wrote; a change shows on the
disk, whoever made it.
"""

import sqlite3
from collections.abc import Callable, Iterable

from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.database import UnusableCache, is_broken
from vaultcrm.catalog.names import folders_with_changed_names
from vaultcrm.catalog.scan import FolderState, scan
from vaultcrm.catalog.update import Progress, Update, to_storable
from vaultcrm.disk import files
from vaultcrm.disk.blake2 import blake2b
from vaultcrm.errors import Locked
from vaultcrm.vault.vault import Vault


def refresh(vault: Vault, catalog: Catalog, folders: Iterable[str] | None = None, progress: Progress | None = None) -> None:
    """Make the catalogue match the disk: the whole vault, or only the notes that are directly in some `folders`.

    A note that can't be read becomes a problem, and its last readable version stays known. A broken
    cache is rebuilt; where the disk refuses to store it, it is kept in memory. Raises Locked when another
    process holds the cache for too long.
    """
    _with_repair(vault, catalog, progress, lambda: _refresh(vault, catalog, folders, progress))


def refresh_names(vault: Vault, catalog: Catalog, progress: Progress | None = None) -> None:
    """Make the catalogue know each client, person and project under the names that it has now. The rest may stay out of date.

    This looks at folders, not at every note, so it takes a fraction of the time. Raises the same errors.
    """

    def refresh_folders() -> None:
        folders = folders_with_changed_names(vault, catalog) if catalog.is_filled else None
        if folders is None or folders:
            _refresh(vault, catalog, folders, progress)

    _with_repair(vault, catalog, progress, refresh_folders)


def _with_repair(vault: Vault, catalog: Catalog, progress: Progress | None, run: Callable[[], None]) -> None:
    """Run a refresh. If the cache turns out to be broken, or the disk refuses it, read the whole vault into a new one."""
    catalog.refill = lambda: _refresh(vault, catalog, None, progress)
    try:
        try:
            run()
        except sqlite3.DatabaseError as error:
            if not is_broken(error):
                raise
            catalog.delete()
            _refresh(vault, catalog, None, progress)
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        raise Locked("Another vaultcrm is still reading this vault.", "Wait for it to finish, or stop it.") from error
    except UnusableCache as error:
        catalog.move_to_memory(error)
        _refresh(vault, catalog, None, progress)


def _refresh(vault: Vault, catalog: Catalog, folders: Iterable[str] | None, progress: Progress | None) -> None:
    if catalog.rows("SELECT state FROM task_settings_state") != [(settings_state := vault.task_settings_state(),)]:
        folders = None
        _forget_stamps(catalog, settings_state)
    scan_state = b""
    if folders is not None and catalog.is_filled:
        differing, gone = _changed_among(vault, catalog, list(dict.fromkeys(folders)))
    else:
        folders, states = None, scan(vault)
        scan_state = b"" if any(error for _, _, error in states) else _combined([fingerprint for _, fingerprint, _ in states])
        if scan_state and catalog.rows("SELECT 1 FROM scan_state WHERE fingerprint = ?", scan_state):
            return
        differing, gone = _changed(catalog, states)
    if differing or gone:
        with catalog.transaction() as execute:
            Update(vault, execute, progress).run(differing, gone, deep=folders is not None)
        catalog.invalidate()
    elif scan_state:  # everything is known, so the next refresh of this state can skip the comparison of folders
        catalog.rows("INSERT OR REPLACE INTO scan_state VALUES (1, ?)", scan_state)


def _forget_stamps(catalog: Catalog, settings_state: str) -> None:
    """Have every note read again, because the task settings changed. Records stay until their note has been read."""
    with catalog.transaction() as execute:
        execute("DELETE FROM scan_state")
        execute("UPDATE folders SET fingerprint = x''")
        execute("UPDATE files SET size = ?, digest = x''", (files.UNSETTLED.size,))
        execute("INSERT OR REPLACE INTO task_settings_state VALUES (1, ?)", (settings_state,))


def _combined(fingerprints: list[bytes]) -> bytes:
    """One fingerprint of all folders."""
    if sum(map(len, fingerprints)) < 1 << 20:
        return b"".join(fingerprints)  # up to 10,000 notes this is as fast as a digest
    digest = blake2b()
    for fingerprint in fingerprints:
        digest.update(fingerprint)
    return digest.digest()


def _changed(catalog: Catalog, states: list[FolderState]) -> tuple[list[str], set[str]]:
    """The folders that differ from what the catalogue knows, and the known folders that are gone."""
    known = {path: (fingerprint, error) for path, fingerprint, error in catalog.rows("SELECT path, fingerprint, error FROM folders")}
    differing = [path for path, fingerprint, error in states if known.get(to_storable(path)) != (fingerprint, error)]
    gone = set(known) - {to_storable(path) for path, _, _ in states}
    # folders below one that can't be read are not gone: they can't be seen
    unreadable = tuple(path + "/" for path, _, error in states if error)
    return differing, {path for path in gone if not path.startswith(unreadable)} if unreadable else gone


def _changed_among(vault: Vault, catalog: Catalog, folders: list[str]) -> tuple[list[str], set[str]]:
    """The same for some folders only. Folders that are new directly in them count as differing."""
    placeholders = ", ".join("?" * len(folders))
    rows = catalog.rows(f"SELECT path, fingerprint, error FROM folders WHERE path IN ({placeholders})", *map(to_storable, folders))
    known = {path: (fingerprint, error) for path, fingerprint, error in rows}
    all_known = {path for (path,) in catalog.rows("SELECT path FROM folders")}
    scanned = [folder for path in vault.reachable_folders(folders) for folder in vault.walk(path, recursive=False)]
    differing = [folder.path for folder in scanned if known.get(to_storable(folder.path)) != (folder.fingerprint, folder.error)]
    new = [path for folder in scanned for path in folder.folders if to_storable(path) not in all_known]
    return list(dict.fromkeys(differing + new)), known.keys() - {to_storable(folder.path) for folder in scanned}
