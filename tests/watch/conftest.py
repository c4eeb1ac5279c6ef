"""Fixtures of the watcher's tests."""

from pathlib import Path

import pytest

from tests.support import make_vault
from tests.watch.watchers import FILES
from vaultcrm.vault.vault import Vault


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return make_vault(tmp_path / "vault", FILES)
