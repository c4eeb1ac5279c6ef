"""The files that Git ignores in a vault, and the attribute that makes it merge notes with vaultcrm's merge driver."""

import os

from vaultcrm.errors import ExternalError
from vaultcrm.git.client import Git

IGNORE_PATTERNS = (
    ".obsidian/workspace*.json", ".obsidian/cache", ".trash/", ".DS_Store", ".vaultcrm-*.tmp", ".*.icloud", ".stfolder", ".stversions",
)  # fmt: skip

MERGE_ATTRIBUTE = "*.md merge=vaultcrm"

# "-text" turns off line-ending conversion: a file is checked out byte for byte as it was committed, on every system.
GITATTRIBUTES = f"# Git never changes a line ending here, and notes are merged property by property.\n* -text\n{MERGE_ATTRIBUTE}\n"


def with_missing_lines(data: bytes, lines: tuple[str, ...]) -> bytes:
    """The bytes of a file with the missing ones of `lines` added at its end, in the file's own line ending."""
    present = {line.strip() for line in data.splitlines()}  # as bytes: the file can have any encoding
    newline = b"\r\n" if b"\r\n" in data else b"\n"
    missing = [line + newline for line in map(str.encode, lines) if line not in present]
    if missing and data and not data.endswith(b"\n"):
        data += newline
    return data + b"".join(missing)


def ensure_merge_attribute(git: Git) -> None:
    """Make Git merge notes with vaultcrm's driver, even if no `.gitattributes` says so. Raises ExternalError."""
    if git.check_output("check-attr", "-z", "merge", "--", "clients/A.md").endswith(b"\0vaultcrm\0"):
        return
    file = os.path.join(os.fsdecode(git.check_output("rev-parse", "--git-path", "info/attributes")).rstrip("\n"))
    file = os.path.join(git.root, file)
    try:
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "a+b") as attributes:
            attributes.seek(0)
            data = attributes.read()
            if added := with_missing_lines(data, (MERGE_ATTRIBUTE,))[len(data) :]:
                attributes.write(added)
    except OSError as error:
        raise ExternalError(f"{file} can't be written: {error.strerror}.", "Nothing was merged. Fix that, then try again.") from error
