"""Rename or move a note, with its client's folder and every link to it, in one step."""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from vaultcrm.actions.crm import Crm
from vaultcrm.actions.link_updates import rewritten_files
from vaultcrm.actions.rename_plan import RenamePlan, make_plan, update_own_name
from vaultcrm.catalog.link_queries import notes_that_name_a_client
from vaultcrm.errors import Unreadable
from vaultcrm.links.resolver import LinkResolver
from vaultcrm.links.rewriter import LinkRewriter, RewrittenFile, SkippedLink
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.properties import key_lines
from vaultcrm.model.convert import client_link
from vaultcrm.model.records import Note
from vaultcrm.normalize import fold


class RewrittenLink(NamedTuple):
    """A link that was updated: its file and line, its old text, its new text."""

    path: str
    line: int
    was: str
    now: str


class RenameResult(NamedTuple):
    """What was done, or would be done: the note's new path, the moves, the files whose text changed, and the links.

    `skipped_links` could not be updated. `owners` are the names of the client that the note belonged to
    before, and of the one that it belongs to now; both are None if the move can't change that.
    """

    path: str
    moved: list[tuple[str, str]]
    changed: list[str]
    links: list[RewrittenLink]
    skipped_links: list[SkippedLink]
    owners: tuple[str | None, str | None] = (None, None)


def rename(crm: Crm, name: str, new: str, keep_alias: bool = True, dry_run: bool = False) -> RenameResult:
    """Give a note another title or, if `new` has a slash, another path. A client's folder moves with its client.

    Every link in the vault that led to a moved file leads there again. A link that the new title would
    capture is rewritten as a path. With `keep_alias` a client's old name becomes an alias. Raises AlreadyExists
    if the new name is taken, InvalidInput if it isn't possible.
    """
    if dry_run:
        crm.refresh()
        plan, _, files = _prepare(crm, name, new, keep_alias)
        changed = [plan.new_path(path) for path, file in files.items() if file.changed]
        data, own_path = crm.vault.read(plan.note.path).data, plan.new_path(plan.note.path)
        if plan.moves and own_path not in changed and update_own_name(plan, data) != data:
            changed.append(own_path)
        return _result(crm, plan, changed, files)
    with crm.writing() as writer:
        plan, rewriter, files = _prepare(crm, name, new, keep_alias)
        for move in plan.moves:
            writer.move(move.old, move.new)
        for path in (path for path, file in files.items() if file.changed):
            writer.edit(plan.new_path(path), partial(_rewrite, rewriter, path))
        if plan.moves:
            writer.edit(plan.new_path(plan.note.path), partial(update_own_name, plan))
    crm.invalidate()
    return _result(crm, plan, writer.changed, files)


def _prepare(crm: Crm, name: str, new: str, keep_alias: bool) -> tuple[RenamePlan, LinkRewriter, dict[str, RewrittenFile]]:
    """The plan, the link rewriter for it, and the files with affected links by their old paths."""
    plan = make_plan(crm, name, new, keep_alias)
    rewriter = _link_rewriter(crm, plan)
    return plan, rewriter, _rewritten_files(crm, plan, rewriter) if plan.moves else {}


def _rewrite(rewriter: LinkRewriter, path: str, data: bytes) -> bytes:
    return rewriter.rewrite(path, data).data


def _result(crm: Crm, plan: RenamePlan, changed: list[str], files: dict[str, RewrittenFile]) -> RenameResult:
    moved = [(move.old, move.new) for move in plan.moves[:1]]
    path = plan.new_path(plan.note.path)
    if plan.moves and plan.moves[0].old != plan.note.path:  # the folder moved first
        moved.append((plan.note.path, path))
    moved += [(copy.old, copy.new) for copy in plan.copies]
    links = [RewrittenLink(plan.new_path(file_path), *change) for file_path, file in files.items() for change in file.changed]
    skipped_links = sorted(link for file in files.values() for link in file.skipped)
    return RenameResult(path, moved, changed, links, skipped_links, _owners(crm, plan.note, path))


def _owners(crm: Crm, note: Note, new_path: str) -> tuple[str | None, str | None]:
    """The owner before and after. Clients have none, and a note that names its client keeps it."""
    if note.type == "client" or client_link(note):
        return None, None
    old_owner, new_owner = crm.catalog.owner_of(note.path), crm.catalog.owner_of(new_path)
    return old_owner.name if old_owner else None, new_owner.name if new_owner else None


def _link_rewriter(crm: Crm, plan: RenamePlan) -> LinkRewriter:
    resolver = crm.link_resolver()
    client_names = {
        plan.new_path(path): plan.folded_names if path == plan.note.path else names for path, names in resolver.client_names.items()
    }
    return LinkRewriter(resolver, resolver.after_moves(plan.moves, client_names), plan.new_path)


def _rewritten_files(crm: Crm, plan: RenamePlan, rewriter: LinkRewriter) -> dict[str, RewrittenFile]:
    """The files with links that are updated or skipped, by their old paths."""
    result = {}
    for path, data, file in rewritten_files(crm, plan.moves, rewriter, _files_of_client(crm, plan, rewriter.before)):
        file = file._replace(skipped=(*file.skipped, *_plain_text_clients(crm, plan, path, data)))
        if file.changed or file.skipped:
            result[path] = file
    return result


def _plain_text_clients(crm: Crm, plan: RenamePlan, path: str, data: bytes) -> Iterator[SkippedLink]:
    """The property `client` of a note if it names the renamed client in plain text, which isn't updated."""
    note = crm.catalog.note(path) if plan.note.type == "client" else None
    name = client_link(note) if note else None
    if name and "[[" not in name and fold(name) == fold(plan.note.title) and fold(name) not in plan.folded_names:
        with suppress(Unreadable):
            line = key_lines(split_page(data)).get("client", 1)
            yield SkippedLink(plan.new_path(path), line, name, "it is plain text, not a link")


def _files_of_client(crm: Crm, plan: RenamePlan, resolver: LinkResolver) -> set[str]:
    """For a client, the notes in its old and new folder and those that name a client: where their links lead depends on the client."""
    if plan.note.type != "client":
        return set()
    folders = (plan.note.folder, plan.new_path(plan.note.path).rpartition("/")[0])
    inside = {path for path in resolver.notes if path.startswith(tuple(folder + "/" if folder else "" for folder in folders))}
    return inside | notes_that_name_a_client(crm.catalog)
