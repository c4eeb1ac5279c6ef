"""What sync and its status print, as text and as JSON, and what a running watcher sees."""

import json
import subprocess
import sys

import pytest

from tests.actions.clones import ACME, NOTE, Pair, change, crm, merged_commit, run, sync_in
from tests.repositories import git
from tests.support import file_states, write_files
from vaultcrm.actions.log import NewInteraction, log
from vaultcrm.actions.sync_status import sync_status

pytestmark = pytest.mark.usefixtures("known")


def test_the_status_writes_nothing(pair: Pair) -> None:
    change(pair.b, "from b.md", "1")
    sync_in(pair.b)
    git(pair.a, "fetch", "--quiet")
    log(crm(pair.a), "acme", NewInteraction("Dana wants two options", channel="call"))
    change(pair.a, "clients/Acme/follow-ups/Call.md", None)
    before = file_states(pair.a)
    assert run(pair.a, "sync", "--status").splitlines() == [
        "On branch main, remote origin.",
        "To commit",
        "  Acme: call logged, follow-up deleted",
        "1 commit to merge, as of the last fetch.",
    ]
    assert json.loads(run(pair.a, "sync", "--status", "--json")) == {
        "branch": "main", "remote": "origin", "to_commit": ["Acme: call logged, follow-up deleted"], "ahead": 0, "behind": 1,
        "unfinished": "", "way": "", "copies": [], "left_out": [],
    }  # fmt: skip
    assert file_states(pair.a) == before


def test_a_lock_is_reported_unless_an_unfinished_operation_explains_it(pair: Pair) -> None:
    assert sync_status(crm(pair.a)).unfinished == ""
    write_files(pair.a, {".git/index.lock": ""})
    found = sync_status(crm(pair.a))
    assert found.unfinished == "Another Git command is running here, or one was killed."
    assert found.way == "Wait until it has finished."
    write_files(pair.a, {".git/MERGE_HEAD": git(pair.a, "rev-parse", "HEAD")})
    found = sync_status(crm(pair.a))
    assert ("merge" in found.unfinished, "git merge --abort" in found.way) == (True, True)


def test_a_conflict_copy_needs_its_original_in_the_same_folder(pair: Pair) -> None:
    alone, copy, cased = (
        "Talk (conflict 2026-11-16 ab12cd3).md",
        "Plan (conflict 2026-11-16 ab12cd3).md",
        "inbox/PLAN.sync-conflict-20261116-093000.md",
    )
    write_files(pair.a, {alone: b"1", copy: b"2", "Plan.md": b"3", cased: b"4", "inbox/Plan.md": b"5"})
    found = sync_status(crm(pair.a))
    assert found.to_commit == ["Inbox: note added, conflict copy added", "Vault: 2 notes added, conflict copy added"]
    assert found.copies == [copy, cased]
    assert sync_in(pair.a).committed == found.to_commit
    assert sync_in(pair.b).received == found.to_commit
    change(pair.a, "Plan.md", None)
    found = sync_status(crm(pair.a))
    assert (found.to_commit, found.copies) == (["Vault: note deleted"], [cased])
    change(pair.a, copy, None)
    change(pair.a, cased, None)
    assert sync_in(pair.a).committed == ["Inbox: conflict copy deleted", "Vault: 2 notes deleted"]


def test_a_conflict_exits_with_1_and_is_in_the_json(pair: Pair) -> None:
    change(pair.b, ACME, NOTE.replace("60", "85"))
    sync_in(pair.b)
    change(pair.a, ACME, NOTE.replace("60", "80"))
    found = json.loads(run(pair.a, "sync", "--json", code=1))
    assert found["conflicts"] == [
        {
            "path": ACME,
            "copy": f"clients/Acme/Acme (conflict 2026-11-16 {merged_commit(pair.a)}).md",
            "what": "changed on both sides",
            "clashes": [{"key": "rate", "here": "80", "there": "85"}],
        }
    ]
    assert run(pair.a, "sync") == "Everything is in sync.\n"


def test_a_running_watcher_sees_received_notes(pair: Pair) -> None:
    watcher = subprocess.Popen([sys.executable, "-m", "vaultcrm", "watch"], cwd=pair.a, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert watcher.stderr is not None
        assert b"Watching" in watcher.stderr.readline()
        change(pair.b, "clients/Blue/Blue.md", "---\ntype: client\n---\nA whale.\n")
        sync_in(pair.b)
        run(pair.a, "sync")
        assert "Blue" in run(pair.a, "client", "list")
        assert "Blue" in run(pair.a, "search", "whale")
    finally:
        watcher.terminate()
        watcher.communicate(timeout=120)
