"""Properties set, extended and removed: what is understood, what is written, what is refused."""

from pathlib import Path

import pytest

from tests.actions.vaults import crm_with, note
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.set_properties import Assignment, format_value, parse_assignment, set_properties
from vaultcrm.errors import InvalidInput, UsageError, VaultcrmError

ACME = note("client", "rate: 60  # an hour", "tags:", "  - web", body="Hello.\n")


def after(root: Path, text: str, *words: str) -> str:
    """A note's text after `set` with these words; a word without "=" removes that property."""
    crm = crm_with(root, {"x.md": text})
    set_properties(crm, "x.md", [parse_assignment(word) if "=" in word else Assignment(word, None) for word in words])
    return (root / "x.md").read_text()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=b", Assignment("a", "b")), (" a b = c = d ", Assignment("a b", "c = d")), ("a+=b", Assignment("a", "b", True)),
        ("a += b", Assignment("a", "b", True)), ("a=+b", Assignment("a", "+b")), ("a=1\n2", Assignment("a", "1\n2")),
        ("a+b=c", Assignment("a+b", "c")), ("a-=b", Assignment("a", "b", False, True)), ("a-b = c", Assignment("a-b", "c")),
    ],
)  # fmt: skip
def test_assignments(text: str, expected: Assignment) -> None:
    assert parse_assignment(text) == expected


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("status", "'status' is not KEY=VALUE.", "Write it like: vaultcrm set acme status=active"),
        ("=x", "'=x' is not KEY=VALUE.", "Write it like: vaultcrm set acme status=active"),
        ("rate=", "There is no value after rate=.", "To remove the property: vaultcrm set NOTE --remove rate"),
        ("tags+= ", "There is no value after tags=.", "To remove the property: vaultcrm set NOTE --remove tags"),
    ],
)
def test_what_is_no_assignment(text: str, message: str, hint: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_assignment(text)
    assert (raised.value.message, raised.value.hint) == (message, hint)


def test_several_properties_are_set_extended_and_removed_in_one_edit(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {"x.md": ACME})
    result = set_properties(crm, "x", [Assignment("rate", None), Assignment("tags", "print", True), Assignment("status", "Active")])
    assert (result.created, result.changed, result.record.properties["tags"]) == ([], ["x.md"], ["web", "print"])
    assert (tmp_path / "v/x.md").read_text() == note("client", "tags:", "  - web", "  - print", "status: active", body="Hello.\n")


def test_setting_what_is_so_already_changes_nothing(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {"x.md": ACME})
    result = set_properties(crm, "x", [Assignment("rate", "60"), Assignment("tags", "web", True), Assignment("status", None)])
    assert (result.changed, result.record.properties["rate"]) == ([], "60")
    assert (tmp_path / "v/x.md").read_text() == ACME


@pytest.mark.parametrize(
    ("note_type", "word", "line"),
    [
        ("client", "rate=85", "rate: 85"), ("client", "rate=85.5", "rate: 85.5"), ("client", "cadence=3 weeks", 'cadence: "3 weeks"'),
        ("client", "email=a@b.example", "email:\n  - a@b.example"), ("client", "status=ACTIVE", "status: active"),
        ("project", "status=on_hold", "status: on hold"), ("project", "deadline=fri", "deadline: 2026-11-20"),
        ("project", "deadline=2026-12-18", "deadline: 2026-12-18"), ("interaction", "date=14:30", "date: 2026-11-16T14:30:00"),
        ("interaction", "date=2026-11-02T10:00:00", "date: 2026-11-02T10:00:00"), ("interaction", "project=Site", 'project: "[[Site]]"'),
        ("interaction", "project=[[Site|x]]", 'project: "[[Site|x]]"'), ("interaction", "people=Dana", 'people:\n  - "[[Dana]]"'),
        ("interaction", "people+=Dana", 'people:\n  - "[[Dana]]"'),
        ("follow-up", "recurrence=every 2 weeks", "recurrence: FREQ=WEEKLY;INTERVAL=2"),
        ("follow-up", "completedDate=fri", "completedDate: 2026-11-13"), ("follow-up", "due=fri", "due: 2026-11-20"),
        ("interaction", "follow_up_done=2 days", "follow_up_done: 2026-11-14"), ("decision", "date=2 days", "date: 2026-11-14T12:00:00"),
        ("interaction", "date=2026-11-02T10:00:00+02:00", "date: 2026-11-02T10:00:00+02:00"),
        ("follow-up", "due=2026-11-20T09:00Z", "due: 2026-11-20T09:00Z"),
        ("follow-up", "recurrence=FREQ=DAILY", "recurrence: FREQ=DAILY"),
        ("follow-up", "complete_instances=today", "complete_instances:\n  - 2026-11-16"),
        ("follow-up", "complete_instances+=today", "complete_instances:\n  - 2026-11-16"),
        # a property that the type doesn't define
        ("client", "x=true", "x: true"), ("client", "x=-12", "x: -12"), ("client", "x=1.5", "x: 1.5"), ("client", "x=1.50", 'x: "1.50"'),
        ("client", "x=007", 'x: "007"'), ("client", "x=2026-11-16", "x: 2026-11-16"), ("client", "x=2026-02-30", 'x: "2026-02-30"'),
        ("client", "x=2026-11-16T09:00:00", "x: 2026-11-16T09:00:00"), ("client", "x=two words", "x: two words"),
        ("client", "x+=12", 'x:\n  - "12"'), ("client", "x+=true", 'x:\n  - "true"'),
    ],
)  # fmt: skip
def test_a_value_is_written_as_its_property_needs_it(note_type: str, word: str, line: str, tmp_path: Path) -> None:
    assert after(tmp_path / "v", note(note_type), word) == note(note_type, line)


def test_upper_and_lower_case_of_a_property_are_the_same(tmp_path: Path) -> None:
    text = note("follow-up", "Due: 2026-11-16", "Mine: 1", "TAGS: [x]")
    changed = after(tmp_path / "v", text, "due=fri", "mine=2", "Priority=High", "tags+=z", "tags+=x")
    assert changed == note("follow-up", "Due: 2026-11-20", "Mine: 2", "TAGS: [x, z]", "priority: high")
    assert after(tmp_path / "w", text, "DUE") == note("follow-up", "Mine: 1", "TAGS: [x]")
    assert after(tmp_path / "x", "---\nType: client\n---\n", "Status=Lead") == "---\nType: client\nstatus: lead\n---\n"


def test_the_type_of_a_note(tmp_path: Path) -> None:
    assert after(tmp_path / "a", "---\na: 1\n---\n", "type=Follow Up") == "---\na: 1\ntype: follow-up\n---\n"
    assert after(tmp_path / "b", "---\na: 1\n---\n", "type=Recipe") == "---\na: 1\ntype: Recipe\n---\n"


def test_a_monthly_rule_falls_on_the_day_that_is_due(tmp_path: Path) -> None:
    text = note("follow-up", "due: 2026-11-30")
    assert after(tmp_path / "v", text, "recurrence=every month") == note(
        "follow-up", "due: 2026-11-30", "recurrence: FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"
    )


@pytest.mark.parametrize(
    ("note_type", "word", "error", "message"),
    [
        ("client", "status=busy", InvalidInput, "The status 'busy' is not one of"), ("client", "rate=much", InvalidInput, "rate"),
        ("client", "cadence=often", InvalidInput, "often"), ("project", "deadline=soonish", InvalidInput, "soonish"),
        ("follow-up", "recurrence=FREQ=NEVER", InvalidInput, "NEVER"),
        ("follow-up", "recurrence=now and then", InvalidInput, "now and then"),
        ("client", "rate+=5", UsageError, "The property 'rate' takes one value."),
    ],
)  # fmt: skip
def test_a_value_that_a_property_cannot_have(note_type: str, word: str, error: type[VaultcrmError], message: str, tmp_path: Path) -> None:
    with pytest.raises(error, match=message):
        after(tmp_path / "v", note(note_type), word)
    assert (tmp_path / "v/x.md").read_text() == note(note_type)


def test_the_order_of_day_and_month_is_the_vaults(tmp_path: Path) -> None:
    def crm(name: str, settings: str) -> Crm:
        return crm_with(tmp_path / name, {"x.md": note("project"), "vaultcrm.toml": settings})

    set_properties(crm("dmy", 'date_order = "dmy"\n'), "x", [Assignment("deadline", "03/04")])
    assert "deadline: 2027-04-03\n" in (tmp_path / "dmy/x.md").read_text()
    with pytest.raises(InvalidInput, match="03/04"):
        set_properties(crm("none", ""), "x", [Assignment("deadline", "03/04")])


def test_a_value_on_one_line() -> None:
    assert [format_value(value) for value in ("a", ["a", "b"], None, [])] == ["a", "a, b", "", ""]


DUE = "due: 2026-11-20"


@pytest.mark.parametrize(
    ("before", "assignment", "expected"),
    [
        ([DUE], "recurrence=2 weeks when done", [DUE, "recurrence: FREQ=WEEKLY;INTERVAL=2", "recurrence_anchor: completion"]),
        (
            ["recurrence: FREQ=WEEKLY;INTERVAL=2"],
            "recurrence=2 weeks when done",
            ["recurrence: FREQ=WEEKLY;INTERVAL=2", "recurrence_anchor: completion"],
        ),
        (
            [DUE, "recurrence_anchor: completion"],
            "recurrence=week",
            [DUE, "recurrence_anchor: scheduled", "recurrence: FREQ=WEEKLY;BYDAY=FR"],
        ),
        (["recurrence_anchor: completion"], "recurrence=FREQ=DAILY", ["recurrence_anchor: completion", "recurrence: FREQ=DAILY"]),
        ([DUE], "recurrence=month until 2027-06-30", [DUE, "recurrence: FREQ=MONTHLY;UNTIL=20270630;BYMONTHDAY=20"]),
        # what isn't said stays
        (["due: 2026-11-16T09:00:00Z"], "due=fri", ["due: 2026-11-20T09:00:00Z"]),
        (["due: 2026-11-16T09:00"], "due=2026-11-20", ["due: 2026-11-20T09:00"]),
        (["due: 2026-11-16T09:00:00Z"], "due=fri 3pm", ["due: 2026-11-20T09:00:00Z"]),
    ],
)  # fmt: skip
def test_recurrences_and_times(before: list[str], assignment: str, expected: list[str], tmp_path: Path) -> None:
    assert after(tmp_path / "v", note("follow-up", *before), assignment) == note("follow-up", *expected)


@pytest.mark.parametrize(
    ("assignment", "expected"),
    [
        ("date=2026-11-13", "2026-11-13T14:30:00+02:00"), ("date=fri", "2026-11-13T14:30:00+02:00"),
        ("date=yesterday 3pm", "2026-11-15T15:00:00+02:00"), ("date=2026-11-13T10:00:00", "2026-11-13T10:00:00"),
    ],
)  # fmt: skip
def test_a_conversation_keeps_its_time_and_its_zone(assignment: str, expected: str, tmp_path: Path) -> None:
    before = note("interaction", "date: 2026-11-02T14:30:00+02:00")
    assert after(tmp_path / "v", before, assignment) == note("interaction", f"date: {expected}")


@pytest.mark.parametrize(
    ("lines", "word", "expected"),
    [
        (["phone: 0117 4960142"], "phone+=0117 4960143", ['phone: ["0117 4960142", "0117 4960143"]']),
        (["phone: 0117"], "phone+=0117", ["phone: 0117"]),
        (["shops: North"], "shops+=South", ["shops: [North, South]"]),
        (["phone:"], "phone+=0117 4960143", ["phone:", '  - "0117 4960143"']),
        (["tags:", "  - web", "  - print"], "tags-=WEB", ["tags:", "  - print"]),
        (["tags: [web, print]"], "tags-=print", ["tags: [web]"]),
        (["tags:", "  - web"], "tags-=web", []),
        (["email: a@b.example"], "email-=a@b.example", []),
        (["partners:", '  - "[[Dana Roe|Dana]]"', "  - Bo"], "partners-=dana roe", ["partners:", "  - Bo"]),
    ],
)
def test_items_are_added_to_one_value_and_removed(lines: list[str], word: str, expected: list[str], tmp_path: Path) -> None:
    assert after(tmp_path / "v", note("client", *lines), word) == note("client", *expected)


@pytest.mark.parametrize(
    ("lines", "word", "hint"), [(["tags: [web, print]"], "tags-=logo", "It holds web, print."), ([], "tags-=logo", "It is empty.")]
)
def test_an_item_that_is_not_there_cannot_be_removed(lines: list[str], word: str, hint: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as raised:
        after(tmp_path / "v", note("client", *lines), word)
    assert (raised.value.message, raised.value.hint) == ("The property 'tags' doesn't hold 'logo'.", hint)


@pytest.mark.parametrize(
    ("word", "line"), [("channel=Mail", "channel: email"), ("channel=e-mail", "channel: email"), ("channel=WhatsApp", "channel: message")]
)
def test_a_channel_as_people_call_it(word: str, line: str, tmp_path: Path) -> None:
    assert line in after(tmp_path / "v", note("client"), word).splitlines()
