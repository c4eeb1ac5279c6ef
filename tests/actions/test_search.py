"""What a search returns: hits, partial matches, suggestions."""

from datetime import date
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with, note
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.search import search
from vaultcrm.vault.vault import Vault

FILES = {
    "clients/Acme/Acme.md": CLIENT,
    "clients/Acme/2026-11-04 1430 Call.md": note("interaction", "date: 2026-11-04T14:30:00", body="Dana wants walnut shelves.\n"),
    "clients/Acme/Quote.md": note("follow-up", "due: 2026-11-20", body="Walnut, and oak for the table.\n"),
    "Lamp.md": "Shelves with brass lamps.\n",
}


@pytest.fixture
def crm(tmp_path: Path) -> Crm:
    return crm_with(tmp_path / "v", FILES)


def test_a_hit_has_everything_that_is_shown(crm: Crm) -> None:
    result = search(crm, "walnut shelves")
    hit = result.hits[0]
    assert hit[:5] == ("clients/Acme/2026-11-04 1430 Call.md", "Acme", "interaction", "2026-11-04 1430 Call", date(2026, 11, 4))
    assert (hit.score > 0, hit.snippet.text, result[1:]) == (True, "Dana wants walnut shelves.", (1, False, (), (), (), None))


def test_what_cannot_be_scored_has_the_score_0_and_is_sorted_by_date(crm: Crm) -> None:
    result = search(crm, "client:acme")
    assert [(hit.title, hit.score) for hit in result.hits] == [("2026-11-04 1430 Call", 0), ("Acme", 0), ("Quote", 0)]


def test_the_limit_and_the_order_by_date(crm: Crm) -> None:
    result = search(crm, "walnut", limit=1, by_date=True)
    assert ([hit.title for hit in result.hits], result.total) == (["2026-11-04 1430 Call"], 2)
    assert len(search(crm, "walnut", limit=None).hits) == 2


def test_if_no_note_has_all_words_those_with_most_of_them_are_found(crm: Crm) -> None:
    result = search(crm, "walnut brass")
    assert (sorted(hit.title for hit in result.hits), result.is_partial) == (["2026-11-04 1430 Call", "Lamp", "Quote"], True)
    assert search(crm, "walnut brass", limit=0).total == 3
    assert not search(crm, "brass marble -lamps").hits


def test_a_partial_match_has_to_match_the_rest_of_the_query(crm: Crm) -> None:
    for query in ('walnut marble "oak"', "walnut marble due:2026-11"):
        result = search(crm, query)
        assert ([hit.title for hit in result.hits], result.is_partial) == (["Quote"], True), query
    with_phrase, without = (search(crm, query).hits[0] for query in ('walnut marble "oak"', "walnut marble due:2026-11"))
    assert with_phrase.score > without.score  # the phrase counts


def test_an_unknown_word_is_replaced_in_the_suggestion(crm: Crm) -> None:
    assert search(crm, "walnit shelves").suggestions == ("walnut shelves",)
    assert search(crm, "client:acne walnut").suggestions == ("client:acme walnut",)
    assert search(crm, "zzzzzz").suggestions == ()
    assert search(crm, "walnut").suggestions == ()


def test_an_empty_query_finds_nothing(crm: Crm) -> None:
    assert search(crm, "") == ([], 0, False, (), (), (), None)


def test_a_long_query_is_cut(crm: Crm) -> None:
    assert [hit.title for hit in search(crm, "brass " + " " * 1000 + "walnut").hits] == ["Lamp"]


def test_only_paths_opens_no_note(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = search(crm, "walnut", None)
    read: list[str] = []
    monkeypatch.setattr(Vault, "read", lambda self, path: read.append(path))
    found = search(crm, "walnut", None, only_paths=True)
    assert [(hit.path, hit.title, hit.score) for hit in found.hits] == [(hit.path, hit.title, hit.score) for hit in whole.hits]
    assert (found[1:], read) == (whole[1:], [])


def test_another_spelling_is_searched_at_once(crm: Crm) -> None:
    result = search(crm, "walnit shelvs")
    assert (result.corrected, result.total, result.is_partial, result.hits[0].title) == ("walnut shelves", 1, False, "2026-11-04 1430 Call")
    assert [hit.missing for hit in result.hits] == [(), ("walnut",), ("shelves",)]
    assert search(crm, "client:acne walnut").corrected == "client:acme walnut"
    assert search(crm, "walnut marble").corrected is None  # no note is about marble, and nothing is spelled like it
    for whole in (search(crm, "walnit", limit=None), search(crm, "walnit", only_paths=True)):  # for another program
        assert (whole.hits, whole.corrected, whole.suggestions) == ([], None, ("walnut",))


def test_what_is_over_done_or_due_is_told(tmp_path: Path) -> None:
    files = {
        "clients/Acme/Acme.md": CLIENT,
        "clients/Acme/By the hour.md": note("decision", "date: 2026-07-07", body="The rate is 60.\n"),
        "clients/Acme/Fixed.md": note("decision", "date: 2026-07-28", 'supersedes: "[[By the hour]]"', body="The rate is off.\n"),
        "clients/Acme/Gone.md": note("decision", "status: withdrawn", body="The rate is 50.\n"),
        "clients/Acme/Ask.md": note("follow-up", "due: 2026-11-20", "dateCreated: 2026-11-01T10:00:00", body="Ask for the rate.\n"),
        "clients/Acme/Told.md": note("follow-up", "status: done", "completedDate: 2026-11-02", "due: 2026-11-20", body="The rate.\n"),
        "clients/Acme/Call.md": note("interaction", "date: 2026-08-01", body="> [!decision] The rate is 70\n"),
    }
    hits = {hit.title: (hit.status, hit.date, hit.due) for hit in search(crm_with(tmp_path / "v", files), "rate").hits}
    assert hits == {
        "By the hour": ("superseded", date(2026, 7, 7), None),
        "Fixed": ("in force", date(2026, 7, 28), None), "Gone": ("withdrawn", None, None),
        "Ask": (None, date(2026, 11, 1), date(2026, 11, 20)), "Told": ("done", date(2026, 11, 2), date(2026, 11, 20)),
        "Call": ("in force", date(2026, 8, 1), None),
    }  # fmt: skip


def test_the_name_of_a_property_is_a_word_of_its_note(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {"Dana.md": note("person", "phone: ['0117 496 0142']", "birthday: 2 May"), "b.md": "Dana rang."})
    assert [search(crm, query).hits[0].title for query in ("dana phone", "birthday dana")] == ["Dana", "Dana"]
    assert not search(crm, "type").hits


def test_a_link_to_the_client_does_not_repeat_what_its_folder_says(tmp_path: Path) -> None:
    files = {
        "clients/Acme/Acme.md": CLIENT,
        "clients/Acme/a.md": note("decision", 'client: "[[Acme]]"'),
        "clients/Acme/b.md": note("decision"),
    }
    scores = {hit.title: hit.score for hit in search(crm_with(tmp_path / "v", files), "acme").hits}
    assert scores["a"] == scores["b"]


def test_a_hyphenated_word_is_marked_as_a_whole(tmp_path: Path) -> None:
    (hit,) = search(crm_with(tmp_path / "v", {"a.md": "The sign-off came."}), "signoff ").hits
    assert (hit.snippet.text, hit.snippet.marks) == ("The sign-off came.", ((4, 12),))


@pytest.mark.parametrize("query", ["date:2026-02-29", "re: lamps", "x walnut", "wallnut zzzz", "2027 walnut"])
def test_nothing_is_suggested_that_would_not_help(query: str, crm: Crm) -> None:
    assert search(crm, query).suggestions == ()
