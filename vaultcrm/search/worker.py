"""A second process that indexes half of a long list into a segment of its own.

Whoosh's own way (`procs=2`) loses documents when a process dies, and leaves processes behind when
the first one does. Here the half is counted, and the second process ends when nobody listens.
"""

import base64
import contextlib
import json
import pickle
import subprocess
import sys
from typing import Any

from vaultcrm.catalog.index_queue import QueuedNote


class IndexWorker:
    """The second process, at work from the beginning."""

    def __init__(self, folder: str, root: str, changes: list[QueuedNote]) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        task = {"folder": folder, "root": root, "changes": [[path, digest.hex()] for path, digest in changes]}
        # -P: not from the folder that we are in, which may be a stranger's vault with a folder vaultcrm
        words = [sys.executable, "-P", "-c", "from vaultcrm.search.worker_main import main; main()"]
        try:
            self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(task).encode())
            self._process.stdin.close()
        except OSError:
            self.stop()

    def segment(self) -> tuple[Any, list[QueuedNote]] | None:  # Any: Whoosh has no types
        """The segment that it has written, once it is done, and what it has missed; None when that went wrong in any way."""
        if self._process is None:
            return None
        assert self._process.stdout is not None
        said = self._process.stdout.read().split(b"\n")
        if self._process.wait() != 0 or len(said) < 2:
            return None
        segment, missed = pickle.loads(base64.b64decode(said[-2]))  # from our own child, through a pipe
        return segment, missed

    def stop(self) -> None:
        """Make sure that it is gone."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):  # what was not taken from the pipe is lost with it
                    if pipe is not None:
                        pipe.close()
