"""Two clones changed at random come to rest; and the measuring is measured, too."""

from pathlib import Path

import pytest

from tests.actions.clones import change
from tests.robustness import sync_world, syncing

pytestmark = pytest.mark.usefixtures("known")


@pytest.mark.parametrize("seed", [1, 2])
def test_two_clones_stirred_come_to_rest_and_lose_nothing(seed: int) -> None:
    assert syncing.world(seed, rounds=5).faults == []


def test_what_is_lost_would_be_seen(tmp_path: Path, home: Path) -> None:
    sync_world.identity(home)
    world = sync_world.World(tmp_path, 1)
    assert world.faults() == []
    word = world.word()
    assert world.faults() == [f"lost: {word}"]
    change(world.sides[0], "a.md", f"{word}\n<<<<<<< HEAD\n")
    assert world.faults() == ["differs: a.md", "marks of a conflict: a.md", "a: not committed: ?? a.md\n"]
