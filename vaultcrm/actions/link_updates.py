"""The files whose links have to follow when files move, and their text with those links rewritten."""

import re
from collections.abc import Iterable, Iterator, Sequence

from vaultcrm.actions.crm import Crm
from vaultcrm.catalog.link_queries import notes_that_may_link_to
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.disk.moves import Move
from vaultcrm.errors import Unreadable
from vaultcrm.links.rewriter import LinkRewriter, RewrittenFile, SkippedLink
from vaultcrm.normalize import fold


def rewritten_files(
    crm: Crm, moves: Sequence[Move], rewriter: LinkRewriter, also: Iterable[str] = ()
) -> Iterator[tuple[str, bytes, RewrittenFile]]:  # fmt: skip
    """The files that may hold links to what moves, and those named in `also`: their old paths, their bytes, and both after the moves.

    Nothing is written. Files that can't be read are left out.
    """
    for path in sorted(_affected_files(crm, rewriter) | {*also}):
        try:
            data = crm.vault.read(path).data
        except (FileNotFoundError, Unreadable):
            continue
        if path.endswith(".base"):  # bases aren't edited
            yield path, data, RewrittenFile(data, skipped=tuple(_mentions_in_base(moves, rewriter.path_map(path), data)))
        else:
            yield path, data, rewriter.rewrite(path, data)


def _affected_files(crm: Crm, rewriter: LinkRewriter) -> set[str]:
    """The moved notes, the files that may link to them or to another file with the new title, and all canvases and bases."""
    resolver, new_path = rewriter.before, rewriter.path_map
    moved = {path for path in resolver.paths if new_path(path) != path}
    titles = {fold(title_of_path(path)) for old_path in moved for path in (old_path, new_path(old_path))}
    affected = {path for path in moved if path in resolver.notes} | notes_that_may_link_to(crm.catalog, titles)
    unread_notes = {path for path in resolver.paths if path.lower().endswith(".md") and path not in resolver.notes}
    return affected | unread_notes | {path for path in resolver.paths if path.endswith((".canvas", ".base"))}


def _mentions_in_base(moves: Sequence[Move], new_path: str, data: bytes) -> Iterator[SkippedLink]:
    """The lines of a base that name a moved file."""
    spellings = [name for move in moves for name in (move.old, move.old.removesuffix(".md"), f"[[{title_of_path(move.old)}]]")]
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        if name := next((name for name in spellings if re.search(rf"(?<![\w/]){re.escape(name)}(?!\w)", line)), None):
            yield SkippedLink(new_path, number, name, "links in bases aren't updated")
