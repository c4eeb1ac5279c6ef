"""Conflict copies: what programs that sync leave beside a note that was changed in two places."""

import os
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from vaultcrm.normalize import fold_case

# What each program puts behind the name. In brackets it is known by the words for conflict and for copy, in the
# languages in which Dropbox writes them: "Mediation (conflict resolution)" is a note of its own.
_INSIDE = r"(?:[^()]|\([^()]*\))*"
_WORDS = (
    rf"(?=(?:{_INSIDE})(?:conflict|konflikt|conflit|конфликт))(?=(?:{_INSIDE})(?:cop[iy]|kopi|cópia|копи)){_INSIDE}"
    rf"|{_INSIDE}(?:競合コピー|冲突副本|衝突複本|충돌){_INSIDE}"
)
_CERTAIN = (
    ("Syncthing", r"\.sync-conflict-\d{8}-\d{6}(?:-\w{7})?"),
    ("vaultcrm", r" \(conflict \d{4}-\d{2}-\d{2} [0-9a-f]{7,}\)"),
    ("Seafile", r" \(SFConflict [^()]*\)"),
    ("Nextcloud", r"_conflict-\d{8}-\d{6}"),
    ("Synology Drive", r"_[^_/]+_[a-z]{3}-\d{2}-\d{6}-\d{4}_conflict"),
    ("Dropbox", r" \((?:Case|Unicode Encoding|Selective Sync|Whitespace) Conflict(?: \d+)?\)"),
    ("a program that syncs", rf" \((?:{_WORDS})\)"),
    ("git", r"[._](?:BACKUP|BASE|LOCAL|REMOTE)[._]\d{3,}"),
)
# Names that may be somebody's own as well: "Plan 2" of iCloud, "Plan (1)" of Google Drive, "Plan-LAPTOP" of OneDrive.
_POSSIBLE = (r" \d", r" \(\d\)", r"-[A-Z][A-Z0-9-]{3,14}")


class ConflictCopy(NamedTuple):
    """A file that is a copy of another one in its folder: the other's path, and which program makes such names."""

    original: str
    program: str


def parse_conflict_copy(path: str) -> ConflictCopy | None:
    """What a path would be a conflict copy of, told by its name alone; it is one where that file is there.

    None for what nobody would take for one.
    """
    if not re.search("onfli[ck]?t|[._](?:BACKUP|BASE|LOCAL|REMOTE)[._]|онфликт|競合|冲突|衝突|충돌", path, re.IGNORECASE):
        return None  # as nearly always; the patterns take ten times as long
    for program, pattern in _CERTAIN:
        if (found := _without_marker(path, pattern)) is not None:
            return ConflictCopy(found, program)
    return None


def conflict_copy_names(path: str, day: date, commit: str) -> Iterator[str]:
    """Names under which we keep their version of a file ourselves, the best one first; the others are for when it is taken."""
    stem, ending = os.path.splitext(path)
    while len(os.fsencode(stem.rpartition("/")[2])) > 170:  # a disk takes 255 bytes
        stem = stem[:-1]
    return (f"{stem} (conflict {day.isoformat()} {commit[:length]}){ending}" for length in range(7, len(commit) + 1))


def find_original(copy: ConflictCopy, names: Iterable[str]) -> str | None:
    """The path of the original among the names in its folder; case and the spelling of accents do not matter."""
    folder, slash, wanted = copy.original.rpartition("/")
    found = next((name for name in names if fold_case(name) == fold_case(wanted)), None)
    return None if found is None else f"{folder}{slash}{found}"


def possible_original(path: str) -> str | None:
    """The path of which this one may be a copy: its name alone cannot tell."""
    return next((found for pattern in _POSSIBLE if (found := _without_marker(path, pattern)) is not None), None)


def _without_marker(path: str, pattern: str) -> str | None:
    """The path without what a program has put between its name and its ending."""
    folder, slash, name = path.rpartition("/")
    found = re.fullmatch(rf"(.*?\S)(?:{pattern})(\.\w+)", name, re.IGNORECASE if "[A-Z]" not in pattern else 0)
    return f"{folder}{slash}{found[1]}{found[2]}" if found else None


def icloud_placeholder(name: str) -> str | None:
    """The name of the note for which iCloud keeps a placeholder, since it is not downloaded; None for any other file."""
    is_placeholder = name.startswith(".") and name.lower().endswith(".md.icloud") and len(name) > len("..md.icloud")
    return name[1 : -len(".icloud")] if is_placeholder else None


def are_similar(first: bytes, second: bytes) -> bool:
    """Whether two notes have most of their lines in common, as a note and its copy have."""
    born = [re.search(rb"^(?:dateCreated|date):.*", data, re.MULTILINE) for data in (first, second)]
    if born[0] and born[1] and born[0][0].strip() != born[1][0].strip():  # written down at different times
        return False
    lines, others = ({line.strip() for line in data.splitlines() if len(line.strip()) > 3} for data in (first, second))
    common = len(lines & others)
    return common >= 3 and common >= 0.75 * min(len(lines), len(others)) and common >= 0.5 * max(len(lines), len(others))
