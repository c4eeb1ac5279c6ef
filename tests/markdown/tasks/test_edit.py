"""Tasks completed, cancelled and rescheduled: whole lines before and after."""

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


def done(line: str, settings: TaskSettings = PLAIN) -> list[str]:
    task = parse_task(line)
    assert task is not None
    return edit.complete(task, settings, TODAY).lines


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("- [ ] Send", "- [x] Send ✅ 2026-11-16"),
        ("  * [/] Send  📅 2026-11-09", "  * [x] Send  📅 2026-11-09 ✅ 2026-11-16"),
        # what the plugin would tidy up stays: spaces, order, spelling, text that it does not understand
        ("> -  [ ]   Send 📆2026-11-09 ⏫", "> -  [x]   Send 📆2026-11-09 ⏫ ✅ 2026-11-16"),
        ("- [ ] Send 📅 2026-02-30", "- [x] Send 📅 2026-02-30 ✅ 2026-11-16"),
        ("- [ ] Send 📅 2026-11-09.", "- [x] Send 📅 2026-11-09. ✅ 2026-11-16"),
        ("- [ ] Send 📅 2026-11-09 #a", "- [x] Send 📅 2026-11-09 #a ✅ 2026-11-16"),
        # trailing spaces, a carriage return and a block id stay at the end
        ("- [ ] Send  ", "- [x] Send ✅ 2026-11-16  "),
        ("- [ ] Send\r", "- [x] Send ✅ 2026-11-16\r"),
        ("- [ ] Send 📅 2026-11-09 ^id-1  \r", "- [x] Send 📅 2026-11-09 ✅ 2026-11-16 ^id-1  \r"),
        # an old done date is replaced, a cancelled date removed
        ("- [ ] Send ✅ 2025-01-01 📅 2026-11-09", "- [x] Send ✅ 2026-11-16 📅 2026-11-09"),
        ("- [-] Send ❌ 2025-01-01 📅 2026-11-09", "- [x] Send 📅 2026-11-09 ✅ 2026-11-16"),
        ("- [-] ❌ 2025-01-01", "- [x]  ✅ 2026-11-16"),
        # the Dataview format, if the line uses it
        ("- [ ] Send [due:: 2026-11-09]", "- [x] Send [due:: 2026-11-09]  [completion:: 2026-11-16]"),
        ("- [ ] Send (completion:: 2025-01-01)", "- [x] Send (completion:: 2026-11-16)"),
        # an unknown symbol is a todo, even a capital X
        ("- [X] Send", "- [x] Send ✅ 2026-11-16"),
        ("- [🔥] Send", "- [x] Send ✅ 2026-11-16"),
        ("- [ ]Send", "- [x]Send ✅ 2026-11-16"),
    ],
)
def test_completing_checks_the_box_and_adds_the_date(line: str, expected: str) -> None:
    assert done(line) == [expected]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        # the next line goes above, with its dates moved
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
        # it loses ids, dependencies, and the created and done dates
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
        # without a date the next one has none either
        ("- [ ] a 🔁 every week", ["- [ ] a 🔁 every week", "- [x] a 🔁 every week ✅ 2026-11-16"]),
        # 🏁 delete removes the line, but not the next one
        ("- [ ] a 🏁 delete", []),
        ("- [ ] a 🏁 Delete 🔁 every week 📅 2026-11-09", ["- [ ] a 🏁 Delete 🔁 every week 📅 2026-11-16"]),
        ("- [ ] a 🏁 keep", ["- [x] a 🏁 keep ✅ 2026-11-16"]),
    ],
)  # fmt: skip
def test_completing_a_recurring_task_adds_its_next_line(line: str, expected: list[str]) -> None:
    assert done(line) == expected


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("- [ ] a 🔁 fortnightly 📅 2026-11-09", "'fortnightly' is not a rule that the Tasks plugin understands"),
        ("- [ ] a 🔁 every week 📅 2026-02-30", "2026-02-30 is not a date"),
        ("- [ ] a 🔁 every June 📅 2026-05-31", "'every June' has no next date"),
    ],
)
def test_without_a_next_line_the_reason_is_returned(line: str, reason: str) -> None:
    task = parse_task(line)
    assert task is not None
    assert edit.complete(task, PLAIN, TODAY) == ([line.replace("[ ]", "[x]") + " ✅ 2026-11-16"], None, reason)


def test_the_settings_of_the_vault_are_followed() -> None:
    line = "- [ ] a 🔁 every week ⏳ 2026-11-05 📅 2026-11-09"
    below = TaskSettings(recurs_on_next_line=True, sets_done_date=False, sets_created_date=True)
    assert done(line, below) == [
        "- [x] a 🔁 every week ⏳ 2026-11-05 📅 2026-11-09",
        "- [ ] a 🔁 every week ⏳ 2026-11-12 📅 2026-11-16 ➕ 2026-11-16",
    ]
    assert done("- [ ] a", TaskSettings(is_dataview=True)) == ["- [x] a  [completion:: 2026-11-16]"]
    assert done("- [ ] a", TaskSettings(statuses=((" ", "todo"), ("D", "done")))) == ["- [D] a ✅ 2026-11-16"]


def cancelled(line: str, settings: TaskSettings = PLAIN) -> str:
    task = parse_task(line)
    assert task is not None
    return edit.cancel(task, settings, TODAY)


def test_cancelling_never_creates_a_next_line() -> None:
    assert cancelled("- [ ] a 🔁 every week 📅 2026-11-09 ^b") == "- [-] a 🔁 every week 📅 2026-11-09 ❌ 2026-11-16 ^b"
    assert cancelled("- [ ] a ✅ 2025-01-01 🏁 delete") == "- [-] a 🏁 delete ❌ 2026-11-16"
    assert cancelled("- [ ] a", TaskSettings(sets_cancelled_date=False)) == "- [-] a"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("- [ ] a 📅 2026-11-09 ⏫", "- [ ] a 📅 2026-11-20 ⏫"),
        ("- [ ] a 📆2026-11-09 #t\r", "- [ ] a 📆2026-11-20 #t\r"),
        # the other dates keep their distance
        ("- [ ] a 🛫 2026-11-01 ⏳ 2026-11-05 📅 2026-11-09", "- [ ] a 🛫 2026-11-12 ⏳ 2026-11-16 📅 2026-11-20"),
        # without a due date, the scheduled or else the start date moves
        ("- [ ] a 🛫 2026-11-01 ⏳ 2026-11-05", "- [ ] a 🛫 2026-11-01 ⏳ 2026-11-20"),
        ("- [ ] a 🛫 2026-11-01", "- [ ] a 🛫 2026-11-20"),
        ("- [ ] a 🛫 2026-11-01 ⏳ 2026-02-30", "- [ ] a 🛫 2026-11-20 ⏳ 2026-02-30"),
        ("- [ ] a ^b", "- [ ] a 📅 2026-11-20 ^b"),
        ("- [ ] a 📅 2026-02-30", "- [ ] a 📅 2026-11-20"),
        ("- [ ] a [due:: 2026-11-09]", "- [ ] a [due:: 2026-11-20]"),
    ],
)
def test_rescheduling_moves_the_dates(line: str, expected: str) -> None:
    task = parse_task(line)
    assert task is not None
    assert edit.reschedule(task, date(2026, 11, 20), PLAIN) == expected


def test_a_date_that_would_leave_the_calendar_is_refused() -> None:
    task = parse_task("- [ ] a 🛫 0001-01-05 📅 2026-11-30")
    assert task is not None
    with pytest.raises(Refused, match="can't move that far"):
        edit.reschedule(task, date(2026, 11, 20), PLAIN)


def test_a_vault_without_a_status_for_done_or_cancelled_is_refused() -> None:
    with pytest.raises(Refused, match="no status of the type 'done'") as raised:
        done("- [ ] a", TaskSettings(statuses=((" ", "todo"),)))
    assert raised.value.hint == 'Add one there, or in vaultcrm.toml under [tasks]: statuses = { "x" = "done" }'
    with pytest.raises(Refused, match="no status of the type 'cancelled'"):
        cancelled("- [ ] a", TaskSettings(statuses=((" ", "todo"),)))


def test_the_scheduled_date_is_dropped_if_the_vault_says_so() -> None:
    line = "- [ ] a 🔁 every week ⏳ 2026-11-05 📅 2026-11-09"
    assert done(line, TaskSettings(removes_scheduled_date=True))[0] == "- [ ] a 🔁 every week 📅 2026-11-16"


def test_a_block_id_is_removed_from_the_next_line_only_at_its_end() -> None:
    assert done("- [ ] a ^b c 🔁 every week 📅 2026-11-09 ^b")[0] == "- [ ] a ^b c 🔁 every week 📅 2026-11-16"


def test_a_line_that_would_not_read_back_is_refused() -> None:
    """With a date after it, the ⏫ that is glued to the tag would become a part of it."""
    with pytest.raises(Refused, match="read back"):
        done("- [ ] Send #t⏫")


WORDS = st.sampled_from(
    ["a", "📅 2026-11-09", "📅 2026-02-30", "⏳2026-11-01", "🛫 2026-10-01", "⏫", "🔁 every week", "🔁 sometimes", "#t", "#x#y", "🆔 k",
     "⛔ k,l", "➕ 2026-01-01", "✅ 2026-01-01", "❌ 2026-01-01", "🏁 keep", "[due:: 2026-11-09]", "`c`", "^b", "\u00a0", "", "."]
)  # fmt: skip


@given(st.sampled_from([" ", "x", "/", "-", "X", "?"]), st.lists(WORDS, max_size=8), st.sampled_from(["", " ", "  ", "\r"]))
def test_completing_changes_only_the_symbol_and_dates(symbol: str, words: list[str], end: str) -> None:
    line = f"- [{symbol}] {' '.join(words)}{end}"
    task = parse_task(line)
    assert task is not None
    try:
        completion = edit.complete(task, PLAIN, TODAY)
    except Refused:
        return
    done_task = parse_task(completion.lines[-1])
    assert done_task is not None
    assert (done_task.symbol, done_task.value("done"), done_task.value("cancelled")) == ("x", "2026-11-16", None)
    for kind in ("due", "scheduled", "start", "priority", "recurrence", "id", "depends", "created", "on_completion"):
        assert done_task.value(kind) == task.value(kind)
    assert (done_task.description, done_task.block_id) == (task.description, task.block_id)
    dates = ("✅ 2026-11-16", "✅ 2026-01-01", "❌ 2026-01-01", "[completion:: 2026-11-16]")
    assert _without(completion.lines[-1].replace("[x]", f"[{symbol}]", 1), dates) == _without(line, dates)


def _without(line: str, parts: tuple[str, ...]) -> str:
    for part in parts:
        line = line.replace(part, "")
    return "".join(line.split(" "))
