"""The main function of the worker process: reads a task from stdin, indexes it, and writes the new segment to stdout."""

import base64
import json
import pickle
import sys

from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.index_queue import QueuedNote
from vaultcrm.search.index import WRITER_OPTIONS, Index, open_index
from vaultcrm.search.whoosh_api import SegmentWriter
from vaultcrm.vault.vault import Vault


def main() -> None:
    """Index the task's notes. Exits with 1 if the segment doesn't hold all of them."""
    task = json.loads(sys.stdin.buffer.read())
    vault = Vault(task["root"])
    notes = [QueuedNote(path, bytes.fromhex(digest)) for path, digest in task["notes"]]
    out = sys.stdout.buffer

    def heartbeat(done: int, _: int) -> None:
        if done % 50 == 0:  # if the parent process is dead, writing to its pipe ends this one
            out.write(b".\n")
            out.flush()

    writer = SegmentWriter(open_index(task["folder"]), _lk=False, **WRITER_OPTIONS)  # no lock: the parent holds it
    added, mismatched = Index(vault, Catalog(vault.root)).add_documents(writer, notes, heartbeat)
    segment = writer._finalize_segment()  # as Whoosh's own subprocesses do
    if segment.doc_count() != added:
        raise SystemExit(1)
    out.write(base64.b64encode(pickle.dumps((segment, mismatched))) + b"\n")
    out.flush()
