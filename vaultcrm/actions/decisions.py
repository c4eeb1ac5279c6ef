"""Decisions: what was agreed with a client, and what replaced it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm, WriteResult
from vaultcrm.actions.new_note import create_note, note_location, title_property
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import InvalidInput, Refused
from vaultcrm.markdown.edit import set_property
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.wikilinks import make_wikilink
from vaultcrm.markdown.yaml_nodes import Writable
from vaultcrm.model.records import Decision
from vaultcrm.normalize import fold
from vaultcrm.quoting import quoted, shell_word


def decisions(crm: Crm, client: str | None = None, words: Sequence[str] = (), everything: bool = False) -> list[Decision]:
    """Decisions in force that contain all the words, newest first; with `everything` also superseded and withdrawn ones."""
    crm.refresh()
    client_ref = lookup.client(crm, client) if client else None
    wanted = [fold(word) for word in words]
    return [
        decision
        for decision in crm.catalog.decisions(client_ref)
        if (everything or decision.status == "in force") and all(word in _searchable_text(decision) for word in wanted)
    ]


def _searchable_text(decision: Decision) -> str:
    return fold(" ".join(filter(None, (decision.text, decision.topic, decision.project, decision.by, decision.client))))


class NewDecision(NamedTuple):
    """A decision to record: `by` and `project` are names, `supersedes` is a handle of an older decision or words of it."""

    text: str
    at: datetime | None = None  # now
    topic: str | None = None
    by: str | None = None
    via: str | None = None
    project: str | None = None
    supersedes: str | None = None


def decide(crm: Crm, client: str, new: NewDecision) -> WriteResult[Decision]:
    """Add a decision note. A decision note that it supersedes is marked as superseded, in the same undo step."""
    if not any(char.isalnum() for char in new.text):
        raise InvalidInput(f"{quoted(new.text)} has no words in it.", "Write the decision as a sentence.")
    client_ref = lookup.client(crm, client)
    old = lookup.decision(crm, new.supersedes, client_ref) if new.supersedes else None
    person, project = lookup.link(crm, "person", new.by, client_ref), lookup.link(crm, "project", new.project, client_ref)
    properties: dict[str, Writable] = {
        "date": (new.at or crm.now).replace(microsecond=0, tzinfo=None),
        "status": "in force",
        "topic": new.topic or (old.topic if old else None),
        "by": person,
        "via": new.via,
        "project": project,
        "supersedes": _link_to(old) if old else None,
    }
    location, sentence = note_location(crm, client_ref, "decisions"), new.text.rstrip(".")
    properties = title_property(sentence) | location.properties | properties
    with crm.writing() as writer:
        decision = create_note(crm, writer, "decision", location.folder, sentence, properties).decisions[0]
        if old is not None and old.kind == "note" and old.status == "in force":
            writer.edit(old.path, lambda data: set_property(split_page(data), "status", "superseded").join())
    return WriteResult(writer.created, writer.changed, decision._replace(client=client_ref.name))


def withdraw(crm: Crm, client: str, name: str) -> WriteResult[Decision]:
    """Mark a decision note as withdrawn: nothing replaces it. `name` is its handle, or words of it.

    Raises Refused for a decision without a note of its own, which can't have a status.
    """
    client_ref = lookup.client(crm, client)
    decision = lookup.decision(crm, name, client_ref)
    if decision.kind != "note":
        raise Refused(
            f"{quoted(decision.text)} is written in {decision.path}:{decision.line} and has no status of its own.",
            f"Record what replaces it: vaultcrm decide {shell_word(client_ref.name)} TEXT --supersedes {decision.id[:6]}",
        )
    with crm.writing() as writer:
        writer.edit(decision.path, lambda data: set_property(split_page(data), "status", "withdrawn").join())
    return WriteResult(writer.created, writer.changed, decision._replace(status="withdrawn"))


def _link_to(decision: Decision) -> str:
    """A link to a decision's note. A decision listed in an interaction has no note of its own: the link displays its words."""
    return make_wikilink(title_of_path(decision.path), "" if decision.kind == "note" else decision.text)
