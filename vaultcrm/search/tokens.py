"""Splits text into the words that search compares: without case and accents.

There are no stop words and there is no minimum length: "R&D" is `r` and `d`, and "to be" can be found.
Scripts without spaces become bigrams: 東京都 is `東京`, `京都` and `都`, so that every part of it is
found, by a bigram or by the beginning of one. Words joined by hyphens are also one word: "e-mail" is
`e`, `mail` and, from `joined_words`, `email`. Soft hyphens and other invisible characters separate nothing.
Long numbers, such as those of telephones, are also one term, however their digits are grouped.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from vaultcrm.normalize import PLAIN_LETTERS

_ASCII_WORD = re.compile(r"[a-z0-9]+")
# The vowel signs of Indic and Southeast Asian scripts are marks, which \w leaves out.
_WORD = re.compile(r"(?:[^\W_]|[\u0900-\u109f\u1780-\u17ff])+")
_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
# A word of the original text, with its accents. Symbols such as ㎏ become letters only when they are compared, and are never marked.
_INVISIBLE = "\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff"
_SPAN = re.compile(rf"(?:[^\W_]|[{_MARKS}{_INVISIBLE}\u3099\u309a\u0900-\u109f\u1780-\u17ff])+")
_HYPHENS = "\u2010\u2011-"
# only letters: W-2 and W2 are two things, and a date is no word
_JOINED = re.compile(rf"(?<![\w{_HYPHENS}])[^\W\d_]++(?:[{_HYPHENS}][^\W\d_]++)+(?![\w{_HYPHENS}])")
_ACCENTS = re.compile(f"[{_MARKS}{_INVISIBLE}]+")
MAX_WORD = 64  # letters of a word in the index; anything longer is data
# A number of at least seven digits. Groups of digits are parted by blanks and brackets, or by one other sign.
_GROUP_END = r"(?:\)?[ \u00a0\u202f]?[-./\u2010-\u2013][ \u00a0\u202f]?|[ ()\u00a0\u2009\u202f]{0,3})"
_NUMBER = re.compile(rf"\d(?:{_GROUP_END}\d){{6,18}}(?![\w-])(?![.,]\d)")
_NO_NUMBER = re.compile(r"\d{4}-\d\d-\d\d|(?:(?:19|20)\d\d\W*)+\Z")  # a date, a few years
NUMBER_MARK = "\x1d"  # begins the term of a number, so that it isn't taken for a word
SAME_DIGITS = 7  # digits at their ends in which two numbers have to be alike, if one has a prefix that the other lacks
# Scripts written without spaces between words, and Korean, which attaches particles to its words.
_UNSEGMENTED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"


@cache
def _runs() -> re.Pattern[str]:
    """A run of letters of such a script (group 1), or of any other. Compiling it takes 3 ms, and most texts don't need it."""
    return re.compile(f"([{_UNSEGMENTED}]+)|[^{_UNSEGMENTED}]+")


def plain(text: str) -> str:
    """A text without case and accents, and otherwise unchanged."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    # composed again, because the parts of Korean syllables and Japanese sound marks are not accents
    return unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed)).casefold().translate(PLAIN_LETTERS)


def tokens(text: str) -> list[str]:
    """The words of a text to index, in order."""
    plain_text = plain(text)
    if plain_text.isascii():
        return _ASCII_WORD.findall(plain_text)
    return [part for word in _WORD.findall(plain_text) for part in _parts(word)]


def joined_words(text: str) -> list[str]:
    """The words of a text that are joined by hyphens, each as one word: "Sign-off" is `signoff`."""
    if "-" not in text and text.isascii():
        return []
    plain_text = plain(text).replace("\u2010", "-")  # NFKD has made it of U+2011 as well
    chunks = (chunk for chunk in plain_text.split() if "-" in chunk)  # the pattern never reaches over white space
    words = (match[0].replace("-", "") for chunk in chunks for match in _JOINED.finditer(chunk))
    return [word for word in words if len(word) <= MAX_WORD]


def joined_spans(text: str) -> Iterator[tuple[str, int, int]]:
    """The same with their positions: (word, start, end)."""
    if "-" in text or not text.isascii():
        for match in _JOINED.finditer(text):
            yield re.sub(f"[{_HYPHENS}]", "", plain(match[0])), *match.span()


def number_spans(text: str) -> Iterator[tuple[str, int, int]]:
    """The long numbers of a text, each as the term of its digits, with their positions: (term, start, end)."""
    for match in _NUMBER.finditer(text):
        before = text[match.start() - 1 : match.start()]
        if not (before.isalnum() or before in ("_", "-", ".", ",")) and not _NO_NUMBER.match(match[0]):
            yield number_term(match[0]), *match.span()


def number_term(number: str) -> str:
    """The term of a number: its digits from the last to the first, so that numbers that end alike begin alike."""
    return NUMBER_MARK + re.sub(r"\D", "", number.replace("(0)", ""))[::-1]


def is_same_number(term: str, other: str) -> bool:
    """Whether two numbers are one, with or without a prefix: 07700 900417 is +44 7700 900417."""
    pairs = (term, other), (term.rstrip("0"), other.rstrip("0"))
    return any(min(len(a), len(b)) > SAME_DIGITS and (a.startswith(b) or b.startswith(a)) for a, b in pairs)


def query_tokens(text: str) -> list[str]:
    """The words of a text to search for, in order: of a script without spaces only the bigrams, unless it is a single letter."""
    plain_text = plain(text)
    if plain_text.isascii():
        return _ASCII_WORD.findall(plain_text)
    return [part for word in _WORD.findall(plain_text) for part in _parts(word, with_last_letter=False)]


def _parts(word: str, with_last_letter: bool = True) -> list[str]:
    if word.isascii():
        return [word]
    parts = []
    for match in _runs().finditer(word):
        run = match[0]
        if not match[1]:
            parts.append(run)
        else:
            parts += [run[i : i + 2] for i in range(len(run) - 1)]
            if with_last_letter or len(run) == 1:
                parts.append(run[-1])
    return parts


def is_unsegmented(word: str) -> bool:
    """Whether a word begins in a script without spaces, so that a single letter stands for every bigram that begins with it."""
    return not word.isascii() and (match := _runs().match(word)) is not None and match[1] is not None


def token_spans(text: str) -> Iterator[tuple[str, int, int]]:
    """The words of a text with their positions: (word, start, end)."""
    for match in _SPAN.finditer(text):
        start, end = match.span()
        parts = tokens(match[0])
        if len(parts) == 1 or plain(match[0]) != match[0].casefold():
            # characters that become several letters when they are compared (½, decomposed Korean) are marked as a whole
            yield from ((part, start, end) for part in parts)
            continue
        for run in _runs().finditer(match[0]):
            run_start, run_end = start + run.start(), start + run.end()
            if run[1]:
                yield from ((plain(text[at : min(at + 2, run_end)]), at, min(at + 2, run_end)) for at in range(run_start, run_end))
            else:
                yield plain(run[0]), run_start, run_end


def halves(word: str) -> Iterator[tuple[str, str]]:
    """The ways to write a word as two: "followup" as "follow up"."""
    if word.isalpha() and 5 <= len(word) <= MAX_WORD:
        yield from ((word[:at], word[at:]) for at in range(1, len(word) - 1))


def replace_word(text: str, word: str, replacement: str) -> str:
    """A text with every occurrence of a word replaced, whatever its case and accents."""
    for token, start, end in reversed(list(token_spans(text))):
        if token == word:
            text = text[:start] + replacement + text[end:]
    return text
