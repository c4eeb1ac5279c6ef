"""Merge texts line by line, with our line endings; the markers of an unfinished merge."""

from vaultcrm.errors import ExternalError
from vaultcrm.git import client


def merge_lines(base: bytes | None, ours: bytes, theirs: bytes, keep_both: bool = False) -> tuple[bytes, bool]:
    """Both texts merged, with our line endings, and whether the merge is clean.

    Where both sides changed the same lines, ours stay (with `keep_both`, theirs follow them) and the merge isn't clean. Without a base, the
    merge is clean only if one text contains all lines of the other in order; the longer text is then the result.
    """
    theirs = _with_line_endings_of(ours, theirs)
    if base is None:
        ours_lines, their_lines = ours.splitlines(), theirs.splitlines()
        if _contains_lines(ours_lines, their_lines):
            return ours, True
        return (theirs, True) if _contains_lines(their_lines, ours_lines) else (ours, False)
    base = _with_line_endings_of(ours, base)
    if theirs in (ours, base):
        return ours, True
    if ours == base:
        return theirs, True
    # to Git, a last line without a newline differs from the same line with one, and would conflict with an added line
    newline = b"\r\n" if b"\r\n" in ours else b"\n"
    base_ends, ours_ends, theirs_ends = (not text or text.endswith(b"\n") for text in (base, ours, theirs))
    try:
        merged, is_clean = client.merge_file(
            ours if ours_ends else ours + newline,
            base if base_ends else base + newline,
            theirs if theirs_ends else theirs + newline,
            keep_both,
        )
    except ExternalError:
        return ours, False
    keeps_newline = theirs_ends if ours_ends == base_ends else ours_ends
    return merged if keeps_newline else merged.removesuffix(newline), is_clean


def has_conflict_markers(data: bytes) -> bool:
    """Whether a text holds the three marker lines of a conflict, `<<<<<<< `, `=======` and `>>>>>>> `, in this order."""
    markers_seen = 0
    for line in data.split(b"\n") if b"<<<<<<< " in data else ():
        if markers_seen == 0:
            markers_seen += line.startswith(b"<<<<<<< ")
        elif markers_seen == 1:
            markers_seen += line.removesuffix(b"\r") == b"======="
        elif line.startswith(b">>>>>>> "):
            return True
    return False


def _with_line_endings_of(ours: bytes, text: bytes) -> bytes:
    """A text with the line endings of `ours`; unchanged if `ours` has both kinds or none."""
    crlf = ours.count(b"\r\n")
    if crlf not in (0, ours.count(b"\n")) or b"\n" not in ours:
        return text
    lines = text.replace(b"\r\n", b"\n")
    return lines.replace(b"\n", b"\r\n") if crlf else lines


def _contains_lines(lines: list[bytes], others: list[bytes]) -> bool:
    """Whether `lines` contains `others` in their order."""
    remaining = iter(lines)
    return all(line in remaining for line in others)
