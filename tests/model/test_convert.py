"""A note's properties as a client, a person, a project, an interaction."""

from datetime import date, datetime

import pytest

from vaultcrm.markdown.values import Value, as_list, as_text
from vaultcrm.model.convert import to_choice, to_client, to_interaction, to_person, to_project
from vaultcrm.model.handles import handle
from vaultcrm.model.records import Interaction, Note, Person, Project


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


def test_a_handle_is_twelve_digits_that_follow_from_where_and_what_it_is() -> None:
    assert handle("a.md") == handle("a.md")
    assert len(handle("a.md")) == 12
    assert set(handle("a.md", "😀", "\ud800")) <= set("0123456789abcdef")
    assert len({handle("a.md"), handle("b.md"), handle("a.md", "x"), handle("a.mdx"), handle("a", ".md"), handle("a.md", "")}) == 6


def test_a_client_has_the_properties_of_its_note() -> None:
    client = to_client(
        note("clients/Acme Studio/Acme Studio.md", status="Active", stage="delivery", aliases=["Acme", ""], tags="vip", cadence="3 weeks")
    )
    assert (client.name, client.path, client.folder) == ("Acme Studio", "clients/Acme Studio/Acme Studio.md", "clients/Acme Studio")
    assert (client.status, client.stage, client.aliases, client.tags, client.cadence_days) == (
        "active",
        "delivery",
        ("Acme",),
        ("vip",),
        21,
    )


def test_a_client_note_needs_no_valid_properties() -> None:
    client = to_client(note("Acme.md", cadence="now and then", status="friend"))
    assert (client.name, client.folder, client.status, client.stage, client.cadence_days, client.aliases) == (
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
    assert project.is_running
    assert not project._replace(status="done").is_running


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
    ("title", "date_", "at", "shown"),
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
def test_without_a_valid_date_the_file_name_dates_an_interaction(title: str, date_: Value, at: datetime | None, shown: str) -> None:
    found = to_interaction(note(f"c/{title}.md", "The body.", date=date_), None)
    assert (found.at, found.title, found.summary) == (at, shown, "The body.")


def test_a_file_name_with_an_impossible_time_still_has_a_date() -> None:
    found = to_interaction(note("c/2026-11-02 9900 numbers.md"), None)
    assert found.at is not None
    assert found.at.date() == date(2026, 11, 2)
