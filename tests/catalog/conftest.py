"""A fixture that builds the catalogue of a small vault."""

from pathlib import Path

import pytest

from tests.catalog.catalogs import PLAIN, Build
from tests.support import make_vault, refreshed
from vaultcrm.catalog.catalog import Catalog


@pytest.fixture
def catalog_of(tmp_path: Path) -> Build:
    """Builds a vault from the paths of plain notes and from files with their texts; returns its catalogue."""

    def build(*paths: str, **files: str) -> Catalog:
        return refreshed(make_vault(tmp_path / "vault", {**dict.fromkeys(paths, PLAIN), **files}))

    return build
