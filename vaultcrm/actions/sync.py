"""The vault committed in the user's words, merged with what others have done, and shared."""

import os
import re
import shlex
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

from vaultcrm.actions import commit_message
from vaultcrm.actions.crm import Crm
from vaultcrm.disk import files
from vaultcrm.errors import Changed, OutsideFailed, Refused, Unreadable, VaultcrmError
from vaultcrm.git import attributes, repository
from vaultcrm.git.client import ALIKE, Differing, Git, is_of_a_merge, with_driver
from vaultcrm.git.repository import Repository
from vaultcrm.merge.git_conflicts import Conflict, has_marks, settle
from vaultcrm.vault.conflict_copies import copy_of, original_among
from vaultcrm.vault.writer import Writer, writing

TRIES = 5  # how often others may be faster than we are
LARGE = 25 * 1024 * 1024  # bytes
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


class Standing(NamedTuple):
    """How things stand, without asking the network. `unfinished` says what keeps a sync from working, and `way` the way out."""

    branch: str
    remote: str
    to_commit: list[str]
    ahead: int
    behind: int
    unfinished: str
    way: str
    copies: list[str]


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
        crm.has_written()
    return Synced(place.branch, place.remote, committed, received, pushed, conflicts, *place.distance())


def _holding(crm: Crm) -> AbstractContextManager[Writer]:
    """Hold the vault, since git writes it."""
    return writing(crm.vault, shlex.join(crm.words), crm.now.isoformat(timespec="seconds"))


def _no_remote(place: Repository) -> Refused:
    if place.git.line("remote"):
        return Refused("There are several remotes, and none is called origin.", f"Choose one: git config branch.{place.branch}.remote NAME")
    way = "Name one: git remote add origin URL, or commit only: vaultcrm sync --no-push"
    return Refused("This repository is shared with no other.", way)


def standing(crm: Crm) -> Standing:
    """What a sync would commit, and how far the vault is from its remote, as of the last fetch. Writes nothing."""
    git, directory = repository.opened(crm.vault.root)
    place = repository.located(git, directory)
    what, way = repository.unfinished(git, directory)
    if not what and os.path.lexists(os.path.join(directory, "index.lock")):
        what, way = "Another git is at work here, or one was killed.", "Wait for it."
    differing = [one for one in git.on_disk() if not _is_temporary(one.path)]
    crm.catch_up()
    changes = _changes(crm, git, differing, from_disk=True)
    copies = sorted(_copies(git, differing, _all_files(git)))
    return Standing(
        place.branch,
        place.remote,
        commit_message.lines(commit_message.paired(changes), crm.vault.habits),
        *place.distance(),
        what,
        way,
        copies,
    )


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


# --------------------------------------------------------------------------------- committing


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
        crm.forget()
        crm.catch_up()
        changes = commit_message.paired(_changes(crm, git, staged))
        lines = commit_message.lines(changes, crm.vault.habits) if head else [commit_message.beginning(changes)]
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
        crm.forget()
        crm.catch_up()
        text = commit_message.message(
            commit_message.lines(commit_message.paired(_changes(crm, git, differing, from_disk=True)), crm.vault.habits)
        )
        git.stage(one.path for one in differing if one.is_new_to_git)
        names = b"".join(os.fsencode(one.path) + b"\0" for one in differing)
        how = ("--only", "--pathspec-from-file=-", "--pathspec-file-nul")
        git.ask("commit", "--quiet", "--no-verify", "--cleanup=verbatim", f"--message={text}", *how, stdin=names, writes=True)
        crm.forget()


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


def _changes(crm: Crm, git: Git, differing: Sequence[Differing], from_disk: bool = False) -> list[commit_message.Change]:
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
    rows = crm.catalog.rows("SELECT client FROM notes WHERE path = ?", path.encode("utf-8", "replace").decode())
    home = crm.catalog.home_of(path, rows[0][0] if rows else None)
    return commit_message.whose(path, home.name if home else None)


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
    crm.has_written()
    crm.catch_up()
    return commit_message.lines(commit_message.paired(_changes(crm, git, [one for one, _ in git.between(old, new)])), crm.vault.habits)


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
