"""The words behind `due`: a client, a day, a period, or both."""

from datetime import date
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.due_words import DueWords, parse_due_words
from vaultcrm.errors import InvalidInput, NotFound, VaultcrmError

FILES = {
    "clients/Acme Studio/Acme Studio.md": CLIENT,
    "clients/May/May.md": CLIENT,
    "clients/Friday Labs/Friday Labs.md": CLIENT,
}


@pytest.fixture
def crm(tmp_path: Path) -> Crm:
    return crm_with(tmp_path / "v", FILES)


def days(first: str, last: str = "") -> tuple[date, date]:
    return date.fromisoformat(f"2026-{first}"), date.fromisoformat(f"2026-{last or first}")


@pytest.mark.parametrize(
    ("words", "client", "period"),
    [
        ("acme", "acme", None), ("acme studio", "acme studio", None), ("studio", "studio", None),
        ("tomorrow", None, days("11-17")), ("fri", None, days("11-20")), ("friday", None, days("11-20")),  # not Friday Labs
        ("friday labs", "friday labs", None), ("next week", None, days("11-23", "11-29")), ("9 dec", None, days("12-09")),
        ("3d", None, days("11-16", "11-18")), ("yesterday", None, days("11-15")), ("december", None, days("12-01", "12-31")),
        ("acme fri", "acme", days("11-20")), ("fri acme", "acme", days("11-20")),
        ("acme studio next week", "acme studio", days("11-23", "11-29")),
        ("friday labs tomorrow", "friday labs", days("11-17")), ("2026-12..", None, (date(2026, 12, 1), date.max)),
    ],
)  # fmt: skip
def test_what_words_mean(words: str, client: str | None, period: tuple[date, date] | None, crm: Crm) -> None:
    assert parse_due_words(crm, words.split()) == DueWords(client, period)


@pytest.mark.parametrize(
    ("words", "kind", "message", "hint"),
    [
        ("acne", NotFound, "'acne' is neither a client nor a day.", "Did you mean 'Acme Studio'?"),
        ("qq zz", NotFound, "'qq zz' is neither a client nor a day.",
         "Try: vaultcrm due acme, vaultcrm due fri, or vaultcrm due acme next week"),
        ("may", InvalidInput, "'may' is a client, and also a day.",
         'For the client: vaultcrm due --client "may". For the day: vaultcrm due 2027-05-01'),
        ("31 feb", InvalidInput, "2026-02-31 is not a date: February 2026 has 28 days.", "Write a date like "),
        ("03/04", InvalidInput, "'03/04' could be two different dates.", "Write 2026-11-09 or 9 nov, or "),
    ],
)  # fmt: skip
def test_unclear_words(words: str, kind: type[VaultcrmError], message: str, hint: str, crm: Crm) -> None:
    with pytest.raises(kind) as raised:
        parse_due_words(crm, words.split())
    assert raised.value.message == message
    assert raised.value.hint.startswith(hint)
