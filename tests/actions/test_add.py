"""New clients, people, projects and follow-ups: the notes that are written, and what is refused."""

import re
from datetime import date
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with, note
from tests.support import contents
from vaultcrm.actions import add
from vaultcrm.actions.add import NewFollowUp
from vaultcrm.actions.crm import Crm
from vaultcrm.dates.recurrence import Recurrence
from vaultcrm.errors import AlreadyExists, InvalidInput, NotFound, VaultcrmError

FILES = {
    "clients/Acme/Acme.md": note("client", "aliases: [Acme Inc]"), "clients/Acme/Dana.md": note("person"),
    "clients/Acme/Site.md": note("project"), "People.md": CLIENT, "Shops.md": CLIENT,
}  # fmt: skip


@pytest.fixture
def crm(tmp_path: Path) -> Crm:
    return crm_with(tmp_path / "v", FILES)


def new_files(crm: Crm) -> dict[str, str]:
    """The files that were added to the vault, with their contents."""
    return {path: data.decode() for path, data in contents(Path(crm.vault.root)).items() if path not in FILES}


def test_a_client_gets_a_folder_and_a_note(crm: Crm) -> None:
    result = add.add_client(crm, "Blue Whale", {"status": "lead", "email": ["a@b.example"]}, "They build boats.")
    path = "clients/Blue Whale/Blue Whale.md"
    assert (result.created, result.changed, result.record.name, result.record.status) == ([path], [], "Blue Whale", "lead")
    assert new_files(crm) == {
        path: "---\ntype: client\nstatus: lead\nemail:\n  - a@b.example\n---\n\nThey build boats.\n\n## Preferences\n"
    }


def test_a_name_that_no_file_can_have_becomes_an_alias(crm: Crm) -> None:
    result = add.add_client(crm, "Roe: & Co", {"aliases": ["RC"]})
    assert (result.created, result.record.aliases) == (["clients/Roe - & Co/Roe - & Co.md"], ("Roe: & Co", "RC"))


@pytest.mark.parametrize("name", ["acme", "ACME INC"])
def test_a_client_with_a_name_or_alias_of_another_is_refused(name: str, crm: Crm) -> None:
    with pytest.raises(AlreadyExists) as raised:
        add.add_client(crm, name, {})
    assert raised.value.message == f"There is already a client called {name!r}: clients/Acme/Acme.md."
    assert raised.value.hint == 'See it with: vaultcrm client show "Acme"'
    assert new_files(crm) == {}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Fox", "Fox"), ("Fox", "fox"), ("Fox", "FOX "), ("Zoë", "ZOE"), ("North / South", "North: South"),
        ("North: South", "North - South"),
        ("O'Brien", "O’Brien"), ("Who?", "Who"), ("Fox", "Fox\u200b"),
    ],
)  # fmt: skip
def test_a_client_that_was_just_added_is_refused_however_it_is_spelled(first: str, second: str, tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {"vaultcrm.toml": ""})
    path = add.add_client(crm, first, {}).created[0]
    before = contents(tmp_path / "v")
    with pytest.raises(AlreadyExists, match=re.escape(path)):
        add.add_client(crm, second, {})
    with pytest.raises(AlreadyExists, match=re.escape(path)):
        add.add_client(crm, "Another", {"aliases": [second]})
    assert contents(tmp_path / "v") == before


BROKEN = "---\na: b\n"
AT = "is there already, and"
UNCLOSED = """can't be read (line 1): The properties start with "---" on line 1 and are never closed."""


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("clients/New/New.md", BROKEN, f"clients/New/New.md {AT} {UNCLOSED}"),
        ("clients/new/NEW.md", BROKEN, f"clients/new/NEW.md {AT} {UNCLOSED}"),
        ("old/New/New.md", "a\0b", f"old/New/New.md {AT} can't be read (line 1): It contains binary data."),
        ("clients/New/New.md", "Only text.", f"clients/New/New.md {AT} it isn't a client."),
        ("clients/New/New.md", note("person"), f"clients/New/New.md {AT} it isn't a client."),
    ],
)  # fmt: skip
def test_a_note_in_the_place_of_a_new_client_is_named(path: str, text: str, message: str, tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {path: text})
    with pytest.raises(AlreadyExists) as raised:
        add.add_client(crm, "New", {})
    assert raised.value.message == message
    assert raised.value.hint in (f"Fix it with: vaultcrm edit {path}", f"To make it one: vaultcrm set {path} type=client")
    assert list(contents(tmp_path / "v")) == [path]


@pytest.mark.parametrize("text", [BROKEN, "Only text."])
def test_a_note_in_the_place_of_a_new_person_or_project_is_named(text: str, tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, "clients/Acme/Bea.md": text, "clients/Acme/projects/Site.md": text})
    for attempt in (lambda: add.add_person(crm, "acme", "bea", {}), lambda: add.add_project(crm, "acme", "SITE", {})):
        with pytest.raises(AlreadyExists):
            attempt()
    assert len(contents(tmp_path / "v")) == 3


def test_a_person_may_have_the_name_of_the_client(crm: Crm) -> None:
    assert add.add_person(crm, "acme", "Acme", {}).created == ["clients/Acme/Acme 2.md"]


def test_a_folder_that_is_there_in_another_case_is_used(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {"Clients/FOX/logo.svg": ""})
    assert add.add_client(crm, "Fox", {}).created == ["Clients/FOX/Fox.md"]


@pytest.mark.parametrize("name", ["", "?!", "..."])
def test_a_name_without_letters_is_refused(name: str, crm: Crm) -> None:
    for noun, attempt in (
        ("client", lambda: add.add_client(crm, name, {})),
        ("person", lambda: add.add_person(crm, "acme", name, {})),
        ("project", lambda: add.add_project(crm, "acme", name, {})),
    ):
        with pytest.raises(InvalidInput) as raised:
            attempt()
        assert raised.value.message == f"{name!r} can't be the name of a {noun}."
    assert new_files(crm) == {}


def test_people_and_projects_are_put_into_the_clients_folder(crm: Crm) -> None:
    person = add.add_person(crm, "acme", "Bea Lo", {"role": "Owner"})
    project = add.add_project(crm, "acme", "Shop?", {"status": "planned"}, "A small shop.")
    assert (person.record.name, person.record.role) == ("Bea Lo", "Owner")
    assert (project.record.name, project.record.client, project.record.status) == ("Shop", "Acme", "planned")
    assert new_files(crm) == {
        "clients/Acme/Bea Lo.md": "---\ntype: person\nrole: Owner\n---\n",
        "clients/Acme/projects/Shop.md": "---\ntype: project\nstatus: planned\naliases:\n  - Shop?\n---\n\nA small shop.\n",
    }


def test_a_client_without_a_folder_of_its_own_gets_one_and_is_named_by_its_notes(crm: Crm) -> None:
    add.add_person(crm, "people", "Bea", {})
    add.add_follow_up(crm, "people", NewFollowUp("Call Bea"))
    assert new_files(crm) == {
        "People/Bea.md": '---\ntype: person\nclient: "[[People]]"\n---\n',
        "People/follow-ups/Call Bea.md":
            '---\ntype: follow-up\nclient: "[[People]]"\nstatus: open\ndateCreated: 2026-11-16T09:30:00\n---\n',
    }  # fmt: skip


def test_a_second_person_or_project_of_the_same_name_is_refused(crm: Crm) -> None:
    with pytest.raises(AlreadyExists) as raised:
        add.add_person(crm, "acme", "DANA", {})
    assert raised.value.message == "Acme already has a person called 'Dana': clients/Acme/Dana.md."
    assert raised.value.hint == 'Change it with: vaultcrm set "Dana" KEY=VALUE'
    with pytest.raises(AlreadyExists, match="Acme already has a project called 'Site'"):
        add.add_project(crm, "acme", "site", {})
    assert add.add_person(crm, "people", "Dana", {}).created == ["People/Dana.md"]  # another client's


def test_a_follow_up_with_everything(crm: Crm) -> None:
    rule = Recurrence("FREQ=WEEKLY", "completion")
    new = NewFollowUp("Send: the quote", date(2026, 11, 20), True, "high", rule, date(2026, 11, 18), "site", "dana")
    item = add.add_follow_up(crm, "acme", new).record
    path = "clients/Acme/follow-ups/Send - the quote.md"
    assert (item.path, item.text, item.status, item.client, item.project) == (path, "Send: the quote", "waiting", "Acme", "Site")
    assert new_files(crm) == {
        path: '---\ntype: follow-up\ntitle: "Send: the quote"\nstatus: waiting\ndue: 2026-11-20\nscheduled: 2026-11-18\npriority: high\n'
        'recurrence: FREQ=WEEKLY\nrecurrence_anchor: completion\nproject: "[[Site]]"\nperson: "[[Dana]]"\n'
        "dateCreated: 2026-11-16T09:30:00\n---\n"
    }


def test_two_follow_ups_with_the_same_text_get_different_files(crm: Crm) -> None:
    paths = [add.add_follow_up(crm, "acme", NewFollowUp("Call")).record.path for _ in range(2)]
    assert paths == ["clients/Acme/follow-ups/Call.md", "clients/Acme/follow-ups/Call 2.md"]


@pytest.mark.parametrize(
    ("new", "error", "message", "hint"),
    [
        (NewFollowUp("?!"), InvalidInput, "'?!' has no words in it.", "Say what is to be done."),
        (
            NewFollowUp("x", rule=Recurrence("FREQ=DAILY", "scheduled")),
            InvalidInput,
            "A recurring follow-up needs a first date.",
            "Add one with --due.",
        ),
        (
            NewFollowUp("x", project="nope"),
            NotFound,
            "No project of Acme is called 'nope'.",
            'Add one with: vaultcrm project add "Acme" "nope"',
        ),
    ],
)
def test_a_follow_up_that_is_refused(new: NewFollowUp, error: type[VaultcrmError], message: str, hint: str, crm: Crm) -> None:
    with pytest.raises(error) as raised:
        add.add_follow_up(crm, "acme", new)
    assert (raised.value.message, raised.value.hint) == (message, hint)
    assert new_files(crm) == {}
