"""The search: a query in, the notes that fit it out, with the line that shows why."""

from collections.abc import Callable
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

_TIES = 200  # notes behind the last one shown that may be as good, and are put in order with it
_MAX_QUERY = 1000  # characters of a query: who pastes a page wants its beginning


class Hit(NamedTuple):
    """A note that was found. `score` is 0 when nothing could be scored, as for `client:acme` alone."""

    path: str
    client: str | None
    type: str | None
    title: str
    date: date | None
    score: float
    snippet: Snippet


class SearchResult(NamedTuple):
    """What a search gave. `total` is the number of notes found, of which `hits` are the first.

    `is_partial`: no note has all of the words, these have most of them. `suggestions` are other
    spellings of the query; `left_out` names wildcards that stand for more words than could be looked at.
    """

    hits: list[Hit]
    total: int
    is_partial: bool = False
    suggestions: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


def search(crm: Crm, query: str, limit: int | None = 10, by_date: bool = False, progress: Progress | None = None) -> SearchResult:
    """The notes that fit a query best, or the newest of them; all without a limit. Whatever the query is, it is understood."""
    crm.refresh()
    index = Index(crm.vault, crm.catalog)
    index.update(progress)
    languages = stemmers(crm.vault.settings.languages)

    def answer(reader: Any) -> SearchResult:  # Any: Whoosh has no types
        finder = Searcher(reader, languages)
        tree = parse_query(query[:_MAX_QUERY], lambda key: query_fields.is_key(key) or finder.has_key(key))
        meant = query_fields.resolve_fields(crm, tree)
        scores, is_partial = _matching_notes(finder, meant)
        suggestions = _suggestions(crm, finder, query, tree) if is_partial or not scores else ()
        is_asked = word_matcher(meant, languages)
        hits = [_hit(crm, path, score, is_asked) for path, score in _best(finder, scores, limit, by_date)]
        return SearchResult(hits, len(scores), is_partial, suggestions, tuple(dict.fromkeys(finder.left_out)))

    return index.query(answer)


def _matching_notes(finder: Searcher, tree: Tree) -> tuple[Scores, bool]:
    """The notes that have all that is asked; else those that have most of the words, and all of the rest."""
    if tree == And(()):
        return {}, False
    found = finder.search(tree)
    parts = tree.parts if isinstance(tree, And) else ()
    words = tuple(part for part in parts if isinstance(part, Text) and part.is_bare)
    if found or len(words) < 2:
        return found, False
    some = finder.match_most(words)
    if rest := tuple(part for part in parts if part not in words):
        required = finder.search(And(rest))
        some = {number: score + required[number] for number, score in some.items() if number in required}
    return some, bool(some)


def _best(finder: Searcher, scores: Scores, limit: int | None, by_date: bool) -> list[tuple[str, float]]:
    """The paths and scores of the best, newer above older where equal; or of the newest."""
    # scores that differ by less than anybody could mean are equal
    ranks = {number: 0.0 if by_date else round(score, 3) for number, score in scores.items()}
    least = sorted(ranks.values(), reverse=True)[:limit][-1:] or [0.0]
    days = finder.days(number for number, rank in ranks.items() if rank >= least[0])
    order = sorted(days, key=lambda number: (-ranks[number], -days[number], -scores[number]))
    paths = {number: finder.path(number) for number in order[: limit and limit + _TIES]}
    named = sorted(paths, key=lambda number: (-ranks[number], -days[number], -round(scores[number], 3), paths[number]))
    return [(paths[number], scores[number]) for number in named[:limit]]


def _hit(crm: Crm, path: str, score: float, is_asked: WordMatcher) -> Hit:
    note = crm.catalog.note(path)
    link = client_link(note) if note else None
    client_ref = crm.catalog.owner_of(path, link)
    day = note_day(note) if note else None
    return Hit(
        path,
        client_ref.name if client_ref else None,
        note.type if note else None,
        title_of_path(path),
        day,
        round(score, 3),
        _snippet(crm, path, is_asked),
    )


def _snippet(crm: Crm, path: str, is_asked: Callable[[str], bool]) -> Snippet:
    """The snippet, cut from the file as it is now."""
    try:
        data = crm.vault.read(path).data
    except (FileNotFoundError, Unreadable):
        return Snippet(1, "", ())
    return make_snippet(data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace"), split_page(data).body_line, is_asked)


def _suggestions(crm: Crm, finder: Searcher, query: str, tree: Tree) -> tuple[str, ...]:
    """The query with each word that is in no note, or in no such property, replaced by the likeliest one that is."""
    better = query
    for part in tree.parts if isinstance(tree, And) else (tree,):
        if isinstance(part, Text) and part.key is None:
            near = {word: finder.suggestions(word)[:1] for word in part.words if not finder.has_word(word)}
        elif isinstance(part, Field):
            near = {word: query_fields.suggestions(crm, finder, part.key, word)[:1] for word in query_tokens(part.value)}
        else:
            near = {}
        for word, found in near.items():
            better = replace_word(better, word, found[0]) if found else better
    return (better,) if better != query else ()
