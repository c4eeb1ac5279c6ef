"""One thing that is missing."""

from datetime import date
from typing import Literal, NamedTuple

Kind = Literal[
    "old-import", "they-wait", "promise", "meeting", "you-wait", "their-promise", "project", "silence", "cut-export", "inbox", "summary"
]  # fmt: skip
# The worst first: what isn't imported makes everything else uncertain, then comes what others wait for
KINDS: tuple[Kind, ...] = (
    "old-import", "they-wait", "promise", "meeting", "you-wait", "their-promise", "project", "silence", "cut-export", "inbox", "summary",
)  # fmt: skip


class Gap(NamedTuple):
    """Something that is missing: with which client (None for all of them), since when, and the command that mends it.

    `path` is the note that tells of it, or None; `number` how many things it stands for.
    """

    kind: Kind
    client: str | None
    day: date | None
    text: str
    path: str | None
    command: str
    number: int = 1
