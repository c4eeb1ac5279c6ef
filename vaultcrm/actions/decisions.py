"""What was agreed, and what replaced it."""

from collections.abc import Sequence
from datetime import datetime

from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm, WriteResult
from vaultcrm.actions.new_note import make, place, titled
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import NotUnderstood
from vaultcrm.markdown.edit import set_property
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.wikilinks import to
from vaultcrm.markdown.yaml_nodes import Writable
from vaultcrm.model.records import Decision
from vaultcrm.normalize import fold


def decisions(crm: Crm, client: str | None = None, words: Sequence[str] = (), everything: bool = False) -> list[Decision]:
    """Decisions in force, newest first, that hold all the words; with `everything` the replaced and withdrawn ones too."""
    crm.refresh()
    home = lookup.client(crm, client) if client else None
    wanted = [fold(word) for word in words]
    return [d for d in crm.catalog.decisions(home) if (everything or d.status == "in force") and all(w in _searched(d) for w in wanted)]


def _searched(decision: Decision) -> str:
    return fold(" ".join(filter(None, (decision.text, decision.topic, decision.project, decision.by, decision.client))))


def decide(
    crm: Crm, client: str, text: str, *, at: datetime | None = None, topic: str | None = None, by: str | None = None,
    via: str | None = None, project: str | None = None, supersedes: str | None = None,
) -> WriteResult:  # fmt: skip
    """A new decision; the one that it supersedes says so too, if it is a note. The record is the Decision."""
    if not any(char.isalnum() for char in text):
        raise NotUnderstood(f"{text!r} says nothing that could be agreed on.", "Write the decision as a sentence.")
    home = lookup.client(crm, client)
    old = lookup.decision(crm, supersedes, home) if supersedes else None
    person, work = lookup.link(crm, "person", by, home), lookup.link(crm, "project", project, home)
    folder, belongs = place(crm, home, "decisions")
    properties: dict[str, Writable] = {
        "date": (at or crm.now).replace(microsecond=0, tzinfo=None), "status": "in force", "topic": topic or (old.topic if old else None),
        "by": person, "via": via, "project": work, "supersedes": _link(old) if old else None,
    }  # fmt: skip
    with crm.writing() as writer:
        sentence = text.rstrip(".")
        made = make(crm, writer, "decision", folder, sentence, {**titled(sentence), **belongs, **properties}).decisions[0]
        if old is not None and old.kind == "note" and old.status == "in force":
            writer.edit(old.path, lambda data: set_property(split_page(data), "status", "superseded").join())
    return WriteResult(writer.created, writer.changed, made._replace(client=home.name))


def _link(old: Decision) -> str:
    """A link to what is replaced; to an item of an interaction by its words, which the link then shows."""
    return to(title_of_path(old.path), "" if old.kind == "note" else old.text)
