"""Steps in the calendar."""

from datetime import date

import pytest

from vaultcrm.dates.steps import add_months
from vaultcrm.errors import InvalidInput


def test_adding_months_keeps_the_day_or_takes_the_last_of_a_shorter_month() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert add_months(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert add_months(date(2026, 12, 15), 1) == date(2027, 1, 15)
    assert add_months(date(2026, 1, 15), -1) == date(2025, 12, 15)
    assert add_months(date(2028, 2, 29), 12) == date(2029, 2, 28)
    with pytest.raises(InvalidInput, match="too far away"):
        add_months(date(2026, 1, 1), 12 * 9000)
