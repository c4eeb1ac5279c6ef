"""Run Git, and make repositories quickly: each kind is made once, and copied for every test."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest


def git(folder: Path, *words: str) -> str:
    """What Git prints; it has to succeed."""
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, encoding="utf-8", errors="surrogateescape")
    assert done.returncode == 0, done.stderr
    return done.stdout


def copy_of(name: str, make: Callable[[Path], None], folder: Path, factory: pytest.TempPathFactory) -> None:
    """Put into a folder what `make` puts into an empty one; Git's settings may hold the folder's path."""
    template = factory.getbasetemp() / f"template of {name}"
    if not template.exists():
        template.mkdir()
        make(template)
        for sample in template.rglob("hooks/*.sample"):  # Git puts a dozen into each repository
            sample.unlink()
    shutil.copytree(template, folder, symlinks=True, dirs_exist_ok=True)
    for config in template.rglob("config"):
        if config.is_file():
            (folder / config.relative_to(template)).write_text(config.read_text().replace(str(template), str(folder)))
