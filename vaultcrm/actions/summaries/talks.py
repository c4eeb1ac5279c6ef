"""Talks without a summary: what each would be summed up as, and writing it."""

from datetime import datetime
from typing import NamedTuple

from vaultcrm.actions.crm import Crm, WriteResult
from vaultcrm.catalog.activity import talks_without_summary
from vaultcrm.errors import InvalidInput, Refused
from vaultcrm.importers.inert import inert_line
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.edit import set_property
from vaultcrm.markdown.excerpt import first_sentences
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.properties import read_properties
from vaultcrm.markdown.values import as_text
from vaultcrm.model.convert import is_cancelled, to_interaction
from vaultcrm.model.read_note import read_back
from vaultcrm.model.records import Interaction, Note

_LONGEST = 200  # characters of a proposal, as far as sentences allow


class Unsummarised(NamedTuple):
    """A talk without a summary. `proposal` is what its text says, in a sentence or two; "" if it says nothing."""

    talk: Interaction
    proposal: str


def without_summary(crm: Crm, client: ClientRef | None = None) -> list[Unsummarised]:
    """The talks of one client, or of all, that have no `summary`, newest first; without those to come and those called off."""
    crm.refresh()
    found = []
    for note, owner in talks_without_summary(crm.catalog, client):
        talk = to_interaction(note, owner.name)
        if not talk.has_summary and not talk.is_planned(crm.now) and not is_cancelled(note):
            found.append(Unsummarised(talk, proposed_summary(note.excerpt)))
    return sorted(found, key=lambda item: (item.talk.at or datetime.min, item.talk.path), reverse=True)


def proposed_summary(text: str) -> str:
    """A text as a summary: one line, its first sentences, with nothing live in it."""
    return inert_line(first_sentences(" ".join(text.split()), _LONGEST))


def body_text(crm: Crm, path: str) -> str:
    """The text below a note's properties, as it is now. Raises Unreadable, FileNotFoundError."""
    return split_page(crm.vault.read(path).data).body.strip()


def save_summary(crm: Crm, path: str, text: str) -> WriteResult[Note]:
    """Write a talk's summary, as one step for undo. Raises InvalidInput for no text, Refused if it has a summary by now."""
    summary = inert_line(text)
    if not summary:
        raise InvalidInput("A summary needs some words.", "Type it again.")

    def apply(data: bytes) -> bytes:
        page = split_page(data)
        if as_text(read_properties(page).get("summary")):
            raise Refused("It has a summary by now.")
        return set_property(page, "summary", summary).join()

    with crm.writing() as writer:
        written = writer.edit(path, apply)
    assert written is not None, "a property was added"
    return WriteResult(writer.created, writer.changed, read_back(path, written).note)
