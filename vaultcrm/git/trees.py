"""Trees and commits made without the working tree and without the repository's own index."""

import os
import tempfile
from collections.abc import Mapping, Sequence

from vaultcrm.git.client import Git, TreeEntry


def write_tree(git: Git, entries: Mapping[str, TreeEntry]) -> str:
    """Store a tree of these files and return its id. Raises ExternalError, for example for a path inside `.git`."""
    lines = [f"{entry.mode} {entry.blob}\t".encode() + os.fsencode(path) + b"\0" for path, entry in entries.items()]
    with tempfile.TemporaryDirectory(prefix="vaultcrm-index-") as folder:
        index = os.path.join(folder, "index")
        git.check_output("update-index", "-z", "--index-info", stdin=b"".join(lines), writes=True, index=index)
        return git.check_output("write-tree", writes=True, index=index).decode().strip()


def empty_tree(git: Git) -> str:
    """The id of the tree without files, which is stored if Git doesn't have it."""
    return git.check_output("mktree", writes=True).decode().strip()


def commit_tree(git: Git, tree: str, parents: Sequence[str], message: str) -> str:
    """Store a commit with exactly this message, signed if the user signs commits. Returns its id; no branch is changed."""
    sign = ("-S",) if git.first_line("config", "--type=bool", "--get", "commit.gpgSign") == "true" else ()
    options = [word for parent in parents for word in ("-p", parent)]
    stdin = message.encode("utf-8", "replace")
    return git.check_output("commit-tree", *sign, *options, "-F", "-", tree, stdin=stdin, writes=True).decode().strip()


def is_merged_as_text(git: Git, path: str) -> bool:
    """Whether no attribute says that the file at a path is binary or must not be merged."""
    value = git.check_output("check-attr", "-z", "merge", "--", path).split(b"\0")[2]
    return value not in (b"unset", b"binary")
