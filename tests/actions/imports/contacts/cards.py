"""Cards for the tests, and an import of them into a vault."""

import contextlib
from collections import Counter
from datetime import UTC
from pathlib import Path

from tests.actions.vaults import NOW
from tests.support import contents
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.import_run import ImportOptions, Source
from vaultcrm.actions.imports.import_sources import import_sources
from vaultcrm.actions.imports.report import ImportReport

ME = ("nora@example.com", "Nora Lind")
DEFAULTS = ImportOptions()


def card(name: str = "", *lines: str) -> str:
    """A vCard: its name, and lines such as "EMAIL:dana@acme.example"."""
    return "\n".join(["BEGIN:VCARD", "VERSION:3.0", f"FN:{name}", *lines, "END:VCARD", ""])


def import_(root: Path, *sources: str | Path, options: ImportOptions = DEFAULTS, is_dry_run: bool = False) -> ImportReport:
    """Import cards, tables or mails, which are told apart by how they begin."""
    crm = Crm(str(root), NOW, ["import"])
    given = [Source(source if isinstance(source, Path) else source.encode(), _name(source)) for source in sources]
    with contextlib.closing(crm.catalog):
        return import_sources(crm, given, options._replace(me=ME), UTC, is_dry_run)


def outcomes(report: ImportReport) -> dict[str, int]:
    return dict(Counter(item.outcome for item in report.items))


def notes(root: Path) -> dict[str, str]:
    """The notes of a vault by their paths."""
    return {path: data.decode() for path, data in contents(root).items() if path.endswith(".md")}


def _name(source: str | Path) -> str:
    return source.name if isinstance(source, Path) else "table.csv" if "," in source[:10] else "contacts"
