"""Follow-ups, decisions, notes, points and problems as the catalogue returns them."""

from datetime import date
from pathlib import Path

from tests.catalog.catalogs import CLIENT, Build, follow_up
from tests.support import make_vault, refreshed
from vaultcrm.links.ownership import ClientRef
from vaultcrm.model.handles import handle


def test_follow_ups_are_sorted_by_due_day_with_undated_ones_last(catalog_of: Build) -> None:
    catalog = catalog_of(
        **{
            "late.md": follow_up("due: 2026-11-09\n"), "none.md": follow_up(), "early.md": follow_up("due: 2026-11-02\n"),
            "done.md": follow_up("due: 2026-11-01\nstatus: done\n"), "also.md": follow_up("due: 2026-11-09\nstatus: waiting\n"),
        }
    )  # fmt: skip
    assert [item.path for item in catalog.follow_ups()] == ["done.md", "early.md", "also.md", "late.md", "none.md"]
    assert [item.path for item in catalog.follow_ups(["open"])] == ["early.md", "late.md", "none.md"]
    assert [item.path for item in catalog.follow_ups(["waiting", "done"])] == ["done.md", "also.md"]
    assert [item.path for item in catalog.follow_ups(["open"], path="late.md")] == ["late.md"]


def test_a_follow_up_is_returned_as_it_was_read(catalog_of: Build) -> None:
    text = (
        "---\ntype: follow-up\ndue: 2026-11-09\nscheduled: 2026-11-05\npriority: high\nrecurrence: FREQ=WEEKLY\nproject: '[[Web]]'\n---\n"
    )
    (item,) = catalog_of(**{"c/Acme/Acme.md": CLIENT, "c/Acme/Call.md": text}).follow_ups()
    assert item.id == handle("c/Acme/Call.md")
    assert (item.text, item.due, item.scheduled, item.priority) == ("Call", date(2026, 11, 9), date(2026, 11, 5), "high")
    assert (item.recurrence, item.project, item.client, item.completed, item.line, item.kind) == (
        "FREQ=WEEKLY",
        "Web",
        "Acme",
        None,
        1,
        "note",
    )


def test_handles_are_unique_and_survive_other_changes(tmp_path: Path) -> None:
    interaction = "---\ntype: interaction\nnext_step: Ask\ndecisions: [One, Two]\nfeedback: Fine\n---\n"
    vault = make_vault(tmp_path / "vault", {"2026-11-02 Call.md": interaction, "a.md": follow_up(), "b.md": "---\ntype: decision\n---\n"})

    def handles() -> list[str]:
        catalog = refreshed(vault)
        return sorted([f.id for f in catalog.follow_ups()] + [d.id for d in catalog.decisions()] + [p.id for p in catalog.points()])

    first = handles()
    assert len(first) == len(set(first)) == 6
    make_vault(tmp_path / "vault", {"2026-11-02 Call.md": interaction + "more\n", "a.md": follow_up("due: 2026-11-09\nstatus: done\n")})
    assert handles() == first


def test_a_decision_that_another_decision_replaces_is_superseded(catalog_of: Build) -> None:
    catalog = catalog_of(
        **{
            "c/Acme/Acme.md": CLIENT,
            "c/Acme/2026-07-28 Call.md": "---\ntype: interaction\ndecisions:\n  - 60 an hour\n  - Two rounds\n---\n",
            "c/Acme/Old.md": "---\ntype: decision\ndate: 2026-08-01\n---\n",
            "c/Acme/New.md": "---\ntype: decision\ndate: 2026-11-02\nsupersedes: ['[[Old]]', '[[2026-07-28 Call|60 AN HOUR]]']\n---\n",
            "c/Acme/Gone.md": "---\ntype: decision\ndate: 2026-06-01\nstatus: withdrawn\n---\n",
        }
    )
    assert [(decision.text, decision.status, decision.client) for decision in catalog.decisions()] == [
        ("New", "in force", "Acme"),
        ("Old", "superseded", "Acme"),
        ("60 an hour", "superseded", "Acme"),
        ("Two rounds", "in force", "Acme"),
        ("Gone", "withdrawn", "Acme"),
    ]


def test_a_decision_that_contains_a_link_can_be_superseded(catalog_of: Build) -> None:
    catalog = catalog_of(
        **{
            "Call.md": "---\ntype: interaction\ndecisions: ['Prices as in [[Web]]']\n---\n",
            # as actions/decisions.py writes the link
            "New.md": "---\ntype: decision\nsupersedes: '[[Call|Prices as in   Web  ]]'\n---\n",
        }
    )
    statuses = {decision.text: decision.status for decision in catalog.decisions()}
    assert statuses == {"New": "in force", "Prices as in [[Web]]": "superseded"}


def test_notes_are_listed_by_type_and_by_folder(catalog_of: Build) -> None:
    catalog = catalog_of("a.md", "c/b.md", "c-d/x.md", "c/deep/e.md", "c0/y.md", **{"c/Acme.md": CLIENT})
    assert [note.path for note in catalog.notes()] == ["a.md", "c-d/x.md", "c/Acme.md", "c/b.md", "c/deep/e.md", "c0/y.md"]
    assert [note.path for note in catalog.notes(below="c")] == ["c/Acme.md", "c/b.md", "c/deep/e.md"]
    assert [note.path for note in catalog.notes("client")] == ["c/Acme.md"]
    note = catalog.note("c/Acme.md")
    assert note is not None
    assert (note.type, note.title, note.folder, note.properties) == ("client", "Acme", "c", {"type": "client"})
    assert catalog.note("nowhere.md") is None


def test_points_and_problems_are_listed_by_client_and_by_folder(catalog_of: Build) -> None:
    catalog = catalog_of(
        **{
            "c/Acme/Acme.md": CLIENT + "## Preferences\n- Tea\n- Mornings\n",
            "c/Acme/2026-11-02 Call.md": "---\ntype: interaction\nfeedback: Fine\n---\n",
            "c/Zed/Zed.md": "---\ntype: client\nstatus: friend\n---\n",
            "c/Zedd.md": "---\na: 1\n",
        }
    )
    acme = ClientRef("c/Acme/Acme.md", "Acme")
    assert [(point.text, point.kind) for point in catalog.points(acme)] == [
        ("Fine", "feedback"),
        ("Tea", "preference"),
        ("Mornings", "preference"),
    ]
    assert catalog.points(ClientRef("c/Zed/Zed.md", "Zed")) == []
    assert [(problem.path, problem.line, problem.code) for problem in catalog.problems()] == [
        ("c/Zed/Zed.md", 3, "bad-choice"),
        ("c/Zedd.md", 1, "front-matter"),
    ]
    assert [problem.path for problem in catalog.problems("c/Zed")] == ["c/Zed/Zed.md"]


def test_excerpts_of_some_notes(catalog_of: Build) -> None:
    catalog = catalog_of(**{"c/Acme/Acme.md": CLIENT + "A bakery.\n", "c/Acme/Dana.md": "---\ntype: person\n---\n", "plan.md": "Plan B.\n"})
    assert catalog.excerpts([]) == {}
    paths = ["plan.md", "c/Acme/Acme.md", "c/Acme/Dana.md", "none.md", "plan.md"]
    assert catalog.excerpts(paths) == {"plan.md": "Plan B.", "c/Acme/Acme.md": "A bakery."}
