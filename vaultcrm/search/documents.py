"""A note as a document of the Whoosh index: which of its words stand where, and how much they weigh.

A document holds only what the note itself says. Whose note it is follows from other notes, and is
worked out when it is asked for: the index keeps the folders above a note, and its links.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from vaultcrm.markdown.values import as_list
from vaultcrm.model.convert import note_day
from vaultcrm.model.records import Note
from vaultcrm.model.schema import PROPERTIES
from vaultcrm.normalize import fold
from vaultcrm.search.tokens import tokens
from vaultcrm.search.whoosh_api import W3Codec, columns, fields, formats

SCHEMA = 1  # part of the folder's name: with another one the index is made anew

TITLE_WEIGHT, PROPERTIES_WEIGHT, BODY_WEIGHT = 6.0, 1.0, 1.0  # how much a word counts by where it stands
BETWEEN, WHOLE = "\x1f", "\x1e"  # in a term: behind it stands a word of the property, or a whole value
# BM25's other constant, and the usual length of a note in words. A word's weight is divided by its note's
# length when it is indexed: a search need not ask for the length of each note that it finds.
LENGTH_FACTOR, USUAL_LENGTH = 0.4, 150
_GAP = 16  # positions between two parts, so that no phrase reaches from one into the next
_LONGEST = 64  # letters of a word: what is longer is no word, but data

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
_HASHTAG = re.compile(r"(?<![^\s(])#([^\s#,;:!?()\[\]\"'`]*[^\W\d][^\s#,;:!?()\[\]\"'`]*)")
# The folders of the convention say nothing about a note; nor do choices such as `type: interaction`.
_PLAIN_FOLDERS = frozenset(("clients", "interactions", "follow-ups", "projects", "decisions", "inbox", "files"))
_CHOICES = frozenset(key for table in PROPERTIES.values() for key, kind in table.items() if isinstance(kind, tuple))
_UNSAID = frozenset(("type", "recurrence", "cssclasses")) | (_CHOICES - {"channel", "via"})


class Document(NamedTuple):
    """One note, ready to be indexed. `parts` are title, about and body; `day` is a proleptic ordinal, 0 for none."""

    path: str
    digest: bytes
    parts: tuple[str, str, str]
    properties: dict[str, tuple[str, ...]]
    day: int


def make_document(note: Note, digest: bytes, body: str) -> Document:
    """A note's path and properties, and the text behind them."""
    said = {fold(key): as_list(value) for key, value in note.properties.items()}
    folders = [part for part in note.path.split("/")[:-1] if part not in _PLAIN_FOLDERS]
    about = [*folders, *(item for key, values in said.items() if key not in _UNSAID for item in values)]
    if "#" in body and (tags := tuple(dict.fromkeys(_HASHTAG.findall(body)))):
        said["tags"] = (*said.get("tags", ()), *tags)
    said["title"] = (note.title, *said.get("title", ()))
    if day := note_day(note):
        said["date"] = (day.isoformat(),)
    return Document(note.path, digest, (note.title, "\n".join(about), body), said, day.toordinal() if day else 0)


class _Postings(fields.FieldType):  # type: ignore[misc]  # Whoosh has no types
    """A field whose postings are made by us: no analyzer, no Token objects, 1.7 times as fast."""

    def __init__(self) -> None:
        self.format = formats.Positions()
        self.scorable = False


class WordsField(_Postings):
    """The words of title, about and body in one field, weighted by where they stand: BM25F adds before it saturates."""

    def index(self, value: tuple[str, str, str], **_: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        positions: dict[str, list[int]] = {}
        weights: dict[str, float] = {}
        at = 0
        for text, weight in zip(value, (TITLE_WEIGHT, PROPERTIES_WEIGHT, BODY_WEIGHT), strict=True):
            for word in tokens(text):
                if word in positions:
                    positions[word].append(at)
                    weights[word] += weight
                elif len(word) <= _LONGEST:
                    positions[word] = [at]
                    weights[word] = weight
                at += 1
            at += _GAP
        length = 1 - LENGTH_FACTOR + LENGTH_FACTOR * at / USUAL_LENGTH
        encode = self.format.encode
        for word, places in positions.items():
            yield word.encode("utf-8"), len(places), weights[word] / length, encode(places)


class PropertiesField(_Postings):
    """The words of each property under its name, whole dates with their months and years, and the folders above the note."""

    def index(self, value: tuple[str, dict[str, tuple[str, ...]]], **_: object) -> Iterator[tuple[bytes, int, float, bytes]]:
        path, properties = value
        positions: dict[str, list[int]] = {}
        for key, values in properties.items():
            at = 0
            for item in values:
                for word in tokens(item):
                    positions.setdefault(word_term(key, word), []).append(at)
                    at += 1
                at += _GAP
                if found := _DATE.match(item):
                    for whole in (found[0], found[0][:7], found[0][:4]):
                        positions.setdefault(value_term(key, whole), [0])
        folder = path
        while folder:
            folder = folder.rpartition("/")[0]
            positions[folder_term(folder)] = [0]
        encode = self.format.encode
        for term, places in positions.items():
            yield term.encode("utf-8"), len(places), 1.0, encode(places)


def folder_term(folder: str) -> str:
    """The term of all notes below a folder; "" is the vault."""
    return f"{WHOLE}{folder}"


def word_term(key: str, word: str) -> str:
    """The term of a word in a property."""
    return f"{key}{BETWEEN}{word[:_LONGEST]}"


def value_term(key: str, value: str) -> str:
    """The term of a day, a month or a year in a property."""
    return f"{key}{WHOLE}{value}"


class Codec(W3Codec):  # type: ignore[misc]  # Whoosh has no types
    """Whoosh's own way to write postings, without the lengths of notes that it would look up for each of them."""

    length_stats = False


def schema() -> fields.Schema:
    return fields.Schema(
        path=fields.ID(stored=True),
        digest=fields.STORED(),
        day=fields.COLUMN(columns.NumericColumn("i")),
        words=WordsField(),
        properties=PropertiesField(),
    )


def document_fields(one: Document) -> dict[str, object]:
    """A document as Whoosh's `add_document` takes it."""
    return {
        "path": one.path,
        "digest": one.digest,
        "day": one.day,
        "words": one.parts,
        "properties": (one.path, one.properties),
    }
