"""One file split and joined again."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vaultcrm.errors import Unreadable
from vaultcrm.markdown.page import Page, split_page

PIECES = [b"---", b"---\n", b"--- \r\n", b"---\r", b"\n", b"\r\n", b"\xef\xbb\xbf", b"+++\n", b'{"a": 1}\n', b"a: 1\n", b"\xff\0"]


@given(st.one_of(st.binary(), st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=4))).map(b"".join)))
@example(b"")
@example(b"---\n---")
def test_splitting_and_joining_gives_the_same_bytes(data: bytes) -> None:
    page = split_page(data)
    assert page.join() == data
    assert page.before + page.block + page.after == data


@pytest.mark.parametrize(
    ("data", "page"),
    [
        (b"", Page(b"", b"", b"", "none")),
        (b"text\n", Page(b"", b"", b"text\n", "none")),
        (b"---\na: 1\n---\nbody", Page(b"---\n", b"a: 1\n", b"---\nbody", "yaml")),
        (b"---\na: 1\n---", Page(b"---\n", b"a: 1\n", b"---", "yaml")),
        (b"---\n---\n", Page(b"---\n", b"", b"---\n", "yaml")),
        (b"--- \t\r\na: 1\r\n---\t\r\nb", Page(b"--- \t\r\n", b"a: 1\r\n", b"---\t\r\nb", "yaml")),
        (b"\xef\xbb\xbf---\na: 1\n---\n", Page(b"\xef\xbb\xbf---\n", b"a: 1\n", b"---\n", "yaml")),
        (b"\xef\xbb\xbftext", Page(b"\xef\xbb\xbf", b"", b"text", "none")),
        (b"---\na: --- x\n ---\n----\n---\n", Page(b"---\n", b"a: --- x\n ---\n----\n", b"---\n", "yaml")),
        (b"---\na: 1\n", Page(b"", b"", b"---\na: 1\n", "unclosed")),
        (b"\n---\na: 1\n---\n", Page(b"", b"", b"\n---\na: 1\n---\n", "none")),
        (b"----\na: 1\n----\n", Page(b"", b"", b"----\na: 1\n----\n", "none")),
        (b"+++\na = 1\n+++\n", Page(b"", b"", b"+++\na = 1\n+++\n", "toml")),
        (b'{\n  "a": 1\n}\n', Page(b"", b"", b'{\n  "a": 1\n}\n', "json")),
        (b'---json\n{"a": 1}\n---\n', Page(b"", b"", b'---json\n{"a": 1}\n---\n', "other")),
        (b";;;\na: 1\n;;;\n", Page(b"", b"", b";;;\na: 1\n;;;\n", "other")),
        (b"{{title}}\n", Page(b"", b"", b"{{title}}\n", "none")),
    ],
)
def test_front_matter_is_between_two_lines_of_three_dashes(data: bytes, page: Page) -> None:
    assert split_page(data) == page


def test_the_body_starts_after_the_closing_line() -> None:
    page = split_page(b"---\r\na: 1\r\n---\r\nfirst\r\n")
    assert (page.body, page.body_line, page.newline) == ("first\r\n", 4, "\r\n")
    page = split_page("Zoë\n".encode())
    assert (page.body, page.body_line, page.newline) == ("Zoë\n", 1, "\n")


def test_yaml_that_is_not_utf8_raises_with_its_line_in_the_file() -> None:
    with pytest.raises(Unreadable, match="not UTF-8") as raised:
        split_page(b"---\na: 1\nb: caf\xe9\n---\n").text  # noqa: B018
    assert (raised.value.line, raised.value.code) == (3, "encoding")


@pytest.mark.parametrize("opening", [b"+++\n", b"+++ \n", b"+++\t\r\n"])
def test_toml_is_recognized_with_spaces_after_its_fence(opening: bytes) -> None:
    assert split_page(opening + b'title = "x"\n+++\n').kind == "toml"
