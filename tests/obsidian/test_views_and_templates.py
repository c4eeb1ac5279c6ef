"""The built-in views and templates use only properties of the format and documented features of Obsidian."""

import json
import re
from pathlib import Path

import pytest
import yaml

from tests import ROOT
from tests.obsidian.programs import AT, run
from tests.support import make_vault
from vaultcrm.actions import init
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.properties import read_properties
from vaultcrm.model.schema import PROPERTIES, TYPES
from vaultcrm.obsidian.install import built_in_files

VIEWS = {path: data.decode() for path, data in built_in_files().items() if path.endswith(".base")}
TEMPLATES = {Path(path).stem: data.decode() for path, data in built_in_files().items() if path.endswith(".md")}

# From the help pages of Bases: properties of files, functions, and names in expressions.
_FILE = {"name", "folder", "path", "links", "inFolder"}
_FUNCTIONS = {"if", "link", "today", "isEmpty", "inFolder", "split", "filter", "reverse", "slice", "join"}
_WORDS = {"value", "this", "today", "if", "link"}
_KEYS = {"filters", "formulas", "properties", "views"}
_VIEW_KEYS = {"type", "name", "filters", "groupBy", "order", "sort"}
_KNOWN = {key for properties in PROPERTIES.values() for key in properties} | {"type"}


def expressions_in(value: object) -> list[str]:
    """All expressions of a filter, which is nested in nothing but `and`, `or` and `not`."""
    if isinstance(value, str):
        return [value]
    assert isinstance(value, dict)
    assert len(value) == 1
    assert value.keys() <= {"and", "or", "not"}
    return [text for items in value.values() for item in items for text in expressions_in(item)]


@pytest.mark.parametrize("path", VIEWS)
def test_a_view_uses_only_our_properties_and_documented_features_of_bases(path: str) -> None:
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
            known = {"file": second in _FILE, "formula": second in formulas}.get(first, first in _KNOWN | _WORDS)
            assert known, (name, text)


def test_views_filter_by_values_of_the_format() -> None:
    allowed = {value for properties in PROPERTIES.values() for kind in properties.values() if isinstance(kind, tuple) for value in kind}
    for path, text in VIEWS.items():
        for key, value in re.findall(r"'(\w+) [!=]= \"([^\"]*)\"'", text):
            assert value in (TYPES if key == "type" else allowed), (path, key, value)


@pytest.mark.parametrize("kind", TYPES)
def test_a_template_has_the_properties_of_its_type_in_order_and_makes_a_valid_note(kind: str, tmp_path: Path) -> None:
    text = TEMPLATES[kind.capitalize()]
    filled = text.replace("{{date:YYYY-MM-DD}}", "2026-11-16").replace("{{time:HH:mm}}", "09:30")
    assert "{{" not in filled
    page = split_page(filled.encode())
    values = read_properties(page)
    assert values.pop("type") == kind
    order = list(PROPERTIES[kind])
    assert list(values) == sorted(values, key=order.index)
    assert yaml.safe_load(text.split("---\n")[1])["type"] == kind  # it must be valid YAML before it is filled in, too
    files = {"clients/Acme/Acme.md": "---\ntype: client\n---\n", "views/Client.base": "views: []\n"}
    make_vault(tmp_path / "v", {**files, f"clients/Acme/{'New' if kind != 'client' else '../Blue/Blue'}.md": filled})
    done = run(tmp_path / "v", "check")
    assert (done.stdout, done.returncode) == ("", 0)


def test_views_and_templates_do_not_count_as_notes(tmp_path: Path) -> None:
    init.init(str(tmp_path / "new"), "init new", AT)
    assert json.loads(run(tmp_path / "new", "stats", "--json").stdout)["notes"] == 0


def test_the_views_that_client_notes_embed_exist() -> None:
    views = {view["name"] for view in yaml.safe_load(VIEWS["views/Client.base"])["views"]}
    texts = [TEMPLATES["Client"], *(path.read_text("utf-8") for path in (ROOT / "example-vault").rglob("*.md"))]
    embedded = {name for text in texts for name in re.findall(r"!\[\[Client\.base#([^\]]*)\]\]", text)}
    assert embedded <= views
    assert "Interactions" in embedded
