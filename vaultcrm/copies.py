"""The names of copies that keep the other side of a conflict: "Acme Studio (conflict 2026-11-16 ab12cd3).md"."""

import os
import re
from collections.abc import Iterator
from datetime import date

_COPY = re.compile(r" \(conflict \d{4}-\d\d-\d\d [0-9a-f]{7}( \d+)?\)(?=(\.[^./]*)?$)")


def copy_names(path: str, day: date, commit: str) -> Iterator[str]:
    """Names for their version of a file, the best one first; the others are for when it is taken."""
    stem, ending = os.path.splitext(path)
    folder, slash, name = stem.rpartition("/")
    stem = folder + slash + _short(name)
    number = 1
    while True:
        yield f"{stem} (conflict {day.isoformat()} {commit[:7]}{f' {number}' if number > 1 else ''}){ending}"
        number += 1


def _short(name: str) -> str:
    """A name that leaves room: a disk takes 255 bytes."""
    while len(os.fsencode(name)) > 180:
        name = name[:-1]
    return name


def is_copy(path: str) -> bool:
    """Whether a file is such a copy, by its name."""
    return _COPY.search(path) is not None


def original(path: str) -> str:
    """The path of the file whose other side a copy keeps."""
    return _COPY.sub("", path)
