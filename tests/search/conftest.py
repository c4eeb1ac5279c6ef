"""Fixtures of the search tests."""

from pathlib import Path

import pytest

from tests.support import make_vault
from vaultcrm.vault.vault import Vault


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    notes = {"a.md": "pear and plum", "c/b.md": "---\ntype: decision\n---\npear", "c/c.md": "plum", "d.md": ""}
    return make_vault(tmp_path / "vault", notes)
