"""Sixty holes in three vaults: each is found, and hardly anything else."""

import json
import shlex
from pathlib import Path

import pytest

from tests.actions.coverage.planted import Hole, Planted, make, run
from tests.actions.coverage.vaults import VAULTS


@pytest.mark.parametrize("planted", VAULTS, ids=[planted.name for planted in VAULTS])
def test_each_hole_is_found_and_nothing_else(planted: Planted, tmp_path: Path) -> None:
    root = make(planted, tmp_path)
    gaps = json.loads(run(root, "coverage", "--json"))["gaps"]

    def is_in(hole: Hole) -> bool:
        return any(gap["kind"] == hole.kind and gap["client"] == hole.client and hole.words in gap["text"] for gap in gaps)

    assert [hole for hole in planted.holes if not is_in(hole)] == []
    assert len(gaps) == len(planted.holes), [(gap["kind"], gap["client"], gap["text"]) for gap in gaps]


def test_the_commands_mend_what_they_stand_for(tmp_path: Path) -> None:
    root = make(VAULTS[2], tmp_path)
    gaps = json.loads(run(root, "coverage", "--json"))["gaps"]
    kinds = ("they-wait", "you-wait", "promise", "their-promise")
    for gap in gaps:
        if gap["kind"] in kinds:
            run(root, *shlex.split(gap["command"])[1:])
    assert [gap for gap in json.loads(run(root, "coverage", "--json"))["gaps"] if gap["kind"] in kinds] == []
