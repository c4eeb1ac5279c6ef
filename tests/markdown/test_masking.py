"""Code and comments in a body are blanked out, and every character keeps its position."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.markdown.masking import is_in_spans, mask, masked_spans

SAMPLES = [
    # a fenced block is masked with its fences
    ("a\n```\n- [ ] b\n```\nc\n", "a\n   \n       \n   \nc\n"),
    ("~~~ js\nb\n~~~\nc", "      \n \n   \nc"),
    # a fence of the same marks and at least as many closes it
    ("````\n```\nb\n````\nc\n", "    \n   \n \n    \nc\n"),
    ("```\n~~~\nb\n``` x\n```\nc\n", "   \n   \n \n     \n   \nc\n"),
    # an unclosed fence masks the rest
    ("a\n```\nb\n- [ ] c\n", "a\n   \n \n       \n"),
    # a backtick after the marks makes it no fence
    ("``` a ` b\nc\n", "``` a ` b\nc\n"),
    # a fenced block ends with its quote
    ("> ```\n> b\nc\n", "> " + "   \n   \nc\n"),
    ("- ```\n  b\n  ```\nc\n", "-    \n   \n     \nc\n"),
    # comments, on one line and on several
    ("a %% b %% c\n", "a         c\n"),
    ("%%\n- [ ] b\n%%\nc\n", "  \n       \n  \nc\n"),
    ("a <!-- b --> c\n<!--\n- [ ] d\n-->\ne\n", "a            c\n    \n       \n   \ne\n"),
    # unclosed at the start of a line it masks the rest; within a line it is text
    ("a\n%%\nb\n", "a\n  \n \n"),
    ("a 50%% off\n\n- [ ] b\n\nc 20%% off\n", "a 50%% off\n\n- [ ] b\n\nc 20%% off\n"),
    # in code it is not a comment
    ("a `%%` b\n- [ ] c `%%` d\n", "a `%%` b\n- [ ] c `%%` d\n"),
    # four spaces after a blank line are code, except in a list
    ("a\n\n    - [ ] b\n\nc\n", "a\n\n           \n\nc\n"),
    ("- a\n    - [ ] b\n\n    - [ ] c\n", "- a\n    - [ ] b\n\n    - [ ] c\n"),
    ("a\n    b\n", "a\n    b\n"),
    ("- a\n\nb\n\n\t- [ ] c\n", "- a\n\nb\n\n" + "        \n"),
    ("- a\nb\n\n    - [ ] c\n", "- a\nb\n\n    - [ ] c\n"),
    ("    - [ ] a\n", "           \n"),
    ("a\n\n>     b\n\n    c\n", "a\n\n>     b\n\n     \n"),
    # an empty comment, one in each of two paragraphs, and one right after another
    ("a %%%% b\n", "a      b\n"),
    ("a %% b %%\n\nc %% d %% e\n", "a        \n\nc         e\n"),
    ("%%\na\n%%%%b\nc\n", "  \n \n     \n \n"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "expected"), SAMPLES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_code_and_comments_are_blanked_out(body: str, expected: str, newline: str) -> None:
    assert mask(body.replace("\n", newline)) == expected.replace("\n", newline)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a `[[b]]` c\n", "a         c\n"),
        ("a ``[[`]]`` c `d\n", "a           c `d\n"),
        ("a `b\nc` d\n", "a   \n   d\n"),
        ("a `b\n\nc` d\n", "a `b\n\nc` d\n"),
        ("`a` `b\n", "    `b\n"),
    ],
)
def test_inline_code_is_blanked_out_on_request(body: str, expected: str) -> None:
    assert mask(body, inline=True) == expected


def test_is_in_spans() -> None:
    spans = masked_spans("a %% b %% c\n```\nd\n")
    assert [is_in_spans(spans, at) for at in (0, 2, 8, 9, 11, 12, 17)] == [False, True, True, False, False, True, True]
    assert not is_in_spans([], 0)


@given(st.text(st.sampled_from("ab `~%<!->\n\r\t *0.[]"), max_size=60))
def test_masking_keeps_every_position(body: str) -> None:
    spans = masked_spans(body)
    assert all(start < end for start, end in spans)
    assert all(before[1] < after[0] for before, after in pairwise(spans))
    for inline in (False, True):
        text = mask(body, inline)
        assert len(text) == len(body)
        assert all(new == old or new == " " for old, new in zip(body, text, strict=True))
        assert text.count("\n") == body.count("\n")


@pytest.mark.parametrize("piece", ["%%\n%%%%\n", "<!-- ", "a <!-- b\n", "a %% b", "` `` ``` ", "> ```\n", "- ", "    a\n\n", "a `%% "])
def test_a_large_hostile_body_is_masked_fast(piece: str) -> None:
    body = piece * (300_000 // len(piece))
    assert len(mask(body, inline=True)) == len(body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # a fence in a quote, or indented by four columns, does not close a block outside
        ("```\n> ```\n- [ ] b\n```\nc\n", "   \n     \n       \n   \nc\n"),
        ("```\n    ```\n- [ ] b\n```\nc\n", "   \n       \n       \n   \nc\n"),
        # a fence that is indented by one column is not in the list item above
        ("- a\n ```\nb\n ```\nc\n", "- a\n    \n \n    \nc\n"),
        # in a list item the block ends with the item
        ("- a\n  ```\n  b\n- [ ] c\n", "- a\n     \n   \n- [ ] c\n"),
        ("- a\n  ```\n  b\n\n  c\n  ```\n- [ ] d\n", "- a\n     \n   \n\n   \n     \n- [ ] d\n"),
    ],
)
def test_a_code_block_ends_as_in_obsidian(body: str, expected: str) -> None:
    assert mask(body) == expected


def test_many_comment_openings_are_searched_once() -> None:
    assert mask("a " + "<!-- " * 60_000 + "\n\n-->").startswith("a <!-- ")


def test_code_within_a_line_hides_comment_marks_for_2000_characters() -> None:
    short, long = f"a `{'x' * 1990} %% ` b %% c\n", f"a `{'x' * 2000} %% ` b %% c\n"
    assert mask(short) == short
    assert mask(long) == long.replace("%% ` b %%", " " * 9)
