"""The search index updated, rebuilt and verified: what is counted, and what differs."""

import shutil
from pathlib import Path

from tests.actions.vaults import NOW, crm_with
from tests.search.indexes import index_folder, trust_files
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.index import IndexResult, index


def test_an_update_counts_the_notes_that_were_indexed_now(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {"a.md": "apple", "b.md": "pear"})
    assert index(crm) == IndexResult(2, 2, [])
    assert index(crm) == IndexResult(2, 0, [])
    (tmp_path / "v/c.md").write_text("plum")
    crm.invalidate()
    assert index(crm) == IndexResult(3, 1, [])
    assert index(crm, rebuild=True) == IndexResult(3, 3, [])


def test_only_verify_reads_every_note_again(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {"a.md": "apple", "b.md": "pear"})
    index(crm)
    (tmp_path / "v/a.md").write_text("peach")  # of the same size
    trust_files(crm.vault)  # as after a change that restored the timestamps
    crm = Crm(crm.vault.root, NOW)
    assert index(crm) == IndexResult(2, 0, [])
    assert index(crm, verify=True) == IndexResult(2, 1, ["a.md"])
    assert index(crm, verify=True) == IndexResult(2, 0, [])


def test_verify_finds_a_note_that_is_in_the_index_only(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {"a.md": "apple"})
    larger = crm_with(tmp_path / "larger", {"a.md": "apple", "b.md": "pear"})
    index(crm)
    index(larger)
    shutil.rmtree(index_folder(crm.vault))
    shutil.copytree(index_folder(larger.vault), index_folder(crm.vault))
    trust_files(crm.vault)
    assert index(Crm(crm.vault.root, NOW), verify=True).differing == ["b.md"]
