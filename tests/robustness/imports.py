"""Real exports: what the importers find in the files of a folder."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from vaultcrm.errors import InvalidInput
from vaultcrm.importers.detect import detect, read
from vaultcrm.importers.message import Refused

_OPTIONS = {"zone": ZoneInfo("UTC"), "first": date(2000, 1, 1), "last": date(2030, 12, 31)}


class Survey(NamedTuple):
    """One file: its kind ("" if it isn't known), how many values of each type it gave, why some were refused, and the time it took."""

    path: Path
    kind: str
    found: Counter[str]
    refused: tuple[Refused, ...]
    seconds: float


def survey(folder: Path) -> Iterator[Survey]:
    """Each file below a folder, as the importers read it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            start = time.process_time()
            try:
                kinds = detect(path, path.name)
                values = [value for kind in kinds for value in read(kind, path, path.name, _OPTIONS)]
            except InvalidInput:
                kinds, values = [], []
            refused = tuple(value for value in values if isinstance(value, Refused))
            yield Survey(path, ", ".join(kinds), Counter(type(value).__name__ for value in values), refused, time.process_time() - start)
