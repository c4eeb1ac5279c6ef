"""The vault as it was on a day: from Git's history where there is one, else from the dates in the notes."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.history.changes import Change, compare
from vaultcrm.actions.history.client_state import client_state
from vaultcrm.actions.history.git_reader import PATTERNS_OF_DECISIONS, PATTERNS_OF_PROJECTS, GitReader, patterns_of_client
from vaultcrm.actions.history.historic_crm import HistoricCrm
from vaultcrm.catalog.past.by_dates import catalog_by_dates
from vaultcrm.dates.humanize import short_day
from vaultcrm.errors import InvalidInput, NotFound
from vaultcrm.git.history import History, Search, open_history
from vaultcrm.links.ownership import ClientRef
from vaultcrm.quoting import quoted
from vaultcrm.vault.snapshot import Snapshot


class AsOf(NamedTuple):
    """A Crm at the end of a day. `client` is the path of the client's note then, to look it up by; `source` says where it is all from.

    `person` is the path of a person's note, if that is who was named.
    """

    crm: Crm
    client: str
    source: str
    person: str = ""


def crm_at(crm: Crm, day: date, client: str = "", project: str = "", for_decisions: bool = False) -> AsOf:
    """The vault as it was at the end of a day, in memory; with `client`, only what answers about it and its `project` need.

    Without a client, `project` is one of any client, and `for_decisions` has only notes with decisions in them read.
    `client` may be one of its people. For today it is the vault as it is. Raises InvalidInput for a day ahead, and
    NotFound for a client who wasn't there.
    """
    if day > crm.today:
        raise InvalidInput(f"{_full_day(day)} lies ahead.", "Give a day in the past, such as: --as-of 2w")
    crm.refresh()
    if day == crm.today:
        return AsOf(crm, client, "")
    history = open_history(crm.vault.root)
    commit = history.commit_before(datetime.combine(day, time(23, 59, 59))) if history else None
    if history and commit and (tree := history.tree(commit.id)):
        source = f"As of {_full_day(day)}, from commit {commit.id[:7]} ({short_day(commit.day, day)})."
        if client:
            return _client_from_git(crm, history, tree, day, client, project, source)
        return AsOf(_all_from_git(crm, history, tree, day, project, for_decisions), "", source)
    return _by_dates(crm, history, day, client)


def changes_since(crm: Crm, client: ClientRef, day: date) -> tuple[list[Change], str]:
    """What has changed with a client since the end of a day, or since yesterday for today; and where its state then is from."""
    then = crm_at(crm, min(day, crm.today - timedelta(1)), client.path)
    old = client_state(then.crm, lookup.client(then.crm, then.client))
    then.crm.catalog.close()
    return compare(old, client_state(crm, client)), f"Compared with{then.source.removeprefix('As of')}"


def _client_from_git(crm: Crm, history: History, tree: str, day: date, client: str, project: str, source: str) -> AsOf:
    now, person = _client_now(crm, client)
    search = Search(history, tree, patterns_of_client(crm, now))
    reader = GitReader(crm, Snapshot(crm.vault, history, tree))
    reader.read_known(now)
    reader.read_found(search)
    historic = HistoricCrm(crm, reader.snapshot, reader.catalog, day)
    path = reader.client_then(now) if now else lookup.client(historic, client).path
    if path is None:
        name = now.name if now else client
        raise NotFound(f"{quoted(name)} wasn't a client yet on {_full_day(day)}, as far as Git's history shows.", "Give a later day.")
    then = ClientRef.at(path)
    reader.read_client(then, now)
    if project:
        reader.read_links_to_projects(then, project)
    renamed = f" {now.name} was called {then.name} then." if now and now.name != then.name else ""
    return AsOf(historic, path, source + renamed, person if historic.catalog.note(person) else "")


def _all_from_git(crm: Crm, history: History, tree: str, day: date, project: str, for_decisions: bool) -> Crm:
    """The vault with the notes of all clients: only their projects, and all about one, or only those with decisions, or all."""
    search = Search(history, tree, PATTERNS_OF_PROJECTS if project else PATTERNS_OF_DECISIONS if for_decisions else ())
    reader = GitReader(crm, Snapshot(crm.vault, history, tree))
    historic = HistoricCrm(crm, reader.snapshot, reader.catalog, day)
    if not project and not for_decisions:
        reader.read_all()
        return historic
    reader.read_known(None)
    reader.read_found(search)
    if project:
        path = lookup.client_note(historic, "project", project).path
        owner = historic.catalog.owner_of(path, historic.catalog.client_link(path))
        if owner is None:
            reader.read_all()
        else:
            reader.read_client(owner, None)
            reader.read_links_to_projects(owner, project)
    else:
        reader.read_superseded()
    return historic


def _client_now(crm: Crm, name: str) -> tuple[ClientRef | None, str]:
    """The client that a name stands for now, and the path of the person if it is a person's; None for one that is no longer there."""
    try:
        client, person = lookup.client_or_person(crm, name)
    except NotFound:
        return None, ""
    return client, person or ""


def _by_dates(crm: Crm, history: History | None, day: date, client: str) -> AsOf:
    now, person = lookup.client_or_person(crm, client) if client else (None, None)
    catalog = catalog_by_dates(crm.catalog, day)
    why = "the vault isn't in Git"
    if history:
        first = history.first_commit()
        begins = f"begins on {_full_day(first.day)}" if first and first.day > day else "doesn't reach back"
        why = f"its Git history {begins}" + (" in this shallow clone" if history.is_shallow else "")
    source = f"As of {_full_day(day)}, from the dates in the notes, because {why}. What has no date is shown as it is today."
    return AsOf(HistoricCrm(crm, crm.vault, catalog, day), now.path if now else "", source, person or "")


def _full_day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
