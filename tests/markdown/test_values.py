"""A property as one text or as a list of texts."""

import pytest

from vaultcrm.markdown.values import Value, as_list, as_text


@pytest.mark.parametrize(
    ("value", "text", "items"),
    [
        (None, None, ()),
        ("", None, ()),
        (" \t", None, ()),
        ("lead", "lead", ("lead",)),
        (" lead ", " lead ", (" lead ",)),
        ([], None, ()),
        (["", " "], None, ()),
        (["", "a", " ", "b "], "a", ("a", "b ")),
    ],
)
def test_a_value_as_text_and_as_list(value: Value, text: str | None, items: tuple[str, ...]) -> None:
    assert as_text(value) == text
    assert as_list(value) == items
