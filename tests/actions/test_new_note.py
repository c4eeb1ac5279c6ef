"""New notes: the folder they go to, their file name, their first contents."""

from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with
from vaultcrm.actions.add import NewFollowUp, add_follow_up, add_person, add_project
from vaultcrm.actions.check import problems
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.decisions import NewDecision, decide
from vaultcrm.actions.log import NewInteraction, log
from vaultcrm.actions.new_note import NoteLocation, create_note, note_location, title_property
from vaultcrm.actions.rename import rename
from vaultcrm.errors import InvalidInput
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.yaml_nodes import Writable
from vaultcrm.model.records import Problem


def crm_of(tmp_path: Path, **templates: str) -> Crm:
    files = {"clients/Acme/Acme.md": CLIENT, "People.md": CLIENT, "Shops.md": CLIENT, "c/Fox.md": CLIENT, "c/Owl.md": CLIENT}
    files |= {"people/Jane.md": CLIENT, "people/Bob.md": "", "acme/Acme Studio.md": CLIENT, "acme/Dana.md": "---\ntype: person\n---\n"}
    files |= {"fab/Fab Lab.md": CLIENT, "fab/Ideas.md": "", "fab/interactions/2026-11-02 Call.md": "---\ntype: interaction\n---\n"}
    return crm_with(tmp_path / "v", files | {f"templates/{name}.md": text for name, text in templates.items()})


@pytest.mark.parametrize(
    ("path", "subfolder", "expected"),
    [
        ("clients/Acme/Acme.md", "", NoteLocation("clients/Acme", {})),
        ("clients/Acme/Acme.md", "projects", NoteLocation("clients/Acme/projects", {})),
        ("clients/Acme/Other.md", "", NoteLocation("clients/Acme/Other", {"client": "[[Other]]"})),  # the folder is Acme's
        ("People.md", "", NoteLocation("People", {"client": "[[People]]"})),
        ("People.md", "projects", NoteLocation("People/projects", {"client": "[[People]]"})),
        ("c/Fox.md", "projects", NoteLocation("c/Fox/projects", {"client": "[[Fox]]"})),
        # a folder of another name is the client's, unless it is shared with notes of all kinds
        ("people/Jane.md", "interactions", NoteLocation("people/Jane/interactions", {"client": "[[Jane]]"})),
        ("acme/Acme Studio.md", "interactions", NoteLocation("acme/interactions", {})),
        ("fab/Fab Lab.md", "interactions", NoteLocation("fab/interactions", {})),
    ],
)
def test_where_a_clients_note_goes(path: str, subfolder: str, expected: NoteLocation, tmp_path: Path) -> None:
    crm = crm_of(tmp_path)
    crm.refresh()
    assert note_location(crm, ClientRef.at(path), subfolder) == expected


def test_in_a_vault_with_client_links_every_new_note_names_its_client(tmp_path: Path) -> None:
    files = {"clients/Acme/Acme.md": CLIENT, "clients/Fox/Fox.md": CLIENT, "b/Fox/Fox.md": CLIENT, "vaultcrm.toml": "client_links = true\n"}
    crm = crm_with(tmp_path / "v", files)
    crm.refresh()
    link: dict[str, Writable] = {"client": "[[Acme]]"}
    assert note_location(crm, ClientRef.at("clients/Acme/Acme.md"), "projects") == NoteLocation("clients/Acme/projects", link)
    for path in ("clients/Fox/Fox.md", "b/Fox/Fox.md"):  # each has the other's name, and is nearer to its own notes
        assert note_location(crm, ClientRef.at(path)) == NoteLocation(path.removesuffix("/Fox.md"), {"client": "[[Fox]]"})


def test_every_command_writes_the_link_and_the_notes_stay_the_clients(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, "vaultcrm.toml": "client_links = true\n"})
    add_person(crm, "acme", "Dana Roe", {})
    add_project(crm, "acme", "Site", {})
    log(crm, "acme", NewInteraction("We talked.", project="site", next_steps=[NewFollowUp("Send it")]))
    add_follow_up(crm, "acme", NewFollowUp("Ask her"))
    decide(crm, "acme", NewDecision("Two rounds"))
    crm.refresh()
    acme = ClientRef.at("clients/Acme/Acme.md")
    assert dict(crm.catalog.explicit_owners()) == {
        f"clients/Acme/{name}.md": acme
        for name in (
            "Dana Roe", "decisions/Two rounds", "follow-ups/Ask her", "follow-ups/Send it",
            "interactions/2026-11-16 0930 We talked", "projects/Site",
        )
    }  # fmt: skip
    assert problems(crm) == []
    rename(crm, "acme", "Zoë & Co")
    crm.refresh()
    zoe = ClientRef.at("clients/Zoë & Co/Zoë & Co.md")
    assert {
        (note.properties["client"], crm.catalog.owner_of(note.path, "[[Zoë & Co]]"))
        for note in crm.catalog.notes()
        if note.type != "client"
    } == {("[[Zoë & Co]]", zoe)}


def test_a_note_that_was_moved_by_hand_is_reported_where_the_links_are_written(tmp_path: Path) -> None:
    files = {"clients/Acme/Acme.md": CLIENT, "clients/Fox/Fox.md": CLIENT, "clients/Fox/a.md": '---\nclient: "[[Acme]]"\n---\n'}
    assert problems(crm_with(tmp_path / "v", files)) == []  # somebody means it
    crm = crm_with(tmp_path / "w", files | {"vaultcrm.toml": "client_links = true\n"})
    message = "This note is in the folder of Fox, but its property client says that it belongs to Acme."
    assert problems(crm) == [Problem("clients/Fox/a.md", 1, "other-client", message)]
    assert problems(crm, "clients/Acme") == []


def test_a_note_is_created_from_the_vaults_template_and_never_overwrites(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, project="---\n{{ properties }}\n---\n# {{ title }}\n{{ text }}\n")
    with crm.writing() as writer:
        notes = [create_note(crm, writer, "project", "p", "What: now?", {"stage": "contact"}, "Soon.").note for _ in range(2)]
    assert [note.path for note in notes] == ["p/What - now.md", "p/What - now 2.md"]
    assert notes[0].properties == {"type": "project", "stage": "contact"}
    for note in notes:
        assert (tmp_path / "v" / note.path).read_text() == "---\ntype: project\nstage: contact\n---\n# What: now?\nSoon.\n"


def test_a_template_that_loses_the_properties_is_refused(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, project="# {{ title }}\n")
    with crm.writing() as writer, pytest.raises(InvalidInput, match=r"project\.md"):
        create_note(crm, writer, "project", "p", "x", {"stage": "contact"})
    assert not (tmp_path / "v/p").exists()


def test_a_title_that_no_file_can_have_is_kept_as_a_property() -> None:
    assert title_property("Send it") == {}
    assert title_property("Send\n  it") == {}
    assert title_property("Send: it?") == {"title": "Send: it?"}


def test_the_title_of_a_follow_up_stays_as_it_was_typed_when_its_file_gets_a_number(tmp_path: Path) -> None:
    crm = crm_of(tmp_path)
    for title, expected in (("Send invoice", [{}, {"title": "Send invoice"}]), ("Q: x", [{"title": "Q: x"}, {"title": "Q: x"}])):
        with crm.writing() as writer:
            notes = [create_note(crm, writer, "follow-up", "f", title, title_property(title)) for _ in range(2)]
        assert [contents.follow_ups[0].text for contents in notes] == [title, title]
        assert [contents.note.properties for contents in notes] == [{"type": "follow-up"} | properties for properties in expected]
    assert sorted(path.name for path in (tmp_path / "v/f").iterdir()) == ["Q - x 2.md", "Q - x.md", "Send invoice 2.md", "Send invoice.md"]
