"""Commit what has changed in the vault, with a message that says what happened."""

import os
import shlex
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager

from vaultcrm.actions import commit_message
from vaultcrm.actions.crm import Crm
from vaultcrm.disk import files
from vaultcrm.errors import Refused, Unreadable
from vaultcrm.git import repository
from vaultcrm.git.client import Differing, Git, is_of_a_merge
from vaultcrm.merge.git_conflicts import has_marks
from vaultcrm.vault.conflict_copies import copy_of, original_among
from vaultcrm.vault.writer import Writer, writing

LARGE = 25 * 1024 * 1024  # bytes


def _holding(crm: Crm) -> AbstractContextManager[Writer]:
    """Hold the vault, since git writes it."""
    return writing(crm.vault, shlex.join(crm.words), crm.now.isoformat(timespec="seconds"))


def _all_files(git: Git) -> list[str]:
    return os.fsdecode(git.ask("ls-files", "--cached", "--others", "--exclude-standard", "-z")).split("\0")[:-1]


def _copies(git: Git, differing: Sequence[Differing], paths: Iterable[str]) -> set[str]:
    """Which of some paths are conflict copies: the file of which they are one lies beside them, and is not among those that go."""
    found = {path: copy for path in paths if (copy := copy_of(path))}
    beside: dict[str, list[str]] = {}
    gone = {one.path for one in differing if one.new is None}
    for path in _all_files(git) if found else ():
        if path not in gone:
            folder, _, name = path.rpartition("/")
            beside.setdefault(folder, []).append(name)
    return {path for path, copy in found.items() if original_among(copy, beside.get(path.rpartition("/")[0], ()))}


def commit(crm: Crm, git: Git, message: str | None = None) -> list[str]:
    """Commit all that is not committed, under the vault's lock; gives what it was, in words. Raises Refused: nothing is staged then."""
    with _holding(crm):
        git.sweep()
        differing = [one for one in git.on_disk() if not _is_temporary(one.path)]
        if not differing:
            return []
        _must_be_fit(crm, differing)
        git.stage(one.path for one in differing)
        head = git.commit("HEAD")
        staged = [one for one, _ in git.between(head or _nothing(git), os.fsdecode(git.ask("write-tree", writes=True)).strip())]
        if not staged:
            return []
        crm.invalidate()
        crm.refresh()
        changes = commit_message.paired(_changes(crm, git, staged))
        lines = commit_message.lines(changes, crm.vault.task_settings) if head else [commit_message.beginning(changes)]
        text = f"{message}\n" if message else commit_message.message(lines)
        git.ask("commit", "--quiet", "--no-verify", "--cleanup=verbatim", "--file=-", stdin=text.encode("utf-8", "replace"), writes=True)
        return lines


def autocommit(crm: Crm, paths: Iterable[str]) -> None:
    """Commit what a command has written, and only that: whatever else is changed or staged stays as it is."""
    with _holding(crm):
        git = repository.ready(crm.vault.root).git
        differing = git.on_disk(list(paths))
        if not differing:
            return
        repository.must_know_who(git)
        _must_be_fit(crm, differing)
        crm.invalidate()
        crm.refresh()
        text = commit_message.message(commit_message.lines(commit_message.paired(_changes(crm, git, differing)), crm.vault.task_settings))
        git.stage(one.path for one in differing if one.is_new_to_git)
        names = b"".join(os.fsencode(one.path) + b"\0" for one in differing)
        how = ("--only", "--pathspec-from-file=-", "--pathspec-file-nul")
        git.ask("commit", "--quiet", "--no-verify", "--cleanup=verbatim", f"--message={text}", *how, stdin=names, writes=True)
        crm.invalidate()


def _is_temporary(path: str) -> bool:
    name = path.rpartition("/")[2]
    return is_of_a_merge(path) or (name.startswith(files.TEMP_PREFIX) and name.endswith(files.TEMP_SUFFIX))


def _must_be_fit(crm: Crm, differing: Sequence[Differing]) -> None:
    """Raises Refused for what no commit should take without a person's word."""
    for one in differing:
        full = os.path.join(crm.vault.root, one.path)
        folder, _, name = one.path.rpartition("/")
        if one.new is None and os.path.lexists(os.path.join(crm.vault.root, folder, f".{name}.icloud")):
            raise Refused(f"{one.path} is in iCloud and not on this disk.", "Open it, or let iCloud download the vault; then sync again.")
        if one.is_new_to_git and os.path.isfile(full) and os.path.getsize(full) > LARGE:
            size = os.path.getsize(full) // 1_000_000
            raise Refused(
                f"{one.path} is {size} MB large, and every clone would have to fetch it.",
                f"Put it into .gitignore, or commit it yourself: git add {shlex.quote(one.path)}; git commit",
            )
        if one.new is not None and one.path.lower().endswith(".md") and has_marks(_on_disk(crm, one.path) or b""):
            raise Refused(
                f"{one.path} holds the marks of a conflict that nobody has ended.",
                f"Mend it, or commit it as it is: git add {shlex.quote(one.path)}; git commit",
            )


def _on_disk(crm: Crm, path: str) -> bytes | None:
    try:
        return files.read(os.path.join(crm.vault.root, path)).data
    except (OSError, Unreadable):
        return None


def _nothing(git: Git) -> str:
    """The tree that holds nothing."""
    return os.fsdecode(git.ask("mktree", writes=True)).strip()


def _changes(crm: Crm, git: Git, differing: Sequence[Differing]) -> list[commit_message.Change]:
    """Changes with their bytes and whose they are. Of attachments, and where there are very many, git's name stands for the bytes."""
    looks = {one.path for one in differing if one.path.lower().endswith(".md")} if len(differing) <= commit_message.MANY else set()
    known = git.blobs(entry.blob for one in differing if one.path in looks for entry in (one.old, one.new) if entry and entry.blob)
    copies = _copies(git, differing, [one.path for one in differing])
    found = []
    for one in differing:
        sides: list[bytes | None] = []
        for entry in (one.old, one.new):
            if entry is None:
                sides.append(None)
            elif one.path in looks:
                sides.append(known.get(entry.blob, b"") if entry.blob else _on_disk(crm, one.path) or b"")
            else:
                sides.append(entry.blob.encode() or one.path.encode("utf-8", "replace"))
        found.append(commit_message.Change(one.path, sides[0], sides[1], _whose(crm, one.path), is_copy=one.path in copies))
    return found


def _whose(crm: Crm, path: str) -> str:
    owner = crm.catalog.owner_of(path, crm.catalog.client_link(path.encode("utf-8", "replace").decode()))
    return commit_message.whose(path, owner.name if owner else None)
