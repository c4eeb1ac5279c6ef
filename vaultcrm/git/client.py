"""git, asked as a program: the one door to it.

Every call has the same safe beginning: no hooks, no file-system monitor, no pager, no editor, no
settings of the caller's environment that point to another repository. What a repository's own
settings could still make git run is refused by `trust` before anything else is asked.
"""

import contextlib
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from vaultcrm.errors import ExternalError

_SAFE = (
    "core.fsmonitor=false", f"core.hooksPath={os.devnull}", "core.quotePath=false", "core.pager=cat", "protocol.ext.allow=never",
    "submodule.recurse=false", "diff.ignoreSubmodules=all", "merge.autoStash=false", "color.ui=false",
    # a folder renamed on one side takes with it what the other side has put into it meanwhile
    "merge.directoryRenames=true",
)  # fmt: skip
SAFE_OPTIONS = tuple(word for setting in _SAFE for word in ("-c", setting))
# Of git's own variables only these stay: who commits, how the network is reached, where the user's settings are.
_KEPT = re.compile(r"GIT_(AUTHOR_|COMMITTER_|SSH|ASKPASS$|CONFIG_|EXEC_PATH$|SSL_|PROXY_|HTTP_|TEMPLATE_DIR$)")
# Notes look much alike. With git's own 50 % two of them would be taken for one that was renamed, and an edit would land in the wrong one.
RENAME_SIMILARITY = "90%"


class GitResult(NamedTuple):
    """One call that has ended."""

    exit_code: int
    stdout: bytes
    stderr: str

    @property
    def reason(self) -> str:
        """The line in which git says what is wrong: the last one that is marked as such, else the last one."""
        lines = [line.strip() for line in self.stderr.splitlines() if line.strip() and not line.startswith("hint:")]
        told = [line for line in lines if line.startswith(("fatal:", "error:", "ssh:"))]
        first = next((line for line in told if not line.startswith("fatal: Could not read from remote")), None)
        return (first or (lines[-1] if lines else f"it ended with {self.exit_code}")).removeprefix("fatal: ").removeprefix("error: ")


class TreeEntry(NamedTuple):
    """A file as git keeps it: its mode in octal and the name of its bytes."""

    mode: str
    blob: str

    @property
    def is_file(self) -> bool:
        return self.mode.startswith("100")


class FileDiff(NamedTuple):
    """A path that is not the same on two sides; None where it is not there. `new` of a file on the disk has no name."""

    path: str
    old: TreeEntry | None
    new: TreeEntry | None
    is_untracked: bool = False


class Git:
    """git in one folder, which is the root of a repository or is to become one."""

    def __init__(self, root: str) -> None:
        self.root = root

    def run(self, *args: str, stdin: bytes = b"", writes: bool = True, network: bool = False) -> GitResult:
        """One call, whatever comes of it. `network` may ask a person at the terminal. Raises OutsideFailed when there is no git."""
        asks = network and sys.stdin is not None and sys.stdin.isatty()
        try:
            done = subprocess.run(
                ["git", "--no-pager", "--literal-pathspecs", *SAFE_OPTIONS, *args],
                cwd=self.root,
                env=_environment(writes, asks),
                capture_output=True,
                input=None if asks else stdin,
            )
        except FileNotFoundError as error:
            if shutil.which("git") is None:
                raise ExternalError("git is not installed here.", "Install it from https://git-scm.com, then try again.") from error
            raise ExternalError(f"The folder {self.root} is not there.") from error
        except (NotADirectoryError, PermissionError) as error:
            raise ExternalError(f"git cannot work in {self.root}: {error.strerror}.") from error
        return GitResult(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))

    def check_output(self, *args: str, stdin: bytes = b"", writes: bool = False) -> bytes:
        """What git answers. Raises OutsideFailed, with git's own reason, when it fails."""
        done = self.run(*args, stdin=stdin, writes=writes)
        if done.exit_code != 0:
            raise ExternalError(f"git {args[0]}: {done.reason}", "Nothing was lost. `git status` tells more.")
        return done.stdout

    def first_line(self, *args: str) -> str:
        """The first line of an answer; empty when git knows none."""
        done = self.run(*args, writes=False)
        return os.fsdecode(done.stdout).partition("\n")[0] if done.exit_code == 0 else ""

    # ---------------------------------------------------------------------------- what it keeps

    def resolve_commit(self, name: str) -> str:
        """The full name of a commit; empty when there is none."""
        return self.first_line("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")

    def list_tree(self, commit: str) -> dict[str, TreeEntry]:
        """All files of a commit by path."""
        found = {}
        for line in _split_nul(self.check_output("ls-tree", "-r", "-z", "--full-tree", commit)):
            about, _, path = line.partition("\t")
            mode, _, blob = about.split(" ")
            found[path] = TreeEntry(mode, blob)
        return found

    def read_blobs(self, names: Iterable[str]) -> dict[str, bytes]:
        """The bytes of files by the name that git has for them."""
        wanted = list(dict.fromkeys(names))
        out = self.check_output("cat-file", "--batch", stdin="".join(f"{name}\n" for name in wanted).encode()) if wanted else b""
        found, at = {}, 0
        for name in wanted:
            end = out.index(b"\n", at)
            about = out[at:end].split(b" ")
            at = end + 1
            if about[-1] != b"missing":
                size = int(about[2])
                found[name] = out[at : at + size]
                at += size + 1
        return found

    def write_blob(self, data: bytes) -> str:
        """Put bytes into the repository, just as they are; gives their name."""
        return self.check_output("hash-object", "-w", "-t", "blob", "--no-filters", "--stdin", stdin=data, writes=True).decode().strip()

    # ------------------------------------------------------------------------------ what differs

    def uncommitted(self, paths: Sequence[str] = ()) -> list[FileDiff]:
        """What on the disk, or staged, is not as in the last commit, by path; of some files and folders, or of all.

        Other repositories within this one are left out: submodules, and folders with a `.git` of their own.
        """
        words = ("status", "--porcelain=v2", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=all")
        found: dict[str, FileDiff] = {}
        asked = ("--", *paths) if len(paths) <= 200 else ()  # a command line has its limits
        for line in _split_nul(self.check_output(*words, *asked)):
            if line[:2] == "? " and not line.endswith("/"):
                path = line[2:]
                before = found.get(path)  # taken out of the index, and still there
                found[path] = FileDiff(path, before.old if before else None, TreeEntry("", ""), before is None)
            elif line[:2] == "1 ":
                _, what, module, mode, staged, there, blob, _, path = line.split(" ", 8)
                if module == "N..." and "160000" not in (mode, staged):
                    new = None if what[1] == "D" or there == "000000" else TreeEntry(there, "")
                    found[path] = FileDiff(path, None if mode == "000000" else TreeEntry(mode, blob), new)
        chosen = set(paths)
        return [found[path] for path in sorted(found) if not chosen or not chosen.isdisjoint(_path_and_parents(path))]

    def diff_trees(self, old: str, new: str, renames: bool = False) -> list[tuple[FileDiff, str]]:
        """What two commits do not share, by path; with `renames` the second of each pair is the path that it had before."""
        how = (f"-M{RENAME_SIMILARITY}", "-l0") if renames else ("--no-renames",)
        parts = list(
            _split_nul(self.check_output("diff-tree", "-r", "-z", "--raw", "--no-abbrev", "--no-ext-diff", "--no-textconv", *how, old, new))
        )
        found, at = [], 0
        while at < len(parts):
            old_mode, new_mode, old_blob, new_blob, what = parts[at].lstrip(":").split(" ")
            names = parts[at + 1 : at + 3 if what[0] in "RC" else at + 2]
            at += 1 + len(names)
            before = TreeEntry(old_mode, old_blob) if old_mode != "000000" else None
            after = TreeEntry(new_mode, new_blob) if new_mode != "000000" else None
            found.append((FileDiff(names[-1], before, after), names[0] if len(names) > 1 else ""))
        return found

    def unmerged(self) -> dict[str, dict[int, TreeEntry]]:
        """The paths that a merge could not bring together: by stage the base (1), ours (2) and theirs (3)."""
        found: dict[str, dict[int, TreeEntry]] = {}
        for line in _split_nul(self.check_output("ls-files", "-u", "-z", "--full-name")):
            about, _, path = line.partition("\t")
            mode, blob, stage = about.split(" ")
            found.setdefault(path, {})[int(stage)] = TreeEntry(mode, blob)
        return found

    def remove_merge_temp_files(self) -> None:
        """Remove the files with which a merge was asked for that has been killed. Call it when nobody merges."""
        with contextlib.suppress(OSError), os.scandir(self.root) as entries:
            for entry in entries:
                if is_merge_temp_file(entry.name) and entry.is_file(follow_symlinks=False):
                    os.unlink(entry.path)

    def add_to_index(self, paths: Iterable[str]) -> None:
        """Take some paths into the index as they are on the disk, also those that are gone."""
        self.check_output("update-index", "--add", "--remove", "--replace", "-z", "--stdin", stdin=_nul_terminated(paths), writes=True)


def is_merge_temp_file(path: str) -> bool:
    """Whether a file is one of those that git makes for a merge driver, at the root of the tree."""
    return re.fullmatch(r"\.merge_file_[A-Za-z0-9]{6}", path) is not None


def merge_driver_command() -> str:
    """How git is told to run the merge of notes, by this Python.

    Without -P Python would first look for vaultcrm in the folder it is started in: a stranger's vault.
    """
    python = shlex.quote(sys.executable.replace("\\", "/")).replace("%", "%%")
    return f"{python} -P -m vaultcrm merge-driver %O %A %B %P"


def merge_driver_options() -> tuple[str, ...]:
    """The words that make a merge use it, whatever the settings say."""
    return ("-c", f"merge.vaultcrm.driver={merge_driver_command()}", "-c", "merge.vaultcrm.name=vaultcrm, property by property")


def _path_and_parents(path: str) -> Iterator[str]:
    """A path and the folders above it."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def _nul_terminated(paths: Iterable[str]) -> bytes:
    return b"".join(os.fsencode(path) + b"\0" for path in paths)


def _split_nul(out: bytes) -> Iterator[str]:
    """An answer in parts that end with NUL; bytes that are no text are kept as os.fsencode gives them back."""
    return (os.fsdecode(part) for part in out.split(b"\0")[:-1])


def _environment(writes: bool, asks: bool) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or _KEPT.match(name)}
    return kept | {
        "LC_ALL": "C", "LANGUAGE": "C", "GIT_OPTIONAL_LOCKS": "1" if writes else "0", "GIT_TERMINAL_PROMPT": "1" if asks else "0",
        "GIT_EDITOR": ":", "GIT_MERGE_AUTOEDIT": "no", "GIT_FLUSH": "0",
    }  # fmt: skip


# ----------------------------------------------------------------------------- texts, without a repository


def merge_file(ours: bytes, base: bytes, theirs: bytes) -> tuple[bytes, bool]:
    """Three texts merged line by line: ours where both changed the same lines, and whether that never happened.

    Raises OutsideFailed when git is not there, or will not merge: it takes a text with a zero byte for no text.
    """
    with tempfile.TemporaryDirectory(prefix="vaultcrm-merge-") as folder:
        for name, text in (("ours", ours), ("base", base), ("theirs", theirs)):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(text)
        code, merged = _merge_file(folder)
        if code == 0:
            return merged, True
        code, merged = _merge_file(folder, "--ours")
        if code != 0:
            raise ExternalError("git does not merge this file.", "It may be no text.")
        return merged, False


def _merge_file(folder: str, *how: str) -> tuple[int, bytes]:
    command = ["git", "merge-file", "--quiet", "--stdout", *how, "ours", "base", "theirs"]
    # no setting of anybody's changes what a merge gives
    environment = {name: value for name, value in _environment(False, False).items() if not name.startswith("GIT_CONFIG_")}
    environment |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    try:
        done = subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError as error:
        raise ExternalError(f"git cannot be run: {error.strerror}.", "Install git, or see that it is on the PATH.") from error
    return done.returncode, done.stdout
