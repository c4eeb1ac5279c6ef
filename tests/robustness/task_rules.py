"""Compare thousands of random recurrence rules and dates with npm rrule and the Tasks plugin's own steps. Run by hand.

    python -m tests.robustness.task_rules FOLDER [COUNT [SEED]]

FOLDER holds node_modules/rrule. Prints how many cases agree, and each case that doesn't. The first days of
January are known to differ: npm rrule counts them to the wrong one of weeks 52 and 53.
"""

import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from vaultcrm.markdown.tasks.recurrence import TaskDates, next_dates, parse_task_rule

# A short version of what the Tasks plugin does around npm rrule. It represents days as midnight in UTC.
NODE_SCRIPT = r"""
const { RRule } = require('rrule');
const DAY = 86400000;
const day = (text) => text === null ? null : new Date(text + 'T00:00:00Z');
const months = (when) => when.getUTCFullYear() * 12 + when.getUTCMonth();
const years = (when) => when.getUTCFullYear();
function said(when) { return isNaN(when) ? null : when.toISOString().replace(/T.*/, ''); }
function closing(rule, options, start, found, unit, step) {
  let back = start;
  while (found !== null && !isNaN(found) && unit(found) - unit(back) > step) {
    back = new Date(+back - DAY);
    found = new RRule({ ...options, dtstart: back }).after(back);
  }
  return found;
}
function following(text, options, start) {
  const rule = new RRule({ ...options, dtstart: start });
  let found = rule.after(new Date(+start + DAY - 1));
  const month = text.match(/every( \d+)? month(s)?(.*)?/), year = text.match(/every( \d+)? year(s)?(.*)?/);
  if (month && !text.includes(' on ')) found = closing(rule, options, start, found, months, +(month[1] || 1));
  if (year) found = closing(rule, options, start, found, years, +(year[1] || 1));
  return found === null || isNaN(found) ? null : day(said(found));
}
function answer({ words, today, start, scheduled, due, drops }) {
  const parted = words.match(/^([a-zA-Z0-9, !]+?)( when done)?$/i);
  if (!parted) return null;
  let options, text, rrule;
  try {
    options = RRule.parseText(parted[1].trim());
    if (options === null) return null;
    const rule = new RRule({ ...options, dtstart: day(today) });
    text = rule.toText();
    rrule = RRule.optionsToString(options).replace('RRULE:', '');
  } catch { return null; }
  const order = drops ? [due, start, scheduled] : [due, scheduled, start];
  const reference = order.find((each) => each !== null);
  if (reference === undefined) return { text, rrule, days: [null, null, null] };
  const next = following(text, options, parted[2] ? day(today) : day(reference));
  if (next === null) return { text, rrule, days: null };
  const kept = drops && (due || start) ? [start, null, due] : [start, scheduled, due];
  const moved = kept.map((each) => each && said(new Date(+next + (day(each) - day(reference)))));
  return { text, rrule, days: moved, early: next <= day(parted[2] ? today : reference) };
}
const lines = require('fs').readFileSync(0, 'utf8').trim().split('\n');
const limited = new (require('vm').Script)('globalThis.job()');  // some rules would take npm rrule minutes
for (const line of lines) {
  let found = null;
  globalThis.job = () => { found = answer(JSON.parse(line)); };
  try { limited.runInThisContext({ timeout: 200 }); } catch (error) { found = { slow: true }; }
  console.log(JSON.stringify(found));
}
"""


class Case(NamedTuple):
    words: str
    today: str
    start: str | None
    scheduled: str | None
    due: str | None
    drops: bool = False


class Answer(NamedTuple):
    """`is_early`: the next date is before the date that the plugin counts from."""

    text: str
    rrule: str
    days: tuple[str | None, ...] | None
    is_early: bool = False


SLOW = Answer("", "", None)  # npm rrule takes longer than a person would wait


def npm_answers(folder: Path, cases: Sequence[Case]) -> list[Answer | None]:
    """The answers of npm rrule with the plugin's steps; None for a text that they don't understand."""
    lines = "\n".join(json.dumps(case._asdict()) for case in cases)
    done = subprocess.run(
        ["node", "-e", NODE_SCRIPT], input=lines, cwd=folder, env=os.environ | {"TZ": "UTC"}, capture_output=True, text=True, check=True
    )
    return [_answer(json.loads(line)) for line in done.stdout.splitlines()]


def _answer(found: dict[str, Any] | None) -> Answer | None:  # JSON of any shape
    if found is None or "slow" in found:
        return SLOW if found else None
    return Answer(found["text"], found["rrule"], found["days"] and tuple(found["days"]), found.get("early", False))


def our_answer(case: Case) -> Answer | None:
    if (rule := parse_task_rule(case.words)) is None:
        return None
    start, scheduled, due = (date.fromisoformat(text) if text else None for text in (case.start, case.scheduled, case.due))
    days = next_dates(rule, TaskDates(start, scheduled, due), date.fromisoformat(case.today), case.drops)
    return Answer(rule.text, rule.rrule, tuple(day.isoformat() if day else None for day in days) if days else None)


_DAYS = "monday tuesday wednesday thursday friday saturday sunday mon tues wed thu fr sa su".split()
_MONTHS = "january february march april may june july august september october november december jan feb sept".split()
_PLACES = "1st 2nd 3rd 4th 5th 13th 15th 28th 29th 30th 31st 32nd 53rd last first second third fourth 366th 367th".split()
_ODD = (
    "weekend daily other quarter fortnight then bill two three 0 15 31 of ! , and or day week times weekdays on the at in until for every"
).split()


def random_rule(dice: random.Random) -> str:
    """A text that is probably a valid rule, sometimes with a word too many or too few."""

    def some(words: Sequence[str], most: int = 3) -> str:
        return dice.choice([", ", ",", " and ", " or "]).join(dice.choices(words, k=dice.randint(1, most)))

    def on() -> str:
        kind = dice.randrange(7)
        if kind == 0:
            return f" on {some(_DAYS)}"
        if kind == 1:
            return f" on the {some(_PLACES)}"
        if kind == 2:
            return f" on the {dice.choice(_PLACES)} {dice.choice(['last ', ''])}{dice.choice([*_DAYS, 'day', 'weekday'])}"
        if kind == 3:
            return f" in {some(_MONTHS)}"
        if kind == 4:
            return f" on week {dice.choice(['1', '20', '52', '53', '54', '5, 6'])}"
        return " on weekdays" if kind == 5 else f" on {dice.choice(_MONTHS)} the {dice.choice(_PLACES)}"

    many = dice.choice(["", "", "", "1 ", "2 ", "3 ", f"{dice.randint(1, 40)} ", f"{dice.randint(1, 2000)} "])
    unit = dice.choice(["day", "week", "week", "month", "month", "month", "year", "year", "weekday", "hour", "minute"])
    head = dice.choice([unit + "s" * bool(many)] * 5 + [some(_DAYS), some(_MONTHS)])
    words = f"every {many}{head}" + "".join(on() for _ in range(dice.choice([0, 0, 0, 1, 1, 1, 2, 3])))
    if dice.random() < 0.1:
        words += f" at {dice.choice(['9', '9, 17', '25', '3 at 4', 'noon', '49, 1'])}"
    if dice.random() < 0.1:
        ends = ["3 times", "1 time", "2", "0 times", "many times"]
        words += dice.choice([f" for {dice.choice(ends)}", f" until {random_day_text(dice)}"])
    pieces = words.split(" ")
    if dice.random() < 0.15:
        pieces.insert(dice.randint(0, len(pieces)), dice.choice(_ODD))
    if dice.random() < 0.05:
        pieces.pop(dice.randrange(len(pieces)))
    words = " ".join(pieces) + dice.choice(["", "", "", " when done", " when  done", " When Done"])
    return dice.choice([words, words, words.upper(), words.title(), words.replace(" ", "  ", 1)]).strip()


def random_day_text(dice: random.Random) -> str:
    day, year = dice.choice([1, 5, 12, 13, 30, 31, 32]), dice.choice(["2026", "2027", "26", "2031", "", "99", "1970"])
    month = dice.choice([*_MONTHS, "6", "13", "12", "Frimaire"])
    parts = [f"{month} {day}, {year}", f"{day} {month} {year}", f"{year} {month} {day}", f"{month} {year}", f"{year}", "20270101", "soon"]
    return dice.choice(parts) + dice.choice(["", "", "", "", " UTC", " then bill", "!"])


def random_case(dice: random.Random) -> Case:
    def day() -> date:
        found = date(2020, 1, 1) + timedelta(dice.randrange(5000))
        return found if dice.random() < 0.5 else date(found.year, dice.choice([1, 3, 5, 7, 8, 10, 12]), dice.choice([28, 29, 30, 31]))

    due = day()
    near = [None if dice.random() < 0.5 else (due + timedelta(dice.randint(-40, 40))).isoformat() for _ in range(3)]
    near[dice.randrange(3)] = due.isoformat()
    start, scheduled, due_text = near
    today = due + timedelta(dice.randint(-60, 60))
    return Case(random_rule(dice), today.isoformat(), start, scheduled, due_text, dice.random() < 0.2)


def parts_of(rrule: str) -> set[str]:
    """The parts of an RRULE without what only npm rrule writes: "INTERVAL=1", the sign in "+1FR", a time after the last day."""
    return {re.sub(r"\+|T\d{6}Z$", "", part) for part in rrule.split(";")} - {"INTERVAL=1"}


def compare(folder: Path, count: int, seed: int) -> tuple[Counter[str], list[str]]:
    """The number of cases by outcome, and the differences as lines to print."""
    dice = random.Random(seed)
    cases = [random_case(dice) for _ in range(count)]
    came, lines = Counter[str](), []
    for case, theirs in zip(cases, npm_answers(folder, cases), strict=True):
        mine = our_answer(case)
        if theirs is SLOW:
            outcome = f"too slow for npm rrule, ours {'never comes' if mine is None or mine.days is None else 'comes'}"
        elif mine is None or theirs is None:
            outcome = "both understand nothing" if mine is theirs else "one understands nothing"
        elif mine.text != theirs.text:
            outcome = "spelled differently"
        elif parts_of(mine.rrule) != parts_of(theirs.rrule):
            outcome = "different rules"
        elif theirs.is_early and mine.days is None:
            outcome = "theirs comes before its start, and ours never"
        elif mine.days != theirs.days:
            outcome = "different days"
        else:
            outcome = "the same days" if mine.days else "both never come"
        came[outcome] += 1
        if outcome in ("one understands nothing", "spelled differently", "different rules", "different days"):
            lines.append(f"{outcome}: {case}\n    theirs {theirs}\n    ours   {mine}")
    return came, lines


if __name__ == "__main__":
    folder, count, seed = Path(sys.argv[1]), int([*sys.argv, "5000"][2]), int([*sys.argv, "5000", "1"][3])
    came, lines = compare(folder, count, seed)
    print("\n".join([*lines, *(f"{number:6} {outcome}" for outcome, number in came.most_common())]))
