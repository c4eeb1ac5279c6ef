"""When each client was last talked to, and what is open with them: sums over the catalogue's tables."""

from collections.abc import Iterator
from datetime import date

from vaultcrm.catalog.catalog import Catalog
from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.links.ownership import ClientRef


def contact_days(catalog: Catalog, until: date, client: ClientRef | None = None) -> dict[str, list[date]]:
    """The days of each client's interactions up to a day, oldest first, by the path of the client's note.

    One's own notes (channel "note") are no contact. With `client`, only that client's are complete.
    """
    source, values = catalog.notes_near(client)
    # the plus sign keeps SQLite from using the index on `type`, which is slower within one client's folder
    where = f"{'+' * (client is not None)}type = 'interaction' AND channel IS NOT 'note'"
    days = f"SELECT folder, client, group_concat(DISTINCT substr(at, 1, 10)) FROM {source} WHERE {where} GROUP BY 1, 2"
    found: dict[str, set[date]] = {}
    for folder, link, text in catalog.rows(days, *values):
        if text and (owner := catalog.owner_of(folder + "/-", link)):
            known = (parse_iso_day(day) for day in text.split(","))
            found.setdefault(owner.path, set()).update(day for day in known if day is not None and day <= until)
    return {path: sorted(days) for path, days in found.items()}


def open_follow_ups(catalog: Catalog, client: ClientRef | None = None) -> Iterator[tuple[str, str, date | None, int]]:
    """Open and waiting follow-ups, summed: the path of the client's note, the status, the first due day, the count.

    The same client and status may come several times. With `client`, only that client's are complete.
    """
    where, values = catalog.near(client)
    sums = "SELECT rtrim(path, replace(path, '/', '')) AS folder, client, status, min(due), count(*) FROM follow_ups"
    for folder, link, status, due, count in catalog.rows(f"{sums} WHERE status IN ('open', 'waiting') {where} GROUP BY 1, 2, 3", *values):
        if owner := catalog.owner_of(folder + "-", link):
            yield owner.path, status, parse_iso_day(due), count
