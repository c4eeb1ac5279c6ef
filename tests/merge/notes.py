"""Notes and their merge as texts, for the tests of merge."""

from vaultcrm.merge.note import MergedNote, merge_notes

CLIENT = """\
---
type: client
status: lead  # since May
rate: 80
email:
  - dana@acme.example
tags: [design, print]
---

Dana runs the studio.

She likes calls.
"""


def merged(base: str | None, ours: str, theirs: str) -> MergedNote:
    return merge_notes(None if base is None else base.encode(), ours.encode(), theirs.encode())


def clean(base: str | None, ours: str, theirs: str) -> str:
    """The merged text; it must be clean."""
    made = merged(base, ours, theirs)
    assert made.is_clean, made
    return made.data.decode()


def note(*lines: str) -> str:
    return "".join(line + "\n" for line in ("---", *lines, "---"))
