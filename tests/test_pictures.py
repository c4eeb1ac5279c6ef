"""The pictures in `docs/` show what the commands print today. `pytest --accept` draws them again."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT

DOCS = ROOT / "docs"


def test_the_pictures_show_what_the_commands_print(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    subprocess.run([sys.executable, DOCS / "picture.py", tmp_path], check=True)
    fresh = {path.name: path.read_text("utf-8") for path in tmp_path.glob("*.svg")}
    committed = {path.name: path.read_text("utf-8") for path in DOCS.glob("*.svg")}
    if request.config.getoption("--accept"):
        for name, text in fresh.items():
            if committed.get(name) != text:
                (DOCS / name).write_text(text, "utf-8")
    assert committed == fresh


def test_the_readme_shows_every_picture() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for path in DOCS.glob("*.svg"):
        assert f"docs/{path.name}" in readme
