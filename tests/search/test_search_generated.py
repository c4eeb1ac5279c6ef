"""The laws of search: any query is answered, and a quoted word finds exactly the notes that contain it."""

import contextlib
import tempfile
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.fork_server import run_vaultcrm
from tests.support import EXAMPLES, file_states, make_vault
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.search import search
from vaultcrm.search.tokens import is_unsegmented, query_tokens, tokens

NOW = datetime(2026, 11, 16, 9, 30)

VAULT = {
    "clients/Acme/Acme.md": "---\ntype: client\naliases: [ACM]\nstatus: active\ntags: [vip]\n---\nThe client\n",
    "clients/Acme/talk.md": "---\ntype: interaction\ndate: 2026-03-10\nchannel: call\npeople: ['[[Dana Li]]']\nproject: '[[Website]]'\n"
    "---\nPricing, two options\n",
    "clients/Acme/Website.md": "---\ntype: project\naliases: [WR]\ndeadline: 2026-12-01\n---\nweb website webs #tag/sub\n",
    "clients/Zoë/Zoë.md": "---\ntype: client\n---\nGröße 東京都 한국어 ไทย R&D W-2\r\nx@acme.com\n",
    "clients/Zoë/deep/er/x.md": "---\nmood: sunny\nclient: '[[Acme]]'\n---\n" + "Ein langer Satz über Rechnungen und receive. " * 20,
    "broken.md": "---\na: [\n---\npricing\n",
    "empty.md": "",
    "vaultcrm.toml": 'languages = ["english", "german"]\ndate_order = "dmy"\n',
}
WORDS = "pricing Pric two web* w?b *eb recieve~ recieve~2 zoe Größe 東京 京 한국 ไทย R&D W-2 x@acme.com 12:30 ß ﬁ ½ \u0301".split(" ")
KEYS = "client type date due channel project people tag tags by status mood title deadline completedDate aliases nokey 東 x-y".split()
VALUES = '2026 2026-03.. ..2026-q1 last-month "two options" acme [[Acme]] dana wr .. ... 3/4 30d 9999w 0000 vip sunny * a* ~ "" -'.split()
SYNTAX = [*'()|-"“”«*?~:#\\\0\x1e\x1f', "OR", "AND", "NOT", "||", "&&", "..", "[[", "]]"]
PIECES = st.one_of(
    st.sampled_from(WORDS),
    st.tuples(st.sampled_from(["", "", "-"]), st.sampled_from(KEYS), st.sampled_from(VALUES)).map(lambda of: f"{of[0]}{of[1]}:{of[2]}"),
    st.sampled_from(SYNTAX),
    st.text(max_size=6),
    st.text(st.characters(), max_size=4),  # lone surrogates as well
)
TYPED = st.lists(st.tuples(PIECES, st.sampled_from([" ", " ", ""])), max_size=12).map(lambda parts: "".join(a + b for a, b in parts))


def test_any_query_is_answered_with_notes_of_the_vault(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", VAULT)
    before = file_states(tmp_path / "vault")
    files = {path: text for path, text in VAULT.items() if path.endswith(".md")}
    crm = Crm(vault.root, NOW)

    @settings(max_examples=EXAMPLES)
    @given(TYPED)
    @example("client:\ud800 \ud800 date:\ud800..")
    @example("date:" + "1.." * 300)
    @example("NOT " * 200 + "a")
    @example("(" * 400 + "a")
    @example('client:"" -"" - -- ( ) OR')
    @example("type:\x1fx mood:\x1e2026 *\x1f*")
    def law(text: str) -> None:
        answer = search(crm, text, None)
        found = [hit.path for hit in answer.hits]
        assert len(found) == len(set(found)) == answer.total
        assert set(found) <= set(files)
        for hit in answer.hits:
            end = -1
            for start, stop in hit.snippet.marks:
                assert end < start < stop <= len(hit.snippet.text)
                end = stop
            assert 1 <= hit.snippet.line <= files[hit.path].count("\n") + 1
            assert "\n" not in hit.snippet.text
        assert all(isinstance(other, str) and other != text for other in answer.suggestions)
        assert not answer.is_partial or answer.hits
        first = search(crm, text, 2, by_date=True)
        assert (first.total, len(first.hits)) == (answer.total, min(2, answer.total))

    with contextlib.closing(crm.catalog):
        law()
    assert file_states(tmp_path / "vault") == before


# ------------------------------------------------------------------------------------- bounds


@pytest.mark.nightly
def test_wildcards_are_bounded_and_truncated_ones_are_reported(tmp_path: Path) -> None:
    words = [f"a{n:05}" for n in range(2_000)]
    notes = {f"n{n}.md": " ".join(words[n * 100 : n * 100 + 100]) for n in range(20)}
    vault = make_vault(tmp_path / "vault", notes)
    crm = Crm(vault.root, NOW)
    with contextlib.closing(crm.catalog):
        assert search(crm, "a*").truncated_wildcards == ("a*",)
        assert 0 < search(crm, "a*").total <= 20
        assert search(crm, "a0*").truncated_wildcards == ("a0*",)
        assert search(crm, "a0000* ").truncated_wildcards == ()
        assert search(crm, "*").total == 0
        many = " ".join(f"*{n}*" for n in range(50))
        pieces = ("a", "a* ", "*a", "a0~ ", '"a0', "a?")
        for query in (many, many.replace(" ", " OR "), *(piece * (10_000 // len(piece)) for piece in pieces)):
            answer = search(crm, query)
            assert answer.total <= 20
            assert len(answer.truncated_wildcards) <= 50


@pytest.mark.parametrize("query", ["*a*a*a*a*a*a*a*a*b", "a?*?*?*?*?*?*?*?*?*b", "b*a*a*a*a*a*a*a*a*a*c ", "mood:*a*a*a*a*a*a*a*a*b"])
def test_a_pattern_with_many_stars_does_not_take_forever(query: str, tmp_path: Path) -> None:
    """It runs in a process of its own, because a regular expression that backtracks can't be interrupted."""
    vault = make_vault(tmp_path / "vault", {"a.md": f"---\nmood: {'a' * 60}\n---\n{'a' * 60} b{'a' * 60}"})
    assert run_vaultcrm("--vault", vault.root, "--today", "2026-11-16", "search", query).returncode == 1


# -------------------------------------------------------------------------------- compared with brute force

SOME = [*"acme Acme's invoice invoices Zoë zoe two options R&D 東京都 京都 東 한국어 2026-03-10 ¿ a_b".split(), "x" * 70]
TEXTS = st.lists(st.sampled_from(SOME), max_size=6).map(" ".join)
TITLES = st.lists(st.sampled_from(["acme", "Zoë", "two", "東京都", "R&D", "invoice"]), max_size=3).map(" ".join)
NOTES = st.lists(st.tuples(TITLES, TEXTS, TEXTS, TEXTS), min_size=1, max_size=6)
ASKED = st.lists(st.sampled_from([*SOME, "tokyo", "option", "acm", "京", "都"]), min_size=1, max_size=3).map(" ".join)


def is_in(text: str, words: list[str]) -> bool:
    """Whether some words stand side by side in a text; a last letter of a script without spaces may begin a bigram."""
    text_words = tokens(text)

    def matches_at(position: int) -> bool:
        *start, end = words
        last = text_words[position + len(start)]
        return text_words[position : position + len(start)] == start and (last == end or (is_unsegmented(end) and last.startswith(end)))

    return any(matches_at(position) for position in range(len(text_words) - len(words) + 1))


@pytest.mark.usefixtures("home")
@settings(max_examples=max(5, EXAMPLES // 20))
@given(NOTES, st.lists(ASKED, min_size=1, max_size=12))
def test_quoted_words_find_exactly_the_notes_in_which_they_stand_side_by_side(
    notes: list[tuple[str, str, str, str]], questions: list[str]
) -> None:
    titled = {f"{n} {title}.md": (f"{n} {title}", one, two, body) for n, (title, one, two, body) in enumerate(notes)}
    files = {path: f'---\ntype: secret\nfirst: "{one}"\nsecond:\n  - "{two}"\n---\n{body}' for path, (_, one, two, body) in titled.items()}
    with tempfile.TemporaryDirectory() as folder:
        crm = Crm(make_vault(Path(folder, "vault"), files).root, NOW)

        def found(query: str) -> set[str]:
            return {hit.path for hit in search(crm, query, None).hits}

        with contextlib.closing(crm.catalog):
            for question in questions:
                words = query_tokens(question)
                if words and len(max(words, key=len)) <= 64:  # anything longer is data, not a word
                    anywhere = {
                        path
                        for path, (*parts, one, two, body) in titled.items()
                        for text in (*parts, f"{one}\n{two}", body)
                        if is_in(text, words)
                    }
                    assert found(f'"{question}"') == anywhere, question
                    assert found(f'second:"{question}"') == {path for path, texts in titled.items() if is_in(texts[2], words)}, question
            assert found('"secret"') == set()  # the type of a note isn't one of its words
