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
from vaultcrm.git.client import FileDiff, Git, is_merge_temp_file
from vaultcrm.merge.git_conflicts import has_conflict_markers
from vaultcrm.vault.conflict_copies import find_original, parse_conflict_copy
from vaultcrm.vault.writer import Writer, writing

MAX_FILE_SIZE = 25 * 1024 * 1024  # bytes


def vault_lock(crm: Crm) -> AbstractContextManager[Writer]:
    """Hold the vault, since git writes it."""
    return writing(crm.vault, shlex.join(crm.words), crm.now.isoformat(timespec="seconds"))


def all_files(git: Git) -> list[str]:
    return os.fsdecode(git.check_output("ls-files", "--cached", "--others", "--exclude-standard", "-z")).split("\0")[:-1]


def conflict_copies(git: Git, differing: Sequence[FileDiff], paths: Iterable[str]) -> set[str]:
    """Which of some paths are conflict copies: the file of which they are one lies beside them, and is not among those that go."""
    found = {path: copy for path in paths if (copy := parse_conflict_copy(path))}
    beside: dict[str, list[str]] = {}
    gone = {one.path for one in differing if one.new is None}
    for path in all_files(git) if found else ():
        if path not in gone:
            folder, _, name = path.rpartition("/")
            beside.setdefault(folder, []).append(name)
    return {path for path, copy in found.items() if find_original(copy, beside.get(path.rpartition("/")[0], ()))}


def commit(crm: Crm, git: Git, message: str | None = None) -> list[str]:
    """Commit all that is not committed, under the vault's lock; gives what it was, in words. Raises Refused: nothing is staged then."""
    with vault_lock(crm):
        git.remove_merge_temp_files()
        differing = [one for one in git.uncommitted() if not is_temporary(one.path)]
        if not differing:
            return []
        _check_committable(crm, differing)
        git.add_to_index(one.path for one in differing)
        head = git.resolve_commit("HEAD")
        staged = [
            one for one, _ in git.diff_trees(head or _empty_tree(git), os.fsdecode(git.check_output("write-tree", writes=True)).strip())
        ]
        if not staged:
            return []
        crm.invalidate()
        crm.refresh()
        changes = commit_message.detect_renames(file_changes(crm, git, staged))
        lines = commit_message.describe(changes, crm.vault.task_settings) if head else [commit_message.first_commit_line(changes)]
        text = f"{message}\n" if message else commit_message.message(lines)
        git.check_output(
            "commit", "--quiet", "--no-verify", "--cleanup=verbatim", "--file=-", stdin=text.encode("utf-8", "replace"), writes=True
        )
        return lines


def autocommit(crm: Crm, paths: Iterable[str]) -> None:
    """Commit what a command has written, and only that: whatever else is changed or staged stays as it is."""
    with vault_lock(crm):
        git = repository.open_for_commit(crm.vault.root).git
        differing = git.uncommitted(list(paths))
        if not differing:
            return
        repository.check_identity(git)
        _check_committable(crm, differing)
        crm.invalidate()
        crm.refresh()
        text = commit_message.message(
            commit_message.describe(commit_message.detect_renames(file_changes(crm, git, differing)), crm.vault.task_settings)
        )
        git.add_to_index(one.path for one in differing if one.is_untracked)
        names = b"".join(os.fsencode(one.path) + b"\0" for one in differing)
        how = ("--only", "--pathspec-from-file=-", "--pathspec-file-nul")
        git.check_output("commit", "--quiet", "--no-verify", "--cleanup=verbatim", f"--message={text}", *how, stdin=names, writes=True)
        crm.invalidate()


def is_temporary(path: str) -> bool:
    name = path.rpartition("/")[2]
    return is_merge_temp_file(path) or (name.startswith(files.TEMP_PREFIX) and name.endswith(files.TEMP_SUFFIX))


def _check_committable(crm: Crm, differing: Sequence[FileDiff]) -> None:
    """Raises Refused for what no commit should take without a person's word."""
    for one in differing:
        full = os.path.join(crm.vault.root, one.path)
        folder, _, name = one.path.rpartition("/")
        if one.new is None and os.path.lexists(os.path.join(crm.vault.root, folder, f".{name}.icloud")):
            raise Refused(f"{one.path} is in iCloud and not on this disk.", "Open it, or let iCloud download the vault; then sync again.")
        if one.is_untracked and os.path.isfile(full) and os.path.getsize(full) > MAX_FILE_SIZE:
            size = os.path.getsize(full) // 1_000_000
            raise Refused(
                f"{one.path} is {size} MB large, and every clone would have to fetch it.",
                f"Put it into .gitignore, or commit it yourself: git add {shlex.quote(one.path)}; git commit",
            )
        if one.new is not None and one.path.lower().endswith(".md") and has_conflict_markers(_on_disk(crm, one.path) or b""):
            raise Refused(
                f"{one.path} holds the marks of a conflict that nobody has ended.",
                f"Mend it, or commit it as it is: git add {shlex.quote(one.path)}; git commit",
            )


def _on_disk(crm: Crm, path: str) -> bytes | None:
    try:
        return files.read(os.path.join(crm.vault.root, path)).data
    except (OSError, Unreadable):
        return None


def _empty_tree(git: Git) -> str:
    """The tree that holds nothing."""
    return os.fsdecode(git.check_output("mktree", writes=True)).strip()


def file_changes(crm: Crm, git: Git, differing: Sequence[FileDiff]) -> list[commit_message.FileChange]:
    """Changes with their bytes and whose they are. Of attachments, and where there are very many, git's name stands for the bytes."""
    looks = {one.path for one in differing if one.path.lower().endswith(".md")} if len(differing) <= commit_message.MAX_DETAILED else set()
    known = git.read_blobs(entry.blob for one in differing if one.path in looks for entry in (one.old, one.new) if entry and entry.blob)
    copies = conflict_copies(git, differing, [one.path for one in differing])
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
        found.append(commit_message.FileChange(one.path, sides[0], sides[1], _owner_name(crm, one.path), is_copy=one.path in copies))
    return found


def _owner_name(crm: Crm, path: str) -> str:
    owner = crm.catalog.owner_of(path, crm.catalog.client_link(path.encode("utf-8", "replace").decode()))
    return commit_message.owner_name(path, owner.name if owner else None)
