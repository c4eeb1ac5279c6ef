"""Two clones that are changed at random end up equal; and a loss would be noticed."""

from pathlib import Path

import pytest

from tests.actions.clones import change
from tests.robustness import sync_world, syncing

pytestmark = pytest.mark.usefixtures("known")


@pytest.mark.parametrize("seed", [1, 2])
def test_two_clones_changed_at_random_end_up_equal_and_lose_nothing(seed: int) -> None:
    assert syncing.run_world(seed, rounds=5).faults == []


def test_a_loss_would_be_noticed(tmp_path: Path, home: Path) -> None:
    sync_world.set_identity(home)
    world = sync_world.World(tmp_path, 1)
    assert world.faults() == []
    word = world.new_word()
    assert world.faults() == [f"lost: {word}"]
    change(world.sides[0], "a.md", f"{word}\n<<<<<<< HEAD\n")
    assert world.faults() == ["differs: a.md", "conflict markers: a.md", "a: not committed: ?? a.md\n"]
