"""What Git ignores in a vault, and the attribute by which it merges notes with our driver."""

import os

from vaultcrm.errors import ExternalError
from vaultcrm.git.client import Git

IGNORE_PATTERNS = (
    ".obsidian/workspace*.json", ".obsidian/cache", ".trash/", ".DS_Store", ".vaultcrm-*.tmp", ".*.icloud", ".stfolder", ".stversions",
)  # fmt: skip


MERGE_ATTRIBUTE = "*.md merge=vaultcrm"


# -text: a file comes back byte for byte as it went in, on every system; whoever writes CRLF keeps it
GITATTRIBUTES = f"# Git never changes a line ending here, and notes are merged property by property.\n* -text\n{MERGE_ATTRIBUTE}\n"


def with_missing_lines(data: bytes, lines: tuple[str, ...]) -> bytes:
    """A file of lines with those that it lacks, in its own line ending."""
    there = {line.strip() for line in data.splitlines()}  # in whatever encoding
    newline = b"\r\n" if b"\r\n" in data else b"\n"
    lacking = [line + newline for line in map(str.encode, lines) if line not in there]
    if lacking and data and not data.endswith(b"\n"):
        data += newline
    return data + b"".join(lacking)


def ensure_merge_attribute(git: Git) -> None:
    """Make sure that git merges notes by our driver, also where no `.gitattributes` says so."""
    if git.check_output("check-attr", "-z", "merge", "--", "clients/A.md").endswith(b"\0vaultcrm\0"):
        return
    file = os.path.join(os.fsdecode(git.check_output("rev-parse", "--git-path", "info/attributes")).rstrip("\n"))
    file = os.path.join(git.root, file)
    try:
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "a+b") as attributes:
            attributes.seek(0)
            data = attributes.read()
            if lines := with_missing_lines(data, (MERGE_ATTRIBUTE,))[len(data) :]:
                attributes.write(lines)
    except OSError as error:
        raise ExternalError(f"{file} cannot be written: {error.strerror}.", "Nothing was merged.") from error
