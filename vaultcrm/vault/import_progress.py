"""How far sources outside the vault have been imported into it, and which of them may be: in the vault's state folder.

Nothing depends on it: without it, all is read again, and what is known isn't imported twice. It counts as long as the
files of the vault's ledger that were there are still there. So after an undo, everything is read again.
"""

import os
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NamedTuple

from vaultcrm.disk import files
from vaultcrm.errors import VaultcrmError
from vaultcrm.vault.journal_folder import journal_folder, remember_vault

_FILE = "imports.json"
# Size, modification time in nanoseconds, inode; and of a calendar, which tells more as time passes, the day, else 0
FileStamp = tuple[int, int, int, int]


class ImportProgress(NamedTuple):
    """`positions` are UIDVALIDITY and UID by folder by account; `stamps` are those of files as they were when they were imported.

    `seen` are the stamps of those files as well whose import was undone since. `allowed` are the patterns of folders that
    may be imported from without being asked for.
    """

    positions: dict[str, dict[str, tuple[int, int]]] = {}  # noqa: RUF012 - never changed
    stamps: dict[str, FileStamp] = {}  # noqa: RUF012 - never changed
    seen: dict[str, FileStamp] = {}  # noqa: RUF012 - never changed
    allowed: frozenset[str] = frozenset()


def load_progress(root: str, ledger_files: Iterable[str]) -> ImportProgress:
    """What is kept of the vault at `root`, as far as it counts. `ledger_files` are those that its ledger has now. Raises VaultcrmError."""
    value = _load(_path(root))
    try:
        stamps = _stamps(value["stamps"])
        kept = ImportProgress(seen=_stamps(value["undone"]) | stamps, allowed=frozenset(map(str, value["allowed"])))
        if not {*map(str, value["ledger"])} <= {*ledger_files}:
            return kept
        positions = {
            str(account): {str(folder): (int(validity), int(uid)) for folder, (validity, uid) in folders.items()}
            for account, folders in value["positions"].items()
        }
    except (AttributeError, LookupError, TypeError, ValueError):
        return ImportProgress()
    return kept._replace(positions=positions, stamps=stamps)


def save_progress(root: str, ledger_files: Iterable[str], added: ImportProgress) -> None:
    """Add to what is kept of the vault at `root`, without files that are gone. Raises VaultcrmError, OSError."""
    import json  # late: only imports need it

    ledger = sorted(ledger_files)
    known = load_progress(root, ledger)
    stamps = known.stamps | added.stamps
    value = {
        "ledger": ledger,
        "allowed": sorted(known.allowed | added.allowed),
        "positions": known.positions | added.positions,
        "stamps": {path: stamp for path, stamp in stamps.items() if os.path.lexists(path)},
        "undone": {path: stamp for path, stamp in known.seen.items() if path not in stamps and os.path.lexists(path)},
    }
    files.overwrite(_path(root), json.dumps(value).encode())


def _stamps(values: dict[str, Any]) -> dict[str, FileStamp]:  # Any: what JSON holds
    return {path: (int(size), int(mtime), int(inode), int(day)) for path, (size, mtime, inode, day) in values.items()}


def spool_folder(root: str, account: str) -> str:
    """The folder for the mails of an account that wait to be imported; created if it doesn't exist. Raises VaultcrmError, OSError."""
    name = account if account.isalnum() and account.isascii() else files.digest(account.encode()).hex()
    folder = os.path.join(journal_folder(root), "spool", name)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    return folder


def _path(root: str) -> str:
    folder = journal_folder(root)
    remember_vault(folder, root)
    return os.path.join(folder, _FILE)


def _load(path: str) -> dict[str, Any]:  # Any: what JSON holds
    import json  # late: as above

    with suppress(OSError, ValueError, RecursionError, VaultcrmError), open(path, "rb") as file:
        value = json.load(file)
        return value if isinstance(value, dict) else {}
    return {}
