"""The watcher's loop in detail: hints, debouncing, scheduling, heartbeats and reports. Only its parts run here, in this thread."""

import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.support import write_files
from tests.watch.watchers import Reports, is_trusted, is_up_to_date, known_digests, wait_until, watching
from vaultcrm.disk import watch_lease
from vaultcrm.errors import ExternalError, Locked
from vaultcrm.vault.vault import Vault
from vaultcrm.watch import watcher as watcher_module
from vaultcrm.watch.watcher import Watcher

NOW = datetime(2026, 11, 16, 9, 30)

LONG = 250.0  # seconds: longer than any of these waits takes on a busy machine, and shorter than one for the next full refresh


@pytest.fixture
def reports() -> Reports:
    return Reports()


@pytest.fixture
def watcher(vault: Vault, reports: Reports) -> Iterator[Watcher]:
    """A watcher that doesn't run and gets no events; its next full refresh is in ten minutes."""
    watcher = Watcher(vault.root, reports.report, lambda: NOW, 600.0)
    watcher._full_refresh_at = time.monotonic() + 600
    yield watcher
    watcher._stop_listening()
    watcher.lease.release()


def state_of(vault: Vault) -> watch_lease.WatcherState:
    state = watch_lease.running_watcher(vault.root)
    assert state is not None
    return state


# ------------------------------------------------------------------------------------- hints and debouncing


def test_hints_name_folders_relative_to_the_vault(vault: Vault, watcher: Watcher) -> None:
    root = Path(vault.root)
    for folder in (root, root / "a", root / "b/below"):
        watcher.hint(str(folder))
    assert (watcher._changed_folders, watcher._may_have_changed_anywhere) == ({"", "a", "b/below"}, False)
    watcher.hint()
    assert watcher._may_have_changed_anywhere


def test_it_waits_until_hints_have_settled(watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher_module, "DEBOUNCE_SECONDS", 0.3)
    watcher.hint()
    time.sleep(0.1)
    watcher.hint()
    watcher._debounce()
    assert 0.25 < time.monotonic() - watcher._last_hint_at < LONG


def test_hints_that_never_settle_delay_it_only_so_long(watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher_module, "DEBOUNCE_SECONDS", 2 * LONG)
    monkeypatch.setattr(watcher_module, "MAX_DEBOUNCE_SECONDS", 0.5)
    has_returned = threading.Event()

    def keep_hinting() -> None:
        while not has_returned.wait(0.1):
            watcher.hint()

    watcher.hint()
    thread = threading.Thread(target=keep_hinting)
    thread.start()
    watcher._debounce()
    elapsed = time.monotonic() - watcher._first_hint_at
    has_returned.set()
    thread.join()
    assert 0.45 < elapsed < LONG


def test_without_hints_it_waits_for_the_full_refresh(watcher: Watcher) -> None:
    start = time.monotonic()
    watcher._full_refresh_at = start + 0.5
    watcher._debounce()
    assert 0.45 < time.monotonic() - start < LONG


def test_a_full_refresh_that_is_due_does_not_wait_for_hints_to_settle(watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watcher_module, "DEBOUNCE_SECONDS", 2 * LONG)
    monkeypatch.setattr(watcher_module, "MAX_DEBOUNCE_SECONDS", 2 * LONG)
    watcher._full_refresh_at = time.monotonic()
    watcher.hint()
    watcher._debounce()  # or this test takes minutes
    assert time.monotonic() - watcher._last_hint_at < LONG


def test_stopping_ends_the_wait(watcher: Watcher) -> None:
    threading.Timer(0.1, watcher.stop).start()
    start = time.monotonic()
    watcher._debounce()
    assert time.monotonic() - start < LONG


def test_it_sends_heartbeats_while_it_waits(vault: Vault, watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_lease, "HEARTBEAT_SECONDS", 0.05)
    thread = threading.Thread(target=watcher._debounce)
    thread.start()
    wait_until(lambda: watch_lease.running_watcher(vault.root))
    first = state_of(vault).heartbeat
    wait_until(lambda: state_of(vault).heartbeat > first)
    watcher.stop()
    thread.join()


# ------------------------------------------------------------------------------------- scheduling


def test_only_a_full_refresh_postpones_the_next_one(watcher: Watcher) -> None:
    now = time.monotonic()
    watcher._schedule_full_refresh(10, after_full=True)
    assert 10 <= watcher._full_refresh_at - now < LONG
    due = watcher._full_refresh_at
    watcher._schedule_full_refresh(500, after_full=False)
    assert watcher._full_refresh_at == due
    watcher._schedule_full_refresh(1, after_full=False)
    assert watcher._full_refresh_at < due


@pytest.mark.parametrize("is_polling", [True, False])
def test_polling_rests_twenty_times_as_long_as_a_refresh_takes(is_polling: bool, watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow_refresh(is_full: bool) -> float:
        time.sleep(0.2)
        return 2.0

    monkeypatch.setattr(watcher, "_refresh", slow_refresh)
    if not is_polling:
        watcher._ensure_listening()
    delay = watcher._timed_refresh(True)
    assert delay >= 4.0 if is_polling else delay == 2.0


def test_the_delay_depends_on_events_and_on_files_that_may_change_again(
    vault: Vault, watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert watcher._refresh(True) == 2.0  # polling
    watcher._ensure_listening()
    assert watcher._refresh(True) == 3.0  # the notes are new, so their timestamps aren't settled
    monkeypatch.setattr(watcher_module, "RACY_NS", 0)
    assert watcher._refresh(True) == 0.5
    with monkeypatch.context() as patched:
        patched.setattr("vaultcrm.catalog.catalog.Catalog.is_settled", True)
        assert watcher._refresh(True) == 600.0


# ------------------------------------------------------------------------------------- refreshing


def test_a_refresh_reads_the_folders_with_hints_or_everything(vault: Vault, watcher: Watcher) -> None:
    root = Path(vault.root)
    watcher._refresh(True)
    write_files(root, {"a/1.md": "changed", "b/5.md": "changed"})
    before = known_digests(vault)[0]
    watcher.hint(str(root / "a"))
    watcher._refresh(False)
    seen = known_digests(vault)[0]
    assert {path for path in seen if seen[path] != before[path]} == {"a/1.md"}
    watcher._refresh(False)
    assert known_digests(vault)[0] == seen
    watcher.hint()
    watcher._refresh(False)
    seen = known_digests(vault)[0]
    assert {path for path in seen if seen[path] != before[path]} == {"a/1.md", "b/5.md"}


def test_it_is_trusted_after_a_refresh_until_the_next_hint(vault: Vault, watcher: Watcher) -> None:
    watcher._ensure_listening()
    assert not is_trusted(vault)
    watcher._refresh(True)
    assert is_trusted(vault)
    assert (state_of(vault).last_complete, state_of(vault).gets_events) == ("2026-11-16T09:30:00", True)
    watcher.hint(vault.root)
    assert not is_trusted(vault)
    watcher._refresh(False)
    assert is_trusted(vault)


def test_it_is_not_trusted_if_a_hint_comes_during_the_refresh(vault: Vault, watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    watcher._ensure_listening()
    monkeypatch.setattr(watcher, "_report_notes", lambda notes: watcher.hint(vault.root))
    watcher._refresh(True)
    assert not is_trusted(vault)


def test_a_write_during_the_refresh_is_not_counted_as_seen(vault: Vault, watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    watcher._ensure_listening()
    monkeypatch.setattr(watcher, "_report_notes", lambda notes: watch_lease.record_write(vault.root))
    watcher._refresh(True)
    assert (state_of(vault).write_count, is_trusted(vault)) == (0, False)


def test_after_an_error_everything_is_read_again(vault: Vault, watcher: Watcher, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ExternalError("The disk is busy.")

    watcher._refresh(True)
    write_files(Path(vault.root), {"a/1.md": "changed"})
    watcher.hint(str(Path(vault.root, "a")))
    with monkeypatch.context() as patched:
        patched.setattr(watcher, "_check_vault_exists", fail)
        assert watcher._refresh(False) == 2.0
    watcher._refresh(False)
    assert is_up_to_date(vault)


def test_a_vault_without_a_settings_file_can_be_watched(vault: Vault, watcher: Watcher, reports: Reports) -> None:
    Path(vault.root, "vaultcrm.toml").unlink()
    watcher._refresh(True)
    assert is_up_to_date(vault)
    assert "is missing" not in reports


def test_events_of_another_folder_at_the_same_path_do_not_count(vault: Vault, watcher: Watcher) -> None:
    assert not watcher._has_lost_events()
    watcher._ensure_listening()
    assert not watcher._has_lost_events()
    watcher._folder_id = "another folder"
    assert watcher._has_lost_events()


def test_there_is_only_one_watcher_per_vault(vault: Vault, watcher: Watcher) -> None:
    with pytest.raises(Locked):
        Watcher(vault.root, lambda *_: None, lambda: NOW)


# ------------------------------------------------------------------------------------- reports


def test_the_first_ten_notes_are_reported_and_the_rest_counted(vault: Vault, watcher: Watcher, reports: Reports) -> None:
    watcher._refresh(True)
    reports.clear()
    write_files(Path(vault.root), {f"new/{n:02}.md": "" for n in range(12)})
    watcher._refresh(True)
    assert list(reports) == [*(f"read  new/{n:02}.md" for n in range(10)), "and 2 more notes"]
    reports.clear()
    for n in range(10):
        (Path(vault.root) / f"new/{n:02}.md").unlink()
    watcher._refresh(True)
    assert list(reports) == [f"gone  new/{n:02}.md" for n in range(10)]


def test_an_error_and_its_end_are_reported_once(vault: Vault, watcher: Watcher, reports: Reports) -> None:
    settings = Path(vault.root, "vaultcrm.toml")
    watcher._ensure_listening()
    watcher._refresh(True)
    reports.clear()
    settings.unlink()
    assert [watcher._refresh(False), watcher._refresh(False)] == [2.0, 2.0]
    missing = f"The vault {vault.root} is missing (it has no vaultcrm.toml). Watching continues when it is back."
    assert list(reports) == [missing]
    assert not is_trusted(vault)
    settings.touch()
    write_files(Path(vault.root), {"a/1.md": "changed meanwhile"})
    watcher._refresh(False)  # a full one after an error
    watcher._refresh(False)
    assert list(reports) == [missing, "Everything works again.", "read  a/1.md"]
    settings.unlink()
    watcher._refresh(False)
    assert reports[-1] == missing


def test_missing_events_are_reported_once_and_retried_after_a_while(
    vault: Vault, watcher: Watcher, reports: Reports, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def reason(root: str) -> str:
        calls.append(root)
        return "a disk of type test"

    monkeypatch.setattr(watcher_module, "reason_for_no_events", reason)
    watcher._ensure_listening()
    watcher._ensure_listening()
    assert calls == [vault.root]
    watcher._retry_listening_at = time.monotonic()
    watcher._ensure_listening()
    assert calls == [vault.root, vault.root]
    assert list(reports) == ["This vault gets no file events (a disk of type test), so it is scanned every few seconds."]


def test_a_stopped_watcher_leaves_no_state(vault: Vault) -> None:
    with watching(vault):
        assert watch_lease.running_watcher(vault.root) is not None
    assert watch_lease.running_watcher(vault.root) is None
