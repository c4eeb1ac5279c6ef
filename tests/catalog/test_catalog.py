"""Whose a note is, what a link means, and what the catalogue tells: asked of vaults that it has read."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from tests.support import caught_up, make_vault
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.links.ownership import Home
from vaultcrm.model.handles import handle

Build = Callable[..., Catalog]
CLIENT, PLAIN = "---\ntype: client\n---\n", ""


@pytest.fixture
def catalog_of(tmp_path: Path) -> Build:
    """The catalogue of a small vault, by the paths of its notes; files without a text are plain notes."""

    def build(*paths: str, **files: str) -> Catalog:
        return caught_up(make_vault(tmp_path / "vault", {**dict.fromkeys(paths, PLAIN), **files}))

    return build


def follow_up(text: str = "") -> str:
    return f"---\ntype: follow-up\n{text}---\n"


# ------------------------------------------------------------------------------- whose a note is


def test_a_note_belongs_to_the_nearest_client_folder_above_it(catalog_of: Build) -> None:
    catalog = catalog_of(
        "x.md", "clients/y.md", "clients/Acme/z.md", "clients/Acme/projects/deep/p.md", "clients/Acme/Sub/s.md", "clients/Acmeville/q.md",
        **{"clients/Acme/Acme.md": CLIENT, "clients/Acme/Sub/Sub.md": CLIENT},
    )  # fmt: skip
    acme, sub = Home("clients/Acme/Acme.md", "Acme"), Home("clients/Acme/Sub/Sub.md", "Sub")
    assert catalog.homes == {"clients/Acme": acme, "clients/Acme/Sub": sub}
    owned = {"x.md": None, "clients/y.md": None, "clients/Acme/z.md": acme, "clients/Acme/Acme.md": acme, "clients/Acmeville/q.md": None}
    for path, home in {**owned, "clients/Acme/projects/deep/p.md": acme, "clients/Acme/Sub/s.md": sub}.items():
        assert catalog.home_of(path) == home


def test_of_two_client_notes_in_a_folder_the_one_with_its_name_is_the_home(catalog_of: Build) -> None:
    catalog = catalog_of(
        **{"c/Acme/Acme.md": CLIENT, "c/Acme/AAA.md": CLIENT, "c/Acme/Zzz.md": CLIENT, "c/Zed/Zed.md": CLIENT, "c/Zed/Other.md": CLIENT}
    )
    assert catalog.homes == {"c/Acme": Home("c/Acme/Acme.md", "Acme"), "c/Zed": Home("c/Zed/Zed.md", "Zed")}


def test_two_client_notes_without_the_folders_name_are_nobodys_home(catalog_of: Build) -> None:
    catalog = catalog_of(**{"clients/A.md": CLIENT, "clients/B.md": CLIENT, "clients/C.md": CLIENT, "clients/x.md": PLAIN})
    assert catalog.homes == {"clients": None}
    assert catalog.home_of("clients/x.md") is None


def test_a_lone_client_note_needs_not_have_its_folders_name(catalog_of: Build) -> None:
    catalog = catalog_of(**{"Kunden/Müller/Akte.md": CLIENT})
    assert catalog.home_of("Kunden/Müller/notes/x.md") == Home("Kunden/Müller/Akte.md", "Akte")


def test_the_client_that_a_note_names_wins_over_its_folder(catalog_of: Build) -> None:
    named = '---\ntype: follow-up\nclient: "[[Zed]]"\n---\n'
    catalog = catalog_of(
        **{
            "c/Acme/Acme.md": CLIENT,
            "c/Zed/Zed.md": CLIENT,
            "c/Acme/a.md": named,
            "inbox/b.md": named,
            "c/Zed/c.md": follow_up(),
            "c/Acme/d.md": follow_up(),
        }
    )
    zed, acme = Home("c/Zed/Zed.md", "Zed"), Home("c/Acme/Acme.md", "Acme")
    assert catalog.home_of("c/Acme/a.md", "[[Zed]]") == zed
    assert [note.path for note in catalog.belonging("follow-up", zed)] == ["c/Acme/a.md", "c/Zed/c.md", "inbox/b.md"]
    assert [note.path for note in catalog.belonging("follow-up", acme)] == ["c/Acme/d.md"]
    assert {found.path: found.client for found in catalog.follow_ups()} == {
        "c/Acme/a.md": "Zed", "inbox/b.md": "Zed", "c/Zed/c.md": "Zed", "c/Acme/d.md": "Acme",
    }  # fmt: skip
    assert [found.path for found in catalog.follow_ups(home=acme)] == ["c/Acme/d.md"]


def test_a_client_in_the_root_of_the_vault_owns_all_that_no_other_client_does(catalog_of: Build) -> None:
    catalog = catalog_of(
        **{"Acme.md": CLIENT, "a.md": follow_up(), "sub/b.md": follow_up(), "c/Zed/Zed.md": CLIENT, "c/Zed/z.md": follow_up()}
    )
    home = catalog.home_of("sub/b.md")
    assert home == Home("Acme.md", "Acme")
    assert [found.path for found in catalog.follow_ups(home=home)] == ["a.md", "sub/b.md"]
    assert [note.path for note in catalog.belonging("follow-up", home)] == ["a.md", "sub/b.md"]


# ------------------------------------------------------------------------------- what a link means

TWO_CLIENTS = {"c/Acme/Acme.md": CLIENT, "c/Zed/Zed.md": "---\ntype: client\naliases: [The Zed Company, Zédé]\n---\n"}


@pytest.mark.parametrize(
    ("link", "source", "path"),
    [
        ("[[Web]]", "c/Acme/x.md", "c/Acme/projects/Web.md"),  # the same client folder first
        ("[[Web]]", "c/Zed/projects/deep/x.md", "c/Zed/projects/Web.md"),
        ("[[Web]]", "elsewhere/x.md", "elsewhere/Web.md"),  # then the same folder
        ("[[Web]]", "inbox/x.md", "all/Web.md"),  # then the shortest path
        ("[[web]]", "c/Acme/x.md", "c/Acme/projects/Web.md"),
        ("Web", "c/Acme/x.md", "c/Acme/projects/Web.md"),
        ("[[Web.md]]", "c/Acme/x.md", "c/Acme/projects/Web.md"),
        ("[[Web#Goals|the site]]", "c/Acme/x.md", "c/Acme/projects/Web.md"),
        ("[[c/Zed/projects/Web]]", "c/Acme/x.md", "c/Zed/projects/Web.md"),  # a path from the root
        ("[[/c/Zed/projects/Web]]", "c/Acme/x.md", "c/Zed/projects/Web.md"),
        ("[[Zed/projects/Web]]", "c/Acme/x.md", "c/Zed/projects/Web.md"),  # or the end of one
        ("[[projects/Web]]", "c/Acme/x.md", "c/Acme/projects/Web.md"),
        ("[[ed/projects/Web]]", "c/Acme/x.md", None),  # but of whole names
        ("[[Zoe Grosse]]", "inbox/x.md", "people/Zoë Größe.md"),
        ("[[Nobody]]", "inbox/x.md", None),
        ("[[../../../etc/passwd]]", "inbox/x.md", None),
        ("[[../Web]]", "inbox/x.md", None),
        ("[[Zédé]]", "inbox/x.md", None),  # an alias, but no title
    ],
)
def test_a_link_points_where_obsidian_finds_it(link: str, source: str, path: str | None, catalog_of: Build) -> None:
    catalog = catalog_of(
        "c/Acme/projects/Web.md", "c/Zed/projects/Web.md", "elsewhere/Web.md", "all/Web.md", "people/Zoë Größe.md", "inbox/x.md",
        **TWO_CLIENTS,
    )  # fmt: skip
    assert catalog.resolve(link, source) == path


@pytest.mark.parametrize(
    ("link", "path"), [("[[Zed]]", "c/Zed/Zed.md"), ("[[the zed company]]", "c/Zed/Zed.md"), ("zede", "c/Zed/Zed.md"), ("[[Web]]", None)]
)
def test_a_client_is_found_by_its_title_or_an_alias(link: str, path: str | None, catalog_of: Build) -> None:
    catalog = catalog_of("a/Zed.md", "Web.md", **TWO_CLIENTS)  # a plain note of that name is no client
    assert catalog.resolve(link, "inbox/x.md", "client") == path


@pytest.mark.parametrize("near", [PLAIN, CLIENT])
def test_a_path_from_the_root_wins_over_the_end_of_a_nearer_one(near: str, catalog_of: Build) -> None:
    catalog = catalog_of("c/x.md", "old/c/x.md", **{"old/Old.md": near})
    assert catalog.resolve("[[c/x]]", "old/y.md") == "c/x.md"


def test_the_same_folder_is_not_a_folder_below_it(catalog_of: Build) -> None:
    catalog = catalog_of("p/deep/Web.md", "q/Web.md")
    assert catalog.resolve("[[Web]]", "p/x.md") == "q/Web.md"  # the shortest path


def test_a_link_to_a_heading_alone_points_into_its_own_note(catalog_of: Build) -> None:
    assert catalog_of("a.md", "b.md").resolve("[[#Terms]]", "a.md") == "a.md"


# ------------------------------------------------------------------------------- what it tells


def test_follow_ups_come_by_their_day_with_those_without_one_last(catalog_of: Build) -> None:
    catalog = catalog_of(
        **{
            "late.md": follow_up("due: 2026-11-09\n"), "none.md": follow_up(), "early.md": follow_up("due: 2026-11-02\n"),
            "done.md": follow_up("due: 2026-11-01\nstatus: done\n"), "also.md": follow_up("due: 2026-11-09\nstatus: waiting\n"),
        }
    )  # fmt: skip
    assert [found.path for found in catalog.follow_ups()] == ["done.md", "early.md", "also.md", "late.md", "none.md"]
    assert [found.path for found in catalog.follow_ups(["open"])] == ["early.md", "late.md", "none.md"]
    assert [found.path for found in catalog.follow_ups(["waiting", "done"])] == ["done.md", "also.md"]


def test_records_come_back_from_the_catalogue_as_they_were_read(catalog_of: Build) -> None:
    text = (
        "---\ntype: follow-up\ndue: 2026-11-09\nscheduled: 2026-11-05\npriority: high\nrecurrence: FREQ=WEEKLY\nproject: '[[Web]]'\n---\n"
    )
    (found,) = catalog_of(**{"c/Acme/Acme.md": CLIENT, "c/Acme/Call.md": text}).follow_ups()
    assert found.id == handle("c/Acme/Call.md")
    assert (found.text, found.due, found.scheduled, found.priority) == ("Call", date(2026, 11, 9), date(2026, 11, 5), "high")
    assert (found.recurrence, found.project, found.client, found.completed, found.line, found.kind) == (
        "FREQ=WEEKLY",
        "Web",
        "Acme",
        None,
        1,
        "note",
    )


def test_handles_stay_when_other_things_change_and_differ_between_records(tmp_path: Path) -> None:
    talk = "---\ntype: interaction\nnext_step: Ask\ndecisions: [One, Two]\nfeedback: Fine\n---\n"
    vault = make_vault(tmp_path / "vault", {"2026-11-02 Call.md": talk, "a.md": follow_up(), "b.md": "---\ntype: decision\n---\n"})

    def handles() -> list[str]:
        catalog = caught_up(vault)
        return sorted([f.id for f in catalog.follow_ups()] + [d.id for d in catalog.decisions()] + [p.id for p in catalog.points()])

    first = handles()
    assert len(first) == len(set(first)) == 6
    make_vault(tmp_path / "vault", {"2026-11-02 Call.md": talk + "more\n", "a.md": follow_up("due: 2026-11-09\nstatus: done\n")})
    assert handles() == first


def test_a_decision_that_another_one_replaces_is_superseded(catalog_of: Build) -> None:
    catalog = catalog_of(
        **{
            "c/Acme/Acme.md": CLIENT,
            "c/Acme/2026-07-28 Call.md": "---\ntype: interaction\ndecisions:\n  - 60 an hour\n  - Two rounds\n---\n",
            "c/Acme/Old.md": "---\ntype: decision\ndate: 2026-08-01\n---\n",
            "c/Acme/New.md": "---\ntype: decision\ndate: 2026-11-02\nsupersedes: ['[[Old]]', '[[2026-07-28 Call|60 AN HOUR]]']\n---\n",
            "c/Acme/Gone.md": "---\ntype: decision\ndate: 2026-06-01\nstatus: withdrawn\n---\n",
        }
    )
    assert [(found.text, found.status, found.client) for found in catalog.decisions()] == [
        ("New", "in force", "Acme"),
        ("Old", "superseded", "Acme"),
        ("60 an hour", "superseded", "Acme"),
        ("Two rounds", "in force", "Acme"),
        ("Gone", "withdrawn", "Acme"),
    ]


def test_a_decision_that_holds_a_link_can_be_superseded(catalog_of: Build) -> None:
    catalog = catalog_of(
        **{
            "Call.md": "---\ntype: interaction\ndecisions: ['Prices as in [[Web]]']\n---\n",
            # as actions/decisions.py writes it
            "New.md": "---\ntype: decision\nsupersedes: '[[Call|Prices as in   Web  ]]'\n---\n",
        }
    )
    assert {found.text: found.status for found in catalog.decisions()} == {"New": "in force", "Prices as in [[Web]]": "superseded"}


def test_notes_are_told_by_type_and_by_folder(catalog_of: Build) -> None:
    catalog = catalog_of("a.md", "c/b.md", "c-d/x.md", "c/deep/e.md", "c0/y.md", **{"c/Acme.md": CLIENT})
    assert [note.path for note in catalog.notes()] == ["a.md", "c-d/x.md", "c/Acme.md", "c/b.md", "c/deep/e.md", "c0/y.md"]
    assert [note.path for note in catalog.notes(below="c")] == ["c/Acme.md", "c/b.md", "c/deep/e.md"]
    assert [note.path for note in catalog.notes("client")] == ["c/Acme.md"]
    note = catalog.note("c/Acme.md")
    assert note is not None
    assert (note.type, note.title, note.folder, note.properties) == ("client", "Acme", "c", {"type": "client"})
    assert catalog.note("nowhere.md") is None


def test_points_and_problems_are_told_with_their_place(catalog_of: Build) -> None:
    catalog = catalog_of(
        **{
            "c/Acme/Acme.md": CLIENT + "## Preferences\n- Tea\n- Mornings\n",
            "c/Acme/2026-11-02 Call.md": "---\ntype: interaction\nfeedback: Fine\n---\n",
            "c/Zed/Zed.md": "---\ntype: client\nstatus: friend\n---\n",
            "c/Zedd.md": "---\na: 1\n",
        }
    )
    acme = Home("c/Acme/Acme.md", "Acme")
    assert [(point.text, point.kind) for point in catalog.points(acme)] == [
        ("Fine", "feedback"),
        ("Tea", "preference"),
        ("Mornings", "preference"),
    ]
    assert catalog.points(Home("c/Zed/Zed.md", "Zed")) == []
    assert [(problem.path, problem.line, problem.code) for problem in catalog.problems()] == [
        ("c/Zed/Zed.md", 3, "bad-choice"),
        ("c/Zedd.md", 1, "front-matter"),
    ]
    assert [problem.path for problem in catalog.problems("c/Zed")] == ["c/Zed/Zed.md"]
