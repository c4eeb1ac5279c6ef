"""The properties of a page: their values as text, and their lines."""

import pytest

from tests.markdown.pages import properties
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.properties import duplicate_keys, key_lines, lines_obsidian_rejects, read_properties, root_node


def test_values_are_read_as_text() -> None:
    block = "a: yes\nb: 12:30\nc: 007\nd: 2026-02-30\ne: ~\nf:\ng: ''\nh: [x, 1, ~]\ni: {x: 1}\n"
    block += "j: [[Acme]]\nk: |\n  two\n  lines\nl: &x 1.10\nm: *x\n"
    assert properties(f"---\n{block}---\n") == {
        "a": "yes", "b": "12:30", "c": "007", "d": "2026-02-30", "e": None, "f": None, "g": "", "h": ["x", "1", ""], "i": "{x: 1}",
        "j": "[[Acme]]", "k": "two\nlines\n", "l": "1.10", "m": "1.10",
    }  # fmt: skip


def test_lines_of_keys_and_duplicate_keys() -> None:
    page = split_page(b"---\n# c\na: 1\nb:\n  - x\na: 2\n'a': 3\n---\n")
    assert key_lines(page) == {"a": 7, "b": 4}
    assert duplicate_keys(page) == {"a": 7}
    assert read_properties(page) == {"a": "3", "b": ["x"]}


def test_a_known_name_in_another_case_is_read_as_the_format_spells_it() -> None:
    page = split_page(b"---\nDue: 2026-11-09\n'STATUS': open\ncompleteddate: 2026-11-10\nWebsite URL: x\n---\n")
    assert read_properties(page) == {"due": "2026-11-09", "status": "open", "completedDate": "2026-11-10", "Website URL": "x"}
    assert key_lines(page) == {"due": 2, "status": 3, "completedDate": 4, "Website URL": 5}


def test_names_that_differ_only_in_case_are_duplicates() -> None:
    page = split_page(b"---\nDue: 2026-11-09\nmine: 1\ndue: 2026-11-10\nMine: 2\n---\n")
    assert duplicate_keys(page) == {"due": 4, "Mine": 5}


def test_a_key_that_is_not_a_scalar_is_named_by_its_yaml() -> None:
    assert properties("---\n? [a, b]\n: 1\n{c: d}: 2\n---\n") == {"[a, b]": "1", "{c: d}": "2"}


def test_a_page_without_yaml_has_no_properties() -> None:
    for text in ("", "body\n", "+++\na = 1\n+++\n", "---\n---\n"):
        page = split_page(text.encode())
        assert (root_node(page), read_properties(page), key_lines(page), duplicate_keys(page)) == (None, {}, {}, {})


@pytest.mark.parametrize(
    ("block", "lines"),
    [
        ('a: "x\ny"\n', [3]), ("b: 1\na: 'x\n\ny\n z'\n", [5]), ("t: [a,\nb]\n", [3]), ("m: {a: 1,\nb: 2}\n", [3]),
        ('k:\n  n: "x\n  y"\n', [4]), ('l:\n  - "x\n  y"\n', [4]), ('l:\n- "x\ny"\n', [4]), ('a: "x\n\ty"\n', [3]),
        ('a: &x "b\nc\nd"\n', [3, 4]), ('"a": "b\nc"\n', [3]),
        ('a: "x\n y"\n', []), ("t: [\n  a\n]\n", []), ('k:\n  n: "x\n   y"\n', []), ('l:\n- "x\n y"\n', []), ('"a": 1\n"b": 2\n', []),
        ('a: "x\\"y"\n', []), ("a: it's\nb: 1\n", []), ("a: |\n  x\n  'y\nb: z'\n", []), ('{a: "x\ny"}\n', []), ("", []),
    ],
)  # fmt: skip
def test_lines_that_npm_yaml_refuses_and_pyyaml_takes(block: str, lines: list[int]) -> None:
    assert lines_obsidian_rejects(split_page(f"---\n{block}---\n".encode())) == lines
