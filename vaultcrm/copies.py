"""Conflict copies: what programs that sync leave beside a note that was changed in two places."""

import os
import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

# What each program puts behind the name. In brackets it is known by the word for conflict, in the languages
# in which Dropbox writes it, and a date: "Mediation (conflict resolution)" is a note of its own.
_CONFLICT = "(?:conflict|konflikt|conflit)"  # also in conflicto, conflitto, conflito, conflicterende
_CERTAIN = (
    ("Syncthing", r"\.sync-conflict-\d{8}-\d{6}(?:-\w{7})?"),
    ("vaultcrm", r" \(conflict \d{4}-\d{2}-\d{2} [0-9a-f]{7,}\)"),
    ("Seafile", r" \(SFConflict [^()]*\)"),
    ("Nextcloud", r"_conflict-\d{8}-\d{6}"),
    ("Dropbox", r" \((?:Case|Unicode Encoding|Selective Sync|Whitespace) Conflict(?: \d+)?\)"),
    ("a program that syncs", rf" [(\[](?=[^()\[\]]*\d{{4}}-?\d{{2}}-?\d{{2}})[^()\[\]]*{_CONFLICT}[^()\[\]]*[)\]]"),
    ("a program that syncs", r" [(\[][^()\[\]]*(?:conflicted copy|conflicting copy|conflicted|Konfliktkopie)[^()\[\]]*[)\]]"),
    ("git", r"[._](?:BACKUP|BASE|LOCAL|REMOTE)[._]\d+"),
)
# Names that may be somebody's own as well: "Plan 2" of iCloud, "Plan (1)" of Google Drive, "Plan-LAPTOP" of OneDrive.
_POSSIBLE = (r" \d", r" \(\d\)", r"-[A-Z][A-Z0-9-]{3,14}")
_PLACEHOLDER = re.compile(r"\.(.+\.md)\.icloud", re.IGNORECASE)


class Copy(NamedTuple):
    """A file that is a copy of another one in its folder: the other's path, and which program makes such names."""

    original: str
    program: str


def copy_of(path: str) -> Copy | None:
    """What a path is a conflict copy of, told by its name alone; None for what is a note of its own."""
    if not re.search("onfli[ck]?t|_(?:BACKUP|BASE|LOCAL|REMOTE)_|[.](?:BACKUP|BASE|LOCAL|REMOTE)[.]", path):
        return None  # as nearly always; the patterns take ten times as long
    for program, pattern in _CERTAIN:
        if (found := _cut(path, pattern)) is not None:
            return Copy(found, program)
    return None


def copy_names(path: str, day: date, commit: str) -> Iterator[str]:
    """Names under which we keep their version of a file ourselves, the best one first; the others are for when it is taken."""
    stem, ending = os.path.splitext(path)
    while len(os.fsencode(stem.rpartition("/")[2])) > 170:  # a disk takes 255 bytes
        stem = stem[:-1]
    return (f"{stem} (conflict {day.isoformat()} {commit[:length]}){ending}" for length in range(7, len(commit) + 1))


def may_be_copy_of(path: str) -> str | None:
    """The path of which this one may be a copy: its name alone cannot tell."""
    return next((found for pattern in _POSSIBLE if (found := _cut(path, pattern)) is not None), None)


def _cut(path: str, pattern: str) -> str | None:
    """The path without what a program has put between its name and its ending."""
    folder, slash, name = path.rpartition("/")
    found = re.fullmatch(rf"(.*\S){pattern}(\.\w+)", name, re.IGNORECASE if "[A-Z]" not in pattern else 0)
    return f"{folder}{slash}{found[1]}{found[2]}" if found else None


def placeholder_of(name: str) -> str | None:
    """The name of the note for which iCloud keeps a placeholder, since it is not downloaded; None for any other file."""
    found = _PLACEHOLDER.fullmatch(name)
    return found[1] if found else None


def are_alike(one: bytes, other: bytes) -> bool:
    """Whether two notes have most of their lines in common, as a note and its copy have."""
    lines, others = ({line.strip() for line in data.splitlines() if len(line.strip()) > 3} for data in (one, other))
    common = len(lines & others)
    return common >= 3 and common >= 0.6 * max(len(lines), len(others))
