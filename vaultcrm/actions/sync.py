"""The vault committed in the user's words, merged with what others have done, and shared."""

import os
import re
from collections.abc import Sequence
from typing import NamedTuple

from vaultcrm.actions import commit_message
from vaultcrm.actions.commit import _changes, _holding, commit
from vaultcrm.actions.crm import Crm
from vaultcrm.errors import Changed, OutsideFailed, Refused, VaultcrmError
from vaultcrm.git import attributes, repository
from vaultcrm.git.client import ALIKE, Git, with_driver
from vaultcrm.git.repository import Repository
from vaultcrm.merge.git_conflicts import Conflict, settle

TRIES = 5  # how often others may be faster than we are
# What a remote says when somebody else has pushed since we have fetched.
_FASTER = re.compile(
    r"\[rejected\]|\[remote rejected\].*(cannot lock ref|failed to (update|lock)|incorrect old value|reference already exists|is at )"
)


class Synced(NamedTuple):
    """What a sync did. `committed` and `received` are in words, a line for each client; `pushed` counts commits."""

    branch: str
    remote: str
    committed: list[str]
    received: list[str]
    pushed: int
    conflicts: list[Conflict]
    ahead: int
    behind: int


def sync(crm: Crm, message: str | None = None, push: bool = True) -> Synced:
    """Commit all, merge what the remote has, and push. Raises Refused before anything is done when the vault is not ready."""
    with _holding(crm):  # whoever merges holds it, too, and is not taken for somebody who has left it unfinished
        place = repository.ready(crm.vault.root)
    if push and not place.remote:
        raise _no_remote(place)
    repository.must_know_who(place.git)
    committed: list[str] = []
    received: list[str] = []
    conflicts: list[Conflict] = []
    pushed = 0
    try:
        for attempt in range(TRIES + 1):
            committed += commit(crm, place.git, message)
            if not place.remote:
                break
            _fetch(place)
            merged = _merge(crm, place)
            if merged is None:  # somebody has written what was to be merged
                continue
            received, conflicts = received + merged[0], conflicts + merged[1]
            ahead = place.distance()[0]
            if not push or not ahead or _push(place):
                pushed = ahead if push else 0
                break
            if attempt == TRIES:
                raise Changed("Others are pushing all the time.", "Try again.")
        else:
            raise Changed("Another program is writing to the vault all the time.", "Try again.")
    except VaultcrmError as error:
        if committed:
            error.hint = " ".join(filter(None, (error.hint, "Your changes are committed here, and will go with the next sync.")))
        raise
    finally:
        crm.invalidate_after_write()
    return Synced(place.branch, place.remote, committed, received, pushed, conflicts, *place.distance())


def _no_remote(place: Repository) -> Refused:
    if place.git.line("remote"):
        return Refused("There are several remotes, and none is called origin.", f"Choose one: git config branch.{place.branch}.remote NAME")
    way = "Name one: git remote add origin URL, or commit only: vaultcrm sync --no-push"
    return Refused("This repository is shared with no other.", way)


# --------------------------------------------------------------------------------- committing


# ------------------------------------------------------------------- fetching, merging, pushing


def _fetch(place: Repository) -> None:
    """Learn what the remote has. Raises OutsideFailed."""
    source = f"+refs/heads/{place.there}:{place.tracking}"
    how = ("--quiet", "--no-tags", "--no-recurse-submodules", "--refmap=", *repository.guards(place, "upload-pack"))
    for _ in range(TRIES):
        done = place.git.run("fetch", *how, "--", place.remote, source, network=True)
        if "cannot lock ref" not in done.err:  # another fetch in this vault was faster
            break
    if done.code != 0 and "couldn't find remote ref" not in done.err:  # nobody has pushed there yet
        raise OutsideFailed(f"{place.remote} cannot be reached: {done.reason}.", "Check the network and your rights there.")


def _push(place: Repository) -> bool:
    """Give the remote what it lacks; False when somebody else was faster. Raises OutsideFailed."""
    upstream = () if place.git.line("config", "--get", f"branch.{place.branch}.merge") else ("--set-upstream",)
    where = f"HEAD:refs/heads/{place.there}"
    how = ("--no-verify", "--recurse-submodules=no", *repository.guards(place, "receive-pack"), *upstream)
    done = place.git.run("push", *how, "--", place.remote, where, network=True)
    if done.code == 0:
        return True
    if _FASTER.search(done.err):
        return False
    told_why = next((line.strip() for line in done.err.splitlines() if "rejected]" in line), done.reason)
    raise OutsideFailed(f"{place.remote} did not take it: {told_why}.", "Check the network and your rights there.")


def _merge(crm: Crm, place: Repository) -> tuple[list[str], list[Conflict]] | None:
    """Merge what the remote has; gives what came in, in words, and what was in conflict.

    None when another program was writing just then: nothing was merged. When something fails, the
    tree is as it was.
    """
    with _holding(crm):
        git, head, other = place.git, place.head, place.git.commit(place.tracking)
        if not other or not place.distance()[1]:
            return [], []
        if not head:
            raise Refused(
                "There is nothing in this vault yet.", f"Begin with a clone: git clone {place.git.line('remote', 'get-url', place.remote)}"
            )
        if not git.line("merge-base", head, other):
            raise Refused(
                f"The vault and {place.remote} have no beginning in common.",
                "Clone it elsewhere and copy the notes into the clone; or join the two by hand: "
                f"git merge --allow-unrelated-histories {place.remote}/{place.there}",
            )
        attributes.must_merge_notes(git)
        _must_not_be_hidden(git, head, other)
        how = ("--no-edit", "--no-stat", "--quiet", "--ff", "--no-commit", "-X", f"find-renames={ALIKE}")
        done = git.run(*with_driver(), "merge", *how, other)
        is_merging = os.path.lexists(os.path.join(place.directory, "MERGE_HEAD"))
        if not is_merging and done.code != 0:
            if "would be overwritten" in done.err or "would be removed" in done.err:
                return None
            raise OutsideFailed(f"git could not merge: {done.reason}.", "Nothing was changed. See: git status")
        conflicts: list[Conflict] = []
        try:
            if is_merging:
                if done.code not in (0, 1):
                    raise OutsideFailed(f"git could not merge: {done.reason}.", "The merge was taken back.")
                conflicts = settle(git, head, other, crm.today) if git.unmerged() else []
                tree = os.fsdecode(git.ask("write-tree", writes=True)).strip()
                lines = _received(crm, git, head, tree)
                text = commit_message.message(lines, "Received: ") + _in_words(conflicts)
                git.ask(
                    "commit", "--quiet", "--no-verify", "--cleanup=verbatim", "--file=-", stdin=text.encode("utf-8", "replace"), writes=True
                )
            else:
                lines = _received(crm, git, head, place.head)
        except BaseException:
            if is_merging:
                git.run("merge", "--abort")
            raise
    return lines, conflicts


def _received(crm: Crm, git: Git, old: str, new: str) -> list[str]:
    """What differs between two states, in words."""
    crm.invalidate_after_write()
    crm.refresh()
    return commit_message.lines(
        commit_message.paired(_changes(crm, git, [one for one, _ in git.between(old, new)])), crm.vault.task_settings
    )


def _must_not_be_hidden(git: Git, head: str, other: str) -> None:
    """Raises Refused for a file that is here, that git leaves out, and that a merge would write over."""
    base = git.line("merge-base", head, other)
    ours = git.tree(head)
    for one, _ in git.between(base, other):
        if one.new and one.path not in ours and os.path.lexists(os.path.join(git.root, one.path)) and not _is_folder(git, one.path):
            raise Refused(
                f"{one.path} is here, left out by .gitignore, and comes from the other side too.",
                "Move yours away, or remove it; then sync again.",
            )


def _is_folder(git: Git, path: str) -> bool:
    full = os.path.join(git.root, path)
    return os.path.isdir(full) and not os.path.islink(full)


def _in_words(conflicts: Sequence[Conflict]) -> str:
    """What the commit of a merge says of its conflicts."""
    parts = []
    for one in conflicts:
        keys = ", ".join(clash.key for clash in one.clashes)
        parts.append(f"- {one.path}: {one.what}{f' ({keys})' if keys else ''}" + (f"; theirs is in {one.copy}" if one.copy else ""))
    return "\nIn conflict:\n" + "\n".join(parts) + "\n" if parts else ""
