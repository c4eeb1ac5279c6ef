"""A worker process that indexes half of a long queue into a segment of its own.

Whoosh's own `procs=2` loses documents when a subprocess dies, and leaves subprocesses running when
their parent dies. This worker counts its documents, and ends when nobody reads its output.
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
    """A running worker process. It starts at once; `result` waits for it."""

    def __init__(self, folder: str, root: str, notes: list[QueuedNote]) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        task = {"folder": folder, "root": root, "notes": [[path, digest.hex()] for path, digest in notes]}
        # -P keeps the current folder off sys.path: it may be a stranger's vault with a folder named vaultcrm
        command = [sys.executable, "-P", "-c", "from vaultcrm.search.worker_main import main; main()"]
        try:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(task).encode())
            self._process.stdin.close()
        except OSError:
            self.stop()

    def result(self) -> tuple[Any, list[QueuedNote]] | None:  # Any: Whoosh has no types
        """The segment that the worker has written, and the notes that weren't as the catalogue knows them. None if anything went wrong."""
        if self._process is None:
            return None
        assert self._process.stdout is not None
        lines = self._process.stdout.read().split(b"\n")
        if self._process.wait() != 0 or len(lines) < 2:
            return None
        segment, mismatched = pickle.loads(base64.b64decode(lines[-2]))  # safe: it comes from our own child through a pipe
        return segment, mismatched

    def stop(self) -> None:
        """End the process, whatever it is doing."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):  # closing a pipe to a dead process fails if its buffer isn't empty
                    if pipe is not None:
                        pipe.close()
