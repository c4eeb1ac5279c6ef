"""Conflict copies merged with their originals: whole notes before and after, and undone."""

from pathlib import Path

import pytest

from tests.actions.copies import COPY, NOTE, PHONE, crm_of
from tests.support import contents
from vaultcrm.actions import check, conflict_copies, undo
from vaultcrm.actions.conflict_copies import CopyPair, PropertyDifference
from vaultcrm.errors import Conflict, Refused


def test_a_copy_is_merged_into_its_original_and_deleted_in_one_step(tmp_path: Path) -> None:
    crm = crm_of(tmp_path)
    root = Path(crm.vault.root)
    before = contents(root)
    (pair,) = conflict_copies.find_pairs(crm)
    assert pair == CopyPair(COPY, "clients/Acme/Acme.md", "Syncthing", True)
    proposal = conflict_copies.propose_merge(crm, pair)
    assert proposal.differences == (PropertyDifference("rate", "80", "85"),)
    written = conflict_copies.accept_merge(crm, proposal)
    expected = PHONE.replace("rate: 85", "rate: 80")
    assert contents(root) == {"clients/Acme/Acme.md": expected.encode()}
    assert written.changed == ["clients/Acme/Acme.md", COPY]
    undo.undo(crm.vault.root)
    assert contents(root) == before
    conflict_copies.accept_merge(crm, proposal, ["rate"])
    assert contents(root) == {"clients/Acme/Acme.md": PHONE.encode()}


@pytest.mark.parametrize("ending", [".sync-conflict-20260102-123456-ABCDEFG", ".conflict2", "..path1", ".Conflict", "~HEAD"])
def test_a_copy_with_an_ending_behind_md_is_merged_as_well(ending: str, tmp_path: Path) -> None:
    crm = crm_of(tmp_path, **{"a.md": "one\n", f"a.md{ending}": "one\ntwo\n", "logo.png": "1", f"logo.png{ending}": "2"})
    before = contents(Path(crm.vault.root))
    (pair,) = conflict_copies.find_pairs(crm)
    conflict_copies.accept_merge(crm, conflict_copies.propose_merge(crm, pair))
    assert contents(Path(crm.vault.root)) == {"a.md": b"one\ntwo\n", "logo.png": b"1", f"logo.png{ending}": b"2"}
    undo.undo(crm.vault.root)
    assert contents(Path(crm.vault.root)) == before
    messages = {problem.path: problem.message for problem in check.problems(crm)}
    assert messages[f"a.md{ending}"] == "A conflict copy of 'a.md'. Merge it with vaultcrm check --fix."
    assert messages[f"logo.png{ending}"] == "A conflict copy of 'logo.png'. Compare the two and delete one."


@pytest.mark.parametrize("ending", [".orig", ".mine", ".r3"])
def test_the_leftovers_of_an_unfinished_merge_are_told_and_not_merged(ending: str, tmp_path: Path) -> None:
    crm = crm_of(tmp_path, **{"a.md": "one\n", f"a.md{ending}": "one\ntwo\n"})
    assert conflict_copies.find_pairs(crm) == []
    (problem,) = check.problems(crm)
    assert (problem.path, problem.message) == (f"a.md{ending}", "A conflict copy of 'a.md'. Compare the two and delete one.")


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ("a\nb\nc\n", "a\nx\nc\n", "a\nb\nx\nc\n"),
        ("a\r\nb\r\n", "a\nb\nc\n", "a\r\nb\r\nc\r\n"),
        ("a\nb", "a\nc", "a\nb\nc"),
        ("", "a\n", "a\n"),
        ("a\n", "b", "a\nb\n"),
        ("a\nk\nc\n", "b\nk\nx\nc\n", "a\nb\nk\nx\nc\n"),
        ("- [ ] x\n", "- [x] x\n- [ ] y\n", "- [ ] x\n- [x] x\n- [ ] y\n"),
    ],
)
def test_no_line_of_either_note_is_lost(ours: str, theirs: str, expected: str, tmp_path: Path) -> None:
    crm = crm_of(tmp_path, **{"a.md": ours, "a (conflict 2026-11-16 ab12cd3).md": theirs})
    (pair,) = conflict_copies.find_pairs(crm)
    conflict_copies.accept_merge(crm, conflict_copies.propose_merge(crm, pair))
    assert contents(Path(crm.vault.root)) == {"a.md": expected.encode()}


def test_a_merge_that_would_duplicate_a_task_is_not_safe(tmp_path: Path) -> None:
    files = {"a.md": "- [ ] Ring 📅 2026-11-16\n", "a (conflict 2026-11-16 ab12cd3).md": "- [x] Ring 📅 2026-11-16 ✅ 2026-11-15\n"}
    crm = crm_of(tmp_path, **files)
    proposal = conflict_copies.propose_merge(crm, conflict_copies.find_pairs(crm)[0])
    assert (proposal.is_safe, proposal.duplicate_tasks) == (False, ("Ring",))


def test_a_task_that_the_copy_has_twice_is_no_duplicate(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, **{"a.md": "- [ ] Ring\n", "a (conflict 2026-11-16 ab12cd3).md": "- [ ] Ring\n- [ ] Ring\n"})
    proposal = conflict_copies.propose_merge(crm, conflict_copies.find_pairs(crm)[0])
    assert (proposal.merged_data, proposal.is_safe, proposal.duplicate_tasks) == (b"- [ ] Ring\n- [ ] Ring\n", True, ())


def test_a_copy_of_a_copy_is_merged_first(tmp_path: Path) -> None:
    first = "T.sync-conflict-20260102-123456-ABCDEFG.md"
    second = "T.sync-conflict-20260102-123456-ABCDEFG.sync-conflict-20260103-123456-ABCDEFG.md"
    crm = crm_of(tmp_path, **{"T.md": "a\n", first: "a\nb\n", second: "a\nb\nc\n"})
    for _ in range(2):
        conflict_copies.accept_merge(crm, conflict_copies.propose_merge(crm, conflict_copies.find_pairs(crm)[0]))
    assert contents(Path(crm.vault.root)) == {"T.md": b"a\nb\nc\n"}


def test_unreadable_properties_are_not_merged(tmp_path: Path) -> None:
    crm = crm_of(tmp_path, **{"a.md": "---\na: [\n---\n", "a (conflict 2026-11-16 ab12cd3).md": "---\na: 1\n---\n"})
    (pair,) = conflict_copies.find_pairs(crm)
    with pytest.raises(Refused, match="can't be merged"):
        conflict_copies.propose_merge(crm, pair)


def test_a_copy_that_has_changed_since_the_proposal_is_kept(tmp_path: Path) -> None:
    crm = crm_of(tmp_path)
    proposal = conflict_copies.propose_merge(crm, conflict_copies.find_pairs(crm)[0])
    (Path(crm.vault.root) / COPY).write_text(PHONE + "More.\n")
    before = contents(Path(crm.vault.root))
    with pytest.raises(Conflict, match="was changed by another program"):
        conflict_copies.accept_merge(crm, proposal)
    assert contents(Path(crm.vault.root)) == before


def test_check_reports_likely_copies_and_copies_of_other_files(tmp_path: Path) -> None:
    files = {
        "clients/Acme/Acme.md": NOTE,
        "clients/Acme/Acme 2.md": PHONE,
        "clients/Acme/Plan.md": "One\nTwo things\n",
        "clients/Acme/Plan 2.md": "Quite another plan\n",
        "clients/Acme/logo (conflict 2026-11-16 ab12cd3).png": "x",
        "Gone.sync-conflict-20260102-123456.md": "The only one that is left.\n",
        "clients/Acme/logo.png": "y",
    }
    crm = crm_of(tmp_path, **files)
    assert [(problem.path, problem.code) for problem in check.problems(crm)] == [
        ("clients/Acme/Acme 2.md", "possible-copy"),
        ("clients/Acme/logo (conflict 2026-11-16 ab12cd3).png", "conflict-copy"),
    ]
    assert [pair.copy for pair in conflict_copies.find_pairs(crm)] == ["clients/Acme/Acme 2.md"]
    assert check.problems(crm, "clients/Acme") == check.problems(crm)
    assert check.problems(crm, "clients/Other") == []
    assert conflict_copies.find_pairs(crm, "clients/Other") == []


def test_an_original_that_has_changed_since_the_proposal_is_kept(tmp_path: Path) -> None:
    crm = crm_of(tmp_path)
    proposal = conflict_copies.propose_merge(crm, conflict_copies.find_pairs(crm)[0])
    (Path(crm.vault.root) / "clients/Acme/Acme.md").write_text(NOTE + "More.\n")
    before = contents(Path(crm.vault.root))
    with pytest.raises(Refused, match="It has changed since it was shown"):
        conflict_copies.accept_merge(crm, proposal)
    assert contents(Path(crm.vault.root)) == before


def test_large_bodies_are_merged_without_comparing_lines(tmp_path: Path) -> None:
    ours, theirs = ("".join(f"{start}{number % 7}\n" for number in range(3000)) + "common\n" + f"{start}\n" for start in "ab")
    crm = crm_of(tmp_path, **{"a.md": f"x\n{ours}y\n", "a (conflict 2026-11-16 ab12cd3).md": f"x\n{theirs}y\n"})
    proposal = conflict_copies.propose_merge(crm, conflict_copies.find_pairs(crm)[0])
    assert proposal.merged_data.decode() == f"x\n{ours}{theirs}y\n"
