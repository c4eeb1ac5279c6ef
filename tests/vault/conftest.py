"""Fixtures for the tests of the vault."""

from pathlib import Path

import pytest

from tests.support import make_vault
from tests.vault.journals import INITIAL
from vaultcrm.vault.vault import Vault


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return make_vault(tmp_path / "vault", INITIAL)
