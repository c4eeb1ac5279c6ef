"""Recognise conflict copies: the files that sync programs leave next to a note that was changed in two places."""

import os
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from vaultcrm.normalize import fold_case

# What each program adds to the name. Text in parentheses counts only if it contains both the word for conflict and the
# word for copy, in one of the languages of Dropbox: "Mediation (conflict resolution)" is a note like any other.
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
    ("Resilio Sync", r"\.Conflict"),
    ("rclone", r"\.(?:conflict\d+|path[12])"),
    ("pCloud", r" \[conflicted\]|\.conflicted"),
    ("MEGA", r" \((?:local|remote) conflict(?:ed)?\)"),
)
# What programs add after the extension, so that the copy isn't a note any more. "note.md~" and "note.md.bak" are not
# among them: editors leave these beside every note that they save.
_AFTER_EXTENSION = (
    ("rclone", r"\.conflict\d+|\.\.?path[12]"),
    ("Syncthing", r"\.sync-conflict-\d{8}-\d{6}(?:-\w{7})?"),
    ("Resilio Sync", r"\.Conflict"),
    ("git", r"~[^~/]+"),  # "note.md~HEAD", "note.md~laptop": both sides added the note
)
# The same for versions of a note in which a merge was not finished, so that the note itself may hold conflict markers.
_UNMERGED = (("git", r"\.orig"), ("Subversion", r"\.mine|\.r\d+"))
_MAY_BE_COPY = re.compile(
    r"onfli[ck]?t|[._](?:BACKUP|BASE|LOCAL|REMOTE)[._]|\.path[12]\b|\.(?:orig|mine|r\d+)$|\.\w+~[^~/]+$|онфликт|競合|冲突|衝突|충돌",
    re.IGNORECASE,
)
# Names that may as well be the user's own: "Plan 2" (iCloud), "Plan (1)" (Google Drive), "Plan-LAPTOP" (OneDrive).
_POSSIBLE = (r" \d", r" \(\d\)", r"-[A-Z][A-Z0-9-]{3,14}")


class ConflictCopy(NamedTuple):
    """What a conflict copy's name says: the path of the original, and the program that makes such names.

    `is_mergeable`: both are whole notes, and not the leftovers of a merge that wasn't finished.
    """

    original: str
    program: str
    is_mergeable: bool = True


def parse_conflict_copy(path: str) -> ConflictCopy | None:
    """Parse the name of a conflict copy; None if it is no such name.

    It is a conflict copy only if the original exists, which the caller has to check.
    """
    if not _MAY_BE_COPY.search(path):
        return None  # nearly all names: the patterns below take ten times as long
    for program, pattern in _CERTAIN:
        if (original := _without_marker(path, pattern)) is not None:
            return ConflictCopy(original, program)
    for patterns in (_AFTER_EXTENSION, _UNMERGED):
        for program, pattern in patterns:
            if match := re.fullmatch(rf"(.*[^/]\.\w+)(?:{pattern})", path, re.IGNORECASE):
                return ConflictCopy(match[1], program, patterns is _AFTER_EXTENSION)
    return None


def conflict_copy_names(path: str, day: date, commit: str) -> Iterator[str]:
    """Names for keeping the other side's version of a file next to ours, best first; the others are for when that is taken."""
    stem, ending = os.path.splitext(path)
    while len(os.fsencode(stem.rpartition("/")[2])) > 170:  # file systems allow 255
        stem = stem[:-1]
    return (f"{stem} (conflict {day.isoformat()} {commit[:length]}){ending}" for length in range(7, len(commit) + 1))


def merged_commit(path: str) -> str | None:
    """The abbreviated commit in the name of a conflict copy that `sync` made; None for any other name."""
    match = re.search(r" \(conflict \d{4}-\d{2}-\d{2} ([0-9a-f]{7,})\)\.\w+$", path)
    return match[1] if match else None


def find_original(copy: ConflictCopy, names: Iterable[str]) -> str | None:
    """The path of the original, if it is among the names in its folder. Case and the encoding of accents don't matter."""
    folder, slash, original = copy.original.rpartition("/")
    match = next((name for name in names if fold_case(name) == fold_case(original)), None)
    return None if match is None else f"{folder}{slash}{match}"


def possible_original(path: str) -> str | None:
    """The path that this file may be a copy of, if its name alone can't decide; None for any other name."""
    return next((original for pattern in _POSSIBLE if (original := _without_marker(path, pattern)) is not None), None)


def _without_marker(path: str, pattern: str) -> str | None:
    """The path without what a program has added between the name and the extension; None if it has added nothing."""
    folder, slash, name = path.rpartition("/")
    match = re.fullmatch(rf"(.*?\S)(?:{pattern})(\.\w+)", name, re.IGNORECASE if "[A-Z]" not in pattern else 0)
    return f"{folder}{slash}{match[1]}{match[2]}" if match else None


def icloud_placeholder(name: str) -> str | None:
    """The name of the note that an iCloud placeholder stands for, because it is not downloaded; None for any other file."""
    is_placeholder = name.startswith(".") and name.lower().endswith(".md.icloud") and len(name) > len("..md.icloud")
    return name[1 : -len(".icloud")] if is_placeholder else None


def are_similar(first: bytes, second: bytes) -> bool:
    """Whether two notes have most of their lines in common, like a note and its copy.

    Two notes of the same name aren't: they were created at different times, imported from different messages, or the
    second one has its name as `title`.
    """
    for key in (rb"(?:dateCreated|date)", b"source"):
        lines_of_both = [re.search(b"^" + key + b":.*", data, re.MULTILINE) for data in (first, second)]
        if lines_of_both[0] and lines_of_both[1] and lines_of_both[0][0].strip() != lines_of_both[1][0].strip():
            return False
    if len({bool(re.search(rb"^title:", data, re.MULTILINE)) for data in (first, second)}) > 1:
        return False
    lines, other_lines = ({line.strip() for line in data.splitlines() if len(line.strip()) > 3} for data in (first, second))
    common, sizes = len(lines & other_lines), (len(lines), len(other_lines))
    return common >= 3 and common >= 0.75 * min(sizes) and common >= 0.5 * max(sizes)
