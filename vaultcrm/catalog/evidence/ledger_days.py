"""What the files of the imports' ledger say, which never change: until when each kind of source is known."""

import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from datetime import date

from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.database import UnusableCache


def kept_days(catalog: Catalog) -> dict[str, dict[str, date]]:
    """What is known of the ledger's files: the last day of each kind of source, by the file's name."""
    days: dict[str, dict[str, date]] = {}
    for name, kind, day in catalog.rows("SELECT name, kind, day FROM ledger_days"):
        days.setdefault(name, {}).update({kind: date.fromisoformat(day)} if day else {})
    return days


def keep_days(catalog: Catalog, files: Mapping[str, Mapping[str, date]]) -> None:
    """Keep what the ledger's files say, which are never changed. If the cache can't be written, do nothing."""
    with suppress(sqlite3.OperationalError, UnusableCache), catalog.transaction(waits=False) as execute:
        for name, days in files.items():
            for kind, day in [("", None), *((kind, day.isoformat()) for kind, day in days.items())]:
                execute("INSERT OR REPLACE INTO ledger_days VALUES (?, ?, ?)", (name, kind, day))
