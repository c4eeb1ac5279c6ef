"""Bodies as text for a terminal."""

import pytest

from vaultcrm.cli.display.markdown_text import plain_lines, render_body
from vaultcrm.cli.output import Output


def rendered(body: str, columns: str, monkeypatch: pytest.MonkeyPatch, color: bool = False) -> list[str]:
    monkeypatch.setenv("COLUMNS", columns)
    return render_body(Output(color, quiet=False), body)


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("", []),
        ("\n\nOne.\n\n\n\nTwo.\n\n", ["One.", "", "Two."]),
        ("one two three four five six", ["one two three four", "five six"]),
        ("one\ntwo", ["one", "two"]),  # a line break is one in Obsidian as well
        ("## A heading that is long\r\ntext\r\n", ["## A heading that is", "long", "text"]),
        ("- one two three four five", ["- one two three four", "  five"]),
        ("  10. one two three four", ["  10. one two three", "      four"]),
        ("- [ ] one two three four", ["- [ ] one two three", "      four"]),
        ("\t- deep", ["    - deep"]),
        ("> one two three four five", ["> one two three four", "> five"]),
        ("> > - one two three four five six", ["> > - one two three", "> >   four five six"]),
        ("See [[Acme Studio|them]] and [[x/Site]].", ["See them and Site."]),
        ("`[[x|y]]` and [[x|y]]", ["`[[x|y]]` and y"]),
        ("```\n[[x|y]]   a very long line of code that stays as it is\n\tz\n```",
         ["```", "[[x|y]]   a very long line of code that stays as it is", "    z", "```"]),
        ("|a|b|c that is longer than the screen|\n|-|-|-|", ["|a|b|c that is longer than the screen|", "|-|-|-|"]),
        ("> [!decision] Two rounds\n> more", ["> [!decision] Two", "> rounds", "> more"]),
        ("a\x1b[31mb\x9bc\u202ed", ["a␛[31mb\ufffdc\ufffdd"]),
        ("```\n\x1b]8;;x\x07\n```", ["```", "␛]8;;x␇", "```"]),
        ("%% [[a|b]]\x1b\n%%", ["%% [[a|b]]␛", "%%"]),
        ("日本語日本語日本語日本語", ["日本語日本語日本語日", "本語"]),
    ],
)  # fmt: skip
def test_a_body_fitted_to_twenty_columns(body: str, lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert rendered(body, "20", monkeypatch) == lines


def test_headings_and_callouts_are_bold_and_comments_dim(monkeypatch: pytest.MonkeyPatch) -> None:
    body = "# A\n> [!question] B\n%% c %%\n"
    assert rendered(body, "80", monkeypatch, color=True) == [
        "\x1b[1m# A\x1b[0m", "\x1b[1m> [!question] B\x1b[0m", "\x1b[2m%% c %%\x1b[0m",
    ]  # fmt: skip


def test_no_line_is_longer_than_one_hundred_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    assert max(map(len, rendered("word " * 100, "200", monkeypatch))) == 99


def test_in_a_pipe_nothing_is_wrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rendered("word " * 100, "", monkeypatch) == ["word " * 99 + "word"]


def test_a_text_that_cannot_be_read_as_a_note_is_harmless_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    assert plain_lines(Output(False, quiet=False), "---\nstatus: [\x1b\n\n") == ["---", "status: [␛"]
    assert plain_lines(Output(False, quiet=False), "\n") == []
