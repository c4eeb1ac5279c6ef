"""The vault committed in the user's words, merged with what others have done, and shared."""

import os
import re
from collections.abc import Sequence
from typing import NamedTuple

from vaultcrm.actions import commit_message
from vaultcrm.actions.commit import commit, file_changes, vault_lock
from vaultcrm.actions.crm import Crm
from vaultcrm.errors import Conflict, ExternalError, Refused, VaultcrmError
from vaultcrm.git import attributes, repository
from vaultcrm.git.client import RENAME_SIMILARITY, Git, merge_driver_options
from vaultcrm.git.repository import Repository
from vaultcrm.merge.git_conflicts import FileConflict, resolve_conflicts

MAX_ATTEMPTS = 5  # how often others may be faster than we are
# What a remote says when somebody else has pushed since we have fetched.
_PUSH_RACE = re.compile(
    r"\[rejected\]|\[remote rejected\].*(cannot lock ref|failed to (update|lock)|incorrect old value|reference already exists|is at )"
)


class SyncResult(NamedTuple):
    """What a sync did. `committed` and `received` are in words, a line for each client; `pushed` counts commits."""

    branch: str
    remote: str
    committed: list[str]
    received: list[str]
    pushed: int
    conflicts: list[FileConflict]
    ahead: int
    behind: int


def sync(crm: Crm, message: str | None = None, push: bool = True) -> SyncResult:
    """Commit all, merge what the remote has, and push. Raises Refused before anything is done when the vault is not ready."""
    with vault_lock(crm):  # whoever merges holds it, too, and is not taken for somebody who has left it unfinished
        place = repository.open_for_commit(crm.vault.root)
    if push and not place.remote:
        raise _no_remote(place)
    repository.check_identity(place.git)
    committed: list[str] = []
    received: list[str] = []
    conflicts: list[FileConflict] = []
    pushed = 0
    try:
        for attempt in range(MAX_ATTEMPTS + 1):
            committed += commit(crm, place.git, message)
            if not place.remote:
                break
            _fetch(place)
            merged = _merge(crm, place)
            if merged is None:  # somebody has written what was to be merged
                continue
            received, conflicts = received + merged[0], conflicts + merged[1]
            ahead = place.ahead_behind()[0]
            if not push or not ahead or _push(place):
                pushed = ahead if push else 0
                break
            if attempt == MAX_ATTEMPTS:
                raise Conflict("Others are pushing all the time.", "Try again.")
        else:
            raise Conflict("Another program is writing to the vault all the time.", "Try again.")
    except VaultcrmError as error:
        if committed:
            error.hint = " ".join(filter(None, (error.hint, "Your changes are committed here, and will go with the next sync.")))
        raise
    finally:
        crm.invalidate_after_write()
    return SyncResult(place.branch, place.remote, committed, received, pushed, conflicts, *place.ahead_behind())


def _no_remote(place: Repository) -> Refused:
    if place.git.first_line("remote"):
        return Refused("There are several remotes, and none is called origin.", f"Choose one: git config branch.{place.branch}.remote NAME")
    way = "Name one: git remote add origin URL, or commit only: vaultcrm sync --no-push"
    return Refused("This repository is shared with no other.", way)


# --------------------------------------------------------------------------------- committing


# ------------------------------------------------------------------- fetching, merging, pushing


def _fetch(place: Repository) -> None:
    """Learn what the remote has. Raises OutsideFailed."""
    source = f"+refs/heads/{place.remote_branch}:{place.tracking_ref}"
    how = ("--quiet", "--no-tags", "--no-recurse-submodules", "--refmap=", *repository.transport_options(place, "upload-pack"))
    for _ in range(MAX_ATTEMPTS):
        done = place.git.run("fetch", *how, "--", place.remote, source, network=True)
        if "cannot lock ref" not in done.stderr:  # another fetch in this vault was faster
            break
    if done.exit_code != 0 and "couldn't find remote ref" not in done.stderr:  # nobody has pushed there yet
        raise ExternalError(f"{place.remote} cannot be reached: {done.reason}.", "Check the network and your rights there.")


def _push(place: Repository) -> bool:
    """Give the remote what it lacks; False when somebody else was faster. Raises OutsideFailed."""
    upstream = () if place.git.first_line("config", "--get", f"branch.{place.branch}.merge") else ("--set-upstream",)
    where = f"HEAD:refs/heads/{place.remote_branch}"
    how = ("--no-verify", "--recurse-submodules=no", *repository.transport_options(place, "receive-pack"), *upstream)
    done = place.git.run("push", *how, "--", place.remote, where, network=True)
    if done.exit_code == 0:
        return True
    if _PUSH_RACE.search(done.stderr):
        return False
    told_why = next((line.strip() for line in done.stderr.splitlines() if "rejected]" in line), done.reason)
    raise ExternalError(f"{place.remote} did not take it: {told_why}.", "Check the network and your rights there.")


def _merge(crm: Crm, place: Repository) -> tuple[list[str], list[FileConflict]] | None:
    """Merge what the remote has; gives what came in, in words, and what was in conflict.

    None when another program was writing just then: nothing was merged. When something fails, the
    tree is as it was.
    """
    with vault_lock(crm):
        git, head, other = place.git, place.head, place.git.resolve_commit(place.tracking_ref)
        if not other or not place.ahead_behind()[1]:
            return [], []
        if not head:
            raise Refused(
                "There is nothing in this vault yet.",
                f"Begin with a clone: git clone {place.git.first_line('remote', 'get-url', place.remote)}",
            )
        if not git.first_line("merge-base", head, other):
            raise Refused(
                f"The vault and {place.remote} have no beginning in common.",
                "Clone it elsewhere and copy the notes into the clone; or join the two by hand: "
                f"git merge --allow-unrelated-histories {place.remote}/{place.remote_branch}",
            )
        attributes.ensure_merge_attribute(git)
        _check_ignored_files(git, head, other)
        how = ("--no-edit", "--no-stat", "--quiet", "--ff", "--no-commit", "-X", f"find-renames={RENAME_SIMILARITY}")
        done = git.run(*merge_driver_options(), "merge", *how, other)
        is_merging = os.path.lexists(os.path.join(place.git_dir, "MERGE_HEAD"))
        if not is_merging and done.exit_code != 0:
            if "would be overwritten" in done.stderr or "would be removed" in done.stderr:
                return None
            raise ExternalError(f"git could not merge: {done.reason}.", "Nothing was changed. See: git status")
        conflicts: list[FileConflict] = []
        try:
            if is_merging:
                if done.exit_code not in (0, 1):
                    raise ExternalError(f"git could not merge: {done.reason}.", "The merge was taken back.")
                conflicts = resolve_conflicts(git, head, other, crm.today) if git.unmerged() else []
                tree = os.fsdecode(git.check_output("write-tree", writes=True)).strip()
                lines = _describe_received(crm, git, head, tree)
                text = commit_message.message(lines, "Received: ") + _describe_conflicts(conflicts)
                git.check_output(
                    "commit", "--quiet", "--no-verify", "--cleanup=verbatim", "--file=-", stdin=text.encode("utf-8", "replace"), writes=True
                )
            else:
                lines = _describe_received(crm, git, head, place.head)
        except BaseException:
            if is_merging:
                git.run("merge", "--abort")
            raise
    return lines, conflicts


def _describe_received(crm: Crm, git: Git, old: str, new: str) -> list[str]:
    """What differs between two states, in words."""
    crm.invalidate_after_write()
    crm.refresh()
    return commit_message.describe(
        commit_message.detect_renames(file_changes(crm, git, [one for one, _ in git.diff_trees(old, new)])), crm.vault.task_settings
    )


def _check_ignored_files(git: Git, head: str, other: str) -> None:
    """Raises Refused for a file that is here, that git leaves out, and that a merge would write over."""
    base = git.first_line("merge-base", head, other)
    ours = git.list_tree(head)
    for one, _ in git.diff_trees(base, other):
        if one.new and one.path not in ours and os.path.lexists(os.path.join(git.root, one.path)) and not _is_folder(git, one.path):
            raise Refused(
                f"{one.path} is here, left out by .gitignore, and comes from the other side too.",
                "Move yours away, or remove it; then sync again.",
            )


def _is_folder(git: Git, path: str) -> bool:
    full = os.path.join(git.root, path)
    return os.path.isdir(full) and not os.path.islink(full)


def _describe_conflicts(conflicts: Sequence[FileConflict]) -> str:
    """What the commit of a merge says of its conflicts."""
    parts = []
    for one in conflicts:
        keys = ", ".join(clash.key for clash in one.clashes)
        parts.append(f"- {one.path}: {one.what}{f' ({keys})' if keys else ''}" + (f"; theirs is in {one.copy}" if one.copy else ""))
    return "\nIn conflict:\n" + "\n".join(parts) + "\n" if parts else ""
