"""Files that came with a talk: kept in the client's folder `files/`, and linked from the note."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from vaultcrm.disk.filenames import file_name, numbered
from vaultcrm.disk.files import MAX_NOTE_BYTES
from vaultcrm.importers.inert import inert_line
from vaultcrm.importers.message import Attachment
from vaultcrm.markdown.wikilinks import make_wikilink
from vaultcrm.vault.writer import Writer


class KeptFiles(NamedTuple):
    """Links to the files for the note, and what wasn't kept as sentences."""

    links: list[str]
    notices: list[str]


def keep_attachments(writer: Writer, folder: str, day: date, attachments: Iterable[Attachment]) -> KeptFiles:
    """Write attachments into a folder, each under its day and name; one that is there already with the same bytes is linked."""
    kept = KeptFiles([], [])
    for attachment in attachments:
        shown = inert_line(attachment.name, 100)
        try:
            data = attachment.read() if attachment.size <= MAX_NOTE_BYTES else b""
        except (OSError, ValueError, EOFError) as error:
            kept.notices.append(f"{shown} wasn't kept: it can't be read ({error}).")
            continue
        if max(attachment.size, len(data)) > MAX_NOTE_BYTES:
            kept.notices.append(f"{shown} wasn't kept: it has {attachment.size // 1_000_000} MB.")
            continue
        path = _write(writer, folder, f"{day} {attachment.name}", data)
        kept.links.append(make_wikilink(path.rpartition("/")[2]))
    return kept


def _write(writer: Writer, folder: str, name: str, data: bytes) -> str:
    stem, dot, ending = name.rpartition(".")
    stem, ending = (stem, dot + file_name(ending)) if stem else (name, "")
    for free in numbered(file_name(stem), ending):
        path = f"{folder}/{free}"
        if writer.create_file(path, data) or writer.has_bytes(path, data):
            return path
    raise AssertionError
