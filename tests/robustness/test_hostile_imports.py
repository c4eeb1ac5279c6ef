"""A thousand hostile inputs, and the bombs, for each format that can be imported; some of them imported into vaults."""

import pytest

from tests.robustness.hostile_imports import FAMILIES, check_family
from tests.robustness.hostile_vaults import check_imports


@pytest.mark.parametrize("kind", FAMILIES)
def test_hostile_imports_do_no_harm(kind: str) -> None:
    assert check_family(kind, 1_000) == []


@pytest.mark.parametrize("kind", FAMILIES)
def test_hostile_imports_leave_nothing_live_in_a_vault(kind: str) -> None:
    assert check_imports(kind, 100) == []
