"""Importing contacts into a vault that doesn't know them: which notes they become, and where."""

import contextlib
from pathlib import Path

import pytest

from tests.actions.imports.contacts.cards import DEFAULTS, card, import_, notes, outcomes
from tests.actions.vaults import CLIENT, NOW, note
from tests.support import bounded_work, contents, make_vault
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.import_run import ImportOptions
from vaultcrm.errors import NotFound, UsageError
from vaultcrm.vault.journal import Journal

DANA = card("Dana Roe", "UID:d1", "ORG:Acme Studio;Design", "TITLE:CTO", "EMAIL:dana@acme.example", "TEL:+44 7700 900417")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(make_vault(tmp_path / "vault", {"vaultcrm.toml": ""}).root)


def test_somebody_at_an_organisation_becomes_a_person_of_a_client(root: Path) -> None:
    more = ["BDAY:1980-03-22", "URL:https://acme.example", "ADR:;;1 Main St;Lisbon;;1100;", "CATEGORIES:Friends", "NICKNAME:Didi"]
    report = import_(root, DANA.replace("END:", "\n".join([*more, "NOTE:Likes tea.", "END:"])))
    assert outcomes(report) == {"created": 1}
    assert (report.items[0].path, report.items[0].thing) == ("clients/Acme Studio/Dana Roe.md", "contact")
    assert notes(root) == {
        "clients/Acme Studio/Acme Studio.md": "---\ntype: client\n---\n\n## Preferences\n",
        "clients/Acme Studio/Dana Roe.md": """\
---
type: person
role: CTO
aliases:
  - Didi
email:
  - dana@acme.example
phone:
  - "+44 7700 900417"
birthday: 1980-03-22
website:
  - https://acme.example
address:
  - "1 Main St, Lisbon, 1100"
groups:
  - Friends
source: vcard:d1
---

Likes tea.
""",
    }


def test_somebody_without_an_organisation_is_a_client(root: Path) -> None:
    import_(root, card("Jane Miller", "EMAIL:jane@gmail.com", "BDAY:--03-22"))
    (text,) = notes(root).values()
    assert text == '---\ntype: client\nemail:\n  - jane@gmail.com\nbirthday: "--03-22"\n---\n\n## Preferences\n'
    assert paths(root) == ["Jane Miller/Jane Miller"]


def paths(root: Path) -> list[str]:
    return sorted(path.removeprefix("clients/").removesuffix(".md") for path in notes(root))


BOTH = ["Acme/Acme", "Acme/Bob Lee", "Acme/Dana Roe"]


@pytest.mark.parametrize(
    ("cards", "expected"),
    [
        # a company's card is the client, whatever its legal form, and wherever it stands
        (["Dana|ORG:Acme Ltd", "Acme Ltd.|ORG:Acme Ltd.|EMAIL:info@acme.example"], ["Acme Ltd/Acme Ltd", "Acme Ltd/Dana"]),
        (["Dana|ORG:Acme", "Acme|X-ABSHOWAS:COMPANY|EMAIL:info@acme.example"], ["Acme/Acme", "Acme/Dana"]),
        (["Dana|ORG:Acme", "Bob|ORG:ACME GmbH"], ["Acme/Acme", "Acme/Bob", "Acme/Dana"]),
        # without an organisation, the domain of an address tells, or of a website
        (["Dana|EMAIL:d@acme.example", "Bob|ORG:Acme|EMAIL:b@acme.example"], ["Acme/Acme", "Acme/Bob", "Acme/Dana"]),
        (["Dana|EMAIL:d@mail.acme.example", "Bob|ORG:Acme|EMAIL:b@acme.example"], ["Acme/Acme", "Acme/Bob", "Acme/Dana"]),
        (["Acme Corp|URL:https://www.acme.example/x", "Bob|EMAIL:b@acme.example"], ["Acme Corp/Acme Corp", "Acme Corp/Bob"]),
        (["Acme Corp|URL:https://linkedin.com/x", "Bob|EMAIL:b@linkedin.com"], ["Acme Corp/Acme Corp", "Bob/Bob"]),
        # but not that of a mail provider, or one's own
        (["Dana|EMAIL:d@gmail.com", "Bob|EMAIL:b@gmail.com"], ["Bob/Bob", "Dana/Dana"]),
        (["Dana|EMAIL:d@example.com", "Bob|EMAIL:b@example.com"], ["Bob/Bob", "Dana/Dana"]),
        # the same one twice
        (["Dana|ORG:Acme|EMAIL:d@acme.example", "Dana R.|EMAIL:D@acme.example"], ["Acme/Acme", "Acme/Dana"]),
        (["Dana Roe|TEL:+44 7700 900417", "D. Roe|TEL:07700 900417"], ["Dana Roe/Dana Roe"]),
        (["Dana Roe|ORG:Acme", "Dana Roe|ORG:Acme"], ["Acme/Acme", "Acme/Dana Roe"]),
        (["Dana Roe|UID:1|EMAIL:d@acme.example|ORG:Acme", "Dana Roe|UID:1|EMAIL:d@fox.example|ORG:Fox"], ["Acme/Acme", "Acme/Dana Roe"]),
        # two of the same name
        (
            ["Dana|ORG:Acme|EMAIL:d@acme.example", "Dana|ORG:Fox|EMAIL:d@fox.example"],
            ["Acme/Acme", "Acme/Dana", "Fox/Dana", "Fox/Fox"],
        ),
        # a number that several share, and an address that is everybody's
        (["Dana Roe|ORG:Acme|TEL:+44 7700 900417", "Bob Lee|ORG:Acme|TEL:+44 7700 900417"], BOTH),
        (["Dana Roe|ORG:Acme|EMAIL:info@a.example", "Bob Lee|ORG:Acme|EMAIL:info@a.example"], BOTH),
        # somebody called like their client
        (["Jane Miller|ORG:Jane Miller|EMAIL:j@gmail.com"], ["Jane Miller/Jane Miller"]),
        (["Jane Miller|ORG:Jane Miller Ltd"], ["Jane Miller Ltd/Jane Miller", "Jane Miller Ltd/Jane Miller Ltd"]),
        # without a name
        (["|EMAIL:d@gmail.com"], ["d@gmail.com/d@gmail.com"]),
        (["|TEL:+44 7700 900417"], ["+44 7700 900417/+44 7700 900417"]),
        (["***|EMAIL:d@gmail.com"], ["d@gmail.com/d@gmail.com"]),
        # names that no file can have
        (["a/b: [[c]] #d|ORG:CON"], ["note CON/a-b - ( (c)) d", "note CON/note CON"]),
    ],
)  # fmt: skip
def test_who_is_whose(root: Path, cards: list[str], expected: list[str]) -> None:
    for sources in (cards, [*reversed(cards)]):
        import_(root, "".join(card(*text.split("|")) for text in sources))
        assert len(paths(root)) == len(expected)
        if sources is cards:
            assert paths(root) == expected


def test_the_name_that_no_file_can_have_is_an_alias(root: Path) -> None:
    long = "Dana " * 60 + "Roe"
    import_(root, card("a/b: [[c]]", "EMAIL:a@gmail.com") + card(long, "EMAIL:b@gmail.com"))
    texts = notes(root)
    assert '  - "a/b: [ [c]]"\n' in texts["clients/a-b - ( (c))/a-b - ( (c)).md"]
    (path,) = [path for path in texts if "Dana" in path]
    assert len(path.rpartition("/")[2].encode()) <= 123 and long[:290] in texts[path]


def test_client_files_everybody_with_one_client(root: Path) -> None:
    (root / "clients/Fox").mkdir(parents=True)
    (root / "clients/Fox/Fox.md").write_text(CLIENT)
    import_(root, DANA + card("Fox", "ORG:Fox", "TEL:+44 7700 900999"), options=ImportOptions(client="fox"))
    assert paths(root) == ["Fox/Dana Roe", "Fox/Fox"]
    assert "organisation: Acme Studio\n" in notes(root)["clients/Fox/Dana Roe.md"]
    assert '  - "+44 7700 900999"\n' in notes(root)["clients/Fox/Fox.md"]
    with pytest.raises(NotFound, match="No client is called 'nobody'"):
        import_(root, DANA, options=ImportOptions(client="nobody"))


def test_notes_of_a_new_client_link_to_it_if_the_settings_say_so(root: Path) -> None:
    (root / "vaultcrm.toml").write_text("client_links = true\n")
    import_(root, DANA)
    assert 'client: "[[Acme Studio]]"\n' in notes(root)["clients/Acme Studio/Dana Roe.md"]


def test_ones_own_card_and_whom_the_settings_ignore_are_left_out(root: Path) -> None:
    (root / "vaultcrm.toml").write_text('[import.senders]\n"@shop.example" = "ignore"\n"dana@gmail.com" = "Acme"\n')
    (root / "clients/Acme").mkdir(parents=True)
    (root / "clients/Acme/Acme.md").write_text(CLIENT)
    own = card("Me", "EMAIL:Nora@example.com") + card("nora lind")
    report = import_(root, own + card("Shop", "EMAIL:a@shop.example") + card("Dana", "EMAIL:dana@gmail.com"))
    assert outcomes(report) == {"created": 1, "left_out": 3}
    assert {item.reason for item in report.items} == {"", "It's your own card.", "the settings ignore @shop.example"}
    assert paths(root) == ["Acme/Acme", "Acme/Dana"]


@pytest.mark.parametrize(
    ("existing", "reason"),
    [
        ({"clients/Acme/Acme.md": "Just a page.\n"}, "clients/Acme/Acme.md is there already, and it isn't a client."),
        ({"clients/Acme/Acme.md": "---\n[\n---\n"}, "clients/Acme/Acme.md is there already, and can't be read (line 3):"),
        ({"clients/acme/ACME.md": "Just a page.\n"}, "clients/acme/ACME.md is there already, and it isn't a client."),
        (
            {"clients/Acme/Acme.md": CLIENT, "clients/Acme/Dana.md": "Just a page.\n"},
            "clients/Acme/Dana.md is there already, and it isn't a person.",
        ),
        ({"clients/Acme": "A file."}, "clients/Acme can't be used: Not a directory."),
        ({"clients/Acme/A.md": CLIENT, "clients/Acme/B.md": CLIENT}, "'Acme' may be one of 2 clients: A and B."),
    ],
)
def test_a_note_that_may_be_theirs_is_never_written_beside(root: Path, existing: dict[str, str], reason: str) -> None:
    make_vault(root, existing)
    before = contents(root)
    report = import_(root, card("Dana", "ORG:Acme"))
    assert outcomes(report) == {"left_out": 1}
    assert report.items[0].reason.startswith(reason)
    assert contents(root) == before


def test_a_folder_that_leads_out_of_the_vault_takes_nothing(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (root / "clients").mkdir()
    (root / "clients/Acme").symlink_to(tmp_path / "elsewhere")
    report = import_(root, card("Dana", "ORG:Acme") + card("Jane"))
    assert [(item.outcome, item.reason) for item in report.items] == [
        ("left_out", "The path 'clients/Acme' leads out of the vault through a symbolic link."),
        ("created", ""),
    ]
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_client_whose_folder_has_another_name_is_found_by_it(root: Path) -> None:
    make_vault(root, {"clients/Acme/Acme Studio.md": CLIENT})
    import_(root, card("Dana", "ORG:Acme"))
    assert paths(root) == ["Acme/Acme Studio", "Acme/Dana"]


def test_a_file_that_is_something_else_keeps_its_name(root: Path) -> None:
    make_vault(root, {"clients/Acme/Acme.md": CLIENT, "clients/Acme/Dana.md": note("project")})
    import_(root, card("Dana", "ORG:Acme"))
    assert notes(root)["clients/Acme/Dana 2.md"] == "---\ntype: person\naliases:\n  - Dana\n---\n"


def test_mails_of_the_same_import_find_the_contacts(root: Path) -> None:
    head = "From d Mon Nov  2 09:15:00 2026\nFrom: Dana <dana@acme.example>\nTo: nora@example.com\nSubject: Hi\n"
    mail = f"{head}Date: Mon, 2 Nov 2026 09:15:00 +0000\n\nHi.\n"
    expected = import_(root, mail, DANA, is_dry_run=True)
    report = import_(root, mail, DANA)
    assert (report.items, report.notes) == (expected.items, expected.notes)
    assert outcomes(report) == {"created": 2}
    path = "clients/Acme Studio/interactions/2026-11-02 0915 Hi.md"
    assert path in report.notes and '  - "[[Dana Roe]]"\n' in notes(root)[path]


def test_a_dry_run_reports_the_same_and_writes_nothing(root: Path) -> None:
    make_vault(root, {"clients/Acme/Acme.md": CLIENT, "clients/Acme/Dana Roe.md": note("person", "email: dana@acme.example", "role: COO")})
    before = contents(root)
    cards = DANA + card("Jane", "EMAIL:j@gmail.com") + card("Bob", "ORG:Acme")
    expected = import_(root, cards, is_dry_run=True)
    assert contents(root) == before
    assert import_(root, cards) == expected
    assert expected.changed == ["clients/Acme/Dana Roe.md"]


def test_undo_takes_everything_back_in_one_step(root: Path) -> None:
    make_vault(root, {"clients/Acme/Acme.md": CLIENT, "clients/Acme/Dana Roe.md": note("person", "email: dana@acme.example")})
    import_(root, card("Nobody"))
    before = contents(root)
    import_(root, DANA + card("Jane", "EMAIL:j@gmail.com"))
    with contextlib.closing(Journal(str(root))) as journal:
        journal.undo()
    assert contents(root) == before
    assert outcomes(import_(root, DANA)) == {"known": 1}


def test_what_strangers_write_is_inert(root: Path) -> None:
    hostile = "---\\ntype: client\\n---\\n- [ ] Pay 📅 2026-11-20\\n> [!decision] You pay\\n[[Acme]] #vip k:: v\\n## Preferences\\n- x"
    report = import_(
        root,
        card(
            "[[Fox]] #x\u202e <% tp %>", "ORG:../../etc", "TITLE:[[Acme]]", "EMAIL:d@acme.example", hostile, "CATEGORIES:#vip",
            "URL:javascript:alert(1)", "URL:obsidian://open", "NICKNAME:[[Acme]]",
        ),
    )  # fmt: skip
    assert outcomes(report) == {"created": 1}
    assert all(path.startswith("clients/") and ".." not in path.split("/") for path in notes(root))
    crm = Crm(str(root), NOW)
    crm.refresh()
    with contextlib.closing(crm.catalog):
        found = [
            crm.catalog.follow_ups(),
            crm.catalog.decisions(),
            crm.catalog.rows("SELECT * FROM links"),
            crm.catalog.rows("SELECT * FROM points"),
        ]
        assert found == [[], [], [], []]
        assert [note.properties.get("tags") for note in crm.catalog.notes()] == [None, None]
        assert crm.catalog.problems() == []


def test_a_table_and_what_its_columns_are_said_to_be(root: Path) -> None:
    table = "Who,Client of,Email\nDana Roe,Acme,dana@acme.example\n,,\n"
    options = ImportOptions("contacts", columns=(("Who", "name"), ("client of", "company")))
    assert outcomes(import_(root, table, options=options)) == {"created": 1}
    assert paths(root) == ["Acme/Acme", "Acme/Dana Roe"]
    with pytest.raises(UsageError, match="The table has no column 'What'"):
        import_(root, table, options=options._replace(columns=(("What", "name"),)))
    with pytest.raises(UsageError, match="--map is for the columns of a table"):
        import_(root, DANA, options=options._replace(kind=None))


def test_what_cant_be_read_is_refused_and_the_rest_is_taken(root: Path) -> None:
    report = import_(root, card("", "NOTE:x") + card("***") + card("Dana") + card("Team", "X-ADDRESSBOOKSERVER-KIND:group"))
    assert outcomes(report) == {"refused": 3, "created": 1}
    assert {item.thing for item in report.items} == {"contact"}


@pytest.mark.parametrize(
    "lines", [("Dana", "ORG:Org {0}", "EMAIL:d@o{0}.example"), ("First{0} Last{0}", "TEL:+44 7700 900417", "EMAIL:info@gmail.com", "UID:1")]
)
def test_cards_that_are_all_alike_take_no_more_than_their_number(root: Path, lines: list[str]) -> None:
    with bounded_work():
        cards = "".join(card(*(line.format(number) for line in lines)) for number in range(400))
        report = import_(root, cards, is_dry_run=True)
    assert len(report.items) == 400 and report.count("created") >= 50


def test_the_source_is_untouched(root: Path, tmp_path: Path) -> None:
    source = tmp_path / "contacts.vcf"
    source.write_text(DANA)
    before = source.stat().st_mtime_ns
    import_(root, source, options=DEFAULTS)
    assert (source.read_text(), source.stat().st_mtime_ns) == (DANA, before)
