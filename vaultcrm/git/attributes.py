"""The files that Git ignores in a vault, and the attribute that makes it merge notes with vaultcrm's merge driver."""

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
