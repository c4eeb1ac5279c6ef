"""Clients renamed and moved, with their folder, their aliases and what links to them."""

from pathlib import Path

import pytest

from tests.actions.renames import ACME, CLIENT, NOW, checked_rename, renamed
from tests.support import contents, make_vault
from vaultcrm.actions.crm import Crm


def test_a_renamed_clients_folder_moves_and_its_old_name_becomes_an_alias(root: Path) -> None:
    assert checked_rename(root, ACME, "acme", "Søn & Co") == {
        "clients/Søn & Co/Søn & Co.md": ACME["clients/Acme/Acme.md"].replace("  - Acme Inc\n", "  - Acme Inc\n  - Acme\n"),
        "clients/Søn & Co/logo.png": "\x00PNG",
        "clients/Søn & Co/projects/Web.md": "---\ntype: project\n---\n"
        "For [[Søn & Co]], [c](../Søn%20&%20Co.md), [[clients/Søn & Co/Søn & Co]]\n",
        "inbox/talk.md": ACME["inbox/talk.md"]
        .replace("[[Acme]]", "[[Søn & Co]]")
        .replace("../clients/Acme", "../clients/Søn%20&%20Co")
        .replace("[[clients/Acme", "[[clients/Søn & Co"),
        "other.md": '---\nclient: "[[Acme Inc]]"\n---\n[[Søn & Co]] [[Søn & Co/projects/Web]] [[logo.png]]\n',
    }
    crm = Crm(str(root), NOW)
    crm.refresh()
    assert {home.name if home else None for _, home in crm.catalog.explicit_owners()} == {"Søn & Co"}


def test_an_alias_that_becomes_the_name_is_removed_and_the_old_name_can_be_dropped(root: Path) -> None:
    after = checked_rename(root, ACME, "acme", "Acme Inc", keep_alias=False)
    assert after["clients/Acme Inc/Acme Inc.md"] == ACME["clients/Acme/Acme.md"].replace("aliases:\n  - Acme Inc\n", "")
    assert after["other.md"] == '---\nclient: "[[Acme Inc]]"\n---\n[[Acme Inc]] [[Acme Inc/projects/Web]] [[logo.png]]\n'


def test_a_client_property_in_plain_text_is_reported_when_the_old_name_is_dropped(root: Path) -> None:
    make_vault(root, {"clients/Acme/Acme.md": CLIENT, "talk.md": "---\ntype: interaction\nclient: acme\n---\n"})
    assert renamed(root, "acme", "New", dry_run=True).skipped_links == []  # the old name stays an alias
    assert [tuple(link) for link in renamed(root, "acme", "New", keep_alias=False).skipped_links] == [
        ("talk.md", 3, "acme", "it is plain text, not a link")
    ]


def test_a_moved_client_takes_its_whole_folder(root: Path) -> None:
    after = checked_rename(root, ACME, "acme", "past/2026/Acme")
    assert sorted(after) == [
        "inbox/talk.md",
        "other.md",
        *(f"past/2026/Acme/{name}" for name in ("Acme.md", "logo.png", "projects/Web.md")),
    ]
    assert after["past/2026/Acme/projects/Web.md"] == "---\ntype: project\n---\nFor [[Acme]], [c](../Acme.md), [[past/2026/Acme/Acme]]\n"
    assert after["inbox/talk.md"] == ACME["inbox/talk.md"].replace("clients/Acme", "past/2026/Acme")


def test_a_client_that_is_only_moved_keeps_its_aliases(root: Path) -> None:
    note = "---\ntype: client\naliases: [ACME]\n---\n"
    assert checked_rename(root, {"Acme/Acme.md": note}, "acme", "clients/") == {"clients/Acme/Acme.md": note}


def test_a_folder_with_another_name_is_not_renamed(root: Path) -> None:
    after = checked_rename(root, {"c/misc/Acme.md": CLIENT, "c/misc/n.md": "[[Acme]]"}, "acme", "New")
    assert after == {"c/misc/New.md": "---\ntype: client\naliases:\n  - Acme\n---\n", "c/misc/n.md": "[[New]]"}


@pytest.mark.parametrize("title", ["ACME", "acme"])
def test_only_the_case_of_a_name_may_change(title: str, root: Path) -> None:
    after = checked_rename(root, {"clients/Acme/Acme.md": CLIENT, "n.md": "[[Acme]]\n"}, "acme", title)
    assert after == {f"clients/{title}/{title}.md": CLIENT, "n.md": f"[[{title}]]\n"}


def test_a_title_that_no_file_can_have_is_kept_as_a_property(root: Path) -> None:
    files = {
        "clients/Acme/Acme.md": CLIENT, "clients/Acme/Dana.md": "---\ntype: person\n---\n",
        "clients/Acme/follow-ups/Call.md": "---\ntype: follow-up\ntitle: Call?\nstatus: open\n---\n",
        "clients/Acme/decisions/Yes.md": "---\ntype: decision\n---\n",
        "clients/Acme/interactions/2026-11-02 1430 Talk.md": "---\ntype: interaction\n---\n",
    }  # fmt: skip
    make_vault(root, files)
    renamed(root, "Dana", "Dana: the boss")
    renamed(root, "clients/Acme/follow-ups/Call.md", "Call them")
    renamed(root, "Yes", "Is it yes?")
    renamed(root, "clients/Acme/interactions/2026-11-02 1430 Talk.md", "Long talk")
    renamed(root, "acme", "Acme: more")
    assert {path: data.decode() for path, data in contents(root).items()} == {
        "clients/Acme - more/Acme - more.md": '---\ntype: client\naliases:\n  - Acme\n  - "Acme: more"\n---\n',
        "clients/Acme - more/Dana - the boss.md": '---\ntype: person\naliases:\n  - "Dana: the boss"\n---\n',
        "clients/Acme - more/follow-ups/Call them.md": "---\ntype: follow-up\nstatus: open\n---\n",
        "clients/Acme - more/decisions/Is it yes.md": "---\ntype: decision\ntitle: Is it yes?\n---\n",
        "clients/Acme - more/interactions/2026-11-02 1430 Long talk.md": "---\ntype: interaction\n---\n",
    }


def test_a_client_note_with_a_link_to_itself_is_changed_once(root: Path) -> None:
    after = checked_rename(root, {"Acme/Acme.md": CLIENT + "I am [[Acme]].\n"}, "acme", "New")
    assert after == {"New/New.md": "---\ntype: client\naliases:\n  - Acme\n---\nI am [[New]].\n"}


def test_links_that_depend_on_the_client_of_their_note_stay_the_same(root: Path) -> None:
    """After the move, `o/p` belongs to Acme and no longer to O, whose folder decided which of the notes T was meant."""
    files = {"o/O.md": CLIENT, "o/T.md": "", "z/T.md": "", "o/p/n.md": "[[T]]\n", "x/Acme.md": CLIENT}
    assert checked_rename(root, files, "x/Acme.md", "o/p/Acme")["o/p/n.md"] == "[[o/T]]\n"


def test_the_owner_of_a_moved_note_before_and_after(root: Path) -> None:
    note = "---\ntype: project\n---\n"
    files = {"a/Acme/Acme.md": CLIENT, "a/Fox/Fox.md": CLIENT, "a/Acme/Site.md": note, "a/Acme/Shop.md": note}
    make_vault(root, {**files, "a/Acme/Named.md": note.replace("project", 'project\nclient: "[[Acme]]"')})
    assert renamed(root, "site", "a/Fox/").owners == ("Acme", "Fox")
    assert renamed(root, "shop", "loose/").owners == ("Acme", None)
    assert renamed(root, "named", "a/Fox/").owners == (None, None)  # it still belongs to Acme
    assert renamed(root, "fox", "b/Fox").owners == (None, None)


def test_conflict_copies_of_a_renamed_client_keep_being_its_copies(root: Path) -> None:
    copies = ["Acme.sync-conflict-20260102-123456-ABCDEFG.md", "Acme (conflict 2026-11-16 ab12cd3).md", "Acme.md.conflict1"]
    files = {**ACME, **{f"clients/Acme/{name}": f"{CLIENT}{name}\n" for name in copies}, "clients/Acme/Acme draft.md": "mine\n"}
    after = checked_rename(root, files, "acme", "Blue")
    assert {path: text for path, text in after.items() if "Blue." in path or "Blue (" in path} == {
        "clients/Blue/Blue.md": after["clients/Blue/Blue.md"],
        **{f"clients/Blue/{name.replace('Acme', 'Blue')}": f"{CLIENT}{name}\n" for name in copies},
    }
    assert after["clients/Blue/Acme draft.md"] == "mine\n"
    crm = Crm(str(root), NOW)
    crm.refresh()
    assert [names[0] for names in crm.catalog.client_names().values()] == ["blue"]


def test_a_copy_of_a_note_follows_it_into_another_folder_unless_its_name_is_taken(root: Path) -> None:
    copy, other = "a (conflict 2026-11-16 ab12cd3).md", "a.conflict1.md"
    files = {"x/a.md": "1\n", f"x/{copy}": "2\n", f"x/{other}": "3\n", f"y/{other.replace('a', 'b', 1)}": "4\n"}
    assert checked_rename(root, files, "x/a.md", "y/b") == {
        "y/b.md": "1\n", f"y/{copy.replace('a', 'b', 1)}": "2\n", f"x/{other}": "3\n", f"y/{other.replace('a', 'b', 1)}": "4\n",
    }  # fmt: skip
