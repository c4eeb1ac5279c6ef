"""Callouts as sentences with their lines."""

import pytest

from vaultcrm.markdown.callouts import MAX_SENTENCES, Callout, find_callouts, with_state


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("> [!decision] Two rounds\n", [("decision", "Two rounds", 10)]),
        (">[!Feedback]+ Too dark\n> The photographs.\n", [("feedback", "Too dark", 10)]),
        ("a\n\n> [!question|right]\n> Who signs?\n> And when?\n>\n> More.\n", [("question", "Who signs? And when?", 13)]),
        ("> [!preference]\n> - No calls\n> - Invoices as PDF\n", [("preference", "No calls", 11), ("preference", "Invoices as PDF", 12)]),
        # a title that only repeats the kind is ignored
        ("> [!decision] Decision\n> Two rounds\n", [("decision", "Two rounds", 11)]),
        ("> [!decision] Decisions:\n> 1. One\n> 2. Two\n", [("decision", "One", 11), ("decision", "Two", 12)]),
        # nested, and in a list
        ("> [!note] Call\n> > [!decision] Two rounds\n> > Of changes.\n> - x\n", [("decision", "Two rounds", 11)]),
        ("- item\n  > [!question] Who?\n", [("question", "Who?", 11)]),
        ("- > [!decision] One\n", [("decision", "One", 10)]),
        ("1. > [!decision]\n   > One\n", [("decision", "One", 11)]),
        # one that starts with a nested one, and continues after it
        ("> [!decision]\n> > [!quote] Dana\n> > said\n>\n> The domain moves\n", [("decision", "The domain moves", 14)]),
        ("> [!decision]\n> > quoted, and no callout\n", [("decision", "> quoted, and no callout", 11)]),
        ("> [!decision] **Decision**\n> Two rounds\n", [("decision", "Two rounds", 11)]),
        # two of them in one quote
        ("> [!decision] One\n> [!question] Two\n", [("decision", "One", 10), ("question", "Two", 11)]),
        ("> [!decision]\n> One\n> [!question]\n> Two\n", [("decision", "One", 11), ("question", "Two", 13)]),
        # of another kind, empty, not in a quote, in code, in a comment
        ("> [!note] Call\n", []),
        ("> [!decision]\n", []),
        ("[!decision] One\n", []),
        ("```\n> [!decision] One\n```\n", []),
        ("%%\n> [!decision] One\n%%\n", []),
        ("> text\n> - [ ] x\n", []),
        # an empty item or checkbox
        ("> [!decision]\n> - [ ] One\n> - [ ]\n> - [x] \n> -\n> 2.\n> - [ ]x\n", [("decision", "One", 11), ("decision", "[ ]x", 16)]),
        ("> [!decision]\n> - [ ]\n", []),
    ],
)  # fmt: skip
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_callout_yields_its_title_or_its_content(body: str, expected: list[tuple[str, str, int]], newline: str) -> None:
    assert [callout[:3] for callout in find_callouts(body.replace("\n", newline), 10)] == expected


@pytest.mark.parametrize(
    ("header", "state", "marked"),
    [
        ("> [!decision] One", "", "> [!decision|superseded] One"),
        ("> [!Decision|superseded]- One", "superseded", "> [!Decision|superseded]- One"),
        ("> [!decision|WITHDRAWN] One", "withdrawn", "> [!decision|superseded] One"),
        ("- > [!decision|wide] One\r", "", "- > [!decision|wide|superseded] One\r"),
        ("> [!decision| right withdrawn wide]", "withdrawn", "> [!decision| right superseded wide]"),
        ("> [!decision|]", "", "> [!decision||superseded]"),
    ],
)  # fmt: skip
def test_a_callout_says_that_it_is_over(header: str, state: str, marked: str) -> None:
    assert [callout.state for callout in find_callouts(f"{header}\n> Two\n", 1)] == [state]
    assert with_state(header, "superseded") == marked
    assert [callout.state for callout in find_callouts(f"{marked}\n> Two\n", 1)] == ["superseded"]


def test_the_sentences_of_a_callout_know_its_first_line() -> None:
    callouts = find_callouts("x\n> [!decision|withdrawn]\n> - One\n> - Two\n\n> [!decision] Three\n", 10)
    assert [(callout.line, callout.header_line, callout.state) for callout in callouts] == [
        (12, 11, "withdrawn"), (13, 11, "withdrawn"), (15, 15, ""),
    ]  # fmt: skip


@pytest.mark.parametrize("piece", ["-  ", "1. ", "> ", "> - ", "- > ", " "])
def test_a_hostile_line_is_read_fast(piece: str) -> None:
    assert find_callouts(piece * 20_000 + "[!", 1) == []


def test_a_note_has_at_most_2000_sentences() -> None:
    body = "> [!question] Who?\n\n> [!decision]\n" + "> - One\n" * (MAX_SENTENCES + 1)
    callouts = find_callouts(body, 1)
    assert (len(callouts), callouts[0], callouts[-1]) == (
        2000,
        Callout("question", "Who?", 1, 1, ""),
        Callout("decision", "One", 2002, 3, ""),
    )


def test_a_callout_is_read_for_at_most_2000_lines() -> None:
    assert find_callouts("> [!decision]\n" + "> a\n" * (MAX_SENTENCES + 1), 1) == [Callout("decision", " ".join(["a"] * 2000), 2, 1, "")]
