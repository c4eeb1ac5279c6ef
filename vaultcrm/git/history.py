"""The history of a vault: the last commit before a moment, and the files in it, read without a checkout.

The vault may be a folder within a repository. Git is run in its own directory, where it looks at no file of
the working tree.
"""

import os
import re
import threading
from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from vaultcrm.errors import ExternalError
from vaultcrm.git.client import Git, TreeEntry
from vaultcrm.git.location import repository_above
from vaultcrm.git.repository import open_git


class Commit(NamedTuple):
    """A commit: its full id, and the day on which it was committed, in local time."""

    id: str
    day: date


class History(NamedTuple):
    """The history of a vault: its repository, and the vault's folder within it, "" for all of it."""

    git: Git
    folder: str

    def commit_before(self, moment: datetime) -> Commit | None:
        """The last commit of the current branch that was committed up to a moment, which is in local time.

        Of a merge, only the first parent's side counts: what was merged wasn't here before.
        """
        words = ("-1", "--first-parent", "--timestamp", f"--before={moment.isoformat(timespec='seconds')}", "HEAD")
        return self._commit(words)

    def first_commit(self) -> Commit | None:
        """The oldest commit that is here: a shallow clone doesn't have all of them."""
        words = ("--first-parent", "--max-parents=0", "--timestamp", "HEAD")
        return self._commit(words)

    def _commit(self, words: tuple[str, ...]) -> Commit | None:
        """The last commit that `git rev-list --timestamp` prints; None in a repository without any."""
        result = self.git.run("rev-list", *words, writes=False)
        if result.exit_code != 0 and self.git.resolve_commit("HEAD"):
            raise ExternalError(f"git rev-list failed: {result.reason}", "Nothing was lost. For details, see: git status")
        lines = result.stdout.decode("ascii").split("\n")[:-1]
        if not lines:
            return None
        seconds, commit = lines[-1].split(" ")
        return Commit(commit, date.fromtimestamp(int(seconds)))

    @property
    def is_shallow(self) -> bool:
        return self.git.first_line("rev-parse", "--is-shallow-repository") == "true"

    def tree(self, commit: str) -> str:
        """The id of the vault's tree in a commit; "" if its folder isn't there."""
        return self.git.first_line("rev-parse", "--verify", "--quiet", f"{commit}:{self.folder}") if self.folder else f"{commit}^{{tree}}"

    def files(self, tree: str) -> dict[str, TreeEntry]:
        """All files of a tree, by their path within the vault."""
        return self.git.list_tree(tree)

    def files_with(self, tree: str, patterns: Iterable[str]) -> set[str]:
        """The paths of the files with a line that matches one of the POSIX extended regular expressions. Case doesn't matter."""
        pattern = "|".join(f"({pattern})" for pattern in patterns)  # one is found three times as fast as several
        if not pattern:
            return set()
        result = self.git.run("grep", "-l", "-z", "-i", "-a", "-E", "--no-recurse-submodules", "-e", pattern, tree, writes=False)
        if result.exit_code > 1:
            raise ExternalError(f"git grep failed: {result.reason}", "Nothing was lost. For details, see: git status")
        return {os.fsdecode(part)[len(tree) + 1 :] for part in result.stdout.split(b"\0") if part}


class Search:
    """A search like `files_with` that runs while its caller does something else."""

    def __init__(self, history: History, tree: str, patterns: Iterable[str]) -> None:
        self.patterns = set(patterns)
        self._found: set[str] = set()
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(history, tree), daemon=True)
        self._thread.start()

    def _run(self, history: History, tree: str) -> None:
        try:
            self._found = history.files_with(tree, self.patterns)
        except ExternalError as error:
            self._error = error

    def result(self) -> set[str]:
        """What was found, once the search has ended. Raises ExternalError."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._found


def open_history(root: str) -> History | None:
    """The history of the vault at `root`; None if it isn't in a Git repository. Raises Refused or ExternalError."""
    folder = repository_above(root)
    if not folder:
        return None
    _, git_dir = open_git(folder, has_work_tree=False)
    inner = os.path.relpath(root, folder)
    return History(Git(git_dir), "" if inner == os.curdir else inner.replace(os.sep, "/"))


def name_pattern(name: str) -> str:
    """A pattern for `files_with` that matches every way to write a name that search and links take for it.

    Only its ASCII letters and digits count, in their order: accents, spaces and quotes may be written otherwise. A name
    without any is looked for as it is.
    """
    parts = re.findall(r"[0-9A-Za-z]+", name)
    return ".*".join(parts) if parts else re.sub(r"([][\\.*^$+?(){}|])", r"\\\1", name)
