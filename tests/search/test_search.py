"""Searches find the right notes, the best match first."""

from datetime import date
from pathlib import Path

import pytest

from tests.search.searches import found_titles, make_text_vault, ranked_titles, run_search
from tests.support import file_states, make_vault
from vaultcrm.errors import InvalidInput

# ------------------------------------------------------------------------------------------ ranking


FILLER = "Some words that every note of this vault has, so that all notes are equally long.\n"


def test_a_word_in_the_title_weighs_more_than_in_the_body(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"Pricing.md": FILLER + "other", "Aaa.md": FILLER + "pricing", "Bbb.md": FILLER + "else"})
    assert ranked_titles(vault, "pricing ") == ["Pricing", "Aaa"]


def test_a_word_in_a_property_is_found(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"a.md": "---\ntype: interaction\nsummary: The pricing again\n---\n", "b.md": "other"})
    assert ranked_titles(vault, "pricing") == ["a"]


def test_an_exact_word_comes_before_others_of_its_stem(tmp_path: Path) -> None:
    vault = make_text_vault(
        tmp_path / "vault", a=FILLER + "I invoice", b=FILLER + "I invoiced", c=FILLER + "I invoices", d=FILLER + "I pay"
    )
    for word in ("invoice", "invoiced", "invoices"):
        found = ranked_titles(vault, f"{word} ")
        assert set(found) == {"a", "b", "c"}
        assert found[0] == {"invoice": "a", "invoiced": "b", "invoices": "c"}[word]


def test_a_quoted_word_does_not_match_its_other_forms(tmp_path: Path) -> None:
    vault = make_text_vault(tmp_path / "vault", a="They invoice", b="They invoiced")
    assert found_titles(vault, '"invoice"') == {"a"}


def test_only_the_last_word_may_be_incomplete(tmp_path: Path) -> None:
    vault = make_text_vault(tmp_path / "vault", a="The pricing page", b="The price", c="A prince")
    for query in ("pric", "pric ", "the pric", '"the" pric', 'pric "the"'):
        assert found_titles(vault, query) == {"a", "b"}, query
    for query in ('"pric"', '"the pric"', "type:pric"):
        assert found_titles(vault, query) == set(), query
    assert run_search(vault, "pric the").suggestions == ("price the",)
    assert ranked_titles(make_text_vault(tmp_path / "other", a="planks", b="plan"), "plan") == ["b", "a"]


def test_rare_words_and_repeated_ones_weigh_more(tmp_path: Path) -> None:
    vault = make_text_vault(tmp_path / "vault", a="offer offer offer of the", b="offer of the old day", c="of the new day")
    assert ranked_titles(vault, "offer ") == ["a", "b"]


def test_of_equally_good_notes_the_newest_comes_first(tmp_path: Path) -> None:
    days = {"a": "2026-03-01", "b": "2026-05-01", "c": "2026-04-01"}
    vault = make_vault(tmp_path / "vault", {f"{name}.md": f"---\ndate: {day}\n---\nThe offer\n" for name, day in days.items()})
    assert ranked_titles(vault, "offer") == ["b", "c", "a"]
    assert [hit.date for hit in run_search(vault, "offer").hits] == [date(2026, 5, 1), date(2026, 4, 1), date(2026, 3, 1)]


def test_sorted_by_date_the_newest_comes_first_whatever_its_score(tmp_path: Path) -> None:
    files = {"Offer.md": "---\ndate: 2026-01-05\n---\noffer", "b.md": "---\ndateCreated: 2026-02-05\n---\noffer", "c.md": "offer"}
    files["2026-03-05 x.md"] = "offer"
    vault = make_vault(tmp_path / "vault", files)
    assert [hit.title for hit in run_search(vault, "offer", by_date=True).hits] == ["2026-03-05 x", "b", "Offer", "c"]
    assert ranked_titles(vault, "offer")[0] == "Offer"


def test_a_limit_keeps_the_best_hits_and_the_total(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {f"{n}.md": "offer " * n for n in range(1, 31)})
    found = run_search(vault, "offer", limit=3)
    assert (len(found.hits), found.total) == (3, 30)
    assert [hit.path for hit in found.hits] == [hit.path for hit in run_search(vault, "offer").hits][:3]


# ---------------------------------------------------------------------------------------- the words


WORDS = {
    "rd": "The R&D team", "rx": "R, and then D", "tax": "Form W-2 is here", "w2": "week 2", "planb": "There is a plan B",
    "plana": "plan A, not B", "be": "To be, or not to be", "mail": "Ask x@acme.com about it", "mail2": "y@acme.com",
    "zoe": "Zoë hat angerufen", "size": "Die Größe", "tokyo": "東京都の天気", "kyoto": "京都の天気",
    "seoul": "서울에서 만나요", "two": "two options",
    "opt": "options: two", "web": "website and webshop", "cobweb": "cobweb", "bold": "a bolder step", "quote": "the quote",
    "invoice": "the invoice", "draft": "quote draft", "receive": "We receive it",
    "nine": "nine", "sign": "The sign-off by e‑mail", "email": "An email", "sign2": "Sign off",
    "tel": "Ring +44 (0)7700 900417", "tel2": "0044-7700-900418, 07700/900419", "tel3": "On 2026-11-16 at 770 0900",
    "soft": "Ge\u00adsamt\u200bkon\u2060zept",
}  # fmt: skip
FOUND: list[tuple[str, set[str]]] = [
    # short words and punctuation
    ("R&D", {"rd"}), ('"R&D"', {"rd"}), ("W-2", {"tax"}), ('"plan B"', {"planb"}), ('"to be"', {"be"}), ("to be ", {"be"}),
    ("x@acme.com", {"mail"}), ("@acme.com", {"mail", "mail2"}), ("form w-2 ", {"tax"}),
    # hyphens, visible and soft
    ("email ", {"sign", "email"}), ("e-mail ", {"sign", "email"}), ("e-ma", {"sign", "email"}), ('"e-mail"', {"sign"}),
    ("signoff ", {"sign", "sign2"}), ("sign-off ", {"sign", "sign2"}), ("sign-off -email ", {"sign2"}), ("gesamtkonzept ", {"soft"}),
    ("Gesamt\u00adkonzept ", {"soft"}), ("gesamt\ufe0fkonzept ", {"soft"}),
    # one word or two
    ("sign off ", {"sign", "sign2"}), ("e mail ", {"sign", "email"}), ("cob web ", {"cobweb"}), ("web shop ", {"web"}),
    ("webs hop ", {"web"}),
    # long numbers
    ("07700900417", {"tel"}), ("+44 7700 900417 ", {"tel"}), ("(077) 00-900-417", {"tel"}), ("ring 07700 900 417 ", {"tel"}),
    ('"07700 900417"', {"tel"}), ("0900417", {"tel"}), ("900417", {"tel"}), ("07700\u00a0900\u2011418", {"tel2"}),
    ("+447700900419", {"tel2"}),
    ("+44 20 900417 ", set()), ("7700900", {"tel3"}), ("2026-11-16", {"tel3"}), ("20261116", set()), ("-07700900417 ring ", set()),
    # accents and case
    ("zoe", {"zoe"}), ("ZOË", {"zoe"}), ("grosse", {"size"}), ("größe", {"size"}), ("GRÖSSE ", {"size"}),
    # scripts without spaces
    ("東京", {"tokyo"}), ("京都", {"tokyo", "kyoto"}), ("東京都", {"tokyo"}), ("天気", {"tokyo", "kyoto"}), ("気", {"tokyo", "kyoto"}),
    ("東", {"tokyo"}), ("東都", set()), ("서울", {"seoul"}), ('"京都"', {"tokyo", "kyoto"}), ("東京 天気 ", {"tokyo"}),
    # phrases
    ('"two options"', {"two"}), ("two options ", {"two", "opt"}), ('"options two"', {"opt"}), ('"two opt"', set()),
    ("“two options”", {"two"}),
    # alternatives
    ("quote OR invoice ", {"quote", "invoice", "draft"}), ("the quote OR invoice ", {"quote", "invoice"}),
    ("(quote draft) OR invoice ", {"draft", "invoice"}), ("zoe OR zzz OR nine ", {"zoe", "nine"}),
    # exclusions
    ("quote -draft ", {"quote"}), ("quote NOT draft ", {"quote"}), ('options -"two options" ', {"opt"}), ("quote -dra the ", {"quote"}),
    ("(quote OR invoice) -draft -invoice ", {"quote"}),
    # wildcards
    ("web*", {"web"}), ("*web", {"web", "cobweb"}), ("?*web", {"cobweb"}), ("*web*", {"web", "cobweb"}), ("web???? ", {"web"}),
    ("n?ne ", {"nine"}), ("n?n ", set()), ("w*p ", {"web"}), ("-web* cobweb ", {"cobweb"}), ("größ* ", {"size"}),
    # similar spellings
    ("recieve~ ", {"receive"}), ("recieve ", set()), ("nime~ ", {"nine"}), ("nimm~ ", set()), ("nimm~2 ", {"nine"}),
    ("receive~1 ", {"receive"}),
    # nothing to search for
    ("", set()), ("   ", set()), ("?!", set()), ("*", set()), ('""', set()), ("()", set()), ("-", set()),
]  # fmt: skip


def test_each_query_finds_exactly_its_notes(tmp_path: Path) -> None:
    vault = make_text_vault(tmp_path / "vault", **WORDS)
    wrong = {query: titles for query, expected in FOUND if (titles := found_titles(vault, query)) != expected}
    assert wrong == {}


def test_searching_writes_nothing_into_the_vault(tmp_path: Path) -> None:
    vault = make_text_vault(tmp_path / "vault", **WORDS)
    before = file_states(tmp_path / "vault")
    for query in ("quote", "web*", "date:2026-03"):
        run_search(vault, query)
    assert file_states(tmp_path / "vault") == before


@pytest.mark.parametrize("word", ["Rechnungen", "Rechnung"])
def test_words_are_stemmed_in_the_languages_of_the_vault(word: str, tmp_path: Path) -> None:
    notes = {"a.md": "Die Rechnung ist da", "b.md": "Alle Rechnungen sind da", "c.md": "They invoiced"}
    english = make_vault(tmp_path / "english", notes)
    german = make_vault(tmp_path / "german", {**notes, "vaultcrm.toml": 'languages = ["german"]'})
    both = make_vault(tmp_path / "both", {**notes, "vaultcrm.toml": 'languages = ["English", "de"]'})
    assert found_titles(german, f"{word} ") == found_titles(both, f"{word} ") == {"a", "b"}
    assert len(found_titles(english, f"{word} the OR die OR alle")) == 1
    assert found_titles(both, "invoices ") == {"c"}
    assert found_titles(german, "invoices ") == set()


def test_an_unknown_language_is_an_error_that_lists_the_known_ones(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"vaultcrm.toml": 'languages = ["klingon"]', "a.md": "a"})
    with pytest.raises(InvalidInput, match="klingon") as error:
        run_search(vault, "a")
    assert "german" in error.value.hint


def test_without_languages_there_is_no_stemming(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"vaultcrm.toml": "languages = []", "a.md": "invoiced", "b.md": "invoices"})
    assert found_titles(vault, "invoiced ") == {"a"}


# ----------------------------------------------------------------------------- partial, suggestions


def test_if_no_note_has_all_words_those_with_most_are_a_partial_result(tmp_path: Path) -> None:
    vault = make_text_vault(tmp_path / "vault", a="zebra giraffe", b="zebra", c="lion")
    found = run_search(vault, "zebra giraffe lion ")
    assert ([hit.title for hit in found.hits], found.is_partial) == (["a"], True)
    assert not run_search(vault, "zebra giraffe ").is_partial
    assert run_search(vault, "zebra oak ash elm fir ").hits == []  # less than a quarter of the words isn't enough
    assert run_search(vault, '"zebra lion"').hits == []
    assert run_search(vault, "zebra lion -giraffe ").total == 2  # excluded words stay excluded


def test_a_partial_result_still_respects_properties(tmp_path: Path) -> None:
    files = {"a.md": "---\ntype: decision\n---\nzebra", "b.md": "---\ntype: project\n---\nlion", "c.md": "---\ntype: decision\n---\nant"}
    found = run_search(make_vault(tmp_path / "vault", files), "zebra lion type:decision ")
    assert ([hit.title for hit in found.hits], found.is_partial) == (["a"], True)


def test_another_spelling_is_suggested_for_a_word_that_no_note_has(tmp_path: Path) -> None:
    vault = make_text_vault(tmp_path / "vault", a="receive money", b="invoice money", c="receive")
    assert run_search(vault, "recieve").suggestions == ("receive",)
    assert run_search(vault, "recieve -bank money").suggestions == ("receive -bank money",)
    assert run_search(vault, '"recieve money"').suggestions == ('"receive money"',)
    for query in ("receive ", "qqqqqq", "", "invoice receive "):
        assert run_search(vault, query).suggestions == ()
