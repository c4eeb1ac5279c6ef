"""The property types in .obsidian/types.json are completed in the style of the file, and checked."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.obsidian.programs import run
from tests.support import make_vault
from vaultcrm.errors import InvalidInput
from vaultcrm.model.schema import PROPERTIES
from vaultcrm.obsidian import types_json


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"types": {"a": "text"}}', '{"types": {"a": "text", "b": "date", "c": "text"}}'),
        ('{"types":{"a":"text"}}', '{"types":{"a":"text","b":"date","c":"text"}}'),
        ("{}", '{\n  "types": {\n    "b": "date",\n    "c": "text"\n  }\n}'),
        (' {"x": 1 } \n', ' {"x": 1, "types": {"b": "date","c": "text"} } \n'),
        ('{\n    "types": {}\n}\n', '{\n    "types": {\n        "b": "date",\n        "c": "text"\n    }\n}\n'),
        (
            '{\r\n  "types": {\r\n    "a": "text"\r\n  },\r\n  "y": {"b": 1}\r\n}',
            '{\r\n  "types": {\r\n    "a": "text",\r\n    "b": "date",\r\n    "c": "text"\r\n  },\r\n  "y": {"b": 1}\r\n}',
        ),
        ('{"types": {"B": "number"}}', '{"types": {"B": "number", "c": "text"}}'),
        ('{"types": {"c": "text", "b": "text"}}', '{"types": {"c": "text", "b": "text"}}'),
        ('{"types": {"a": "text"}, "types": {"b": "text"}}', '{"types": {"a": "text"}, "types": {"b": "text", "c": "text"}}'),
    ],
)
def test_types_are_added_in_the_style_of_the_file(before: str, after: str) -> None:
    assert types_json.add_types(before, {"b": "date", "c": "text"}) == after


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(["due", "Due", "status", "région", '"', "types", "{", "}"])


@given(
    st.dictionaries(st.sampled_from(["a", "}", "types2", "é"]), JSON, max_size=3),
    st.none() | st.dictionaries(NAMES, st.sampled_from(["text", "date"]), max_size=4),
    st.sampled_from([None, 0, 1, 4, "\t"]),
    st.booleans(),
)
def test_adding_types_changes_no_other_type_and_removes_no_byte(
    rest: dict[str, object], types: dict[str, str] | None, indent: int | str | None, ascii_only: bool
) -> None:
    whole = rest if types is None else {**rest, "types": types}
    text = json.dumps(whole, indent=indent, ensure_ascii=ascii_only)
    new = types_json.add_types(text, types_json.property_types())
    existing = {name.lower() for name in types or {}}
    expected = {name: kind for name, kind in types_json.property_types().items() if name not in existing}
    assert json.loads(new) == {**whole, "types": {**(types or {}), **expected}}
    assert list(json.loads(new))[: len(whole)] == list(whole)
    left = iter(new)
    assert all(char in left for char in text.replace("{}", "{").rstrip("} \n"))
    assert types_json.add_types(new, types_json.property_types()) == new


@given(st.text(alphabet='{}[]":,types01 \n\\', max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        types_json.add_types(text, {"due": "date"})
        types_json.find_type_conflicts(text)
    except InvalidInput:
        pass


def test_a_property_has_one_type_in_all_types_of_notes() -> None:
    seen: dict[str, str] = {}
    for properties in PROPERTIES.values():
        for key in properties:
            assert seen.setdefault(key, types_json.property_types()[key]) == types_json.property_types()[key]
    assert types_json.property_types().keys() == seen.keys() | {"type"}
    found = {
        key: types_json.property_types()[key]
        for key in ("aliases", "complete_instances", "date", "due", "people", "rate", "status", "tags")
    }
    assert found == {
        "aliases": "aliases", "complete_instances": "multitext", "date": "datetime", "due": "date", "people": "multitext",
        "rate": "number", "status": "text", "tags": "tags",
    }  # fmt: skip


def test_check_reports_types_that_differ(tmp_path: Path) -> None:
    types = '{"types": {\n"due": "text",\n"tags": "multitext", "mine": "checkbox",\n"status": "multitext", "date": "date"}}'
    make_vault(tmp_path / "v", {".obsidian/types.json": types, "clients/Acme/Acme.md": "---\ntype: client\n---\n"})
    assert run(tmp_path / "v", "check").stdout.splitlines() == [
        ".obsidian/types.json:2: Obsidian shows due as text; it is a date. [obsidian-type]",
        ".obsidian/types.json:4: Obsidian shows date as a date; it is a date and time. [obsidian-type]",
        ".obsidian/types.json:4: Obsidian shows status as a list; it is text. [obsidian-type]",
    ]
    assert run(tmp_path / "v", "check", "acme").stdout == ""


def test_type_conflicts_have_a_line_and_both_types_in_words() -> None:
    same = '"tags": "multitext", "rate": "number", "mine": "checkbox"'
    text = f'{{"types": {{\n  "due": "text",\n  {same},\n  "aliases": "text", "date": "odd"\n}}}}'
    assert types_json.find_type_conflicts(text) == [
        (2, "due", "text", "a date"),
        (4, "aliases", "text", "a list"),
        (4, "date", "odd", "a date and time"),
    ]
    assert types_json.find_type_conflicts("{}") == types_json.find_type_conflicts('{"types": {}}') == []


def test_a_new_file_has_all_types() -> None:
    text = types_json.new_types_json(types_json.property_types())
    assert json.loads(text) == {"types": types_json.property_types()}
    assert text.endswith("}\n")
    assert types_json.add_types(text, types_json.property_types()) == text
    assert types_json.find_type_conflicts(text) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"types": []}', '{"types": {"a": 1}}', "[" * 100_000])
def test_a_file_without_valid_types_is_refused(text: str) -> None:
    for read in (types_json.find_type_conflicts, lambda text: types_json.add_types(text, {"due": "date"})):
        with pytest.raises(InvalidInput):
            read(text)
