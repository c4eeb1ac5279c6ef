"""A vault with a conflict copy, for the tests of `check --fix`."""

from datetime import datetime
from pathlib import Path

from tests.support import make_vault
from vaultcrm.actions.crm import Crm

AT = datetime(2026, 11, 16, 9, 30)
NOTE = "---\ntype: client\nstatus: active  # since May\nrate: 80\ntags:\n  - web\n---\n\nFirst line.\n\nLast line.\n"
PHONE = NOTE.replace("rate: 80", "rate: 85").replace("  - web\n", "  - web\n  - print\n").replace("Last line.", "A line.\n\nLast line.")
COPY = "clients/Acme/Acme.sync-conflict-20260102-123456-ABCDEFG.md"


def crm_of(tmp_path: Path, **files: str) -> Crm:
    vault = make_vault(tmp_path / "v", files or {"clients/Acme/Acme.md": NOTE, COPY: PHONE})
    return Crm(vault.root, AT, ["check", "--fix"])
