"""What somebody looks for is found, the best first."""

from datetime import date
from pathlib import Path

import pytest

from tests.search.searches import answer, ranked, texts, titles
from tests.support import file_states, make_vault
from vaultcrm.errors import InvalidInput

# ------------------------------------------------------------------------------------------ ranking


FILLER = "Some words that stand in every note of this vault, so that all are of one length.\n"


def test_a_word_in_the_title_weighs_more_than_in_the_body(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"Pricing.md": FILLER + "other", "Aaa.md": FILLER + "pricing", "Bbb.md": FILLER + "else"})
    assert ranked(vault, "pricing ") == ["Pricing", "Aaa"]


def test_a_word_in_a_property_is_found(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"a.md": "---\ntype: interaction\nsummary: The pricing again\n---\n", "b.md": "other"})
    assert ranked(vault, "pricing") == ["a"]


def test_an_exact_word_comes_before_others_of_its_stem(tmp_path: Path) -> None:
    vault = texts(tmp_path / "vault", a=FILLER + "I invoice", b=FILLER + "I invoiced", c=FILLER + "I invoices", d=FILLER + "I pay")
    for word in ("invoice", "invoiced", "invoices"):
        found = ranked(vault, f"{word} ")
        assert set(found) == {"a", "b", "c"}
        assert found[0] == {"invoice": "a", "invoiced": "b", "invoices": "c"}[word]


def test_quoted_words_are_just_these(tmp_path: Path) -> None:
    vault = texts(tmp_path / "vault", a="They invoice", b="They invoiced")
    assert titles(vault, '"invoice"') == {"a"}


def test_only_the_last_word_may_be_unfinished(tmp_path: Path) -> None:
    vault = texts(tmp_path / "vault", a="The pricing page", b="The price", c="A prince")
    for query in ("pric", "pric ", "the pric", '"the" pric', 'pric "the"'):
        assert titles(vault, query) == {"a", "b"}, query
    for query in ('"pric"', '"the pric"', "type:pric"):
        assert titles(vault, query) == set(), query
    assert answer(vault, "pric the").is_partial
    assert ranked(texts(tmp_path / "other", a="planks", b="plan"), "plan") == ["b", "a"]


def test_rare_words_and_repeated_ones_weigh_more(tmp_path: Path) -> None:
    vault = texts(tmp_path / "vault", a="offer offer offer of the", b="offer of the old day", c="of the new day")
    assert ranked(vault, "offer ") == ["a", "b"]


def test_notes_that_fit_equally_come_with_the_newest_first(tmp_path: Path) -> None:
    days = {"a": "2026-03-01", "b": "2026-05-01", "c": "2026-04-01"}
    vault = make_vault(tmp_path / "vault", {f"{name}.md": f"---\ndate: {day}\n---\nThe offer\n" for name, day in days.items()})
    assert ranked(vault, "offer") == ["b", "c", "a"]
    assert [hit.date for hit in answer(vault, "offer").hits] == [date(2026, 5, 1), date(2026, 4, 1), date(2026, 3, 1)]


def test_sorted_by_date_the_newest_comes_first_however_well_it_fits(tmp_path: Path) -> None:
    files = {"Offer.md": "---\ndate: 2026-01-05\n---\noffer", "b.md": "---\ndue: 2026-02-05\n---\noffer", "c.md": "offer"}
    files["2026-03-05 x.md"] = "offer"
    vault = make_vault(tmp_path / "vault", files)
    assert [hit.title for hit in answer(vault, "offer", by_date=True).hits] == ["2026-03-05 x", "b", "Offer", "c"]
    assert ranked(vault, "offer")[0] == "Offer"


def test_a_limit_gives_the_best_and_tells_how_many_there_are(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {f"{n}.md": "offer " * n for n in range(1, 31)})
    found = answer(vault, "offer", limit=3)
    assert (len(found.hits), found.total) == (3, 30)
    assert [hit.path for hit in found.hits] == [hit.path for hit in answer(vault, "offer").hits][:3]


# ---------------------------------------------------------------------------------------- the words


WORDS = {
    "rd": "The R&D team", "rx": "R, and then D", "tax": "Form W-2 is here", "w2": "week 2", "planb": "There is a plan B",
    "plana": "plan A, not B", "be": "To be, or not to be", "mail": "Ask x@acme.com about it", "mail2": "y@acme.com",
    "zoe": "Zoë hat angerufen", "size": "Die Größe", "tokyo": "東京都の天気", "kyoto": "京都の天気",
    "seoul": "서울에서 만나요", "two": "two options",
    "opt": "options: two", "web": "website and webshop", "cobweb": "cobweb", "bold": "a bolder step", "quote": "the quote",
    "invoice": "the invoice", "draft": "quote draft", "receive": "We receive it",
    "nine": "nine",
}  # fmt: skip
FOUND: list[tuple[str, set[str]]] = [
    # small words and marks between them
    ("R&D", {"rd"}), ('"R&D"', {"rd"}), ("W-2", {"tax"}), ('"plan B"', {"planb"}), ('"to be"', {"be"}), ("to be ", {"be"}),
    ("x@acme.com", {"mail"}), ("@acme.com", {"mail", "mail2"}), ("form w-2 ", {"tax"}),
    # accents and case
    ("zoe", {"zoe"}), ("ZOË", {"zoe"}), ("grosse", {"size"}), ("größe", {"size"}), ("GRÖSSE ", {"size"}),
    # scripts without blanks
    ("東京", {"tokyo"}), ("京都", {"tokyo", "kyoto"}), ("東京都", {"tokyo"}), ("天気", {"tokyo", "kyoto"}), ("気", {"tokyo", "kyoto"}),
    ("東", {"tokyo"}), ("東都", set()), ("서울", {"seoul"}), ('"京都"', {"tokyo", "kyoto"}), ("東京 天気 ", {"tokyo"}),
    # phrases
    ('"two options"', {"two"}), ("two options ", {"two", "opt"}), ('"options two"', {"opt"}), ('"two opt"', set()),
    ("“two options”", {"two"}),
    # either
    ("quote OR invoice ", {"quote", "invoice", "draft"}), ("the quote OR invoice ", {"quote", "invoice"}),
    ("(quote draft) OR invoice ", {"draft", "invoice"}), ("zoe OR zzz OR nine ", {"zoe", "nine"}),
    # none
    ("quote -draft ", {"quote"}), ("quote NOT draft ", {"quote"}), ('options -"two options" ', {"opt"}), ("quote -dra the ", {"quote"}),
    ("(quote OR invoice) -draft -invoice ", {"quote"}),
    # wildcards
    ("web*", {"web"}), ("*web", {"web", "cobweb"}), ("?*web", {"cobweb"}), ("*web*", {"web", "cobweb"}), ("web???? ", {"web"}),
    ("n?ne ", {"nine"}), ("n?n ", set()), ("w*p ", {"web"}), ("-web* cobweb ", {"cobweb"}), ("größ* ", {"size"}),
    # nearly so
    ("recieve~ ", {"receive"}), ("recieve ", set()), ("nime~ ", {"nine"}), ("nimm~ ", set()), ("nimm~2 ", {"nine"}),
    ("receive~1 ", {"receive"}),
    # nothing that could be looked for
    ("", set()), ("   ", set()), ("?!", set()), ("*", set()), ('""', set()), ("()", set()), ("-", set()),
]  # fmt: skip


def test_each_query_finds_what_it_says(tmp_path: Path) -> None:
    vault = texts(tmp_path / "vault", **WORDS)
    wrong = {query: found for query, wanted in FOUND if (found := titles(vault, query)) != wanted}
    assert wrong == {}


def test_whoever_searches_writes_nothing_into_the_vault(tmp_path: Path) -> None:
    vault = texts(tmp_path / "vault", **WORDS)
    before = file_states(tmp_path / "vault")
    for query in ("quote", "web*", "date:2026-03"):
        answer(vault, query)
    assert file_states(tmp_path / "vault") == before


@pytest.mark.parametrize("word", ["Rechnungen", "Rechnung"])
def test_words_are_brought_down_to_stems_of_the_vaults_languages(word: str, tmp_path: Path) -> None:
    notes = {"a.md": "Die Rechnung ist da", "b.md": "Alle Rechnungen sind da", "c.md": "They invoiced"}
    english = make_vault(tmp_path / "english", notes)
    german = make_vault(tmp_path / "german", {**notes, "vaultcrm.toml": 'languages = ["german"]'})
    both = make_vault(tmp_path / "both", {**notes, "vaultcrm.toml": 'languages = ["English", "de"]'})
    assert titles(german, f"{word} ") == titles(both, f"{word} ") == {"a", "b"}
    assert len(titles(english, f"{word} the OR die OR alle")) == 1
    assert titles(both, "invoices ") == {"c"}
    assert titles(german, "invoices ") == set()


def test_a_language_without_a_stemmer_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"vaultcrm.toml": 'languages = ["klingon"]', "a.md": "a"})
    with pytest.raises(InvalidInput, match="klingon") as found:
        answer(vault, "a")
    assert "german" in found.value.hint


def test_a_vault_may_have_no_language_at_all(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"vaultcrm.toml": "languages = []", "a.md": "invoiced", "b.md": "invoices"})
    assert titles(vault, "invoiced ") == {"a"}


# ----------------------------------------------------------------------------- partial, suggestions


def test_when_no_note_has_all_words_those_with_most_are_told_as_partial(tmp_path: Path) -> None:
    vault = texts(tmp_path / "vault", a="zebra giraffe", b="zebra", c="lion")
    found = answer(vault, "zebra giraffe lion ")
    assert ([hit.title for hit in found.hits], found.is_partial) == (["a"], True)
    assert not answer(vault, "zebra giraffe ").is_partial
    assert answer(vault, "zebra unknown other more ").hits == []  # less than half is no answer
    assert answer(vault, '"zebra lion"').hits == []
    assert answer(vault, "zebra lion -giraffe ").total == 2  # what is forbidden stays so


def test_a_partial_answer_keeps_to_the_fields(tmp_path: Path) -> None:
    files = {"a.md": "---\ntype: decision\n---\nzebra", "b.md": "---\ntype: project\n---\nlion", "c.md": "---\ntype: decision\n---\nant"}
    found = answer(make_vault(tmp_path / "vault", files), "zebra lion type:decision ")
    assert ([hit.title for hit in found.hits], found.is_partial) == (["a"], True)


def test_a_word_that_is_nowhere_is_suggested_in_another_spelling(tmp_path: Path) -> None:
    vault = texts(tmp_path / "vault", a="receive money", b="invoice money", c="receive")
    assert answer(vault, "recieve").suggestions == ("receive",)
    assert answer(vault, "recieve -bank money").suggestions == ("receive -bank money",)
    assert answer(vault, '"recieve money"').suggestions == ('"receive money"',)
    for query in ("receive ", "qqqqqq", "", "invoice receive "):
        assert answer(vault, query).suggestions == ()
