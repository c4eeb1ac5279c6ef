"""All folders of a vault as they look now; those of a large one by two processes at once.

A command that finds nothing changed spends most of its time in the system's `stat`. Two threads
would take turns at it; a second process takes half of it away.
"""

import marshal
import os
import threading

from vaultcrm.vault.vault import Vault

Seen = tuple[str, bytes, str]  # a folder's path, its fingerprint, why it could not be read
WORTH_TWO = 400  # folders below the first two floors: about 20,000 notes


def survey(vault: Vault) -> list[Seen]:
    """Every folder of the vault, by path. Names and stamps are left out: of 100,000 notes they would be 50 MB."""
    near = list(vault.walk(deep=False))
    near += [look for top in near[:1] for folder in top.folders for look in vault.walk(folder, deep=False)]
    below = [folder for look in near[1:] for folder in look.folders]
    seen = [(look.path, look.fingerprint, look.fault) for look in near]
    if len(below) >= WORTH_TWO and hasattr(os, "fork") and threading.active_count() == 1 and (os.cpu_count() or 1) > 1:
        seen += _by_two(vault, below)
    else:
        seen += _below(vault, below)
    seen.sort()
    return seen


def _below(vault: Vault, folders: list[str]) -> list[Seen]:
    return [(look.path, look.fingerprint, look.fault) for folder in folders for look in vault.walk(folder)]


def _by_two(vault: Vault, folders: list[str]) -> list[Seen]:
    """The same by a child for one half and by us for the other; what the child does not tell is looked at here."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:  # it shares our files and our cache: it looks, tells, and is gone
        status = 1
        try:
            os.close(reading)
            with os.fdopen(writing, "wb") as pipe:
                marshal.dump(_below(vault, folders[1::2]), pipe)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as pipe:
            mine = _below(vault, folders[::2])
            told = pipe.read()
    finally:  # the pipe is closed by now, so that a child that is still telling ends, too
        _, status = os.waitpid(child, 0)
    return mine + (marshal.loads(told) if status == 0 else _below(vault, folders[1::2]))
