"""A note becomes a document: its parts, its properties, and their terms with positions and weights."""

from collections.abc import Iterable
from datetime import date

import pytest

from vaultcrm.model.records import Note
from vaultcrm.search.documents import (
    Document,
    PropertiesField,
    WordsField,
    document_fields,
    folder_term,
    make_document,
    value_term,
    word_term,
)


def decoded(field: WordsField | PropertiesField, postings: Iterable[tuple[bytes, int, float, bytes]]) -> list[tuple[str, float, list[int]]]:
    """The postings as term, weight and positions; the count must be that of the positions."""
    result = []
    for term, count, weight, encoded in postings:
        positions = field.format.decode_positions(encoded)
        assert count == len(positions)
        result.append((term.decode(), round(weight, 3), positions))
    return result


def test_a_document_holds_what_the_note_says() -> None:
    note = Note(
        "clients/Acme/interactions/2026-03-10 1430 Call.md",
        "interaction",
        {
            "type": "interaction",
            "Channel": "call",
            "Größe": ["two", "options"],
            "tags": "work",
            "status": "open",
            "date": "2026-03-09T14:30",
        },
        "",
    )
    assert make_document(note, b"digest", "It is #urgent/today and (#work), but issue#4 and #5 are no tags.\n") == Document(
        path="clients/Acme/interactions/2026-03-10 1430 Call.md",
        digest=b"digest",
        parts=(
            "2026-03-10 1430 Call",
            "Acme\ncall\ngrosse\ntwo\noptions\nwork\n2026-03-09T14:30",
            "It is #urgent/today and (#work), but issue#4 and #5 are no tags.\n",
        ),
        properties={
            "type": ("interaction",),
            "channel": ("call",),
            "grosse": ("two", "options"),
            "tags": ("work", "urgent/today", "work"),
            "status": ("open",),
            "title": ("2026-03-10 1430 Call",),
            "date": ("2026-03-09",),
        },
        day=date(2026, 3, 9).toordinal(),
    )


def test_a_note_without_properties_or_a_date() -> None:
    document = make_document(Note("Ideas.md", None, {}, ""), b"", "text")
    assert document == Document("Ideas.md", b"", ("Ideas", "", "text"), {"title": ("Ideas",)}, 0)
    assert document_fields(document) == {
        "path": "Ideas.md",
        "digest": b"",
        "day": 0,
        "words": ("Ideas", "", "text"),
        "properties": ("Ideas.md", {"title": ("Ideas",)}),
    }


def test_the_title_of_a_note_and_its_property_title_are_both_titles() -> None:
    assert make_document(Note("a.md", None, {"title": "b"}, ""), b"", "").properties == {"title": ("a", "b")}


def test_words_are_weighted_by_part_and_divided_by_the_length_of_the_note() -> None:
    """After each part there is a gap of 16 positions. 4 words and 3 gaps are 52 positions: 0.6 + 0.4 * 52 / 150."""
    field = WordsField()
    length = 0.6 + 0.4 * 52 / 150
    assert decoded(field, field.index(("Price list", "price", "list"))) == [
        ("price", round(7 / length, 3), [0, 18]),
        ("list", round(7 / length, 3), [1, 35]),
    ]


def test_overlong_words_are_not_indexed_but_keep_their_position() -> None:
    field = WordsField()
    assert [(term, positions) for term, _, positions in decoded(field, field.index(("", "", f"a {'x' * 65} {'y' * 64} b")))] == [
        ("a", [32]),
        ("y" * 64, [34]),
        ("b", [35]),
    ]


def test_properties_have_terms_for_words_dates_and_folders() -> None:
    field = PropertiesField()
    properties = {"due": ("2026-03-10",), "mood": ("sunny side", "sunny")}
    assert decoded(field, field.index(("a/b/c.md", properties))) == [
        ("due\x1f2026", 1.0, [0]),
        ("due\x1f03", 1.0, [1]),
        ("due\x1f10", 1.0, [2]),
        ("due\x1e2026-03-10", 1.0, [0]),
        ("due\x1e2026-03", 1.0, [0]),
        ("due\x1e2026", 1.0, [0]),
        ("mood\x1fsunny", 1.0, [0, 18]),
        ("mood\x1fside", 1.0, [1]),
        ("\x1ea/b", 1.0, [0]),
        ("\x1ea", 1.0, [0]),
        ("\x1e", 1.0, [0]),
    ]


def test_only_a_whole_date_at_the_beginning_of_a_value_is_a_date() -> None:
    field = PropertiesField()
    values = ("2026-03-101", "on 2026-03-10", "2026-04-05 14:30")
    terms = {term for term, _, _ in decoded(field, field.index(("a.md", {"due": values})))}
    assert {term for term in terms if term.startswith("due\x1e")} == {"due\x1e2026-04-05", "due\x1e2026-04", "due\x1e2026"}


def test_terms() -> None:
    assert (folder_term("a/b"), word_term("mood", "sunny"), value_term("date", "2026")) == ("\x1ea/b", "mood\x1fsunny", "date\x1e2026")
    assert word_term("mood", "x" * 70) == "mood\x1f" + "x" * 64


@pytest.mark.parametrize(
    ("body", "tags"),
    [
        ("#task<br>#more", ("task",)), ("a #b, #c. (#d)", ("b", "c", "d")), ("#a/b-c_d #2026 #y2026 #🎉", ("a/b-c_d", "y2026", "🎉")),
        ("[[#Terms]] [[Acme #Terms]] [[Acme|see #x]] [x](#terms) [x](<a #b.md>) [x](a(b #c).md)", ()), ("**#a** #b* #c'd", ("b", "c")),
        ("<!-- #no --> #yes", ("yes",)), ("<!--\n#no\n-->\n", ()), ("%%#hidden%% %% #too %%", ("too",)), ("%%\n#hidden\n%%", ("hidden",)),
        ("`#no` ``#no``\n```\n#no\n```\n", ()), ("# Heading\n#Heading", ("Heading",)), ("issue#4 #5 #", ()),
    ],
)  # fmt: skip
def test_tags_are_those_that_obsidian_sees(body: str, tags: tuple[str, ...]) -> None:
    assert make_document(Note("a.md", None, {}, ""), b"", body).properties.get("tags", ()) == tags
