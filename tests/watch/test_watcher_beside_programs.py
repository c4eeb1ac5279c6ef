"""A watcher beside other commands, and beside whoever throws its cache away."""

import json
import os
import shutil
import signal
from datetime import datetime
from pathlib import Path

from tests.support import write_files
from tests.watch.watchers import PATIENCE, is_believed, is_right, program, run, until, watched
from vaultcrm.vault.vault import Vault


def test_status_before_during_and_after(vault: Vault) -> None:
    keys = {"running", "pid", "since", "complete", "events"}
    nobody = dict.fromkeys(keys, None) | {"running": False}
    before = run(vault, "watch", "--status", "--json")
    assert (before.returncode, json.loads(before.stdout)) == (1, nobody)
    with program(vault) as process:
        during = run(vault, "watch", "--status", "--json")
        assert during.returncode == 0
        found = json.loads(during.stdout)
        assert found.keys() == keys
        assert (found["running"], found["pid"], found["events"]) == (True, process.pid, True)
        assert datetime.fromisoformat(found["since"]) <= datetime.fromisoformat(found["complete"]) <= datetime.now()
        assert str(process.pid) in run(vault, "watch", "--status").stdout
        second = run(vault, "watch")
        assert (second.returncode, second.stdout) == (5, "")
        assert "already running for this vault" in second.stderr
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=PATIENCE)[0]
        assert (process.returncode, "Stopped." in said) == (0, True), said
    after = run(vault, "watch", "--status", "--json")
    assert (after.returncode, json.loads(after.stdout)) == (1, nobody)
    with program(vault):  # the post was left
        assert run(vault, "watch", "--status").returncode == 0


def test_a_command_sees_what_the_one_before_it_wrote(vault: Vault) -> None:
    with program(vault):
        for number in range(20):
            if number % 2:
                until(lambda: is_believed(vault))
            step = f"Send parcel {number}"
            logged = run(vault, "log", "acme", f"Talk {number}", "--next", step, "--due", "tomorrow")
            assert logged.returncode == 0, logged.stderr
            assert step in run(vault, "due", "--all").stdout


def test_a_catalogue_thrown_away_beside_it_is_right_afterwards(vault: Vault) -> None:
    root = Path(vault.root)
    with program(vault) as process:
        for number in range(4):
            write_files(root, {f"a/new{number}.md": f"some word{number}"})
            assert run(vault, "index", "--rebuild").returncode == 0
            write_files(root, {f"a/{n}.md": f"word{number} again" for n in range(1, 4)})
            until(lambda: is_right(vault) and is_believed(vault))
            found = json.loads(run(vault, "search", f"word{number}", "--json").stdout)
            assert f"a/new{number}.md" in str(found)
        assert process.poll() is None


def test_a_deleted_cache_is_made_anew(vault: Vault) -> None:
    with watched(vault):
        shutil.rmtree(os.environ["XDG_CACHE_HOME"])
        write_files(Path(vault.root), {"a/1.md": "changed"})
        until(lambda: is_right(vault))
