"""Resolve `client:acme`, `people:dana` and `date:last-month` in a query to the notes, names and dates that they mean."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from vaultcrm.actions.crm import Crm
from vaultcrm.actions.name_matching import best_matches, folded_names
from vaultcrm.dates.period import parse_period
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import InvalidInput
from vaultcrm.links.ownership import ClientRef
from vaultcrm.model.records import FollowUp
from vaultcrm.model.schema import PROPERTIES, PropertyType
from vaultcrm.normalize import fold
from vaultcrm.search.fuzzy import edit_distance, is_within_distance
from vaultcrm.search.query import MATCH_NOTHING, And, Field, Not, Or, PathSet, Text, Tree, ValueSet, word_query
from vaultcrm.search.searcher import Searcher
from vaultcrm.search.tokens import tokens

PROPERTY_TYPES: dict[str, PropertyType] = {fold(key): kind for table in PROPERTIES.values() for key, kind in table.items()}
PROPERTY_TYPES |= {"type": "text", "title": "text"}
# One name for several properties, and the singular of a plural
_SYNONYMS = {"people": ("people", "person", "by"), "tag": ("tags",), "alias": ("aliases",), "decision": ("decisions",)}
_SYNONYMS |= {"person": _SYNONYMS["people"]}
# Dates that mostly lie ahead: "fri" is the next Friday, and "7d" the next seven days
_COMING = frozenset(map(fold, ("due", "scheduled", "deadline", "follow_up")))
_LATE = ("late", "overdue")  # `due:late`: what is open and was due on an earlier day
# Properties that name notes, and the type of those notes
_LINKED_TYPES = {"people": "person", "person": "person", "by": "person", "project": "project"}


def is_property(key: str) -> bool:
    """Whether vaultcrm knows a property, or a synonym, with this name. The index knows those that the user has invented."""
    return key in PROPERTY_TYPES or key in _SYNONYMS


def resolve_fields(crm: Crm, tree: Tree) -> Tree:
    """The query with each field replaced by the notes, words and dates that it stands for in this vault, today."""
    match tree:
        case And(parts):
            return And(tuple(resolve_fields(crm, part) for part in _join_names(crm, parts)))
        case Or(parts):
            return Or(tuple(resolve_fields(crm, part) for part in parts))
        case Not(part):
            return Not(resolve_fields(crm, part))
        case Field():
            return _resolve_field(crm, tree)
        case _:
            return tree


def _resolve_field(crm: Crm, field: Field) -> Tree:
    if field.key == "client":
        return _notes_of_clients(crm, field)
    if field.key == "due" and field.value.lower() in _LATE:
        return PathSet(paths=_paths(item for item in crm.catalog.follow_ups(("open", "waiting")) if (item.days(crm.today) or 0) < 0))
    if _may_be_period(field) and (period := _known_period(crm, field)) is not None:
        dates = ValueSet(field.key, tuple(_date_values(*period)))
        paths = _paths_due(crm, *period) if field.key == "due" else ()
        return Or((dates, PathSet(paths=paths))) if paths else dates
    keys = _SYNONYMS.get(field.key, (field.key,))
    parts = [word_query(field.value, key, is_quoted=field.is_quoted) for key in keys]
    if field.key in _LINKED_TYPES:
        for path in best_matches(field.value, _names(crm, field.key)):
            parts += [PathSet(paths=(path,)), *(word_query(title_of_path(path), key, is_quoted=True) for key in keys)]
    return Or(tuple(part for part in parts if part is not None))


def _paths_due(crm: Crm, first: date, last: date) -> tuple[str, ...]:
    """The notes with a follow-up that is due in a period but isn't a note of its own, and so has no property `due`."""
    items = (item for item in crm.catalog.follow_ups() if item.kind != "note" and item.due)
    return _paths(item for item in items if item.due and first <= item.due <= last)


def _paths(items: Iterable[FollowUp]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.path for item in items))


def _names(crm: Crm, key: str) -> dict[str, list[str]]:
    """The folded names of the notes that a property can name, by path."""
    if key == "client":
        return crm.catalog.client_names()
    return {note.path: folded_names(note) for note in crm.catalog.notes(_LINKED_TYPES[key])}


def suggestions(crm: Crm, searcher: Searcher, key: str, word: str) -> list[str]:
    """Similar words, nearest first, for a word after `key:` that is in no such property; empty if the word is in one."""
    if key == "client":
        known = {part for names in _names(crm, key).values() for name in names for part in tokens(name)}
        similar = [] if word in known else [other for other in known if is_within_distance(word, other, 2)]
        return sorted(similar, key=lambda other: (edit_distance(word, other, 2), other))
    if _is_date(key):
        return []
    keys = _SYNONYMS.get(key, (key,))
    if any(searcher.vocabulary.has_word(word, key) for key in keys):
        return []
    return [suggestion for key in keys for suggestion in searcher.vocabulary.suggestions(word, key)]


def _join_names(crm: Crm, parts: tuple[Tree, ...]) -> Iterator[Tree]:
    """The parts of a query, with a field joined to the words after it if together they are a known name.

    The shell removes the quotes from client:"Blue Whale", and some people type client:blue whale.
    """
    position = 0
    while position < len(parts):
        part = parts[position]
        position += 1
        if isinstance(part, Field) and not part.is_quoted and (part.key == "client" or part.key in _LINKED_TYPES):
            known_names = {tuple(tokens(name)) for names in _names(crm, part.key).values() for name in names}
            following = list(_leading_bare_words(parts[position:]))
            for count in range(len(following), 0, -1):
                if (*tokens(part.value), *following[:count]) in known_names:
                    part = part._replace(value=" ".join([part.value, *following[:count]]), is_quoted=True)
                    position += count
                    break
        yield part


def _leading_bare_words(parts: tuple[Tree, ...]) -> Iterator[str]:
    """The single bare words up to the first part that is something else."""
    for part in parts:
        if not isinstance(part, Text) or not part.is_bare or len(part.words) > 1:
            return
        yield part.words[0]


def _notes_of_clients(crm: Crm, field: Field) -> Tree:
    """The notes of all clients that the value matches; if none does, the notes with that word in their property `client`."""
    paths = best_matches(field.value, crm.catalog.client_names())
    if not paths:
        return word_query(field.value, "client", is_quoted=field.is_quoted) or MATCH_NOTHING
    return Or(tuple(_notes_of_client(crm, ClientRef.at(path)) for path in paths))


def _notes_of_client(crm: Crm, client_ref: ClientRef) -> Tree:
    """The notes in the client's folder, except those of other clients, and the notes elsewhere that name the client."""
    prefix = client_ref.folder + "/" if client_ref.folder else ""
    other_clients = [other for other in crm.catalog.client_folders.values() if other is not None and other.path != client_ref.path]
    other_folders = [other.folder for other in other_clients if other.folder.startswith(prefix)]
    named: list[str] = []
    excluded: list[str] = []
    for path, owner in crm.catalog.explicit_owners():
        if owner is not None and owner.path == client_ref.path:
            named.append(path)
        elif path.startswith(prefix):
            excluded.append(path)
    in_folder = And((PathSet(folders=(client_ref.folder,)), Not(PathSet(tuple(other_folders), tuple(excluded)))))
    folder_owner = crm.catalog.client_folders.get(client_ref.folder)
    has_folder = folder_owner is not None and folder_owner.path == client_ref.path
    own_notes: Tree = in_folder if has_folder else PathSet(paths=(client_ref.path,))
    return Or((own_notes, PathSet(paths=tuple(named))))


def _is_date(key: str) -> bool:
    return PROPERTY_TYPES.get(key) in ("date", "datetime", "dates")


def _may_be_period(field: Field) -> bool:
    """Whether the value can be a period: of a date, or of a property of the user's own that is compared with two dots, `<` or `>`."""
    is_compared = field.value.startswith(("<", ">")) or (".." in field.value and bool(field.value.strip(".")))
    return _is_date(field.key) or (field.key not in PROPERTY_TYPES and is_compared)


def _period(crm: Crm, field: Field) -> tuple[date | None, date | None]:
    """The period that the value describes; of a property that looks ahead, the next one. Raises InvalidInput."""
    sign, words = re.fullmatch(r"([<>]=?)?(.*)", field.value, re.DOTALL).groups()  # type: ignore[union-attr]  # it matches any text
    first, last = parse_period(words, crm.today, crm.vault.settings.date_order, prefer_past=field.key not in _COMING)
    match sign:
        case "<":
            return None, first and first - timedelta(1)
        case "<=":
            return None, last
        case ">":
            return last and last + timedelta(1), None
        case ">=":
            return first, None
    return first, last


def _known_period(crm: Crm, field: Field) -> tuple[date, date] | None:
    """The first and last day of the period that the value describes; None if it isn't one."""
    try:
        first, last = _period(crm, field)
    except InvalidInput:
        return None
    return first or date(1900, 1, 1), last or date(2200, 12, 31)


def unknown_dates(crm: Crm, tree: Tree) -> Iterator[str]:
    """For each date in a query that can't be understood, what is wrong with it."""
    match tree:
        case And(parts) | Or(parts):
            for part in parts:
                yield from unknown_dates(crm, part)
        case Not(part):
            yield from unknown_dates(crm, part)
        case Field() if _is_date(tree.key) and not (tree.key == "due" and tree.value.lower() in _LATE):
            try:
                _period(crm, tree)
            except InvalidInput as error:
                yield f"{tree.key}:{tree.value} is searched as words. {error.message}"


def _date_values(first: date, last: date) -> Iterator[str]:
    """The fewest years ("2026"), months ("2026-11") and days ("2026-11-16") that cover all days from the first to the last."""
    day = first
    while day <= last:
        if (day.month, day.day) == (1, 1) and date(day.year, 12, 31) <= last:
            yield f"{day.year}"
            day = date(day.year + 1, 1, 1)
        elif day.day == 1 and (month_end := (day.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)) <= last:
            yield f"{day:%Y-%m}"
            day = month_end + timedelta(1)
        else:
            yield day.isoformat()
            day += timedelta(1)
