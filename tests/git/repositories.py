"""What the Git tests share."""

from datetime import datetime
from pathlib import Path

from vaultcrm.actions.crm import Crm

NOW = datetime(2026, 11, 16, 9, 30)
NOTE = b"---\ntype: client\nrate: 60\n---\n"


def crm(root: Path) -> Crm:
    return Crm(str(root), NOW, ["test"])
