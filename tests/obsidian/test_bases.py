"""The views show the same as the commands: our `.base` files, evaluated by the rules of Bases on the same vault."""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import ROOT
from tests.fork_server import run_vaultcrm
from tests.obsidian.bases import Base
from tests.support import make_vault
from vaultcrm.model.schema import FOLLOW_UP_STATUSES
from vaultcrm.obsidian.install import built_in_files

DAY = date(2026, 11, 16)
ACME = "clients/Acme"


def note(kind: str, *lines: str) -> str:
    return "\n".join(["---", f"type: {kind}", *lines, "---", ""])


def talk(*lines: str) -> str:
    return note("interaction", *lines)


def follow_up(*lines: str) -> str:
    return note("follow-up", *lines)


MANY = {
    **{f"{ACME}/follow-ups/Due {days}.md": follow_up(f"due: {DAY + timedelta(days)}") for days in (-400, -1, 0, 1, 7, 8)},
    **{f"{ACME}/follow-ups/{status}.md": follow_up(f"status: {status}", "due: 2026-11-16") for status in FOLLOW_UP_STATUSES},
    f"{ACME}/Acme.md": note("client"),
    f"{ACME}/follow-ups/Empty.md": follow_up("status:", "due:"),
    f"{ACME}/follow-ups/Later.md": follow_up("due: 2026-11-10", "scheduled: 2026-11-17"),
    f"{ACME}/follow-ups/Now.md": follow_up("due: 2026-11-18", "scheduled: 2026-11-16"),
    f"{ACME}/interactions/2026-11-02 0900 A.md": talk("next_step: Call", "follow_up: 2026-11-16"),
    f"{ACME}/interactions/2026-11-02 0901 B.md": talk("follow_up: 2026-11-12"),
    f"{ACME}/interactions/2026-11-02 0902 C.md": talk("next_step: x", "follow_up: 2026-11-12", "follow_up_done: 2026-11-13"),
    f"{ACME}/interactions/2026-11-02 0903 D.md": talk("next_step: x", "follow_up: 2026-11-12", "follow_up_status: waiting"),
    f"{ACME}/interactions/2026-11-02 0904 E.md": talk("next_step: x", "follow_up_status: cancelled"),
    f"{ACME}/interactions/2026-11-02 0905 F.md": talk(),
    f"{ACME}/decisions/Kept.md": note("decision", "date: 2026-11-02T09:00:00"),
    f"{ACME}/decisions/Gone.md": note("decision", "date: 2026-11-02", "status: withdrawn"),
    f"{ACME}/projects/Done.md": note("project", "status: done"),
    f"{ACME}/projects/Running.md": note("project", "status: active"),
    f"{ACME}/Not of Acme.md": follow_up('client: "[[Blue]]"', "due: 2026-11-16"),
    "elsewhere/Work for Acme.md": note("project", 'client: "[[Acme]]"'),
    "clients/Blue/Blue.md": note("client", "status: past"),
    "templates/obsidian/Follow-up.md": follow_up("status: open", "due: 2026-11-16"),
}


@pytest.fixture(params=["the example vault", "many cases"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "the example vault":
        shutil.copytree(ROOT / "example-vault", tmp_path / "v")
    else:
        make_vault(tmp_path / "v", {**built_in_files(), **MANY})
    return tmp_path / "v"


def json_items(vault: Path, *words: str) -> list[dict[str, Any]]:  # Any: what JSON holds
    done = run_vaultcrm("--vault", str(vault), "--today", str(DAY), "--json", *words)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return [item for item in found if item.get("source", {}).get("kind") != "task"]  # Bases lists files and not lines


def test_the_due_views_show_the_same_as_the_command(vault: Path) -> None:
    base = Base(vault, "views/Due.base", DAY)
    items = [item for item in json_items(vault, "due") if item["status"] == "open"]
    expected = {item["source"]["path"]: item["days"] for item in items}
    assert sorted(base.paths("Late")) == sorted(path for path, days in expected.items() if days < 0)
    assert sorted(base.paths("Today")) == sorted(path for path, days in expected.items() if days == 0)
    assert sorted(base.paths("Within 7 days")) == sorted(path for path, days in expected.items() if days > 0)
    everything = [item for item in json_items(vault, "due", "--all") if item["status"] == "open"]
    hidden = {item["source"]["path"] for item in everything if item["scheduled"] and item["scheduled"] > str(DAY) and item["days"] >= 0}
    assert sorted(base.paths("By client")) == sorted({item["source"]["path"] for item in everything} - hidden)
    clients = {item["source"]["path"]: item["client"] for item in everything}
    assert {path: link.title for path, link in base.column("By client", "client").items()} == {
        path: clients[path] for path in base.paths("By client")
    }
    assert expected


def test_the_waiting_views_show_the_same_as_the_command(vault: Path) -> None:
    base = Base(vault, "views/Waiting.base", DAY)
    expected = {item["source"]["path"]: item["client"] for item in json_items(vault, "due", "--waiting")}
    assert {path: link.title for path, link in base.column("Owed by clients", "client").items()} == expected
    assert sorted(base.paths("By client")) == sorted(expected)
    assert expected


@pytest.mark.nightly
def test_the_views_in_a_client_note_show_only_this_client(vault: Path) -> None:
    for client in json_items(vault, "client", "list"):
        name = client["name"]
        base = Base(vault, "views/Client.base", DAY, embedded_in=client["path"])
        talks = {
            item["source"]["path"] for item in json_items(vault, "timeline", name) if item["kind"] not in ("decision", "done", "project")
        }
        assert sorted(base.paths("Interactions")) == sorted(talks)
        open_ = {item["source"]["path"] for item in json_items(vault, "due", "--all", "--client", name)}
        assert sorted(base.paths("Open follow-ups")) == sorted(open_)
        agreed = {item["source"]["path"] for item in json_items(vault, "decisions", name)}
        assert sorted(base.paths("Decisions in force")) == sorted(path for path in agreed if "/decisions/" in path)
        assert base.paths("Projects") == sorted(item["path"] for item in json_items(vault, "project", "list", "--client", name, "--all"))


def test_the_views_of_clients_and_projects_show_the_same_as_the_commands(vault: Path) -> None:
    clients = {item["path"]: item["status"] for item in json_items(vault, "client", "list")}
    assert sorted(Base(vault, "views/Clients.base", DAY).paths("By status")) == sorted(clients)
    assert sorted(Base(vault, "views/Clients.base", DAY).paths("By stage")) == sorted(
        path for path, status in clients.items() if status != "past"
    )
    projects = {item["path"]: item for item in json_items(vault, "project", "list", "--all")}
    base = Base(vault, "views/Projects.base", DAY)
    assert {path: link.title for path, link in base.column("By client", "client").items()} == {
        path: item["client"] for path, item in projects.items()
    }
    running = [path for path, item in projects.items() if item["status"] not in ("done", "cancelled")]
    assert sorted(base.paths("Running")) == sorted(running)
