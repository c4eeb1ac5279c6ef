"""Scan all folders of a vault; those of a large vault in two processes at once.

A command that finds nothing changed spends most of its time in the system's `stat`. Two threads
would take turns at it; a second process takes half of it away.
"""

import marshal
import os
import threading

from vaultcrm.vault.vault import Vault

FolderState = tuple[str, bytes, str]  # a folder's path, its fingerprint, why it could not be read
PARALLEL_THRESHOLD = 400  # folders below the first two levels: about 20,000 notes


def scan(vault: Vault) -> list[FolderState]:
    """The state of every folder, by path. Names and stamps are left out: for 100,000 notes they would take 50 MB."""
    near = list(vault.walk(deep=False))
    near += [folder for top in near[:1] for path in top.folders for folder in vault.walk(path, deep=False)]
    below = [path for folder in near[1:] for path in folder.folders]
    states = [(folder.path, folder.fingerprint, folder.error) for folder in near]
    is_large = len(below) >= PARALLEL_THRESHOLD and (os.cpu_count() or 1) > 1
    if is_large and hasattr(os, "fork") and threading.active_count() == 1:
        states += _scan_in_parallel(vault, below)
    else:
        states += _scan_below(vault, below)
    states.sort()
    return states


def _scan_below(vault: Vault, tops: list[str]) -> list[FolderState]:
    return [(folder.path, folder.fingerprint, folder.error) for top in tops for folder in vault.walk(top)]


def _scan_in_parallel(vault: Vault, tops: list[str]) -> list[FolderState]:
    """Scan half the folders in a forked child. If the child fails, its half is scanned here as well."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:  # it shares our open files and our cache, so it only scans, writes to the pipe and exits
        status = 1
        try:
            os.close(reading)
            with os.fdopen(writing, "wb") as pipe:
                marshal.dump(_scan_below(vault, tops[1::2]), pipe)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as pipe:
            own_half = _scan_below(vault, tops[::2])
            other_half = pipe.read()
    finally:  # the pipe is closed by now, so a child that is still writing ends as well
        _, status = os.waitpid(child, 0)
    return own_half + (marshal.loads(other_half) if status == 0 else _scan_below(vault, tops[1::2]))
