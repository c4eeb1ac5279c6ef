"""Import files, folders, archives and bytes: find out what they are, and hand them to the importer of their kind."""

from collections.abc import Sequence
from datetime import tzinfo

from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.import_run import ImportOptions, ImportRun, Source
from vaultcrm.actions.imports.meetings.meeting_import import MeetingImport
from vaultcrm.actions.imports.report import ImportReport
from vaultcrm.actions.imports.talk_import import TalkImport
from vaultcrm.catalog.update import Progress
from vaultcrm.errors import InvalidInput, UsageError
from vaultcrm.importers.archive import is_archive, open_folder_or_archive
from vaultcrm.importers.detect import MEETING_KINDS, TALK_KINDS, detect, detect_pasted
from vaultcrm.quoting import quoted

_IMPORTED = (*MEETING_KINDS, *TALK_KINDS)


def import_sources(
    crm: Crm, sources: Sequence[Source], options: ImportOptions, zone: tzinfo, is_dry_run: bool = False, progress: Progress | None = None
) -> ImportReport:
    """Import everything in the sources that isn't in the vault, and was never imported before.

    `zone` is the user's time zone. What was written is one step for undo. Ctrl-C ends the import after whole notes.
    """
    crm.refresh()
    parts = [(source, kind) for source in sources for kind in _kinds_of(source, options.kind)]  # before anything is written
    if is_dry_run:
        return _import(parts, ImportRun(crm, options, zone, None, progress))
    with crm.writing() as writer:
        return _import(parts, ImportRun(crm, options, zone, writer, progress))


def _import(parts: Sequence[tuple[Source, str]], run: ImportRun) -> ImportReport:
    is_interrupted = False
    meeting_import = MeetingImport(run)
    talk_import = TalkImport(run, meeting_import)
    sizes = [_size(source) if run.progress else 0 for source, _ in parts]
    run.bytes_in_total = sum(sizes)
    try:
        for number, (source, kind) in enumerate(parts):
            _read(meeting_import if kind in MEETING_KINDS else talk_import, source, kind)
            run.on_read(sum(sizes[: number + 1]) - run.bytes_read)
    except KeyboardInterrupt:
        is_interrupted = True
    talk_import.finish()
    meeting_import.finish()
    if run.writer is not None:
        run.ledger.write(run.writer, is_complete=not is_interrupted)
    return ImportReport(run.items, run.notes, run.changed, run.notices, is_interrupted)


def _read(importer: TalkImport | MeetingImport, source: Source, kind: str) -> None:
    try:
        importer.read(source, kind)
    except (InvalidInput, OSError) as error:
        if not source.kinds:
            raise
        reason = error.message if isinstance(error, InvalidInput) else f"It can't be read ({error.strerror})."
        importer.run.report(source.name, "refused", None, reason)


def _size(source: Source) -> int:
    """How many bytes there are to read, as far as that is known."""
    if isinstance(source.data, bytes):
        return len(source.data)
    try:
        if source.data.is_file() and not is_archive(source.data):
            return source.data.stat().st_size
        with open_folder_or_archive(source.data) as files:
            members = files.members.values()
            return sum(member.size for member in members if source.wanted is None or str(source.data / member.name) in source.wanted)
    except (OSError, InvalidInput):
        return 0


def _kinds_of(source: Source, named: str | None) -> list[str]:
    if source.kinds:
        return [kind for kind in source.kinds if kind in _IMPORTED]
    data = source.data
    kinds = [named] if named else detect_pasted(data, source.name) if isinstance(data, bytes) else detect(data, source.name)
    for kind in kinds:
        if kind not in _IMPORTED:
            raise UsageError(f"{quoted(kind)} holds no talks, and can't be imported yet.", "Give mails, chats, calendars or transcripts.")
    return kinds
