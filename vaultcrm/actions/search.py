"""Search the vault: from a query to the best notes, with the line of each that shows why."""

from datetime import date
from typing import Any, NamedTuple

from vaultcrm.actions import query_fields
from vaultcrm.actions.crm import Crm
from vaultcrm.catalog.update import Progress
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import Unreadable
from vaultcrm.markdown.page import split_page
from vaultcrm.model.convert import client_link, note_day
from vaultcrm.search.index import Index
from vaultcrm.search.query import And, Field, Text, Tree, parse_query
from vaultcrm.search.searcher import Scores, Searcher
from vaultcrm.search.snippets import Snippet, WordMatcher, make_snippet, word_matcher
from vaultcrm.search.stemming import stemmers
from vaultcrm.search.tokens import query_tokens, replace_word

_MAX_TIES = 200  # notes after the last one shown that may have the same score and are sorted together with it
_MAX_QUERY = 1000  # characters; the rest of a pasted page is ignored


class Hit(NamedTuple):
    """A note that matches. `score` is 0 if nothing in the query can be scored, as with `client:acme` alone."""

    path: str
    client: str | None
    type: str | None
    title: str
    date: date | None
    score: float
    snippet: Snippet


class SearchResult(NamedTuple):
    """The first hits, and `total`, the number of all notes that match.

    `is_partial`: no note has all of the words, and these have most of them. `suggestions` are queries with
    similar spellings. `truncated_wildcards` match more words than are looked up, so hits may be missing.
    `unknown_dates` say which dates in the query can't be understood.
    """

    hits: list[Hit]
    total: int
    is_partial: bool = False
    suggestions: tuple[str, ...] = ()
    truncated_wildcards: tuple[str, ...] = ()
    unknown_dates: tuple[str, ...] = ()


def search(
    crm: Crm, query: str, limit: int | None = 10, by_date: bool = False, progress: Progress | None = None, only_paths: bool = False
) -> SearchResult:
    """The notes that match a query, best or newest first; all of them if `limit` is None. Every query has a meaning.

    With `only_paths`, no note is opened, and a hit has nothing but its path, its title and its score.
    """
    crm.refresh()
    index = Index(crm.vault, crm.catalog)
    index.update(progress)
    languages = stemmers(crm.vault.settings.languages)

    def run(reader: Any) -> SearchResult:  # Any: Whoosh has no types
        searcher = Searcher(reader, languages)
        tree = _parse(searcher, query)
        resolved = query_fields.resolve_fields(crm, tree)
        scores, is_partial = _matching_notes(searcher, resolved)
        suggestions = _suggestions(crm, searcher, query, tree) if is_partial or not scores else ()
        suggestions = tuple(better for better in suggestions if _matches_whole(crm, searcher, better))
        best = _best(searcher, scores, limit, by_date)
        if only_paths:
            hits = [Hit(path, None, None, title_of_path(path), None, round(score, 3), Snippet(1, "", ())) for path, score in best]
        else:
            matches_query = word_matcher(resolved, languages)
            hits = [_hit(crm, path, score, matches_query) for path, score in best]
        unknown_dates = tuple(dict.fromkeys(query_fields.unknown_dates(crm, tree)))
        return SearchResult(hits, len(scores), is_partial, suggestions, tuple(dict.fromkeys(searcher.left_out)), unknown_dates)

    return index.query(run)


def _parse(searcher: Searcher, query: str) -> Tree:
    return parse_query(query[:_MAX_QUERY], lambda key: query_fields.is_property(key) or searcher.has_key(key))


def _matches_whole(crm: Crm, searcher: Searcher, query: str) -> bool:
    """Whether some note matches all of a query, so that it is worth suggesting."""
    scores, is_partial = _matching_notes(searcher, query_fields.resolve_fields(crm, _parse(searcher, query)))
    return bool(scores) and not is_partial


def _matching_notes(searcher: Searcher, tree: Tree) -> tuple[Scores, bool]:
    """The notes that match the whole query, and False; if there are none, those with most of its bare words, and True."""
    if tree == And(()):
        return {}, False
    scores = searcher.search(tree)
    parts = tree.parts if isinstance(tree, And) else ()
    bare_words = tuple(part for part in parts if isinstance(part, Text) and part.is_bare)
    if scores or len(bare_words) < 2:
        return scores, False
    partial_scores = searcher.match_most(bare_words)
    if other_parts := tuple(part for part in parts if part not in bare_words):
        required = searcher.search(And(other_parts))
        partial_scores = {number: score + required[number] for number, score in partial_scores.items() if number in required}
    return partial_scores, bool(partial_scores)


def _best(searcher: Searcher, scores: Scores, limit: int | None, by_date: bool) -> list[tuple[str, float]]:
    """The paths and scores of the first hits: by score and then newest first, or only newest first."""
    # scores are rounded because nobody would notice a smaller difference
    ranks = {number: 0.0 if by_date else round(score, 3) for number, score in scores.items()}
    lowest = sorted(ranks.values(), reverse=True)[:limit][-1:] or [0.0]
    days = searcher.days(number for number, rank in ranks.items() if rank >= lowest[0])
    order = sorted(days, key=lambda number: (-ranks[number], -days[number], -scores[number]))
    paths = {number: searcher.path(number) for number in order[: limit and limit + _MAX_TIES]}
    ordered = sorted(paths, key=lambda number: (-ranks[number], -days[number], -round(scores[number], 3), paths[number]))
    return [(paths[number], scores[number]) for number in ordered[:limit]]


def _hit(crm: Crm, path: str, score: float, matches_query: WordMatcher) -> Hit:
    note = crm.catalog.note(path)
    client_ref = crm.catalog.owner_of(path, client_link(note) if note else None)
    return Hit(
        path=path,
        client=client_ref.name if client_ref else None,
        type=note.type if note else None,
        title=title_of_path(path),
        date=note_day(note) if note else None,
        score=round(score, 3),
        snippet=_snippet(crm, path, matches_query),
    )


def _snippet(crm: Crm, path: str, matches_query: WordMatcher) -> Snippet:
    """The best line of the file as it is now; an empty one if the file can't be read."""
    try:
        data = crm.vault.read(path).data
    except (FileNotFoundError, Unreadable):
        return Snippet(1, "", ())
    return make_snippet(data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace"), split_page(data).body_line, matches_query)


def _suggestions(crm: Crm, searcher: Searcher, query: str, tree: Tree) -> tuple[str, ...]:
    """The query with each unknown word replaced by the most likely known one; empty if nothing was replaced."""
    better_query = query
    for part in tree.parts if isinstance(tree, And) else (tree,):
        similar: dict[str, list[str]] = {}
        if isinstance(part, Text) and part.key is None:
            similar = {word: searcher.suggestions(word) for word in part.words if not searcher.has_word(word)}
        elif isinstance(part, Field):
            similar = {word: query_fields.suggestions(crm, searcher, part.key, word) for word in query_tokens(part.value)}
        for word, candidates in similar.items():
            better_query = replace_word(better_query, word, candidates[0]) if candidates else better_query
    return (better_query,) if better_query != query else ()
