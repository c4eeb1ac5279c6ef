"""Which notes come first: how much a recent day counts, and what fills up a short list."""

from pathlib import Path

import pytest

from tests.search.searches import make_text_vault, ranked_titles, run_search
from tests.support import make_vault
from vaultcrm.actions.search import recency


@pytest.mark.parametrize(
    ("day", "factor"), [(1000, 1.5), (1010, 1.5), (880, 1.25), (760, 1.125), (1000 - 1200, 1 + 0.5 / 1024), (0, 1.25)]
)  # fmt: skip
def test_a_note_gains_by_its_age(day: int, factor: float) -> None:
    assert recency(day, 1000) == pytest.approx(factor)


def test_a_recent_note_comes_before_an_older_one_that_is_a_little_better(tmp_path: Path) -> None:
    notes = {"2026-11-10 new.md": "the offer is here", "2024-11-10 old.md": "the offer, offer", "2024-11-11 older.md": "offer " * 9}
    vault = make_vault(tmp_path / "vault", {**notes, "plain.md": "the offer is here", "other.md": "else"})
    assert ranked_titles(vault, "offer ") == ["2024-11-11 older", "2026-11-10 new", "2024-11-10 old", "plain"]
    assert [hit.title for hit in run_search(vault, "offer ", limit=1).hits] == ["2024-11-11 older"]


def test_the_first_notes_are_the_same_for_every_limit(tmp_path: Path) -> None:
    days = {f"2026-{1 + n % 11:02}-01 n{n}.md": "offer " * (1 + n % 5) + "x " * (n * 7 % 30) for n in range(60)}
    vault = make_vault(tmp_path / "vault", days)
    everything = [hit.path for hit in run_search(vault, "offer ").hits]
    for limit in (1, 2, 7, 30):
        assert [hit.path for hit in run_search(vault, "offer ", limit=limit).hits] == everything[:limit]


def test_of_one_day_the_talks_come_first(tmp_path: Path) -> None:
    names = ("a", "2026-11-04 1430 Call", "z", "2026-11-04 0900 Mail")
    vault = make_vault(
        tmp_path / "vault", {f"{name}.md": "---\ndate: 2026-11-04\n---\n" for name in names} | {"b.md": "---\ndate: 2026-11-05\n---\n"}
    )
    assert ranked_titles(vault, "date:2026-11 ") == ["b", "2026-11-04 0900 Mail", "2026-11-04 1430 Call", "a", "z"]


def test_a_short_list_is_filled_up_with_notes_that_lack_a_word(tmp_path: Path) -> None:
    vault = make_text_vault(tmp_path / "vault", a="zebra giraffe", b="zebra", c="giraffe", d="lion")
    found = run_search(vault, "zebra giraffe ", limit=10)
    assert [(hit.title, hit.missing) for hit in found.hits] == [("a", ()), ("b", ("giraffe",)), ("c", ("zebra",))]
    assert (found.total, found.is_partial) == (1, False)
    for query in ("zebra giraffe ", "+zebra giraffe"):
        assert [hit.title for hit in run_search(vault, query).hits] == ["a"]  # all that match
    assert [hit.title for hit in run_search(vault, "zebra giraffe ", 10, by_date=True).hits] == ["a"]


def test_a_note_with_three_rare_words_of_four_can_be_the_best_one(tmp_path: Path) -> None:
    texts = {"best": "walnut oak maple", "whole": "walnut oak maple filler " + "x " * 900}
    vault = make_text_vault(tmp_path / "vault", **texts, **{f"n{n}": "pine filler" for n in range(9)})
    found = run_search(vault, "filler walnut oak maple ", limit=2)
    assert [(hit.title, hit.missing) for hit in found.hits] == [("best", ("filler",)), ("whole", ())]


def test_function_words_say_little(tmp_path: Path) -> None:
    vault = make_text_vault(tmp_path / "vault", a="launch in december", b="when is the", c="when is the other", d="x")
    found = run_search(vault, "when is the launch ", limit=10)
    assert [(hit.title, hit.missing) for hit in found.hits] == [("a", ()), ("b", ("launch",)), ("c", ("launch",))]
    assert found.is_partial
