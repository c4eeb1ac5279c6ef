"""What `client:acme`, `people:dana` and `date:last-month` mean in this vault, on this day."""

from collections.abc import Iterator
from datetime import date, timedelta

from vaultcrm.actions.crm import Crm
from vaultcrm.actions.lookup import matches, names_of
from vaultcrm.dates.parse import parse_period
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import InvalidInput
from vaultcrm.links.ownership import ClientRef
from vaultcrm.model.schema import PROPERTIES, PropertyType
from vaultcrm.normalize import fold
from vaultcrm.search.fuzzy import edit_distance, is_within_distance
from vaultcrm.search.query import MATCH_NOTHING, And, Field, Not, Or, PathSet, Text, Tree, ValueSet, word_query
from vaultcrm.search.searcher import Searcher
from vaultcrm.search.tokens import tokens

KINDS: dict[str, PropertyType] = {fold(key): kind for table in PROPERTIES.values() for key, kind in table.items()}
KINDS |= {"type": "text", "title": "text"}
# One word for several properties, and the singular for the plural
_FIELD_SYNONYMS = {"people": ("people", "person", "by"), "tag": ("tags",), "alias": ("aliases",), "decision": ("decisions",)}
_FIELD_SYNONYMS |= {"person": _FIELD_SYNONYMS["people"]}
_NAMED = {"people": "person", "person": "person", "by": "person", "project": "project"}  # properties that name notes, and of which type


def is_key(key: str) -> bool:
    """Whether vaultcrm knows a property of this name; those of the user's own are in the index."""
    return key in KINDS or key in _FIELD_SYNONYMS


def resolve_fields(crm: Crm, tree: Tree) -> Tree:
    """A query's tree with every field replaced by what it means here."""
    match tree:
        case And(parts):
            return And(tuple(resolve_fields(crm, part) for part in _with_whole_names(crm, parts)))
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
        return _of_clients(crm, field)
    if (KINDS.get(field.key) in ("date", "datetime", "dates") or ".." in field.value) and (days := _days(crm, field)) is not None:
        return ValueSet(field.key, tuple(days))
    keys = _FIELD_SYNONYMS.get(field.key, (field.key,))
    found = [word_query(field.value, key, is_quoted=field.is_quoted) for key in keys]
    if field.key in _NAMED:
        for path in matches(field.value, _names(crm, field.key)):
            found += [PathSet(paths=(path,)), *(word_query(title_of_path(path), key, is_quoted=True) for key in keys)]
    return Or(tuple(part for part in found if part is not None))


def _names(crm: Crm, key: str) -> dict[str, list[str]]:
    """What the notes that a property names may be called, by path, folded."""
    if key == "client":
        return crm.catalog.client_names()
    return {note.path: names_of(note) for note in crm.catalog.notes(_NAMED[key])}


def suggestions(crm: Crm, finder: Searcher, key: str, word: str) -> list[str]:
    """What may have been meant by a word behind a key, when it means nothing there: the nearest first."""
    if key == "client":
        named = {part for names in _names(crm, key).values() for name in names for part in tokens(name)}
        near = [] if word in named else [one for one in named if is_within_distance(word, one, 2)]
        return sorted(near, key=lambda one: (edit_distance(word, one, 2), one))
    keys = _FIELD_SYNONYMS.get(key, (key,))
    if any(finder.has_word(word, one) for one in keys):
        return []
    return [found for one in keys for found in finder.suggestions(word, one)]


def _with_whole_names(crm: Crm, parts: tuple[Tree, ...]) -> Iterator[Tree]:
    """The parts, with a name put together that goes on behind `client:`.

    The shell takes the quotes from client:"Blue Whale"; and who types client:blue whale means the same.
    """
    at = 0
    while at < len(parts):
        part = parts[at]
        at += 1
        if isinstance(part, Field) and not part.is_quoted and (part.key == "client" or part.key in _NAMED):
            known = {tuple(tokens(name)) for names in _names(crm, part.key).values() for name in names}
            following = list(_bare_words(parts[at:]))
            for count in range(len(following), 0, -1):
                if (*tokens(part.value), *following[:count]) in known:
                    part = part._replace(value=" ".join([part.value, *following[:count]]), is_quoted=True)
                    at += count
                    break
        yield part


def _bare_words(parts: tuple[Tree, ...]) -> Iterator[str]:
    """The words that stand first, as long as they are single ones."""
    for part in parts:
        if not isinstance(part, Text) or not part.is_bare or len(part.words) > 1:
            return
        yield part.words[0]


def _of_clients(crm: Crm, field: Field) -> Tree:
    """The notes of every client that a name can mean; where it means none, notes that name it so."""
    paths = matches(field.value, crm.catalog.client_names())
    if not paths:
        return word_query(field.value, "client", is_quoted=field.is_quoted) or MATCH_NOTHING
    return Or(tuple(_of_client(crm, ClientRef.at(path)) for path in paths))


def _of_client(crm: Crm, client_ref: ClientRef) -> Tree:
    """What lies in the client's folder and in no other client's below it, and what names the client elsewhere."""
    below = client_ref.folder + "/" if client_ref.folder else ""
    homes = [one for one in crm.catalog.client_folders.values() if one is not None and one.path != client_ref.path]
    others = [one.folder for one in homes if one.folder.startswith(below)]
    there: list[str] = []
    elsewhere: list[str] = []
    for path, owner in crm.catalog.explicit_owners():
        if owner is not None and owner.path == client_ref.path:
            there.append(path)
        elif path.startswith(below):
            elsewhere.append(path)
    inside = And((PathSet(folders=(client_ref.folder,)), Not(PathSet(tuple(others), tuple(elsewhere)))))
    owns = crm.catalog.client_folders.get(client_ref.folder)
    near: Tree = inside if owns is not None and owns.path == client_ref.path else PathSet(paths=(client_ref.path,))
    return Or((near, PathSet(paths=tuple(there))))


def _days(crm: Crm, field: Field) -> Iterator[str] | None:
    try:
        first, last = parse_period(field.value, crm.today, crm.vault.settings.date_order)
    except InvalidInput:
        return None
    return _date_values(first or date(1900, 1, 1), last or date(2200, 12, 31))


def _date_values(first: date, last: date) -> Iterator[str]:
    """The years, months and days, as ISO spells them, that together are all days from the first to the last."""
    day = first
    while day <= last:
        if (day.month, day.day) == (1, 1) and date(day.year, 12, 31) <= last:
            yield f"{day.year}"
            day = date(day.year + 1, 1, 1)
        elif day.day == 1 and (end := (day.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)) <= last:
            yield f"{day:%Y-%m}"
            day = end + timedelta(1)
        else:
            yield day.isoformat()
            day += timedelta(1)
