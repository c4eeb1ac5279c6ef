"""What the importers of talks, meetings and contacts share while an import is going on."""

from collections.abc import Callable, Sequence
from datetime import tzinfo
from pathlib import Path
from typing import NamedTuple

from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.ledger import Ledger
from vaultcrm.actions.imports.report import ImportItem, Outcome, Thing
from vaultcrm.catalog.update import Progress
from vaultcrm.errors import NotFound
from vaultcrm.importers.routing import Known
from vaultcrm.vault.writer import NewNote, Writer


class Source(NamedTuple):
    """A file or folder by its path, or bytes; `name` is what a person calls it. `kinds` is what it holds, if that is known.

    Then it was found by the program, and one that can't be read after all doesn't end the import. Of a folder of mails,
    only the files are read whose paths are `wanted`. One that `is_up_to_date` holds all that there is until now.
    """

    data: Path | bytes
    name: str
    kinds: tuple[str, ...] = ()
    wanted: frozenset[str] | None = None
    is_up_to_date: bool = False


class ImportOptions(NamedTuple):
    """How to import. `kind` overrules what sources look like, `client` whose they are; `again`: also what was deleted since."""

    kind: str | None = None
    client: str | None = None
    me: tuple[str, ...] = ()
    mail_by: str | None = None  # "message" or "thread-day"; None for what the settings say
    with_bulk: bool = False
    again: bool = False
    date_order: str | None = None
    keep_raw: bool = False  # whether mails are kept beside their attachments
    columns: tuple[tuple[str, str], ...] = ()  # of tables of contacts: a heading, and the field that it is


class ImportRun:
    """One import. `zone` is the user's time zone; `writer` is None if nothing is to be written."""

    def __init__(self, crm: Crm, options: ImportOptions, zone: tzinfo, writer: Writer | None, progress: Progress | None = None) -> None:
        self.crm = crm
        self.options = options
        self.zone = zone
        self.writer = writer
        self.progress = progress  # called with the bytes that have been read, and the total
        self.bytes_read = self.bytes_in_total = 0
        self.ledger = Ledger(crm)
        self.items: list[ImportItem] = []
        self.notes: list[str] = []  # that were created, or would be
        self.changed: list[str] = []
        self.notices: list[str] = []
        self.unread: set[str] = set()  # files and folders that the disk refused
        self.planned: list[Known] = []  # who a dry run would have added before

    @property
    def own_names(self) -> tuple[str, ...]:
        """The user's own addresses, numbers and names."""
        return (*self.crm.vault.settings.me, *self.options.me)

    def on_read(self, size: int) -> None:
        """Show that so many bytes more have been read."""
        self.bytes_read += size
        if self.progress is not None:
            self.progress(min(self.bytes_read, self.bytes_in_total), self.bytes_in_total)

    def create(self, notes: Sequence[NewNote]) -> list[str]:
        """Write new notes together, and return their paths; without a writer, those that they would have."""
        planned = [f"{note.folder}/{note.title}.md".removeprefix("/") for note in notes]
        paths = self.writer.create_all(notes) if self.writer and notes else planned
        self.notes += paths
        return paths

    def edit(self, path: str, operation: Callable[[bytes], bytes]) -> bool:
        """Edit a note; without a writer, only find out what would come of it. Returns whether it changes.

        Raises NotFound, and what `operation` raises.
        """
        if self.writer is not None:
            is_changed = self.writer.edit(path, operation) is not None
        else:
            try:
                data = self.crm.vault.read(path).data
            except FileNotFoundError as error:
                raise NotFound(f"{path} no longer exists.") from error
            is_changed = operation(data) != data
        self.changed += [path] * (is_changed and path not in self.changed)
        return is_changed

    def report(
        self, source: str, outcome: Outcome, path: str | None = None, reason: str = "", thing: Thing = "message", cut_lines: int = 0
    ) -> None:
        """Say what became of one thing that was read."""
        self.items.append(ImportItem(source, outcome, path, reason, thing, cut_lines))
