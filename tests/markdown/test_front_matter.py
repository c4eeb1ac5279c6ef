"""python-frontmatter with our handler: it reads the properties of a page within bounds, and never writes."""

import frontmatter
import pytest
from hypothesis import given

from tests.markdown.front_matter_strategies import Entry, assembled, front_matters
from vaultcrm.errors import Unreadable
from vaultcrm.markdown.front_matter import HANDLER, load_properties
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.properties import read_properties


@given(front_matters())
def test_it_reads_the_properties_of_the_page(front: tuple[list[Entry], str, str]) -> None:
    page, _ = assembled(*front)
    loaded = load_properties(page)
    assert list(loaded) == list(read_properties(page))
    assert loaded == {
        # inside a map, line endings are the library's, not the file's
        key: value.replace("\r\n", "\n") if isinstance(value, str) else value
        for key, value in read_properties(page).items()
    }


@pytest.mark.parametrize(
    ("text", "properties"),
    [
        ("---\ncontent: mine\nhandler: x\nmetadata: y\n---\nbody\n", {"content": "mine", "handler": "x", "metadata": "y"}),
        ("---\nat: 12:30\nzip: 01234\nok: yes\n2026: x\n---\n", {"at": "12:30", "zip": "01234", "ok": "yes", "2026": "x"}),
        ("\ufeff---\r\na: 1\r\n---\r\n", {"a": "1"}),
        ("---\ntitle: {{title}}\n---\n", {"title": "{{title}}"}),
        ("---\n---\n", {}),
        ("---\n# nothing\n---", {}),
        ("just text\n", {}),
        ("+++\na = 1\n+++\n", {}),
        ('{"a": 1}\n', {}),
        ("-----\ntext\n-----\n", {}),
    ],
)
def test_values_that_the_library_alone_would_change_are_read_as_text(text: str, properties: dict[str, str]) -> None:
    assert load_properties(split_page(text.encode())) == properties


@pytest.mark.parametrize(
    ("text", "line"),
    [("---\na: 1\n", 1), ("---\na: 1\nb: [\nc\n---\n", 5), ("---\n- a\n---\n", 2), ("---\na: " + "[" * 50_000 + "\n---\n", 2)],
)
def test_unreadable_front_matter_raises_with_its_line(text: str, line: int) -> None:
    with pytest.raises(Unreadable) as raised:
        load_properties(split_page(text.encode()))
    assert raised.value.line == line


def test_the_handler_reads_but_never_writes() -> None:
    post = frontmatter.loads("---\ntitle: Zoë\ntags: [a, b]\n---\nbody\n", handler=HANDLER)
    assert (post.metadata, post.content) == ({"title": "Zoë", "tags": ["a", "b"]}, "body")
    assert HANDLER.detect("---\na: 1\n---\n")
    assert not HANDLER.detect("text")
    with pytest.raises(NotImplementedError):
        frontmatter.dumps(post, handler=HANDLER)
