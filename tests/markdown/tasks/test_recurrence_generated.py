"""Generated rules and dates: the next date is later, and no text raises an error."""

import re
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.markdown.tasks.recurrence import TaskDates, next_dates, next_reference_date, parse_task_rule

NAMES = "Monday tues sa January sept 1st 2nd 3rd 5th 15th 31st 53rd last first second third 2 9 25 100 1000".split()
UNITS = "day days week weeks weekday weekdays month months year years hour hours minute minutes".split()
GLUE = "on the in at and or , for times until until every when done then ! 0 2027".split()
IN_ORDER = st.builds(
    lambda many, unit, more, end: " ".join(["every", *many, unit, *more, *end]),
    st.lists(st.sampled_from(["1", "2", "3", "7", "40", "900"]), max_size=1),
    st.sampled_from([*UNITS, *NAMES[:5]]),
    st.lists(st.sampled_from([*NAMES, *GLUE[:8], "on the", "on the"]), max_size=6),
    st.sampled_from([[], [], ["when", "done"], ["for", "3", "times"], ["until", "January", "1,", "2030"]]),
)
OUT_OF_ORDER = st.lists(st.sampled_from([*NAMES, *UNITS, *GLUE]), max_size=8).map(" ".join)
DATES = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@given(words=IN_ORDER | OUT_OF_ORDER.map("every {}".format), reference=DATES, today=DATES)
def test_the_next_date_is_later(words: str, reference: date, today: date) -> None:
    if (rule := parse_task_rule(words)) is None:
        return
    following = next_reference_date(rule, reference, today)
    assert following is None or following > (today if rule.when_done else reference)
    assert rule.when_done == bool(re.search("[^ ] when done$", words, re.IGNORECASE))


@given(
    words=st.text() | st.text("every day week month on the 123 last January until for at,").map("every {}".format),
    day=st.dates(),
    today=st.dates(),
)
def test_no_text_or_date_raises(words: str, day: date, today: date) -> None:
    if rule := parse_task_rule(words):
        next_dates(rule, TaskDates(day, None, today), today)
