"""Which properties do not fit the schema."""

import pytest

from vaultcrm.markdown.values import Value
from vaultcrm.model.read_note import read_note
from vaultcrm.model.records import Problem
from vaultcrm.model.validate import similar_key, value_problem


def problems(note_type: str, properties: str) -> list[tuple[int, str]]:
    """Line and code of the problems in a note. Its properties start on line 3."""
    found = read_note("2026-11-02 x.md", f"---\ntype: {note_type}\n{properties}---\n".encode()).problems
    assert all(problem.path == "2026-11-02 x.md" and problem.message.endswith(".") for problem in found)
    return [(problem.line, problem.code) for problem in found]


@pytest.mark.parametrize(
    ("note_type", "properties", "expected"),
    [
        ("client", "status: friend\n", [(3, "bad-choice")]),
        ("client", "rate: 60\ncadence: 3 weeks\nemail: [a, b]\nanything: {at: all}\n", []),
        ("client", "rate: sixty\n", [(3, "bad-number")]),
        ("client", "rate: 1,000\n", [(3, "bad-number")]),
        ("client", "cadence: often\n", [(3, "bad-span")]),
        ("client", "status: [lead, active]\n", [(3, "bad-list")]),
        ("client", "status: lead\nstage: x\nstatus: active\n", [(5, "duplicate-key"), (4, "bad-choice")]),
        ("client", "status:\nrate: ''\n", []),
        ("project", "start: 2026-02-30\ndeadline: soon\nvalue: -9.50\n", [(3, "bad-date"), (4, "bad-date")]),
        ("interaction", "date: tomorrow\n", [(3, "bad-date")]),
        ("interaction", "channel: fax\nfollow_up: '?'\n", [(3, "bad-choice"), (4, "bad-date")]),
        ("follow-up", "recurrence: FREQ=HOURLY\n", [(3, "bad-recurrence")]),
        ("follow-up", "recurrence: FREQ=WEEKLY;BYDAY=MO\nstatus: todo\npriority: normal\n", []),
        ("follow-up", "complete_instances: [2026-11-02, soon]\n", [(3, "bad-date")]),
        ("follow-up", "client: '[[Acme'\nproject: Web\n", [(3, "bad-link")]),
        ("follow_up", "", [(2, "bad-type")]),
        ("recipe", "status: friend\n", []),
    ],
)
def test_a_property_that_does_not_fit_the_schema_is_a_problem(note_type: str, properties: str, expected: list[tuple[int, str]]) -> None:
    assert problems(note_type, properties) == expected


@pytest.mark.parametrize(
    ("note_type", "key", "value", "message"),
    [
        ("client", "status", "friend", "The status 'friend' is not one of: lead, active, paused, past."),
        ("client", "status", " LEAD ", None),
        ("client", "rate", "1e3", "'1e3' in 'rate' is not a number."),
        ("client", "rate", " +9.5 ", None),
        ("client", "rate", "９", "'９' in 'rate' is not a number."),
        ("client", "rate", None, None),
        ("client", "rate", ["1"], "The property 'rate' takes one value, not a list."),
        ("client", "timezone", "Europe/Lisbon", None),
        ("client", "timezone", "Mars/Phobos", "'Mars/Phobos' is not a time zone. Write it like Europe/Lisbon or America/New_York."),
        ("client", "timezone", "Europe/Lisbonn", "'Europe/Lisbonn' is not a time zone. Did you mean Europe/Lisbon?"),
        ("client", "timezone", "lisbon", "'lisbon' is not a time zone. Did you mean Europe/Lisbon?"),
        ("client", "timezone", "New York", "'New York' is not a time zone. Did you mean America/New_York?"),
        ("client", "timezone", "../etc", "'../etc' is not a time zone. Write it like Europe/Lisbon or America/New_York."),
        ("client", "cadence", "3 weeks", None),
        ("client", "tags", ["any", "thing"], None),
        ("project", "start", "2026-11", "'2026-11' in 'start' is not a date like 2026-11-09."),
        ("interaction", "direction", "sideways", "The direction 'sideways' is not one of: in, out."),
        ("interaction", "date", "2026-11-09", None),
        ("interaction", "date", "9 Nov", "'9 Nov' in 'date' is not a date like 2026-11-09."),
        ("interaction", "people", "[[Dana", None),
        ("interaction", "project", "[[Web", "'[[Web' in 'project' is not a link like [[Title]]."),
        ("interaction", "project", ["[[Web]]"], None),
        ("follow-up", "status", "Complete", None),
        ("project", "status", "complete", "The status 'complete' is not one of: planned, active, on hold, done, cancelled."),
        ("follow-up", "priority", "urgent", None),
        ("follow-up", "priority", "todo", "The priority 'todo' is not one of: highest, high, medium, low, lowest."),
        ("follow-up", "complete_instances", "2026-11-02", None),
        ("follow-up", "complete_instances", ["2026-11-02", "x"], "'x' in 'complete_instances' is not a date like 2026-11-09."),
    ],
)
def test_a_value_that_does_not_fit_is_named_with_what_is_expected(note_type: str, key: str, value: Value, message: str | None) -> None:
    problem = value_problem(note_type, key, value)
    assert (problem and problem[1]) == message


def test_a_problem_says_what_is_written_and_what_is_allowed() -> None:
    (problem,) = read_note("Acme.md", b"---\ntype: client\nstatus: friend\n---\n").problems
    assert problem == Problem("Acme.md", 3, "bad-choice", "The status 'friend' is not one of: lead, active, paused, past.")


def test_a_key_given_twice_in_different_quotes_is_a_problem() -> None:
    assert problems("client", '"status": lead\nstatus: active\n') == [(4, "duplicate-key")]
    (problem,) = read_note("a.md", b"---\nmine: 1\nmine: 2\n---\n").problems
    text = "The property 'mine' is given more than once. vaultcrm uses the last one; Obsidian reads none of the note's properties."
    assert problem == Problem("a.md", 3, "duplicate-key", text)


def test_a_key_given_twice_in_different_case_is_a_problem() -> None:
    (problem,) = read_note("a.md", b"---\ntype: follow-up\nDue: 2026-11-09\ndue: 2026-11-10\n---\n").problems
    text = "The property 'due' is given more than once, as Due and due. vaultcrm uses the last one. Keep one of them."
    assert problem == Problem("a.md", 4, "duplicate-key", text)


def test_front_matter_that_obsidian_refuses_is_a_problem() -> None:
    (problem,) = read_note("a.md", b'---\na: 1\nb: "x\ny\nz"\n---\n').problems
    text = "Obsidian reads none of the note's properties: this line continues a text in quotes or brackets. Indent it."
    assert problem == Problem("a.md", 4, "obsidian-yaml", text)


@pytest.mark.parametrize("note_type", ["follow_up", "follow up"])
def test_a_type_that_is_spelled_differently_is_a_problem_on_its_line(note_type: str) -> None:
    found = read_note("a.md", f"---\ntitle: x\ntype: {note_type}\n---\n".encode()).problems
    assert found == (Problem("a.md", 3, "bad-type", f"Write the type {note_type!r} as 'follow-up'."),)


def test_the_synonyms_of_priorities_are_not_statuses() -> None:
    assert problems("follow-up", "status: urgent\n") == [(3, "bad-choice")]


def test_a_time_that_does_not_exist_is_a_bad_date() -> None:
    assert problems("interaction", "date: 2026-11-02T25:00:00\n") == [(3, "bad-date")]


@pytest.mark.parametrize(
    ("note_type", "key", "meant"),
    [
        ("project", "stauts", "status"), ("client", "emails", "email"), ("follow-up", "priorty", "priority"),
        ("client", "timezon", "timezone"),
        ("client", "status", None), ("client", "project", None), ("client", "site", None), ("plain", "stauts", None), ("", "stauts", None),
        ("client", "colour", None),
    ],
)  # fmt: skip
def test_a_key_that_looks_like_a_known_one(note_type: str, key: str, meant: str | None) -> None:
    assert similar_key(note_type, key) == meant
    note = read_note("x.md", f"---\ntype: {note_type}\n{key}:\n---\n".encode())
    message = f"vaultcrm doesn't know the property {key!r}. Did you mean {meant!r}?"
    assert note.problems == ((Problem("x.md", 3, "similar-key", message),) if meant else ())


def test_a_key_that_looks_like_one_that_is_there_too_is_meant() -> None:
    assert read_note("x.md", b"---\ntype: client\nemail: a@b.example\nemails: c@d.example\n---\n").problems == ()


@pytest.mark.parametrize(
    ("note_type", "meant"),
    [("followup", "follow-up"), ("clients", "client"), ("intraction", "interaction"), ("book", None), ("task", None)],
)
def test_a_type_that_looks_like_a_known_one(note_type: str, meant: str | None) -> None:
    found = read_note("x.md", f"---\ntype: {note_type}\n---\n".encode()).problems
    assert found == ((Problem("x.md", 2, "bad-type", f"Write the type {note_type!r} as {meant!r}."),) if meant else ())
