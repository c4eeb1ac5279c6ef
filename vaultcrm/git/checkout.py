"""Bring the vault from one commit to the next as a whole, or put it back as it was.

Git writes a working tree file by file, and can be stopped after any of them: by a full disk, a filter that
fails, or a kill. So the files that will change are kept in Git's directory first, together with a plan that
says what was about to happen. As long as the plan is there, nothing is committed, and `recover` undoes what
was done of it.
"""

import contextlib
import errno
import json
import os
import re
import shutil
import stat
import time
from typing import NamedTuple

from vaultcrm.errors import ExternalError, Locked
from vaultcrm.git.client import Git, GitResult, TreeEntry
from vaultcrm.quoting import quoted

KEPT_FOLDER = "vaultcrm-sync"  # in the Git directory
_PLAN = "plan.json"
_LOCK_SECONDS = 3.0  # how long to wait for another Git process
INTERRUPTED = (
    "A sync was interrupted while it wrote your notes.",
    "Run vaultcrm sync: it puts them back as they were before, and starts again.",
)


class Change(NamedTuple):
    """A file that differs between the two commits. `kept` is the name of its copy, "" if it is new; `new` is None if it is deleted."""

    path: str
    kept: str
    new: TreeEntry | None


class Plan(NamedTuple):
    """What is about to happen: the commits, and the files that change."""

    old: str
    new: str
    changes: list[Change]


def is_interrupted(git_dir: str) -> bool:
    """Whether a checkout was begun here and neither finished nor taken back."""
    return os.path.lexists(os.path.join(git_dir, KEPT_FOLDER, _PLAN))


def advance(git: Git, git_dir: str, old: str, new: str) -> bool:
    """Move the branch, the index and the files from the commit `old` to its descendant `new`.

    Returns False, with nothing changed, if another program has just changed a file or the branch. Raises Locked if
    another Git process keeps the index locked, and ExternalError if Git fails; everything is then as it was before, or
    the message says that it isn't.
    """
    folder = os.path.join(git_dir, KEPT_FOLDER)
    try:
        plan = Plan(old, new, list_changes(git, old, new))
        is_kept = keep_files(git, folder, plan)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise ExternalError(f"{error.filename or folder} can't be written: {error.strerror}.", "Nothing was changed.") from error
    if not is_kept:
        shutil.rmtree(folder, ignore_errors=True)
        return False
    try:
        result = _fast_forward(git, new)
        problem = result.reason if result.exit_code != 0 else _find_unfinished(git, folder, plan)
    except BaseException:
        restore(git, folder, plan)
        raise
    if not problem:
        _remove(folder)
        return True
    restore(git, folder, plan)
    if "would be overwritten" in result.stderr or "would be removed" in result.stderr or git.resolve_commit("HEAD") != old:
        return False
    if _is_locked(result):
        raise Locked(
            "Another Git command is running here, or one was killed.", "Nothing was changed. Wait until it has finished, then try again."
        )
    raise ExternalError(f"git could not merge: {problem}.", "Your notes are as they were before. Fix that, then run sync again.")


def recover(git: Git, git_dir: str) -> bool:
    """Take back a checkout that was interrupted. Returns whether there was one. Call it only while nothing else syncs this vault."""
    folder = os.path.join(git_dir, KEPT_FOLDER)
    if not os.path.lexists(folder):
        return False
    plan = None if os.path.islink(folder) else _read_plan(folder)
    if plan is None or git.resolve_commit("HEAD") != plan.old:  # it had not begun, or it was finished
        _remove(folder)
        return False
    _check_plan(git, plan)
    restore(git, folder, plan)
    return True


def _fast_forward(git: Git, new: str) -> GitResult:
    """Let Git write the files. Another Git process may hold the lock of the index for a moment."""
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        result = git.run("merge", "--ff-only", "--quiet", "--no-stat", "--no-verify-signatures", new)
        if not _is_locked(result) or time.monotonic() > deadline:
            return result
        time.sleep(0.05)


def _is_locked(result: GitResult) -> bool:
    return result.exit_code != 0 and "index.lock': File exists" in result.stderr


# ------------------------------------------------------------------------------ keeping files


def list_changes(git: Git, old: str, new: str) -> list[Change]:
    """The files that Git will write or delete."""
    is_sparse = git.first_line("config", "--type=bool", "--get", "core.sparseCheckout") == "true"
    entries = git.check_output("ls-files", "-t", "-z").split(b"\0") if is_sparse else ()
    left_out = {os.fsdecode(entry[2:]) for entry in entries if entry.startswith(b"S ")}
    changes = []
    for number, (diff, _) in enumerate(git.diff_trees(old, new)):
        is_submodule = any(entry is not None and entry.mode == "160000" for entry in (diff.old, diff.new))
        if not is_submodule and diff.path not in left_out:
            changes.append(Change(diff.path, str(number) if diff.old else "", diff.new))
    return changes


def keep_files(git: Git, folder: str, plan: Plan) -> bool:
    """Keep every file that will change or go, and write the plan. False if a file isn't there any more. Raises OSError, ExternalError."""
    _check_plan(git, plan)
    if os.path.islink(folder):
        os.unlink(folder)
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)
    for change in plan.changes:
        if change.kept and not _keep(os.path.join(git.root, change.path), os.path.join(folder, change.kept)):
            return False
    temp_file = os.path.join(folder, f"{_PLAN}.tmp")
    with open(temp_file, "w", encoding="ascii") as file:
        json.dump(plan, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temp_file, os.path.join(folder, _PLAN))
    return True


def _check_plan(git: Git, plan: Plan) -> None:
    """Raises ExternalError for a path that leads out of the vault: commits and plans may come from a stranger."""
    for change in plan.changes:
        parts = change.path.split("/")
        folder = os.path.realpath(os.path.join(git.root, *parts[:-1]))
        is_inside = folder == git.root or folder.startswith(git.root.rstrip("/") + "/")
        if not is_inside or not {"", ".", "..", ".git"}.isdisjoint(part.lower() for part in parts) or not re.fullmatch(r"\d*", change.kept):
            raise ExternalError(
                f"The path {quoted(change.path)} leads out of the vault.", "Nothing was changed. Look at the commit with: git log --stat"
            )


def _keep(path: str, kept: str) -> bool:
    """Link or copy a file; False if there is no file or symbolic link. Git never writes into an existing file, so a link is enough."""
    try:
        mode = os.lstat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return False
    if not stat.S_ISREG(mode) and not stat.S_ISLNK(mode):
        return False
    try:
        os.link(path, kept, follow_symlinks=False)
    except OSError:  # another disk, or one without hard links
        shutil.copy2(path, kept, follow_symlinks=False)
    return True


def _read_plan(folder: str) -> Plan | None:
    try:
        with open(os.path.join(folder, _PLAN), encoding="ascii") as file:
            old, new, changes = json.load(file)
        if not all(re.fullmatch(r"[0-9a-f]{40,64}", commit) for commit in (old, new)):
            return None
        return Plan(old, new, [Change(path, kept, TreeEntry(*entry) if entry else None) for path, kept, entry in changes])
    except (OSError, ValueError, TypeError):
        return None


def _remove(folder: str) -> None:
    """Remove the plan, and then what was kept."""
    with contextlib.suppress(OSError):
        os.unlink(folder if os.path.islink(folder) else os.path.join(folder, _PLAN))
    shutil.rmtree(folder, ignore_errors=True)


# ------------------------------------------------------------------------ looking and restoring


def _find_unfinished(git: Git, folder: str, plan: Plan) -> str:
    """What Git left undone although it reported success; "" if nothing."""
    if git.resolve_commit("HEAD") != plan.new:
        return "the branch was not moved"
    if not _has_index(git, plan.new):
        return "the index was not written"
    for change in plan.changes:
        path, kept = os.path.join(git.root, change.path), os.path.join(folder, change.kept)
        if change.kept and os.path.lexists(path) and os.path.samestat(os.lstat(path), os.lstat(kept)):
            return f"{change.path} was not written" if change.new else f"{change.path} was not deleted"
    return ""


def _has_index(git: Git, commit: str) -> bool:
    """Whether the index is that of a commit."""
    return git.run("diff-index", "--cached", "--quiet", "--ignore-submodules", commit, "--", writes=False).exit_code == 0


def restore(git: Git, folder: str, plan: Plan) -> None:
    """Put back every file that Git has changed or deleted, and the index and the branch. Raises ExternalError if that can't be done.

    A file that has neither its old nor its new contents was changed by the user, and stays.
    """
    try:
        for change in sorted(plan.changes, key=lambda change: bool(change.kept)):  # first what is new: it may be in the way of the rest
            if not _is_untouched(git, folder, change) and _was_written_by_git(git, plan, change):
                _restore_file(os.path.join(git.root, change.path), os.path.join(folder, change.kept) if change.kept else "", git.root)
        if git.resolve_commit("HEAD") == plan.new:
            git.check_output("update-ref", "-m", "vaultcrm sync: taken back", "HEAD", plan.old, plan.new, writes=True)
        if git.resolve_commit("HEAD") == plan.old and not _has_index(git, plan.old):
            git.check_output("read-tree", plan.old, writes=True)
    except (OSError, ExternalError) as error:
        reason = error.message if isinstance(error, ExternalError) else f"{error.filename}: {error.strerror}."
        raise ExternalError(
            f"The merge was interrupted, and not all of your notes could be put back: {reason}",
            f"Nothing is committed until they are. Fix that, then run vaultcrm sync. The notes as they were are in {folder}",
        ) from error
    _remove(folder)


def _is_untouched(git: Git, folder: str, change: Change) -> bool:
    path = os.path.join(git.root, change.path)
    if not change.kept:
        return not os.path.lexists(path)
    kept = os.path.join(folder, change.kept)
    if not os.path.lexists(kept):  # it has been put back already
        return True
    if not os.path.lexists(path):
        return False
    now, before = os.lstat(path), os.lstat(kept)
    return os.path.samestat(now, before) or (now.st_mode == before.st_mode and _read(path) == _read(kept))


def _was_written_by_git(git: Git, plan: Plan, change: Change) -> bool:
    """Whether a file that isn't as it was is missing, or holds the new contents or the beginning of them. Raises ExternalError."""
    path = os.path.join(git.root, change.path)
    if not os.path.lexists(path):
        return True
    data = _read(path)
    if data is None or change.new is None:
        return False
    if any(blob.startswith(data) for blob in git.read_blobs([change.new.blob]).values()):
        return True
    return git.check_output("cat-file", "--filters", f"{plan.new}:{change.path}").startswith(data)  # as the user's filters change it


def _read(path: str) -> bytes | None:
    """The bytes of a file, or the target of a symbolic link; None for anything else."""
    status = os.lstat(path)
    if stat.S_ISLNK(status.st_mode):
        return os.fsencode(os.readlink(path))
    if not stat.S_ISREG(status.st_mode):
        return None
    with open(path, "rb") as file:
        return file.read()


def _restore_file(path: str, kept: str, root: str) -> None:
    if kept:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        try:
            os.replace(kept, path)
        except OSError as error:
            if error.errno != errno.EXDEV:  # else the Git directory is on another disk
                raise
            temp_file = os.path.join(os.path.dirname(path), f".vaultcrm-{os.getpid()}-sync.tmp")
            shutil.copy2(kept, temp_file, follow_symlinks=False)
            os.replace(temp_file, path)
        return
    os.unlink(path)
    folder = os.path.dirname(path)
    with contextlib.suppress(OSError):  # Git leaves no empty folders
        while folder != root:
            os.rmdir(folder)
            folder = os.path.dirname(folder)
