"""Decisions: what was agreed with a client, and what replaced it."""

from collections.abc import Sequence
from datetime import datetime, time
from shlex import quote
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm, WriteResult
from vaultcrm.actions.new_note import create_note, note_location, title_property
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import InvalidInput, Refused
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.callouts import find_callouts, with_state
from vaultcrm.markdown.edit import set_property
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.wikilinks import make_wikilink
from vaultcrm.markdown.yaml_nodes import Writable
from vaultcrm.model.read_note import read_back
from vaultcrm.model.records import Decision
from vaultcrm.normalize import fold
from vaultcrm.quoting import quoted, shell_word
from vaultcrm.vault.writer import Writer


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


class AlreadySuperseded(Refused):
    """Another decision has replaced it, so two would be in force where one was."""


def decide(crm: Crm, client: str, new: NewDecision, again: bool = False) -> WriteResult[Decision]:
    """Add a decision note. A decision note or callout that it supersedes is marked as superseded, in the same undo step.

    Raises AlreadySuperseded for a decision that another one has superseded, unless `again`.
    """
    if not any(char.isalnum() for char in new.text):
        raise InvalidInput(f"{quoted(new.text)} has no words in it.", "Write the decision as a sentence.")
    client_ref = lookup.client(crm, client)
    old = lookup.decision(crm, new.supersedes, client_ref) if new.supersedes else None
    if old is not None and old.status == "superseded" and not again:
        replacement = crm.catalog.replacements(client_ref).get(old.id)
        by = f" by {quoted(replacement.text)}" if replacement else ""
        way = f"To replace that one: --supersedes {replacement.id[:6]}. " if replacement else ""
        raise AlreadySuperseded(f"{quoted(old.text)} is superseded already{by}.", f"{way}To go on all the same, add: --yes")
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
        elif old is not None and old.kind == "callout" and old.status == "in force":
            _mark_callout(writer, old, "superseded")  # in a callout that holds others as well, the link is enough
    return WriteResult(writer.created, writer.changed, decision._replace(client=client_ref.name))


def withdraw(crm: Crm, client: str, name: str) -> WriteResult[Decision]:
    """Mark a decision as withdrawn: nothing replaces it. `name` is its handle, or words of it.

    An item of a conversation can't have a status, so it gets a note of its own that has it. Raises Refused for a decision in
    a callout that holds others as well.
    """
    client_ref = lookup.client(crm, client)
    decision = lookup.decision(crm, name, client_ref)
    withdrawn = decision._replace(status="withdrawn")
    with crm.writing() as writer:
        if decision.kind == "note":
            writer.edit(decision.path, lambda data: set_property(split_page(data), "status", "withdrawn").join())
        elif decision.kind == "interaction":
            withdrawn = _withdrawn_note(crm, writer, decision, client_ref)
        elif not _mark_callout(writer, decision, "withdrawn"):
            raise Refused(
                f"{quoted(decision.text)} stands in a callout with other decisions ({decision.path}:{decision.line}).",
                f"Give it a callout of its own: vaultcrm edit {decision.id[:6]}. "
                f"Or record what replaces it: vaultcrm decide {shell_word(client_ref.name)} TEXT --supersedes {decision.id[:6]}",
            )
    return WriteResult(writer.created, writer.changed, withdrawn)


def _withdrawn_note(crm: Crm, writer: Writer, decision: Decision, client_ref: ClientRef) -> Decision:
    """Write the note of a decision that is an item of a conversation, withdrawn. The two are one decision."""
    location, sentence = note_location(crm, client_ref, "decisions"), decision.text.rstrip(".")
    properties: dict[str, Writable] = {
        "date": datetime.combine(decision.on, time()) if decision.on else None,
        "status": "withdrawn",
        "via": decision.via,
        "project": make_wikilink(decision.project) if decision.project else None,
        "from": make_wikilink(title_of_path(decision.path)),
    }
    properties = title_property(sentence) | location.properties | properties
    contents = create_note(crm, writer, "decision", location.folder, sentence, properties)
    return contents.decisions[0]._replace(client=client_ref.name)


def _mark_callout(writer: Writer, decision: Decision, state: str) -> bool:
    """Write a state beside the kind of the callout that a decision is. Returns False for a callout that holds others as well."""
    is_alone = True

    def apply(data: bytes) -> bytes:
        nonlocal is_alone
        page = split_page(data)
        callouts = find_callouts(page.body, page.body_line)
        line = next((c.header_line for c in callouts if c.kind == "decision" and c.text == decision.text), None)
        if line is None:
            raise Refused(f"{quoted(decision.text)} isn't there any more.", f"Look at it: vaultcrm edit {quote(decision.path)}")
        is_alone = [callout.header_line for callout in callouts].count(line) == 1
        return _edit_header(data, line, state, decision) if is_alone else data

    writer.edit(decision.path, apply)
    return is_alone


def _edit_header(data: bytes, line: int, state: str, decision: Decision) -> bytes:
    """The note with another first line of a callout (from 1 within the file). Verified: nothing else may change."""
    before = read_back(decision.path, data)
    lines = data.split(b"\n")
    lines[line - 1] = with_state(lines[line - 1].decode("utf-8"), state).encode("utf-8")
    edited = b"\n".join(lines)
    after = read_back(decision.path, edited)
    changed = tuple(item._replace(status=state) if item.id == decision.id else item for item in before.decisions)
    if after != before._replace(decisions=changed):
        raise Refused(f"{decision.path}:{line} can't be edited without changing more than that.", "Change it in your editor.")
    return edited


def _link_to(decision: Decision) -> str:
    """A link to a decision's note. A decision listed in an interaction has no note of its own: the link displays its words."""
    return make_wikilink(title_of_path(decision.path), "" if decision.kind == "note" else decision.text)
