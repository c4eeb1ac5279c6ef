"""Where the Git directory of a vault is, and whether Git can read it without being sent elsewhere or made to wait for ever."""

import contextlib
import os
import shlex
import stat
from typing import NamedTuple

from vaultcrm.errors import NotFound, Refused

_MAX_POINTER = 4096  # bytes; longer than any path
# Git opens these in every folder of the working tree, and .git may be a file
_READ_BY_GIT = (".gitignore", ".gitattributes", ".gitmodules", ".git")


class Location(NamedTuple):
    """A vault's Git directory, the directory with its settings, and whether the Git directory points back to the vault."""

    git_dir: str
    common_dir: str
    points_back: bool


def locate(root: str) -> Location:
    """Find the Git directory of a vault that is a repository of its own. Raises NotFound or Refused."""
    dot_git = os.path.join(root, ".git")
    if not os.path.lexists(dot_git):
        folder = repository_above(root)
        if not folder:
            raise NotFound(
                f"{root} is not in a Git repository.",
                "Create one with: vaultcrm init --git. Connect it to a remote with: git remote add origin URL",
            )
        raise Refused(
            f"This vault is only a part of the repository {folder}.",
            "Commit it there with Git, or move the vault out and run: vaultcrm init --git",
        )
    if os.path.islink(dot_git):
        raise Refused("The .git of this vault is a symbolic link.", "Clone the repository again, or put the folder itself here.")
    if os.path.isdir(dot_git):
        if os.path.lexists(os.path.join(dot_git, "commondir")):
            raise Refused("The .git of this vault points to another repository.", "Clone the repository again.")
        return Location(dot_git, dot_git, True)
    git_dir = os.path.realpath(os.path.join(root, _read_pointer(dot_git, "gitdir: ")))
    if not os.path.isdir(git_dir):
        raise Refused("The .git of this vault points to a folder that doesn't exist.", "For details, see: git status")
    common_file, back_file = os.path.join(git_dir, "commondir"), os.path.join(git_dir, "gitdir")
    common_dir = os.path.realpath(os.path.join(git_dir, _read_pointer(common_file))) if os.path.lexists(common_file) else git_dir
    points_back = os.path.lexists(back_file) and os.path.realpath(os.path.join(git_dir, _read_pointer(back_file))) == dot_git
    return Location(git_dir, common_dir, points_back)


def repository_above(root: str) -> str:
    """The folder with a `.git` that is nearest above, or the vault's own; "" if there is none."""
    folder = root
    while not os.path.lexists(os.path.join(folder, ".git")):
        folder, child = os.path.dirname(folder), folder
        if folder == child:
            return ""
    return folder


def _read_pointer(path: str, prefix: str = "") -> str:
    """The path in a file such as `.git` or `commondir`. Raises Refused unless Git reads exactly the same path from it.

    Git takes everything up to the end of the file, with blanks and line breaks.
    """
    data = read_small_file(path)
    text = os.fsdecode(data or b"").removesuffix("\n").removesuffix("\r")
    target = text.removeprefix(prefix)
    if (
        data is None
        or len(data) > _MAX_POINTER
        or not text.startswith(prefix)
        or not target
        or target != target.strip()
        or not target.isprintable()
    ):
        raise Refused(f"{path} doesn't hold the path of a Git directory.", "Clone the repository again.")
    return target


def read_small_file(path: str) -> bytes | None:
    """At most 4097 bytes of a regular file; None for anything else. Never waits."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    try:
        return os.read(descriptor, _MAX_POINTER + 1) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
    finally:
        os.close(descriptor)


def check_files(root: str, location: Location, has_work_tree: bool = True) -> None:
    """Raises Refused if Git would wait for a file that it reads, or if another user could change the settings.

    Without `has_work_tree`, Git is only going to be asked about what is stored, and reads nothing beside its directory.
    """
    git_folders = dict.fromkeys((location.git_dir, location.common_dir))  # one folder, except in a linked work tree
    work_trees = [(root, _READ_BY_GIT)] if has_work_tree else []
    for folder, names in (*((folder, ()) for folder in git_folders), *work_trees):
        if found := _find_special_file(folder, names):
            raise Refused(
                f"{found} is neither a file nor a folder, and Git would wait for it for ever.", f"Delete it: rm {shlex.quote(found)}"
            )
    if not hasattr(os, "geteuid"):
        return
    trusted = {0, os.geteuid(), os.stat(location.common_dir).st_uid}
    for path in (os.path.join(location.common_dir, "config"), os.path.join(location.git_dir, "config.worktree")):
        if os.path.lexists(path) and os.lstat(path).st_uid not in trusted:
            raise Refused(
                f"{path} belongs to another user, who could make Git run a program.",
                f"Look at it, then make it yours: sudo chown $(id -u) {shlex.quote(path)}",
            )


def _find_special_file(root: str, names: tuple[str, ...]) -> str:
    """The path of a pipe or device below a folder, or of a link to one; "" if there is none.

    With `names`, only files with these names count, and Git directories are left out.
    """
    folders = [root]
    while folders:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders += [entry.path] if not names or entry.name != ".git" else []
                elif (not names or entry.name.lower() in names) and not entry.is_file(follow_symlinks=False) and _is_special(entry.path):
                    return entry.path
    return ""


def _is_special(path: str) -> bool:
    try:
        mode = os.stat(path).st_mode
    except OSError:  # a link that leads nowhere
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode) or stat.S_ISBLK(mode)
