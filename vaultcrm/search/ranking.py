"""Which of the matching notes come first: the best ones, among them the recent ones, or the newest ones."""

from heapq import nlargest
from typing import NamedTuple

from vaultcrm.search.searcher import Scores, Searcher

RECENT_BONUS = 0.5  # what the score of a note of today gains
HALF_LIFE = 120  # days after which a note gains half of it
_UNDATED_BONUS = RECENT_BONUS / 2  # a note about a client or a person holds for years
_MAX_TIES = 200  # notes after the last one shown that may have the same score and are sorted together with it


class RankedNote(NamedTuple):
    """A matching document, the path of its note, and its score with the bonus for recent notes."""

    number: int
    path: str
    score: float


def recency(day: int, today: int) -> float:
    """What a note's score is multiplied by, from its day as an ordinal, 0 for none. A day to come counts as today."""
    return 1 + (RECENT_BONUS * 2 ** (-max(today - day, 0) / HALF_LIFE) if day else _UNDATED_BONUS)


def rank(searcher: Searcher, scores: Scores, today: int, limit: int | None, by_date: bool) -> list[RankedNote]:
    """The first notes: by score and then newest first, or only newest first; all of them without a `limit`."""
    # a note can gain half of its score, so one with less than two thirds of the last shown one's can't pass it
    lowest = min(nlargest(limit, scores.values()), default=0.0) if limit is not None and not by_date else 0.0
    days = searcher.days(number for number, score in scores.items() if score * (1 + RECENT_BONUS) >= lowest)
    ranked = {number: scores[number] * recency(day, today) for number, day in days.items()}
    # scores are rounded because nobody would notice a smaller difference
    keys = {number: (0.0 if by_date else -round(score, 3), -days[number], -round(score, 3)) for number, score in ranked.items()}
    order = sorted(keys, key=keys.__getitem__)[: limit and limit + _MAX_TIES]
    notes = [RankedNote(number, searcher.path(number), ranked[number]) for number in order]
    return sorted(notes, key=lambda note: (keys[note.number], note.path))[:limit]
