"""The law of edits: in any front matter, only the bytes of the edited property change, or the edit is refused.

Other parsers are the judges: PyYAML's composer finds the position of each property, and PyYAML (YAML 1.1)
and ruamel.yaml (YAML 1.2) read what was written and check that all other values are unchanged.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from tests.markdown.front_matter_strategies import TEXTS, WRITABLE, Entry, assembled, front_matters
from tests.robustness.front_matter_edits import is_one_insertion, is_same_outside, key_ranges
from vaultcrm.errors import Refused
from vaultcrm.markdown.edit import append_item, remove_property, set_property
from vaultcrm.markdown.page import Page
from vaultcrm.markdown.properties import read_properties
from vaultcrm.markdown.values import Value
from vaultcrm.markdown.yaml_nodes import Writable, value_as_read


def by_pyyaml(text: str) -> dict[str, Any]:  # Any: any YAML value, as text
    return yaml.load(text, yaml.BaseLoader) or {}


def value_by_pyyaml(text: str, key: str) -> Any:  # Any: any YAML value
    """The value of one property in YAML 1.1; None if it is missing, or a date that does not exist."""
    loader = yaml.SafeLoader(text)
    root = loader.get_single_node()
    values = [value for name, value in root.value if name.value == key] if isinstance(root, yaml.MappingNode) else []
    try:
        return loader.construct_object(values[0], deep=True) if values else None
    except ValueError:
        return None


def by_ruamel(text: str) -> dict[object, Any] | None:  # Any: as above
    """The values in YAML 1.2; None if ruamel.yaml cannot read the text."""
    try:
        return YAML(typ="safe", pure=True).load(text) or {}
    except (YAMLError, ValueError):
        return None


def is_same(read: object, written: object) -> bool:
    """Whether a judge has read what was written. A date keeps existing quotes, and then is text."""
    return read == written or (isinstance(written, date) and read == value_as_read(written))


Change = Callable[[Any], object]  # Any: a judge's old value; returns its new one


def assert_only_this_changed(old: Page, new: Page, key: str, expected: dict[str, Value], change: Change | None) -> None:
    """All judges agree that `key` has changed by `change` (None: was removed), and that every other value is unchanged."""
    assert read_properties(new) == expected
    before, after = by_pyyaml(old.text), by_pyyaml(new.text)
    before.pop(key, None)
    assert (after.pop(key, None) is not None) == (change is not None)
    assert after == before
    if change is not None:
        assert is_same(value_by_pyyaml(new.text, key), change(value_by_pyyaml(old.text, key)))
    ruamel_before, ruamel_after = by_ruamel(old.text), by_ruamel(new.text)
    if ruamel_before is not None:
        assert ruamel_after is not None
        name = int(key) if key.isdigit() else key
        was = ruamel_before.pop(name, None)
        if change is not None:
            assert is_same(ruamel_after.pop(name), change(was))
        assert ruamel_after == ruamel_before


def test_an_edit_changes_only_its_property() -> None:
    tally: Counter[str] = Counter()

    def attempt(edit: Callable[[], Page]) -> Page | None:
        tally["all"] += 1
        try:
            return edit()
        except Refused:
            tally["refused"] += 1
            return None

    @given(front_matters(), st.data(), WRITABLE, WRITABLE, TEXTS)
    def law(front: tuple[list[Entry], str, str], data: st.DataObject, value: Writable, other: Writable, item: str) -> None:
        entries, newline, tail = front
        page, own = assembled(entries, newline, tail)
        text, whole, old = page.text, page.join(), read_properties(page)
        tally["ruamel reads it"] += by_ruamel(text) is not None
        tally["pages"] += 1
        ranges = key_ranges(text)
        assert {key: start for key, (start, _) in ranges.items()} == {key: start for key, (start, _) in own.items()}

        def place(start: int, end: int) -> tuple[int, int]:
            return len(page.before) + len(text[:start].encode()), len(page.before) + len(text[:end].encode())

        if added := attempt(lambda: set_property(page, "new", value)):
            assert is_one_insertion(whole, added.join())
            assert_only_this_changed(page, added, "new", {**old, "new": value_as_read(value)}, lambda _: value)

        if not entries:
            return
        entry = data.draw(st.sampled_from(entries))
        key, range_ = entry.name, place(*ranges[entry.name])
        if (edited := attempt(lambda: set_property(page, key, other))) and edited != page:
            assert is_same_outside(whole, edited.join(), *range_)
            assert is_same_outside(whole, edited.join(), *place(*own[key])), "a comment or a blank line was lost"
            assert_only_this_changed(page, edited, key, {**old, key: value_as_read(other)}, lambda _: other)
        elif edited:
            assert old[key] == value_as_read(other)

        if removed := attempt(lambda: remove_property(page, key)):
            line_end = text.index("\n", own[key][1]) + 1
            low, high = place(own[key][0], line_end)
            assert removed.join() == whole[:low] + whole[high:]
            assert_only_this_changed(page, removed, key, {k: v for k, v in old.items() if k != key}, None)

        lists = [entry.name for entry in entries if entry.is_list and old[entry.name]]
        key = data.draw(st.sampled_from(lists)) if lists else "new"
        items = old.get(key, [])
        if isinstance(items, list) and (longer := attempt(lambda: append_item(page, key, item))):
            assert is_one_insertion(whole, longer.join())
            assert_only_this_changed(page, longer, key, {**old, key: [*items, item]}, lambda was: [*(was or []), item])

    law()
    print(tally)
    assert tally["refused"] <= tally["all"] * 0.2, tally
    assert tally["ruamel reads it"] >= tally["pages"] * 0.7, tally
