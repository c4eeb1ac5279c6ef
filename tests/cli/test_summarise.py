"""The command `summarise`: the walk on a real terminal, key by key, and what it prints to programs."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, note
from tests.fork_server import run_vaultcrm
from tests.support import contents, make_vault
from tests.terminal import run_on_terminal

MENU, SHORT_MENU = "[t]ake [w]rite [s]kip [o]pen [q]uit [?] ", "[w]rite [s]kip [o]pen [q]uit [?] "
FIRST, SECOND, THIRD = (f"clients/Acme/{name}.md" for name in ("First", "Second", "Third"))
FILES = {
    "clients/Acme/Acme.md": CLIENT,
    FIRST: note("interaction", "date: 2026-11-12T14:30:00", "channel: call", 'people: "[[Dana Roe]]"', body="Dana wants two options."),
    SECOND: note("interaction", "date: 2026-11-10", "channel: email", body="The texts came."),
    THIRD: note("interaction", "date: 2026-11-09", "channel: note"),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_vault(tmp_path / "v", FILES)
    return tmp_path / "v"


def walk(root: Path, answers: Sequence[tuple[str, str]], **environment: str) -> tuple[int, str]:
    return run_on_terminal(["--vault", str(root), "--today", "2026-11-16", "summarise"], answers, 100, **environment)


def run(root: Path, *words: str) -> tuple[int, str, str]:
    done = run_vaultcrm("--vault", str(root), "--today", "2026-11-16", *words)
    return done.returncode, done.stdout, done.stderr


def summaries(root: Path) -> dict[str, str]:
    lines = ((path, line) for path, data in contents(root).items() for line in data.decode().splitlines())
    return {path: line.removeprefix("summary: ") for path, line in lines if line.startswith("summary: ")}


def test_each_is_taken_written_or_skipped(root: Path) -> None:
    code, said = walk(root, [(MENU, "t"), (MENU, "x"), (MENU, "w"), ("go back", "Texts are there\n"), (SHORT_MENU, "s")])
    assert code == 0, said
    assert said == (
        "\nFirst  1 of 3\n2026-11-12 14:30 · Acme · call with Dana Roe\n  Dana wants two options.\n" + MENU + "t\n"
        "\nSecond  2 of 3\n2026-11-10 · Acme · email\n  The texts came.\n" + MENU + "x\n"
        "Press one of these keys: t, w, s, o, q, ?\n" + MENU + "w\n"
        "Summary, or Enter to go back: Texts are there\n"
        "\nThird  3 of 3\n2026-11-09 · Acme · note\n  (It says nothing that could be proposed.)\n" + SHORT_MENU + "s\n"
        "2 summaries written and 1 conversation left without one. Take back the last one with: vaultcrm undo\n"
    )
    assert summaries(root) == {FIRST: "Dana wants two options.", SECOND: "Texts are there"}
    assert run(root, "undo")[0] == 0
    assert summaries(root) == {FIRST: "Dana wants two options."}


def test_enter_takes_help_helps_and_nothing_is_written_without_a_yes(root: Path) -> None:
    code, said = walk(root, [(MENU, "\n"), (MENU, "?"), (MENU, "w"), ("go back", "\n"), (MENU, "q")])
    assert (code, summaries(root)) == (0, {FIRST: "Dana wants two options."})
    assert "take it (Enter does the same)" in said
    for ending in ("\x04", "\x03"):
        walk(root, [(MENU, ending)])
        assert summaries(root) == {FIRST: "Dana wants two options."}


def test_the_editor_opens_the_note(root: Path) -> None:
    program = "import sys; p = sys.argv[1]; t = open(p).read(); open(p, 'w').write(t.replace('channel', 'summary: Mine\\nchannel'))"
    editor = f'{sys.executable} -c "{program}"'
    code, said = walk(root, [(MENU, "o"), (MENU, "q")], EDITOR=editor)
    assert (code, summaries(root)) == (0, {FIRST: "Mine"}), said
    assert "1 summary written and 2 conversations left" in said


def test_a_command_of_the_users_own_proposes(root: Path, tmp_path: Path) -> None:
    program = tmp_path / "sum up"
    program.write_text('#!/bin/sh\nread line\n[ -n "$line" ] || exit 3\necho "In short: $line"\n', "utf-8")
    program.chmod(0o755)
    (tmp_path / "vaultcrm").mkdir()
    (tmp_path / "vaultcrm/config.toml").write_text(f'[summary]\ncommand = ["{program}"]\n', "utf-8")
    code, said = walk(root, [(MENU, "t"), (MENU, "q")], XDG_CONFIG_HOME=str(tmp_path))
    assert code == 0
    assert said.replace("\n", " ").count(f"The text of each conversation is passed to your command: '{program}'") == 1
    assert summaries(root) == {FIRST: '"In short: Dana wants two options."'}
    program.write_text("#!/bin/sh\nexit 3\n", "utf-8")
    code, said = walk(root, [(MENU, "t"), (SHORT_MENU, "q")], XDG_CONFIG_HOME=str(tmp_path))
    assert "Your summary command failed: it ended with code 3." in said
    assert summaries(root)[SECOND] == "The texts came."


def test_a_command_in_the_vault_is_never_run(root: Path, tmp_path: Path) -> None:
    (root / "vaultcrm.toml").write_text(f'[summary]\ncommand = "touch {tmp_path / "run"}"\n', "utf-8")
    code, said = walk(root, [(MENU, "t"), (MENU, "q")])
    assert code == 0
    assert "vaultcrm.toml can't name a command" in said.replace("\n", " ")
    assert not (tmp_path / "run").exists()
    code, printed, _ = run(root, "check")
    assert (code, "vaultcrm.toml can't name a command" in printed) == (1, True)


def test_programs_get_a_list(root: Path) -> None:
    before = contents(root)
    code, printed, said = run(root, "summarise")
    assert (code, said) == (0, "")
    assert [line.split(maxsplit=1)[1] for line in printed.splitlines()] == [
        "2026-11-12  Acme  First   Dana wants two options.", "2026-11-10  Acme  Second  The texts came.", "2026-11-09  Acme  Third",
    ]  # fmt: skip
    assert run(root, "summarise", "--list")[1] == run(root, "summarize")[1] == printed
    assert run(root, "summarise", "acme")[1] == printed.replace("  Acme", "")
    found = json.loads(run(root, "summarise", "--json")[1])
    proposals = ["Dana wants two options.", "The texts came.", ""]
    assert [(item["path"], item["proposal"]) for item in found] == [*zip((FIRST, SECOND, THIRD), proposals, strict=True)]
    assert contents(root) == before
    for path in (FIRST, SECOND, THIRD):
        run(root, "set", path, "summary=x")
    assert run(root, "summarise") == (1, "", "Every conversation has a summary.\n")
    assert run(root, "summarise", "acme", "--json")[:2] == (1, "[]\n")
