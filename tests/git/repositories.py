"""Helpers of the Git tests: run Git, and open a vault."""

import subprocess
from datetime import datetime
from pathlib import Path

from vaultcrm.actions.crm import Crm

NOW = datetime(2026, 11, 16, 9, 30)
NOTE = b"---\ntype: client\nrate: 60\n---\n"


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, check=True, text=True).stdout


def crm(root: Path) -> Crm:
    return Crm(str(root), NOW, ["test"])
