"""The words that dates, lengths of time and recurrences share: weekdays, months, numbers, units, rhythms."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")  # of RFC 5545
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
NUMBERS = {word: n for n, word in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())}
NUMBERS |= {"a": 1, "an": 1, "couple": 2}

# Each unit as a number of days, weeks, months or years
UNITS: dict[str, tuple[int, str]] = {
    **dict.fromkeys(("d", "day", "days"), (1, "day")),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), (1, "week")),
    **dict.fromkeys(("fortnight", "fortnights"), (2, "week")),
    **dict.fromkeys(("m", "mo", "mon", "month", "months"), (1, "month")),
    **dict.fromkeys(("quarter", "quarters"), (3, "month")),
    **dict.fromkeys(("y", "yr", "yrs", "year", "years"), (1, "year")),
}

# One word for a rhythm, and the length of time between two of its days
RHYTHMS = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year", "annually": "year"}
RHYTHMS |= {"annual": "year", "fortnight": "2 weeks", "fortnightly": "2 weeks", "biweekly": "2 weeks", "half year": "6 months"}
RHYTHMS |= {f"other {unit}": f"2 {unit}s" for unit in ("day", "week", "month", "quarter", "year")}


def weekday_number(word: str) -> int | None:
    """The number of a weekday, Monday is 0, or None. At least three letters of its name are required."""
    return _number_of(word, WEEKDAYS, 0)


def month_number(word: str) -> int | None:
    """The number of a month, January is 1, or None. At least three letters of its name are required."""
    return _number_of(word, MONTHS, 1)


def _number_of(word: str, names: tuple[str, ...], first: int) -> int | None:
    beginning = word.removesuffix(".")
    return next((n for n, name in enumerate(names, first) if len(beginning) >= 3 and name.startswith(beginning)), None)


def ordinal(number: int) -> str:
    """ "1st", "22nd"."""
    return f"{number}{'th' if 11 <= number <= 13 else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
