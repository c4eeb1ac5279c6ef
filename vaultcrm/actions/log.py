"""One conversation, written down in one line, with what was decided and what comes next."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.add import follow_up_properties
from vaultcrm.actions.crm import Crm, WriteResult
from vaultcrm.actions.new_note import create_note, note_location, title_property
from vaultcrm.errors import NotFound
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.wikilinks import make_wikilink
from vaultcrm.markdown.yaml_nodes import Writable
from vaultcrm.model.convert import to_interaction
from vaultcrm.model.records import FollowUp, Interaction


class NextStep(NamedTuple):
    """What comes out of a conversation; `waiting` when the client owes it."""

    text: str
    due: date | None
    waiting: bool = False


class NewInteraction(NamedTuple):
    """A conversation as it is told: `people` are names of the client's people, `project` a name of its projects."""

    text: str = ""
    at: datetime | None = None  # now
    channel: str | None = None
    direction: str | None = None
    project: str | None = None
    people: Sequence[str] = ()
    summary: str | None = None
    decisions: Sequence[str] = ()
    feedback: Sequence[str] = ()
    next_steps: Sequence[NextStep] = ()
    tags: Sequence[str] = ()


class LogResult(NamedTuple):
    """What was written; `strangers` are people who have no note, kept as text."""

    interaction: Interaction
    follow_ups: list[FollowUp]
    unknown_people: list[str]


def log(crm: Crm, client: str, interaction: NewInteraction) -> WriteResult[LogResult]:
    """Write one interaction and a follow-up for each next step; the record is a Logged."""
    client_ref = lookup.client(crm, client)
    links, strangers = _people(crm, client_ref, interaction.people)
    project = lookup.link(crm, "project", interaction.project, client_ref)
    at = (interaction.at or crm.now).replace(microsecond=0, tzinfo=None)
    properties: dict[str, Writable] = {
        "date": at,
        "channel": interaction.channel,
        "direction": interaction.direction,
        "people": [*links],
        "project": project,
        "summary": interaction.summary,
        "decisions": [*interaction.decisions],
        "feedback": [*interaction.feedback],
        "tags": [*interaction.tags],
    }
    folder, belongs = note_location(crm, client_ref, "interactions")
    below, _ = note_location(crm, client_ref, "follow-ups")
    with crm.writing() as writer:
        note = create_note(
            crm, writer, "interaction", folder, f"{at:%Y-%m-%d %H%M} {title_for(interaction)}", {**belongs, **properties}, interaction.text
        ).note
        follow_ups = []
        for step in interaction.next_steps:
            step_properties = follow_up_properties(crm, step.due, waiting=step.waiting, project=project, origin=make_wikilink(note.title))
            made = create_note(crm, writer, "follow-up", below, step.text, {**title_property(step.text), **belongs, **step_properties})
            follow_ups.append(made.follow_ups[0]._replace(client=client_ref.name))
    return WriteResult(writer.created, writer.changed, LogResult(to_interaction(note, client_ref.name), follow_ups, strangers))


def title_for(interaction: NewInteraction, limit: int = 60) -> str:
    """A short title for the file: the summary, else the first line of the text, cut at a word; else the channel."""
    first = (
        (interaction.summary or next((line for line in interaction.text.splitlines() if line.strip()), "")).strip().lstrip("#-*> ").strip()
    )
    if not first:
        return (interaction.channel or "note").capitalize()
    for stop in (". ", "! ", "? ", "; "):
        first = first.partition(stop)[0]
    if len(first) > limit:
        first = first[: limit + 1].rpartition(" ")[0] or first[:limit]
    return first.rstrip(" .,;:!?")


def _people(crm: Crm, client_ref: ClientRef, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Links to the people meant; who is not known stays text, since a talk must not be lost for want of a note."""
    links, strangers = [], []
    for name in names:
        try:
            links.append(make_wikilink(lookup.client_note(crm, "person", name, client_ref).title))
        except NotFound:
            links.append(name)
            strangers.append(name)
    return links, strangers
