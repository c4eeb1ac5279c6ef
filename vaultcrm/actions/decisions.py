"""What was agreed, and what replaced it."""

from collections.abc import Sequence
from datetime import datetime

from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm, WriteResult
from vaultcrm.actions.new_note import create_note, note_location, title_property
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import InvalidInput
from vaultcrm.markdown.edit import set_property
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.wikilinks import make_wikilink
from vaultcrm.markdown.yaml_nodes import Writable
from vaultcrm.model.records import Decision
from vaultcrm.normalize import fold


def decisions(crm: Crm, client: str | None = None, words: Sequence[str] = (), everything: bool = False) -> list[Decision]:
    """Decisions in force, newest first, that hold all the words; with `everything` the replaced and withdrawn ones too."""
    crm.refresh()
    client_ref = lookup.client(crm, client) if client else None
    wanted = [fold(word) for word in words]
    return [
        d for d in crm.catalog.decisions(client_ref) if (everything or d.status == "in force") and all(w in _searched(d) for w in wanted)
    ]


def _searched(decision: Decision) -> str:
    return fold(" ".join(filter(None, (decision.text, decision.topic, decision.project, decision.by, decision.client))))


def decide(
    crm: Crm, client: str, text: str, *, at: datetime | None = None, topic: str | None = None, by: str | None = None,
    via: str | None = None, project: str | None = None, supersedes: str | None = None,
) -> WriteResult[Decision]:  # fmt: skip
    """A new decision; the one that it supersedes says so too, if it is a note. The record is the Decision."""
    if not any(char.isalnum() for char in text):
        raise InvalidInput(f"{text!r} says nothing that could be agreed on.", "Write the decision as a sentence.")
    client_ref = lookup.client(crm, client)
    old = lookup.decision(crm, supersedes, client_ref) if supersedes else None
    person, work = lookup.link(crm, "person", by, client_ref), lookup.link(crm, "project", project, client_ref)
    folder, belongs = note_location(crm, client_ref, "decisions")
    properties: dict[str, Writable] = {
        "date": (at or crm.now).replace(microsecond=0, tzinfo=None), "status": "in force", "topic": topic or (old.topic if old else None),
        "by": person, "via": via, "project": work, "supersedes": _link(old) if old else None,
    }  # fmt: skip
    with crm.writing() as writer:
        sentence = text.rstrip(".")
        made = create_note(crm, writer, "decision", folder, sentence, {**title_property(sentence), **belongs, **properties}).decisions[0]
        if old is not None and old.kind == "note" and old.status == "in force":
            writer.edit(old.path, lambda data: set_property(split_page(data), "status", "superseded").join())
    return WriteResult(writer.created, writer.changed, made._replace(client=client_ref.name))


def _link(old: Decision) -> str:
    """A link to what is replaced; to an item of an interaction by its words, which the link then shows."""
    return make_wikilink(title_of_path(old.path), "" if old.kind == "note" else old.text)
