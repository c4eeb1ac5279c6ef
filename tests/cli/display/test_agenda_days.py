"""The agenda as it is printed: what is due below or beside the meetings, within the terminal, harmless whatever notes hold."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.actions.test_agenda import FILES, TALKS, meeting
from tests.support import make_vault
from vaultcrm.cli.main import cli
from vaultcrm.cli.output import Output
from vaultcrm.cli.terminal import width
from vaultcrm.model.handles import handle

HOSTILE = '"\\e]0;x\\a \\u202eevil 日本語 ' + "long " * 60 + '"'
REVIEW, EARLY, OFF = (handle(f"{TALKS}/{name}.md")[:4] for name in ("review", "early", "off"))


def run(root: str, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--vault", root, "--today", "2026-11-16T09:30", "agenda", *words], catch_exceptions=False)


def test_what_is_due_stands_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    files = {name: text for name, text in FILES.items() if "fair" not in name}
    quote, text, call = (handle(f"clients/Acme/{name}.md")[:4] for name in ("follow-ups/Quote", "follow-ups/Text", "interactions/call"))
    done = run(make_vault(tmp_path / "v", files).root)
    assert done.stdout.splitlines() == [
        "Monday, 16 November · today",
        f"08:00–09:00  Early  no notes yet · Acme                 {EARLY}",
        f"             you owe    3 days late: Quote              {quote}",
        f"             they owe   today: Text                     {text}",
        f"             last talk  16 Nov: Just logged             {call}",
        f"14:00–15:00  Review  Acme                               {REVIEW}",
        "             Room 4 · https://x.example",
        f"16:00–17:00  Off  cancelled · Acme                      {OFF}",
        "",
        "Due  2",
        f"  {quote}  3 days late  Quote           Acme",
        f"  {text}  today        they owe: Text  Acme",
    ]
    assert (done.exit_code, done.stderr) == (0, "")


def test_on_a_wide_terminal_it_stands_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    lines = run(make_vault(tmp_path / "v", FILES).root).stdout.splitlines()
    assert lines[0] == "Monday, 16 November · today"
    assert lines[1].startswith("all day") and lines[1].endswith("   Due  2")
    assert lines[2].count("3 days late") == 2 and "Due" not in "".join(lines[2:])


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 119, 120, 200])
@pytest.mark.parametrize("words", [(), ("week",)])
def test_no_line_is_longer_than_the_terminal_or_obeyed_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: int, words: tuple[str, ...]
) -> None:
    files = FILES | {
        f"{TALKS}/evil.md": meeting(
            "2026-11-16T11:00:00", "2026-11-16T12:00:00", f"people: [{HOSTILE}]", "source: ics:x", title=HOSTILE,
            body="> [!calendar] x\n> Place: \x1b[2J\u202e" + "long " * 60,
        ),
        f"clients/Acme/follow-ups/{'Long ' * 20}.md": "---\ntype: follow-up\ndue: 2026-11-10\ntitle: " + HOSTILE + "\n---\n",
    }  # fmt: skip
    monkeypatch.setenv("COLUMNS", str(columns))
    output = run(make_vault(tmp_path / "v", files).root, *words).stdout
    assert not {char for char in output if (char < " " and char != "\n") or char in "\x7f\u202e"}
    if columns >= 40:
        assert max(map(width, output.splitlines())) <= columns


@pytest.mark.parametrize("height", [8, 12, 16, 24])
def test_it_fits_the_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, height: int) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(Output, "height", height)
    files = FILES | {f"clients/Acme/follow-ups/F{n}.md": "---\ntype: follow-up\ndue: 2026-11-10\n---\n" for n in range(40)}
    output = run(make_vault(tmp_path / "v", files).root).stdout
    assert len(output.splitlines()) < height or height < 12
    assert "Review" in output


def test_a_day_without_meetings_names_the_next_one(tmp_path: Path) -> None:
    root = make_vault(tmp_path / "v", FILES).root
    done = run(root, "fri")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "No meeting on Fri 2026-11-20. The next one is on Mon 2026-11-23: Workshop (Acme)\n"
    assert run(root, "2027-01-04").stderr == "No meeting on Mon 2027-01-04. None is planned after that.\n"
