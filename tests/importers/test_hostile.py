"""A few of the hostile inputs of `tests.robustness.hostile_imports`, on every run."""

import pytest

from tests.robustness.hostile_imports import FAMILIES, check, mutated


@pytest.mark.parametrize("kind", FAMILIES)
def test_mutated_exports_are_read_or_refused(kind: str) -> None:
    faults = {number: fault for number in range(15) if (fault := check(kind, mutated(kind, number)))}
    assert faults == {}
