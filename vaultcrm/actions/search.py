"""Search the vault: from a query to the best notes, with the line of each that shows why."""

from datetime import date
from functools import cache, partial
from heapq import nlargest
from typing import Any, NamedTuple

from vaultcrm.actions import query_fields
from vaultcrm.actions.crm import Crm
from vaultcrm.catalog.update import Progress
from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import Unreadable
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.values import as_text
from vaultcrm.model.convert import client_link, note_day
from vaultcrm.model.records import Decision, Note
from vaultcrm.search.index import Index
from vaultcrm.search.query import And, Field, Text, Tree, parse_query
from vaultcrm.search.searcher import Matches, Scores, Searcher
from vaultcrm.search.snippets import Snippet, WordMatcher, make_snippet, word_matcher
from vaultcrm.search.stemming import function_words, stemmers
from vaultcrm.search.tokens import query_tokens, replace_word

RECENT_BONUS = 0.5  # what the score of a note of today gains
HALF_LIFE = 120  # days after which a note gains half of it
_UNDATED_BONUS = RECENT_BONUS / 2  # a note about a client or a person holds for years
_MAX_TIES = 200  # notes after the last one shown that may have the same score and are sorted together with it
_MAX_QUERY = 1000  # characters; the rest of a pasted page is ignored
Day = date  # the field `date` of a hit hides the type


class Hit(NamedTuple):
    """A note that matches. `score` is 0 if nothing in the query can be scored, as with `client:acme` alone.

    `missing` are the words of the query that the note lacks. `status` is that of a follow-up, a project or a client, or of
    the decision that is shown. `due` is the day on which a follow-up is due.
    """

    path: str
    client: str | None
    type: str | None
    title: str
    date: date | None
    score: float
    snippet: Snippet
    missing: tuple[str, ...] = ()
    status: str | None = None
    due: Day | None = None


class SearchResult(NamedTuple):
    """The first hits, and `total`, the number of all notes that match.

    `is_partial`: no note has all of the words, and these have most of them. `suggestions` are queries with
    similar spellings. `truncated_wildcards` match more words than are looked up, so hits may be missing.
    `unknown_dates` say which dates in the query can't be understood. `corrected` is the suggestion that was
    searched for in place of the query, which finds nothing.
    """

    hits: list[Hit]
    total: int
    is_partial: bool = False
    suggestions: tuple[str, ...] = ()
    truncated_wildcards: tuple[str, ...] = ()
    unknown_dates: tuple[str, ...] = ()
    corrected: str | None = None


def search(
    crm: Crm, query: str, limit: int | None = 10, by_date: bool = False, progress: Progress | None = None, only_paths: bool = False
) -> SearchResult:
    """The notes that match a query, best or newest first; all of them if `limit` is None. Every query has a meaning.

    Of the best notes, some may lack words of the query; they aren't in the total. If no note has all of the words,
    and with another spelling one has, that is searched. Neither is done for all notes, for a list by date, or with
    `only_paths`: then no note is opened, and a hit has nothing but its path, its title and its score.
    """
    crm.refresh()
    index = Index(crm.vault, crm.catalog)
    index.update(progress)
    names = crm.vault.settings.languages
    languages, ignored = stemmers(names), function_words(names)
    is_list = limit is None or only_paths  # all that match, for another program

    def run(reader: Any) -> SearchResult:  # Any: Whoosh has no types
        searcher = Searcher(reader, languages, ignored)
        tree, corrected = _parse(searcher, query), None
        resolved = query_fields.resolve_fields(crm, tree)
        matches = _match(searcher, resolved)
        unknown_dates = tuple(dict.fromkeys(query_fields.unknown_dates(crm, tree)))
        suggestion = "" if _whole(matches) else _suggestion(crm, searcher, query, tree)
        if suggestion:
            better = query_fields.resolve_fields(crm, _parse(searcher, suggestion))
            better_matches = _match(searcher, better)
            if not _whole(better_matches):
                suggestion = ""
            elif not is_list:
                resolved, matches, corrected = better, better_matches, suggestion
        whole = _whole(matches)
        scores = (whole or _nearest(matches)) if is_list or by_date else matches.scores
        notes = _rank(searcher, scores, crm.today.toordinal(), limit, by_date)
        if only_paths:
            hits = [Hit(path, None, None, title_of_path(path), None, round(score, 3), Snippet(1, "", ())) for _, path, score in notes]
        return SearchResult(
            hits if only_paths else _hits(crm, notes, matches.missing, word_matcher(resolved, languages)),
            len(whole or scores),
            bool(scores) and not whole,
            (suggestion,) if suggestion else (),
            tuple(dict.fromkeys(searcher.left_out)),
            unknown_dates,
            corrected,
        )

    return index.query(run)


def _parse(searcher: Searcher, query: str) -> Tree:
    return parse_query(query[:_MAX_QUERY], lambda key: query_fields.is_property(key) or searcher.vocabulary.has_key(key))


def _match(searcher: Searcher, tree: Tree) -> Matches:
    """What matches a query; nothing if it has no words."""
    return Matches({}, {}) if tree == And(()) else searcher.match_most(tree)


def _whole(matches: Matches) -> Scores:
    """The documents that have all of the words."""
    return {number: score for number, score in matches.scores.items() if number not in matches.missing}


def _nearest(matches: Matches) -> Scores:
    """The documents that lack the fewest words."""
    fewest = min(map(len, matches.missing.values()), default=0)
    return {number: score for number, score in matches.scores.items() if len(matches.missing.get(number, ())) <= fewest}


class _RankedNote(NamedTuple):
    """A matching document, the path of its note, and its score with the bonus for recent notes."""

    number: int
    path: str
    score: float


def recency(day: int, today: int) -> float:
    """What a note's score is multiplied by, from its day as an ordinal, 0 for none. A day to come counts as today."""
    return 1 + (RECENT_BONUS * 2 ** (-max(today - day, 0) / HALF_LIFE) if day else _UNDATED_BONUS)


def _rank(searcher: Searcher, scores: Scores, today: int, limit: int | None, by_date: bool) -> list[_RankedNote]:
    """The first notes: by score and then newest first, or only newest first; all of them without a `limit`."""
    # a note can gain half of its score, so one with less than two thirds of the last shown one's can't pass it
    lowest = min(nlargest(limit, scores.values()), default=0.0) if limit is not None and not by_date else 0.0
    days = searcher.days(number for number, score in scores.items() if score * (1 + RECENT_BONUS) >= lowest)
    ranked = {number: scores[number] * recency(day, today) for number, day in days.items()}
    # scores are rounded because nobody would notice a smaller difference
    keys = {number: (0.0 if by_date else -round(score, 3), -days[number], -round(score, 3)) for number, score in ranked.items()}
    order = sorted(keys, key=keys.__getitem__)[: limit and limit + _MAX_TIES]
    notes = [_RankedNote(number, searcher.path(number), ranked[number]) for number in order]
    # of one day, the talks come first: they have it in their names, and the rest came out of them
    return sorted(notes, key=lambda note: (keys[note.number], parse_iso_day(title_of_path(note.path)[:10]) is None, note.path))[:limit]


def _hits(crm: Crm, notes: list[_RankedNote], missing: dict[int, tuple[str, ...]], matches_query: WordMatcher) -> list[Hit]:
    decisions_of = cache(partial(crm.catalog.decisions, repeated=True))  # most hits are of one client
    hits = []
    for number, path, score in notes:
        note = crm.catalog.note(path)
        client_ref = crm.catalog.owner_of(path, client_link(note) if note else None)
        snippet = _snippet(crm, path, note, matches_query)
        hits.append(
            Hit(
                path=path,
                client=client_ref.name if client_ref else None,
                type=note.type if note else None,
                title=title_of_path(path),
                date=note_day(note) if note else None,
                score=round(score, 3),
                snippet=snippet,
                missing=missing.get(number, ()),
                status=as_text(note.properties.get("status")) if note else None,
                due=parse_iso_day(as_text(note.properties.get("due"))) if note else None,
            )
        )
        if crm.catalog.has_decision(path, snippet.line):
            hits[-1] = hits[-1]._replace(status=_decision_status(decisions_of(client_ref), path, snippet.line))
    return hits


def _decision_status(decisions: list[Decision], path: str, line: int) -> str | None:
    """The status of the decision that a note is, or that stands on a line of it."""
    return next((item.status for item in decisions if item.path == path and (item.kind == "note" or item.line == line)), None)


def _snippet(crm: Crm, path: str, note: Note | None, matches_query: WordMatcher) -> Snippet:
    """The best line of the file as it is now, or else what the note says; an empty one if the file can't be read."""
    try:
        data = crm.vault.read(path).data
    except (FileNotFoundError, Unreadable):
        return Snippet(1, "", ())
    text, body_line = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace"), split_page(data).body_line
    says = (as_text(note.properties.get("summary")) or note.excerpt) if note else ""
    return make_snippet(text, body_line, matches_query, says)


def _suggestion(crm: Crm, searcher: Searcher, query: str, tree: Tree) -> str:
    """The query with each unknown word replaced by the most likely known one; "" if nothing was replaced."""
    better_query = query
    for part in tree.parts if isinstance(tree, And) else (tree,):
        similar: dict[str, list[str]] = {}
        if isinstance(part, Text) and part.key is None:
            similar = {word: searcher.vocabulary.suggestions(word) for word in part.words if not searcher.vocabulary.has_word(word)}
        elif isinstance(part, Field):
            similar = {word: query_fields.suggestions(crm, searcher, part.key, word) for word in query_tokens(part.value)}
        for word, candidates in similar.items():
            better_query = replace_word(better_query, word, candidates[0]) if candidates else better_query
    return better_query if better_query != query else ""
