"""A running watcher: what changes is soon known, and it never writes the vault."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.support import file_states, write_files
from tests.watch.watchers import FILES, NOTE, is_believed, is_right, known, until, watched
from vaultcrm.disk import watch_lease
from vaultcrm.vault.vault import Vault


def test_what_changes_in_notes_is_known_and_found(vault: Vault) -> None:
    root = Path(vault.root)
    with watched(vault) as (_, said):
        write_files(root, {"a/1.md": "changed", "a/new.md": "new", "new/folder/n.md": "below"})
        until(lambda: is_right(vault))
        (root / "a/2.md").unlink()
        (root / "a/3.md").rename(root / "b/3.md")
        (root / ".b~").write_text("by another name first")
        (root / ".b~").rename(root / "b/5.md")
        until(lambda: is_right(vault))
        until(lambda: "gone  a/2.md" in said and "read  b/5.md" in said)


def test_a_change_that_its_times_hide_is_known(vault: Vault) -> None:
    path = Path(vault.root, "a/1.md")
    with watched(vault):
        for number in range(3):
            status = path.stat()
            path.write_text(NOTE.format(20 + number))
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
            until(lambda: is_right(vault))


def test_what_happens_in_folders_that_have_moved_is_known(vault: Vault, tmp_path: Path) -> None:
    """Renamed, swapped, moved out and in: afterwards a note in each of them is changed."""
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
    with watched(vault):
        for number, step in enumerate(steps):
            step()
            until(lambda: is_right(vault))
            for path in root.rglob("*.md"):
                path.write_text(f"changed after step {number}")
            until(lambda: is_right(vault))


def test_settings_that_change_are_followed(vault: Vault) -> None:
    with watched(vault):
        Path(vault.root, "vaultcrm.toml").write_text('ignore = ["b"]\n')
        wanted = {path for path in FILES if path.endswith(".md") and not path.startswith("b/")}
        until(lambda: [set(found) for found in known(vault)] == [wanted, wanted])


def test_it_is_believed_again_after_each_look(vault: Vault) -> None:
    with watched(vault):
        write_files(Path(vault.root), {"a/1.md": "changed"})
        until(lambda: not is_believed(vault) or is_right(vault))
        until(lambda: is_believed(vault) and is_right(vault))
        watch_lease.record_write(vault.root)
        assert not is_believed(vault)
        write_files(Path(vault.root), {"a/1.md": "changed again"})
        until(lambda: is_believed(vault) and is_right(vault))
    assert not is_believed(vault)


def test_it_writes_nothing_into_the_vault(vault: Vault) -> None:
    root = Path(vault.root)
    before = file_states(root)
    with watched(vault, period=0.2) as (watcher, _):
        until(lambda: is_believed(vault))
        for _ in range(3):
            watcher.hint()
            until(lambda: is_believed(vault))
        assert file_states(root) == before
        write_files(root, {"a/1.md": "changed"})
        before = file_states(root)
        until(lambda: is_right(vault) and is_believed(vault))
    assert file_states(root) == before
