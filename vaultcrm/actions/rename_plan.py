"""Plan a rename: the new title, the moves of files and folders, and the aliases afterwards."""

import os
import re
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm
from vaultcrm.disk.filenames import file_name, name_problem, title_of_path
from vaultcrm.disk.moves import Move, path_after
from vaultcrm.errors import AlreadyExists, Conflict, InvalidInput
from vaultcrm.markdown.edit import append_item, remove_property, set_property
from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.properties import read_properties
from vaultcrm.markdown.values import as_list
from vaultcrm.model.records import Note
from vaultcrm.normalize import fold, fold_case
from vaultcrm.quoting import quoted
from vaultcrm.vault.conflict_copies import find_original, parse_conflict_copy

_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}(?: \d{4})?(?!\d)")  # at the start of an interaction's title
# A title that can't be a file name is kept as an alias of these notes,
_TYPES_WITH_ALIASES = ("client", "person", "project")
# and as the property `title` of these.
_TYPES_WITH_TITLE = ("follow-up", "decision")

_MAX_DEPTH = 200  # folders; deeper ones exceed what systems and Python's own functions can handle


class RenamePlan(NamedTuple):
    """What a rename will move, and the note's names afterwards."""

    note: Note
    title: str  # the new title as it was typed, which may not be a legal file name
    moves: list[Move]
    aliases: list[str] | None  # the note's new aliases; None if they don't change
    folded_names: list[str]  # the names of a client afterwards
    copies: list[Move]  # the conflict copies of the note that go along; their moves are the last ones

    def new_path(self, path: str) -> str:
        """Where a file is after the moves."""
        return path_after(path, self.moves)


def make_plan(crm: Crm, name: str, new: str, keep_alias: bool) -> RenamePlan:
    """The plan for giving a note a new title or path. Raises NotFound, InvalidInput, AlreadyExists."""
    note = lookup.note_record(crm, lookup.note(crm, name))
    folder, file_title, title = _parse_new_name(note, _within_vault(crm, new))
    moves = _plan_moves(crm, note, folder, file_title)
    aliases, folded_names = _plan_aliases(crm, note, file_title, title, keep_alias)
    copies = plan_copies(crm, note, moves)
    moves += [Move(path_after(copy.old, moves), copy.new) for copy in copies]
    return RenamePlan(note, title, moves, aliases, folded_names, copies)


def _within_vault(crm: Crm, new: str) -> str:
    """A new name without the vault's own path before it. Raises InvalidInput for a path that more likely leads elsewhere."""
    if new.startswith(crm.vault.root + "/"):
        return "." + new.removeprefix(crm.vault.root)
    top, slash, _ = new.lstrip("/").partition("/")
    if new.startswith("/") and slash and not os.path.isdir(os.path.join(crm.vault.root, top)):
        raise InvalidInput(f"{new} is not in the vault.", "Without the first slash, a path counts from the vault's folder.")
    return new


def _parse_new_name(note: Note, new: str) -> tuple[str | None, str, str]:
    """The new folder (None: the same one), the new title as a legal file name, and the new title as it was typed.

    A path counts from the vault's root, with or without a slash or ./ before it.
    """
    folder, slash, title = new.rpartition("/")
    title = " ".join(title.split())
    if title.lower().endswith(".md"):
        title = title[:-3]
    if slash and not title:  # only the folder changes
        title = note.title
    elif note.type == "interaction" and not _TIMESTAMP.match(title) and (timestamp := _TIMESTAMP.match(note.title)):
        title = f"{timestamp[0]} {title}"
    if not any(char.isalnum() for char in title):
        raise InvalidInput(f"{quoted(new)} can't be a note's name.", "Give it a name with letters in it.")
    file_title = title if title == note.title else file_name(title)
    if not slash:
        return None, file_title, title
    parts = [part for part in folder.split("/") if part not in ("", ".")]
    return "/".join(parts), file_title, title


def _plan_moves(crm: Crm, note: Note, folder: str | None, file_title: str) -> list[Move]:
    """The moves, in order: of the note, or of its client folder and then of the note in it."""
    extension = note.path.rpartition("/")[2][len(note.title) :]
    moves = []
    if note.type == "client" and note.folder and fold(note.folder.rpartition("/")[2]) == fold(note.title):
        new_folder = _new_client_folder(note, folder, file_title)
        if new_folder.startswith(note.folder + "/"):
            raise InvalidInput(f"{note.folder} can't be moved into itself.", "Choose another folder.")
        if new_folder != note.folder:
            moves.append(Move(note.folder, new_folder))
    else:
        new_folder = note.folder if folder is None else folder
    path = f"{new_folder}/{file_title}{extension}" if new_folder else f"{file_title}{extension}"
    if path != path_after(note.path, moves):
        moves.append(Move(path_after(note.path, moves), path))
    _check_destination(crm, note, moves, new_folder, path)
    return moves


def plan_copies(crm: Crm, note: Note, moves: list[Move]) -> list[Move]:
    """Where the note's conflict copies move: under another name they would count as notes of their own, a client's as a second one."""
    new_path = path_after(note.path, moves)
    new_folder, _, new_name = new_path.rpartition("/")
    names = _names_in(crm, note.folder)
    taken = {fold_case(name) for name in (names if path_after(note.folder, moves) == new_folder else _names_in(crm, new_folder))}
    result = []
    for name in names if new_path != note.path else ():
        copy = parse_conflict_copy(name)
        if copy is None or find_original(copy, [note.path.rpartition("/")[2]]) is None:
            continue
        marked = f"{title_of_path(new_name)}{name[len(title_of_path(copy.original)) :]}"
        if fold_case(marked) not in taken or fold_case(marked) == fold_case(name):
            old = f"{note.folder}/{name}" if note.folder else name
            result.append(Move(old, f"{new_folder}/{marked}" if new_folder else marked))
    return [move for move in result if path_after(move.old, moves) != move.new]


def _names_in(crm: Crm, folder: str) -> list[str]:
    try:
        return sorted(os.listdir(crm.vault.path(folder)))
    except OSError:  # there is no such folder yet
        return []


def _new_client_folder(note: Note, folder: str | None, file_title: str) -> str:
    """Where a client folder moves. "archive/Acme" and "archive/Acme/Acme" mean the same for a client."""
    if folder is None:
        parent = note.folder.rpartition("/")[0]
        return f"{parent}/{file_title}" if parent else file_title
    if fold(folder.rpartition("/")[2]) == fold(file_title):
        return folder
    return f"{folder}/{file_title}" if folder else file_title


def _check_destination(crm: Crm, note: Note, moves: list[Move], folder: str, path: str) -> None:
    """Raises InvalidInput for a folder that can't hold notes, AlreadyExists for a name that is taken."""
    full_path = crm.vault.path(folder)
    parts = [part for part in folder.split("/") if part]
    if len(parts) > _MAX_DEPTH:
        raise InvalidInput(f"A note can't be {len(parts):,} folders deep.", f"Name a path of at most {_MAX_DEPTH} folders.")
    for number, part in enumerate(parts, 1):
        is_new = not os.path.isdir(crm.vault.path("/".join(parts[:number]))) and folder != note.folder
        if is_new and (fault := name_problem(part)):
            raise InvalidInput(f"{quoted(part)} can't be a folder's name. {fault}", "Choose another name.")
    if crm.vault.is_excluded(path) or os.path.realpath(full_path) != os.path.normpath(full_path):
        raise InvalidInput(
            f"{path} would not be read as a note: it is hidden, ignored, or reached through a symbolic link.", "Choose another folder."
        )
    if moves:
        _check_not_taken(crm, moves[0], moves[0].new.rpartition("/")[0])
    if len(moves) > 1:  # until the first move is made, the second one's folder has its old name
        _check_not_taken(crm, moves[1], moves[0].old)


def _check_not_taken(crm: Crm, move: Move, folder: str) -> None:
    """Raises AlreadyExists if the folder holds something else with the new name, in upper or lower case."""
    new_name = move.new.rpartition("/")[2]
    try:
        names = os.listdir(crm.vault.path(folder))
    except FileNotFoundError:
        return
    except OSError as error:
        raise Conflict(f"The folder {folder} can't be read: {error.strerror}.", "Choose another folder.") from error
    stays_in_folder = move.old.rpartition("/")[0] == move.new.rpartition("/")[0]
    own_name = move.old.rpartition("/")[2] if stays_in_folder else ""
    if taken := next((name for name in names if fold_case(name) == fold_case(new_name) and name != own_name), None):
        raise AlreadyExists(f"{folder + '/' if folder else ''}{taken} already exists.", "Choose another name.")


def _plan_aliases(crm: Crm, note: Note, file_title: str, title: str, keep_alias: bool) -> tuple[list[str] | None, list[str]]:
    """A note's new aliases, None if they don't change; and the folded names that a client has afterwards."""
    old_aliases = list(as_list(note.properties.get("aliases")))
    aliases = list(old_aliases)
    if note.type == "client" and file_title != note.title:
        for path, names in crm.catalog.client_names().items():
            if path != note.path and fold(file_title) in names and fold(file_title) != fold(note.title):
                raise AlreadyExists(f"There is already a client called {quoted(file_title)}: {path}.", "Choose another name.")
        aliases = [alias for alias in aliases if fold(alias) != fold(file_title)]
        if keep_alias and fold(note.title) not in map(fold, [file_title, *aliases]):
            aliases.append(note.title)
    if note.type in _TYPES_WITH_ALIASES and title != file_title and title not in aliases:
        aliases.append(title)
    return (aliases if aliases != old_aliases else None), [fold(name) for name in (file_title, *aliases)]


def update_own_name(plan: RenamePlan, data: bytes) -> bytes:
    """The note with its properties `aliases` and `title` updated."""
    page = split_page(data)
    file_title = title_of_path(plan.new_path(plan.note.path))
    if plan.aliases is not None:
        page = _set_aliases(page, plan.aliases)
    if plan.note.type in _TYPES_WITH_TITLE and file_title != plan.note.title:
        page = set_property(page, "title", plan.title) if plan.title != file_title else remove_property(page, "title")
    return page.join()


def _set_aliases(page: Page, aliases: list[str]) -> Page:
    """The page with these aliases. If some are only appended, the existing ones keep their formatting."""
    existing = read_properties(page).get("aliases")
    if not aliases:
        return remove_property(page, "aliases")
    if not isinstance(existing, list) or aliases[: len(existing)] != existing:
        return set_property(page, "aliases", list(aliases))
    for alias in aliases[len(existing) :]:
        page = append_item(page, "aliases", alias)
    return page
