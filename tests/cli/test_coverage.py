"""The command `coverage`: what it prints, its exit codes, and what fits on a screen."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.actions.vaults import CLIENT, calls, days_ago, note
from tests.support import make_vault
from vaultcrm.cli.main import cli
from vaultcrm.errors import InvalidInput, NotFound

SEND = note("interaction", f"date: {days_ago(9)}T10:00:00", "channel: call", body="I'll send Dana the palette by Friday.")


def run(root: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--vault", str(root), "--today", "2026-11-16", *words])


def gaps(root: Path, *words: str) -> list[dict[str, Any]]:
    return list(json.loads(run(root, "coverage", *words, "--json").stdout)["gaps"])


def vault(root: Path, files: dict[str, str]) -> Path:
    return Path(make_vault(root, {"vaultcrm.toml": "", **files}).root)


def test_a_gap_is_printed_with_the_command_that_mends_it(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, "clients/Acme/interactions/1.md": SEND})
    assert run(root, "coverage").output == (
        "You promised, and it isn't written down  1\n"
        "  7 Nov  Acme  You: “send Dana the palette by Friday”\n"
        '      vaultcrm follow-up add "Acme" "Send Dana the palette by Friday" --due 2026-11-13\n'
    )
    assert run(root, "follow-up", "add", "Acme", "Send Dana the palette by Friday", "--due", "2026-11-13").exit_code == 0
    assert run(root, "coverage").output == "Nothing is missing, as far as the vault can tell.\n"


def test_check_ends_with_1_when_anything_is_missing(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, "clients/Acme/interactions/1.md": SEND, "clients/Ede/Ede.md": CLIENT})
    codes = [run(root, "coverage", *words).exit_code for words in ([], ["--check"], ["acme", "--check"], ["ede", "--check"])]
    assert codes == [0, 1, 1, 0]
    assert isinstance(run(root, "coverage", "nobody").exception, NotFound)


def test_json(tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, "clients/Acme/interactions/1.md": SEND})
    found = json.loads(run(root, "coverage", "--json").stdout)
    assert found["since"] == "2025-11-16"
    assert found["sources"] == []
    assert {kind: number for kind, number in found["counts"].items() if number} == {"promise": 1}
    assert found["gaps"] == [
        {
            "kind": "promise",
            "client": "Acme",
            "date": "2026-11-07",
            "days": 9,
            "text": "You: “send Dana the palette by Friday”",
            "path": "clients/Acme/interactions/1.md",
            "number": 1,
            "command": 'vaultcrm follow-up add "Acme" "Send Dana the palette by Friday" --due 2026-11-13',
        }
    ]


def test_it_looks_back_a_year_or_to_a_day(tmp_path: Path) -> None:
    old = SEND.replace(days_ago(9).isoformat(), "2025-10-01")
    root = vault(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, "clients/Acme/interactions/1.md": old})
    assert (len(gaps(root)), len(gaps(root, "--since", "2025-09-01")), len(gaps(root, "--since", "2025-11-01"))) == (0, 1, 0)
    error = run(root, "coverage", "--since", "2026-12-01").exception
    assert isinstance(error, InvalidInput) and error.message == "2026-12-01 lies ahead."


PROJECT = "---\ntype: project\nstatus: active\nstart: 2026-06-01\n---\n"
IN_PROJECT = note("interaction", f"date: {days_ago(30)}T10:00:00", "channel: call", 'project: "[[Site]]"')


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (calls("Acme", 44, 37, 30, 23), ["silence"]),
        (calls("Acme", 30, 23, 16, 13), []),
        (calls("Acme", 23, 21, 19, 14), []),  # two weeks say nothing
        (calls("Acme", 44, 37, 30, 23, -5), []),  # they meet next week
        ({"clients/Acme/projects/Site.md": PROJECT, **calls("Acme", 22)}, ["project"]),
        ({"clients/Acme/projects/Site.md": PROJECT, **calls("Acme", 21)}, []),
        ({"clients/Acme/projects/Site.md": PROJECT, **calls("Acme", 22, -5)}, []),
        ({"clients/Acme/projects/Site.md": PROJECT}, ["project"]),  # nothing since it began
        ({"clients/Acme/projects/Site.md": PROJECT.replace("active", "on hold")}, []),
        ({"clients/Acme/projects/Site.md": PROJECT.replace("2026-06-01", "2026-12-01")}, []),
        ({"clients/Acme/projects/Site.md": PROJECT.replace("start: 2026-06-01\n", "")}, []),  # since when isn't known
        # where talks name their project, others are about something else
        ({"clients/Acme/projects/Site.md": PROJECT, "clients/Acme/interactions/1.md": IN_PROJECT, **calls("Acme", 5)}, ["project"]),
        ({"clients/Acme/projects/Site.md": PROJECT, "clients/Acme/interactions/1.md": IN_PROJECT, **calls("Acme", 5, 6, 7)}, []),
        ({"inbox/a.md": note("interaction", "date: 2026-11-02", "unfiled: Nobody has that address.")}, ["inbox"]),
        ({"inbox/a.md": note("interaction", "date: 2026-11-02", "unfiled: No.", 'client: "[[Acme]]"')}, []),
        ({"clients/Acme/interactions/1.md": note("interaction", f"date: {days_ago(3)}", "channel: call", body="They like it. " * 40)},
        ["summary"]),
        ({"clients/Acme/interactions/1.md": note("interaction", f"date: {days_ago(3)}", "channel: call", body="They like it.")}, []),
    ],
)  # fmt: skip
def test_kinds_of_gaps(files: dict[str, str], expected: list[str], tmp_path: Path) -> None:
    root = vault(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, **files})
    assert [gap["kind"] for gap in gaps(root)] == expected
    paused = (root / "clients/Acme/Acme.md").read_text().replace("active", "paused")
    (root / "clients/Acme/Acme.md").write_text(paused)
    assert [gap["kind"] for gap in gaps(root)] == [kind for kind in expected if kind == "inbox"]


def test_what_doesnt_fit_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    talks = {f"clients/Acme/interactions/{n}.md": SEND.replace("palette", f"sketch {n:02}xyz") for n in range(9)}
    root = vault(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, **talks, **calls("Acme", 80, 73, 66)})
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr("vaultcrm.cli.output.Output.height", 12)
    lines = run(root, "coverage").output.splitlines()
    assert len(lines) < 12
    assert lines[0] == "You promised, and it isn't written down  4 of 9"
    assert lines[-1] == "vaultcrm coverage --all shows the rest."
    assert len(run(root, "coverage", "--all").output.splitlines()) == 1 + 2 * 9


def test_reading_writes_nothing_and_a_strangers_text_stays_on_its_line(tmp_path: Path) -> None:
    text = SEND.replace("Dana the palette", "you `$(touch x)` \"; rm -rf 'it' \x1b[31m")
    root = vault(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, "clients/Acme/interactions/1.md": text})
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    output = run(root, "coverage").output
    assert len(output.splitlines()) == 3
    assert "\x1b" not in output
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
