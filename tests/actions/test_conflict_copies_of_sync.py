"""Conflict copies that sync made: Git knows the version that both sides come from."""

import pytest

from tests.actions.clones import ACME, NOTE, Pair, change, crm
from tests.repositories import git
from vaultcrm.actions import conflict_copies

pytestmark = pytest.mark.usefixtures("known")

OURS = NOTE.replace("60", "80").replace("Middle.", "Our middle.")
THEIRS = NOTE.replace("60", "85").replace("Middle.", "Their middle.").replace("\nLast line.\n", "")


@pytest.mark.parametrize("is_renamed", [False, True])
def test_only_what_both_sides_changed_is_asked(is_renamed: bool, pair: Pair) -> None:
    pair.sync_both(ACME, OURS, THEIRS)
    later = (pair.a / ACME).read_text().replace("status: active", "status: paused").replace("First line.\n", "")
    change(pair.a, ACME, later)
    if is_renamed:
        (pair.a / "clients/Acme").rename(pair.a / "clients/Zenith")
    (found,) = conflict_copies.find_pairs(crm(pair.a))
    proposal = conflict_copies.propose_merge(crm(pair.a), found)
    assert proposal.base_data == NOTE.encode()
    assert [(difference.key, difference.original, difference.copy) for difference in proposal.differences] == [("rate", "80", "85")]
    merged = conflict_copies.accept_merge(crm(pair.a), proposal, ["rate"])
    text = (pair.a / merged.changed[0]).read_text()
    assert "status: paused" in text
    assert "rate: 85" in text
    body = text.rpartition("---\n")[2]
    assert [line for line in body.split("\n") if line] == ["Our middle.", "Last line.", "Their middle."]


def test_without_the_history_all_lines_are_kept(pair: Pair) -> None:
    pair.sync_both(ACME, OURS, THEIRS)
    git(pair.a, "config", "core.editor", "x")  # the repository must not be used
    (found,) = conflict_copies.find_pairs(crm(pair.a))
    proposal = conflict_copies.propose_merge(crm(pair.a), found)
    assert proposal.base_data is None
    assert [difference.key for difference in proposal.differences] == ["rate"]
