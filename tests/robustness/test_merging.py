"""Edits on two devices are merged through clones; and a loss would be noticed."""

from tests.robustness import merge_rules, merging


def test_edits_on_two_devices_are_merged_through_clones() -> None:
    tally = merging.run_merges(20, seed=7)
    assert tally.faults == []
    assert sum(tally.ours.values()) > 10
    assert tally.ours["clean"] > tally.plain["clean"]


def test_a_loss_would_be_noticed() -> None:
    base = merge_rules.ModelNote({"type": "client", "rate": "80", "tags": ["a"]}, ("one", "two"), ("type", "as agreed"), "\n")
    ours = base._replace(pairs={**base.pairs, "rate": "85"}, body=("one", "two", "three"))
    theirs = base._replace(pairs={**base.pairs, "tags": ["a", "b"]})
    whole = ours._replace(pairs={**ours.pairs, "tags": ["a", "b"]}).to_bytes()
    assert merge_rules.merge_faults(base, ours, theirs, whole) == []
    for lost in (b"  - b\n", b"three\n", b"  # as agreed", b"rate: 85\n"):
        assert len(merge_rules.merge_faults(base, ours, theirs, whole.replace(lost, b""))) == 1
    assert merge_rules.merge_faults(base, ours, theirs, whole.replace(b"rate", b"tags")) == ["it cannot be read"]
    assert merge_rules.merge_faults(base, ours, theirs, whole.replace(b"\n", b"\r\n")) == ["line endings"]
    assert merge_rules.merge_faults(base, ours, base._replace(pairs={**base.pairs, "rate": "90"}), ours.to_bytes()) == ["both changed rate"]
