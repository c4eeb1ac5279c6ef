"""Whether a role says that its person has left: "left in May", "bis März", "former accountant"."""

import re
from datetime import date

from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.normalize import fold

_GONE = re.compile(
    r"\b(?:former|formerly|left(?!-| hand)|has gone|no longer|not anymore|retired|resigned|ex(?=[- ])|"
    r"ehemals|ehemalige?[rs]?|ehem|fruher(?:e[rs]?)?|ausgeschieden|nicht mehr|verlassen|im ruhestand|"
    r"ancienne?|partie?|n'est plus|antigu[oa]|ya no|jubilad[oa]|antig[oa]|ja nao|saiu|non piu|in pensione|"
    r"voormalige?|vertrokken|niet meer|tidigare|tidligere|slutat|sluttet|entinen|byly|byla|bivsi|bywszy|бывш\w\w)(?!\w)"
)
_UNTIL = re.compile(r"\b(?:until|till|through|bis(?: zum| ende)?|jusqu'?(?:a|au|en)|hasta|ate|fino al?|tot|t/m|til)\b[ :]*(.{3,30})")
_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
# The first three letters of January, and so on, in the languages above
_MONTH_STARTS = (
    "jan ene gen", "feb fev", "mar maa mrt", "apr abr avr", "may mai mei maj mag", "jun giu", "jul lug", "aug ago aou", "sep set",
    "oct okt out ott", "nov", "dec dez dic des",
)  # fmt: skip
_MONTHS = {word: number for number, words in enumerate(_MONTH_STARTS, 1) for word in words.split()}


def says_left(role: str, today: date) -> bool:
    """Whether a role is over on a day. A month without a year ("until March") is one that has passed, else it would not be over yet."""
    text = fold(role)
    until = _UNTIL.search(text)
    if until is None:
        return _GONE.search(text) is not None
    last = _last_day(until[1])
    return last is not None and last < today


def _last_day(words: str) -> date | None:
    """The last day that is meant: a date, a month (its last day), a year (its last day). A month without a year lies in the past."""
    if (day := parse_iso_day(words[:10])) or (
        (numbers := _DAY.search(words)) and (day := _date(int(numbers[3]), int(numbers[2]), int(numbers[1])))
    ):
        return day
    month = next((_MONTHS[word[:3]] for word in re.findall(r"[a-z]{3,}", words) if word[:3] in _MONTHS), None)
    year = _YEAR.search(words)
    if year is None:
        return date.min if month else None
    first_after = _date(int(year[0]) + (month in (None, 12)), (month or 12) % 12 + 1, 1)
    return first_after and date.fromordinal(first_after.toordinal() - 1)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
