"""A note as a document of the Whoosh index: its words, their positions and their weights.

A document holds only what the note itself says. Which client a note belongs to depends on other
notes, so it is worked out at query time; the index stores the folders above a note and its links.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from vaultcrm.markdown.masking import mask, masked_spans
from vaultcrm.markdown.values import as_list
from vaultcrm.markdown.wikilinks import link_title
from vaultcrm.model.convert import client_link, note_day
from vaultcrm.model.records import Note
from vaultcrm.model.schema import PROPERTIES
from vaultcrm.normalize import fold
from vaultcrm.search.tokens import MAX_WORD, joined_words, number_spans, tokens
from vaultcrm.search.whoosh_api import W3Codec, columns, fields, formats

SCHEMA = 4  # part of the index folder's name: a new number makes a new index

TITLE_WEIGHT, PROPERTIES_WEIGHT, BODY_WEIGHT = 6.0, 1.0, 1.0  # how much a word counts in each part of a note
# In a term of a property, between the property's name and one word of its value, or its whole value
WORD_SEPARATOR, VALUE_SEPARATOR = "\x1f", "\x1e"
# BM25's `b`, and an assumed average length of a note in words. A word's weight is divided by its note's
# length at index time, so that a search doesn't look up the length of every note that it finds.
LENGTH_FACTOR, AVERAGE_LENGTH = 0.4, 150
_GAP = 16  # positions between two parts, so that no phrase reaches from one into the next

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
# a tag as Obsidian reads it: no white space and no punctuation except "-", "_" and "/", and not only digits
_TAG_CHAR = r"[^\s\u2000-\u206f\u2e00-\u2e7f'!\"#$%&()*+,.:;<=>?@^`{|}~\[\]\\]"
_HASHTAG = re.compile(rf"(?<![^\s(])#(?!\d++(?!{_TAG_CHAR}))({_TAG_CHAR}++)")
_LINK = re.compile(r"\[\[[^\[\]\r\n]*+\]\]|\]\([^()\r\n]*+\)|\]\([^()\r\n]*+\([^()\r\n]*+\)")
# The folders of the vault's layout say nothing about a note; nor do choices such as `type: interaction`.
_LAYOUT_FOLDERS = frozenset(("clients", "interactions", "follow-ups", "projects", "decisions", "inbox", "files"))
_CHOICE_KEYS = frozenset(key for table in PROPERTIES.values() for key, kind in table.items() if isinstance(kind, tuple))
_NOT_TEXT = frozenset(("type", "recurrence", "cssclasses")) | (_CHOICE_KEYS - {"channel", "via"})
# Properties whose names are words of the note as well, as those of the user's own are: somebody looks for "dana phone".
_NAMED_FACTS = frozenset(("email", "phone", "rate", "deadline", "cadence", "timezone", "role"))
_KNOWN_KEYS = frozenset(fold(key) for table in PROPERTIES.values() for key in table) - _NAMED_FACTS


class Document(NamedTuple):
    """One note, ready to be indexed.

    `parts` are the title, the text of the properties and the body. `properties` holds the values of each
    property by its folded name. `day` is the note's day as a proleptic Gregorian ordinal, 0 for none.
    """

    path: str
    digest: bytes
    parts: tuple[str, str, str]
    properties: dict[str, tuple[str, ...]]
    day: int


def make_document(note: Note, digest: bytes, body: str) -> Document:
    """The document of a note. Hashtags in the body count as `tags`, and the note's day as `date`."""
    properties = {fold(key): as_list(value) for key, value in note.properties.items()}
    folders = [folder for folder in note.path.split("/")[:-1] if folder not in _LAYOUT_FOLDERS]
    texts = [*folders, *(text for key, values in properties.items() if key not in _NOT_TEXT for text in _named(key, values))]
    if note.type != "client" and link_title(client_link(note)) in folders:
        texts.remove(properties["client"][0])  # its folder has said so
    if _HASHTAG.search(body) and (tags := tuple(dict.fromkeys(_hashtags(body)))):
        properties["tags"] = (*properties.get("tags", ()), *tags)
    properties["title"] = (note.title, *properties.get("title", ()))
    if day := note_day(note):
        properties["date"] = (day.isoformat(),)
    return Document(note.path, digest, (note.title, "\n".join(texts), body), properties, day.toordinal() if day else 0)


def _named(key: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """The values of a property, after its name if that says something."""
    return values if key in _KNOWN_KEYS or not values else (key, *values)


def _hashtags(body: str) -> list[str]:
    """The tags in a body, as in Obsidian: outside of code, links and HTML comments. Tags in %% comments count."""
    comments = [body[start:end] for start, end in masked_spans(body) if body.startswith("%%", start)]
    return [tag for text in (mask(body, inline=True), *comments) for tag in _HASHTAG.findall(_LINK.sub(" ", text))]


class _Postings(fields.FieldType):  # type: ignore[misc]  # Whoosh has no types
    """A field that makes its own postings, without an analyzer and its Token objects: 1.7 times as fast."""

    def __init__(self) -> None:
        self.format = formats.Positions()
        self.scorable = False


class WordsField(_Postings):
    """The words of all three parts in one field, because BM25F adds up a word's weights before it saturates."""

    def index(self, value: tuple[str, str, str], **_: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        """The postings of a document's `parts`: term, frequency, weight, encoded positions."""
        positions: dict[str, list[int]] = {}
        weights: dict[str, float] = {}
        position = 0
        for text, weight in zip(value, (TITLE_WEIGHT, PROPERTIES_WEIGHT, BODY_WEIGHT), strict=True):
            for word in tokens(text):
                if word in positions:
                    positions[word].append(position)
                    weights[word] += weight
                elif len(word) <= MAX_WORD:
                    positions[word] = [position]
                    weights[word] = weight
                position += 1
            for word in _joined_terms(text):
                positions.setdefault(word, []).append(position)
                weights[word] = weights.get(word, 0.0) + weight
            position += _GAP
        length = 1 - LENGTH_FACTOR + LENGTH_FACTOR * position / AVERAGE_LENGTH
        encode = self.format.encode
        for word, numbers in positions.items():
            yield word.encode("utf-8"), len(numbers), weights[word] / length, encode(numbers)


class PropertiesField(_Postings):
    """The words of each property, its dates as whole days, months and years, and the folders above the note."""

    def index(self, value: tuple[str, dict[str, tuple[str, ...]]], **_: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        """The postings of a document's path and `properties`, in the same form."""
        path, properties = value
        positions: dict[str, list[int]] = {}
        for key, values in properties.items():
            position = 0
            for text in values:
                for word in tokens(text):
                    positions.setdefault(word_term(key, word), []).append(position)
                    position += 1
                for word in _joined_terms(text):
                    positions.setdefault(word_term(key, word), []).append(position)
                position += _GAP
                if date := _DATE.match(text):
                    for period in (date[0], date[0][:7], date[0][:4]):
                        positions.setdefault(value_term(key, period), [0])
        folder = path
        while folder:
            folder = folder.rpartition("/")[0]
            positions[folder_term(folder)] = [0]
        encode = self.format.encode
        for term, numbers in positions.items():
            yield term.encode("utf-8"), len(numbers), 1.0, encode(numbers)


def _joined_terms(text: str) -> Iterator[str]:
    """What several words of a text make together: words that are joined by hyphens, and long numbers."""
    yield from joined_words(text)
    yield from (term for term, _, _ in number_spans(text))


def folder_term(folder: str) -> str:
    """The term of all notes below a folder; "" is the vault's root."""
    return f"{VALUE_SEPARATOR}{folder}"


def word_term(key: str, word: str) -> str:
    """The term of a word, or of the first letters of a word, in a property."""
    return f"{key}{WORD_SEPARATOR}{word[:MAX_WORD]}"


def value_term(key: str, value: str) -> str:
    """The term of a day, a month or a year in a property."""
    return f"{key}{VALUE_SEPARATOR}{value}"


class Codec(W3Codec):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's codec without the statistics of document lengths, which it would look up for every posting."""

    length_stats = False


def schema() -> fields.Schema:
    """The fields of the index. With another set of fields or terms, `SCHEMA` must go up."""
    return fields.Schema(
        path=fields.ID(stored=True),
        digest=fields.STORED(),
        day=fields.COLUMN(columns.NumericColumn("i")),
        words=WordsField(),
        properties=PropertiesField(),
    )


def document_fields(document: Document) -> dict[str, object]:
    """A document as keyword arguments of Whoosh's `add_document`."""
    return {
        "path": document.path,
        "digest": document.digest,
        "day": document.day,
        "words": document.parts,
        "properties": (document.path, document.properties),
    }
