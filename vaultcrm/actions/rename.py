"""A note renamed or moved: its file, its client's folder, and every link that led there, in one step."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm
from vaultcrm.catalog.link_queries import notes_that_may_link_to, notes_that_name_a_client
from vaultcrm.disk.filenames import file_name, name_problem, title_of_path
from vaultcrm.disk.moves import Move, path_after
from vaultcrm.errors import AlreadyExists, Conflict, InvalidInput, Unreadable
from vaultcrm.links.resolver import LinkResolver
from vaultcrm.links.rewriter import LinkRewriter, RewrittenFile, SkippedLink
from vaultcrm.markdown.edit import append_item, remove_property, set_property
from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.properties import key_lines, read_properties
from vaultcrm.markdown.values import as_list
from vaultcrm.model.convert import client_link
from vaultcrm.model.records import Note
from vaultcrm.normalize import fold, fold_case

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?: \d{4})?(?!\d)")
_NAMED = ("client", "person", "project")  # what keeps a name that no file can have among its aliases
_TITLED = ("follow-up", "decision")  # what keeps it as its title


class RewrittenLink(NamedTuple):
    """One link that follows: the file and the line where it stands, as it was, as it is."""

    path: str
    line: int
    was: str
    now: str


class RenameResult(NamedTuple):
    """What was done, or would be: the note's new path, the moves, the files changed, the links that follow, those left."""

    path: str
    moved: list[tuple[str, str]]
    changed: list[str]
    links: list[RewrittenLink]
    left: list[SkippedLink]
    owners: tuple[str | None, str | None] = (None, None)  # whose it was, whose it is


class _Plan(NamedTuple):
    note: Note
    title: str  # the new one, as it was wanted
    moves: list[Move]
    aliases: list[str] | None  # of the note, where they change
    names: list[str]  # what a client is called afterwards, folded

    def way(self, path: str) -> str:
        return path_after(path, self.moves)


def rename(crm: Crm, name: str, new: str, keep_alias: bool = True, dry_run: bool = False) -> RenameResult:
    """Give a note another title or, with a slash, another path; a client's folder goes with its client.

    Every link in the vault that led to what is moved leads there again; links that would be caught
    by the new name are written as paths. Raises Changed when the name is taken.
    """
    if dry_run:
        crm.refresh()
        plan, _, found = _prepare(crm, name, new, keep_alias)
        changed = [plan.way(path) for path, one in found.items() if one.changed]
        data, own = crm.vault.read(plan.note.path).data, plan.way(plan.note.path)
        if plan.moves and own not in changed and _update_own_name(plan, data) != data:
            changed.append(own)
        return _result(crm, plan, changed, found)
    with crm.writing() as writer:
        plan, following, found = _prepare(crm, name, new, keep_alias)
        for move in plan.moves:
            writer.move(move.old, move.new)
        for path in (path for path, one in found.items() if one.changed):
            writer.edit(plan.way(path), partial(_rewrite, following, path))
        if plan.moves:
            writer.edit(plan.way(plan.note.path), partial(_update_own_name, plan))
    crm.invalidate()
    return _result(crm, plan, writer.changed, found)


def _prepare(crm: Crm, name: str, new: str, keep_alias: bool) -> "tuple[_Plan, LinkRewriter, dict[str, RewrittenFile]]":
    """What is to be done, the way of links, and the files with links that are concerned."""
    plan = _plan(crm, name, new, keep_alias)
    following = _link_rewriter(crm, plan)
    return plan, following, _rewritten_files(crm, plan, following) if plan.moves else {}


def _rewrite(following: LinkRewriter, path: str, data: bytes) -> bytes:
    return following.rewrite(path, data).data


def _result(crm: Crm, plan: _Plan, changed: list[str], found: dict[str, RewrittenFile]) -> RenameResult:
    moved = [(one.old, one.new) for one in plan.moves[:1]]
    if plan.moves and plan.moves[0].old != plan.note.path:  # the folder went first
        moved.append((plan.note.path, plan.way(plan.note.path)))
    links = [RewrittenLink(plan.way(path), *change) for path, one in found.items() for change in one.changed]
    left = sorted(left for one in found.values() for left in one.skipped)
    path = plan.way(plan.note.path)
    return RenameResult(path, moved, changed, links, left, _owners(crm, plan.note, path))


def _owners(crm: Crm, note: Note, path: str) -> tuple[str | None, str | None]:
    """Whose a note was, and whose it is at its new path; a client is nobody's, and a link to one goes along."""
    if note.type == "client" or client_link(note):
        return None, None
    was, now = crm.catalog.owner_of(note.path), crm.catalog.owner_of(path)
    return was.name if was else None, now.name if now else None


# --------------------------------------------------------------------------------------- the plan


def _plan(crm: Crm, name: str, new: str, keep_alias: bool) -> _Plan:
    path = lookup.note(crm, name)
    note = crm.catalog.note(path)
    assert note is not None, "it was found in the catalogue"
    folder, title, wanted = _parse_new_name(note, new)
    moves = _plan_moves(crm, note, folder, title)
    aliases, names = _plan_aliases(crm, note, title, wanted, keep_alias)
    return _Plan(note, wanted, moves, aliases, names)


def _parse_new_name(note: Note, new: str) -> tuple[str | None, str, str]:
    """The new folder (None: as it is), the new title as a file's name, and the title as it was wanted."""
    folder, slash, words = new.rpartition("/")
    words = " ".join(words.split())
    if words.lower().endswith(".md"):
        words = words[:-3]
    if slash and not words:  # only a folder
        words = note.title
    elif note.type == "interaction" and not _MOMENT.match(words) and (moment := _MOMENT.match(note.title)):
        words = f"{moment[0]} {words}"
    if not any(char.isalnum() for char in words):
        raise InvalidInput(f"{new!r} is no name for a note.", "Give it a name with letters in it.")
    title = words if words == note.title else file_name(words)
    parts = [part for part in folder.split("/") if part not in ("", ".")] if slash else None
    return None if parts is None else ("/" if new.startswith("/") else "") + "/".join(parts), title, words


def _plan_moves(crm: Crm, note: Note, folder: str | None, title: str) -> list[Move]:
    """What is to be moved: the note, or its client's folder and then the note."""
    name = f"{title}{note.path[len(note.folder + '/' if note.folder else '') + len(note.title) :]}"
    above, _, own = note.folder.rpartition("/")
    moves = []
    if note.type == "client" and own and fold(own) == fold(note.title):
        if folder is None:
            place = f"{above}/{title}" if above else title
        else:  # "archive/Acme" and "archive/Acme/Acme" say the same of a client
            place = folder if fold(folder.rpartition("/")[2]) == fold(title) else f"{folder}/{title}" if folder else title
        if place.startswith(note.folder + "/"):
            raise InvalidInput(f"{note.folder} cannot be moved into itself.", "Choose another folder.")
        if place != note.folder:
            moves.append(Move(note.folder, place))
    else:
        place = note.folder if folder is None else folder
    path = f"{place}/{name}" if place else name
    if path != path_after(note.path, moves):
        moves.append(Move(path_after(note.path, moves), path))
    _check_destination(crm, note, moves, place, path)
    return moves


def _check_destination(crm: Crm, note: Note, moves: list[Move], place: str, path: str) -> None:
    """Raises NotUnderstood for a place where no note can be, Changed for one that is taken."""
    full = crm.vault.path(place)
    parts = [part for part in place.split("/") if part]
    for i, part in enumerate(parts):
        if (fault := name_problem(part)) and not os.path.isdir(crm.vault.path("/".join(parts[: i + 1]))) and place != note.folder:
            raise InvalidInput(f"{part!r} is no name for a folder. {fault}", "Choose another one.")
    if crm.vault.is_excluded(path) or os.path.realpath(full) != os.path.normpath(full):
        raise InvalidInput(f"{path} would not be read as a note: it is hidden, ignored, or behind a link.", "Choose another folder.")
    if moves:
        _check_not_taken(crm, moves[0], moves[0].new.rpartition("/")[0])
    if len(moves) > 1:  # the folder is still under its old name
        _check_not_taken(crm, moves[1], moves[0].old)


def _check_not_taken(crm: Crm, one: Move, folder: str) -> None:
    """Raises Changed when a folder holds something of the new name, in whatever case, that is not what is to be moved."""
    name = one.new.rpartition("/")[2]
    try:
        there = os.listdir(crm.vault.path(folder))
    except FileNotFoundError:
        return
    except OSError as error:
        raise Conflict(f"{folder} is no folder that can be read: {error.strerror}.", "Choose another place.") from error
    is_here = one.old.rpartition("/")[0] == one.new.rpartition("/")[0]
    own = one.old.rpartition("/")[2] if is_here else ""
    if taken := next((other for other in there if fold_case(other) == fold_case(name) and other != own), None):
        raise AlreadyExists(f"{folder + '/' if folder else ''}{taken} is there already.", "Choose another name.")


def _plan_aliases(crm: Crm, note: Note, title: str, wanted: str, keep_alias: bool) -> tuple[list[str] | None, list[str]]:
    """A note's aliases where they change, and what a client is called afterwards."""
    there = list(as_list(note.properties.get("aliases")))
    aliases = list(there)
    if note.type == "client" and title != note.title:
        for path, names in crm.catalog.client_names().items():
            if path != note.path and fold(title) in names and fold(title) != fold(note.title):
                raise AlreadyExists(f"There is a client {title!r} already: {path}.", "Choose another name.")
        aliases = [alias for alias in aliases if fold(alias) != fold(title)]
        if keep_alias and fold(note.title) not in map(fold, [title, *aliases]):
            aliases.append(note.title)
    if note.type in _NAMED and wanted != title and wanted not in aliases:
        aliases.append(wanted)
    return (aliases if aliases != there else None), [fold(name) for name in (title, *aliases)]


def _update_own_name(plan: _Plan, data: bytes) -> bytes:
    """What the note says of its own name."""
    page = split_page(data)
    title = title_of_path(plan.way(plan.note.path))
    if plan.aliases is not None:
        page = _set_aliases(page, plan.aliases)
    if plan.note.type in _TITLED and title != plan.note.title:
        page = set_property(page, "title", plan.title) if plan.title != title else remove_property(page, "title")
    return page.join()


def _set_aliases(page: Page, aliases: list[str]) -> Page:
    """The page with these aliases; where some are only added, the others stay as they are written."""
    there = read_properties(page).get("aliases")
    if not aliases:
        return remove_property(page, "aliases")
    if not isinstance(there, list) or aliases[: len(there)] != there:
        return set_property(page, "aliases", list(aliases))
    for alias in aliases[len(there) :]:
        page = append_item(page, "aliases", alias)
    return page


# -------------------------------------------------------------------------------------- the links


def _link_rewriter(crm: Crm, plan: _Plan) -> LinkRewriter:
    known = crm.link_resolver()
    names = {plan.way(path): plan.names if path == plan.note.path else called for path, called in known.client_names.items()}
    return LinkRewriter(known, known.after_moves(plan.moves, names), plan.way)


def _rewritten_files(crm: Crm, plan: _Plan, following: LinkRewriter) -> dict[str, RewrittenFile]:
    """The files with links that are concerned, by their old paths, and what becomes of them."""
    found = {}
    for path in sorted(_affected_files(crm, plan, following.before)):
        try:
            data = crm.vault.read(path).data
        except (FileNotFoundError, Unreadable):
            continue
        one = (
            RewrittenFile(data, skipped=tuple(_mentions_in_base(plan, path, data)))
            if path.endswith(".base")
            else following.rewrite(path, data)
        )
        one = one._replace(skipped=(*one.skipped, *_plain_text_clients(crm, plan, path, data)))
        if one.changed or one.skipped:
            found[path] = one
    return found


def _plain_text_clients(crm: Crm, plan: _Plan, path: str, data: bytes) -> Iterator[SkippedLink]:
    """A `client` that is plain text names its client all the same, but nothing in it can follow."""
    note = crm.catalog.note(path) if plan.note.type == "client" else None
    named = client_link(note) if note else None
    if named and "[[" not in named and fold(named) == fold(plan.note.title) and fold(named) not in plan.names:
        with suppress(Unreadable):
            yield SkippedLink(plan.way(path), key_lines(split_page(data)).get("client", 1), named, "it is no link")


def _affected_files(crm: Crm, plan: _Plan, known: LinkResolver) -> set[str]:
    """The files that may hold a link to what is moved, or to what has the new name; and those that are moved."""
    moved = {path for path in known.paths if plan.way(path) != path}
    names = {fold(title_of_path(path)) for old in moved for path in (old, plan.way(old))}
    found = {path for path in moved if path in known.notes}
    found |= notes_that_may_link_to(crm.catalog, names)
    if plan.note.type == "client":  # whose notes they are decides where their links lead
        found |= notes_that_name_a_client(crm.catalog)
        below = (plan.note.folder, plan.way(plan.note.path).rpartition("/")[0])
        found |= {path for path in known.notes if path.startswith(tuple(folder + "/" if folder else "" for folder in below))}
    others = {path for path in known.paths if path.lower().endswith(".md") and path not in known.notes}
    return found | others | {path for path in known.paths if path.endswith((".canvas", ".base"))}


def _mentions_in_base(plan: _Plan, path: str, data: bytes) -> Iterator[SkippedLink]:
    """The lines of a base that name what is moved."""
    spelled = [name for one in plan.moves for name in (one.old, one.old.removesuffix(".md"), f"[[{title_of_path(one.old)}]]")]
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        if name := next((name for name in spelled if re.search(rf"(?<![\w/]){re.escape(name)}(?!\w)", line)), None):
            yield SkippedLink(plan.way(path), number, name, "it stands in a base")
