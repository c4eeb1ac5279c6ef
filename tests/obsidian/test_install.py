"""At home in Obsidian: views, templates, types of properties, links; nothing of it over what is there."""

import json
import os
import re
import stat
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests import ROOT
from tests.support import contents, looks, make_vault
from vaultcrm.actions import init, undo
from vaultcrm.errors import Changed, NotUnderstood
from vaultcrm.markdown.page import split
from vaultcrm.markdown.properties import properties_of, root_of
from vaultcrm.model.schema import PROPERTIES, TYPES
from vaultcrm.obsidian import types_json, uri
from vaultcrm.obsidian.install import built_in

AT = "2026-11-16T09:30:00"
VIEWS = {path: data.decode() for path, data in built_in().items() if path.endswith(".base")}
FORMS = {Path(path).stem: data.decode() for path, data in built_in().items() if path.endswith(".md")}


def run(vault: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "vaultcrm", "--vault", str(vault), "--today", AT, *words]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env={**os.environ, **environment}, timeout=60)


# ----------------------------------------------------------------------------------------- init


def test_a_new_vault_has_all_of_it_and_undo_takes_it_back(tmp_path: Path) -> None:
    made = init.init(str(tmp_path / "new"), "init new", AT)
    assert {path: (tmp_path / "new" / path).read_bytes() for path in built_in()} == built_in()
    assert sorted(made.created) == sorted(["vaultcrm.toml", *built_in()])
    assert (made.changed, made.left) == ([], [])
    undo.undo(made.root)
    assert contents(tmp_path / "new") == {}


def test_a_new_vault_without_obsidian_has_none_of_it(tmp_path: Path) -> None:
    init.init(str(tmp_path / "new"), "init new", AT, for_obsidian=False)
    assert list(contents(tmp_path / "new")) == ["vaultcrm.toml"]


def test_a_vault_that_is_there_gets_it_only_when_asked(tmp_path: Path) -> None:
    init.init(str(tmp_path / "old"), "init old", AT, for_obsidian=False)
    for answer in (None, False):
        with pytest.raises(Changed) as caught:
            init.init(str(tmp_path / "old"), "init old", AT, for_obsidian=answer)
        assert caught.value.hint == "Nothing was changed. To add to it: vaultcrm init --obsidian, or vaultcrm init --git"
    made = init.init(str(tmp_path / "old"), "init old --obsidian", AT, for_obsidian=True)
    assert sorted(made.created) == sorted(built_in())
    assert not made.is_default
    before = looks(tmp_path / "old")
    again = init.init(str(tmp_path / "old"), "init old --obsidian", AT, for_obsidian=True)
    assert (again.created, again.changed, again.left) == ([], [], [])
    assert looks(tmp_path / "old") == before


def test_what_is_there_stays_to_the_byte(tmp_path: Path) -> None:
    mine = {
        "views/Due.base": "views: []\n",
        "templates/obsidian/Client.md": "mine\n",
        ".obsidian/templates.json": '{"folder":"Forms/"}',
        ".obsidian/app.json": "{}",
        "Forms/Letter.md": "Dear {{title}}\n",
        "clients/Acme/Acme.md": "---\ntype: client\n---\n",
    }
    make_vault(tmp_path / "old", mine)
    made = init.init(str(tmp_path / "old"), "init old", AT)
    now = contents(tmp_path / "old")
    assert {path: now[path].decode() for path in mine} == mine
    assert now.keys() == mine.keys() | built_in().keys() | {"vaultcrm.toml"}
    assert made.left == [
        ".obsidian/templates.json stays as it is. Obsidian takes its templates from Forms; ours are in templates/obsidian.",
    ]


def test_types_are_added_and_undo_takes_them_back(tmp_path: Path) -> None:
    mine = '{\n\t"types": {\n\t\t"due": "text",\n\t\t"region": "multitext"\n\t},\n\t"since": 3\n}'
    make_vault(tmp_path / "old", {".obsidian/types.json": mine})
    made = init.init(str(tmp_path / "old"), "init old", AT)
    assert made.changed == [".obsidian/types.json"]
    text = (tmp_path / "old/.obsidian/types.json").read_text()
    assert json.loads(text) == {"types": {**types_json.property_types(), "due": "text", "region": "multitext"}, "since": 3}
    assert text.startswith('{\n\t"types": {\n\t\t"due": "text",\n\t\t"region": "multitext",\n\t\t"aliases": "aliases",\n')
    assert text.endswith('\n\t\t"via": "text"\n\t},\n\t"since": 3\n}')
    undo.undo(made.root)
    assert (tmp_path / "old/.obsidian/types.json").read_text() == mine


@pytest.mark.parametrize("broken", [b"{", b"", b"[]", b'{"types": 3}', b"\xff\xfe", b'\xef\xbb\xbf{"types": {}}', b"[" * 100_000, b"\0"])
def test_types_that_cannot_be_read_are_left_alone_and_told(broken: bytes, tmp_path: Path) -> None:
    make_vault(tmp_path / "old", {".obsidian/types.json": broken})
    made = init.init(str(tmp_path / "old"), "init old", AT)
    assert (tmp_path / "old/.obsidian/types.json").read_bytes() == broken
    assert len(made.left) == 1
    assert made.left[0].startswith(".obsidian/types.json")
    told = run(tmp_path / "old", "check")
    assert told.stdout == ".obsidian/types.json:1: The types that Obsidian gives to properties cannot be read. [obsidian-type]\n"


def test_settings_that_lie_outside_are_not_touched(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (tmp_path / "old").mkdir()
    (tmp_path / "old/.obsidian").symlink_to(shared)
    made = init.init(str(tmp_path / "old"), "init old", AT)
    assert list(shared.iterdir()) == []
    assert made.left == [
        f"The path {f'.obsidian/{name}.json'!r} leads out of the vault by a symbolic link." for name in ("templates", "types")
    ]
    assert (tmp_path / "old/views/Due.base").is_file()


def test_the_command_says_what_it_made(tmp_path: Path) -> None:
    done = run(tmp_path / "new", "--json", "init")
    said = json.loads(done.stdout)
    assert said["vault"] == str(tmp_path / "new")
    assert sorted(said["created"]) == sorted(["vaultcrm.toml", *built_in()])
    assert (said["changed"], said["left"], said["default"]) == ([], [], True)


# ---------------------------------------------------------------------------------------- types


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
    assert types_json.with_types(before, {"b": "date", "c": "text"}) == after


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
def test_adding_types_keeps_all_that_was_there_and_takes_away_no_byte(
    rest: dict[str, object], types: dict[str, str] | None, indent: int | str | None, ascii_only: bool
) -> None:
    whole = rest if types is None else {**rest, "types": types}
    text = json.dumps(whole, indent=indent, ensure_ascii=ascii_only)
    new = types_json.with_types(text, types_json.property_types())
    there = {name.lower() for name in types or {}}
    wanted = {name: kind for name, kind in types_json.property_types().items() if name not in there}
    assert json.loads(new) == {**whole, "types": {**(types or {}), **wanted}}
    assert list(json.loads(new))[: len(whole)] == list(whole)
    left = iter(new)
    assert all(char in left for char in text.replace("{}", "{").rstrip("} \n"))
    assert types_json.with_types(new, types_json.property_types()) == new


@given(st.text(alphabet='{}[]":,types01 \n\\', max_size=30))
def test_whatever_stands_there_is_read_or_refused(text: str) -> None:
    try:
        types_json.with_types(text, {"due": "date"})
        types_json.conflicts(text)
    except NotUnderstood:
        pass


def test_a_name_has_one_type_over_all_kinds_of_notes() -> None:
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


def test_check_tells_a_type_that_is_not_ours(tmp_path: Path) -> None:
    types = '{"types": {\n"due": "text",\n"tags": "multitext", "mine": "checkbox",\n"status": "multitext", "date": "date"}}'
    make_vault(tmp_path / "v", {".obsidian/types.json": types, "clients/Acme/Acme.md": "---\ntype: client\n---\n"})
    assert run(tmp_path / "v", "check").stdout.splitlines() == [
        ".obsidian/types.json:2: Obsidian shows due as text; it is a date. [obsidian-type]",
        ".obsidian/types.json:4: Obsidian shows date as a date; it is a date and time. [obsidian-type]",
        ".obsidian/types.json:4: Obsidian shows status as a list; it is text. [obsidian-type]",
    ]
    assert run(tmp_path / "v", "check", "acme").stdout == ""


# ---------------------------------------------------------------------------- views and templates

# What the help pages of Bases name: properties of files, functions, and what an expression may refer to.
_FILE = {"name", "folder", "path", "links", "inFolder"}
_FUNCTIONS = {"if", "link", "today", "isEmpty", "inFolder", "split", "filter", "reverse", "slice", "join"}
_WORDS = {"value", "this", "today", "if", "link"}
_KEYS = {"filters", "formulas", "properties", "views"}
_VIEW_KEYS = {"type", "name", "filters", "groupBy", "order", "sort"}
_KNOWN = {key for properties in PROPERTIES.values() for key in properties} | {"type"}


def expressions_in(value: object) -> list[str]:
    """The statements of a filter, as deep as they stand; it is made of `and`, `or` and `not` alone."""
    if isinstance(value, str):
        return [value]
    assert isinstance(value, dict)
    assert len(value) == 1
    assert value.keys() <= {"and", "or", "not"}
    return [text for items in value.values() for item in items for text in expressions_in(item)]


@pytest.mark.parametrize("path", VIEWS)
def test_a_view_uses_only_our_properties_and_what_bases_document(path: str) -> None:
    base = yaml.safe_load(VIEWS[path])
    assert base.keys() <= _KEYS
    formulas = base.get("formulas", {})
    shown = base["properties"].keys()
    expressions = [*expressions_in(base["filters"]), *formulas.values()]
    for view in base["views"]:
        assert view.keys() <= _VIEW_KEYS
        assert view["type"] == "table"
        expressions += expressions_in(view["filters"]) if "filters" in view else []
        grouped = [view["groupBy"]] if "groupBy" in view else []
        assert all(one["direction"] in ("ASC", "DESC") for one in [*grouped, *view.get("sort", [])])
        for name in [*view["order"], *(one["property"] for one in [*grouped, *view.get("sort", [])])]:
            assert name in shown, name
    for name in shown:
        space, _, key = name.partition(".")
        assert key in {"note": _KNOWN, "file": _FILE, "formula": formulas}[space], name
    for text in expressions:
        bare = re.sub(r'"[^"]*"', "", text)
        assert set(re.findall(r"(\w+)\(", bare)) <= _FUNCTIONS, text
        for name in re.findall(r"(?<![.\w)])[A-Za-z_][\w.]*", bare):
            first, _, second = name.removeprefix("this.").partition(".")
            second = second.split(".")[0]
            known = {"file": second in _FILE, "formula": second in formulas}.get(
                first, first in _KNOWN | {"value", "this", "today", "if", "link"}
            )
            assert known, (name, text)


def test_views_filter_by_values_that_the_format_has() -> None:
    allowed = {value for properties in PROPERTIES.values() for kind in properties.values() if isinstance(kind, tuple) for value in kind}
    for path, text in VIEWS.items():
        for key, value in re.findall(r"'(\w+) [!=]= \"([^\"]*)\"'", text):
            assert value in (TYPES if key == "type" else allowed), (path, key, value)


@pytest.mark.parametrize("kind", TYPES)
def test_a_form_holds_the_properties_of_its_type_in_their_order_and_makes_a_sound_note(kind: str, tmp_path: Path) -> None:
    text = FORMS[kind.capitalize()]
    filled = text.replace("{{date:YYYY-MM-DD}}", "2026-11-16").replace("{{time:HH:mm}}", "09:30")
    assert "{{" not in filled
    page = split(filled.encode())
    values = properties_of(root_of(page), page.text)
    assert values.pop("type") == kind
    order = list(PROPERTIES[kind])
    assert list(values) == sorted(values, key=order.index)
    assert yaml.safe_load(text.split("---\n")[1])["type"] == kind  # valid before it is filled in, too
    files = {"clients/Acme/Acme.md": "---\ntype: client\n---\n", "views/Client.base": "views: []\n"}
    make_vault(tmp_path / "v", {**files, f"clients/Acme/{'New' if kind != 'client' else '../Blue/Blue'}.md": filled})
    done = run(tmp_path / "v", "check")
    assert (done.stdout, done.returncode) == ("", 0)


def test_views_and_forms_are_no_notes(tmp_path: Path) -> None:
    init.init(str(tmp_path / "new"), "init new", AT)
    assert json.loads(run(tmp_path / "new", "stats", "--json").stdout)["notes"] == 0


def test_what_a_client_s_note_embeds_is_there() -> None:
    views = {view["name"] for view in yaml.safe_load(VIEWS["views/Client.base"])["views"]}
    told = [FORMS["Client"], *(path.read_text("utf-8") for path in (ROOT / "example-vault").rglob("*.md"))]
    embedded = {name for text in told for name in re.findall(r"!\[\[Client\.base#([^\]]*)\]\]", text)}
    assert embedded <= views
    assert "Interactions" in embedded


# ---------------------------------------------------------------------------------------- links


@pytest.mark.parametrize(
    ("root", "path", "wanted"),
    [
        ("/v", "a.md", "obsidian://open?path=%2Fv%2Fa.md"),
        ("/my vault", "clients/Größe & Co/50% #1.md", "obsidian://open?path=%2Fmy%20vault%2Fclients%2FGr%C3%B6%C3%9Fe%20%26%20Co%2F50%25%20%231.md"),
        ("/v", "a+b=c?d.md", "obsidian://open?path=%2Fv%2Fa%2Bb%3Dc%3Fd.md"),
    ],
)  # fmt: skip
def test_a_link_for_obsidian(root: str, path: str, wanted: str) -> None:
    assert uri.uri(root, path) == wanted


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40))
def test_a_link_for_obsidian_gives_back_its_path(path: str) -> None:
    found = urlsplit(uri.uri("/v", "x" + path))
    assert (found.scheme, found.netloc, found.fragment) == ("obsidian", "open", "")
    assert parse_qs(found.query, keep_blank_values=True, strict_parsing=True) == {"path": [f"/v/x{path}"]}


def test_a_folder_that_is_no_text_has_a_link_too() -> None:
    assert uri.uri(os.fsdecode(b"/v\xff"), "a.md") == "obsidian://open?path=%2Fv%FF%2Fa.md"


def test_a_vault_in_a_larger_one_is_known_to_obsidian_too(tmp_path: Path) -> None:
    make_vault(tmp_path / "all/work/crm", {".obsidian/app.json": "{}"})
    assert not uri.knows(str(tmp_path / "all/work/crm"))
    make_vault(tmp_path / "all", {".obsidian/workspace.json": "{}"})
    assert uri.knows(str(tmp_path / "all/work/crm"))
    assert not uri.knows(str(tmp_path))


@pytest.fixture
def desktop(tmp_path: Path) -> Path:
    """A desktop of two programs: one that says who opens obsidian:// links, one that notes what it is to open."""
    folder = tmp_path / "desktop"
    folder.mkdir()
    for name, script in {
        "xdg-open": f'printf "%s\\n" "$1" > {folder}/tmp && mv {folder}/tmp {folder}/opened',
        "xdg-mime": '[ "$*" = "query default x-scheme-handler/obsidian" ] && echo "$OBSIDIAN"',
    }.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755 | stat.S_IEXEC)
    return folder


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a desktop of the XDG kind")
@pytest.mark.parametrize(
    ("opened_before", "handler", "in_obsidian"),
    [(True, "obsidian.desktop", True), (True, "", False), (False, "obsidian.desktop", False)],
)
def test_open_asks_obsidian_where_it_knows_the_vault(
    opened_before: bool, handler: str, in_obsidian: bool, tmp_path: Path, desktop: Path
) -> None:
    files = {"clients/Größe & Co/Größe & Co.md": "---\ntype: client\n---\n", ".obsidian/app.json": "{}"}
    make_vault(tmp_path / "v", {**files, **({".obsidian/workspace.json": "{}"} if opened_before else {})})
    done = run(tmp_path / "v", "open", "größe", PATH=f"{desktop}:{os.environ['PATH']}", DISPLAY=":0", OBSIDIAN=handler)
    assert (done.returncode, done.stdout, done.stderr) == (0, "clients/Größe & Co/Größe & Co.md\n", "")
    until = time.monotonic() + 10
    while not (desktop / "opened").exists() and time.monotonic() < until:
        time.sleep(0.01)
    path = tmp_path / "v/clients/Größe & Co/Größe & Co.md"
    assert (desktop / "opened").read_text("utf-8") == (
        uri.uri(str(tmp_path / "v"), "clients/Größe & Co/Größe & Co.md") if in_obsidian else str(path)
    ) + "\n"


def test_open_prints_the_link_where_there_is_no_desktop(tmp_path: Path) -> None:
    make_vault(tmp_path / "v", {"clients/Acme/Acme.md": "---\ntype: client\n---\n"})
    wanted = uri.uri(str(tmp_path / "v"), "clients/Acme/Acme.md")
    assert run(tmp_path / "v", "open", "acme", "--uri", DISPLAY="").stdout == wanted + "\n"
    said = json.loads(run(tmp_path / "v", "--json", "open", "acme", "--uri", DISPLAY="").stdout)
    assert said == {"path": "clients/Acme/Acme.md", "uri": wanted}


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of the Unix kind")
@pytest.mark.parametrize("opened_before", [True, False])
def test_a_title_in_a_terminal_links_to_where_open_goes(opened_before: bool, tmp_path: Path) -> None:
    files = {"clients/A #1/A #1.md": "---\ntype: client\n---\nHello\n"}
    make_vault(tmp_path / "v", {**files, **({".obsidian/workspace.json": "{}"} if opened_before else {})})
    terminal, inside = os.openpty()
    command = [sys.executable, "-m", "vaultcrm", "--vault", str(tmp_path / "v"), "search", "hello"]
    subprocess.run(command, stdout=inside, stderr=subprocess.PIPE, env={**os.environ, "TERM": "xterm"}, timeout=60, check=True)
    shown = os.read(terminal, 65536).decode()
    os.close(terminal)
    os.close(inside)
    in_obsidian = uri.uri(str(tmp_path / "v"), "clients/A #1/A #1.md")
    link = in_obsidian if opened_before else f"file://{quote(str(tmp_path))}/v/clients/A%20%231/A%20%231.md"
    assert f"\x1b]8;;{link}\x1b\\" in shown
