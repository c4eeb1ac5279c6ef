"""Find the client, note, follow-up or decision that the user means.

The public functions raise NotFound, with similar names as a hint, if nothing matches, and InvalidInput if
several things match.
"""

import os
import posixpath
from collections.abc import Iterable, Mapping

from vaultcrm.actions.crm import Crm
from vaultcrm.catalog.handle_queries import Item, items_with_handle, notes_with_handle, records_with_handle
from vaultcrm.catalog.names import NAMED_TYPES
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import InvalidInput, NotFound, Refused
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.values import as_list
from vaultcrm.markdown.wikilinks import make_wikilink, parse_wikilink
from vaultcrm.model.records import Decision, FollowUp, Note
from vaultcrm.normalize import fold
from vaultcrm.plural import plural


def client(crm: Crm, name: str) -> ClientRef:
    """A client by name, alias, a unique part of one, or path. Case and accents don't matter."""

    def find() -> ClientRef:
        names = crm.catalog.client_names()
        return ClientRef.at(_unique_match(name, names, "client", 'Add a client with: vaultcrm client add "NAME"'))

    _refresh_names(crm, name)
    return crm.retry_after_refresh(find)


def client_note(crm: Crm, note_type: str, name: str, client_ref: ClientRef | None = None) -> Note:
    """A project or a person, of one client or of all, by name, alias or a unique part of one."""

    def find() -> Note:
        notes = crm.catalog.client_notes(note_type, client_ref) if client_ref else crm.catalog.notes(note_type)
        names = {note.path: folded_names(note) for note in notes}
        hint = f'Add one with: vaultcrm {note_type} add "{client_ref.name if client_ref else "CLIENT"}" "{name}"'
        path = _unique_match(name, names, note_type, hint, f" of {client_ref.name}" if client_ref else "")
        return next(note for note in notes if note.path == path)

    _refresh_names(crm, name)
    return crm.retry_after_refresh(find)


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
        if item.table == "decisions" and (owner := crm.catalog.owner_of(path, crm.catalog.client_link(path))):
            ways.append(f'vaultcrm decide "{owner.name}" TEXT --supersedes {shown}')
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
    matching_clients = best_matches(name, client_names)
    if len(matching_clients) == 1:
        return matching_clients[0], None
    if parse_wikilink(name) and (target := crm.catalog.resolve(name, "")):
        return target, None
    if by_handle := _with_handle(crm, name):
        return by_handle
    names = {row.path: client_names.get(row.path, [row.name]) for row in crm.catalog.note_rows()}
    names |= {path: [fold(title_of_path(path))] for path in crm.catalog.unread_notes()}
    return _unique_match(name, names, "note", "A path within the vault works too."), None


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
    known = set(crm.catalog.file_paths())
    return next((spelling for path in paths if path for spelling in (path, path + ".md") if spelling in known), None)


def _path_in_vault(crm: Crm, name: str) -> str | None:
    """A path as the shell means it, as a path within the vault; None outside of it. A link to the note itself isn't followed."""
    try:
        folder, file = os.path.split(os.path.abspath(os.path.expanduser(name)))
    except FileNotFoundError:  # the current folder has been deleted
        return None
    path = os.path.relpath(os.path.join(os.path.realpath(folder), file), crm.vault.root).replace(os.sep, "/")
    return None if path.startswith("../") else path


def follow_up(crm: Crm, handle: str) -> FollowUp:
    """A follow-up by its handle or a prefix of it, read from the folder as it is now."""
    matches = records_with_handle(crm.catalog, "follow_ups", handle)
    crm.refresh_folders({path.rpartition("/")[0] for _, path, _ in matches})

    def find() -> FollowUp:
        path, full_handle = _follow_up_with_handle(crm, handle)
        return next(item for item in crm.catalog.follow_ups(path=path) if item.id == full_handle)

    return crm.retry_after_refresh(find)


def decision(crm: Crm, handle: str, client_ref: ClientRef) -> Decision:
    """A client's decision by its handle, a prefix of it, or a unique part of its text."""
    crm.refresh()
    decisions = crm.catalog.decisions(client_ref)
    matches = [decision for decision in decisions if decision.id.startswith(handle.lower())]
    matches = matches or [decision for decision in decisions if fold(handle) in fold(decision.text)]
    if len(matches) == 1:
        return matches[0]
    if not matches:
        raise NotFound(f"{client_ref.name} has no decision {handle!r}.", f'List them with: vaultcrm decisions "{client_ref.name}" --all')
    shown = "; ".join(f"{decision.id[:6]} {decision.text}" for decision in matches[:4])
    raise InvalidInput(f"{handle!r} matches several decisions: {shown}.", "Use the handle.")


def _refresh_names(crm: Crm, name: str) -> None:
    """Find out who has a name now. A note with this title that was none of these types may have become one by an edit."""
    crm.refresh_names()
    if folders := crm.catalog.folders_with_title(name, except_types=NAMED_TYPES):
        crm.refresh_folders(folders)


def _with_handle(crm: Crm, handle: str) -> tuple[str, Item | None] | None:
    """The note that has a handle, or what in a note has it; None if nothing or several things have it."""
    digits = handle.lower()
    if len(digits) < 4 or not all(char in "0123456789abcdef" for char in digits):
        return None
    found: list[tuple[str, Item | None]] = [(path, None) for path in notes_with_handle(crm.catalog, digits)]
    found += [(item.path, item) for item in items_with_handle(crm.catalog, digits)]
    return found[0] if len(found) == 1 else None


def _follow_up_with_handle(crm: Crm, handle: str) -> tuple[str, str]:
    """The path and the full handle of the only follow-up whose handle begins with `handle`."""
    matches = records_with_handle(crm.catalog, "follow_ups", handle)
    if not handle or not matches:
        raise NotFound(f"No follow-up has the handle {handle!r}.", "List the handles with: vaultcrm due --all")
    if len(matches) > 1:
        shown = "; ".join(f"{full_handle[:8]} {text}" for full_handle, _, text in matches[:4])
        raise InvalidInput(f"{handle!r} matches several follow-ups: {shown}.", "Type more of the handle.")
    full_handle, path, _ = matches[0]
    return path, full_handle


def folded_names(note: Note) -> list[str]:
    """A note's title and aliases, folded for comparison."""
    return [fold(name) for name in (note.title, *as_list(note.properties.get("aliases")))]


def best_matches(text: str, names: Mapping[str, Iterable[str]]) -> list[str]:
    """The paths that match best: by the whole name or path, else by the start of a word, else by any part.

    `names` are the folded names of each path.
    """
    link = parse_wikilink(text)
    query = fold(link.title if link else text.removesuffix("/")).removesuffix(".md")
    if not query:
        return []
    exact, name_start, word_start, part = [], [], [], []
    for path, folded in names.items():
        if any(name == query for name in folded) or query in (fold(path).removesuffix(".md"), fold(path.rpartition("/")[0])):
            exact.append(path)
        elif any(name.startswith(query) for name in folded):
            name_start.append(path)
        elif any(f" {query}" in name for name in folded):
            word_start.append(path)
        elif any(query in name for name in folded):
            part.append(path)
    # the start of a name is no better than the start of a word: "labs" must not choose "Labs & Co" over "Acme Labs"
    return exact or name_start + word_start or part


def _unique_match(text: str, names: Mapping[str, list[str]], noun: str, hint: str, where: str = "") -> str:
    """The only path that matches. `hint` is for a name without a match that resembles no other name."""
    paths = best_matches(text, names)
    if len(paths) == 1:
        return paths[0]
    if paths:
        titles = [title_of_path(path) for path in paths]
        need_paths = len({fold(title) for title in titles}) < len(titles)
        shown = ", ".join(map(repr, (paths if need_paths else titles)[:5])) + (f" and {len(paths) - 5} more" if len(paths) > 5 else "")
        raise InvalidInput(
            f"{text!r} matches {len(paths)} {plural(noun)}{where}: {shown}.", "Use the path." if need_paths else "Type more of the name."
        )
    suggestions = _similar_titles(text, names)
    raise NotFound(f"No {noun}{where} is called {text!r}.", f"Did you mean {' or '.join(map(repr, suggestions))}?" if suggestions else hint)


def _similar_titles(text: str, names: Mapping[str, list[str]]) -> list[str]:
    """The titles of at most three notes with a name, or a word in a name, that is spelled similarly."""
    from difflib import get_close_matches  # late: only for typing errors

    path_by_name = {name: path for path, folded in names.items() for name in folded}
    path_by_word = {word: path for name, path in path_by_name.items() for word in name.split() if len(word) > 2}
    similar = get_close_matches(fold(text), [*path_by_name, *path_by_word], n=3, cutoff=0.6)
    return list(dict.fromkeys(title_of_path({**path_by_word, **path_by_name}[name]) for name in similar))
