"""Commit the changes in the vault, with a message that says what happened."""

import os
import shlex
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager

from vaultcrm.actions import commit_message
from vaultcrm.actions.crm import Crm
from vaultcrm.disk import files
from vaultcrm.disk.temp_files import is_temp_name
from vaultcrm.errors import Refused, Unreadable
from vaultcrm.git import repository
from vaultcrm.git.client import FileDiff, Git, is_merge_temp_file
from vaultcrm.git.trees import empty_tree
from vaultcrm.merge.lines import has_conflict_markers
from vaultcrm.vault.conflict_copies import find_original, parse_conflict_copy
from vaultcrm.vault.writer import Writer, writing

MAX_FILE_SIZE = 25 * 1024 * 1024  # bytes


def vault_lock(crm: Crm) -> AbstractContextManager[Writer]:
    """Hold the vault's lock while Git writes its files."""
    return writing(crm.vault, shlex.join(crm.words), crm.now.isoformat(timespec="seconds"))


def list_files(git: Git) -> list[str]:
    """The paths of all files that are in Git's index, or that Git doesn't ignore."""
    return os.fsdecode(git.check_output("ls-files", "--cached", "--others", "--exclude-standard", "-z")).split("\0")[:-1]


def find_conflict_copies(git: Git, diffs: Sequence[FileDiff], paths: Iterable[str]) -> set[str]:
    """The paths that are conflict copies: the original is in the same folder and isn't deleted by `diffs`."""
    copies = {path: copy for path in paths if (copy := parse_conflict_copy(path))}
    deleted = {diff.path for diff in diffs if diff.new is None}
    names_by_folder: dict[str, list[str]] = {}
    for path in list_files(git) if copies else ():
        if path not in deleted:
            folder, _, name = path.rpartition("/")
            names_by_folder.setdefault(folder, []).append(name)
    return {path for path, copy in copies.items() if find_original(copy, names_by_folder.get(path.rpartition("/")[0], ()))}


def commit(crm: Crm, git: Git, message: str | None = None) -> list[str]:
    """Commit all changes while holding the vault's lock. Returns a description: one line for each client.

    Raises Refused, with nothing staged, when a file shouldn't be committed without asking.
    """
    with vault_lock(crm):
        git.remove_merge_temp_files()
        diffs = [diff for diff in git.uncommitted() if not is_temp_file(diff.path)]
        if not diffs:
            return []
        _check_committable(crm, diffs)
        git.add_to_index(diff.path for diff in diffs)
        head = git.resolve_commit("HEAD")
        staged_tree = os.fsdecode(git.check_output("write-tree", writes=True)).strip()
        staged = [diff for diff, _ in git.diff_trees(head or empty_tree(git), staged_tree)]
        if not staged:
            return []
        crm.invalidate()
        crm.refresh()
        changes = commit_message.detect_renames(file_changes(crm, git, staged))
        lines = commit_message.describe(changes, crm.vault.task_settings) if head else [commit_message.first_commit_line(changes)]
        commit_index(git, f"{message}\n" if message else commit_message.message(lines))
        return lines


def commit_index(git: Git, text: str) -> None:
    """Commit what is in the index, with exactly this message."""
    options = ("--quiet", "--no-verify", "--cleanup=verbatim", "--file=-")
    git.check_output("commit", *options, stdin=text.encode("utf-8", "replace"), writes=True)


def autocommit(crm: Crm, paths: Iterable[str]) -> None:
    """Commit the files that a command has written, and only those; other changes stay as they are, staged or not."""
    with vault_lock(crm):
        repo = repository.open_for_commit(crm.vault.root)
        git = repo.git
        diffs = git.uncommitted(list(paths))
        if not diffs:
            return
        repository.check_identity(git, repo.settings)
        _check_committable(crm, diffs)
        crm.invalidate()
        crm.refresh()
        changes = commit_message.detect_renames(file_changes(crm, git, diffs))
        text = commit_message.message(commit_message.describe(changes, crm.vault.task_settings))
        git.add_to_index(diff.path for diff in diffs if diff.is_untracked)
        options = ("--quiet", "--no-verify", "--cleanup=verbatim", f"--message={text}")
        pathspecs = b"".join(os.fsencode(diff.path) + b"\0" for diff in diffs)
        git.check_output("commit", *options, "--only", "--pathspec-from-file=-", "--pathspec-file-nul", stdin=pathspecs, writes=True)
        crm.invalidate()


def is_temp_file(path: str) -> bool:
    """Whether a file was left behind by a killed merge or a killed command."""
    return is_merge_temp_file(path) or is_temp_name(path.rpartition("/")[2])


def _check_committable(crm: Crm, diffs: Sequence[FileDiff]) -> None:
    """Raises Refused for notes that are only in iCloud, large new files, and notes with conflict markers."""
    for diff in diffs:
        full_path = os.path.join(crm.vault.root, diff.path)
        folder, _, name = diff.path.rpartition("/")
        if diff.new is None and os.path.lexists(os.path.join(crm.vault.root, folder, f".{name}.icloud")):
            raise Refused(
                f"{diff.path} is in iCloud but not on this disk.", "Open it, or let iCloud download the vault. Then run sync again."
            )
        if os.path.lexists(full_path) and not (os.path.isdir(full_path) or os.path.isfile(full_path) or os.path.islink(full_path)):
            raise Refused(f"{diff.path} is neither a file nor a folder.", "Put the file back, or delete it. Then run sync again.")
        if diff.is_untracked and os.path.isfile(full_path) and os.path.getsize(full_path) > MAX_FILE_SIZE:
            size = os.path.getsize(full_path) // 1_000_000
            raise Refused(
                f"{diff.path} is {size} MB in size, and every clone would have to download it.",
                f"Add it to .gitignore, or commit it yourself: git add {shlex.quote(diff.path)}; git commit",
            )
        is_note_on_disk = diff.new is not None and diff.path.lower().endswith(".md")
        if is_note_on_disk and has_conflict_markers(_read_from_disk(crm, diff.path) or b""):
            raise Refused(
                f"{diff.path} contains conflict markers.",
                f"Resolve the conflict, or commit the file as it is: git add {shlex.quote(diff.path)}; git commit",
            )


def _read_from_disk(crm: Crm, path: str) -> bytes | None:
    try:
        return files.read(os.path.join(crm.vault.root, path)).data
    except (OSError, Unreadable):
        return None


def file_changes(crm: Crm, git: Git, diffs: Sequence[FileDiff]) -> list[commit_message.FileChange]:
    """The changes with the contents before and after, and with the client that each file belongs to.

    Attachments aren't read, and neither is anything if there are more than MAX_DETAILED changes: the id of
    the blob takes the place of the contents.
    """
    notes = {diff.path for diff in diffs if diff.path.lower().endswith(".md")} if len(diffs) <= commit_message.MAX_DETAILED else set()
    blobs = git.read_blobs(entry.blob for diff in diffs if diff.path in notes for entry in (diff.old, diff.new) if entry and entry.blob)
    copies = find_conflict_copies(git, diffs, [diff.path for diff in diffs])
    changes = []
    for diff in diffs:
        contents: list[bytes | None] = []
        for entry in (diff.old, diff.new):
            if entry is None:
                contents.append(None)
            elif diff.path in notes:
                contents.append(blobs.get(entry.blob, b"") if entry.blob else _read_from_disk(crm, diff.path) or b"")
            else:
                contents.append(entry.blob.encode() or diff.path.encode("utf-8", "replace"))
        before, after = contents
        changes.append(commit_message.FileChange(diff.path, before, after, _owner_name(crm, diff.path), is_copy=diff.path in copies))
    return changes


def _owner_name(crm: Crm, path: str) -> str:
    owner = crm.catalog.owner_of(path, crm.catalog.client_link(path.encode("utf-8", "replace").decode()))
    return commit_message.owner_name(path, owner.name if owner else None)
