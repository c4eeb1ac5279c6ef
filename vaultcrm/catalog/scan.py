"""Scan all folders of a vault, in two processes when the vault is large.

When nothing has changed, a command spends most of its time in `stat` calls. Python threads would
take turns at them; a second process halves the time.
"""

import marshal
import os
import threading

from vaultcrm.vault.vault import Vault

FolderState = tuple[str, bytes, str]  # a folder's path, its fingerprint, and why it could not be read ("" if it could)
PARALLEL_THRESHOLD = 400  # folders below the first two levels: about 20,000 notes


def scan(vault: Vault) -> list[FolderState]:
    """The state of every folder, by path. Names and stamps are left out: for 100,000 notes they would take 50 MB."""
    top = list(vault.walk(recursive=False))
    top += [folder for root in top[:1] for path in root.folders for folder in vault.walk(path, recursive=False)]
    below = [path for folder in top[1:] for path in folder.folders]
    states = [(folder.path, folder.fingerprint, folder.error) for folder in top]
    is_large = len(below) >= PARALLEL_THRESHOLD and (os.cpu_count() or 1) > 1
    if is_large and hasattr(os, "fork") and threading.active_count() == 1:
        states += _scan_in_parallel(vault, below)
    else:
        states += _scan_below(vault, below)
    states.sort()
    return states


def _scan_below(vault: Vault, paths: list[str]) -> list[FolderState]:
    return [(folder.path, folder.fingerprint, folder.error) for path in paths for folder in vault.walk(path)]


def _scan_in_parallel(vault: Vault, paths: list[str]) -> list[FolderState]:
    """Scan half the folders in a forked child. If the child fails, its half is scanned here as well."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:  # the child shares the parent's open files and cache, so it only scans, writes to the pipe and exits
        status = 1
        try:
            os.close(reading)
            with os.fdopen(writing, "wb") as pipe:
                marshal.dump(_scan_below(vault, paths[1::2]), pipe)
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as pipe:
            own_half = _scan_below(vault, paths[::2])
            other_half = pipe.read()
    finally:  # the pipe is closed by now, so a child that is still writing fails and exits
        _, status = os.waitpid(child, 0)
    return own_half + (marshal.loads(other_half) if status == 0 else _scan_below(vault, paths[1::2]))
