"""New clients, people, projects and follow-ups: the notes that are written, and what is refused."""

from datetime import date
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with, note
from tests.support import contents
from vaultcrm.actions import add
from vaultcrm.actions.add import NewFollowUp
from vaultcrm.actions.crm import Crm
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
    assert raised.value.hint == f'See it with: vaultcrm client show "{name}"'
    assert new_files(crm) == {}


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
    rule = ("FREQ=WEEKLY", "completion")
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
            NewFollowUp("x", rule=("FREQ=DAILY", "scheduled")),
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
