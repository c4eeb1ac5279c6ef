"""The index is right, whatever happened to its files or to the catalogue."""

import os
import random
import shutil
from pathlib import Path

import pytest

from tests.search.indexes import believed, digests, folder_of, followed, found, index_of
from tests.support import make_vault, write_files
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.vault.vault import Vault


def test_a_deleted_index_is_made_anew(vault: Vault) -> None:
    assert found(vault, "pear") == {"a", "b"}
    shutil.rmtree(folder_of(vault))
    assert found(vault, "pear") == {"a", "b"}
    shutil.rmtree(folder_of(vault))
    assert followed(vault) == 4
    assert index_of(vault).documents() == digests(vault)


def test_a_deleted_catalogue_is_made_anew_and_the_index_goes_on(vault: Vault) -> None:
    assert found(vault, "pear") == {"a", "b"}
    Catalog(vault.root).delete()
    assert followed(vault) == 0  # every digest is the one that is indexed
    Catalog(vault.root).delete()
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
