"""A running watcher reads every change soon, and never writes into the vault."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import file_states, write_files
from tests.watch.watchers import FILES, NOTE, is_trusted, is_up_to_date, known_digests, wait_until, watching
from vaultcrm.disk import watch_lease
from vaultcrm.vault.vault import Vault


def test_changed_notes_are_read_and_indexed(vault: Vault) -> None:
    root = Path(vault.root)
    with watching(vault) as (_, reports):
        write_files(root, {"a/1.md": "changed", "a/new.md": "new", "new/folder/n.md": "below"})
        wait_until(lambda: is_up_to_date(vault))
        (root / "a/2.md").unlink()
        (root / "a/3.md").rename(root / "b/3.md")
        (root / ".b~").write_text("written under another name first")
        (root / ".b~").rename(root / "b/5.md")
        wait_until(lambda: is_up_to_date(vault))
        wait_until(lambda: "gone  a/2.md" in reports and "read  b/5.md" in reports)


def test_a_change_with_restored_timestamps_is_noticed(vault: Vault) -> None:
    path = Path(vault.root, "a/1.md")
    with watching(vault):
        for number in range(3):
            status = path.stat()
            path.write_text(NOTE.format(20 + number))
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
            wait_until(lambda: is_up_to_date(vault))


@pytest.mark.nightly
def test_changes_in_moved_folders_are_noticed(vault: Vault, tmp_path: Path) -> None:
    """Folders are renamed, swapped, moved out and moved in; after each step every note is changed."""
    root = Path(vault.root)

    def swap() -> None:
        (root / "a").rename(root / "aside")
        (root / "b").rename(root / "a")
        (root / "aside").rename(root / "b")

    write_files(tmp_path, {"outside/far/away.md": "away"})
    steps: list[Callable[[], object]] = [
        lambda: (root / "b/below").rename(root / "b/beyond"),
        swap,
        swap,
        lambda: (tmp_path / "outside").rename(root / "in"),
        lambda: (root / "a").rename(tmp_path / "a"),
        lambda: (tmp_path / "a").rename(root / "b/a"),
        lambda: shutil.rmtree(root / "in"),
        lambda: shutil.copytree(root / "b", root / "in"),
    ]
    with watching(vault):
        for number, step in enumerate(steps):
            step()
            wait_until(lambda: is_up_to_date(vault))
            for path in root.rglob("*.md"):
                path.write_text(f"changed after step {number}")
            wait_until(lambda: is_up_to_date(vault))


def test_changed_settings_take_effect(vault: Vault) -> None:
    with watching(vault):
        Path(vault.root, "vaultcrm.toml").write_text('ignore = ["b"]\n')
        expected = {path for path in FILES if path.endswith(".md") and not path.startswith("b/")}
        wait_until(lambda: [set(digests) for digests in known_digests(vault)] == [expected, expected])


def test_it_is_trusted_again_after_each_refresh(vault: Vault) -> None:
    with watching(vault):
        write_files(Path(vault.root), {"a/1.md": "changed"})
        wait_until(lambda: not is_trusted(vault) or is_up_to_date(vault))
        wait_until(lambda: is_trusted(vault) and is_up_to_date(vault))
        watch_lease.record_write(vault.root)
        assert not is_trusted(vault)
        write_files(Path(vault.root), {"a/1.md": "changed again"})
        wait_until(lambda: is_trusted(vault) and is_up_to_date(vault))
    assert not is_trusted(vault)


def test_it_writes_nothing_into_the_vault(vault: Vault) -> None:
    root = Path(vault.root)
    before = file_states(root)
    with watching(vault, period=0.2) as (watcher, _):
        wait_until(lambda: is_trusted(vault))
        for _ in range(3):
            watcher.hint()
            wait_until(lambda: is_trusted(vault))
        assert file_states(root) == before
        write_files(root, {"a/1.md": "changed"})
        before = file_states(root)
        wait_until(lambda: is_up_to_date(vault) and is_trusted(vault))
    assert file_states(root) == before
