"""Log a conversation, with what was decided in it and what comes next."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.add import NewFollowUp, follow_up_properties
from vaultcrm.actions.crm import Crm, WriteResult
from vaultcrm.actions.inbox.waiting import INBOX
from vaultcrm.actions.new_note import NoteLocation, create_note, cut_at_word, note_location, title_property
from vaultcrm.errors import NotFound
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.excerpt import headline
from vaultcrm.markdown.wikilinks import make_wikilink
from vaultcrm.markdown.yaml_nodes import Writable
from vaultcrm.model.convert import to_interaction
from vaultcrm.model.records import Decision, FollowUp, Interaction

if TYPE_CHECKING:  # the journal is loaded when something is written
    from vaultcrm.vault.writer import Writer


class NewInteraction(NamedTuple):
    """A conversation to log: `people` are names of the client's people, `project` is a name of one of its projects."""

    text: str = ""
    at: datetime | None = None  # now
    channel: str | None = None
    direction: str | None = None
    project: str | None = None
    people: Sequence[str] = ()
    summary: str | None = None
    decisions: Sequence[str] = ()
    feedback: Sequence[str] = ()
    next_steps: Sequence[NewFollowUp] = ()
    tags: Sequence[str] = ()
    preferences: Sequence[str] = ()
    questions: Sequence[str] = ()


class LogResult(NamedTuple):
    """What was written. `unknown_people` have no note; their names are kept as text."""

    interaction: Interaction
    decisions: list[Decision]
    follow_ups: list[FollowUp]
    unknown_people: list[str]


def log(crm: Crm, client: str | None, new: NewInteraction) -> WriteResult[LogResult]:
    """Write an interaction note, and a follow-up note for each next step, which gets the interaction's project.

    Without a client they go to the inbox.
    """
    client_ref = lookup.client(crm, client) if client else None
    people, unknown_people = link_people(crm, client_ref, new.people)
    project = lookup.link(crm, "project", new.project, client_ref)
    at = (new.at or crm.now).replace(microsecond=0, tzinfo=None)
    properties: dict[str, Writable] = {
        "date": at,
        "channel": new.channel,
        "direction": new.direction,
        "people": [*people],
        "project": project,
        "summary": new.summary,
        "decisions": [*new.decisions],
        "feedback": [*new.feedback],
        "tags": [*new.tags],
    }
    location = note_location(crm, client_ref, "interactions") if client_ref else NoteLocation(INBOX, {})
    follow_up_location = note_location(crm, client_ref, "follow-ups") if client_ref else location
    title = f"{at:%Y-%m-%d %H%M} {short_title(new)}"
    with crm.writing() as writer:
        contents = create_note(crm, writer, "interaction", location.folder, title, location.properties | properties, body_text(new))
        origin = make_wikilink(contents.note.title)
        follow_ups = create_follow_ups(crm, writer, new.next_steps, project, origin, follow_up_location, client_ref)
    interaction = to_interaction(contents.note, client_ref.name if client_ref else None)
    result = LogResult(interaction, [*contents.decisions], follow_ups, unknown_people)
    return WriteResult(writer.created, writer.changed, result)


def create_follow_ups(
    crm: Crm, writer: "Writer", steps: Sequence[NewFollowUp], project: str | None, origin: str, location: NoteLocation,
    client_ref: ClientRef | None,
) -> list[FollowUp]:  # fmt: skip
    """Write a follow-up note for each next step. `project` is a link, and `origin` one to the conversation."""
    follow_ups = []
    for step in steps:
        properties = title_property(step.text) | location.properties | follow_up_properties(crm, step, project, origin=origin)
        note = create_note(crm, writer, "follow-up", location.folder, step.text, properties)
        follow_ups.append(note.follow_ups[0]._replace(client=client_ref.name if client_ref else None))
    return follow_ups


def body_text(new: NewInteraction) -> str:
    """The text, with a callout for each preference and question."""
    callouts = [f"> [!{kind}] {text}" for kind, texts in (("preference", new.preferences), ("question", new.questions)) for text in texts]
    return "\n\n".join([new.text.strip("\n")] * bool(new.text.strip()) + callouts)


def short_title(new: NewInteraction) -> str:
    """A title for the file: from the summary, the text or what was said, cut at a word; else the channel."""
    said = (new.summary or "", new.text, *new.decisions, *new.feedback, *new.preferences, *new.questions)
    title = next((title for text in said if (title := headline(text).lstrip("#-*> "))), "")
    if not title:
        return (new.channel or "note").capitalize()
    return cut_at_word(title).rstrip(" .,;:!?")


def link_people(crm: Crm, client_ref: ClientRef | None, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Links to the people named, and the names that no person has. Those stay text: a missing note must not lose a conversation."""
    links, unknown = [], []
    for name in names:
        try:
            links.append(make_wikilink(lookup.client_note(crm, "person", name, client_ref).title))
        except NotFound:
            links.append(name)
            unknown.append(name)
    return [*dict.fromkeys(links)], unknown
