"""The YAML of the front matter: read within bounds, as text, and written so that two parsers agree."""

from datetime import date, datetime
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from tests.markdown.front_matter_strategies import TEXTS, Entry, assembled, front_matters
from tests.support import run_python
from vaultcrm.errors import Refused, Unreadable
from vaultcrm.markdown.values import Value
from vaultcrm.markdown.yaml_nodes import (
    MAX_BYTES,
    YAML_LOADER,
    Node,
    Writable,
    compose,
    is_plain_scalar,
    node_value,
    structure,
    to_yaml,
    value_as_read,
)

ENGINES: list[type[yaml.SafeLoader]] = [yaml.SafeLoader, *([YAML_LOADER] if YAML_LOADER is not yaml.SafeLoader else [])]
both_engines = pytest.mark.parametrize("engine", ENGINES)


def value_in(text: str, engine: type[yaml.SafeLoader] | None = None) -> Value:
    """The value of the only property in a text."""
    root = compose(text, engine)
    assert root is not None
    ((_, node),) = root.pairs
    return node_value(node, text)


def bomb(levels: int, width: int = 9) -> str:
    """Lists of aliases of lists of aliases, which expand to `width` to the power of `levels` values."""
    lines = ["a0: &a0 [" + ", ".join(["x"] * width) + "]"]
    lines += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * width) + "]" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


# ------------------------------------------------------------------------------------- bounds


@both_engines
def test_text_over_64_kib_is_refused(engine: type[yaml.SafeLoader]) -> None:
    text = "a: é"
    text += "x" * (MAX_BYTES - len(text.encode()))
    assert len(value_in(text, engine) or "") == MAX_BYTES - 4
    with pytest.raises(Unreadable, match="larger than 64 KiB"):
        compose(text + "x", engine)


@both_engines
def test_nesting_over_32_levels_is_refused(engine: type[yaml.SafeLoader]) -> None:
    # the map is level 0, so the innermost of 31 lists holds a scalar on level 32
    assert value_in("a: " + "[" * 31 + "x" + "]" * 31, engine) == "[" * 31 + "x" + "]" * 31
    with pytest.raises(Unreadable, match="nested deeper than 32 levels"):
        compose("a: " + "[" * 32 + "x" + "]" * 32, engine)
    with pytest.raises(Unreadable, match="nested deeper than 32 levels"):
        compose("".join(f"{' ' * n}k:\n" for n in range(40)) + " " * 40 + "x", engine)


@both_engines
def test_an_alias_counts_as_much_as_its_target(engine: type[yaml.SafeLoader]) -> None:
    assert compose(bomb(4), engine) is not None  # 9 + 81 + 729 + 6,561 values, and their lists
    with pytest.raises(Unreadable, match="expand to more than 20000 values"):
        compose(bomb(5), engine)
    with pytest.raises(Unreadable, match="expand to more than 20000 values"):
        compose(bomb(30), engine)


@both_engines
def test_over_20000_values_are_refused(engine: type[yaml.SafeLoader]) -> None:
    # a map, a key, a list and its items
    assert compose("a: [" + "x," * 19_997 + "]", engine) is not None
    with pytest.raises(Unreadable, match="expand to more than 20000 values"):
        compose("a: [" + "x," * 19_998 + "]", engine)


@both_engines
@pytest.mark.parametrize("text", ["a: &x [*x]", "&x a: *y\nb: &y {c: *y}", "a: &x\n  - b: *x"])
def test_a_circular_alias_is_refused(text: str, engine: type[yaml.SafeLoader]) -> None:
    with pytest.raises(Unreadable, match="has no anchor before it"):
        compose(text, engine)


@pytest.mark.parametrize("text", ["a: " + "[" * 50_000, "[" * 32_000 + "]" * 32_000, "{a: " * 15_000, "- " * 30_000, "? " * 30_000])
def test_deep_nesting_does_not_crash_the_process(text: str) -> None:
    """In a process of its own, since libyaml's composer overflows the C stack here."""
    program = """if True:
        import sys, yaml
        from vaultcrm.errors import Unreadable
        from vaultcrm.markdown.yaml_nodes import compose
        text = sys.stdin.read()
        for engine in {yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader)}:
            try:
                compose(text, engine)
            except Unreadable as error:
                print(error)
    """
    process = run_python(program, stdin=text)
    assert (process.returncode, process.stderr) == (0, "")
    assert len(process.stdout.splitlines()) == len(ENGINES)


# ------------------------------------------------------------------------------------ reading


@both_engines
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: yes", "yes"),
        ("a: 12:30", "12:30"),
        ("a: 007", "007"),
        ("a: 1.10", "1.10"),
        ("a: 2026-02-30", "2026-02-30"),
        ("a: !!int '7'", "7"),
        ("a:", None),
        ("a: ~", None),
        ("a: Null", None),
        ("a: '~'", "~"),
        ("a: 'null'", "null"),
        ("a: ''", ""),
        ("a: two\n  lines", "two lines"),
        ("a: |\n  two\n  lines", "two\nlines"),
        ("a: [x, 'y', ~, 1]", ["x", "y", "", "1"]),
        ("a: []", []),
        ("a:\n- x\n-\n- [y, z]\n- {k: 1}", ["x", "", "[y, z]", "{k: 1}"]),
        ("a: {k: 1, l: [2]}", "{k: 1, l: [2]}"),
        ("a:\n  k: 1\n  l: 2", "k: 1\n  l: 2"),
        ("a: [[Acme Studio]]", "[[Acme Studio]]"),
        ("a: {{title}}", "{{title}}"),
        ("a: 😀 # 😀", "😀"),
    ],
)
def test_a_value_is_read_as_text(text: str, value: Value, engine: type[yaml.SafeLoader]) -> None:
    assert value_in(text, engine) == value


def test_an_alias_has_the_value_of_its_anchor() -> None:
    text = "a: &x [1, 2]\nb: *x\n"
    root = compose(text)
    assert root is not None
    assert [node_value(node, text) for _, node in root.pairs] == [["1", "2"], ["1", "2"]]


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n"])
def test_an_empty_text_has_no_node(text: str) -> None:
    assert compose(text) is None


@both_engines
@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: [\n", 3),
        ("a: 1\nb: @x\n", 2),
        ("a: 1\n b: 2\n", 2),
        ("a: 1\n\nb\nc: 2\n", 4),
        ("a: 1\nb: *x\n", 2),
        ("a: 1\n---\nb: 2\n", 2),
        ("a: 1\nb: x\x00\n", 2),
    ],
)
def test_invalid_yaml_is_refused_with_its_line(text: str, line: int, engine: type[yaml.SafeLoader]) -> None:
    with pytest.raises(Unreadable) as raised:
        compose(text, engine)
    assert raised.value.line == line


@both_engines
def test_a_colon_in_a_plain_value_is_refused_with_advice(engine: type[yaml.SafeLoader]) -> None:
    with pytest.raises(Unreadable, match=r'^Not valid YAML: mapping .* Put quotes around a value that contains ": "\.$'):
        compose("a: b: c\n", engine)


@pytest.mark.parametrize(
    "text",
    [
        'a: "\\U00110000"',
        'a: "\\UFFFFFFFF"',
        'a: "\\ud800"',
    ],
)
def test_the_pure_parser_refuses_an_escape_that_is_not_a_character(text: str) -> None:
    with pytest.raises(Unreadable):
        compose(text, yaml.SafeLoader)


@pytest.mark.skipif(len(ENGINES) < 2, reason="PyYAML was built without libyaml")
@given(front_matters())
def test_both_engines_compose_the_same_nodes(front: tuple[list[Entry], str, str]) -> None:
    text = assembled(*front)[0].text
    assert compose(text, ENGINES[0]) == compose(text, ENGINES[1])


def test_structure_distinguishes_quoted_scalars_and_positions() -> None:
    def structure_of(text: str) -> object:
        root = compose(text)
        assert isinstance(root, Node)
        return structure(root)

    assert structure_of("a: [1, 2]\nb: 'x'") == structure_of("'a' : \n- 1\n- 2\nb: \"x\" # c".replace("'a' ", "a"))
    for other in ("a: [1]", "a: [2, 1]", "a: '1'", "a: {1: 2}", "b: [1, 2]"):
        assert structure_of(other) != structure_of("a: [1, 2]")
    assert structure_of("a: 1") != structure_of("a: '1'")
    assert structure_of("a: &x 1\nb: *x") != structure_of("a: &x 1\nb: 1")
    assert structure_of("a: &x 1\nb: *x") != structure_of("a: &x 2\nb: *x")


# ------------------------------------------------------------------------------------ writing


def read_back(text: str) -> list[Any]:  # Any: any YAML value, by each of two parsers
    return [yaml.safe_load(text), YAML(typ="safe", pure=True).load(text)]


@given(st.one_of(TEXTS, st.text()))
def test_any_text_reads_back_as_itself(text: str) -> None:
    if any("\ud800" <= char <= "\udfff" for char in text):
        with pytest.raises(Refused, match="surrogate"):
            to_yaml(text)
        return
    for style in ("", "'", '"'):
        written = to_yaml(text, style)
        assert "\n" not in written
        assert read_back(f"a: {written}\nb: 2\n") == [{"a": text, "b": 2}] * 2
        assert read_back(f"- {written}\n") == [[text]] * 2
        assert value_in(f"a: {written}") == text
    assert read_back(f"a: [{to_yaml(text, flow=True)}, x]\n") == [{"a": [text, "x"]}] * 2


@given(st.lists(TEXTS, max_size=4))
def test_any_list_reads_back_as_itself(items: list[str]) -> None:
    for style in ("", "'", '"'):
        assert read_back(f"a: {to_yaml(items, style)}\n") == [{"a": items}] * 2
        assert value_in(f"a: {to_yaml(items, style)}") == items


@given(st.one_of(st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.none()))
def test_numbers_and_checkboxes_read_back_as_themselves(value: Writable) -> None:
    for parsed in read_back(f"a: {to_yaml(value)}\n"):
        assert parsed["a"] == value
        assert type(parsed["a"]) is type(value)
    assert value_in(f"a: {to_yaml(value)}") == value_as_read(value)


@pytest.mark.parametrize("text", ["a\ufffe", "a\uffff"])
def test_a_character_that_yaml_forbids_is_escaped(text: str) -> None:
    assert read_back(f"a: {to_yaml(text)}\n") == [{"a": text}] * 2


def test_days_and_moments_read_back_as_themselves() -> None:
    day, moment = date(2026, 11, 9), datetime(2026, 11, 9, 14, 30)
    assert read_back(f"a: {to_yaml(day)}\nb: {to_yaml(moment)}\n") == [{"a": day, "b": moment}] * 2
    assert (to_yaml(day), to_yaml(moment)) == ("2026-11-09", "2026-11-09T14:30:00")
    assert (to_yaml(day, "'"), to_yaml(moment, '"')) == ("'2026-11-09'", '"2026-11-09T14:30:00"')
    assert (value_as_read(day), value_as_read(moment)) == ("2026-11-09", "2026-11-09T14:30:00")
    days: list[date] = [day, moment]
    assert to_yaml(days) == "[2026-11-09, 2026-11-09T14:30:00]"
    assert value_as_read(days) == ["2026-11-09", "2026-11-09T14:30:00"]


@pytest.mark.parametrize(
    "text", ["lead", "two words", "Zoë", "a:b", "https://x.y/z#w", "a - b", "it's", 'say "hi"', "a%", "x*", "größer als 5"]
)
def test_ordinary_text_needs_no_quotes(text: str) -> None:
    assert is_plain_scalar(text)
    assert to_yaml(text) == text


@pytest.mark.parametrize(
    "text", ["", " a", "a ", "y", "Y", "on", "OFF", "None", "nan", "5", "-a", "a: b", "a #b", "a:", "a\tb", "a\u00a0b", "a\u2028b"]
)
def test_text_that_yaml_could_read_as_something_else_needs_quotes(text: str) -> None:
    assert not is_plain_scalar(text)
    assert to_yaml(text)[0] == '"'


def test_commas_and_brackets_need_quotes_in_a_flow_list() -> None:
    for text in ("a, b", "a]", "a[b", "a}", "a{b", "a?", "a ?b"):
        assert is_plain_scalar(text)
        assert not is_plain_scalar(text, flow=True)


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("loader", [yaml.SafeLoader, YAML_LOADER])
def test_what_only_yaml_1_1_takes_for_a_line_break_is_a_character(character: str, loader: type[yaml.SafeLoader]) -> None:
    text = f'a: one{character}two\nb: "x{character}y" # {character}\nc:\n  - {character}z\n'
    root = compose(text, loader)
    assert root is not None
    assert {key.text: node_value(value, text) for key, value in root.pairs} == {
        "a": f"one{character}two", "b": f"x{character}y", "c": [f"{character}z"]
    }  # fmt: skip
    assert [key.line for key, _ in root.pairs] == [1, 2, 3]
    assert text[root.pairs[0][1].start : root.pairs[0][1].end] == f"one{character}two"
