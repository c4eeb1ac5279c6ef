"""Git, run as a subprocess. No other module runs it.

Every call has the same safe options and environment: no hooks, no file-system monitor, no pager, no
editor, and no environment variables that point to another repository. `config_policy` refuses
repositories whose own settings could still make Git run a program; `repository` checks that first.
"""

import contextlib
import functools
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
from vaultcrm.quoting import shell_word

_SAFE = (
    "core.fsmonitor=false", f"core.hooksPath={os.devnull}", "core.quotePath=false", "core.pager=cat", "protocol.ext.allow=never",
    "submodule.recurse=false", "diff.ignoreSubmodules=all", "merge.autoStash=false", "color.ui=false",
    # if one side renames a folder, files that the other side added to it move along
    "merge.directoryRenames=true",
)  # fmt: skip
SAFE_OPTIONS = tuple(word for setting in _SAFE for word in ("-c", setting))
# The only Git variables that are passed on: author and committer, network access, the location of the user's settings.
_KEPT_VARIABLES = re.compile(r"GIT_(AUTHOR_|COMMITTER_|SSH|ASKPASS$|CONFIG_|EXEC_PATH$|SSL_|PROXY_|HTTP_|TEMPLATE_DIR$)")
_TREE_LINE = re.compile(r"(\d+) \w+ (\w+)\t([^\0]+)\0")  # of ls-tree: mode, type, id and path
# Notes resemble each other. With Git's default of 50 %, two different notes could pass for one renamed note, and an edit
# would land in the wrong one.
RENAME_SIMILARITY = "90%"


class GitResult(NamedTuple):
    """The result of one call of Git."""

    exit_code: int
    stdout: bytes
    stderr: str

    @property
    def reason(self) -> str:
        """The line that says what went wrong: the first one that is marked as an error, or else the last one."""
        lines = [line.strip() for line in self.stderr.splitlines() if line.strip() and not line.startswith("hint:")]
        errors = [line for line in lines if line.startswith(("fatal:", "error:", "ssh:"))]
        first = next((line for line in errors if not line.startswith("fatal: Could not read from remote")), None)
        return (first or (lines[-1] if lines else f"it exited with code {self.exit_code}")).removeprefix("fatal: ").removeprefix("error: ")


class TreeEntry(NamedTuple):
    """A file in a Git tree: its mode in octal and its blob id."""

    mode: str
    blob: str

    @property
    def is_file(self) -> bool:
        return self.mode.startswith("100")


class FileDiff(NamedTuple):
    """A path that differs between two sides. A side is None if the file doesn't exist there.

    `new` of a file in the working tree has no blob id.
    """

    path: str
    old: TreeEntry | None
    new: TreeEntry | None
    is_untracked: bool = False


class Git:
    """Git in one folder: the root of a repository, or a folder that is about to become one."""

    def __init__(self, root: str) -> None:
        self.root = root

    def run(self, *args: str, stdin: bytes = b"", writes: bool = True, network: bool = False, index: str = "") -> GitResult:
        """Run Git and return its result, whatever the exit code. Raises ExternalError if Git can't be run.

        `writes` lets Git take optional locks. `network` lets Git prompt for credentials if there is a terminal.
        `index` is a file that Git uses in place of the repository's index.
        """
        may_prompt = network and sys.stdin is not None and sys.stdin.isatty()
        try:
            process = subprocess.run(
                [_program(os.environ.get("PATH", "")), "--no-pager", "--literal-pathspecs", *SAFE_OPTIONS, *args],
                cwd=self.root,
                env=_environment(writes, may_prompt) | ({"GIT_INDEX_FILE": index} if index else {}),
                capture_output=True,
                input=None if may_prompt else stdin,
            )
        except FileNotFoundError as error:
            if shutil.which("git") is None:
                raise ExternalError("Git is not installed.", "Install it from https://git-scm.com, then try again.") from error
            raise ExternalError(f"The folder {self.root} doesn't exist.") from error
        except (NotADirectoryError, PermissionError) as error:
            raise ExternalError(f"Git can't work in {self.root}: {error.strerror}.") from error
        return GitResult(process.returncode, process.stdout, process.stderr.decode("utf-8", "replace"))

    def check_output(self, *args: str, stdin: bytes = b"", writes: bool = False, index: str = "") -> bytes:
        """The standard output of a successful call. Raises ExternalError with Git's own reason if the call fails."""
        result = self.run(*args, stdin=stdin, writes=writes, index=index)
        if result.exit_code != 0:
            raise self.failure(f"git {args[0]} failed", result)
        return result.stdout

    def failure(self, message: str, result: GitResult, hint: str = "Nothing was lost. For details, see: git status") -> ExternalError:
        """The error for a call that failed, with Git's own reason. A file of another user in the Git directory explains it."""
        if "ermission" in result.stderr and (path := self._path_of_another_user()):
            return ExternalError(
                f"{message}: {path} belongs to another user. Perhaps Git was run with sudo.",
                f'Make it yours: sudo chown -R "$(id -un)" {shell_word(os.path.join(self.root, ".git"))}',
            )
        return ExternalError(f"{message}: {result.reason}", hint)

    def _path_of_another_user(self) -> str:
        """The first file or folder in .git that belongs to somebody else, relative to the vault; "" if there is none."""
        for folder, _, names in os.walk(os.path.join(self.root, ".git")):
            for path in (folder, *(os.path.join(folder, name) for name in names)):
                with contextlib.suppress(OSError):
                    if os.lstat(path).st_uid != os.geteuid():
                        return os.path.relpath(path, self.root)
        return ""

    def first_line(self, *args: str) -> str:
        """The first line of the standard output; "" if the call fails."""
        result = self.run(*args, writes=False)
        return os.fsdecode(result.stdout).partition("\n")[0] if result.exit_code == 0 else ""

    # ---------------------------------------------------------------------------------- objects

    def resolve_commit(self, name: str) -> str:
        """The full id of the commit that `name` refers to; "" if there is none. Raises ExternalError if Git fails."""
        result = self.run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", writes=False)
        if result.exit_code not in (0, 1, 128):
            raise self.failure("git rev-parse failed", result)
        return os.fsdecode(result.stdout).partition("\n")[0] if result.exit_code == 0 else ""

    def list_tree(self, commit: str) -> dict[str, TreeEntry]:
        """All files of a commit, by path."""
        listing = os.fsdecode(self.check_output("ls-tree", "-r", "-z", "--full-tree", commit))
        return {path: TreeEntry(mode, blob) for mode, blob, path in _TREE_LINE.findall(listing)}

    def read_blobs(self, blobs: Iterable[str]) -> dict[str, bytes]:
        """The bytes of blobs, by their ids. Missing blobs are left out."""
        unique = list(dict.fromkeys(blobs))
        output = self.check_output("cat-file", "--batch", stdin="".join(f"{blob}\n" for blob in unique).encode()) if unique else b""
        contents, position = {}, 0
        for blob in unique:
            end = output.index(b"\n", position)
            header = output[position:end].split(b" ")
            position = end + 1
            if header[-1] != b"missing":
                size = int(header[2])
                contents[blob] = output[position : position + size]
                position += size + 1
        return contents

    def write_blob(self, data: bytes) -> str:
        """Store bytes unchanged as a blob, and return its id."""
        return self.check_output("hash-object", "-w", "-t", "blob", "--no-filters", "--stdin", stdin=data, writes=True).decode().strip()

    # ------------------------------------------------------------------------------ differences

    def uncommitted(self, paths: Sequence[str] = ()) -> list[FileDiff]:
        """The files in the working tree or the index that differ from the last commit, sorted by path.

        `paths` limits them to these files and folders. Repositories inside this one are left out:
        submodules, and folders with their own `.git`.
        """
        command = ("status", "--porcelain=v2", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=all")
        diffs: dict[str, FileDiff] = {}
        path_args = ("--", *paths) if len(paths) <= 200 else ()  # the length of a command line is limited
        for line in _split_nul(self.check_output(*command, *path_args)):
            if line[:2] == "? " and not line.endswith("/"):
                path = line[2:]
                staged = diffs.get(path)  # removed from the index, but still in the working tree
                diffs[path] = FileDiff(path, staged.old if staged else None, TreeEntry("", ""), staged is None)
            elif line[:2] == "1 ":
                _, status, submodule, head_mode, index_mode, worktree_mode, blob, _, path = line.split(" ", 8)
                if submodule == "N..." and "160000" not in (head_mode, index_mode):
                    new = None if status[1] == "D" or worktree_mode == "000000" else TreeEntry(worktree_mode, "")
                    diffs[path] = FileDiff(path, None if head_mode == "000000" else TreeEntry(head_mode, blob), new)
        selected = set(paths)
        return [diffs[path] for path in sorted(diffs) if not selected or not selected.isdisjoint(_path_and_parents(path))]

    def diff_trees(self, old: str, new: str, renames: bool = False) -> list[tuple[FileDiff, str]]:
        """The files that differ between two commits or trees, by path.

        With `renames`, the second item of each pair is the path that a renamed file had before, or "".
        """
        rename_options = (f"-M{RENAME_SIMILARITY}", "-l0") if renames else ("--no-renames",)
        options = ("-r", "-z", "--raw", "--no-abbrev", "--no-ext-diff", "--no-textconv", *rename_options)
        parts = list(_split_nul(self.check_output("diff-tree", *options, old, new)))
        diffs, index = [], 0
        while index < len(parts):
            old_mode, new_mode, old_blob, new_blob, status = parts[index].lstrip(":").split(" ")
            paths = parts[index + 1 : index + 3 if status[0] in "RC" else index + 2]
            index += 1 + len(paths)
            old_entry = TreeEntry(old_mode, old_blob) if old_mode != "000000" else None
            new_entry = TreeEntry(new_mode, new_blob) if new_mode != "000000" else None
            diffs.append((FileDiff(paths[-1], old_entry, new_entry), paths[0] if len(paths) > 1 else ""))
        return diffs

    def unmerged(self) -> dict[str, dict[int, TreeEntry]]:
        """The paths with a merge conflict, each with its entries by stage: base (1), ours (2) and theirs (3)."""
        entries: dict[str, dict[int, TreeEntry]] = {}
        for line in _split_nul(self.check_output("ls-files", "-u", "-z", "--full-name")):
            header, _, path = line.partition("\t")
            mode, blob, stage = header.split(" ")
            entries.setdefault(path, {})[int(stage)] = TreeEntry(mode, blob)
        return entries

    def remove_merge_temp_files(self) -> None:
        """Remove the temporary files of a killed merge. Call it only while no merge is running."""
        with contextlib.suppress(OSError), os.scandir(self.root) as entries:
            for entry in entries:
                if is_merge_temp_file(entry.name) and entry.is_file(follow_symlinks=False):
                    os.unlink(entry.path)

    def add_to_index(self, paths: Iterable[str]) -> None:
        """Update the index entries of these paths from the working tree, including deleted files."""
        self.check_output("update-index", "--add", "--remove", "--replace", "-z", "--stdin", stdin=_nul_terminated(paths), writes=True)


def is_merge_temp_file(path: str) -> bool:
    """Whether the path is a temporary file that Git creates for a merge driver, in the root of the working tree."""
    return re.fullmatch(r"\.merge_file_[A-Za-z0-9]{6}", path) is not None


def merge_driver_command() -> str:
    """The command that Git runs to merge notes; it uses the current Python.

    Without -P, Python would first look for vaultcrm in the current folder, which can be a vault
    from an untrusted source.
    """
    python = shlex.quote(sys.executable.replace("\\", "/")).replace("%", "%%")
    return f"{python} -P -m vaultcrm merge-driver %O %A %B %P"


def _path_and_parents(path: str) -> Iterator[str]:
    """A path and the folders above it."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def _nul_terminated(paths: Iterable[str]) -> bytes:
    return b"".join(os.fsencode(path) + b"\0" for path in paths)


def _split_nul(output: bytes) -> Iterator[str]:
    """The NUL-terminated parts of the output. os.fsencode restores bytes that are not UTF-8."""
    return (os.fsdecode(part) for part in output.split(b"\0")[:-1])


@functools.cache
def _program(path: str) -> str:
    """Git's own path, so that not each of a sync's twenty calls looks for it in every folder of PATH."""
    found = shutil.which("git", path=path)
    return os.path.abspath(found) if found else "git"


def _environment(writes: bool, may_prompt: bool) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or _KEPT_VARIABLES.match(name)}
    return kept | {
        "LC_ALL": "C", "LANGUAGE": "C", "GIT_OPTIONAL_LOCKS": "1" if writes else "0", "GIT_TERMINAL_PROMPT": "1" if may_prompt else "0",
        "GIT_EDITOR": ":", "GIT_MERGE_AUTOEDIT": "no", "GIT_FLUSH": "0",
    }  # fmt: skip


# ------------------------------------------------------------------- merging without a repository


def merge_file(ours: bytes, base: bytes, theirs: bytes, keep_both: bool = False) -> tuple[bytes, bool]:
    """Merge three texts line by line. Returns the merged text, and whether there was no conflict.

    Where both sides changed the same lines, ours wins; with `keep_both`, ours come before theirs. Raises ExternalError
    if Git can't be run or refuses to merge: it takes a text with a NUL byte for binary.
    """
    with tempfile.TemporaryDirectory(prefix="vaultcrm-merge-") as folder:
        for name, text in (("ours", ours), ("base", base), ("theirs", theirs)):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(text)
        code, merged = _merge_file(folder)
        if code == 0:
            return merged, True
        code, merged = _merge_file(folder, "--union" if keep_both else "--ours")
        if code != 0:
            raise ExternalError("Git can't merge this file.", "It may be binary; choose one version yourself.")
        return merged, False


def _merge_file(folder: str, *options: str) -> tuple[int, bytes]:
    """The exit code of `git merge-file`, and the merged text."""
    command = ["git", "merge-file", "--quiet", "--stdout", *options, "ours", "base", "theirs"]
    # without any settings, so that a merge has the same result everywhere
    environment = {name: value for name, value in _environment(False, False).items() if not name.startswith("GIT_CONFIG_")}
    environment |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    try:
        process = subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError as error:
        raise ExternalError(f"Git can't be run: {error.strerror}.", "Install Git, or check that it is on your PATH.") from error
    return process.returncode, process.stdout
