"""What somebody looks for is found: the best first, with the line that shows why."""

import os
import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.support import looks, make_vault, write_files
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.search import Answer, search
from vaultcrm.errors import NotUnderstood
from vaultcrm.vault.vault import Vault

NOW = datetime(2026, 11, 16, 9, 30)


def answer(vault: Vault, query: str, limit: int | None = None, by_date: bool = False) -> Answer:
    """What a command of its own would answer now."""
    crm = Crm(vault.root, NOW)
    try:
        return search(crm, query, limit, by_date)
    finally:
        crm.catalog.close()


def ranked(vault: Vault, query: str) -> list[str]:
    """The titles that are found, the best first."""
    return [hit.title for hit in answer(vault, query).hits]


def titles(vault: Vault, query: str) -> set[str]:
    return set(ranked(vault, query))


def texts(root: Path, **notes: str) -> Vault:
    """A vault of notes without properties."""
    return make_vault(root, {f"{name}.md": text for name, text in notes.items()})


# ------------------------------------------------------------------------------------- ranking

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


# ------------------------------------------------------------------------------------ the words

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
    before = looks(tmp_path / "vault")
    for query in ("quote", "web*", "date:2026-03"):
        answer(vault, query)
    assert looks(tmp_path / "vault") == before


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
    with pytest.raises(NotUnderstood, match="klingon") as found:
        answer(vault, "a")
    assert "german" in found.value.hint


def test_a_vault_may_have_no_language_at_all(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"vaultcrm.toml": "languages = []", "a.md": "invoiced", "b.md": "invoices"})
    assert titles(vault, "invoiced ") == {"a"}


# ---------------------------------------------------------------------- partial, suggestions


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


# ------------------------------------------------------------------------------------- clients

CLIENTS = {
    "clients/Acme/Acme.md": "---\ntype: client\naliases: [ACM Corp]\n---\n",
    "clients/Blue Bottle/Blue Bottle.md": "---\ntype: client\n---\n",
    "clients/Blue Bottle/coffee.md": "---\ntype: interaction\ndate: 2026-01-15T10:00\n---\n",
    "inbox/linked.md": "---\nclient: '[[ACM Corp]]'\ndate: 2026-10-20\n---\n",
}


def test_a_hit_tells_whose_and_what_it_is(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", CLIENTS)
    (hit,) = answer(vault, "date:2026-10 ").hits
    assert hit[:6] == ("inbox/linked.md", "Acme", None, "linked", date(2026, 10, 20), 0)
    (hit,) = answer(vault, "coffee ").hits
    assert (hit.client, hit.type, hit.date) == ("Blue Bottle", "interaction", date(2026, 1, 15))


def test_a_renamed_client_keeps_its_notes(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", CLIENTS)
    assert titles(vault, "client:bottle ") == {"Blue Bottle", "coffee"}
    folder = tmp_path / "vault/clients/Blue Bottle"
    os.rename(folder / "Blue Bottle.md", folder / "Red Cup.md")
    assert titles(vault, "client:bottle ") == set()
    os.rename(folder, folder.parent / "Red Cup")
    assert titles(vault, "client:red ") == titles(vault, 'client:"red cup"') == {"Red Cup", "coffee"}
    (tmp_path / "vault/clients/Red Cup/Red Cup.md").unlink()
    assert titles(vault, "client:red ") == set()


# ------------------------------------------------------------------------------------ snippets

NOTE = """---
type: interaction
summary: The pricing
---
# A heading

First line

The  Pricing, and pricing of Zoë's two options
pricing
"""


def shown(root: Path, text: str | bytes, query: str) -> tuple[int, str, list[str]]:
    """The line, the text and the marked pieces of the one note that is found."""
    (hit,) = answer(make_vault(root, {"Note.md": text}), query).hits
    return hit.snippet.line, hit.snippet.text, [hit.snippet.text[start:end] for start, end in hit.snippet.marks]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_line_with_most_of_the_words_is_shown_with_the_words_marked(newline: str, tmp_path: Path) -> None:
    data = b"\xef\xbb\xbf" + NOTE.replace("\n", newline).encode()
    line = "The Pricing, and pricing of Zoë's two options"
    for query, marks in {
        "pricing ": ["Pricing", "pricing"], "prices ": ["Pricing", "pricing"], "zoe pric": ["Pricing", "pricing", "Zoë"],
        "opt* ": ["options"], '"two options"': ["two options"], "option ": ["options"], "optoins~ ": ["options"],
        "pricing -draft zoe": ["Pricing", "pricing", "Zoë"],
    }.items():  # fmt: skip
        if query == '"two options"':
            assert shown(tmp_path / "vault", data, query)[2] in (["two options"], ["two", "options"])
        else:
            assert shown(tmp_path / "vault", data, query) == (9, line, marks), query
    assert shown(tmp_path / "vault", data, "heading ") == (5, "# A heading", ["heading"])
    assert shown(tmp_path / "vault", data, "type:interaction ") == (7, "First line", [])


def test_a_word_that_only_a_property_holds_is_shown_there(tmp_path: Path) -> None:
    assert shown(tmp_path / "vault", "---\nsummary: Our wálnut\n---\nBody\n", "walnut ") == (2, "summary: Our wálnut", ["wálnut"])
    assert shown(tmp_path / "vault", "---\ntags:\n  - walnut\n---\nBody\n", "walnut ") == (3, "- walnut", ["walnut"])
    assert shown(tmp_path / "vault", "東京都と大阪", "京都 ") == (1, "東京都と大阪", ["京都"])
    assert shown(tmp_path / "vault", "", "note ") == (1, "", [])


def test_of_a_long_line_the_piece_around_the_words_is_shown(tmp_path: Path) -> None:
    line, text, marks = shown(tmp_path / "vault", "first\n" + "before " * 300 + "walnut " + "after " * 300, "walnut ")
    assert (line, marks) == (2, ["walnut"])
    assert text.startswith("…before ") and text.endswith(" after…") and len(text) <= 202


@pytest.mark.parametrize("char", ["\f", "\v", "\u2028", "\x1c", "\x85"])
def test_lines_are_counted_as_editors_count_them(char: str, tmp_path: Path) -> None:
    assert shown(tmp_path / "vault", f"---\na: 1\n---\none{char}two\nwalnut\n", "walnut ")[::2] == (5, ["walnut"])


# ------------------------------------------------------------------------------ what is there now


def test_a_changed_note_is_found_by_its_new_words_and_not_by_its_old_ones(tmp_path: Path) -> None:
    vault = texts(tmp_path / "vault", a="old words", b="other")
    assert titles(vault, "old ") == {"a"}
    write_files(tmp_path / "vault", {"a.md": "new words"})
    assert (titles(vault, "old "), titles(vault, "new "), titles(vault, "words ")) == (set(), {"a"}, {"a"})


def test_deleted_and_renamed_notes_are_known_at_once(tmp_path: Path) -> None:
    vault = texts(tmp_path / "vault", a="one pear", b="two pears", c="three pears")
    assert titles(vault, '"pears"') == {"b", "c"}
    (tmp_path / "vault/b.md").unlink()
    os.rename(tmp_path / "vault/c.md", tmp_path / "vault/Plum.md")
    assert titles(vault, "pear") == {"a", "Plum"}
    assert ranked(vault, "plum") == ["Plum"]
    shutil.rmtree(tmp_path / "vault")
    make_vault(tmp_path / "vault", {"z.md": "pear"})
    assert titles(vault, "pear") == {"z"}


def test_a_note_of_any_kind_is_found(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "crlf.md": b"---\r\ntype: interaction\r\nsummary: walnut\r\n---\r\nbody hazel\r\n",
        "bom.md": b"\xef\xbb\xbf---\ntitle: walnut\n---\nhazel\n", "bare.md": "walnut hazel",
        "broken.md": "---\ntype: [\n---\nwalnut hazel\n", "unclosed.md": "---\nwalnut: hazel\n", "UPPER.MD": "walnut hazel",
        "toml.md": "+++\nname = 'walnut'\n+++\nhazel", "twice.md": "---\na: 1\na: walnut\n---\nhazel", "latin.md": b"walnut hazel caf\xe9",
        "empty.md": "", "list.md": "---\n- walnut\n---\nwalnut hazel",
    }  # fmt: skip
    vault = make_vault(tmp_path / "vault", files)
    everything = {name[:-3] for name in files} - {"empty"}
    assert titles(vault, "walnut") == titles(vault, "hazel") == everything
    assert titles(vault, "empty ") == {"empty"}


def test_a_note_that_breaks_is_found_by_what_stands_there_now(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"a.md": "---\ntype: decision\n---\nwalnut"})
    assert titles(vault, "walnut type:decision ") == {"a"}
    write_files(tmp_path / "vault", {"a.md": "---\ntype: [\n---\nhazel"})
    assert titles(vault, "hazel type:decision ") == {"a"}  # its last readable properties stay known
    assert titles(vault, "walnut ") == set()


def test_saved_searches_are_settings(tmp_path: Path) -> None:
    text = '[search.unpaid]\nquery = "tag:invoice -status:paid"\n[search."last month"]\nquery = "date:last-month"\n'
    vault = make_vault(tmp_path / "vault", {"vaultcrm.toml": text})
    assert vault.settings.searches == (("unpaid", "tag:invoice -status:paid"), ("last month", "date:last-month"))
    for wrong in ("search = 3", "[search]\nunpaid = 'tag:x'", "[search.unpaid]\n", "[search.unpaid]\nquery = 3", 'languages = "german"'):
        write_files(tmp_path / "vault", {"vaultcrm.toml": wrong})
        with pytest.raises(NotUnderstood):
            Vault(vault.root)


def test_a_name_goes_on_behind_its_key_although_the_shell_has_taken_the_quotes(tmp_path: Path) -> None:
    folder = "clients/Blue Whale"
    notes = {
        f"{folder}/Blue Whale.md": "---\ntype: client\naliases: [BW Media]\n---\n",
        f"{folder}/a.md": "offer",
        f"{folder}/b.md": "bill",
        "clients/Blue/Blue.md": "---\ntype: client\n---\nwhale offer",
    }
    vault = make_vault(tmp_path / "vault", notes)
    assert titles(vault, "client:blue whale") == {"Blue Whale", "a", "b"}
    assert titles(vault, "client:BW media offer") == {"a"}
    assert titles(vault, "client:blue offer") == {"Blue"}
