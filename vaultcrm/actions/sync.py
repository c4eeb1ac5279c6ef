"""Commit the vault, merge what others have pushed, and push."""

import os
import re
from collections.abc import Sequence
from typing import NamedTuple

from vaultcrm.actions import commit_message
from vaultcrm.actions.check import notes_without_client
from vaultcrm.actions.commit import commit, file_changes, list_files, vault_lock
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.sync_status import IGNORED_BY_VAULT, LeftOut, find_left_out
from vaultcrm.errors import Conflict, ExternalError, Refused, VaultcrmError
from vaultcrm.git import checkout, repository
from vaultcrm.git.client import FileDiff, Git
from vaultcrm.git.repository import Repository
from vaultcrm.git.trees import commit_tree
from vaultcrm.merge.commits import merge_commits
from vaultcrm.merge.trees import FileConflict

MAX_ATTEMPTS = 5  # after this many lost races with other programs, give up
# What Git prints when somebody has pushed since the last fetch.
_PUSH_RACE = re.compile(
    r"\[rejected\]|\[remote rejected\].*(cannot lock ref|failed to (update|lock)|incorrect old value|reference already exists|is at )"
)


class SyncResult(NamedTuple):
    """What a sync did. `committed` and `received` are descriptions, one line for each client; `pushed` counts commits.

    `left_out` are notes that Git doesn't have, and that the vault's own `.gitignore` doesn't name. `without_client` are
    notes that have lost their client because one side deleted, renamed or moved it while the other wrote to it.
    """

    branch: str
    remote: str
    committed: list[str]
    received: list[str]
    pushed: int
    conflicts: list[FileConflict]
    ahead: int
    behind: int
    left_out: tuple[LeftOut, ...] = ()
    without_client: tuple[str, ...] = ()


class _Merge(NamedTuple):
    """What a merge brought: a description, the conflicts, and the notes that have lost their client.

    `ahead` counts the commits that the remote doesn't have.
    """

    received: list[str]
    conflicts: list[FileConflict]
    without_client: list[str]
    ahead: int


def sync(crm: Crm, message: str | None = None, push: bool = True) -> SyncResult:
    """Commit all changes, merge the remote branch, and push. `message` replaces the description in the commits.

    Raises Refused, before anything is done, when the vault or its repository isn't ready; Conflict when
    other programs keep pushing or writing; ExternalError when Git or the remote fails.
    """
    with vault_lock(crm):  # a merge in progress holds the lock too, so it isn't mistaken for an unfinished one
        repo = repository.open_for_commit(crm.vault.root, mend=True)
    if push and not repo.remote:
        raise _no_remote(repo)
    repository.check_identity(repo.git, repo.settings)
    if repo.remote and not repo.head:
        _fetch(repo)
        _check_is_complete_clone(repo)
    committed: list[str] = []
    received, conflicts, without_client = list[str](), list[FileConflict](), list[str]()
    pushed = 0
    try:
        for attempt in range(MAX_ATTEMPTS + 1):
            committed += commit(crm, repo.git, message)
            if not repo.remote:
                break
            _fetch(repo)
            merged = _merge(crm, repo)
            if merged is None:  # another program has written a file that the merge changes
                continue
            received, conflicts, without_client = received + merged[0], conflicts + merged[1], without_client + merged[2]
            if not push or not merged.ahead or _push(repo):
                pushed = merged.ahead if push else 0
                break
            if attempt == MAX_ATTEMPTS:
                raise Conflict("Others keep pushing.", "Try again.")
        else:
            raise Conflict("Another program keeps writing to the vault.", "Try again.")
    except VaultcrmError as error:
        if committed:
            error.hint = " ".join(filter(None, (error.hint, "Your changes are committed here. The next sync will push them.")))
        raise
    finally:
        crm.invalidate_after_write()
    left_out = tuple(note for note in find_left_out(crm, repo.git, list_files(repo.git)) if note.why != IGNORED_BY_VAULT)
    distance = repo.ahead_behind()
    return SyncResult(repo.branch, repo.remote, committed, received, pushed, conflicts, *distance, left_out, tuple(without_client))


def _check_is_complete_clone(repo: Repository) -> None:
    """Raises Refused if the first commit here would have nothing in common with what the remote has."""
    message, hint = repository.unfinished_clone(repo.git, repo.git_dir)
    if message:
        raise Refused(message, hint)


def _no_remote(repo: Repository) -> Refused:
    if repo.git.first_line("remote"):
        return Refused(
            "This repository has several remotes, and none of them is called origin.",
            f"Choose one: git config branch.{repo.branch}.remote NAME",
        )
    return Refused("This repository has no remote.", "Add one: git remote add origin URL. Or only commit: vaultcrm sync --no-push")


# --------------------------------------------------------------------------- fetch and push


def _fetch(repo: Repository) -> None:
    """Update the tracking branch. Raises ExternalError."""
    refspec = f"+refs/heads/{repo.remote_branch}:{repo.tracking_ref}"
    options = ("--quiet", "--no-tags", "--no-recurse-submodules", "--refmap=", *repository.transport_options(repo, "upload-pack"))
    for _ in range(MAX_ATTEMPTS):
        result = repo.git.run("fetch", *options, "--", repo.remote, refspec, network=True)
        if "cannot lock ref" not in result.stderr:  # else another fetch in this vault was faster
            break
    if result.exit_code != 0 and "couldn't find remote ref" not in result.stderr:  # the branch doesn't exist until somebody pushes it
        raise repo.git.failure(f"Can't reach {repo.remote}", result, "Check your network and your access rights.")


def _push(repo: Repository) -> bool:
    """Push the branch; False when somebody else has pushed since the last fetch. Raises ExternalError."""
    upstream = () if repo.settings.get(f"branch.{repo.branch}.merge") else ("--set-upstream",)
    refspec = f"HEAD:refs/heads/{repo.remote_branch}"
    options = ("--no-verify", "--recurse-submodules=no", *repository.transport_options(repo, "receive-pack"), *upstream)
    result = repo.git.run("push", *options, "--", repo.remote, refspec, network=True)
    if result.exit_code == 0:
        return True
    if _PUSH_RACE.search(result.stderr):
        return False
    reason = next((line.strip() for line in result.stderr.splitlines() if "rejected]" in line), result.reason)
    raise ExternalError(f"{repo.remote} rejected the push: {reason}.", "Check your network and your access rights.")


# --------------------------------------------------------------------------------- merge


def _merge(crm: Crm, repo: Repository) -> _Merge | None:
    """Merge the tracking branch while holding the vault's lock.

    The merge is complete in Git before a file of the vault is written. Returns None when nothing was changed because
    another program has just written a file that the merge changes.
    """
    with vault_lock(crm):
        ahead, behind = repo.ahead_behind()
        if not behind:
            return _Merge([], [], [], ahead)
        git, head, other = repo.git, repo.head, repo.git.resolve_commit(repo.tracking_ref)
        _check_mergeable(repo, head, other)
        commit, conflicts = other, list[FileConflict]()
        _reread(crm)
        tree = ""
        if ahead:
            tree, conflicts = merge_commits(git, head, other, crm.today)
        diffs = [diff for diff, _ in git.diff_trees(head, tree or other)]
        if tree:
            lines = _describe_received(crm, git, diffs)
            text = commit_message.message(lines, "Received: ") + _describe_conflicts(conflicts)
            commit = commit_tree(git, tree, [head, other], text)
        _check_ignored_files(git, head, diffs)
        before = _names_without_client(crm)
        if not checkout.advance(git, repo.git_dir, head, commit):
            return None
        _reread(crm)
        received = _describe_received(crm, git, diffs)
        after = _names_without_client(crm)
        without_client = [path for name in after.keys() - before.keys() for path in after[name]]
        return _Merge(received, conflicts, without_client, ahead + 1 if ahead else 0)


def _check_mergeable(repo: Repository, head: str, other: str) -> None:
    """Raises Refused when the vault has no commit in common with the remote branch.

    Raises ExternalError when the user's settings want signed commits, and the remote's isn't.
    """
    if repo.git.first_line("config", "--type=bool", "--get", "merge.verifySignatures") == "true":
        repo.git.check_output("verify-commit", other)
    if not repo.git.first_line("merge-base", head, other):
        raise Refused(
            f"The vault and {repo.remote} have no common history.",
            f"Clone {repo.remote} elsewhere and copy your notes into the clone. Or join the two histories yourself: "
            f"git merge --allow-unrelated-histories {repo.remote}/{repo.remote_branch}",
        )


def _check_ignored_files(git: Git, head: str, diffs: Sequence[FileDiff]) -> None:
    """Raises Refused for an ignored file that the merge would overwrite, or that is in the way of a folder."""
    our_files = git.list_tree(head)
    for diff in diffs:
        if diff.new is None or diff.old is not None:
            continue
        parts = diff.path.split("/")
        in_the_way = ["/".join(parts[:count]) for count in range(1, len(parts)) if not _is_folder(git, "/".join(parts[:count]))]
        in_the_way += _files_at(git, diff.path)
        for path in in_the_way:
            if path not in our_files and os.path.lexists(os.path.join(git.root, path)):
                raise Refused(
                    f"{path} is ignored by Git here, and the remote has a file of that name.",
                    "Move or delete your file. Then run sync again.",
                )


def _reread(crm: Crm) -> None:
    """Learn what other programs and Git have written."""
    crm.invalidate_after_write()
    crm.refresh()


def _names_without_client(crm: Crm) -> dict[str, list[str]]:
    """The paths of the notes that have no client, by their file names: moving such a note doesn't make it a new one."""
    paths: dict[str, list[str]] = {}
    for note in notes_without_client(crm, crm.catalog.notes()):
        paths.setdefault(note.path.rpartition("/")[2], []).append(note.path)
    return paths


def _is_folder(git: Git, path: str) -> bool:
    full_path = os.path.join(git.root, path)
    return os.path.isdir(full_path) and not os.path.islink(full_path)


def _files_at(git: Git, path: str) -> list[str]:
    """The file at a path, or the files below a folder of that name."""
    if not _is_folder(git, path):
        return [path]
    found = os.walk(os.path.join(git.root, path))
    return [os.path.relpath(os.path.join(folder, name), git.root) for folder, _, names in found for name in names]


def _describe_received(crm: Crm, git: Git, diffs: Sequence[FileDiff]) -> list[str]:
    """Describe the differences between two commits or trees."""
    changes = file_changes(crm, git, diffs)
    return commit_message.describe(commit_message.detect_renames(changes), crm.vault.task_settings)


def _describe_conflicts(conflicts: Sequence[FileConflict]) -> str:
    """The last paragraph of a merge's commit message; "" without conflicts."""
    parts = []
    for conflict in conflicts:
        keys = ", ".join(clash.key for clash in conflict.clashes)
        copy = f"; theirs is in {conflict.copy}" if conflict.copy else ""
        parts.append(f"- {conflict.path}: {conflict.what}{f' ({keys})' if keys else ''}{copy}")
    return "\nIn conflict:\n" + "\n".join(parts) + "\n" if parts else ""
