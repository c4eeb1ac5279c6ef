"""Records and notes by a prefix of their handle, and the lists for shell completion."""

from tests.catalog.catalogs import CLIENT, Build, follow_up
from vaultcrm.catalog.handle_queries import items_with_handle, notes_with_handle, records_with_handle, short_handles, titles
from vaultcrm.model.handles import handle


def test_records_are_found_by_a_prefix_in_either_case(catalog_of: Build) -> None:
    catalog = catalog_of(**{f"{name}.md": follow_up() for name in "abcdefghij"})
    for name in "abcdefghij":
        path = f"{name}.md"
        whole = handle(path)
        for prefix in (whole, whole[:6], whole[:6].upper()):
            assert records_with_handle(catalog, "follow_ups", prefix) == [(whole, path, name)]
    one_digit = sorted(handle(f"{name}.md") for name in "abcdefghij" if handle(f"{name}.md").startswith("f"))
    assert sorted(key for key, _, _ in records_with_handle(catalog, "follow_ups", "f")) == one_digit
    assert len(records_with_handle(catalog, "follow_ups", "")) == 10
    assert records_with_handle(catalog, "decisions", "") == []


def test_a_handle_finds_the_note_or_what_is_inside_it(catalog_of: Build) -> None:
    text = "---\ntype: interaction\ndecisions: [One, Two]\nfeedback: Fine\nnext_step: Ask\n---\n- [ ] Call\n> [!question] Why?\n"
    catalog = catalog_of("plain.md", **{"Call.md": text, "Do.md": follow_up()})
    items = items_with_handle(catalog, "")
    assert [(item.table, item.kind, item.path, item.line, item.text) for item in items] == [
        ("follow_ups", "interaction", "Call.md", 5, "Ask"),
        ("follow_ups", "task", "Call.md", 7, "Call"),
        ("decisions", "interaction", "Call.md", 3, "One"),
        ("decisions", "interaction", "Call.md", 3, "Two"),
        ("points", "property", "Call.md", 4, "Fine"),
        ("points", "callout", "Call.md", 8, "Why?"),
    ]
    for item in items:
        assert items_with_handle(catalog, item.id) == items_with_handle(catalog, item.id[:8].upper()) == [item]
        assert notes_with_handle(catalog, item.id) == []
    for path in ("Call.md", "Do.md", "plain.md"):
        key = handle(path)
        assert notes_with_handle(catalog, key) == notes_with_handle(catalog, key[:8].upper()) == [(key, path)]
    assert [path for _, path in notes_with_handle(catalog, "")] == ["Call.md", "Do.md", "plain.md"]


def test_handles_are_as_short_as_they_are_unique_among_all_that_have_one(catalog_of: Build) -> None:
    paths = [f"{number}.md" for number in range(2_000)]
    by_prefix: dict[str, list[str]] = {}
    for path in paths:
        by_prefix.setdefault(handle(path)[:4], []).append(path)
    note, follow_up_note = next(found[:2] for found in by_prefix.values() if len(found) > 1)  # two that begin with the same four digits
    other = next(found[0] for found in by_prefix.values() if len(found) == 1)
    catalog = catalog_of(**{note: "plain", follow_up_note: follow_up(), other: follow_up()})
    first, second = handle(note), handle(follow_up_note)
    differ = next(n for n in range(12) if first[n] != second[n]) + 1
    assert short_handles(catalog, [second, handle(other)]) == {second: second[:differ], handle(other): handle(other)[:4]}


def test_titles_are_those_of_the_given_types(catalog_of: Build) -> None:
    catalog = catalog_of("Plain.md", **{"c/Acme/Acme.md": CLIENT, "c/Acme/v1.2 of it.md": "---\ntype: project\n---\n"})
    assert sorted(titles(catalog, "client", "project")) == ["Acme", "v1.2 of it"]
    assert titles(catalog, "client") == ["Acme"]
    assert titles(catalog, "person") == []
