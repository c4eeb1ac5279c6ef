"""Notes as texts, and merges of them."""

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


def merge(base: str | None, ours: str, theirs: str) -> MergedNote:
    return merge_notes(None if base is None else base.encode(), ours.encode(), theirs.encode())


def clean_merge(base: str | None, ours: str, theirs: str) -> str:
    """The merged text. The merge must be clean."""
    result = merge(base, ours, theirs)
    assert result.is_clean, result
    return result.data.decode()


def note(*lines: str) -> str:
    """A note of nothing but these lines of front matter."""
    return "".join(line + "\n" for line in ("---", *lines, "---"))
