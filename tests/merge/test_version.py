"""The versions of a note, parsed for a merge."""

from collections import Counter
from datetime import date, datetime

import pytest

from tests.merge.notes import note
from vaultcrm.disk.files import MAX_NOTE_BYTES
from vaultcrm.merge.version import EMPTY, parse_version


def test_a_version_has_the_properties_and_the_body() -> None:
    text = note("due: 2026-11-09  # agreed", "date: 2026-11-02T14:30:00", "complete_instances:", "  - 2026-11-02", "  - soon") + "Text.\n"
    version = parse_version(text.encode())
    assert version is not None
    assert version.values == {"due": "2026-11-09", "date": "2026-11-02T14:30:00", "complete_instances": ["2026-11-02", "soon"]}
    assert version.nodes.keys() == version.meanings.keys() == version.values.keys()
    assert version.annotations == Counter(["# agreed"])
    assert version.body == b"Text.\n"
    assert (version.day("due"), version.day("date"), version.day("missing")) == (date(2026, 11, 9), date(2026, 11, 2), None)
    assert version.moment("date") == datetime(2026, 11, 2, 14, 30)
    assert version.completed_days == {date(2026, 11, 2)}


def test_a_note_without_front_matter_is_a_version_without_properties() -> None:
    version = parse_version(b"Text.\n")
    assert version is not None
    assert (version.values, version.body) == ({}, b"Text.\n")
    assert parse_version(b"") == EMPTY


@pytest.mark.parametrize(
    "data",
    [
        b"---\na: [1\n---\n", b"---\na: 1\na: 2\n---\n", b"---\na: 1\n", b"+++\na = 1\n+++\n", b'{"a": 1}\n', b"---\n- a\n---\n",
        b"---\na: 1\n---\n\xff", b"\xff", b"---\na: 1\n---\n\0", b"x" * (MAX_NOTE_BYTES + 1),
    ],
)  # fmt: skip
def test_a_version_that_cannot_be_read_unambiguously_is_none(data: bytes) -> None:
    assert parse_version(data) is None


def test_a_note_of_the_largest_size_is_read() -> None:
    assert parse_version(b"x" * MAX_NOTE_BYTES) is not None
