"""After a refresh the catalogue matches the disk, whatever has changed there."""

import errno
import itertools
import mmap
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import EXAMPLES, catalog_rows, file_states, make_vault, rebuilt_catalog, refreshed, write_files
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.refresh import refresh
from vaultcrm.disk import files
from vaultcrm.errors import ExternalError

pytestmark = pytest.mark.usefixtures("home")

FOLLOW_UP = "---\ntype: follow-up\ndue: 2026-11-09\n---\n"


def paths(catalog: Catalog) -> list[str]:
    return [note.path for note in catalog.notes()]


# ------------------------------------------------------------------------------------- any changes

FOLDERS = ["", "c", "c/d", "e"]
NAMES = ["a.md", "B.md", "Acme.md", "2026-11-02 1430 Call.md"]
PATHS = st.tuples(st.sampled_from(FOLDERS), st.sampled_from(NAMES)).map(lambda parts: "/".join(filter(None, parts)))
CLIENT = "---\ntype: client\naliases: [Z]\n---\n## Preferences\n- Tea\n"
TEXTS: list[str | bytes] = [
    "text one\n", "text two\n", FOLLOW_UP, FOLLOW_UP.replace("09", "10"), CLIENT,
    "---\ntype: interaction\ndecisions: [One]\nfeedback: Fine\nnext_step: Ask\n---\n",
    "---\ntype: decision\nclient: '[[Acme]]'\nsupersedes: '[[a]]'\n---\n", "---\ntype: client\nstatus: friend\n---\n",
    "---\nunclosed: 1\n", b"---\na: [\n---\n", b"caf\xe9\n", b"\x00\n", "",
]  # fmt: skip
OPERATIONS = st.one_of(
    st.tuples(st.just("write"), PATHS, st.sampled_from(TEXTS)),
    st.tuples(st.just("write, time restored"), PATHS, st.sampled_from(TEXTS)),
    st.tuples(st.just("move"), PATHS, PATHS),
    st.tuples(st.just("move"), st.sampled_from(FOLDERS[1:]), st.sampled_from(["c", "e", "c/d", "new"])),
    st.tuples(st.just("swap"), PATHS, PATHS),
    st.tuples(st.just("swap"), st.just("c"), st.just("e")),
    st.tuples(st.just("delete"), st.one_of(PATHS, st.sampled_from(FOLDERS[1:])), st.none()),
    st.tuples(st.just("link"), PATHS, st.just("/etc/hostname")),
    st.tuples(st.just("folder"), PATHS, st.none()),
    st.tuples(st.just("refresh"), st.none(), st.none()),
    st.tuples(st.just("refresh"), st.none(), st.none()),
    st.tuples(st.just("refresh in"), st.lists(st.sampled_from(FOLDERS), min_size=1), st.none()),
)


def change_disk(root: Path, operation: str, path: str, value: Any) -> None:  # Any: a text or a path, as OPERATIONS pair them
    """One change on the disk by another program. A change that the system refuses is skipped."""
    target = root / path
    try:
        if operation.startswith("write"):
            before = target.stat() if target.exists() else None
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(value if isinstance(value, bytes) else value.encode())
            if before is not None and operation == "write, time restored":
                os.utime(target, ns=(before.st_atime_ns, before.st_mtime_ns))
        elif operation == "move":
            os.replace(target, root / value)
        elif operation == "swap":
            for old, new in ((target, root / "aside"), (root / value, target), (root / "aside", root / value)):
                os.replace(old, new)
        elif operation == "delete":
            shutil.rmtree(target) if target.is_dir() and not target.is_symlink() else target.unlink()
        elif operation == "link":
            target.symlink_to(value)
        elif operation == "folder":
            target.mkdir()
    except OSError:
        pass


@settings(max_examples=max(12, EXAMPLES // 8))
@given(st.lists(OPERATIONS, min_size=3, max_size=25))
def test_refreshing_step_by_step_equals_a_rebuild(operations: list[tuple[str, Any, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        vault = make_vault(Path(folder, "vault"), {"a.md": "text one\n", "c/Acme.md": CLIENT, "e/B.md": FOLLOW_UP})
        catalog = refreshed(vault)
        for operation, path, value in operations:
            if operation.startswith("refresh"):
                before = file_states(Path(vault.root))
                refresh(vault, catalog, path)
                assert file_states(Path(vault.root)) == before  # reading never writes the vault
            else:
                change_disk(Path(vault.root), operation, path, value)
        refresh(vault, catalog)
        assert catalog_rows(catalog) == catalog_rows(rebuilt_catalog(vault))
        assert catalog_rows(refreshed(vault, Catalog(vault.root))) == catalog_rows(catalog)


# ------------------------------------------------------------------------------------- single changes


def test_a_same_sized_edit_right_after_reading_is_seen(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"a.md": "---\nn: 000\n---\n"})
    catalog = refreshed(vault)
    path = tmp_path / "vault/a.md"
    for n in range(1, 100):
        old = path.stat()
        path.write_text(f"---\nn: {n:03}\n---\n")
        if n % 2:
            os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
        refresh(vault, catalog)
        (note,) = catalog.notes()
        assert note.properties == {"n": f"{n:03}"}


def test_an_edit_right_after_reading_that_changes_no_time_is_seen(tmp_path: Path) -> None:
    """A memory page that is written twice gets one modification time, as any file does when the clock is coarse."""
    vault = make_vault(tmp_path / "vault", {"a.md": "---\nn: 0\n---\n", "b.md": ""})
    path, catalog, traceless = tmp_path / "vault/a.md", Catalog(vault.root), 0
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
        for n in "12345678":
            before = files.stamp_of(path.stat())
            memory[7:8] = n.encode()
            traceless += files.stamp_of(path.stat()) == before
            refresh(vault, catalog)
            assert catalog.notes()[0].properties == {"n": n}
    assert traceless > 0  # otherwise this has tested nothing


def test_another_file_of_the_same_size_and_time_in_its_place_is_seen(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"a.md": "one", "b.txt": "two"})
    for name in ("a.md", "b.txt"):
        os.utime(tmp_path / "vault" / name, (1_000_000_000, 1_000_000_000))
    catalog = refreshed(vault)
    os.replace(tmp_path / "vault/b.txt", tmp_path / "vault/a.md")
    assert refreshed(vault, catalog).notes()[0].excerpt == "two"


def replace_by(path: Path, make: Callable[[Path], None]) -> None:
    path.unlink()
    make(path)


BREAKING: list[Callable[[Path], object]] = [
    lambda path: path.write_text("---\ntype: follow-up\ndue: [\n---\n"),
    lambda path: path.write_text("---\ntype: follow-up\n"),
    lambda path: path.write_bytes(b"---\ntype: follow-up\n---\ncaf\xe9"),
    lambda path: path.write_bytes(b"\xff\xfea\x00"),
    lambda path: os.truncate(path, 50_000_000),
    lambda path: replace_by(path, lambda path: path.symlink_to("/etc/hostname")),
    lambda path: replace_by(path, os.mkfifo),
]


@pytest.mark.parametrize("break_", BREAKING)
def test_a_note_that_cannot_be_read_becomes_a_problem_and_stays_known(break_: Callable[[Path], object], tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"a.md": FOLLOW_UP, "b.md": FOLLOW_UP})
    catalog = refreshed(vault)
    before = catalog.follow_ups()
    break_(tmp_path / "vault/a.md")
    for _ in range(3):  # and stays so
        refresh(vault, catalog)
        assert [problem.path for problem in catalog.problems()] == ["a.md"]
        assert catalog.follow_ups() == before
        assert paths(catalog) == ["a.md", "b.md"]
    (tmp_path / "vault/a.md").unlink()
    write_files(tmp_path / "vault", {"a.md": FOLLOW_UP.replace("09", "10")})
    refresh(vault, catalog)
    assert catalog.problems() == []
    assert [follow_up.due.day for follow_up in catalog.follow_ups() if follow_up.due] == [9, 10]


def test_a_file_that_was_never_readable_is_a_problem_until_it_is_gone(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"a.md": b"\xff"})
    catalog = refreshed(vault)
    assert (paths(catalog), [problem.code for problem in catalog.problems()]) == ([], ["encoding"])
    (tmp_path / "vault/a.md").unlink()
    assert refreshed(vault, catalog).problems() == []


def test_a_note_without_read_permission_stays_known(unprivileged: Path) -> None:
    vault = make_vault(unprivileged / "vault", {"a.md": FOLLOW_UP, "b.md": FOLLOW_UP})
    catalog = refreshed(vault)
    (unprivileged / "vault/a.md").chmod(0)
    refresh(vault, catalog)
    assert [(problem.path, problem.code, problem.message) for problem in catalog.problems()] == [
        ("a.md", "unreadable", "It can't be read: Permission denied.")
    ]
    assert len(catalog.follow_ups()) == 2
    (unprivileged / "vault/a.md").chmod(0o600)
    assert refreshed(vault, catalog).problems() == []


def test_all_that_was_known_below_a_folder_without_read_permission_stays_known(unprivileged: Path) -> None:
    vault = make_vault(unprivileged / "vault", {"c/a.md": FOLLOW_UP, "c/deep/er/b.md": FOLLOW_UP, "d.md": FOLLOW_UP})
    catalog = refreshed(vault)
    (unprivileged / "vault/c").chmod(0)
    for folders in (None, ["c"], ["", "c"], None):
        refresh(vault, catalog, folders)
        assert paths(catalog) == ["c/a.md", "c/deep/er/b.md", "d.md"]
        assert [(problem.path, problem.code) for problem in catalog.problems()] == [("c", "unreadable")]
    (unprivileged / "vault/c").chmod(0o700)
    (unprivileged / "vault/c/a.md").unlink()
    refresh(vault, catalog)
    assert (paths(catalog), catalog.problems()) == (["c/deep/er/b.md", "d.md"], [])


def test_a_refresh_of_some_folders_reads_only_these_and_new_ones_below(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"a.md": "", "c/b.md": "", "c/d/x.md": "", "e/y.md": ""})
    catalog = refreshed(vault)
    write_files(tmp_path / "vault", {"a2.md": "", "c/b2.md": "", "c/d/x2.md": "", "c/new/deep/z.md": "", "e/y2.md": ""})
    (tmp_path / "vault/c/b.md").unlink()
    shutil.rmtree(tmp_path / "vault/e")
    refresh(vault, catalog, ["c"])
    # the notes directly in c, and the new folder below it; not the root, c/d or e
    assert paths(catalog) == ["a.md", "c/b2.md", "c/d/x.md", "c/new/deep/z.md", "e/y.md"]
    refresh(vault, catalog, ["e", "nowhere"])
    assert paths(catalog) == ["a.md", "c/b2.md", "c/d/x.md", "c/new/deep/z.md"]
    assert catalog_rows(refreshed(vault, catalog)) == catalog_rows(rebuilt_catalog(vault))


def test_a_refresh_of_some_folders_fills_an_empty_catalogue_completely(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"a.md": "", "c/b.md": ""})
    catalog = Catalog(vault.root)
    refresh(vault, catalog, ["c"])
    assert paths(catalog) == ["a.md", "c/b.md"]


@pytest.mark.parametrize(
    "folder",
    [
        "templates",
        ".obsidian",
        "archive",
        "archive/deep",
        "a/.b/c",
        "linked",
        "linked/deep",
    ],
)
def test_an_ignored_folder_is_not_read_even_when_it_is_refreshed_explicitly(folder: str, tmp_path: Path) -> None:
    notes = dict.fromkeys(["a.md", "templates/t.md", ".obsidian/o.md", "archive/r.md", "archive/deep/d.md", "a/.b/c/h.md"], "")
    vault = make_vault(tmp_path / "vault", {"vaultcrm.toml": 'ignore = ["archive"]', **notes})
    write_files(tmp_path / "outside", {"secret.md": "secret", "deep/secret.md": "secret"})
    (tmp_path / "vault/linked").symlink_to(tmp_path / "outside")
    catalog = refreshed(vault)
    refresh(vault, catalog, [folder])
    assert paths(catalog) == ["a.md"]


def test_progress_is_reported_every_50_notes(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {f"{n}.md": "" for n in range(120)})
    seen: list[tuple[int, int]] = []
    refresh(vault, Catalog(vault.root), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(50, 120), (100, 120), (120, 120)]


def test_a_vault_that_has_disappeared_is_an_error_and_not_an_empty_vault(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"a.md": ""})
    catalog = refreshed(vault)
    os.rename(tmp_path / "vault", tmp_path / "unmounted")
    with pytest.raises(ExternalError):
        refresh(vault, catalog)
    assert paths(catalog) == ["a.md"]


def test_a_read_error_does_not_hide_a_note_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = make_vault(tmp_path / "v", {"a.md": FOLLOW_UP, "b.md": FOLLOW_UP})
    for path in ("a.md", "b.md"):
        os.utime(tmp_path / "v" / path, (1_000_000_000, 1_000_000_000))
    read = files.read

    def fail_once(path: str, follow_symlinks: bool = False) -> files.Content:
        content = read(path, follow_symlinks)
        if path.endswith("/a.md"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return content._replace(stamp=files.stamp_of(os.stat(path)))  # as if it had settled

    with monkeypatch.context() as patched:
        patched.setattr(files, "read", fail_once)
        catalog = refreshed(vault)
    assert [one.path for one in catalog.follow_ups()] == ["b.md"]
    assert [problem.message for problem in catalog.problems()] == ["It can't be read: Input/output error."]
    assert [one.path for one in refreshed(vault, catalog).follow_ups()] == ["a.md", "b.md"]
    assert catalog.problems() == []


def test_a_note_that_keeps_changing_keeps_its_last_version_and_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = make_vault(tmp_path / "v", {"a.md": FOLLOW_UP, "b.md": FOLLOW_UP})
    catalog = refreshed(vault)
    write_files(tmp_path / "v", {"a.md": FOLLOW_UP + "more", "c.md": FOLLOW_UP})
    fstat, calls = os.fstat, itertools.count()

    def changed_again(descriptor: int) -> os.stat_result:
        status = fstat(descriptor)
        if status.st_size == len(FOLLOW_UP + "more"):
            (tmp_path / "v/a.md").write_bytes((FOLLOW_UP + "more").encode())
            os.utime(tmp_path / "v/a.md", ns=(next(calls), 0))
        return status

    with monkeypatch.context() as patched:
        patched.setattr(os, "fstat", changed_again)
        refreshed(vault, catalog)
    assert [one.path for one in catalog.follow_ups()] == ["a.md", "b.md", "c.md"]
    assert [(problem.path, problem.message) for problem in catalog.problems()] == [("a.md", "Another program keeps changing it.")]
    assert refreshed(vault, catalog).problems() == []


def test_folders_whose_names_are_not_utf8_come_and_go(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "v", {"a.md": FOLLOW_UP})
    catalog = refreshed(vault)
    odd = os.fsdecode(b"caf\xe9")
    write_files(tmp_path / "v", {f"{odd}/b.md": FOLLOW_UP})
    for _ in range(2):
        refresh(vault, catalog, ["", odd])  # as the watcher does
        assert [problem.path for problem in catalog.problems()] == ["caf\\xe9/b.md"]
    shutil.rmtree(tmp_path / "v" / odd)
    refresh(vault, catalog, [odd])
    assert catalog.problems() == []
