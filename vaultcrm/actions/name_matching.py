"""Which of many names a text means: the whole of one, the start of a word in it, or any part."""

from collections.abc import Iterable, Mapping

from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import Ambiguous, NotFound
from vaultcrm.markdown.values import as_list
from vaultcrm.markdown.wikilinks import parse_wikilink
from vaultcrm.model.records import Note
from vaultcrm.normalize import fold
from vaultcrm.plural import plural
from vaultcrm.quoting import quoted


def folded_names(note: Note) -> list[str]:
    """A note's title and aliases, folded for comparison."""
    return [fold(name) for name in (note.title, *as_list(note.properties.get("aliases")))]


def folded_query(text: str) -> str:
    """A name or path as it was typed, folded for comparison: without the brackets of a link, ".md" and a slash at its end."""
    link = parse_wikilink(text)
    return fold(link.title if link else text.removesuffix("/")).removesuffix(".md")


def best_matches(text: str, names: Mapping[str, Iterable[str]]) -> list[str]:
    """The paths that match best: by the whole name or path, else by the start of a word, else by any part.

    `names` are the folded names of each path.
    """
    exact, start, part = matches_by_rank(text, names)
    return exact or start or part


def matches_by_rank(text: str, names: Mapping[str, Iterable[str]]) -> tuple[list[str], list[str], list[str]]:
    """The paths that match by the whole name or path, by the start of a word, and by another part."""
    query = folded_query(text)
    exact: list[str] = []
    name_start: list[str] = []
    word_start: list[str] = []
    part: list[str] = []
    for path, folded in names.items() if query else ():
        if any(name == query for name in folded) or query in (fold(path).removesuffix(".md"), fold(path.rpartition("/")[0])):
            exact.append(path)
        elif any(name.startswith(query) for name in folded):
            name_start.append(path)
        elif any(f" {query}" in name for name in folded):
            word_start.append(path)
        elif any(query in name for name in folded):
            part.append(path)
    # the start of a name is no better than the start of a word: "labs" must not choose "Labs & Co" over "Acme Labs"
    return exact, name_start + word_start, part


def unique_match(text: str, names: Mapping[str, list[str]], noun: str, hint: str, where: str = "") -> str:
    """The only path that matches. `hint` is for a name without a match that resembles no other name."""
    paths = best_matches(text, names)
    if len(paths) == 1:
        return paths[0]
    if paths:
        titles = [title_of_path(path) for path in paths]
        need_paths = len({fold(title) for title in titles}) < len(titles)
        shown = ", ".join(map(quoted, (paths if need_paths else titles)[:5])) + (f" and {len(paths) - 5} more" if len(paths) > 5 else "")
        raise Ambiguous(
            f"{quoted(text)} matches {len(paths)} {plural(noun)}{where}: {shown}.",
            "Use the path." if need_paths else "Type more of the name.",
            [(path, title if titles.count(title) == 1 else path) for path, title in zip(paths, titles, strict=True)],
        )
    suggestions = _similar_titles(text, names)
    if suggestions:
        hint = f"Did you mean {' or '.join(map(quoted, suggestions))}?"
    raise NotFound(f"No {noun}{where} is called {quoted(text)}.", hint, suggestions)


def _similar_titles(text: str, names: Mapping[str, list[str]]) -> list[str]:
    """The titles of at most three notes with a name, or a word in a name, that is spelled similarly."""
    from difflib import get_close_matches  # late: only for typing errors

    path_by_name = {name: path for path, folded in names.items() for name in folded}
    path_by_word = {word: path for name, path in path_by_name.items() for word in name.split() if len(word) > 2}
    similar = get_close_matches(fold(text), [*path_by_name, *path_by_word], n=3, cutoff=0.6)
    return list(dict.fromkeys(title_of_path({**path_by_word, **path_by_name}[name]) for name in similar))
