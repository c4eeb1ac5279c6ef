"""Where output goes, in which colours, and for how wide a terminal."""

import os
from pathlib import Path

import pytest

from tests.fork_server import run_vaultcrm
from tests.support import make_vault
from vaultcrm.cli.output import Output, ProgressBar
from vaultcrm.cli.table import Cell, Column


@pytest.mark.parametrize(
    ("option", "environment", "color"),
    [
        (None, {}, None), (True, {"NO_COLOR": "1"}, True), (False, {"FORCE_COLOR": "1"}, False), (None, {"NO_COLOR": "1"}, False),
        (None, {"NO_COLOR": ""}, None), (None, {"FORCE_COLOR": "1"}, True), (None, {"FORCE_COLOR": ""}, None),
        (None, {"TERM": "dumb"}, False), (None, {"TERM": "dumb", "FORCE_COLOR": "1"}, False),
        (None, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
    ],
)  # fmt: skip
def test_who_decides_about_colour(
    monkeypatch: pytest.MonkeyPatch, option: bool | None, environment: dict[str, str], color: bool | None
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Output(option, quiet=False).color is color


def test_styles_are_added_only_where_they_are_seen() -> None:
    assert Output(True, quiet=False).style("a", "red bold") == "\x1b[31m\x1b[1ma\x1b[0m"
    assert Output(True, quiet=False).style("a", "dim") == "\x1b[2ma\x1b[0m"
    assert Output(True, quiet=False).style("a", "") == "a"
    assert Output(False, quiet=False).style("a", "red bold") == "a"
    assert Output(None, quiet=False).style("a", "red") == "a"  # standard output is not a terminal here


@pytest.mark.parametrize(("value", "columns"), [("72", 72), ("0", None), ("x", None), ("", None), ("1", 1)])
def test_the_width_of_the_terminal(monkeypatch: pytest.MonkeyPatch, value: str, columns: int | None) -> None:
    monkeypatch.setenv("COLUMNS", value)
    assert Output(False, quiet=False).columns == columns


def test_results_go_to_stdout_and_messages_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(False, quiet=False)
    out.line("a\x1bb")
    out.info("by  the way\n")
    out.info("")
    out.warn("careful")
    assert capsys.readouterr() == ("a␛b\n", "by the way\ncareful\n")


def test_quiet_drops_messages_but_not_warnings(capsys: pytest.CaptureFixture[str]) -> None:
    out = Output(False, quiet=True)
    out.line("result")
    out.info("by the way")
    out.warn("careful")
    assert capsys.readouterr() == ("result\n", "careful\n")


def test_json_escapes_what_a_terminal_would_obey(capsys: pytest.CaptureFixture[str]) -> None:
    Output(False, quiet=False).json({"a": "Zoë \x7f\x9f\u200e\u2028\u202e\ud800\xa0"})
    assert capsys.readouterr().out == '{\n  "a": "Zoë \\u007f\\u009f\\u200e\\u2028\\u202e\\ud800\xa0"\n}\n'


def test_a_table_is_fitted_after_its_indent(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "12")
    Output(False, quiet=False).table([Column(), Column(1, 4)], [[Cell("a"), Cell("bcdefghijk")], [Cell("b  c"), Cell("")]], indent=2)
    assert capsys.readouterr().out == "  a    bcde…\n  b c\n"  # 12 less the indent, "b c" and the gap leave 5


def test_a_progress_bar_appears_only_after_a_second(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    bar = ProgressBar("Reading")
    bar(1, 10)
    now[0] = 1.0
    bar(2, 10)
    assert capsys.readouterr().err == ""
    now[0] = 1.1
    bar(3, 10)
    bar(10, 10)
    assert "Reading" in capsys.readouterr().err


def test_no_progress_bar_where_nobody_would_see_it() -> None:
    assert Output(False, quiet=False).progress_bar("Reading") is None  # standard error is not a terminal here


@pytest.mark.parametrize(
    ("columns", "listed"),
    [
        (80, "1  2026-11-16 09:30  log: A long call about everything (Acme)"),
        (44, "1  2026-11-16 09:30  log: A long call about…"),
        (24, "1  2026-11-…  log: A lo…"),
    ],
)
def test_the_columns_of_undo_and_stats_fit_the_terminal(columns: int, listed: str, tmp_path: Path) -> None:
    root = make_vault(tmp_path / "v", {"clients/Acme/Acme.md": "---\ntype: client\n---\n", "a.md": "- [ ] x 📅 2026-11-17\n"}).root
    words = ["--vault", root, "--today", "2026-11-16T09:30"]
    assert run_vaultcrm(*words, "log", "acme", "A long call about everything").returncode == 0
    narrow = {**os.environ, "COLUMNS": str(columns)}
    undo = run_vaultcrm(*words, "undo", "--list", env=narrow).stdout
    stats = run_vaultcrm(*words, "stats", env=narrow).stdout
    assert max(len(line) for line in (undo + stats).splitlines()) <= columns
    assert undo.splitlines()[0] == listed
    assert "follow-ups    1  1 open" in stats.splitlines()
