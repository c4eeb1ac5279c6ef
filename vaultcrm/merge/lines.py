"""Texts merged line by line, in the line endings of ours."""

from vaultcrm.errors import ExternalError
from vaultcrm.git import client


def merge_lines(base: bytes | None, ours: bytes, theirs: bytes) -> tuple[bytes, bool]:
    """Three texts merged line by line, in our line endings; ours where both changed the same lines, and whether none are so.

    Without a base, a text that holds all lines of the other one in their order is both of them.
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
    # a last line without an end differs from the same line with one, and would clash with what follows it
    newline = b"\r\n" if b"\r\n" in ours else b"\n"
    is_ended = [not text or text.endswith(b"\n") for text in (base, ours, theirs)]
    texts = [text if ended else text + newline for text, ended in zip((base, ours, theirs), is_ended, strict=True)]
    try:
        merged, is_clean = client.merge_file(texts[1], texts[0], texts[2])
    except ExternalError:
        return ours, False
    should_end = is_ended[2] if is_ended[1] == is_ended[0] else is_ended[1]
    return merged if should_end else merged.removesuffix(newline), is_clean


def _with_line_endings_of(ours: bytes, text: bytes) -> bytes:
    """A text with the line endings of ours; as it is, where ours has both kinds or none."""
    crlf = ours.count(b"\r\n")
    if crlf not in (0, ours.count(b"\n")) or b"\n" not in ours:
        return text
    lines = text.replace(b"\r\n", b"\n")
    return lines.replace(b"\n", b"\r\n") if crlf else lines


def _contains_lines(lines: list[bytes], others: list[bytes]) -> bool:
    """Whether `others` are among `lines`, in their order."""
    waiting = iter(lines)
    return all(line in waiting for line in others)
