"""A watcher that runs beside other commands, also those that delete its cache."""

import json
import os
import shutil
import signal
from datetime import datetime
from pathlib import Path

import pytest

from tests.support import write_files
from tests.watch.watchers import PATIENCE, is_trusted, is_up_to_date, run_command, wait_until, watch_process, watching
from vaultcrm.vault.vault import Vault


def test_status_before_during_and_after(vault: Vault) -> None:
    keys = {"running", "pid", "since", "complete", "events"}
    no_watcher = dict.fromkeys(keys, None) | {"running": False}
    before = run_command(vault, "watch", "--status", "--json")
    assert (before.returncode, json.loads(before.stdout)) == (1, no_watcher)
    with watch_process(vault) as process:
        during = run_command(vault, "watch", "--status", "--json")
        assert during.returncode == 0
        status = json.loads(during.stdout)
        assert status.keys() == keys
        assert (status["running"], status["pid"], status["events"]) == (True, process.pid, True)
        assert datetime.fromisoformat(status["since"]) <= datetime.fromisoformat(status["complete"]) <= datetime.now()
        assert str(process.pid) in run_command(vault, "watch", "--status").stdout
        second = run_command(vault, "watch")
        assert (second.returncode, second.stdout) == (5, "")
        assert "already running for this vault" in second.stderr
        process.send_signal(signal.SIGTERM)
        output = process.communicate(timeout=PATIENCE)[0]
        assert (process.returncode, "Stopped." in output) == (0, True), output
    after = run_command(vault, "watch", "--status", "--json")
    assert (after.returncode, json.loads(after.stdout)) == (1, no_watcher)
    with watch_process(vault):  # the lease was released
        assert run_command(vault, "watch", "--status").returncode == 0


@pytest.mark.nightly
def test_a_command_sees_what_the_previous_one_wrote(vault: Vault) -> None:
    with watch_process(vault):
        for number in range(20):
            if number % 2:
                wait_until(lambda: is_trusted(vault))
            step = f"Send parcel {number}"
            logged = run_command(vault, "log", "acme", f"Talk {number}", "--next", step, "--due", "tomorrow")
            assert logged.returncode == 0, logged.stderr
            assert step in run_command(vault, "due", "--all").stdout


@pytest.mark.nightly
def test_a_catalogue_that_another_command_rebuilds_is_complete_afterwards(vault: Vault) -> None:
    root = Path(vault.root)
    with watch_process(vault) as process:
        for number in range(4):
            write_files(root, {f"a/new{number}.md": f"some word{number}"})
            assert run_command(vault, "index", "--rebuild").returncode == 0
            write_files(root, {f"a/{n}.md": f"word{number} again" for n in range(1, 4)})
            wait_until(lambda: is_up_to_date(vault) and is_trusted(vault))
            hits = json.loads(run_command(vault, "search", f"word{number}", "--json").stdout)
            assert f"a/new{number}.md" in [hit["path"] for hit in hits]
        assert process.poll() is None


def test_a_deleted_cache_is_rebuilt(vault: Vault) -> None:
    with watching(vault):
        shutil.rmtree(os.environ["XDG_CACHE_HOME"])
        write_files(Path(vault.root), {"a/1.md": "changed"})
        wait_until(lambda: is_up_to_date(vault))
