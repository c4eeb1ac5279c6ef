"""Set one value in a TOML file by splicing: every other byte stays, comments and line endings too.

The result is parsed and compared with what it has to be, so an edit that would mean anything else is refused.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from vaultcrm.errors import Refused

_BARE = r"[A-Za-z0-9_-]+"
_STRING = r'"(?:[^"\\\n]|\\.)*"|' r"'[^'\n]*'"
_LONG_STRING = r'"""(?:[^"\\]|\\[\s\S]|"{1,2}(?!"))*"{3,5}|' r"'''(?:[^']|'{1,2}(?!'))*'{3,5}"
_KEY = re.compile(rf"(?:{_BARE}|{_STRING})(?:[ \t]*\.[ \t]*(?:{_BARE}|{_STRING}))*")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_TOKEN = re.compile(rf"#[^\n]*|{_LONG_STRING}|{_STRING}|[\[\]{{}},\n]|[^\s\[\]{{}},#\"']+|[ \t\r]+")

Edit = Callable[[str], str]  # from the text of a value to its new text; "" is a value that isn't there yet


class _Pair(NamedTuple):
    """`key = value` in a text: the whole path of its key, where it starts, where its value is, and which of the keys are its table's."""

    path: tuple[str, ...]
    start: int
    value_start: int
    value_end: int
    table: tuple[str, ...]


class _Section(NamedTuple):
    """The lines below one header, or above the first: its table, None for one of an array of tables; where its header and its pairs end."""

    table: tuple[str, ...] | None
    end: int
    pairs: list[_Pair]


def set_text(data: bytes, table: Sequence[str], key: str, value: str) -> bytes:
    """The file with a text as the value of a key in a table, added if it is missing. Raises Refused, and ValueError for no TOML."""
    return _edited(data, (*table, key), value, lambda _: _to_toml(value))


def add_texts(data: bytes, table: Sequence[str], key: str, texts: Sequence[str]) -> bytes:
    """The file with texts at the end of a list, which is added if it is missing. Raises as `set_text` does."""
    before = _value_at(_parse(data.decode("utf-8")), (*table, key)) or []
    if not isinstance(before, list):
        raise Refused(f"{key} isn't a list.")
    return _edited(data, (*table, key), [*before, *texts], lambda old: _with_items(old, [*map(_to_toml, texts)]))


def line_to_add(key: str, value: str) -> str:
    """A key and its value as they are written in a TOML file."""
    return f"{_key_to_toml(key)} = {_to_toml(value)}"


def _edited(data: bytes, path: tuple[str, ...], expected: object, edit: Edit) -> bytes:
    text = data.decode("utf-8")
    wanted = _with_value(_parse(text), path, expected)
    new = _splice(text, path, edit)
    try:
        if _parse(new) == wanted:
            return new.encode("utf-8")
    except ValueError:
        pass
    raise Refused("It is written in a way that can't be changed safely.")


def _splice(text: str, path: tuple[str, ...], edit: Edit) -> str:
    """The text with the value at a path edited: where it is, else in its table or below keys of that table, else in a new one."""
    sections = _sections(text)
    pairs = [pair for section in sections if section.table is not None for pair in section.pairs]
    for pair in pairs:
        if pair.path == path[: len(pair.path)]:
            new = _edit_value(text[pair.value_start : pair.value_end], path[len(pair.path) :], edit)
            return text[: pair.value_start] + new + text[pair.value_end :]
    table = path[:-1]
    if section := next((section for section in sections if section.table == table and (table or section.pairs)), None):
        last = section.pairs[-1] if section.pairs else None
        return _insert(text, section.end, last, _key_to_toml(path[-1]), edit)
    if siblings := [pair for pair in pairs if pair.path[: len(table)] == table and len(pair.table) < len(table)]:  # senders."x@y" = "Acme"
        last = siblings[-1]
        keys = ".".join(map(_key_to_toml, path[len(last.table) :]))
        return _insert(text, _line_end(text, last.value_end), last, keys, edit)
    parent = next((section for section in reversed(sections) if section.table == table[:-1] and section.table), None)
    return _insert_table(text, parent.end if parent else len(text), table, f"{_key_to_toml(path[-1])} = {edit('')}")


def _insert_table(text: str, place: int, table: tuple[str, ...], line: str) -> str:
    """The text with a new table of one line at the start of a line or the end, between blank lines."""
    newline = _newline(text)
    if comments := re.compile(r"(?:[ \t]*#[^\n]*(?:\n|$))+(?=[ \t\r]*(?:\n|$))").match(text, place):  # about the table above
        place = comments.end()
    head, tail = text[:place], text[place:]
    above = "" if not head.strip() else newline * (1 if head.endswith("\n") else 2) * (not head.endswith(("\n\n", "\n\r\n")))
    below = newline if tail and not tail.startswith(("\n", "\r\n")) else ""
    return f"{head}{above}[{'.'.join(map(_key_to_toml, table))}]{newline}{line}{newline}{below}{tail}"


def _insert(text: str, place: int, beside: _Pair | None, keys: str, edit: Edit) -> str:
    """The text with a new line at the start or the end of one, indented as the pair beside it."""
    indent = re.match(r"[ \t]*", text[text.rfind("\n", 0, beside.start) + 1 :]) if beside else None
    newline = _newline(text)
    break_before = newline if place and text[place - 1] != "\n" else ""
    return f"{text[:place]}{break_before}{indent[0] if indent else ''}{keys} = {edit('')}{newline}{text[place:]}"


def _edit_value(value: str, rest: tuple[str, ...], edit: Edit) -> str:
    """A value edited, or the value in it to which the rest of a path leads, through tables in braces."""
    if not rest:
        return edit(value)
    if not value.startswith("{"):
        raise Refused("It is written in a way that can't be changed safely.")
    pairs = [*_pairs_in_braces(value)]
    for pair in pairs:
        if pair.path == rest[: len(pair.path)]:
            new = _edit_value(value[pair.value_start : pair.value_end], rest[len(pair.path) :], edit)
            return value[: pair.value_start] + new + value[pair.value_end :]
    added = f"{'.'.join(map(_key_to_toml, rest))} = {edit('')}"
    if not pairs:
        return f"{{ {added} }}"
    return f"{value[: pairs[-1].value_end]}, {added}{value[pairs[-1].value_end :]}"


def _with_items(value: str, items: Sequence[str]) -> str:
    """A list with more items: in its last line, or in lines of their own if the last item has one. A comment stays beside its item."""
    if not value:
        return f"[{', '.join(items)}]"
    if not value.startswith("["):
        raise Refused("It is written in a way that can't be changed safely.")
    tokens = [(at, token) for at, token in _tokens(value, 1) if at < len(value) - 1 and not token.startswith("#") and token.strip()]
    if not tokens:
        return f"[{', '.join(items)}]" if "#" not in value else f"[{', '.join(items)}, {value[1:]}"
    (at, last), *_ = reversed([found for found in tokens if found[1] != ","])
    end, comma = at + len(last), next((place + 1 for place, token in reversed(tokens) if token == "," and place > at), 0)
    line_end = re.compile(r"[ \t]*(?:#[^\n]*?)?\r?(?=\n)").match(value, comma or end)
    if line_end is None or (start := value.rfind("\n", 0, at) + 1) == 0:
        return f"{value[:end]}, {', '.join(items)}{value[end:]}"
    indent = re.compile(r"[ \t]*").match(value, start)
    lines = f",{_newline(value)}{indent[0] if indent else ''}".join(items) + "," * bool(comma)
    stop = line_end.end() - value[: line_end.end()].endswith("\r")
    head = value[:stop] if comma else f"{value[:end]},{value[end:stop]}"
    return f"{head}{_newline(value)}{indent[0] if indent else ''}{lines}{value[stop:]}"


def _sections(text: str) -> list[_Section]:
    """The sections of a valid TOML text, the lines above the first header first."""
    found: list[_Section] = [_Section((), 0, [])]
    at = _skip_blank(text, 0)
    while at < len(text):
        table = found[-1].table
        if text[at] == "[":
            is_array = text.startswith("[[", at)
            key = _key_at(text, _skip_spaces(text, at + 1 + is_array))
            at = _line_end(text, key.end())
            found.append(_Section(None if is_array else _path_of(key[0]), at, []))
        else:
            pair = _pair_at(text, at, table or ())
            at = _line_end(text, pair.value_end)
            found[-1].pairs.append(pair)
            found[-1] = found[-1]._replace(end=at)
        at = _skip_blank(text, at)
    return found


def _pairs_in_braces(value: str) -> Iterator[_Pair]:
    at = _skip_spaces(value, 1)
    while at < len(value) - 1:
        pair = _pair_at(value, at, ())
        yield pair
        at = _skip_spaces(value, _skip_spaces(value, pair.value_end) + 1)  # behind the comma


def _pair_at(text: str, at: int, table: tuple[str, ...]) -> _Pair:
    key = _key_at(text, at)
    start = _skip_spaces(text, _skip_spaces(text, key.end()) + 1)  # behind the equals sign
    return _Pair((*table, *_path_of(key[0])), at, start, _value_end(text, start), table)


def _value_end(text: str, start: int) -> int:
    """Where a value ends: at the end of its line, or at a comma or bracket around it."""
    depth, end = 0, start
    for at, token in _tokens(text, start):
        if depth == 0 and (token in ",]}\n" or token.startswith("#")):
            break
        depth += (token in "[{") - (token in "]}")
        if token.strip() and not token.startswith("#"):
            end = at + len(token)
    return end


def _tokens(text: str, at: int) -> Iterator[tuple[int, str]]:
    while token := _TOKEN.match(text, at):
        yield at, token[0]
        at = token.end()


def _key_at(text: str, at: int) -> re.Match[str]:
    if key := _KEY.match(text, at):
        return key
    raise Refused("It is written in a way that can't be changed safely.")


def _path_of(key: str) -> tuple[str, ...]:
    """The names in a dotted key."""
    names = []
    value: Any = _parse(f"{key} = 0")  # Any: what TOML holds
    while isinstance(value, dict):
        ((name, value),) = value.items()
        names.append(name)
    return tuple(names)


def _skip_blank(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at


def _skip_spaces(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t":
        at += 1
    return at


def _line_end(text: str, at: int) -> int:
    """The start of the next line."""
    return text.find("\n", at) + 1 or len(text)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _key_to_toml(key: str) -> str:
    return key if re.fullmatch(_BARE, key) else _to_toml(key)


def _to_toml(text: str) -> str:
    import json  # late: as the next one, only when settings are written

    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _parse(text: str) -> dict[str, Any]:  # Any: what TOML holds
    import tomllib  # late: most vaults have no settings but their ID

    return tomllib.loads(text)


def _value_at(table: Mapping[str, Any], path: Sequence[str]) -> Any:  # Any: as above
    value: Any = table
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _with_value(table: Mapping[str, Any], path: Sequence[str], value: object) -> dict[str, Any]:  # Any: as above
    """A table with another value at a path. Raises Refused if something that isn't a table is in its way."""
    name, *rest = path
    inner = table.get(name, {})
    if rest and not isinstance(inner, dict):
        raise Refused(f"{name} isn't a table.")
    return {**table, name: _with_value(inner, rest, value) if rest else value}
