"""A thousand hostile inputs, and the bombs, for each format that can be imported."""

import pytest

from tests.robustness.hostile_imports import FAMILIES, check_family


@pytest.mark.parametrize("kind", FAMILIES)
def test_hostile_imports_do_no_harm(kind: str) -> None:
    assert check_family(kind, 1_000) == []
