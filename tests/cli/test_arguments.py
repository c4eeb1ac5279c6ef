"""Options and texts are told apart: texts may begin with a dash, and no option is another one's value."""

import itertools

import click
import pytest

from vaultcrm.cli.arguments import separate_texts
from vaultcrm.cli.main import _group_options_first, cli


def separated(words: list[str]) -> list[str]:
    with click.Context(cli) as ctx:
        command = cli.get_command(ctx, words[0])
        assert command is not None
        return separate_texts(command, ctx, words[1:])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["log", "acme", "- called"], ["--", "acme", "- called"]),
        (["log", "acme", "-c", "call", "-10% discount"], ["-c", "call", "--", "acme", "-10% discount"]),
        (["log", "acme", "-10%", "--in"], ["--in", "--", "acme", "-10%"]),
        (["log", "acme", "-"], ["--", "acme", "-"]),
        (["log", "acme", "–", "said"], ["--", "acme", "–", "said"]),
        (["log", "acme", "-ccall", "--at=fri", "x"], ["-ccall", "--at=fri", "--", "acme", "x"]),
        (["log", "acme", "--", "--in", "-c"], ["--", "acme", "--in", "-c"]),
        (["log", "acme", "--next", "- dash", "--summary", "-"], ["--next", "- dash", "--summary", "-", "--", "acme"]),
        (["log", "acme", "--next=--due", "x"], ["--next=--due", "--", "acme", "x"]),
        (["log", "acme", "-x", "--unknown", "y"], ["-x", "--unknown", "--", "acme", "y"]),
        (["log", ""], ["--", ""]),
        (["log", "acme", "--at"], ["--at", "--", "acme"]),
        (["due", "--all"], ["--all"]),
        (["snooze", "8f3f", "-3d"], ["--", "8f3f", "-3d"]),
        (["follow-up", "add", "acme", "- ring", "--due", "fri"], ["add", "--due", "fri", "--", "acme", "- ring"]),
        (["follow-up"], []),
        (["follow-up", "nonsense", "-x y"], ["nonsense", "-x y"]),
        (["search", "quote", "-draft"], ["quote", "-draft"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_options_come_first_and_texts_after_two_dashes(words: list[str], expected: list[str]) -> None:
    assert separated(words) == expected


@pytest.mark.parametrize(
    "words",
    [
        ["log", "acme", "--waiting", "--due", "fri"],
        ["log", "acme", "x", "--summary", "--in"],
        ["log", "acme", "x", "-c", "--in"],
        ["log", "acme", "x", "--next", "--nonsense"],
        ["follow-up", "add", "acme", "x", "--due", "--waiting"],
        ["set", "acme", "--remove", "--force"],
        ["client", "add", "Acme", "--email", "--phone"],
    ],
    ids=" ".join,
)
def test_an_option_is_not_the_value_of_the_one_before(words: list[str]) -> None:
    option, value = next((a, b) for a, b in itertools.pairwise(words) if a.startswith("-") and b.startswith("--"))
    with pytest.raises(click.BadOptionUsage) as refused:
        separated(words)
    assert refused.value.message == f"{option} needs a value before {value}. If {value} is meant as its value: {option}={value}"


def test_an_option_is_not_the_value_of_a_group_option() -> None:
    with pytest.raises(click.BadOptionUsage, match="--vault needs a value before --json"):
        _group_options_first(["due", "--vault", "--json"])
