"""The ledger of what was imported: on all devices, with versions, and up to which day."""

import contextlib
from datetime import date
from pathlib import Path

import pytest

from tests.actions.vaults import NOW
from tests.support import make_vault
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.ledger import Ledger, fingerprint
from vaultcrm.actions.imports.ledger_days import LEDGER


@pytest.fixture
def crm(tmp_path: Path) -> Crm:
    return Crm(make_vault(tmp_path / "vault", {}).root, NOW, ["import"])


def lines(crm: Crm) -> list[list[str]]:
    return sorted(path.read_text().splitlines() for path in Path(crm.vault.path(LEDGER)).iterdir())


def write(crm: Crm, ledger: Ledger, is_complete: bool = True) -> None:
    with contextlib.closing(crm.catalog), crm.writing() as writer:
        ledger.write(writer, is_complete)


def test_what_is_kept_is_known_to_the_next_import_with_its_versions(crm: Crm) -> None:
    ledger = Ledger(crm)
    assert "mail:1" not in ledger
    ledger.add("mail:1")
    ledger.add("ics:a", "000002:x")
    write(crm, ledger)
    again = Ledger(crm)
    assert "mail:1" in again
    assert again.versions("ics:a") == {"000002:x"}
    again.add("mail:1")
    again.add("ics:a", "000002:x")
    write(crm, again)
    assert len(lines(crm)) == 1  # there was nothing new
    again.add("ics:a", "000003:y")
    write(crm, again)
    assert Ledger(crm).versions("ics:a") == {"000002:x", "000003:y"}
    assert [f"{fingerprint('ics:a')} 000003:y"] in lines(crm)


def test_a_day_counts_after_a_complete_run_and_never_goes_back(crm: Crm) -> None:
    ledger = Ledger(crm)
    ledger.reach("mail", date(2026, 11, 2))
    ledger.reach("mail", date(2026, 10, 2))
    write(crm, ledger, is_complete=False)
    assert Ledger(crm).until == {}
    write(crm, ledger)
    assert Ledger(crm).until == {"mail": date(2026, 11, 2)}
    later = Ledger(crm)
    later.reach("mail", date(2026, 11, 1))
    later.reach("whatsapp", date(2026, 10, 3))
    write(crm, later)
    assert Ledger(crm).until == {"mail": date(2026, 11, 2), "whatsapp": date(2026, 10, 3)}
    assert lines(crm) == [["until mail 2026-11-02"], ["until whatsapp 2026-10-03"]]


def test_what_others_have_written_into_the_folder_does_no_harm(crm: Crm) -> None:
    folder = Path(crm.vault.path(LEDGER))
    folder.mkdir(parents=True)
    (folder / "a.txt").write_bytes(b"\xff\xfe until mail 2026-11-02\nuntil mail 2026-99-99\nrubbish\n" + fingerprint("mail:1").encode())
    (folder / "b.txt").mkdir()
    (folder / "c.md").write_text("until mail 2026-11-02\n")
    assert Ledger(crm).until == {}
    assert "mail:1" in Ledger(crm)


@pytest.mark.parametrize(
    ("day", "is_new", "until"),
    [
        (date(2026, 11, 8), False, date(2026, 11, 2)),  # less than a week later
        (date(2026, 11, 9), False, date(2026, 11, 9)),
        (date(2026, 11, 3), True, date(2026, 11, 3)),
    ],
)
def test_that_nothing_is_missing_is_kept_with_news_or_once_a_week(crm: Crm, day: date, is_new: bool, until: date) -> None:
    ledger = Ledger(crm)
    ledger.reach("mail", date(2026, 11, 2))
    write(crm, ledger)
    later = Ledger(crm)
    later.confirm("mail", day)
    if is_new:
        later.add("mail:1")
    write(crm, later)
    assert Ledger(crm).until == {"mail": until}
