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


def days_by_file(crm: Crm, names: Iterable[str]) -> dict[str, dict[str, date]]:
    """What files of the ledger say, by the file's name: the last day of a kind of source, and the first one of a conversation
    behind CUT. Without files that can't be read.
    """
    found = {}
    for name in names:
        with suppress(FileNotFoundError, Unreadable):
            text = crm.vault.read(f"{LEDGER}/{name}").data.decode("ascii", "replace")
            found[name] = {kind or cut: day for kind, cut, words in _DAY.findall(text) if (day := parse_iso_day(words))}
    return found


def merged_days(files: Iterable[dict[str, date]]) -> dict[str, date]:
    """What all files say together: the latest day of each."""
    days: dict[str, date] = {}
    for of_file in files:
        for key, day in of_file.items():
            days[key] = max(day, days.get(key, day))
    return days


def complete_until(crm: Crm) -> dict[str, date]:
    """By kind of source ("mail", "whatsapp"), the last day that was imported; without kinds that never were."""
    days = merged_days(days_by_file(crm, ledger_files(crm)).values())
    return {kind: day for kind, day in days.items() if not kind.startswith(CUT)}
