"""A few of the disk faults of `tests.robustness`, on every run: in the middle of an import and of a sync."""

import shutil
import sys

import pytest

from tests.robustness import disk_faults, sync_disk_faults

pytestmark = pytest.mark.skipif(shutil.which("gcc") is None or sys.platform != "linux", reason="compiles a library that is preloaded")


def test_an_import_whose_disk_fails_writes_all_or_nothing() -> None:
    assert disk_faults.sweep(every=75, commands=("import",), parallel=1).faults == []


@pytest.mark.usefixtures("known")
def test_a_sync_that_is_killed_while_it_writes_notes_loses_nothing() -> None:
    """Of 250 writing calls, those around the 140th write the notes."""
    assert sync_disk_faults.sweep("kill", every=1000, first=140).faults == []
