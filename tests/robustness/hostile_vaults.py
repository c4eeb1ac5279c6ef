"""Hostile exports imported into a vault: the notes that are written, read by readers of Markdown and YAML that aren't ours.

However broken an export is, it changes nothing outside of the vault, nothing in it is live, and a second import adds nothing.
"""

import contextlib
import json
import os
import resource
import tempfile
import time
import traceback
from datetime import UTC
from pathlib import Path

from tests.actions.imports.test_contract import check_front_matter, check_markdown
from tests.actions.vaults import CLIENT, NOW, note
from tests.robustness.hostile_imports import MEGABYTES, SECONDS, mutated, slack_export
from tests.support import contents, make_vault
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.import_run import ImportOptions, Source
from vaultcrm.actions.imports.import_sources import import_sources
from vaultcrm.actions.imports.report import ImportReport
from vaultcrm.errors import VaultcrmError
from vaultcrm.markdown.page import split_page

VAULT = {
    "vaultcrm.toml": 'id = "0123456789abcdef"\nme = ["nora@example.com", "Ann"]\n',
    "clients/Acme Studio/Acme Studio.md": CLIENT,
    "clients/Acme Studio/Dana Roe.md": note("person", "email: [dana@acme.example, a@x.example, d@x.example]"),
}
_ADDRESS_SPACE = 4 * 2**30  # which the threads of a writer reserve and never use
_FILES = {"archive": "export.zip", "slack": "export.zip"}  # by kind; others are named for nothing
_ANY_KIND = ("archive", "text")  # an archive may be of any kind, and a text is what is pasted


def check_import(kind: str, data: bytes, folder: Path) -> str | None:
    """What is wrong with how an export was imported into a new vault below `folder`; None if nothing is."""
    root = Path(make_vault(folder / "vault", VAULT).root)
    source = folder / _FILES.get(kind, "input")
    source.write_bytes(slack_export(data) if kind == "slack" else data)
    start = time.process_time()
    try:
        report = _import(root, kind, source, data)
        seconds = time.process_time() - start
        if seconds > SECONDS:
            return f"{seconds:.1f} s"
        _check_notes(root, folder, source)
        before = contents(folder)
        again = _import(root, kind, source, data)
        assert (again.notes, again.changed) == ([], []), "a second import changes something"
        assert contents(folder) == before, "a second import writes something"
        assert sum(report.counts().values()) == len(report.items)
    except VaultcrmError:
        return None if contents(root) == {path: text.encode() for path, text in VAULT.items()} else "refused, but written"
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__}: {str(error)[:200]} ({where.filename}, line {where.lineno})"
    return None


def _import(root: Path, kind: str, source: Path, data: bytes) -> ImportReport:
    crm = Crm(str(root), NOW, ["import"])
    with contextlib.closing(crm.catalog):
        options = ImportOptions(None if kind in _ANY_KIND else kind, date_order="dmy", with_bulk=True)
        what = Source(data, "the clipboard") if kind == "text" else Source(source, source.name)
        return import_sources(crm, [what], options, UTC)


def _check_notes(root: Path, folder: Path, source: Path) -> None:
    """Nothing is written but notes of ours, files and the ledger, and nothing in the notes is live."""
    written = contents(folder)
    assert all(path.startswith("vault/") for path in written if folder / path != source), "written outside of the vault"
    new = {path: data for path, data in contents(root).items() if path not in VAULT}
    for path, data in new.items():
        assert path.startswith(("clients/", "inbox/", ".vaultcrm/imported/")), path
        if path.endswith(".md"):
            check_front_matter(data)
            check_markdown(split_page(data).after.decode().partition("---")[2])
    crm = Crm(str(root), NOW)
    crm.refresh()
    with contextlib.closing(crm.catalog):
        assert (crm.catalog.follow_ups(), crm.catalog.decisions(), crm.catalog.problems()) == ([], [], [])
        assert crm.catalog.rows("SELECT * FROM points") == []
        assert {note.type for note in crm.catalog.notes()} <= {"client", "person", "interaction"}


def check_imports(kind: str, count: int) -> list[str]:
    """The faults of `count` mutated inputs of a format, each imported in a process of its own."""
    return [f"{kind}, input {number}: {fault}" for number in range(count) if (fault := _check_alone(kind, number))]


def _check_alone(kind: str, number: int) -> str | None:
    with tempfile.TemporaryDirectory() as folder:
        reader, writer = os.pipe()
        if (process := os.fork()) == 0:
            fault: str | None = "The process ended."
            try:
                pages = int(Path("/proc/self/statm").read_text().split()[0])
                limit = pages * os.sysconf("SC_PAGE_SIZE") + _ADDRESS_SPACE
                resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
                before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                fault = check_import(kind, mutated(kind, number), Path(folder))
                used = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
                fault = fault or (f"{used} MB" if used > MEGABYTES else None)
            finally:
                with os.fdopen(writer, "w") as pipe:
                    json.dump(fault, pipe)
                os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            text = pipe.read()
        os.waitpid(process, 0)
    found: str | None = json.loads(text or '"The process ended."')
    return found
