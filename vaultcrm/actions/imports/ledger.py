"""What has been imported before: kept in the vault, so that all devices know it, also of notes that were deleted since.

Each run leaves one file in LEDGER with a line for each thing, which is never written again: two devices that import
at the same time can't disagree about it.
"""

import hashlib
import os
import re
from collections.abc import Iterable

from vaultcrm.actions.crm import Crm
from vaultcrm.errors import Unreadable
from vaultcrm.vault.writer import Writer

LEDGER = ".vaultcrm/imported"  # hidden, so neither Obsidian nor search shows it


def fingerprint(source: str) -> str:
    """What the ledger keeps of a source's ID: 16 hexadecimal digits, which tell nobody where a mail came from."""
    return hashlib.sha256(source.encode("utf-8", "replace")).hexdigest()[:16]


def imported(crm: Crm) -> set[str]:
    """The fingerprints of all that was imported, whatever became of it since."""
    known: set[str] = set()
    try:
        names = os.listdir(crm.vault.path(LEDGER))
    except FileNotFoundError:
        return known
    for name in sorted(names):
        if name.endswith(".txt"):
            try:
                data = crm.vault.read(f"{LEDGER}/{name}").data
            except (FileNotFoundError, Unreadable):  # another run has just begun, or the disk refuses: the notes tell as well
                continue
            known.update(re.findall(r"^[0-9a-f]{16}$", data.decode("ascii", "replace"), re.MULTILINE))
    return known


def record(writer: Writer, sources: Iterable[str]) -> None:
    """Keep that these sources are imported. The name of the file follows from its contents: twice the same is one file."""
    lines = sorted(set(map(fingerprint, sources)))
    if lines:
        text = "\n".join(lines) + "\n"
        writer.create_file(f"{LEDGER}/{hashlib.sha256(text.encode()).hexdigest()[:12]}.txt", text.encode())
