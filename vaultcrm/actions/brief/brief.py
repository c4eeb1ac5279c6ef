"""Where things stand with one client: what to know before a call."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.brief.answers import ReceivedFile, possible_answers, received_files
from vaultcrm.actions.brief.people import Mention, in_order, last_talks, mentions
from vaultcrm.actions.clients import ClientSummary, client, interactions, people, projects, summaries
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.due import unanswered_messages, urgency
from vaultcrm.errors import Unreadable
from vaultcrm.markdown.page import split_page
from vaultcrm.model.records import Decision, FollowUp, Interaction, Person, Point, Problem, Project

_RECENT = 50  # talks of which a screen may quote the body


class Brief(NamedTuple):
    """Where things stand with one client. Lists hold what matters most first; `interactions` the newest first.

    `planned` are the interactions that lie ahead, the next one first. `last_talks` is the day of the last
    talk with each person, by path; `mentions` are people without a note; `answers` the talks and files that may have
    answered what the client owes, by the follow-up's handle; `excerpts` what the bodies say of the notes
    that are shown, by path.
    """

    summary: ClientSummary
    people: list[Person]
    mentions: list[Mention]
    last_talks: dict[str, date]
    projects: list[Project]
    ended_projects: list[Project]
    owed_by_me: list[FollowUp]  # with the messages that nobody has answered
    owed_by_them: list[FollowUp]
    answers: dict[str, Interaction | ReceivedFile]
    decisions: list[Decision]
    former_decisions: list[Decision]
    feedback: list[Point]
    preferences: list[Point]
    questions: list[Point]
    interactions: list[Interaction]
    planned: list[Interaction]
    problems: list[Problem]
    excerpts: dict[str, str]

    def missing(self) -> list[str]:
        """What would be good to know before a call, but isn't written down."""
        get = self.summary.client.note.properties.get
        can_be_reached = get("email") or get("phone") or any(person.email or person.phone for person in self.people)
        useful: dict[str, object] = {
            "who to talk to": [*self.people, *self.mentions],
            "an email address or phone number": can_be_reached,
        }
        is_current = self.summary.client.is_current
        if is_current:
            useful |= {
                "a project": [*self.projects, *self.ended_projects],
                "a next step": [*self.owed_by_me, *self.owed_by_them, *self.planned],
                "what was agreed": [*self.decisions, *self.former_decisions],
                "how they like to work": self.preferences,
                "how often to be in touch": self.summary.client.cadence,
            }
        without_deadline = [f"the deadline of {project.name}" for project in self.projects if is_current and project.deadline is None]
        return [name for name, value in useful.items() if not value] + without_deadline


def brief(crm: Crm, name: str) -> Brief:
    """All that one screen about a client shows. `name` may also be a person's, who then comes first.

    Raises NotFound, InvalidInput.
    """
    crm.refresh()
    client_ref, person = lookup.client_or_person(crm, name)
    messages = unanswered_messages(crm, client_ref)
    items = sorted([*crm.catalog.follow_ups(("open", "waiting"), client_ref), *messages], key=urgency)
    owed_by_them = [item for item in items if item.status == "waiting"]
    points = crm.catalog.points(client_ref)
    all_talks = interactions(crm, client_ref)
    talks = [talk for talk in all_talks if talk.is_past(crm.now)]
    planned = [talk for talk in reversed(all_talks) if talk.is_planned(crm.now)]
    all_people = people(crm, client_ref)
    days = last_talks(all_people, talks)
    all_projects = projects(crm, client_ref)
    decisions = sorted(
        crm.catalog.decisions(client_ref), key=lambda decision: (decision.on or date.min, decision.kind == "note"), reverse=True
    )
    in_force = [decision for decision in decisions if decision.status == "in force"]
    notes = [item.path for item in items if item.kind == "note"] + [decision.path for decision in in_force if decision.kind == "note"]
    notes += (
        [person.path for person in all_people]
        + [project.path for project in all_projects]
        + [talk.path for talk in (*talks[:_RECENT], *planned[:_RECENT])]
    )
    return Brief(
        summary=summaries(crm, [client(crm, client_ref.path)])[0],
        people=in_order(all_people, days, crm.today, first=person),
        mentions=mentions(all_people, talks),
        last_talks=days,
        projects=[project for project in all_projects if project.is_running],
        ended_projects=[project for project in all_projects if not project.is_running],
        owed_by_me=[item for item in items if item.status == "open"],
        owed_by_them=owed_by_them,
        answers=possible_answers(owed_by_them, talks, all_people, client_ref.name, received_files(crm, client_ref) if owed_by_them else ()),
        decisions=in_force,
        former_decisions=[decision for decision in decisions if decision.status != "in force"],
        feedback=_points(points, "feedback"),
        preferences=_points(points, "preference"),
        questions=_points(points, "question"),
        interactions=talks,
        planned=planned,
        problems=crm.catalog.problems(client_ref.folder),
        excerpts=crm.catalog.excerpts([client_ref.path, *notes]),
    )


def _points(points: Sequence[Point], kind: str) -> list[Point]:
    return [point for point in points if point.kind == kind]


def whole_body(crm: Crm, path: str) -> str:
    """The body of a note as plain lines; "" if it can't be read now."""
    try:
        body = split_page(crm.vault.read(path).data).body
    except (Unreadable, FileNotFoundError, UnicodeDecodeError):
        return ""
    return "\n".join(line for line in body.splitlines() if line.strip())
