"""The sweep of `tests.robustness.disk_faults`: a few calls of one command here, every call of every command in the nightly profile."""

import os
import shutil
import sys

import pytest

from tests.robustness import disk_faults

is_nightly = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"


@pytest.mark.skipif(shutil.which("gcc") is None or sys.platform != "linux", reason="compiles a library that is preloaded")
@pytest.mark.parametrize("command", disk_faults.COMMANDS if is_nightly else ["set"])
def test_a_command_whose_disk_fails_tears_nothing_and_says_what_it_did(command: str) -> None:
    result = disk_faults.sweep(every=1 if is_nightly else 25, commands=(command,))
    assert result.faults == []
    assert result.number[command] > 3
