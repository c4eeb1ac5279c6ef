"""What the words behind `due` mean: a client, a day or a period, or both."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.name_matching import matches_by_rank
from vaultcrm.dates.period import parse_period
from vaultcrm.errors import InvalidInput, NotFound
from vaultcrm.quoting import quoted, shell_word

Period = tuple[date, date]


class DueWords(NamedTuple):
    """The client's name as it was typed, and the first and last day of the period; None for what isn't named."""

    client: str | None
    period: Period | None


def parse_due_words(crm: Crm, words: Sequence[str]) -> DueWords:
    """The client and the period that are meant: "acme", "tomorrow", "next week", "acme fri". Raises NotFound, InvalidInput."""
    crm.refresh()
    text = " ".join(words).strip()
    period = _period(crm, text)
    exact, *others = matches_by_rank(text, crm.catalog.client_names())
    if period and exact:
        raise InvalidInput(
            f"{quoted(text)} is a client, and also a day.",
            f"For the client: vaultcrm due --client {shell_word(text)}. For the day: vaultcrm due {period[0]}",
        )
    if period or exact or any(others):
        return DueWords(None, period) if period else DueWords(text, None)
    for i in range(len(words) - 1, 0, -1):
        front, back = " ".join(words[:i]), " ".join(words[i:])
        for name, day in ((front, back), (back, front)):
            if any(matches_by_rank(name, crm.catalog.client_names())) and (period := _period(crm, day)):
                return DueWords(name, period)
    raise _unclear(crm, text)


def _period(crm: Crm, text: str) -> Period | None:
    """The first and the last day that a text means, from today on; None if it means none."""
    try:
        first, last = parse_period(text, crm.today, crm.vault.settings.date_order, prefer_past=False)
    except InvalidInput:
        return None
    return first or date.min, last or date.max


def _unclear(crm: Crm, text: str) -> NotFound | InvalidInput:
    if any(char.isdigit() for char in text):
        try:
            parse_period(text, crm.today, crm.vault.settings.date_order, prefer_past=False)
        except InvalidInput as error:  # a date that doesn't exist, or that could be two
            return error
    message = f"{quoted(text)} is neither a client nor a day."
    try:
        lookup.client(crm, text)
    except NotFound as error:
        if error.suggestions:
            return NotFound(message, error.hint, error.suggestions)
    return NotFound(message, "Try: vaultcrm due acme, vaultcrm due fri, or vaultcrm due acme next week")
