"""What an import has done, one item for each thing that was read."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from vaultcrm.errors import VaultcrmError

Outcome = Literal["created", "known", "parked", "left_out", "refused"]
OUTCOMES: tuple[Outcome, ...] = ("created", "known", "parked", "left_out", "refused")
Thing = Literal["message", "meeting", "contact"]


class ImportItem(NamedTuple):
    """What became of one thing that was read. `path` is the note that it is in, `reason` says why, where that isn't plain.

    `cut_lines` counts the lines of quotes and signatures of a mail that its note does without.
    """

    source: str
    outcome: Outcome
    path: str | None = None
    reason: str = ""
    thing: Thing = "message"
    cut_lines: int = 0


class ImportReport(NamedTuple):
    """What an import has done. `notes` are the notes that were created, `changed` those that it added something to.

    `failures` say which sources it couldn't read, or only in part; `unread` are the files and folders that the disk refused.
    """

    items: list[ImportItem]
    notes: list[str]
    changed: list[str]
    notices: list[str]
    is_interrupted: bool = False
    failures: Sequence[VaultcrmError] = ()
    unread: frozenset[str] = frozenset()

    def count(self, outcome: Outcome) -> int:
        return sum(item.outcome == outcome for item in self.items)

    def counts(self) -> dict[str, int]:
        """The number of items by what became of them."""
        return {outcome: self.count(outcome) for outcome in OUTCOMES}
