"""The index tells what is in the notes, whatever happened to it, to the catalogue or to the process that made it."""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.support import caught_up, make_vault, write_files
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.index import Indexed
from vaultcrm.actions.index import index as bring_up_to_date
from vaultcrm.actions.search import search
from vaultcrm.catalog import index_queue
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.disk import files
from vaultcrm.search.index import Index
from vaultcrm.search.query import Text
from vaultcrm.search.searcher import Finder
from vaultcrm.vault.vault import Vault

NOW = datetime(2026, 11, 16, 9, 30)


def found(vault: Vault, query: str) -> set[str]:
    """The titles that a command of its own finds now."""
    crm = Crm(vault.root, NOW)
    with contextlib.closing(crm.catalog):
        return {hit.title for hit in search(crm, query, None).hits}


def followed(vault: Vault) -> int:
    """How many notes are indexed now, after catching up."""
    catalog = caught_up(vault)
    with contextlib.closing(catalog):
        return Index(vault, catalog).follow()


def indexed(vault: Vault, rebuild: bool = False, verify: bool = False) -> Indexed:
    crm = Crm(vault.root, NOW)
    with contextlib.closing(crm.catalog):
        return bring_up_to_date(crm, rebuild, verify)


def index_of(vault: Vault) -> Index:
    return Index(vault, Catalog(vault.root))


def folder_of(vault: Vault) -> Path:
    return Path(index_of(vault).folder)


def digests(vault: Vault) -> dict[str, bytes]:
    """What the index is to hold: the digest of each file, by path."""
    root = Path(vault.root)
    return {str(path.relative_to(root)): files.digest_of(path.read_bytes()) for path in root.rglob("*.md")}


def believed(vault: Vault) -> None:
    """Have the catalogue take the files, and the index, that are there now for those it knows: as if no time had shown a change."""
    stamp = index_of(vault)._stamp()
    with contextlib.closing(sqlite3.connect(Catalog(vault.root).file)) as database, database:
        database.execute("UPDATE searched SET stamp = ?", (stamp,))
        for look in vault.walk():
            database.execute("UPDATE folders SET fingerprint = ? WHERE path = ?", (look.fingerprint, look.path))


def segments(vault: Vault) -> int:
    return index_of(vault).ask(lambda reader: len(list(reader.leaf_readers())))


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    notes = {"a.md": "pear and plum", "c/b.md": "---\ntype: decision\n---\npear", "c/c.md": "plum", "d.md": ""}
    return make_vault(tmp_path / "vault", notes)


# ------------------------------------------------------------------------------------- following


def test_only_what_has_changed_is_indexed(vault: Vault) -> None:
    assert (followed(vault), followed(vault)) == (4, 0)
    write_files(Path(vault.root), {"a.md": "fig", "new.md": "fig"})
    (Path(vault.root) / "d.md").unlink()
    assert (followed(vault), followed(vault)) == (3, 0)
    assert index_of(vault).documents() == digests(vault)
    os.utime(Path(vault.root) / "a.md")
    assert followed(vault) == 0  # touched, not changed


def test_progress_is_told_up_to_the_end(vault: Vault) -> None:
    seen: list[tuple[int, int]] = []
    Index(vault, caught_up(vault)).follow(lambda done, total: seen.append((done, total)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_the_index_lies_in_the_cache_where_only_the_user_may_enter(vault: Vault, home: Path) -> None:
    before = sorted(Path(vault.root).rglob("*"))
    assert found(vault, "pear") == {"a", "b"}
    folder = folder_of(vault)
    assert folder.is_relative_to(home / "cache")
    assert {path.stat().st_mode & 0o777 for path in (folder, folder.parent)} == {0o700}
    assert sorted(Path(vault.root).rglob("*")) == before


def test_an_empty_vault_has_an_index_too(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {})
    assert (followed(vault), followed(vault), found(vault, "pear"), found(vault, "-pear")) == (0, 0, set(), set())
    assert index_of(vault).documents() == {}
    write_files(tmp_path / "vault", {"a.md": "pear"})
    assert found(vault, "pear") == {"a"}


def test_what_is_no_note_is_not_indexed(tmp_path: Path) -> None:
    notes = {"a.md": "pear", ".hidden/b.md": "pear", "templates/c.md": "pear", "old/d.md": "pear", "e.txt": "pear"}
    vault = make_vault(tmp_path / "vault", {**notes, "vaultcrm.toml": 'ignore = ["old"]'})
    (tmp_path / "vault/linked.md").symlink_to(tmp_path / "vault/a.md")
    assert found(vault, "pear") == {"a"}


def test_many_small_segments_are_merged(vault: Vault) -> None:
    most = 0
    for n in range(30):
        write_files(Path(vault.root), {f"n{n}.md": f"pear number {n}", "a.md": f"pear {n}"})
        assert followed(vault) == (5 if n == 0 else 2)
        most = max(most, segments(vault))
    assert most <= 9
    assert index_of(vault).documents() == digests(vault)
    assert found(vault, "pear") == {"a", "b", *(f"n{n}" for n in range(30))}


# ---------------------------------------------------------------------------- damage and loss


def test_a_deleted_index_is_made_anew(vault: Vault) -> None:
    assert found(vault, "pear") == {"a", "b"}
    shutil.rmtree(folder_of(vault))
    assert found(vault, "pear") == {"a", "b"}
    shutil.rmtree(folder_of(vault))
    assert followed(vault) == 4
    assert index_of(vault).documents() == digests(vault)


def test_a_deleted_catalogue_is_made_anew_and_the_index_goes_on(vault: Vault) -> None:
    assert found(vault, "pear") == {"a", "b"}
    Catalog(vault.root).throw_away()
    assert followed(vault) == 0  # every digest is the one that is indexed
    Catalog(vault.root).throw_away()
    write_files(Path(vault.root), {"a.md": "fig"})
    (Path(vault.root) / "c/b.md").unlink()
    assert followed(vault) == 2
    assert (found(vault, "pear"), found(vault, "fig")) == (set(), {"a"})


def test_an_older_index_in_its_place_is_brought_up_to_date(vault: Vault, tmp_path: Path) -> None:
    assert found(vault, "pear") == {"a", "b"}
    folder = folder_of(vault)
    shutil.copytree(folder, tmp_path / "old")
    write_files(Path(vault.root), {"a.md": "fig", "new.md": "pear"})
    (Path(vault.root) / "c/b.md").unlink()
    assert found(vault, "pear") == {"new"}
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "old", folder)
    assert (found(vault, "pear"), found(vault, "fig")) == ({"new"}, {"a"})
    assert index_of(vault).documents() == digests(vault)


def test_another_vaults_index_in_its_place_is_brought_up_to_date(vault: Vault, tmp_path: Path) -> None:
    other = make_vault(tmp_path / "other", {"a.md": "other pear", "x.md": "pear"})
    assert (found(vault, "pear"), found(other, "pear")) == ({"a", "b"}, {"a", "x"})
    shutil.rmtree(folder_of(vault))
    shutil.copytree(folder_of(other), folder_of(vault))
    assert (found(vault, "pear"), found(vault, "other")) == ({"a", "b"}, set())


def spoilt(data: bytes, how: str) -> bytes:
    chance = random.Random(len(data))
    if how == "noise":
        return chance.randbytes(len(data) or 100)
    return {"empty": b"", "half": data[: len(data) // 2], "zeros": bytes(len(data)), "end": data[:-1], "text": b"garbage\n" * 50}[how]


ANSWERS = {"pear": {"a", "b"}, "plum": {"a", "c"}, "fig": {"a", "e"}, "type:decision": {"b"}, '"plum and"': {"a"}, "pl*": {"a", "c"}}


@pytest.mark.parametrize("how", ["empty", "half", "end", "noise", "zeros", "text", "gone"])
def test_whatever_file_of_the_index_is_damaged_the_answers_are_right(how: str, vault: Vault, tmp_path: Path) -> None:
    assert found(vault, "pear") == {"a", "b"}
    write_files(Path(vault.root), {"e.md": "fig", "a.md": "pear, plum and fig"})  # a second segment, and a deleted document
    assert found(vault, "fig") == {"a", "e"}
    folder, wrong = folder_of(vault), {}
    shutil.copytree(folder, tmp_path / "good")
    for name in sorted(os.listdir(tmp_path / "good")):
        if name.endswith("LOCK"):
            continue
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / "good", folder)
        believed(vault)
        path = folder / name
        path.unlink() if how == "gone" else path.write_bytes(spoilt(path.read_bytes(), how))
        try:
            told = {query: titles for query, wanted in ANSWERS.items() if (titles := found(vault, query)) != wanted}
            told |= {} if index_of(vault).documents() == digests(vault) else {"documents": set(index_of(vault).documents())}
        except Exception as error:
            told = {f"{type(error).__name__}: {error}"[:80]: set()}
        if told:
            wrong[name.partition(".")[2] or name] = told
    assert wrong == {}


def test_a_broken_index_is_made_anew_and_that_is_counted(vault: Vault) -> None:
    assert followed(vault) == 4
    for path in folder_of(vault).glob("*.toc"):
        path.write_bytes(b"garbage")
    assert followed(vault) == 4


def test_a_folder_of_another_kind_in_its_place_does_no_harm(vault: Vault) -> None:
    folder = folder_of(vault)
    folder.mkdir(parents=True)
    write_files(folder, {"_MAIN_7.toc": "garbage", "note.txt": "not ours", "_MAIN_x.toc": ""})
    assert found(vault, "pear") == {"a", "b"}
    assert index_of(vault).documents() == digests(vault)


# --------------------------------------------------------------------------------- processes


def command(vault: Vault, *words: str) -> subprocess.Popen[str]:
    """`vaultcrm` as a process of its own."""
    program = [sys.executable, "-m", "vaultcrm", "--vault", vault.root, "--today", "2026-11-16", *words]
    return subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_processes_that_search_at_once_are_all_right(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {f"n{n}.md": f"pear {n}" for n in range(300)})
    for _ in range(2):
        running = [command(vault, "--json", "search", "-n", "1000", "pear") for _ in range(3)]
        for process in running:
            out, errors = process.communicate(timeout=60)
            assert (process.returncode, errors) == (0, "")
            assert {hit["path"] for hit in json.loads(out)} == set(digests(vault))
        assert index_of(vault).documents() == digests(vault)
        write_files(tmp_path / "vault", {f"m{n}.md": f"pear {n}" for n in range(300)})


def test_an_index_whose_making_was_killed_is_completed(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {f"n{n}.md": f"pear {n}" for n in range(200)})
    chance = random.Random(1)
    begin = time.monotonic()
    assert command(vault, "index", "--rebuild").wait() == 0
    length = time.monotonic() - begin
    for n in range(10):
        write_files(tmp_path / "vault", {f"n{i}.md": f"plum {n} {i}" for i in range(n, 200, 2)})
        (tmp_path / f"vault/n{n}.md").unlink(missing_ok=True)
        process = command(vault, "index", *(["--rebuild"] if n % 3 == 0 else []))
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(chance.uniform(length / 3, length))  # how far it comes does not matter to what is asserted
        process.send_signal(signal.SIGKILL)
        process.communicate()
        followed(vault)
        assert index_of(vault).documents() == digests(vault)
    assert found(vault, "plum")
    assert os.listdir(folder_of(vault))
    assert indexed(vault, verify=True).differing == []


def test_an_index_is_made_anew_while_others_search(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {f"n{n}.md": f"pear {n}" for n in range(20)})
    for _ in range(3):
        running = [command(vault, *words) for words in (("index", "--rebuild"), ("search", "--files", "-n", "99", "pear")) * 2]
        for process in running:
            out, errors = process.communicate(timeout=60)
            assert (process.returncode, errors) == (0, "")
            assert out.startswith("20 notes are indexed") or set(out.split()) == set(digests(vault))


def test_who_has_begun_to_read_is_not_disturbed_by_who_writes(vault: Vault) -> None:
    followed(vault)
    asked: list[Any] = []

    def question(reader: Any) -> list[str]:  # Any: Whoosh has no types
        if not asked:
            write_files(Path(vault.root), dict.fromkeys(digests(vault), "fig"))
            assert followed(vault) == 4
        asked.append(reader)
        finder = Finder(reader, [])
        return sorted(finder.path(number) for number in finder.find(Text(("fig",))))

    assert index_of(vault).ask(question) in ([], sorted(digests(vault)))
    assert index_of(vault).documents() == digests(vault)


MANY = 1_600


@pytest.mark.parametrize("program", [None, "/bin/false", "/bin/true", "/no/such/program"])
def test_a_long_list_is_indexed_by_two_processes_and_by_one_if_need_be(
    program: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "a rather long name, so that the list of them does not fit into a pipe"
    vault = make_vault(tmp_path / "vault", {f"{name} {n}.md": f"pear {n}" for n in range(MANY)})
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    if program:
        monkeypatch.setattr(sys, "executable", program)
    assert (followed(vault), followed(vault)) == (MANY, 0)
    assert index_of(vault).documents() == digests(vault)
    assert len(found(vault, "pear")) == MANY
    assert found(vault, "pear 1599 ") == {f"{name} 1599"}
    assert segments(vault) == (1 if program else 2)


# ------------------------------------------------------------------------------------- verify


def test_verify_finds_nothing_where_all_is_well(vault: Vault) -> None:
    assert indexed(vault, verify=True) == Indexed(4, 4, [])
    assert indexed(vault, verify=True) == Indexed(4, 0, [])
    assert indexed(vault, rebuild=True) == Indexed(4, 4, [])


def test_verify_finds_a_digest_that_is_not_the_files(vault: Vault) -> None:
    indexed(vault)
    with contextlib.closing(sqlite3.connect(Catalog(vault.root).file)) as database, database:
        database.execute("UPDATE files SET digest = ? WHERE path = 'a.md'", (bytes(16),))
    believed(vault)
    assert indexed(vault, verify=True).differing == ["a.md"]
    assert indexed(vault, verify=True).differing == []
    assert index_of(vault).documents() == digests(vault)


def test_verify_finds_a_change_that_left_no_trace_and_puts_it_right(vault: Vault) -> None:
    """As after a change with all times and the size restored: the catalogue takes the file for the one it knows."""
    indexed(vault)
    write_files(Path(vault.root), {"a.md": "fig!!!and plum"})
    believed(vault)
    assert (found(vault, "pear"), found(vault, "fig")) == ({"a", "b"}, set())
    assert indexed(vault, verify=True).differing == ["a.md"]
    assert (found(vault, "pear"), found(vault, "fig")) == ({"b"}, {"a"})
    assert indexed(vault, verify=True).differing == []


def test_verify_finds_a_document_that_the_index_has_lost(vault: Vault, tmp_path: Path) -> None:
    write_files(tmp_path, {"less/a.md": "pear and plum"})
    indexed(vault)
    less = Vault(str(tmp_path / "less"))
    indexed(less)
    shutil.rmtree(folder_of(vault))
    shutil.copytree(folder_of(less), folder_of(vault))
    believed(vault)
    assert indexed(vault, verify=True).differing == ["c/b.md", "c/c.md", "d.md"]
    assert index_of(vault).documents() == digests(vault)


def test_what_is_left_on_the_list_does_not_hide_the_rest(vault: Vault) -> None:
    """Notes that were not as the catalogue knows them take none of a batch's room."""
    catalog = caught_up(vault)
    every = index_queue.changes(catalog)
    assert index_queue.changes(catalog, size=1, without={every[0]}) == [every[1]]
    catalog.close()
