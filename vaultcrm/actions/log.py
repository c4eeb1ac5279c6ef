"""One conversation, written down in one line, with what was decided and what comes next."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.add import follow_up_properties
from vaultcrm.actions.crm import Crm, WriteResult
from vaultcrm.actions.new_note import make, place, titled
from vaultcrm.errors import NotFound
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.wikilinks import to
from vaultcrm.markdown.yaml_nodes import Writable
from vaultcrm.model.convert import interaction_of
from vaultcrm.model.records import FollowUp, Interaction


class NextStep(NamedTuple):
    """What comes out of a conversation; `waiting` when the client owes it."""

    text: str
    due: date | None
    waiting: bool = False


class Talk(NamedTuple):
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


class Logged(NamedTuple):
    """What was written; `strangers` are people who have no note, kept as text."""

    interaction: Interaction
    follow_ups: list[FollowUp]
    strangers: list[str]


def log(crm: Crm, client: str, talk: Talk) -> WriteResult:
    """Write one interaction and a follow-up for each next step; the record is a Logged."""
    home = lookup.client(crm, client)
    links, strangers = _people(crm, home, talk.people)
    project = lookup.link(crm, "project", talk.project, home)
    at = (talk.at or crm.now).replace(microsecond=0, tzinfo=None)
    properties: dict[str, Writable] = {
        "date": at, "channel": talk.channel, "direction": talk.direction, "people": [*links], "project": project,
        "summary": talk.summary, "decisions": [*talk.decisions], "feedback": [*talk.feedback], "tags": [*talk.tags],
    }  # fmt: skip
    folder, belongs = place(crm, home, "interactions")
    below, _ = place(crm, home, "follow-ups")
    with crm.writing() as writer:
        note = make(crm, writer, "interaction", folder, f"{at:%Y-%m-%d %H%M} {title_for(talk)}", {**belongs, **properties}, talk.text).note
        follow_ups = []
        for step in talk.next_steps:
            step_properties = follow_up_properties(crm, step.due, waiting=step.waiting, project=project, origin=to(note.title))
            made = make(crm, writer, "follow-up", below, step.text, {**titled(step.text), **belongs, **step_properties})
            follow_ups.append(made.follow_ups[0]._replace(client=home.name))
    return WriteResult(writer.created, writer.changed, Logged(interaction_of(note, home.name), follow_ups, strangers))


def title_for(talk: Talk, limit: int = 60) -> str:
    """A short title for the file: the summary, else the first line of the text, cut at a word; else the channel."""
    first = (talk.summary or next((line for line in talk.text.splitlines() if line.strip()), "")).strip().lstrip("#-*> ").strip()
    if not first:
        return (talk.channel or "note").capitalize()
    for stop in (". ", "! ", "? ", "; "):
        first = first.partition(stop)[0]
    if len(first) > limit:
        first = first[: limit + 1].rpartition(" ")[0] or first[:limit]
    return first.rstrip(" .,;:!?")


def _people(crm: Crm, home: ClientRef, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Links to the people meant; who is not known stays text, since a talk must not be lost for want of a note."""
    links, strangers = [], []
    for name in names:
        try:
            links.append(to(lookup.belonging(crm, "person", name, home).title))
        except NotFound:
            links.append(name)
            strangers.append(name)
    return links, strangers
