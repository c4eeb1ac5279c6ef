"""Where things stand with one client: what to know before a call."""

from datetime import datetime
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.clients import ClientSummary, client, people, projects, summaries
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.due import urgency
from vaultcrm.links.ownership import ClientRef
from vaultcrm.model.convert import to_interaction
from vaultcrm.model.records import Decision, FollowUp, Interaction, Person, Point, Problem, Project


class Brief(NamedTuple):
    """Where things stand with one client. Lists hold what matters most first; `interactions` the newest first.

    `planned` are the interactions on days to come, the next one first.
    """

    summary: ClientSummary
    people: list[Person]
    projects: list[Project]
    owed_by_me: list[FollowUp]
    owed_by_them: list[FollowUp]
    decisions: list[Decision]
    feedback: list[Point]
    preferences: list[Point]
    questions: list[Point]
    interactions: list[Interaction]
    planned: list[Interaction]
    problems: list[Problem]

    def missing(self) -> list[str]:
        """What would be good to know before a call, but isn't written down."""
        get = self.summary.client.note.properties.get
        can_be_reached = get("email") or get("phone") or any(person.email or person.phone for person in self.people)
        useful: dict[str, object] = {
            "who to talk to": self.people,
            "an email address or phone number": can_be_reached,
            "a project": self.projects,
            "a next step": [*self.owed_by_me, *self.owed_by_them],
            "what was agreed": self.decisions,
            "how they like to work": self.preferences,
            "how often to be in touch": self.summary.client.cadence,
        }
        without_deadline = [f"the deadline of {project.name}" for project in self.projects if project.deadline is None]
        return [name for name, value in useful.items() if not value] + without_deadline


def brief(crm: Crm, name: str) -> Brief:
    """All that one screen about a client shows. Raises NotFound, InvalidInput."""
    crm.refresh()
    client_ref = lookup.client(crm, name)
    items = sorted(crm.catalog.follow_ups(("open", "waiting"), client_ref), key=urgency)
    points = crm.catalog.points(client_ref)
    conversations = interactions(crm, client_ref)
    return Brief(
        summary=summaries(crm, [client(crm, client_ref.path)])[0],
        people=people(crm, client_ref),
        projects=[project for project in projects(crm, client_ref) if project.is_running],
        owed_by_me=[item for item in items if item.status == "open"],
        owed_by_them=[item for item in items if item.status == "waiting"],
        decisions=[decision for decision in crm.catalog.decisions(client_ref) if decision.status == "in force"],
        feedback=[point for point in points if point.kind == "feedback"],
        preferences=[point for point in points if point.kind == "preference"],
        questions=[point for point in points if point.kind == "question"],
        interactions=[interaction for interaction in conversations if not interaction.is_planned(crm.today)],
        planned=[interaction for interaction in reversed(conversations) if interaction.is_planned(crm.today)],
        problems=crm.catalog.problems(client_ref.folder),
    )


def interactions(crm: Crm, client_ref: ClientRef) -> list[Interaction]:
    """A client's interactions, newest first; those without a date come last."""
    unsorted = [to_interaction(note, client_ref.name) for note in crm.catalog.client_notes("interaction", client_ref)]
    return sorted(unsorted, key=lambda interaction: (interaction.at or datetime.min, interaction.path), reverse=True)
