"""Broken and hostile address books, imported as a whole: nothing live, nothing outside of the clients' folders, never twice."""

import contextlib
from pathlib import Path

import pytest

from tests.actions.imports.contacts.cards import import_
from tests.actions.vaults import NOW
from tests.conftest import PROFILE
from tests.robustness.hostile_imports import mutated
from tests.support import bounded_work, contents, make_vault
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.import_run import ImportOptions

INPUTS = 1_000 if PROFILE == "nightly" else 6


@pytest.mark.parametrize("kind", ["vcard", "contacts"])
def test_a_broken_address_book_does_no_harm(tmp_path: Path, kind: str) -> None:
    for number in range(INPUTS):
        root = Path(make_vault(tmp_path / str(number) / "vault", {"vaultcrm.toml": 'id = "0123456789abcdef"\n'}).root)
        data = tmp_path / str(number) / "input"
        data.write_bytes(mutated(kind, number))
        with bounded_work():
            report = import_(root, data, options=ImportOptions(kind))
        assert sum(report.counts().values()) == len(report.items)
        before = contents(tmp_path / str(number))
        again = import_(root, data, options=ImportOptions(kind))
        assert (again.notes, again.changed, contents(tmp_path / str(number))) == ([], [], before), number
        assert all(path.startswith(("vault/clients/", "vault/.vaultcrm/imported/")) for path in before if path.count("/") > 1), number
        crm = Crm(str(root), NOW)
        crm.refresh()
        with contextlib.closing(crm.catalog):
            assert (crm.catalog.follow_ups(), crm.catalog.decisions(), crm.catalog.problems()) == ([], [], []), number
            assert [crm.catalog.rows(f"SELECT * FROM {table}") for table in ("links", "points")] == [[], []], number
            assert {note.type for note in crm.catalog.notes()} <= {"client", "person"}, number
