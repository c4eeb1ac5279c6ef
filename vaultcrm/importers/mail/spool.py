"""Mails that were fetched from a server and wait to be imported, in a folder of files outside the vault.

So the vault isn't locked while a server is slow, and a connection that breaks costs nothing that has been fetched. A file
holds a group of mails: a line of JSON, and their bytes one after the other. A file is complete or not there.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from vaultcrm.disk import files
from vaultcrm.importers.mail.imap import Position
from vaultcrm.importers.mail.raw_mail import RawMail
from vaultcrm.importers.message import Refused

Positions = Mapping[str, Position]  # by folder of the server

_ENDING = ".mails"
_START = b'{"fetched_after": '
_BROKEN = (ValueError, TypeError, LookupError, RecursionError)


def write_spool_file(folder: str, mails: Sequence[RawMail], start: Positions, reached: Positions) -> None:
    """Add mails to a spool that began at `start`; with them, the server has been read as far as `reached`.

    They are safe on the disk afterwards. Raises OSError.
    """
    import json  # late: only what was fetched from a server needs it

    head = {
        "fetched_after": [*start.values()],
        "reached": [*reached.values()],
        "mails": [[mail.where, mail.labels, mail.remark, len(mail.data)] for mail in mails],
    }
    number = max((int(name.partition(".")[0]) for name in _names(folder)), default=0) + 1
    data = b"".join([json.dumps(head).encode(), b"\n", *(mail.data for mail in mails)])
    files.create(os.path.join(folder, f"{number:06}{_ENDING}"), data)


def is_spool(head: bytes) -> bool:
    """Whether a file is one of a spool, by its first bytes."""
    return head.startswith(_START)


def read_spool_file(path: str, where: str) -> Iterator[RawMail | Refused]:
    """The mails in a file of a spool; `where` names the file for a person. Raises OSError."""
    import json  # late: as above

    with open(path, "rb") as file:
        try:
            mails = [
                (str(place), tuple(map(str, labels)), str(remark), max(int(size), 0))
                for place, labels, remark, size in json.loads(file.readline())["mails"]
            ]
        except _BROKEN:
            yield Refused(where, "It isn't a file of fetched mails.")
            return
        for place, labels, remark, size in mails:
            yield RawMail(place, file.read(size), labels, remark)


def resume_spool(folder: str, start: Positions) -> dict[str, Position]:
    """How far the server has been read by a spool that began at `start`. One that began elsewhere is emptied. Raises OSError.

    It was imported, or an import before it was undone.
    """
    reached = dict(start)
    for name in _names(folder):
        head = _head(os.path.join(folder, name))
        if head is None or head[0] != start:
            empty_spool(folder)
            return dict(start)
        reached = head[1]
    return reached


def empty_spool(folder: str) -> None:
    """Delete the files of a spool. Raises OSError."""
    for name in _names(folder):
        os.unlink(os.path.join(folder, name))


def _head(path: str) -> tuple[dict[str, Position], dict[str, Position]] | None:
    """The positions at which a spool began, and which its file reached; None if the file is broken."""
    import json  # late: as above

    with suppress(OSError, *_BROKEN), open(path, "rb") as file:
        head = json.loads(file.readline())
        return _positions(head["fetched_after"]), _positions(head["reached"])
    return None


def _positions(values: Iterable[Any]) -> dict[str, Position]:  # Any: what JSON holds
    return {str(folder): Position(str(folder), int(validity), int(uid)) for folder, validity, uid in values}


def _names(folder: str) -> list[str]:
    """The files of a spool, in the order in which they were written."""
    with suppress(FileNotFoundError):
        return sorted(name for name in os.listdir(folder) if name.endswith(_ENDING) and name.partition(".")[0].isdecimal())
    return []
