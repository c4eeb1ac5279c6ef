"""What the tests of the vault share."""

from pathlib import Path

import pytest

from tests.support import make_vault
from tests.vault.journals import FIRST
from vaultcrm.vault.vault import Vault


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return make_vault(tmp_path / "vault", FIRST)
