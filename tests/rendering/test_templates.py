"""Templates: the vault's own are preferred, names are filled in as Jinja2 would, and hostile ones are stopped."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.errors import InvalidInput, NotFound
from vaultcrm.rendering.fill import fill_template
from vaultcrm.rendering.jinja import render
from vaultcrm.rendering.new_note import note_text
from vaultcrm.rendering.templates import Template


def with_template(root: Path, name: str, text: str) -> str:
    (root / "templates").mkdir()
    (root / "templates" / name).write_text(text, "utf-8")
    return str(root)


def test_a_note_consists_of_its_properties_and_its_text(tmp_path: Path) -> None:
    made = note_text(
        str(tmp_path),
        "interaction",
        "A call",
        {"channel": "call", "people": ["[[Dana Roe]]"], "summary": "Yes: no", "tags": []},
        "Hi {{ x }}\n",
    )
    assert made == '---\ntype: interaction\nchannel: call\npeople:\n  - "[[Dana Roe]]"\nsummary: "Yes: no"\n---\n\nHi {{ x }}\n'


def test_the_vaults_own_template_is_preferred(tmp_path: Path) -> None:
    root = with_template(
        tmp_path, "person.md", "---\n{{ properties }}\nmood: good\n---\n# {{ title }}{% if role %}, {{ role|upper }}{% endif %}\n"
    )
    assert note_text(root, "person", "Dana", {"role": "owner"}) == "---\ntype: person\nrole: owner\nmood: good\n---\n# Dana, OWNER\n"


@pytest.mark.parametrize("text", ["no front matter\n", "---\ntype: person\n---\n", "---\n{{ properties }}\nrole: other\n---\n"])
def test_a_template_that_loses_a_property_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"person\.md doesn't write the properties into the note"):
        note_text(with_template(tmp_path, "person.md", text), "person", "Dana", {"role": "owner"})


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'a' * 10**9 }}",
        "{{ title * 1000000000 }}",
        "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in range(999) %}{% for b in range(999) %}{{ title }}{% endfor %}{% endfor %}",
        "{{ range(100000000) }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ title.ljust(1000000000) }}",
        "{{ title|center(1000000000) }}",
        "{{ '%1000000000d'|format(1) }}",
        "{{ cycler }}{{ lipsum(n=100000) }}",
        "{% include '../../../etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{{ nobody }}",
        "{% if %}",
        "{{",
    ],
)
def test_a_hostile_template_is_stopped(text: str, tmp_path: Path) -> None:
    with pytest.raises((InvalidInput, NotFound)):
        fill_template(with_template(tmp_path, "client.md", text), "client.md", {"title": "x" * 100})


def test_a_template_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/client.md").write_bytes(b"\xff\xfe")
    with pytest.raises(Exception, match=r"templates/client\.md can't be read"):
        fill_template(str(tmp_path), "client.md", {})


PARTS = st.lists(
    st.one_of(
        st.text(max_size=6), st.sampled_from(["{{ title }}", "{{title}}", "{{  text }}", "{ {", "}}", "\n", "\r\n", "{{ no }}", "{#", "{%"])
    )
)


@given(PARTS, st.text(max_size=8), st.text(max_size=8))
def test_names_are_filled_in_as_jinja_would(parts: list[str], title: str, text: str) -> None:
    template = Template("x.md", "".join(parts))
    values = {"title": title, "text": text}
    rest = re.sub(r"\{\{ *(title|text) *\}\}", "", template.text)
    if re.search(r"[{}\r]", rest):
        return  # only Jinja2 can fill it in
    filled = re.sub(r"\{\{ *(title|text) *\}\}", lambda match: values[match[1]], template.text)
    assert render("/nowhere", template, "x.md", values, {}) == filled
