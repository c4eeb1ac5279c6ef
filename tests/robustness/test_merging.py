"""Edits of two devices merged through clones; and the measuring is measured, too."""

from tests.robustness import merge_rules, merging


def test_edits_of_two_devices_are_merged_through_clones() -> None:
    tally = merging.merged(20, seed=7)
    assert tally.faults == []
    assert sum(tally.ours.values()) > 10
    assert tally.ours["clean"] > tally.plain["clean"]


def test_what_is_lost_would_be_seen() -> None:
    base = merge_rules.Sheet({"type": "client", "rate": "80", "tags": ["a"]}, ("one", "two"), ("type", "as agreed"), "\n")
    ours = base._replace(pairs={**base.pairs, "rate": "85"}, body=("one", "two", "three"))
    theirs = base._replace(pairs={**base.pairs, "tags": ["a", "b"]})
    whole = ours._replace(pairs={**ours.pairs, "tags": ["a", "b"]}).write()
    assert merge_rules.faults(base, ours, theirs, whole) == []
    for lost in (b"  - b\n", b"three\n", b"  # as agreed", b"rate: 85\n"):
        assert len(merge_rules.faults(base, ours, theirs, whole.replace(lost, b""))) == 1
    assert merge_rules.faults(base, ours, theirs, whole.replace(b"rate", b"tags")) == ["it cannot be read"]
    assert merge_rules.faults(base, ours, theirs, whole.replace(b"\n", b"\r\n")) == ["line endings"]
    assert merge_rules.faults(base, ours, base._replace(pairs={**base.pairs, "rate": "90"}), ours.write()) == ["both changed rate"]
