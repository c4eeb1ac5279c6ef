"""What the second process does: it reads its task from stdin, and writes the segment that it made to stdout."""

import base64
import json
import pickle
import sys

from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.index_queue import QueuedNote
from vaultcrm.search.index import WRITER, Index, open_index
from vaultcrm.search.whoosh_api import SegmentWriter
from vaultcrm.vault.vault import Vault


def main() -> None:
    task = json.loads(sys.stdin.buffer.read())
    vault = Vault(task["root"])
    changes = [QueuedNote(path, bytes.fromhex(digest)) for path, digest in task["changes"]]
    out = sys.stdout.buffer

    def alive(done: int, _: int) -> None:
        if done % 50 == 0:  # nobody listens any more: the first process is dead, and this one dies of writing
            out.write(b".\n")
            out.flush()

    writer = SegmentWriter(open_index(task["folder"]), _lk=False, **WRITER)  # the first process holds the lock
    added, missed = Index(vault, Catalog(vault.root)).add_documents(writer, changes, alive)
    segment = writer._finalize_segment()  # what Whoosh's own second process calls
    if segment.doc_count() != added:
        raise SystemExit(1)
    out.write(base64.b64encode(pickle.dumps((segment, missed))) + b"\n")
    out.flush()
