"""Notes converted to clients, persons, projects and interactions."""

from datetime import date, datetime

import pytest

from vaultcrm.dates.duration import Duration
from vaultcrm.markdown.values import Value, as_list, as_text
from vaultcrm.model.convert import (
    body_day,
    body_project,
    client_link,
    note_day,
    to_choice,
    to_client,
    to_interaction,
    to_person,
    to_project,
    without_date,
)
from vaultcrm.model.records import Interaction, Note, Person, Project
from vaultcrm.model.schema import PROJECT_STATUSES


def note(path: str, excerpt: str = "", **properties: Value) -> Note:
    return Note(path, None, properties, excerpt)


@pytest.mark.parametrize(
    ("value", "one", "several"),
    [
        (None, None, ()),
        ("", None, ()),
        (" ", None, ()),
        ("a", "a", ("a",)),
        ([], None, ()),
        (["", "a", "b"], "a", ("a", "b")),
    ],
)
def test_one_value_and_a_list_of_one_are_read_alike(value: Value, one: str | None, several: tuple[str, ...]) -> None:
    assert as_text(value) == one
    assert as_list(value) == several


def test_a_choice_ignores_case_and_spaces_and_is_none_for_other_values() -> None:
    assert to_choice(" Active ", ("lead", "active")) == "active"
    assert to_choice("gone", ("lead", "active")) is None
    assert to_choice(None, ("lead", "active")) is None


def test_the_client_property_is_read_as_it_is_written() -> None:
    assert client_link(note("x.md", client="[[Acme]]")) == "[[Acme]]"
    assert client_link(note("x.md", client=["", "[[Acme]]"])) == "[[Acme]]"
    assert client_link(note("x.md")) is None


def test_a_client_has_the_properties_of_its_note() -> None:
    client = to_client(
        note("clients/Acme Studio/Acme Studio.md", status="Active", stage="delivery", aliases=["Acme", ""], tags="vip", cadence="3 weeks")
    )
    assert (client.name, client.path, client.folder) == ("Acme Studio", "clients/Acme Studio/Acme Studio.md", "clients/Acme Studio")
    assert (client.status, client.stage, client.aliases, client.tags, client.cadence) == (
        "active",
        "delivery",
        ("Acme",),
        ("vip",),
        Duration(3, "week"),
    )


def test_a_client_note_needs_no_valid_properties() -> None:
    client = to_client(note("Acme.md", cadence="now and then", status="friend"))
    assert (client.name, client.folder, client.status, client.stage, client.cadence, client.aliases) == (
        "Acme",
        "",
        None,
        None,
        None,
        (),
    )


def test_a_person_and_a_project_have_the_properties_of_their_notes() -> None:
    assert to_person(note("c/Dana Roe.md", role="Owner", email="d@x.y", phone=["1", "2"])) == Person(
        "Dana Roe", "c/Dana Roe.md", "Owner", ("d@x.y",), ("1", "2"), ()
    )
    project = to_project(
        note("c/projects/Web.md", "Make it new.", status="on hold", start="2026-06-01", deadline="soon", value="9600"), "Acme"
    )
    assert project == Project("Web", "c/projects/Web.md", "Acme", "on hold", None, date(2026, 6, 1), None, "9600", None, (), "Make it new.")
    running = {status: project._replace(status=status).is_running for status in (*PROJECT_STATUSES, None)}
    assert running == {"planned": True, "active": True, "on hold": True, "done": False, "cancelled": False, None: True}


@pytest.mark.parametrize(
    ("title", "properties", "day"),
    [
        ("x", {"date": "2026-01-01", "due": "2026-01-02"}, date(2026, 1, 1)),
        ("x", {"completedDate": "2026-01-03", "due": "2026-01-02"}, date(2026, 1, 3)),
        ("x", {"due": "2026-01-02"}, None),
        ("x", {"start": "2026-01-04", "completedDate": "2026-01-03"}, date(2026, 1, 3)),
        ("x", {"dateCreated": "2026-01-05T10:00:00", "start": "2026-01-04"}, date(2026, 1, 4)),
        ("2026-01-06 x", {"dateCreated": "2026-01-05T10:00:00"}, date(2026, 1, 5)),
        ("2026-01-06 x", {"date": "soon"}, date(2026, 1, 6)),
        ("x 2026-01-06", {}, None),
    ],
)
def test_the_day_of_a_note_is_the_first_of_its_dates_but_due_or_in_its_title(
    title: str, properties: dict[str, Value], day: date | None
) -> None:
    assert note_day(Note(f"c/{title}.md", None, properties, "")) == day


def test_a_body_has_the_date_of_its_note_or_of_its_title_and_no_other() -> None:
    assert body_day(note("2026-01-06 x.md", date="2026-01-01")) == date(2026, 1, 1)
    assert body_day(note("2026-01-06 x.md", due="2026-01-02")) == date(2026, 1, 6)
    assert body_day(note("x.md", due="2026-01-02")) is None


def test_a_body_is_about_the_project_of_its_note_or_the_note_itself() -> None:
    assert body_project(note("c/Web.md", project="[[Shop|the shop]]")) == "Shop"
    assert body_project(note("c/Web.md")._replace(type="project")) == "Web"
    assert body_project(note("c/Web.md")) is None


@pytest.mark.parametrize(("direction", "expected"), [("in", "in"), (" Out ", "out"), ("sideways", None), (None, None)])
def test_an_interaction_comes_in_or_goes_out(direction: Value, expected: str | None) -> None:
    assert to_interaction(note("x.md", direction=direction), None).direction == expected


@pytest.mark.parametrize(
    ("title", "rest"),
    [
        ("2026-11-02 1430 Pricing call", "Pricing call"),
        ("2026-11-02 Pricing call", "Pricing call"),
        ("2026-11-02 14305 parts", "14305 parts"),
        ("2026-11-02 1430", "2026-11-02 1430"),
        ("2026-11-02", "2026-11-02"),
        ("Call on 2026-11-02", "Call on 2026-11-02"),
    ],
)
def test_a_title_without_its_date_is_what_follows_the_date(title: str, rest: str) -> None:
    assert without_date(title) == rest


def test_an_interaction_has_the_properties_of_its_note() -> None:
    found = to_interaction(
        note(
            "c/interactions/2026-11-02 1430 Pricing call.md",
            "They want two options.",
            date="2026-11-02T14:35:00",
            channel="Call",
            direction="in",
            people=["[[Dana Roe|Dana]]", "Priya"],
            project="[[projects/Web]]",
            summary="Two options",
            tags=["price"],
        ),
        "Acme",
    )
    assert found == Interaction(
        "Pricing call", "c/interactions/2026-11-02 1430 Pricing call.md", "Acme", datetime(2026, 11, 2, 14, 35), "call", "in",
        ("Dana Roe", "Priya"), "Web", "Two options", ("price",),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("title", "date_property", "at", "expected_title"),
    [
        ("2026-11-02 1430 Pricing call", None, datetime(2026, 11, 2, 14, 30), "Pricing call"),
        ("2026-11-02 Pricing call", None, datetime(2026, 11, 2), "Pricing call"),
        ("2026-11-02 1430 Pricing call", "2026-11-03", datetime(2026, 11, 3), "Pricing call"),
        ("2026-11-02 1430 Pricing call", "yesterday", datetime(2026, 11, 2, 14, 30), "Pricing call"),
        ("2026-11-02 1430", None, datetime(2026, 11, 2, 14, 30), "2026-11-02 1430"),
        ("2026-11-02 14305 parts", None, datetime(2026, 11, 2), "14305 parts"),
        ("2026-11-021 call", None, None, "2026-11-021 call"),
        ("Pricing call", None, None, "Pricing call"),
        ("Pricing call", "2026-11-02 09:00", datetime(2026, 11, 2, 9), "Pricing call"),
    ],
)
def test_without_a_valid_date_the_file_name_dates_an_interaction(
    title: str, date_property: Value, at: datetime | None, expected_title: str
) -> None:
    interaction = to_interaction(note(f"c/{title}.md", "The body.", date=date_property), None)
    assert (interaction.at, interaction.title, interaction.summary) == (at, expected_title, "The body.")


def test_a_file_name_with_an_impossible_time_still_has_a_date() -> None:
    interaction = to_interaction(note("c/2026-11-02 9900 numbers.md"), None)
    assert (interaction.at, interaction.title) == (datetime(2026, 11, 2), "numbers")
