"""Notes of the inbox filed with a client: what moves, what changes in them, and that undo takes back all of it."""

from pathlib import Path

import pytest

from tests.actions.inbox.notes import ACME, SAM, inbox_crm, parked_by_title, parked_note
from tests.actions.vaults import CLIENT, note
from tests.support import contents
from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.import_settings import SenderRule
from vaultcrm.actions.inbox.filing import Target, file_notes, new_client, person_of
from vaultcrm.actions.inbox.parked import parked_notes, with_followers
from vaultcrm.actions.undo import undo
from vaultcrm.errors import AlreadyExists, InvalidInput, NotFound, UsageError
from vaultcrm.links.ownership import ClientRef

CLIENT_REF = ClientRef.at(ACME)
FOLDER = "clients/Acme/interactions"


def texts(crm: Crm) -> dict[str, str]:
    """The files of the vault, apart from its settings."""
    return {path: data.decode() for path, data in contents(Path(crm.vault.root)).items() if path != "vaultcrm.toml"}


def test_a_note_moves_and_loses_its_reason_and_nothing_else_changes(tmp_path: Path) -> None:
    text = parked_note(SAM, summary="A new site # really", body="Hello.  \nBye.")
    crm = inbox_crm(tmp_path / "v", {"2026-11-10 0900 New site.md": text, "other.md": parked_note("x@y.example")})
    before = contents(tmp_path / "v")
    result = file_notes(crm, [parked_by_title(crm)["2026-11-10 0900 New site"]], Target(CLIENT_REF))
    new = f"{FOLDER}/2026-11-10 0900 New site.md"
    assert texts(crm) == {ACME: CLIENT, new: text.replace("unfiled: It isn't known.\n", ""), "inbox/other.md": parked_note("x@y.example")}
    assert (result.created, result.changed) == ([], [new])
    assert (result.record.notes, result.record.moved) == ([new], [("inbox/2026-11-10 0900 New site.md", new)])
    undo(crm.vault.root)
    assert contents(tmp_path / "v") == before


def test_people_and_the_project_are_linked_as_an_import_would(tmp_path: Path) -> None:
    crm = inbox_crm(
        tmp_path / "v",
        {
            "a.md": parked_note("Sam Field (SAM@field.example)", "Kit (kit@y.example)"),
            "b.md": parked_note("Kit (kit@y.example)", project='"[[Old one]]"'),
            "clients/Acme/Sam Field.md": note("person", "email: sam@field.example"),
            "clients/Acme/projects/Site.md": note("project", "status: active"),
        },
    )
    file_notes(crm, parked_notes(crm), Target(CLIENT_REF))
    a, b = (crm.vault.read(f"{FOLDER}/{name}.md").data.decode() for name in "ab")
    assert 'people:\n  - "[[Sam Field]]"\n  - Kit (kit@y.example)\n' in a
    assert 'project: "[[Site]]"\n' in a
    assert "people:\n  - Kit (kit@y.example)\n" in b
    assert 'project: "[[Old one]]"\n' in b


def test_attachments_go_along_unless_another_note_in_the_inbox_needs_them(tmp_path: Path) -> None:
    files = {
        "a.md": parked_note(SAM, body="[[one.pdf]] [[both.pdf]] ![p](files/p.png)"),
        "b.md": parked_note("x@y.example", body="[[both.pdf]] [[a]]"),
        "inbox/files/one.pdf": "1",
        "inbox/files/both.pdf": "2",
        "inbox/files/p.png": "3",
        "clients/Acme/files/one.pdf": "other",
    }
    crm = inbox_crm(tmp_path / "v", files)
    before = contents(tmp_path / "v")
    result = file_notes(crm, [parked_by_title(crm)["a"]], Target(CLIENT_REF))
    found = texts(crm)
    assert {path for path in found if not path.endswith(".md")} == {
        "clients/Acme/files/one.pdf", "clients/Acme/files/one 2.pdf", "clients/Acme/files/p.png", "inbox/files/both.pdf",
    }  # fmt: skip
    assert found["clients/Acme/files/one 2.pdf"] == "1"
    assert found[f"{FOLDER}/a.md"].endswith("[[one 2.pdf]] [[both.pdf]] ![p](../files/p.png)\n")
    assert result.record.skipped_links == []
    file_notes(crm, parked_notes(crm), Target(CLIENT_REF))
    assert "inbox/files/both.pdf" not in texts(crm)
    assert crm.catalog.problems() == []
    undo(crm.vault.root)
    undo(crm.vault.root)
    assert contents(tmp_path / "v") == before


def test_what_was_logged_goes_with_its_follow_ups_to_their_folders(tmp_path: Path) -> None:
    crm = inbox_crm(
        tmp_path / "v",
        {
            "2026-11-14 0900 Call.md": note("interaction", "date: 2026-11-14T09:00:00", body="Somebody called."),
            "Call back.md": note("follow-up", "status: open", 'from: "[[2026-11-14 0900 Call]]"'),
            "2026-11-13 Idea.md": "Somebody had an idea.\n",
            "Plain.md": "A thought.\n",
            "Pia.md": note("person"),
        },
    )
    before = texts(crm)
    result = file_notes(crm, parked_notes(crm), Target(CLIENT_REF))
    places = {
        "2026-11-14 0900 Call.md": "interactions/", "Call back.md": "follow-ups/", "2026-11-13 Idea.md": "interactions/", "Plain.md": "",
        "Pia.md": "",
    }  # fmt: skip
    assert texts(crm) == {ACME: CLIENT, **{f"clients/Acme/{folder}{name}": before[f"inbox/{name}"] for name, folder in places.items()}}
    assert len(result.record.notes) == 4


def test_a_name_that_is_taken_gets_a_number_and_links_follow(tmp_path: Path) -> None:
    crm = inbox_crm(
        tmp_path / "v",
        {
            "a.md": parked_note(SAM, body="See [[inbox/b]]."),
            "inbox/sub/a.md": parked_note(SAM, source="mail:2@x"),
            "b.md": parked_note("x@y.example"),
            f"{FOLDER}/A.md": "Mine.\n",
            "./notes.md": "[[inbox/a]] and [[inbox/sub/a|that]]\n",
        },
    )
    sam = [parked for parked in parked_notes(crm) if parked.sender and parked.sender.key == "sam@field.example"]
    file_notes(crm, sam, Target(CLIENT_REF))
    found = texts(crm)
    assert {path for path in found if path.startswith(FOLDER)} == {f"{FOLDER}/{name}.md" for name in ("A", "a 2", "a 3")}
    assert found["notes.md"] == f"[[{FOLDER}/a 3]] and [[{FOLDER}/a 2|that]]\n"
    assert crm.catalog.problems() == []


def test_conflict_copies_go_along(tmp_path: Path) -> None:
    copy = "a.sync-conflict-20261110-090000-ABCDEFG.md"
    crm = inbox_crm(tmp_path / "v", {"a.md": parked_note(SAM), copy: parked_note(SAM, body="Hello!"), "b.md": parked_note(SAM)})
    file_notes(crm, [parked_by_title(crm)["a"]], Target(CLIENT_REF))
    assert {path for path in texts(crm) if path.startswith((FOLDER, "inbox"))} == {f"{FOLDER}/a.md", f"{FOLDER}/{copy}", "inbox/b.md"}


def test_a_client_whose_folder_doesnt_say_so_is_named(tmp_path: Path) -> None:
    files = {"a.md": parked_note(SAM), "people/Jane.md": CLIENT, "people/Bob.md": CLIENT}
    crm = inbox_crm(tmp_path / "v", files)
    file_notes(crm, parked_notes(crm), Target(lookup.client(crm, "Jane")))
    assert 'client: "[[Jane]]"\n' in texts(crm)["people/Jane/interactions/a.md"]
    crm.refresh()
    owner = crm.catalog.owner_of("people/Jane/interactions/a.md", "[[Jane]]")
    assert owner is not None
    assert owner.name == "Jane"


def test_a_rule_is_kept_in_the_same_step(tmp_path: Path) -> None:
    crm = inbox_crm(
        tmp_path / "v", {"a.md": parked_note(SAM), "b.md": parked_note(SAM, source="mail:2@x"), "c.md": parked_note("x@y.example")}
    )
    before = contents(tmp_path / "v")
    notes = with_followers(crm, [parked_by_title(crm)["a"]])
    result = file_notes(crm, notes, Target(CLIENT_REF), ["sam@field.example"])
    assert result.record.rules == (SenderRule("sam@field.example", "Acme"),)
    assert (tmp_path / "v/vaultcrm.toml").read_text().endswith('\n[import.senders]\n"sam@field.example" = "Acme"\n')
    assert [parked.path for parked in parked_notes(crm)] == ["inbox/c.md"]
    undo(crm.vault.root)
    assert contents(tmp_path / "v") == before


@pytest.mark.parametrize(
    ("name", "notes"),
    [
        ("", {"Sam Field": "email:\n  - sam@field.example\n"}),
        ("sam  FIELD", {"sam FIELD": "email:\n  - sam@field.example\n"}),
        ("Field Books", {"Field Books": "", "Sam Field": "email:\n  - sam@field.example\n"}),
    ],
)
def test_the_sender_becomes_a_client_or_a_person_of_one(tmp_path: Path, name: str, notes: dict[str, str]) -> None:
    crm = inbox_crm(tmp_path / "v", {"a.md": parked_note(SAM)})
    before = contents(tmp_path / "v")
    result = file_notes(crm, parked_notes(crm), new_client(parked_notes(crm)[0], name))
    client, *people = notes
    folder = f"clients/{client}"
    found = texts(crm)
    assert result.created == [f"{folder}/{title}.md" for title in notes]
    assert all(properties in found[f"{folder}/{title}.md"] for title, properties in notes.items())
    assert ("email" in found[f"{folder}/{client}.md"]) != bool(people)
    assert ('- "[[Sam Field]]"' in found[f"{folder}/interactions/a.md"]) == bool(people)
    undo(crm.vault.root)
    assert contents(tmp_path / "v") == before
    assert not (tmp_path / "v" / folder).exists()


def test_the_sender_becomes_a_person_who_is_known_the_next_time(tmp_path: Path) -> None:
    crm = inbox_crm(tmp_path / "v", {"a.md": parked_note(SAM), "b.md": parked_note("+49 170 1234567"), "c.md": parked_note("Pia")})
    listed = parked_by_title(crm)
    file_notes(crm, [listed["a"]], person_of(listed["a"], CLIENT_REF))
    file_notes(crm, [listed["b"]], person_of(listed["b"], CLIENT_REF, "Kit"))
    file_notes(crm, [listed["c"]], person_of(listed["c"], CLIENT_REF, "Pia Lind"))
    found = texts(crm)
    assert found["clients/Acme/Sam Field.md"].startswith("---\ntype: person\nemail:\n  - sam@field.example\n")
    assert found["clients/Acme/Kit.md"].startswith('---\ntype: person\nphone:\n  - "+49 170 1234567"\n')
    assert found["clients/Acme/Pia Lind.md"].startswith("---\ntype: person\naliases:\n  - Pia\n")
    assert all(
        f'- "[[{name}]]"' in found[f"{FOLDER}/{file}.md"] for file, name in zip("abc", ("Sam Field", "Kit", "Pia Lind"), strict=True)
    )


def test_somebody_who_is_there_already_gets_the_address(tmp_path: Path) -> None:
    person = "clients/Acme/Sam Field.md"
    crm = inbox_crm(tmp_path / "v", {"a.md": parked_note(SAM), person: note("person", "email: sam@acme.example  # work", body="Tall.")})
    result = file_notes(crm, parked_notes(crm), person_of(parked_notes(crm)[0], CLIENT_REF))
    assert (result.record.person, result.created) == (person, [])
    text = texts(crm)[person]
    assert "sam@acme.example" in text
    assert "sam@field.example" in text
    assert text.endswith("\nTall.\n")


def test_what_cant_be_done_changes_nothing(tmp_path: Path) -> None:
    files = {"a.md": parked_note(SAM), "b.md": parked_note("x@y.example"), "c.md": "+++\na = 1\n+++\n", "x/Acme/Acme.md": CLIENT}
    crm = inbox_crm(tmp_path / "v", files)
    listed = parked_by_title(crm)
    before = contents(tmp_path / "v")
    with pytest.raises(AlreadyExists):
        file_notes(crm, [listed["a"]], Target(new_client="acme"))
    with pytest.raises(InvalidInput, match="Several clients are called 'Acme'"):
        file_notes(crm, [listed["a"]], Target(CLIENT_REF), ["sam@field.example"])
    with pytest.raises(UsageError, match="doesn't say what the client is called"):
        new_client(listed["b"])
    with pytest.raises(UsageError, match=r"doesn't say what x@y\.example is called"):
        person_of(listed["b"], CLIENT_REF)
    with pytest.raises(UsageError, match="doesn't say who wrote it"):
        person_of(listed["c"], CLIENT_REF, "Kit")
    (tmp_path / "v/inbox/b.md").unlink()
    before.pop("inbox/b.md")
    with pytest.raises(NotFound, match=r"inbox/b\.md isn't in the inbox any more"):
        file_notes(crm, [listed["a"], listed["b"]], Target(CLIENT_REF))
    assert contents(tmp_path / "v") == before
