"""Signs on a checkbox line that are not read, each with a sentence."""

import pytest

from vaultcrm.markdown.tasks.line import parse_task
from vaultcrm.markdown.tasks.unread_signs import unread_signs

LATER = "only tags and other signs may come after it"
VALUE = f"{LATER}, and its value must be one that the Tasks plugin knows"


def messages(line: str) -> list[str]:
    task = parse_task(line)
    assert task is not None
    return list(unread_signs(task))


@pytest.mark.parametrize(
    ("line", "shown", "reason"),
    [
        ("a 📅 2026-11-09 b", "📅 2026-11-09", LATER),
        ("a ⏳2026-11-09.", "⏳2026-11-09", LATER),
        ("a 📆 2026-11-09T10:00", "📆 2026-11-09", LATER),
        ("a 📅 2026-11-6", "📅 2026-11-6", "write it like 📅 2026-11-09"),
        ("a 📅 16.11.2026", "📅 16.11.2026", "write it like 📅 2026-11-09"),
        ("a 🗓 2026/11/16", "🗓 2026/11/16", "write it like 🗓 2026-11-09"),
        ("a ⌛ tomorrow", "⌛ tomorrow", "write it like ⌛ 2026-11-09"),
        ("a 🛫", "🛫", "write it like 🛫 2026-11-09"),
        ("a 📅2026-11-6 b", "📅2026-11-6", "write it like 📅 2026-11-09"),
        ("a ➕ 9.11.2026", "➕ 9.11.2026", "write it like ➕ 2026-11-09"),
        ("a 📅: 2026-11-09", "📅:", "write it like 📅 2026-11-09"),
        ("a 📅\u00a02026-11-09", "📅\u00a02026-11-09", "write it like 📅 2026-11-09, with a plain space before the date"),
        ("a 📅\u200e2026-11-09", "📅\u200e2026-11-09", "write it like 📅 2026-11-09, with a plain space before the date"),
        ("a 📅\ufe0e 2026-11-09", "📅\ufe0e 2026-11-09", "write it like 📅 2026-11-09, with a plain space before the date"),
        ("⏫ a", "⏫", LATER),
        ("a 🔁 every day (or so)", "🔁 every day ", LATER),
        ("a 🔁 (daily)", "🔁 (daily)", VALUE),
        ("a 🏁 delete b.", "🏁 delete", LATER),
        ("a 🆔 x1, b", "🆔 x1", LATER),
        ("a ⛔ x1 then b", "⛔ x1", LATER),
        ("a [due:: 16.11.2026]", "[due:: 16.11.2026]", "write it like [due:: 2026-11-09]"),
        ("a (due::tomorrow) b", "(due::tomorrow)", "write it like [due:: 2026-11-09]"),
        ("a [Due:: 2026-11-09]", "[Due:: 2026-11-09]", "write it like [due:: 2026-11-09]"),
        ("a due:: 2026-11-09", "due:: 2026-11-09", "write it like [due:: 2026-11-09]"),
        ("a [due:: 2026-11-09] b", "[due:: 2026-11-09]", LATER),
        ("a [priority:: urgent]", "[priority:: urgent]", VALUE),
        ("a [due:: 2026-11-09] ⏫", "[due:: 2026-11-09]", "the signs after it are in another format"),
        ("a 📅 2026-11-09 [priority:: high]", "📅 2026-11-09", "the signs after it are in another format"),
    ],
)
def test_a_sign_that_is_not_read_is_named_with_the_reason(line: str, shown: str, reason: str) -> None:
    assert messages(f"- [ ] {line}") == [f"{shown!r} is ignored: {reason}."]


@pytest.mark.parametrize(
    "line",
    [
        "a 📅 2026-11-09",
        "a 📅 2026-11-09 #tag ^id",
        "a `📅 soon` b",
        "a 2026-11-09 b",
        "get the ✅ from Dana",
        "⛔ blocked by Dana",
        "the 🏁 of the race",
        "a [due: soon]",
        "overdue:: x",
        "a :: b",
        "a [x](due)",
        "a 🔁 every day 📅 2026-11-09",
        "a [due:: 2026-11-09]  [priority:: high]",
    ],
)
def test_what_is_read_and_what_is_no_sign_is_not_reported(line: str) -> None:
    assert messages(f"- [ ] {line}") == []


def test_each_sign_is_reported_up_to_twenty() -> None:
    assert [message.partition(" is ")[0] for message in messages("- [ ] 📅 soon, ⏳ 9.11.")] == ["'📅 soon,'", "'⏳ 9.11.'"]
    assert len(messages("- [ ] " + "📅 x " * 50)) == 20
