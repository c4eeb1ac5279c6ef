"""Records survive the conversion to rows and back."""

from datetime import date
from typing import Any

import pytest

from vaultcrm.catalog.rows import cells, column_list, note_from_row, record_maker, stored_fields
from vaultcrm.model.records import Decision, FollowUp, Note, Point

FOLLOW_UP = FollowUp(
    id="abc", path="a.md", line=3, kind="task", text="Ask", status="open", due=date(2026, 11, 9), scheduled=None, priority="high",
    recurrence="FREQ=WEEKLY", project="Web", since=date(2026, 11, 2), completed=date(2026, 11, 3), key="k", depends=("x", "y"),
)  # fmt: skip
DECISION = Decision(
    id="def", path="b.md", line=1, text="60", on=date(2026, 11, 2), status="in force", topic="price", by="Dana", via=None, project=None,
    supersedes=("[[Old]]", "[[Call|One, two]]"), kind="callout",
)  # fmt: skip
POINT = Point(id="0ab", path="c.md", line=2, kind="feedback", text="Fine", on=None, form="callout")


@pytest.mark.parametrize("record", [FOLLOW_UP, DECISION, POINT, FOLLOW_UP._replace(depends=()), DECISION._replace(supersedes=())])
def test_a_record_survives_the_conversion(record: Any) -> None:  # Any: a record of any type
    fields = stored_fields(type(record))
    row = cells(getattr(record, field) for field in fields)
    assert all(value is None or isinstance(value, (str, int)) for value in row)
    assert record_maker(type(record))(row, None) == record


def test_a_record_gets_the_name_of_its_client() -> None:
    row = cells(getattr(FOLLOW_UP, field) for field in stored_fields(FollowUp))
    assert record_maker(FollowUp)(row, "Acme") == FOLLOW_UP._replace(client="Acme")


def test_columns_are_quoted() -> None:
    assert column_list(["on", "by"]) == '"on", "by"'
    assert {"client", "is_blocked"}.isdisjoint(stored_fields(FollowUp))


def test_a_note_is_made_from_its_columns() -> None:
    assert note_from_row(("c/Acme/Acme.md", "client", '{"tags": ["ä"]}', "Hello")) == Note(
        "c/Acme/Acme.md", "client", {"tags": ["ä"]}, "Hello"
    )
