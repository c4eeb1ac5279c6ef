"""Import files, folders, archives and bytes: find out what they are, and hand them to the importer of their kind."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.contacts.contact_import import ContactImport
from vaultcrm.actions.imports.import_run import ImportOptions, ImportRun, Source
from vaultcrm.actions.imports.meetings.meeting_import import MeetingImport
from vaultcrm.actions.imports.report import ImportReport
from vaultcrm.actions.imports.routing import Router
from vaultcrm.actions.imports.talk_import import TalkImport
from vaultcrm.actions.imports.talk_notes import TalkNotes
from vaultcrm.catalog.update import Progress
from vaultcrm.errors import InvalidInput, UsageError
from vaultcrm.importers.archive import is_archive, open_folder_or_archive
from vaultcrm.importers.detect import CONTACT_KINDS, MEETING_KINDS, TALK_KINDS, detect, detect_pasted

_Importer = ContactImport | MeetingImport | TalkImport


def import_sources(
    crm: Crm, sources: Sequence[Source], options: ImportOptions, zone: tzinfo, is_dry_run: bool = False, progress: Progress | None = None
) -> ImportReport:
    """Import everything in the sources that isn't in the vault, and was never imported before.

    Sources that can't be read are among the failures of the report; raises InvalidInput if there are no others.
    `zone` is the user's time zone. What was written is one step for undo. Ctrl-C ends the import after whole notes.
    """
    crm.refresh()
    parts, failures = _parts(sources, options.kind)  # before anything is written
    if options.columns and all(kind != "contacts" for _, kind in parts):
        raise UsageError("--map is for the columns of a table of contacts.", "Name a .csv, or say --as contacts.")
    if is_dry_run:
        return _import(parts, ImportRun(crm, options, zone, None, progress))._replace(failures=failures)
    with crm.writing() as writer:
        return _import(parts, ImportRun(crm, options, zone, writer, progress))._replace(failures=failures)


def _parts(sources: Sequence[Source], named_kind: str | None) -> tuple[list[tuple[Source, str]], list[InvalidInput]]:
    """The sources with their kinds, and why others can't be read. Raises that if none can."""
    parts, failures = [], []
    for source in sources:
        try:
            parts += [(source, kind) for kind in _kinds_of(source, named_kind)]
        except InvalidInput as error:
            failures.append(error)
    if failures and not parts:
        raise failures[0]
    return parts, failures


def _import(parts: Sequence[tuple[Source, str]], run: ImportRun) -> ImportReport:
    contacts = [(source, kind) for source, kind in parts if kind in CONTACT_KINDS]
    others = [(source, kind) for source, kind in parts if kind not in CONTACT_KINDS]
    run.bytes_in_total = sum(_size(source) for source, _ in parts) if run.progress else 0
    is_interrupted = False
    if contacts:  # first, since they tell whose the rest is
        contact_import = ContactImport(run)
        is_interrupted = _was_interrupted(run, contacts, dict.fromkeys(CONTACT_KINDS, contact_import))
        run.planned = contact_import.planned() if run.writer is None else []
    if others and not is_interrupted:
        if contacts and run.writer is not None:
            run.crm.invalidate_after_write()
            run.crm.refresh()
        talk_notes = TalkNotes(run.crm, Router(run.crm, run.own_names, run.crm.vault.settings.senders, run.planned))
        meeting_import = MeetingImport(run, talk_notes)
        talk_import = TalkImport(run, talk_notes, meeting_import)
        importers = dict.fromkeys(TALK_KINDS, talk_import) | dict.fromkeys(MEETING_KINDS, meeting_import)
        is_interrupted = _was_interrupted(run, others, importers)
    if run.writer is not None:
        run.ledger.write(run.writer, is_complete=not is_interrupted)
    return ImportReport(run.items, run.notes, run.changed, run.notices, is_interrupted, unread=frozenset(run.unread))


def _was_interrupted(run: ImportRun, parts: Sequence[tuple[Source, str]], importers: Mapping[str, _Importer]) -> bool:
    """Import sources, each with the importer of its kind. Returns whether Ctrl-C ended it; what was read by then is written."""
    is_interrupted = False
    try:
        for source, kind in parts:
            end = run.bytes_read + (_size(source) if run.progress else 0)
            _read(importers[kind], source, kind)
            run.on_read(end - run.bytes_read)
    except KeyboardInterrupt:
        is_interrupted = True
    for importer in dict.fromkeys(importers.values()):
        importer.finish()
    return is_interrupted


def _read(importer: _Importer, source: Source, kind: str) -> None:
    try:
        importer.read(source, kind)
    except (InvalidInput, OSError) as error:
        if not source.kinds:
            raise
        reason = error.message if isinstance(error, InvalidInput) else f"It can't be read ({error.strerror})."
        importer.run.report(source.name, "refused", None, reason)
        if isinstance(error, OSError):
            importer.run.unread.add(str(source.data))


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


def _kinds_of(source: Source, named: str | None) -> Sequence[str]:
    if source.kinds or named:
        return source.kinds or (named or "",)
    return detect_pasted(source.data, source.name) if isinstance(source.data, bytes) else detect(source.data, source.name)
