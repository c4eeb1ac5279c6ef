"""A checkbox line done, cancelled and moved: whole lines before and after."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.errors import Refused
from vaultcrm.markdown.tasks import edit
from vaultcrm.markdown.tasks.line import parse_task
from vaultcrm.markdown.tasks.settings import TaskSettings

TODAY = date(2026, 11, 16)
PLAIN = TaskSettings()


def done(line: str, habits: TaskSettings = PLAIN) -> list[str]:
    task = parse_task(line)
    assert task is not None
    return edit.complete(task, habits, TODAY).lines


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("- [ ] Send", "- [x] Send ✅ 2026-11-16"),
        ("  * [/] Send  📅 2026-11-09", "  * [x] Send  📅 2026-11-09 ✅ 2026-11-16"),
        # what the plug-in would tidy up stays: blanks, order, spelling, what it does not understand
        ("> -  [ ]   Send 📆2026-11-09 ⏫", "> -  [x]   Send 📆2026-11-09 ⏫ ✅ 2026-11-16"),
        ("- [ ] Send 📅 2026-02-30", "- [x] Send 📅 2026-02-30 ✅ 2026-11-16"),
        ("- [ ] Send 📅 2026-11-09.", "- [x] Send 📅 2026-11-09. ✅ 2026-11-16"),
        ("- [ ] Send 📅 2026-11-09 #a", "- [x] Send 📅 2026-11-09 #a ✅ 2026-11-16"),
        # blanks at the end, a carriage return and a block id stay at the end
        ("- [ ] Send  ", "- [x] Send ✅ 2026-11-16  "),
        ("- [ ] Send\r", "- [x] Send ✅ 2026-11-16\r"),
        ("- [ ] Send 📅 2026-11-09 ^id-1  \r", "- [x] Send 📅 2026-11-09 ✅ 2026-11-16 ^id-1  \r"),
        # an old day of completion is replaced, one of cancelling goes
        ("- [ ] Send ✅ 2025-01-01 📅 2026-11-09", "- [x] Send ✅ 2026-11-16 📅 2026-11-09"),
        ("- [-] Send ❌ 2025-01-01 📅 2026-11-09", "- [x] Send 📅 2026-11-09 ✅ 2026-11-16"),
        ("- [-] ❌ 2025-01-01", "- [x]  ✅ 2026-11-16"),
        # Dataview's form, where the line has it
        ("- [ ] Send [due:: 2026-11-09]", "- [x] Send [due:: 2026-11-09]  [completion:: 2026-11-16]"),
        ("- [ ] Send (completion:: 2025-01-01)", "- [x] Send (completion:: 2026-11-16)"),
        # an unknown mark is something to do, also a large X
        ("- [X] Send", "- [x] Send ✅ 2026-11-16"),
        ("- [🔥] Send", "- [x] Send ✅ 2026-11-16"),
        ("- [ ]Send", "- [x]Send ✅ 2026-11-16"),
    ],
)
def test_done_marks_the_box_and_keeps_the_day(line: str, expected: str) -> None:
    assert done(line) == [expected]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        # the next line stands above, with its days moved
        (
            "- [ ] Report 🔁 every week 📅 2026-11-09",
            ["- [ ] Report 🔁 every week 📅 2026-11-16", "- [x] Report 🔁 every week 📅 2026-11-09 ✅ 2026-11-16"],
        ),
        (
            "  > - [/] a 🔁 every week 🛫 2026-11-01 ⏳ 2026-11-05 📅 2026-11-09 #t  ",
            [
                "  > - [ ] a 🔁 every week 🛫 2026-11-08 ⏳ 2026-11-12 📅 2026-11-16 #t  ",
                "  > - [x] a 🔁 every week 🛫 2026-11-01 ⏳ 2026-11-05 📅 2026-11-09 #t ✅ 2026-11-16  ",
            ],
        ),
        # it takes neither ids, nor what it waits for, nor the days of its own life with it
        (
            "- [ ] a 🆔 k1 ⛔ k2 🔁 every week ➕ 2026-01-01 📅 2026-11-09 ✅ 2025-01-01 ✅ 2025-01-02 ^b\r",
            [
                "- [ ] a 🔁 every week 📅 2026-11-16\r",
                "- [x] a 🆔 k1 ⛔ k2 🔁 every week ➕ 2026-01-01 📅 2026-11-09 ✅ 2026-11-16 ✅ 2025-01-02 ^b\r",
            ],
        ),
        ("- [ ] a [repeat:: every week]  [due:: 2026-11-09]",
            ["- [ ] a [repeat:: every week]  [due:: 2026-11-16]",
             "- [x] a [repeat:: every week]  [due:: 2026-11-09]  [completion:: 2026-11-16]"]),
        # without any day the next one has none, either
        ("- [ ] a 🔁 every week", ["- [ ] a 🔁 every week", "- [x] a 🔁 every week ✅ 2026-11-16"]),
        # the line goes if it wants to, and leaves the next one
        ("- [ ] a 🏁 delete", []),
        ("- [ ] a 🏁 Delete 🔁 every week 📅 2026-11-09", ["- [ ] a 🏁 Delete 🔁 every week 📅 2026-11-16"]),
        ("- [ ] a 🏁 keep", ["- [x] a 🏁 keep ✅ 2026-11-16"]),
    ],
)  # fmt: skip
def test_what_comes_again_has_its_next_line(line: str, expected: list[str]) -> None:
    assert done(line) == expected


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("- [ ] a 🔁 fortnightly 📅 2026-11-09", "'fortnightly' is not a rule that the Tasks plugin understands"),
        ("- [ ] a 🔁 every week 📅 2026-02-30", "2026-02-30 is not a date"),
        ("- [ ] a 🔁 every June 📅 2026-05-31", "'every June' has no next date"),
    ],
)
def test_where_there_is_no_next_line_the_reason_is_told_and_the_text_stays(line: str, why: str) -> None:
    task = parse_task(line)
    assert task is not None
    assert edit.complete(task, PLAIN, TODAY) == ([line.replace("[ ]", "[x]") + " ✅ 2026-11-16"], None, why)


def test_the_habits_of_a_vault_are_kept() -> None:
    line = "- [ ] a 🔁 every week ⏳ 2026-11-05 📅 2026-11-09"
    below = TaskSettings(recurs_on_next_line=True, sets_done_date=False, sets_created_date=True)
    assert done(line, below) == [
        "- [x] a 🔁 every week ⏳ 2026-11-05 📅 2026-11-09",
        "- [ ] a 🔁 every week ⏳ 2026-11-12 📅 2026-11-16 ➕ 2026-11-16",
    ]
    assert done("- [ ] a", TaskSettings(is_dataview=True)) == ["- [x] a  [completion:: 2026-11-16]"]
    assert done("- [ ] a", TaskSettings(statuses=((" ", "todo"), ("D", "done")))) == ["- [D] a ✅ 2026-11-16"]


def cancelled(line: str, habits: TaskSettings = PLAIN) -> str:
    task = parse_task(line)
    assert task is not None
    return edit.cancel(task, habits, TODAY)


def test_cancelling_marks_the_box_and_never_makes_a_next_line() -> None:
    assert cancelled("- [ ] a 🔁 every week 📅 2026-11-09 ^b") == "- [-] a 🔁 every week 📅 2026-11-09 ❌ 2026-11-16 ^b"
    assert cancelled("- [ ] a ✅ 2025-01-01 🏁 delete") == "- [-] a 🏁 delete ❌ 2026-11-16"
    assert cancelled("- [ ] a", TaskSettings(sets_cancelled_date=False)) == "- [-] a"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("- [ ] a 📅 2026-11-09 ⏫", "- [ ] a 📅 2026-11-20 ⏫"),
        ("- [ ] a 📆2026-11-09 #t\r", "- [ ] a 📆2026-11-20 #t\r"),
        # the other days keep their distance
        ("- [ ] a 🛫 2026-11-01 ⏳ 2026-11-05 📅 2026-11-09", "- [ ] a 🛫 2026-11-12 ⏳ 2026-11-16 📅 2026-11-20"),
        # without a due day the one on which it is planned, or can begin
        ("- [ ] a 🛫 2026-11-01 ⏳ 2026-11-05", "- [ ] a 🛫 2026-11-01 ⏳ 2026-11-20"),
        ("- [ ] a 🛫 2026-11-01", "- [ ] a 🛫 2026-11-20"),
        ("- [ ] a ^b", "- [ ] a 📅 2026-11-20 ^b"),
        ("- [ ] a 📅 2026-02-30", "- [ ] a 📅 2026-11-20"),
        ("- [ ] a [due:: 2026-11-09]", "- [ ] a [due:: 2026-11-20]"),
    ],
)
def test_moving_changes_the_day(line: str, expected: str) -> None:
    task = parse_task(line)
    assert task is not None
    assert edit.reschedule(task, date(2026, 11, 20), PLAIN) == expected


def test_a_line_that_would_not_read_back_is_refused() -> None:
    """Behind another sign the glued ⏫ would be a part of the tag."""
    with pytest.raises(Refused, match="read back"):
        done("- [ ] Send #t⏫")


WORDS = st.sampled_from(
    ["a", "📅 2026-11-09", "📅 2026-02-30", "⏳2026-11-01", "🛫 2026-10-01", "⏫", "🔁 every week", "🔁 sometimes", "#t", "#x#y", "🆔 k",
     "⛔ k,l", "➕ 2026-01-01", "✅ 2026-01-01", "❌ 2026-01-01", "🏁 keep", "[due:: 2026-11-09]", "`c`", "^b", "\u00a0", "", "."]
)  # fmt: skip


@given(st.sampled_from([" ", "x", "/", "-", "X", "?"]), st.lists(WORDS, max_size=8), st.sampled_from(["", " ", "  ", "\r"]))
def test_done_adds_and_takes_away_nothing_but_marks_and_days(symbol: str, words: list[str], end: str) -> None:
    line = f"- [{symbol}] {' '.join(words)}{end}"
    task = parse_task(line)
    assert task is not None
    try:
        closed = edit.complete(task, PLAIN, TODAY)
    except Refused:
        return
    kept = parse_task(closed.lines[-1])
    assert kept is not None
    assert (kept.symbol, kept.value("done"), kept.value("cancelled")) == ("x", "2026-11-16", None)
    for kind in ("due", "scheduled", "start", "priority", "recurrence", "id", "depends", "created", "on_completion"):
        assert kept.value(kind) == task.value(kind)
    assert (kept.description, kept.block_id) == (task.description, task.block_id)
    ours = ("✅ 2026-11-16", "✅ 2026-01-01", "❌ 2026-01-01", "[completion:: 2026-11-16]")
    assert _without(closed.lines[-1].replace("[x]", f"[{symbol}]", 1), ours) == _without(line, ours)


def _without(line: str, parts: tuple[str, ...]) -> str:
    for part in parts:
        line = line.replace(part, "")
    return "".join(line.split(" "))
