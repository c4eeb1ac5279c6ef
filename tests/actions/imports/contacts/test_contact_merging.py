"""Contacts that the vault knows: they get what they lack, nothing that a person wrote changes, and nothing comes back."""

import shutil
from pathlib import Path

import pytest

from tests.actions.imports.contacts.cards import card, import_, notes, outcomes
from tests.actions.vaults import CLIENT, note
from tests.support import contents, make_vault
from vaultcrm.actions.imports.import_run import ImportOptions

DANA = "clients/Acme Studio/Dana Roe.md"
VAULT = {
    "clients/Acme Studio/Acme Studio.md": CLIENT,
    DANA: note("person", "email: dana@acme.example  # work", "role: COO", "mood: good"),
    "clients/Fox/Fox.md": note("client", "aliases: [Fox & Sons]", "email: [hello@fox.example]"),
    "clients/Fox/Bob Lee.md": note("person", 'phone: "+44 7700 900417"', "aliases: [Bobby]"),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(make_vault(tmp_path / "vault", VAULT).root)


def changes(root: Path, before: dict[str, bytes]) -> dict[str, list[str]]:
    """The lines that are new in each note that was there before; nothing else of it may have changed."""
    found = {}
    for path, data in before.items():
        old, new = data.decode().splitlines(), notes(root)[path].splitlines()
        if old != new:
            found[path] = [line for line in new if line not in old]
    return found


@pytest.mark.parametrize(
    ("lines", "path", "reason"),
    [
        (["Dana Roe", "EMAIL:DANA@acme.example"], DANA, ""),
        (["Dana Roe"], DANA, ""),
        (["dana  ROE", "ORG:ACME Studio Ltd"], DANA, ""),
        (["Dana Roe", "EMAIL:d@gmail.com"], DANA, "added address d@gmail.com"),
        (["Dana Roe", "TEL:+44 7700 900999", "BDAY:1980-03-22"], DANA, "added number +44 7700 900999 and birthday 1980-03-22"),
        (["Dana Roe", "ORG:Fox", "EMAIL:dana@acme.example"], DANA, ""),  # she has another job there: told
        (["B. Lee", "TEL:07700 900417", "TITLE:CEO"], "clients/Fox/Bob Lee.md", "added role CEO"),
        (["Bobby", "NICKNAME:Bo"], "clients/Fox/Bob Lee.md", ""),
        (["Fox and Sons", "X-ABSHOWAS:COMPANY", "EMAIL:hello@fox.example"], "clients/Fox/Fox.md", ""),
        (["Fox Ltd", "X-ABSHOWAS:COMPANY", "TEL:+44 7700 900888"], "clients/Fox/Fox.md", "added number +44 7700 900888"),
        (["Fox Ltd", "X-ABSHOWAS:COMPANY", "EMAIL:info@fox.example"], "clients/Fox/Fox.md", "added address info@fox.example"),
        (["Fox & Sons", "TEL:+44 7700 900888"], "clients/Fox/Fox.md", "added number +44 7700 900888"),
    ],
)
def test_who_it_is(root: Path, lines: list[str], path: str, reason: str) -> None:
    report = import_(root, card(*lines))
    assert [(item.outcome, item.path, item.reason) for item in report.items] == [("known", path, reason)]
    assert report.changed == ([path] if reason else [])
    assert set(notes(root)) == set(VAULT)


def test_only_what_is_missing_is_added_and_every_other_byte_stays(root: Path) -> None:
    before = contents(root)
    more = ["EMAIL:dana@acme.example", "EMAIL:d@gmail.com", "TEL:+44 7700 900999", "TITLE:CTO", "NICKNAME:Didi", "NOTE:Likes tea."]
    report = import_(root, card("Dana Roe", *more, "URL:https://acme.example"))
    assert notes(root)[DANA] == (
        "---\ntype: person\nemail: [dana@acme.example, d@gmail.com]  # work\nrole: COO\nmood: good\n"
        'phone:\n  - "+44 7700 900999"\naliases:\n  - Didi\n---\n\n'
    )
    assert list(changes(root, before)) == [DANA]
    assert report.notices == ["Dana Roe: the contact says 'CTO', the note 'COO'."]


@pytest.mark.parametrize(
    ("lines", "notice"),
    [
        (["D. Roe-Smith", "EMAIL:dana@acme.example"], "Dana Roe: the contact is called 'D. Roe-Smith'."),
        (["Dana Roe", "TITLE:coo"], None),
        (["Dana Roe", "ORG:Fox", "EMAIL:dana@acme.example"], "Dana Roe: the contact says 'Fox', the note is at 'Acme Studio'."),
        (["Dana Roe", "ORG:Fox", "EMAIL:dana@fox.example"], "Two people are called 'Dana Roe': Dana Roe (Acme Studio) and Dana Roe (Fox)."),
    ],
)
def test_what_differs_is_told(root: Path, lines: list[str], notice: str | None) -> None:
    assert import_(root, card(*lines)).notices == ([notice] if notice else [])


@pytest.mark.parametrize(
    ("vault", "lines", "reason"),
    [
        (
            {"clients/Fox/Dana Roe.md": note("person")},
            ["Dana Roe"],
            "2 notes have the name Dana Roe: Dana Roe (Acme Studio) and Dana Roe (Fox).",
        ),
        (
            {"clients/Fox/Eve.md": note("person", "email: dana@acme.example")},
            ["D.", "EMAIL:dana@acme.example"],
            "2 notes have the address dana@acme.example: Dana Roe (Acme Studio) and Eve (Fox).",
        ),
        (
            {"clients/B/B.md": note("client", "aliases: [Fox & Sons]")},
            ["Eve", "ORG:Fox & Sons"],
            "'Fox & Sons' may be one of 2 clients: B and Fox.",
        ),
    ],
)
def test_what_may_be_two_is_left_out_with_the_reason(root: Path, vault: dict[str, str], lines: list[str], reason: str) -> None:
    make_vault(root, vault)
    before = contents(root)
    for _ in range(2):
        report = import_(root, card(*lines))
        assert [(item.outcome, item.reason) for item in report.items] == [("left_out", reason)]
    assert contents(root) == before


def test_of_two_the_one_at_the_organisation_is_meant(root: Path) -> None:
    make_vault(root, {"clients/Fox/Dana Roe.md": note("person")})
    assert import_(root, card("Dana Roe", "ORG:Fox")).items[0].path == "clients/Fox/Dana Roe.md"


CARDS = (
    card("Dana Roe", "UID:1", "EMAIL:d@gmail.com")
    + card("Jane", "EMAIL:jane@gmail.com", "TEL:+44 7700 900555")
    + card("Eve", "ORG:Acme Studio")
)
TABLE = "Name,Email,Phone\nJane,jane@gmail.com,+44 7700 900555\n"


def test_once_is_enough_whatever_became_of_the_notes(root: Path, tmp_path: Path) -> None:
    assert outcomes(import_(root, CARDS)) == {"known": 1, "created": 2}
    (root / DANA).write_text(VAULT[DANA])  # the address is deleted, on purpose
    (root / "clients/Jane").rename(root / "clients/Janet")
    (root / "clients/Janet/Jane.md").rename(root / "clients/Janet/Janet.md")
    (root / "clients/Acme Studio/Eve.md").unlink()
    before = contents(root)
    for _ in range(2):
        report = import_(root, CARDS)
        assert (outcomes(report), report.changed, report.notes) == ({"known": 3}, [], [])
        assert contents(root) == before
    copy = tmp_path / "copy"  # another device
    shutil.copytree(root, copy)
    assert outcomes(import_(copy, CARDS)) == {"known": 3}
    assert contents(copy) == before


def test_a_card_that_changed_adds_only_what_it_never_had(root: Path) -> None:
    import_(root, CARDS)
    (root / DANA).write_text(VAULT[DANA])
    for old, new in (("d@gmail.com", "d@gmail.com\nTEL:+44 7700 900999"), ("UID:1", "UID:2"), ("UID:1\n", "")):
        report = import_(root, CARDS.replace(old, new))
        assert outcomes(report) == {"known": 3}
        assert notes(root)[DANA] == VAULT[DANA].replace("good\n", 'good\nphone:\n  - "+44 7700 900999"\n')


def test_a_deleted_note_does_not_come_back_until_it_is_asked_for(root: Path) -> None:
    import_(root, CARDS)
    shutil.rmtree(root / "clients/Jane")
    (root / DANA).write_text(VAULT[DANA])
    before = contents(root)
    report = import_(root, CARDS.replace("900555", "900555\nTITLE:CTO"))
    reasons = [item.reason for item in report.items if item.path is None]
    assert reasons == ["It was imported before, and no note fits it now. --again makes one."]
    assert set(contents(root)) - set(before) == {path for path in contents(root) if path.startswith(".vaultcrm") and path not in before}
    assert outcomes(import_(root, TABLE)) == {"known": 1}
    report = import_(root, CARDS, options=ImportOptions(again=True))
    assert (outcomes(report), report.changed) == ({"known": 2, "created": 1}, [DANA])


def test_two_of_one_name_are_not_taken_for_the_one_that_was_deleted(root: Path) -> None:
    import_(root, card("Jane", "EMAIL:jane@gmail.com"))
    shutil.rmtree(root / "clients/Jane")
    assert outcomes(import_(root, card("Jane", "EMAIL:other@gmail.com"))) == {"created": 1}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("email: dana@acme.example", "email: [dana@acme.example, d@gmail.com]"),
        ("email: [dana@acme.example]", "email: [dana@acme.example, d@gmail.com]"),
        ('email: ["dana@acme.example"]  # x', 'email: ["dana@acme.example", d@gmail.com]  # x'),
        ("email:\n- dana@acme.example # x", "email:\n- dana@acme.example # x\n- d@gmail.com"),
        ("email:\nphone: [x]", "email:\n  - d@gmail.com\nphone: [x]"),
        ("email: a@b.example, d@gmail.com", "email: a@b.example, d@gmail.com"),
        ("Email: D@gmail.com", "Email: D@gmail.com"),
        ("Email: a@b.example", "Email: [a@b.example, d@gmail.com]"),
    ],
)
def test_an_address_is_added_as_the_note_is_written(root: Path, old: str, new: str) -> None:
    before, after = (f"---\ntype: person\n{lines}\n---\nText.".replace("\n", "\r\n").encode() for lines in (old, new))
    (root / DANA).write_bytes(before)
    import_(root, card("Dana Roe", "EMAIL:d@gmail.com"))
    assert (root / DANA).read_bytes() == after


@pytest.mark.parametrize(
    "text",
    ["---\ntype: person\nemail: [a@b.example, # x\n  c@d.example]\n---\n", "---\ntype: person\nemail: [a@b.example]\nb: [\n---\n"],
)
def test_a_note_that_cant_be_edited_stays_and_is_told_each_time(root: Path, text: str) -> None:
    import_(root, card("Nobody"))  # while it can be read
    (root / DANA).write_text(text)
    before = contents(root)
    for _ in range(2):
        report = import_(root, card("Dana Roe", "EMAIL:d@gmail.com"))
        assert (outcomes(report), report.changed) == ({"known": 1}, [])
        assert report.notices[-1].startswith("Dana Roe doesn't get what is new. ")
        assert contents(root) == before
