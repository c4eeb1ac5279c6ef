"""Text as the words that search compares: without case and accents; scripts without blanks as pairs of letters.

No stop words and no least length: "R&D" is `r` and `d`, and "to be" can be found. 東京都 is
`東京`, `京都` and `都`, so that each part of it is found: by a pair, or by the beginning of one.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from vaultcrm.normalize import PLAIN_LETTERS

_ASCII_WORD = re.compile(r"[a-z0-9]+")
# Indic and Southeast Asian vowel signs are marks, which \w does not count as parts of a word.
_WORD = re.compile(r"(?:[^\W_]|[\u0900-\u109f\u1780-\u17ff])+")
_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
# As it stands in a text, with its accents; signs such as ㎏, which are letters once they are compared, are not marked
_SPAN = re.compile(rf"(?:[^\W_]|[{_MARKS}\u3099\u309a\u0900-\u109f\u1780-\u17ff])+")
_ACCENTS = re.compile(f"[{_MARKS}]+")
# Scripts that are written without blanks between words; Korean has blanks, and glues its particles to the words.
_UNSEGMENTED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"


@cache
def _runs() -> re.Pattern[str]:
    """Letters of such a script, or of none; 3 ms to compile, and for most texts not needed."""
    return re.compile(f"([{_UNSEGMENTED}]+)|[^{_UNSEGMENTED}]+")


def plain(text: str) -> str:
    """A text without case and accents, otherwise as it is."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    # put together again: Korean syllables and Japanese sound marks are no accents
    return unicodedata.normalize("NFC", _ACCENTS.sub("", apart)).casefold().translate(PLAIN_LETTERS)


def tokens(text: str) -> list[str]:
    """The words of a text, in their order."""
    found = plain(text)
    if found.isascii():
        return _ASCII_WORD.findall(found)
    return [part for word in _WORD.findall(found) for part in _parts(word)]


def query_tokens(text: str) -> list[str]:
    """The words of a text that is looked for: a run of glued letters by its pairs only."""
    found = plain(text)
    if found.isascii():
        return _ASCII_WORD.findall(found)
    return [part for word in _WORD.findall(found) for part in _parts(word, whole=False)]


def _parts(word: str, whole: bool = True) -> list[str]:
    if word.isascii():
        return [word]
    parts = []
    for found in _runs().finditer(word):
        run = found[0]
        if not found[1]:
            parts.append(run)
        else:
            parts += [run[i : i + 2] for i in range(len(run) - 1)]
            if whole or len(run) == 1:
                parts.append(run[-1])
    return parts


def is_unsegmented(word: str) -> bool:
    """Whether a word is of a script without blanks, so that a letter of it stands for all that begin with it."""
    return not word.isascii() and (found := _runs().match(word)) is not None and found[1] is not None


def token_spans(text: str) -> Iterator[tuple[str, int, int]]:
    """The words of a text, each with where it stands: (word, start, end)."""
    for found in _SPAN.finditer(text):
        start, end = found.span()
        parts = tokens(found[0])
        if len(parts) == 1 or plain(found[0]) != found[0].casefold():
            # letters that fall into several when they are compared (½, decomposed Korean) are marked together
            yield from ((part, start, end) for part in parts)
            continue
        for run in _runs().finditer(found[0]):
            first, last = start + run.start(), start + run.end()
            if run[1]:
                yield from ((plain(text[at : min(at + 2, last)]), at, min(at + 2, last)) for at in range(first, last))
            else:
                yield plain(run[0]), first, last


def replace_word(text: str, word: str, other: str) -> str:
    """A text with another word wherever the one stands."""
    for found, start, end in reversed(list(token_spans(text))):
        if found == word:
            text = text[:start] + other + text[end:]
    return text
