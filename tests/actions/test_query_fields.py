"""What `key:value` in a query means in a vault, on a day: notes, words and dates."""

from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with, note
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.index import index
from vaultcrm.actions.query_fields import is_property, resolve_fields, suggestions, unknown_dates
from vaultcrm.search.index import Index
from vaultcrm.search.query import And, Field, Not, Or, PathSet, Text, Tree, ValueSet, parse_query
from vaultcrm.search.searcher import Searcher
from vaultcrm.search.stemming import stemmers

WHALE = "clients/Blue Whale/Blue Whale.md"
FILES = {
    WHALE: note("client", "aliases: [BW]"),
    "clients/Blue Whale/Harbour/Harbour.md": CLIENT,
    "clients/Blue Whale/Dana Roe.md": note("person", "aliases: [Didi]"),
    "clients/Blue Whale/stray.md": note("follow-up", 'client: "[[Nobody]]"'),
    "clients/Fox/Fox.md": CLIENT,
    "inbox/Idea.md": note("interaction", 'client: "[[Blue Whale]]"', "channel: call"),
    "inbox/Other.md": note("interaction", 'client: "[[Fox]]"'),
    "Site.md": note("project"),
    "Otter.md": CLIENT, "Owl.md": CLIENT,
}  # fmt: skip
WHALE_NOTES = Or(
    (
        And(
            (
                PathSet(folders=("clients/Blue Whale",)),
                Not(PathSet(folders=("clients/Blue Whale/Harbour",), paths=("clients/Blue Whale/stray.md",))),
            )
        ),
        PathSet(paths=("inbox/Idea.md",)),
    )
)

MONTHS = [f"2026-{month:02}" for month in range(1, 12)]  # without the last one
DAYS = [f"2026-12-{day:02}" for day in range(1, 31)]  # without the last one


@pytest.fixture
def crm(tmp_path: Path) -> Crm:
    crm = crm_with(tmp_path / "v", FILES)
    crm.refresh()
    return crm


def resolved(crm: Crm, query: str) -> Tree:
    return resolve_fields(crm, parse_query(query, lambda key: is_property(key) or key == "shipped"))


def resolved_parts(crm: Crm, query: str) -> tuple[Tree, ...]:
    tree = resolved(crm, query)
    return tree.parts if isinstance(tree, And) else (tree,)


def test_which_keys_are_properties() -> None:
    known = ("client", "tag", "person", "completeddate", "title", "type", "alias")
    assert [key for key in (*known, "colour", "12") if is_property(key)] == list(known)


def test_a_client_stands_for_its_notes_and_for_those_that_name_it(crm: Crm) -> None:
    for query in ("client:whale", "client:bw", 'client:"Blue Whale"'):
        assert resolved(crm, query) == Or((WHALE_NOTES,)), query


def test_a_client_without_a_folder_of_its_own(crm: Crm) -> None:
    assert resolved(crm, "client:otter") == Or((Or((PathSet(paths=("Otter.md",)), PathSet())),))


def test_all_clients_that_match_are_meant(crm: Crm) -> None:
    assert resolved(crm, "client:o") == Or(
        tuple(Or((PathSet(paths=(path,)), PathSet())) for path in ("Otter.md", "Owl.md"))
    )  # fmt: skip


def test_an_unknown_client_is_searched_as_a_word(crm: Crm) -> None:
    assert resolved(crm, "client:nobody") == Text(("nobody",), "client")
    assert resolved(crm, "client:...") == Or(())


def test_fields_are_resolved_within_every_operator(crm: Crm) -> None:
    assert resolved(crm, "x -channel:call (stage:a OR y)") == And(
        (
            Text(("x",)),
            Not(Or((Text(("call",), "channel"),))),
            Or((Or((Text(("a",), "stage"),)), Text(("y",), is_prefix=True))),
        )
    )


@pytest.mark.parametrize(
    ("query", "rest"), [("client:blue whale pricing", "pricing"), ("client:blue whale", None), ("client:blue pricing", "p")]
)
def test_a_name_may_go_on_after_the_field(query: str, rest: str | None, crm: Crm) -> None:
    tree = resolved(crm, query)
    assert tree == (And((Or((WHALE_NOTES,)),)) if rest is None else And((Or((WHALE_NOTES,)), Text(("pricing",), is_prefix=True))))


def test_the_longest_name_is_meant(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {f"clients/{name}/{name}.md": CLIENT for name in ("Ann Lee", "Ann Lee Co")})
    crm.refresh()
    assert resolved(crm, "client:ann lee co x") == And((*resolved_parts(crm, 'client:"Ann Lee Co"'), Text(("x",), is_prefix=True)))


def test_a_quoted_name_does_not_go_on(crm: Crm) -> None:
    assert resolved(crm, 'client:blue "whale"') == And((Or((WHALE_NOTES,)), Text(("whale",), is_quoted=True)))
    assert resolved(crm, 'client:"blue" whale') == And((Or((WHALE_NOTES,)), Text(("whale",), is_prefix=True)))


def test_a_person_is_searched_in_three_properties_by_every_name(crm: Crm) -> None:
    keys = ("people", "person", "by")
    note_of_dana = PathSet(paths=("clients/Blue Whale/Dana Roe.md",))
    full_names = tuple(Text(("dana", "roe"), key, is_quoted=True) for key in keys)
    for query in ("people:didi", "person:didi"):
        assert resolved(crm, query) == Or((*(Text(("didi",), key) for key in keys), note_of_dana, *full_names))
    assert resolved(crm, "by:didi") == Or((Text(("didi",), "by"), note_of_dana, full_names[2]))
    quoted = tuple(Text(("dana", "roe"), key, is_quoted=True) for key in keys)
    assert resolved(crm, "people:dana roe") == And((Or((*quoted, note_of_dana, *full_names)),))


def test_a_project_is_searched_by_its_title(crm: Crm) -> None:
    assert resolved(crm, "project:sit") == Or(
        (Text(("sit",), "project"), PathSet(paths=("Site.md",)), Text(("site",), "project", is_quoted=True))
    )


@pytest.mark.parametrize(
    ("query", "tree"),
    [
        ("tag:work", Or((Text(("work",), "tags"),))), ("tags:work", Or((Text(("work",), "tags"),))),
        ("alias:x", Or((Text(("x",), "aliases"),))), ("status:!", Or(())),
        ("due:2026", ValueSet("due", ("2026",))), ("due:2026-11", ValueSet("due", ("2026-11",))),
        ("due:today", ValueSet("due", ("2026-11-16",))), ("date:last-month", ValueSet("date", ("2026-10",))),
        ("due:2026-11-29..2026-12-02", ValueSet("due", ("2026-11-29", "2026-11-30", "2026-12-01", "2026-12-02"))),
        ("date:2025-12-31..2027-01-01", ValueSet("date", ("2025-12-31", "2026", "2027-01-01"))),
        ("date:2026-01-31..2026-04-01", ValueSet("date", ("2026-01-31", "2026-02", "2026-03", "2026-04-01"))),
        ("date:2026-01-01..2026-12-30", ValueSet("date", (*MONTHS, *DAYS))),
        ("date:2199..", ValueSet("date", ("2199", "2200"))), ("date:..1901", ValueSet("date", ("1900", "1901"))),
        ("due:<2026-11-02", ValueSet("due", (*map(str, range(1900, 2026)), *MONTHS[:-1], "2026-11-01"))),
        ("date:<=2026-02 ", ValueSet("date", (*map(str, range(1900, 2026)), "2026-01", "2026-02"))),
        ("due:>2199-12-30", ValueSet("due", ("2199-12-31", "2200"))), ("due:>=2199", ValueSet("due", ("2199", "2200"))),
        ("date:>2199", ValueSet("date", ("2200",))), ("shipped:>2199", ValueSet("shipped", ("2200",))), ("due:<", Or(())),
        ("due:late", PathSet()), ("due:someday", Or((Text(("someday",), "due"),))),  # not a period
        ("rate:1..2", Or((Text(("1", "2"), "rate"),))),
        ("shipped:2026-11..2026-12", ValueSet("shipped", ("2026-11", "2026-12"))),  # a property of the user's own
        ("status:2026-11..2026-12", Or((Text(("2026", "11", "2026", "12"), "status"),))), ("status:..", Or(())), ("status:...", Or(())),
        ("shipped:..", Or(())), ("shipped:...", Or(())), ("date:..", ValueSet("date", tuple(str(year) for year in range(1900, 2201)))),
        # what is due lies ahead, what has happened behind
        ("due:fri", ValueSet("due", ("2026-11-20",))), ("date:fri", ValueSet("date", ("2026-11-13",))),
        ("due:3d", ValueSet("due", ("2026-11-16", "2026-11-17", "2026-11-18"))),
        ("date:3d", ValueSet("date", ("2026-11-14", "2026-11-15", "2026-11-16"))),
        ("deadline:dec", ValueSet("deadline", ("2026-12",))), ("date:dec", ValueSet("date", ("2025-12",))),
        ("due:2026-11-31", Or((Text(("2026", "11", "31"), "due"),))),
    ],
)  # fmt: skip
def test_lists_and_dates(query: str, tree: Tree, crm: Crm) -> None:
    assert resolved(crm, query) == tree


def test_what_is_due_may_be_written_in_any_note(tmp_path: Path) -> None:
    files = {
        "Acme.md": CLIENT,
        "quote.md": note("follow-up", "due: 2026-11-13"),
        "done.md": note("follow-up", "due: 2026-11-13", "status: done"),
        "call.md": note("interaction", "next_step: Ring", "follow_up: 2026-11-13"),
        "list.md": "- [ ] Pay 📅 2026-11-13\n- [ ] Ask 📅 2026-11-20\n",
    }
    crm = crm_with(tmp_path / "v", files)
    crm.refresh()
    assert resolved(crm, "due:2026-11-13") == Or((ValueSet("due", ("2026-11-13",)), PathSet(paths=("call.md", "list.md"))))
    assert resolved(crm, "due:2026-11-20") == Or((ValueSet("due", ("2026-11-20",)), PathSet(paths=("list.md",))))
    assert resolved(crm, "due:2026-12") == ValueSet("due", ("2026-12",))
    for query in ("due:late", "due:Overdue"):
        assert resolved(crm, query) == PathSet(paths=("call.md", "list.md", "quote.md"))


def test_words_without_fields_stay_as_they_are(crm: Crm) -> None:
    tree = parse_query("a (b OR c) -d", is_property)
    assert resolve_fields(crm, tree) == tree
    assert resolve_fields(crm, Field("channel", "call")) == Or((Text(("call",), "channel"),))


def test_suggestions_for_a_value(crm: Crm) -> None:
    index(crm)

    def suggest(key: str, word: str) -> list[str]:
        return Index(crm.vault, crm.catalog).query(lambda reader: suggestions(crm, Searcher(reader, stemmers(("english",))), key, word))

    assert suggest("client", "whalr") == ["whale"]
    assert suggest("client", "otl") == ["owl"]
    assert suggest("client", "blau") == ["blue"]
    assert suggest("client", "whale") == []
    assert suggest("client", "zzzzzz") == []
    assert suggest("channel", "cal") == ["call"]
    assert suggest("channel", "call") == []


@pytest.mark.parametrize(
    ("query", "told"),
    [
        (
            "date:2026-11-01..2026-11-31",
            ["date:2026-11-01..2026-11-31 is searched as words. 2026-11-31 is not a date: November 2026 has 30 days."],
        ),
        ("x -due:2026-02-30", ["due:2026-02-30 is searched as words. 2026-02-30 is not a date: February 2026 has 28 days."]),
        ("(date:soon OR due:fri)", ["date:soon is searched as words. 'soon' is not a date I understand."]),
        ("date:2026-13..", ["date:2026-13.. is searched as words. 2026-13-01 is not a date: there is no month 13."]),
        ("date:2026 due:today status:2026-11-31 x", []),
        ("2026-11-31", []),
        ("due:late due:overdue due:..fri", []),
    ],
)
def test_a_date_that_is_none_is_told(query: str, told: list[str], crm: Crm) -> None:
    assert list(unknown_dates(crm, parse_query(query, is_property))) == told
