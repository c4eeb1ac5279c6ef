"""What other programs may rely on: the keys of `--json`, and the exit codes."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests import ROOT
from tests.fork_server import run_vaultcrm

FOLLOW_UP = "id text client project due scheduled status priority recurrence source days"
CLIENT = "name path status stage tags aliases last_contact silent_days cadence_days next_due open waiting"
PROBLEM = "path line code message"
DECISION = "id text client project date status by via source"
WRITTEN = "created changed"


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "example-vault", tmp_path / "vault"))


def run(vault: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run_vaultcrm("--vault", str(vault), "--today", "2026-11-16", *words)


def document(vault: Path, *words: str) -> Any:  # Any: JSON
    return json.loads(run(vault, "--json", *words).stdout)


def test_each_record_has_the_keys_that_were_promised(vault: Path) -> None:
    (vault / "broken.md").write_text("---\na: [\n---\n")
    promised = {
        ("due", "--all"): FOLLOW_UP,
        ("client", "list"): CLIENT,
        ("stale",): CLIENT,
        ("check",): PROBLEM,
        ("decisions", "--all"): DECISION,
    }
    for words, keys in promised.items():
        found = document(vault, *words)
        assert found, words
        for record in found:
            assert set(keys.split()) <= record.keys(), words
    assert {"kind", "path", "line"} == document(vault, "due", "--all")[0]["source"].keys()
    stats = document(vault, "stats")
    assert {"notes", "clients", "people", "projects", "interactions", "decisions", "follow_ups", "points", "problems"} <= stats.keys()
    assert stats["follow_ups"].keys() == {"open", "waiting", "done", "cancelled"}


@pytest.mark.parametrize(
    ("words", "record"),
    [
        (["client", "add", "New"], "client"),
        (["person", "add", "acme", "Bo"], "person"),
        (["project", "add", "acme", "Journal"], "project"),
        (["log", "acme", "Hello"], "interaction"),
        (["follow-up", "add", "acme", "Ring"], "follow_up"),
        (["decide", "acme", "Yes"], "decision"),
        (["set", "acme", "status=paused"], "note"),
        (["done", "8f3f"], "follow_ups"),
        (["snooze", "8f3f", "fri"], "follow_ups"),
        (["drop", "8f3f"], "follow_ups"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else value,
)
def test_a_writing_command_tells_the_paths_and_the_record(words: list[str], record: str, vault: Path) -> None:
    found = document(vault, *words)
    assert {"created", "changed", record} <= found.keys()
    assert found["created"] + found["changed"]
    assert all((vault / path).is_file() for path in found["created"] + found["changed"])


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["due"], 0),
        (["due", "--client", "juniper"], 1),
        (["decisions", "unicorns"], 1),
        (["check"], 0),
        (["brief"], 2),
        (["nonsense"], 2),
        (["log", "acme"], 2),
        (["brief", "nobody"], 3),
        (["done", "ffff"], 3),
        (["log", "acme", "x", "--at", "31 feb"], 4),
        (["set", "acme", "status=nonsense"], 4),
        (["client", "add", "Acme Studio"], 5),
        (["open", "acme"], 6),
        (["--help"], 0),
        (["--version"], 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_the_exit_code_says_how_it_went(words: list[str], code: int, example: dict[str, str]) -> None:
    desktop = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    environment = {name: value for name, value in os.environ.items() if name not in desktop} | example
    done = run_vaultcrm("--today", "2026-11-16", *words, env=environment)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


def test_a_problem_in_the_vault_makes_check_exit_with_1_and_stops_nothing_else(vault: Path) -> None:
    (vault / "broken.md").write_text("---\nnever closed\n")
    assert run(vault, "check").returncode == 1
    assert run(vault, "due").returncode == 0


def test_results_go_to_stdout_and_all_else_to_stderr(vault: Path) -> None:
    done = run(vault, "log", "acme", "Hello", "--next", "Write", "--due", "fri")
    assert all((vault / path).is_file() for path in done.stdout.splitlines())
    assert "you owe: Write" in done.stderr
    quiet = run(vault, "-q", "log", "acme", "Hello again", "--next", "Write more", "--due", "fri")
    assert quiet.stderr == ""


def test_whoever_has_read_enough_may_go(vault: Path) -> None:
    words = f"{sys.executable} -m vaultcrm --vault '{vault}' --today 2026-11-16 due --all | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", words], env=dict(os.environ), capture_output=True, text=True)
    assert done.stdout.startswith("Late")
    assert "Traceback" not in done.stderr


def test_a_client_note_at_the_root_owns_what_is_open(tmp_path: Path) -> None:
    (tmp_path / "Solo.md").write_text("---\ntype: client\nstatus: active\n---\n")
    (tmp_path / "a.md").write_text("---\ntype: follow-up\ndue: 2026-11-12\n---\n")
    (found,) = document(tmp_path, "client", "list")
    assert (found["open"], found["next_due"]) == (1, "2026-11-12")


def test_init_makes_the_vault_that_was_named(tmp_path: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    done = run_vaultcrm("--vault", "../there", "init", cwd=folder)
    assert (done.returncode, done.stdout.strip()) == (0, str(tmp_path / "there")), done.stderr
    assert list(folder.iterdir()) == []
    twice = run_vaultcrm("--vault", "../there", "init", "other", cwd=folder)
    assert twice.returncode == 2
    assert list(folder.iterdir()) == []


def test_a_talk_without_a_date_counts_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "Acme.md").write_text("---\ntype: client\n---\n")
    (tmp_path / "2026-11-10 0900 Call.md").write_text("---\ntype: interaction\n---\n- [ ] Send\n\nWe spoke.\n")
    (found,) = document(tmp_path, "client", "list")
    assert found["last_contact"] == "2026-11-10"
    (event,) = document(tmp_path, "timeline", "acme")
    assert event["text"] == "We spoke."


def test_what_has_been_moved_cannot_be_taken_back_and_says_so(vault: Path) -> None:
    (path,) = document(vault, "log", "acme", "Hello")["created"]
    (vault / path).rename(vault / "elsewhere.md")
    done = run(vault, "undo")
    assert (done.returncode, "no longer exists" in done.stderr) == (5, True), done.stderr
    assert run(vault, "undo", "--redo").returncode == 3


def test_a_second_person_or_project_of_a_name_is_refused(vault: Path) -> None:
    assert run(vault, "person", "add", "acme", "dana roe").returncode == 5
    assert run(vault, "project", "add", "acme", "Website Redesign").returncode == 5


def test_marks_of_a_conflict_are_a_problem(vault: Path) -> None:
    (vault / "a.md").write_text("one\n<<<<<<< ours\n- [ ] a\n=======\n- [ ] b\n>>>>>>> theirs\n")
    (found,) = document(vault, "check")
    assert (found["path"], found["line"], found["code"]) == ("a.md", 2, "conflict-marks")


def test_a_note_that_leaves_its_client_says_so(vault: Path) -> None:
    done = run(vault, "rename", "Send the two-option quote", "Offers/Quote")
    assert "It belonged to Acme Studio and now belongs to no client." in done.stderr
    assert "belonged" not in run(vault, "rename", "acme", "Acme Architects").stderr


def test_a_conversation_without_a_channel_is_a_talk_in_json(vault: Path) -> None:
    (vault / "clients/Acme Studio/interactions/2026-11-15 Coffee.md").write_text("---\ntype: interaction\ndate: 2026-11-15\n---\n")
    newest = document(vault, "timeline", "acme", "--since", "2026-11-15")
    assert [(event["date"], event["kind"], event["text"]) for event in newest] == [("2026-11-15", "talk", "Coffee")]
    assert "conversation" in run(vault, "timeline", "acme", "--since", "2026-11-15").stdout
