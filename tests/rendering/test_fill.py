"""Filling in templates, without Jinja2 where they contain only names."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rendering.vaults import with_template
from vaultcrm.errors import InvalidInput
from vaultcrm.rendering.fill import fill_template
from vaultcrm.rendering.jinja import render
from vaultcrm.rendering.templates import Template

pytestmark = pytest.mark.usefixtures("home")

LOADED = """if True:
    import sys
    from vaultcrm.rendering.fill import fill_template
    print(fill_template(sys.argv[1], "client.md", {"title": "Acme", "rate": 80}))
    print("jinja2" in sys.modules)
"""


@pytest.mark.parametrize(
    ("text", "filled", "loads_jinja"),
    [
        ("Hi {{ title }} {{title}}{{  title}}", "Hi Acme AcmeAcme", False),
        ("Hi {{ rate }}", "Hi 80", True),
        ("Hi\r\n{{ title }}", "Hi\nAcme", True),
        ("Hi {# comment #}{{ title }}", "Hi Acme", True),
        ("Hi {{ title|upper }}", "Hi ACME", True),
    ],
)
def test_only_a_template_with_more_than_names_of_texts_loads_jinja(text: str, filled: str, loads_jinja: bool, tmp_path: Path) -> None:
    root = with_template(tmp_path, "client.md", text)
    output = subprocess.run([sys.executable, "-c", LOADED, root], capture_output=True, text=True, check=True).stdout
    assert output == f"{filled}\n{loads_jinja}\n"


def test_a_name_without_a_value_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"The template client\.md doesn't work: 'nobody' is undefined\."):
        fill_template(with_template(tmp_path, "client.md", "{{ nobody }}"), "client.md", {"title": "x"})


def test_a_template_can_call_the_functions_it_is_given(tmp_path: Path) -> None:
    root = with_template(tmp_path, "client.md", "{{ twice(title) }}")
    assert fill_template(root, "client.md", {"title": "x"}, {"twice": lambda text: text * 2}) == "xx"


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
