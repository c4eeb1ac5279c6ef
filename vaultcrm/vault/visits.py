"""What the user has last seen of each client, and what commands have written since, in the state folder of a vault.

Nothing depends on these files: where they can't be read or written, the brief only doesn't know what is new.
"""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from vaultcrm.disk import files
from vaultcrm.disk.moves import Move
from vaultcrm.errors import VaultcrmError
from vaultcrm.vault.journal_folder import journal_folder, remember_vault

_FOLDER = "seen"
_WRITES = "writes.jsonl"
_MAX_LOG_BYTES = 1 << 19  # when the log of writes is longer, its older half is dropped


class NoteWrite(NamedTuple):
    """One write of a note by a command: the digests of its bytes before and after; None means no file."""

    path: str
    before: bytes | None
    after: bytes | None


class WriteRecord(NamedTuple):
    """What one command wrote: first its moves, then its writes."""

    at: datetime
    moves: tuple[Move, ...]
    writes: tuple[NoteWrite, ...]


def record_writes(journal: str, at: datetime, writes: Sequence[NoteWrite], moves: Iterable[Move]) -> None:
    """Add what a command wrote to the log in the journal's folder. Call it while holding the vault's lock."""
    import json  # late: only when something is written

    moved = [[move.old, move.new] for move in moves]
    written = [[write.path, hex_or_none(write.before), hex_or_none(write.after)] for write in writes if write.path.lower().endswith(".md")]
    if not moved and not written:
        return
    line = json.dumps([at.replace(tzinfo=None).isoformat(timespec="seconds"), moved, written]).encode() + b"\n"
    with contextlib.suppress(OSError, VaultcrmError):
        path = os.path.join(_make_folder(journal), _WRITES)
        if os.path.lexists(path) and os.lstat(path).st_size > _MAX_LOG_BYTES:
            data = files.read(path).data
            files.overwrite(path, data[data.find(b"\n", len(data) // 2) + 1 :])
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0), 0o600)
        with os.fdopen(descriptor, "ab") as log:
            log.write(line)


class Visits:
    """What was last seen of the clients of the vault at `root`."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._folder = ""

    @property
    def folder(self) -> str:
        """The folder of these files; created if it doesn't exist. Raises VaultcrmError, OSError."""
        if not self._folder:
            journal = journal_folder(self.root)
            remember_vault(journal, self.root)
            self._folder = _make_folder(journal)
        return self._folder

    def writes_since(self, at: datetime) -> list[WriteRecord]:
        """What commands have written since a moment, oldest first. Lines that can't be read are left out."""
        records = [record for line in self._lines(_WRITES) if (record := _parse_record(line)) is not None]
        return [record for record in records if record.at >= at]

    def load(self, path: str) -> Any:  # Any: what JSON holds
        """What was kept for the client whose note is at `path`; None without any."""
        lines = self._lines(_file_name(path))
        return lines[1] if len(lines) == 2 and lines[0] == path else None

    def earlier(self, is_gone: Callable[[str], bool]) -> Iterator[tuple[str, Any]]:  # Any: as above
        """What was kept for clients whose notes are no longer where they were, with the paths they had."""
        with contextlib.suppress(OSError, VaultcrmError):
            for name in sorted(os.listdir(self.folder)):
                first = next(iter(self._lines(name)), None) if name.endswith(".json") else None
                if isinstance(first, str) and is_gone(first) and (value := self.load(first)) is not None:
                    yield first, value

    def save(self, path: str, value: object, earlier_path: str = "") -> None:
        """Keep a value for the client whose note is at `path`, in place of what was kept for it, under an earlier path if need be."""
        import json  # late: as above

        data = f"{json.dumps(path)}\n{json.dumps(value)}\n".encode()
        with contextlib.suppress(OSError, VaultcrmError):
            files.overwrite(os.path.join(self.folder, _file_name(path)), data)
            if earlier_path not in ("", path):
                os.unlink(os.path.join(self.folder, _file_name(earlier_path)))

    def _lines(self, name: str) -> list[Any]:  # Any: as above
        """The lines of a file as JSON, without those that can't be read."""
        import json  # late: as above

        try:
            data = files.read(os.path.join(self.folder, name)).data
        except (OSError, VaultcrmError):
            return []
        values = []
        for line in data.split(b"\n"):
            with contextlib.suppress(ValueError, RecursionError):
                values += [json.loads(line)] if line else []
        return values


def _parse_record(line: Any) -> WriteRecord | None:  # Any: as above
    try:
        at, moves, writes = line
        parsed = (NoteWrite(str(path), _bytes(before), _bytes(after)) for path, before, after in writes)
        return WriteRecord(datetime.fromisoformat(at), tuple(Move(str(old), str(new)) for old, new in moves), tuple(parsed))
    except (TypeError, ValueError):
        return None


def hex_or_none(digest: bytes | None) -> str | None:
    """A digest as JSON can hold it; None for no file."""
    return None if digest is None else digest.hex()


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else bytes.fromhex(text)


def _file_name(path: str) -> str:
    """The name of a client's file: the path of its note, or a digest of it if a name can't hold it."""
    name = path.replace("%", "%25").replace("/", "%2F").replace("\\", "%5C").replace(":", "%3A")
    is_plain = len(name.encode("utf-8", "surrogatepass")) <= 200 and name.isprintable()
    return (name if is_plain else files.digest(path.encode("utf-8", "surrogatepass")).hex()) + ".json"


def _make_folder(journal: str) -> str:
    folder = os.path.join(journal, _FOLDER)
    os.makedirs(folder, mode=0o700, exist_ok=True)
    return folder
