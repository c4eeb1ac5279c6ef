"""What the tests of the catalogue share."""

from pathlib import Path

import pytest

from tests.catalog.catalogs import PLAIN, Build
from tests.support import make_vault, refreshed
from vaultcrm.catalog.catalog import Catalog


@pytest.fixture
def catalog_of(tmp_path: Path) -> Build:
    """The catalogue of a small vault, by the paths of its notes; files without a text are plain notes."""

    def build(*paths: str, **files: str) -> Catalog:
        return refreshed(make_vault(tmp_path / "vault", {**dict.fromkeys(paths, PLAIN), **files}))

    return build
