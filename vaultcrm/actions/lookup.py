"""Find the client, note, follow-up or decision that the user means.

The public functions raise NotFound, with similar names as a hint, if nothing matches. If several things match,
the user is asked which is meant, or Ambiguous is raised where nobody can be asked.
"""

import contextlib
import os
import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence

from vaultcrm.actions.crm import Crm
from vaultcrm.actions.name_matching import best_matches, folded_names, folded_query, matches_by_rank, unique_match
from vaultcrm.catalog.handle_queries import (
    Item,
    items_with_handle,
    notes_in_folders_named,
    notes_with_handle,
    notes_with_name_part,
    records_with_handle,
)
from vaultcrm.catalog.names import NAMED_TYPES
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import Ambiguous, NotFound, Refused
from vaultcrm.links.ownership import ClientRef
from vaultcrm.links.resolver import NoteRow
from vaultcrm.markdown.wikilinks import make_wikilink, parse_wikilink, without_links
from vaultcrm.model.decision_notes import noted_twice
from vaultcrm.model.records import Decision, FollowUp, Note
from vaultcrm.model.schema import CHANNEL_SYNONYMS
from vaultcrm.normalize import fold
from vaultcrm.quoting import quoted, shell_word


def client(crm: Crm, name: str) -> ClientRef:
    """A client by name, alias, a unique part of one, or path. Case and accents don't matter."""

    def find() -> str:
        names = crm.catalog.client_names()
        _check_unread(crm, name, names)
        return unique_match(name, names, "client", 'Add a client with: vaultcrm client add "NAME"')

    _refresh_names(crm, name)
    return ClientRef.at(find_or_ask(crm, find))


def client_or_person(crm: Crm, name: str) -> tuple[ClientRef, str | None]:
    """The client that is meant, and the path of the person's note if `name` is one of its people's.

    A person's whole name comes before a part of a client's, and after a client's whole name.
    """
    _refresh_names(crm, name)
    folded, person = fold(name), None
    if not any(folded in names for names in crm.catalog.client_names().values()):
        named = crm.catalog.people_named(folded)
        person = named[0] if len(named) == 1 else client_note(crm, "person", name).path if named else None
    if person is None:
        try:
            return client(crm, name), None
        except NotFound as error:
            try:
                person = client_note(crm, "person", name).path
            except NotFound:
                raise error from None
    owner = crm.catalog.owner_of(person, crm.catalog.client_link(person))
    if owner is None:
        raise NotFound(f"{title_of_path(person)} belongs to no client.", f"See: vaultcrm show {shell_word(person)}")
    return owner, person


def client_note(crm: Crm, note_type: str, name: str, client_ref: ClientRef | None = None) -> Note:
    """A project or a person, of one client or of all, by name, alias or a unique part of one."""

    def notes() -> list[Note]:
        return crm.catalog.client_notes(note_type, client_ref) if client_ref else crm.catalog.notes(note_type)

    def find() -> str:
        names = {note.path: folded_names(note) for note in notes()}
        _check_unread(crm, name, names)
        hint = f"Add one with: vaultcrm {note_type} add {shell_word(client_ref.name) if client_ref else 'CLIENT'} {shell_word(name)}"
        return unique_match(name, names, note_type, hint, f" of {client_ref.name}" if client_ref else "")

    if client_ref is None:
        crm.refresh()
    _refresh_names(crm, name)
    crm.refresh_folders({note.folder for note in notes()})  # they may have been edited in place
    path = find_or_ask(crm, find)
    return next(note for note in notes() if note.path == path)


def link(crm: Crm, note_type: str, name: str | None, client_ref: ClientRef | None) -> str | None:
    """A wikilink to a project or person, of one client or of all; None without a name."""
    return make_wikilink(client_note(crm, note_type, name, client_ref).title) if name else None


def note(crm: Crm, name: str) -> str:
    """The path of a note by what `place` takes. Raises Refused for the handle of something inside a note."""
    path, item = place(crm, name)
    if item is not None:
        shown, ways = item.id[:6], [f"vaultcrm edit {item.id[:6]}"]
        if item.table == "follow_ups":
            ways.insert(0, f"vaultcrm set {shown} due=DAY")
        if item.table == "decisions" and (owner := crm.catalog.owner_of_text(path, item.text)):
            ways.append(f"vaultcrm decide {shell_word(owner.name)} TEXT --supersedes {shown}")
        raise Refused(
            f"{shown} is {_WRITTEN_AS[item.kind]} in {path}:{item.line}, not a note: {item.text}",
            f"Change it with: {' or '.join(ways)}. For the whole note, give its path.",
        )
    return path


_WRITTEN_AS = {
    "task": "a checkbox line", "interaction": "part of the properties", "callout": "a callout", "property": "part of the properties",
    "section": "an item of a list",
}  # fmt: skip


def place(crm: Crm, name: str) -> tuple[str, Item | None]:
    """The path of a note by its path, link, handle, title, alias of a client, or a unique part of a name; clients come first.

    For the handle of something inside a note, that is returned as well. A note that can't be read is found by its path.
    """
    crm.refresh()
    if path := _at_path(crm, name):
        return path, None
    client_names = crm.catalog.client_names()
    if any(char.isdigit() for char in name) and not best_matches(name, client_names):  # most handles; without a look at all titles
        with_handle = _things_with_handle(crm, name)
        if len(with_handle) == 1:
            return with_handle[0][1:]
    rows = _rows_that_may_match(crm, name)
    names = client_names | {row.path: client_names.get(row.path, [row.name]) for row in rows}
    names |= {path: [fold(title_of_path(path))] for path in crm.catalog.unread_notes()}
    best = _meant_first(name, names, dict.fromkeys(client_names, "client") | {row.path: row.type for row in rows})
    if len(best) == 1 and best[0] in client_names:
        return best[0], None
    if parse_wikilink(name) and (target := crm.catalog.resolve(name, "")):
        return target, None
    if by_handle := _place_with_handle(crm, name, is_name=bool(best)):
        return by_handle
    candidates = {path: names[path] for path in best} or {row.path: [row.name] for row in crm.catalog.note_rows()} | names
    return find_or_ask(crm, lambda: unique_match(name, candidates, "note", "A path within the vault works too.")), None


def _rows_that_may_match(crm: Crm, name: str) -> list[NoteRow]:
    """The notes that `matches_by_rank` has to look at: with the name in their title, or in the folder that it names."""
    query = folded_query(name)
    if not query:
        return []
    return [*notes_with_name_part(crm.catalog, query.rpartition("/")[2]), *notes_in_folders_named(crm.catalog, query)]


def _meant_first(text: str, names: Mapping[str, Iterable[str]], types: Mapping[str, str | None]) -> list[str]:
    """The best matches among notes of all types: clients before people before projects before the rest.

    A person's or project's whole name comes before a part of a client's.
    """
    order = ("client", "person", "project")

    def rank(path: str) -> int:
        note_type = types.get(path)
        return order.index(note_type) if note_type in order else len(order)

    exact, start, part = matches_by_rank(text, names)
    matches = [path for path in exact if rank(path) < len(order)] or exact + start or part
    first = min(map(rank, matches), default=0)
    best = [path for path in matches if rank(path) == first]
    return [path for path in best if path in exact] or best


def note_record(crm: Crm, path: str) -> Note:
    """The note at a path that was looked up, as it was last read; without properties if it never could be read."""
    return crm.catalog.note(path) or Note(path, None, {}, "")


def _at_path(crm: Crm, name: str) -> str | None:
    """The note at a path, absolute or from the vault's root or the current folder. Its extension may be missing."""
    if not name or "\0" in name:
        return None
    spelled = name.replace("\\", "/")
    from_root, from_here = posixpath.normpath(spelled), _path_in_vault(crm, name)
    is_from_here = os.path.isabs(name) or spelled.startswith(("./", "../"))
    paths = (from_here, from_root) if is_from_here else (from_root, from_here)
    return next(iter(crm.catalog.known_files(spelling for path in paths if path for spelling in (path, path + ".md"))), None)


def _path_in_vault(crm: Crm, name: str) -> str | None:
    """A path as the shell means it, as a path within the vault; None outside of it. A link to the note itself isn't followed."""
    try:
        folder, file = os.path.split(os.path.abspath(os.path.expanduser(name)))
    except FileNotFoundError:  # the current folder has been deleted
        return None
    path = os.path.relpath(os.path.join(os.path.realpath(folder), file), crm.vault.root).replace(os.sep, "/")
    return None if path.startswith("../") else path


def follow_ups(crm: Crm, names: Sequence[str]) -> list[FollowUp]:
    """Follow-ups by their handles, or by words of them: `done 8f3f 91bc`, `done "send mock"`, `done send mock`."""
    if len(names) > 1 and not all(map(_is_handle, names)):
        with contextlib.suppress(NotFound):
            return [follow_up(crm, " ".join(names))]
    return [follow_up(crm, name) for name in names]


def follow_up(crm: Crm, name: str) -> FollowUp:
    """A follow-up by its handle or a prefix of it, read from the folder as it is now; or an open one by words of its text.

    The handle of a message that nobody has answered gives what is to be done about it.
    """
    from vaultcrm.actions import unanswered  # late: `due` looks for clients only

    matches = records_with_handle(crm.catalog, "follow_ups", name)
    crm.refresh_folders({path.rpartition("/")[0] for _, path, _ in matches})

    def find() -> FollowUp:
        items = _follow_ups_with_prefix(crm, name)
        if not items or not any(char.isdigit() for char in name):
            crm.refresh()  # what is no handle for sure may be a word, or the handle of a follow-up that is new
            ids = {item.id for item in _follow_ups_with_prefix(crm, name)}
            candidates = [*crm.catalog.follow_ups(), *unanswered.follow_ups(crm)]
            items = [item for item in candidates if item.id in ids or (item.is_open and _has_words(item, name))]
            items = items or _with_handle(crm, name)
        return _one_follow_up(name, items)

    try:
        return crm.retry_after_refresh(find)
    except Ambiguous as error:
        return _with_handle(crm, _ask(crm, error))[0]


def _follow_ups_with_prefix(crm: Crm, prefix: str) -> list[FollowUp]:
    matches = records_with_handle(crm.catalog, "follow_ups", prefix) if prefix else []
    if not matches:
        return []
    (path, *others), ids = {path for _, path, _ in matches}, {handle for handle, _, _ in matches}
    return [item for item in crm.catalog.follow_ups(path=None if others else path) if item.id in ids]


def _with_handle(crm: Crm, text: str) -> list[FollowUp]:
    """The follow-ups whose handle begins with a text, else the messages that may be answered."""
    from vaultcrm.actions.unanswered import follow_ups_with_handle  # late: as above

    return _follow_ups_with_prefix(crm, text) or (follow_ups_with_handle(crm, text) if _is_handle(text) else [])


def _is_handle(text: str) -> bool:
    return len(text) >= 4 and all(char in "0123456789abcdef" for char in text.lower())


def _follow_up_label(item: FollowUp) -> str:
    due = f", due {item.due}" if item.due else ""
    return f"{item.id[:6]} {without_links(item.text)}{due} ({item.client or 'no client'})"


def _has_words(item: FollowUp, words: str) -> bool:
    text = fold(" ".join(filter(None, (without_links(item.text), item.client, item.project))))
    return bool(words.strip()) and all(word in text for word in fold(words).split())


def _one_follow_up(name: str, items: list[FollowUp]) -> FollowUp:
    if not items:
        raise NotFound(f"No follow-up matches {quoted(name)}.", "List them with: vaultcrm due --all")
    if len(items) > 1:
        shown = "; ".join(f"{item.id[:8]} {item.text}" for item in items[:5]) + (f"; and {len(items) - 5} more" if len(items) > 5 else "")
        choices = [(item.id, _follow_up_label(item)) for item in items]
        raise Ambiguous(f"{quoted(name)} matches {len(items)} follow-ups: {shown}.", "Type more of the handle or of the text.", choices)
    return items[0]


def decision(crm: Crm, handle: str, client_ref: ClientRef) -> Decision:
    """A client's decision by its handle, a prefix of it, or a unique part of its text: as its note, if it has one."""
    crm.refresh()
    decisions = crm.catalog.decisions(client_ref)
    everywhere = crm.catalog.decisions(client_ref, repeated=True)
    notes = noted_twice(everywhere)
    ids = {notes.get(item.id, item).id for item in everywhere if item.id.startswith(handle.lower())}
    matches = [decision for decision in decisions if decision.id in ids]
    matches = matches or [decision for decision in decisions if fold(handle) in fold(decision.text)]
    if len(matches) == 1:
        return matches[0]
    if not matches:
        raise NotFound(
            f"{client_ref.name} has no decision {quoted(handle)}.",
            f"List them with: vaultcrm decisions {shell_word(client_ref.name)} --all",
        )
    shown = "; ".join(f"{decision.id[:6]} {decision.text}" for decision in matches[:4])
    choices = [(decision.id, f"{decision.id[:6]} {decision.text}") for decision in matches]
    chosen = _ask(crm, Ambiguous(f"{quoted(handle)} matches several decisions: {shown}.", "Use the handle.", choices))
    return next(decision for decision in matches if decision.id == chosen)


def channel(crm: Crm, name: str) -> str:
    """The channel that a name stands for, by the vault's settings or as people call it; the name itself if neither knows it."""
    names = {fold(key): channel for key, channel in crm.vault.settings.channel_names}
    return names.get(fold(name)) or CHANNEL_SYNONYMS.get(fold(name), name)


def find_or_ask(crm: Crm, find: Callable[[], str]) -> str:
    """The path that `find` returns; if several match on the disk as it is now, the one that the user chooses."""
    try:
        return crm.retry_after_refresh(find)
    except Ambiguous as error:
        return _ask(crm, error)


def _ask(crm: Crm, error: Ambiguous) -> str:
    if crm.choose is None:
        raise error
    return crm.choose(error)


def _refresh_names(crm: Crm, name: str) -> None:
    """Find out who has a name now. A note with this title that was none of these types may have become one by an edit."""
    crm.refresh_names()
    if folders := crm.catalog.folders_with_title(name, except_types=NAMED_TYPES):
        crm.refresh_folders(folders)


def _place_with_handle(crm: Crm, text: str, is_name: bool) -> tuple[str, Item | None] | None:
    """The note that has a handle, or what in a note has it; None if nothing has it, or several things and it `is_name` too."""
    found = _things_with_handle(crm, text)
    if len(found) == 1:
        return found[0][1:]
    if not found or is_name:
        return None
    choices = [(key, f"{key[:8]} {item.text if item else title_of_path(path)}") for key, path, item in found]
    shown = "; ".join(label for _, label in choices[:5])
    key = _ask(crm, Ambiguous(f"{quoted(text)} is the beginning of several handles: {shown}.", "Type more of the handle.", choices))
    return next((path, item) for other, path, item in found if other == key)


def _things_with_handle(crm: Crm, text: str) -> list[tuple[str, str, Item | None]]:
    """The handle and the path of each note with a handle that begins with a text; for something inside a note, that as well."""
    if not _is_handle(text):
        return []
    found: dict[str, tuple[str, str, Item | None]] = {key: (key, path, None) for key, path in notes_with_handle(crm.catalog, text)}
    found |= {item.id: (item.id, item.path, item) for item in items_with_handle(crm.catalog, text)}
    return [*found.values()]


def _check_unread(crm: Crm, name: str, names: Mapping[str, list[str]]) -> None:
    """Raises NotFound when nobody has exactly this name, but a note that can't be read may: no part of another name is meant then."""
    if any(fold(name) in folded for folded in names.values()):
        return
    for path in crm.catalog.unread_notes():
        if fold(title_of_path(path)) == fold(name):
            raise NotFound(f"{path} can't be read, so {quoted(name)} can't be used yet.", f"Fix it with: vaultcrm edit {shell_word(path)}")
