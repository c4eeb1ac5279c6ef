"""The catalogue of a vault as the dates in its notes say that it was on a day: the way out without Git's history."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from sqlite3 import Cursor

from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.update import NOTE_TABLES
from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.markdown.values import as_list

_Execute = Callable[..., Cursor]


def catalog_by_dates(catalog: Catalog, day: date) -> Catalog:
    """What a catalogue that is up to date says about a day, as a new one in memory.

    Conversations, decisions and callouts of later days are left out, and so are follow-ups that were written down
    later. What was completed later is open, and a decision that was replaced later is in force. Everything without a
    date is as it is today: status, deadlines, people.
    """
    past = Catalog(catalog.root, in_memory=True)
    catalog.connection.backup(past.connection)
    replaced = {key for key, decision in catalog.replacements().items() if decision.on and decision.on > day}
    with past.transaction() as execute:
        for key in replaced:
            execute("UPDATE decisions SET status = 'in force' WHERE id = ? AND status = 'superseded'", (key,))
        _remove_later(execute, day.isoformat())
        _reopen_recurring(execute, day)
        _reopen_lines(execute, day.isoformat())
        execute("UPDATE follow_ups SET status = 'open', completed = NULL WHERE substr(completed, 1, 10) > ?", (day.isoformat(),))
    past.invalidate()
    return past


def _remove_later(execute: _Execute, day: str) -> None:
    later_notes = execute(
        "SELECT path FROM notes WHERE substr(at, 1, 10) > ? UNION SELECT path FROM decisions WHERE kind = 'note' AND \"on\" > ? "
        "UNION SELECT path FROM follow_ups WHERE kind = 'note' AND since > ?",
        (day, day, day),
    )
    for (path,) in later_notes.fetchall():
        for table in ("notes", "files", *NOTE_TABLES):
            execute(f"DELETE FROM {table} WHERE path = ?", (path,))
    for table, column in (("decisions", '"on"'), ("points", '"on"'), ("follow_ups", "since")):
        execute(f"DELETE FROM {table} WHERE {column} > ?", (day,))


def _reopen_recurring(execute: _Execute, day: date) -> None:
    """Move recurring follow-up notes back to the first day that was due after `day` and is done now."""
    rows = execute(
        "SELECT follow_ups.path, due, scheduled, properties FROM follow_ups JOIN notes USING (path) "
        "WHERE kind = 'note' AND recurrence IS NOT NULL AND properties LIKE '%complete_instances%'"
    )
    for path, due, scheduled, text in rows.fetchall():
        properties = json.loads(text)
        days = {parse_iso_day(instance): instance for instance in as_list(properties.get("complete_instances"))}
        later = sorted(instance for instance in days if instance is not None and instance > day)
        if later:
            kept = [instance for parsed, instance in days.items() if parsed not in later]
            properties = {**properties, "complete_instances": kept}
            execute("UPDATE notes SET properties = ? WHERE path = ?", (json.dumps(properties, ensure_ascii=False), path))
            reopened = "UPDATE follow_ups SET due = ?, scheduled = ?, status = replace(status, 'done', 'open')"
            execute(f"{reopened} WHERE path = ? AND kind = 'note'", (*_moved_back(later[0], due, scheduled), path))


def _moved_back(day: date, due: str | None, scheduled: str | None) -> tuple[str | None, str | None]:
    """The due and the scheduled day of an earlier occurrence: `scheduled` keeps its distance."""
    last_due, last_scheduled = parse_iso_day(due), parse_iso_day(scheduled)
    if last_due is None:
        return due, day.isoformat()
    return day.isoformat(), (last_scheduled - (last_due - day)).isoformat() if last_scheduled else scheduled


def _reopen_lines(execute: _Execute, day: str) -> None:
    """Take the lines of recurring tasks that were completed later out, and give the first of them its open line back."""
    rows = execute(
        "SELECT rowid, path, text, due, scheduled FROM follow_ups "
        "WHERE kind = 'task' AND recurrence IS NOT NULL AND status = 'done' AND completed > ? ORDER BY coalesce(due, scheduled)",
        (day,),
    )
    lines: dict[tuple[str, str], list[tuple[int, str | None, str | None]]] = defaultdict(list)
    for number, path, text, due, scheduled in rows.fetchall():
        lines[path, text].append((number, due, scheduled))
    for (path, text), completed in lines.items():
        _, due, scheduled = completed[0]
        following = "path = ? AND text = ? AND kind = 'task' AND recurrence IS NOT NULL AND status IN ('open', 'waiting')"
        if execute(f"UPDATE follow_ups SET due = ?, scheduled = ? WHERE {following}", (due, scheduled, path, text)).rowcount:
            _delete(execute, [number for number, _, _ in completed])
        else:  # its rule has ended since
            _delete(execute, [number for number, _, _ in completed[1:]])


def _delete(execute: _Execute, numbers: Iterable[int]) -> None:
    for number in numbers:
        execute("DELETE FROM follow_ups WHERE rowid = ?", (number,))
