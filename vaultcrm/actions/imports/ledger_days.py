"""What the imports' ledger says of days: until when sources are known, and where an export was cut. Quick to load: `brief` asks."""

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import date

from vaultcrm.actions.crm import Crm
from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.errors import Unreadable

LEDGER = ".vaultcrm/imported"  # hidden, so neither Obsidian nor search shows it
CUT = "cut "  # before the conversation of which an export holds only the newest messages
_DAY = re.compile(r"^(?:until ([a-z]{1,20})|(cut [a-z]{1,20}:[!-~]{1,100})) (\d{4}-\d\d-\d\d)$", re.MULTILINE)


def ledger_files(crm: Crm) -> set[str]:
    """The names of the ledger's files. After an undo, some that were there are gone."""
    try:
        return {name for name in os.listdir(crm.vault.path(LEDGER)) if name.endswith(".txt")}
    except FileNotFoundError:
        return set()


def ledger_texts(crm: Crm, names: Iterable[str]) -> dict[str, str]:
    """The texts of files of the ledger, by the file's name; without those that can't be read."""
    texts = {}
    for name in names:
        with suppress(FileNotFoundError, Unreadable):  # another run has just begun, or the disk refuses
            texts[name] = crm.vault.read(f"{LEDGER}/{name}").data.decode("ascii", "replace")
    return texts


def days_in(text: str) -> dict[str, date]:
    """What a file of the ledger says: the last day of a kind of source, and the first one of a conversation behind CUT."""
    return {kind or cut: day for kind, cut, words in _DAY.findall(text) if (day := parse_iso_day(words))}


def merged_days(files: Iterable[dict[str, date]]) -> dict[str, date]:
    """What all files say together: the latest day of each."""
    days: dict[str, date] = {}
    for of_file in files:
        for key, day in of_file.items():
            days[key] = max(day, days.get(key, day))
    return days


def complete_until(texts: Iterable[str]) -> dict[str, date]:
    """By kind of source ("mail", "whatsapp"), the last day that was imported, as the ledger's files say; without kinds that never were."""
    return {kind: day for kind, day in merged_days(map(days_in, texts)).items() if not kind.startswith(CUT)}
