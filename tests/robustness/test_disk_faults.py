"""Every writing call of every command fails, finds the disk full, or is the last before a kill; nothing is torn."""

import shutil
import sys

import pytest

from tests.robustness import disk_faults, sync_disk_faults

pytestmark = pytest.mark.skipif(shutil.which("gcc") is None or sys.platform != "linux", reason="compiles a library that is preloaded")


@pytest.mark.parametrize("command", disk_faults.COMMANDS)
def test_a_command_whose_disk_fails_tears_nothing_and_says_what_it_did(command: str) -> None:
    result = disk_faults.sweep(commands=(command,))
    assert result.faults == []
    assert result.number[command] > 3


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("mode", disk_faults.MODES)
def test_a_sync_whose_disk_fails_loses_nothing_and_says_what_is_unfinished(mode: str) -> None:
    """Every fifth call; `python -m tests.robustness sync-disk-faults` tries all."""
    result = sync_disk_faults.sweep(mode, every=5)
    assert result.faults == []
    assert result.number > 20
