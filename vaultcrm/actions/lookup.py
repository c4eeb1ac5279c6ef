"""From what somebody types to the thing that they mean; and what was near when there is none."""

from collections.abc import Iterable, Mapping

from vaultcrm.actions.crm import Crm
from vaultcrm.catalog.handle_queries import notes_with_handle, records_with_handle
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import InvalidInput, NotFound
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.values import as_list
from vaultcrm.markdown.wikilinks import make_wikilink
from vaultcrm.markdown.wikilinks import parse_wikilink as parse_link
from vaultcrm.model.records import Decision, FollowUp, Note
from vaultcrm.normalize import fold


def client(crm: Crm, name: str) -> ClientRef:
    """A client by name, alias or a unique part of one, ignoring case and accents, or by its path."""

    def find() -> ClientRef:
        names = crm.catalog.client_names()
        path = _unique_match(name, names, "client", 'Add a client with: vaultcrm client add "NAME"')
        return ClientRef.at(path)

    crm.refresh_clients()
    return crm.retry_after_refresh(find)


def client_note(crm: Crm, kind: str, name: str, client_ref: ClientRef | None = None) -> Note:
    """A project or a person by name, alias or a unique part of one; of one client, or of all."""

    def find() -> Note:
        notes = crm.catalog.client_notes(kind, client_ref) if client_ref else crm.catalog.notes(kind)
        by_path = {note.path: note for note in notes}
        add = f'Add one with: vaultcrm {kind} add "{client_ref.name if client_ref else "CLIENT"}" "{name}"'
        return by_path[
            _unique_match(name, {note.path: names_of(note) for note in notes}, kind, add, f" of {client_ref.name}" if client_ref else "")
        ]

    return crm.retry_after_refresh(find)


def link(crm: Crm, kind: str, name: str | None, client_ref: ClientRef) -> str | None:
    """A link to a client's project or person; None without a name."""
    return make_wikilink(client_note(crm, kind, name, client_ref).title) if name else None


def note(crm: Crm, name: str) -> str:
    """The path of any note: by path, by handle, by title or by a unique part of one; clients first."""
    crm.refresh()
    known = {row.path: row.name for row in crm.catalog.note_rows()}
    wanted = name.removeprefix("./").replace("\\", "/")
    for spelling in (wanted, wanted + ".md"):
        if spelling in known:
            return spelling
    clients = crm.catalog.client_names()
    found = matches(name, clients)
    if len(found) == 1:
        return found[0]
    if parse_link(name) and (path := crm.catalog.resolve(name, "")):
        return path
    if by_handle := _note_with_handle(crm, name):
        return by_handle
    return _unique_match(
        name, {path: clients.get(path, [folded]) for path, folded in known.items()}, "note", "A path within the vault works too."
    )


def follow_up(crm: Crm, handle: str) -> FollowUp:
    """A follow-up by its handle or the beginning of one; the note that it stands in is read anew."""
    where = records_with_handle(crm.catalog, "follow_ups", handle)
    crm.refresh_folders({path.rpartition("/")[0] for _, path, _ in where})

    def find() -> FollowUp:
        path, key = _follow_up_with_handle(crm, handle)
        return next(found for found in crm.catalog.follow_ups(path=path) if found.id == key)

    return crm.retry_after_refresh(find)


def decision(crm: Crm, handle: str, client_ref: ClientRef) -> Decision:
    """A decision of a client by its handle, the beginning of one, or a unique part of its words."""
    crm.refresh()
    decisions = crm.catalog.decisions(client_ref)
    found = [d for d in decisions if d.id.startswith(handle.lower())] or [d for d in decisions if fold(handle) in fold(d.text)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFound(f"No decision of {client_ref.name} is {handle!r}.", f'See: vaultcrm decisions "{client_ref.name}" --all')
    raise InvalidInput(
        f"{handle!r} can be several decisions: " + "; ".join(f"{d.id[:6]} {d.text}" for d in found[:4]) + ".", "Give the handle."
    )


def _note_with_handle(crm: Crm, handle: str) -> str | None:
    """The path of the note that a handle means, be it a follow-up's, a decision's or a note's own."""
    text = handle.lower()
    if len(text) < 4 or not all(char in "0123456789abcdef" for char in text):
        return None
    paths = notes_with_handle(crm.catalog, text)
    return paths.pop() if len(paths) == 1 else None


def _follow_up_with_handle(crm: Crm, handle: str) -> tuple[str, str]:
    """The path and the whole handle of the one follow-up whose handle begins with `handle`."""
    found = records_with_handle(crm.catalog, "follow_ups", handle)
    if not handle or not found:
        raise NotFound(f"No follow-up has the handle {handle!r}.", "List the handles with: vaultcrm due --all")
    if len(found) > 1:
        raise InvalidInput(
            f"{handle!r} matches several follow-ups: " + "; ".join(f"{key[:8]} {text}" for key, _, text in found[:4]) + ".",
            "Give more of the handle.",
        )
    return found[0][1], found[0][0]


def names_of(note: Note) -> list[str]:
    """What a note may be called, folded for comparison: its title, then its aliases."""
    return [fold(name) for name in (note.title, *as_list(note.properties.get("aliases")))]


def matches(text: str, names: Mapping[str, Iterable[str]]) -> list[str]:
    """The paths whose name fits best: exactly, at its beginning, at a word's beginning, or anywhere."""
    parsed = parse_link(text)
    wanted = fold(parsed.title if parsed else text.removesuffix("/")).removesuffix(".md")
    if not wanted:
        return []
    exact, start, word, part = [], [], [], []
    for path, known in names.items():
        if any(name == wanted for name in known) or wanted in (fold(path).removesuffix(".md"), fold(path.rpartition("/")[0])):
            exact.append(path)
        elif any(name.startswith(wanted) for name in known):
            start.append(path)
        elif any(f" {wanted}" in name for name in known):
            word.append(path)
        elif any(wanted in name for name in known):
            part.append(path)
    # a beginning is as good as a word: "labs" must not choose "Labs & Co" over "Acme Labs"
    return exact or start + word or part


def _unique_match(text: str, names: Mapping[str, list[str]], what: str, add: str, where: str = "") -> str:
    found = matches(text, names)
    if len(found) == 1:
        return found[0]
    if found:
        titles = [title_of_path(path) for path in found]
        are_alike = len({fold(title) for title in titles}) < len(titles)  # then only the paths tell them apart
        shown = ", ".join(map(repr, (found if are_alike else titles)[:5])) + (f" and {len(found) - 5} more" if len(found) > 5 else "")
        raise InvalidInput(
            f"{text!r} can be {len(found)} {what}s{where}: {shown}.", "Give the path." if are_alike else "Give more of the name."
        )
    from difflib import get_close_matches  # late: only for typing errors

    by_name = {name: path for path, known in names.items() for name in known}
    words = {part: path for name, path in by_name.items() for part in name.split() if len(part) > 2}
    near = get_close_matches(fold(text), [*by_name, *words], n=3, cutoff=0.6)
    titles = list(dict.fromkeys(title_of_path({**words, **by_name}[name]) for name in near))
    raise NotFound(f"No {what}{where} is called {text!r}.", f"Did you mean {' or '.join(map(repr, titles))}?" if titles else add)
