"""A digest of what a note's body says besides its checkbox lines and callouts, to tell whether somebody has changed it."""

import re
from collections.abc import Iterator

from vaultcrm.disk.files import digest
from vaultcrm.markdown.callouts import KINDS

_TASK = re.compile(r"[\s>]*+(?:[-*+]|\d{1,9}+[.)])[ \t]++\[[^\n]\]")
_CALLOUT = re.compile(rf"[\s>]*+\[!(?:{'|'.join(KINDS)})(?:\|[^\]]*)?\]", re.IGNORECASE)


def body_digest(body: str) -> bytes:
    """The digest of a note's body: white space, empty lines and the order of lines don't count. Empty for an empty body.

    Checkbox lines and callouts don't count either. They are records of their own, which may move from note to note.
    """
    lines = sorted(" ".join(line.split()) for line in _prose(body.splitlines()))
    return digest("\n".join(lines).encode("utf-8", "surrogatepass")) if lines else b""


def _prose(lines: list[str]) -> Iterator[str]:
    is_in_callout = False
    for line in lines:
        stripped = line.lstrip()
        is_in_callout = stripped.startswith(">") and (is_in_callout or _CALLOUT.match(line) is not None)
        if stripped and not is_in_callout and not ("[" in line and _TASK.match(line)):
            yield line
