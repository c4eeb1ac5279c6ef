"""Log what was said in a meeting into the note that its calendar has made, instead of into a second one."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm, WriteResult
from vaultcrm.actions.inbox.waiting import INBOX
from vaultcrm.actions.log import LogResult, NewInteraction, body_text, create_follow_ups, link_people
from vaultcrm.actions.meetings import meetings_without_notes
from vaultcrm.actions.new_note import NoteLocation, note_location
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import Unreadable, UsageError
from vaultcrm.markdown.edit import add_item, set_property
from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.properties import read_properties
from vaultcrm.markdown.values import as_list, as_text
from vaultcrm.markdown.wikilinks import make_wikilink
from vaultcrm.model.convert import client_link, to_interaction
from vaultcrm.model.read_note import read_back
from vaultcrm.model.records import Interaction
from vaultcrm.quoting import quoted

_RECENT = timedelta(1)  # how long ago a meeting may have been that is offered


def recent_meetings(crm: Crm, client: str) -> list[Interaction]:
    """A client's meetings of today and yesterday that have begun and have no notes yet, the last one first."""
    owner = lookup.client(crm, client)
    crm.refresh_folders({note_location(crm, owner, "interactions").folder})
    return meetings_without_notes(crm, crm.today - _RECENT, crm.today, owner, only_over=False)[::-1]


def find_meeting(crm: Crm, name: str, client: str | None) -> Interaction:
    """The interaction that a handle or name stands for. Raises UsageError if it's none, or another client's; NotFound."""
    path = lookup.note(crm, name)
    note = lookup.note_record(crm, path)
    if note.type != "interaction":
        raise UsageError(f"{quoted(note.title)} isn't a meeting.", "See: vaultcrm agenda")
    owner = crm.catalog.owner_of(path, client_link(note))
    if client and owner is not None and lookup.client(crm, client).path != owner.path:
        raise UsageError(f"{quoted(note.title)} is a meeting with {owner.name}.", "Leave out the client, or name another meeting.")
    return to_interaction(note, owner.name if owner else None)


def log_meeting(crm: Crm, path: str, new: NewInteraction) -> WriteResult[LogResult]:
    """Add what was said to a meeting's note, below what is there; its time and all that isn't said anew stay as they are.

    Each next step becomes a follow-up note. Raises Unreadable, Refused.
    """
    crm.refresh_names()
    crm.refresh_folders({path.rpartition("/")[0]})
    note = lookup.note_record(crm, path)
    client_ref = crm.catalog.owner_of(path, client_link(note))
    people, unknown_people = link_people(crm, client_ref, new.people)
    project = lookup.link(crm, "project", new.project, client_ref)

    def apply(data: bytes) -> bytes:
        page = split_page(data)
        for key, text in (("channel", new.channel), ("direction", new.direction), ("project", project), ("summary", new.summary)):
            page = set_property(page, key, text) if text else page
        for key, texts in (("people", people), ("decisions", new.decisions), ("feedback", new.feedback), ("tags", new.tags)):
            page = _with_items(page, key, texts)
        return _with_text(page, body_text(new)).join()

    folder = note_location(crm, client_ref, "follow-ups") if client_ref else NoteLocation(INBOX, {})
    with crm.writing() as writer:
        data = writer.edit(path, apply) or crm.vault.read(path).data
        about = project or as_text(note.properties.get("project"))
        origin = make_wikilink(title_of_path(path))
        follow_ups = create_follow_ups(crm, writer, new.next_steps, about, origin, folder, client_ref)
    contents = read_back(path, data)
    decisions = [decision for decision in contents.decisions if decision.text in new.decisions]
    interaction = to_interaction(contents.note, client_ref.name if client_ref else None)
    return WriteResult(writer.created, writer.changed, LogResult(interaction, decisions, follow_ups, unknown_people))


def _with_items(page: Page, key: str, texts: Sequence[str]) -> Page:
    """The page with more items in a list, except for those that are there."""
    for text in texts:
        if text not in as_list(read_properties(page).get(key)):
            page = add_item(page, key, text)
    return page


def _with_text(page: Page, text: str) -> Page:
    """The page with a text after an empty line at its end."""
    if not text:
        return page
    newline = page.newline.encode()
    if not page.body_bytes.strip() and page.kind == "unclosed":
        raise Unreadable('The properties start with "---" on line 1 and are never closed.')
    gap = b"" if page.after.endswith(newline * 2) else newline if page.after.endswith(newline) else newline * 2
    return replace(page, after=page.after + gap + text.replace("\n", page.newline).encode("utf-8") + newline)
