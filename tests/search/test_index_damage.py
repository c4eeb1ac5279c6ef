"""The index answers correctly, whatever has happened to its files or to the catalogue."""

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.search.indexes import file_digests, index_folder, index_for, run_index, trust_files, update_index
from tests.search.searches import found_titles
from tests.support import make_vault, write_files
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.disk import user_dirs
from vaultcrm.vault.vault import Vault


def test_a_deleted_index_is_rebuilt(vault: Vault) -> None:
    assert found_titles(vault, "pear") == {"a", "b"}
    shutil.rmtree(index_folder(vault))
    assert found_titles(vault, "pear") == {"a", "b"}
    shutil.rmtree(index_folder(vault))
    assert update_index(vault) == 4
    assert index_for(vault).documents() == file_digests(vault)


def test_a_deleted_catalogue_is_rebuilt_and_the_index_stays(vault: Vault) -> None:
    assert found_titles(vault, "pear") == {"a", "b"}
    Catalog(vault.root).delete()
    assert update_index(vault) == 0  # every digest equals the indexed one
    Catalog(vault.root).delete()
    write_files(Path(vault.root), {"a.md": "fig"})
    (Path(vault.root) / "c/b.md").unlink()
    assert update_index(vault) == 2
    assert (found_titles(vault, "pear"), found_titles(vault, "fig")) == (set(), {"a"})


def test_a_restored_older_index_is_brought_up_to_date(vault: Vault, tmp_path: Path) -> None:
    assert found_titles(vault, "pear") == {"a", "b"}
    folder = index_folder(vault)
    shutil.copytree(folder, tmp_path / "old")
    write_files(Path(vault.root), {"a.md": "fig", "new.md": "pear"})
    (Path(vault.root) / "c/b.md").unlink()
    assert found_titles(vault, "pear") == {"new"}
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "old", folder)
    assert (found_titles(vault, "pear"), found_titles(vault, "fig")) == ({"new"}, {"a"})
    assert index_for(vault).documents() == file_digests(vault)


def test_the_index_of_another_vault_is_brought_up_to_date(vault: Vault, tmp_path: Path) -> None:
    other = make_vault(tmp_path / "other", {"a.md": "other pear", "x.md": "pear"})
    assert (found_titles(vault, "pear"), found_titles(other, "pear")) == ({"a", "b"}, {"a", "x"})
    shutil.rmtree(index_folder(vault))
    shutil.copytree(index_folder(other), index_folder(vault))
    assert (found_titles(vault, "pear"), found_titles(vault, "other")) == ({"a", "b"}, set())


def damaged(data: bytes, damage: str) -> bytes:
    rng = random.Random(len(data))
    if damage == "noise":
        return rng.randbytes(len(data) or 100)
    return {"empty": b"", "half": data[: len(data) // 2], "zeros": bytes(len(data)), "end": data[:-1], "text": b"garbage\n" * 50}[damage]


ANSWERS = {"pear": {"a", "b"}, "plum": {"a", "c"}, "fig": {"a", "e"}, "type:decision": {"b"}, '"plum and"': {"a"}, "pl*": {"a", "c"}}


@pytest.mark.nightly
@pytest.mark.parametrize("damage", ["empty", "half", "end", "noise", "zeros", "text", "gone"])
def test_answers_are_correct_whichever_index_file_is_damaged(damage: str, vault: Vault, tmp_path: Path) -> None:
    assert found_titles(vault, "pear") == {"a", "b"}
    write_files(Path(vault.root), {"e.md": "fig", "a.md": "pear, plum and fig"})  # a second segment, and a deleted document
    assert found_titles(vault, "fig") == {"a", "e"}
    folder, failures = index_folder(vault), {}
    shutil.copytree(folder, tmp_path / "good")
    for name in sorted(os.listdir(tmp_path / "good")):
        if name.endswith("LOCK"):
            continue
        shutil.rmtree(folder)
        shutil.copytree(tmp_path / "good", folder)
        trust_files(vault)
        path = folder / name
        path.unlink() if damage == "gone" else path.write_bytes(damaged(path.read_bytes(), damage))
        try:
            wrong = {query: titles for query, expected in ANSWERS.items() if (titles := found_titles(vault, query)) != expected}
            wrong |= {} if index_for(vault).documents() == file_digests(vault) else {"documents": set(index_for(vault).documents())}
        except Exception as error:  # any error is a failure here, and all files are tried before it is reported
            wrong = {f"{type(error).__name__}: {error}"[:80]: set()}
        if wrong:
            failures[name.partition(".")[2] or name] = wrong
    assert failures == {}


def test_the_rebuild_of_a_broken_index_counts_every_note(vault: Vault) -> None:
    assert update_index(vault) == 4
    for path in index_folder(vault).glob("*.toc"):
        path.write_bytes(b"garbage")
    assert update_index(vault) == 4


def test_foreign_files_in_the_index_folder_do_no_harm(vault: Vault) -> None:
    folder = index_folder(vault)
    folder.mkdir(parents=True)
    write_files(folder, {"_MAIN_7.toc": "garbage", "note.txt": "not ours", "_MAIN_x.toc": ""})
    assert found_titles(vault, "pear") == {"a", "b"}
    assert index_for(vault).documents() == file_digests(vault)


@pytest.mark.parametrize(
    "damage", [lambda path: path.unlink(), lambda path: path.write_bytes(path.read_bytes()[::-1])], ids=["gone", "changed"]
)
def test_a_damaged_file_that_whoosh_does_without_is_noticed(damage: Callable[[Path], None], vault: Vault) -> None:
    """Whoosh takes a missing column for one without values: the order by day would be wrong, without a word."""
    assert found_titles(vault, "pear") == {"a", "b"}
    for ending in sorted(path.name.partition(".")[2] for path in index_folder(vault).glob("*.col")):
        (column,) = index_folder(vault).glob(f"*.{ending}")
        damage(column)
        assert update_index(vault) == 4
        assert update_index(vault) == 0


@pytest.mark.parametrize("odd", [lambda path: path.write_bytes(b"no lock " * 99), lambda path: path.unlink() or path.mkdir()])
def test_an_odd_lock_file_is_made_anew(odd: Callable[[Path], None], vault: Vault) -> None:
    assert found_titles(vault, "pear") == {"a", "b"}
    odd(index_folder(vault).with_name("search.lock"))
    write_files(Path(vault.root), {"new.md": "pear"})
    assert found_titles(vault, "pear") == {"a", "b", "new"}
    assert run_index(vault, rebuild=True).notes == 5


def test_a_file_in_place_of_the_index_is_replaced(vault: Vault) -> None:
    folder = index_folder(vault)
    folder.write_text("odd")
    assert found_titles(vault, "pear") == {"a", "b"}
    assert folder.is_dir()


def test_without_a_cache_each_command_makes_an_index_of_its_own(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/x")
    assert found_titles(vault, "pear") == {"a", "b"}
    folder = index_folder(vault).parent
    user_dirs.remove_temporary_dirs()
    assert not folder.exists()
