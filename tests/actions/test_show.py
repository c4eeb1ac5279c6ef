"""A note with what belongs to it: its text, what is open and agreed, its talks, what links to it."""

from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with, note
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.show import Line, LinkHere, NoteDetails, find_line, show, show_client, show_of_type
from vaultcrm.errors import Ambiguous, NotFound
from vaultcrm.model.handles import handle

CALL = "clients/Acme/interactions/2026-11-04 1430 Call.md"
CALL_TEXT = """---
type: interaction
date: 2026-11-04T14:30:00
channel: call
people:
  - "[[Dana Roe]]"
project: "[[Site]]"
decisions:
  - "The journal: apart"
  - Launch stays
next_step: Send the quote
follow_up: 2026-11-13
---
First line.

- [ ] Ring Owen 📅 2026-11-20
- [x] Done already
> [!feedback] Looks good
"""
FILES = {
    "clients/Acme/Acme.md": CLIENT + "An office of nine.\n",
    "clients/Acme/Dana Roe.md": note("person", "aliases: [Dana]", body="Decides."),
    "clients/Acme/Site.md": note("project", "status: active", body="The site. See [[2026-11-04 1430 Call]]."),
    CALL: CALL_TEXT,
    "clients/Acme/interactions/2026-10-01 Dana.md": note("interaction", "date: 2026-10-01", "people: [dana]"),
    "clients/Acme/interactions/2026-12-01 Plan.md": note("interaction", "date: 2026-12-01", 'project: "[[Site]]"'),
    "clients/Acme/Quote.md": note("follow-up", "due: 2026-11-17", 'from: "[[2026-11-04 1430 Call]]"', 'person: "[[Dana Roe]]"'),
    "clients/Acme/Sent.md": note("follow-up", "status: done", 'from: "[[2026-11-04 1430 Call]]"'),
    "clients/Acme/Text.md": note("follow-up", "status: waiting", 'project: "[[Site]]"'),
    "clients/Acme/Two rounds.md": note("decision", "date: 2026-11-04", 'from: "[[2026-11-04 1430 Call]]"', 'by: "[[Dana Roe]]"'),
    "clients/Acme/One round.md": note("decision", "date: 2026-10-04", 'by: "[[Dana Roe]]"'),
    "clients/Acme/Free rounds.md": note("decision", "date: 2026-11-05", 'supersedes: "[[One round]]"'),
    "Daily.md": "\nTalked with [Dana](clients/Acme/Dana%20Roe.md) today.\n\nAnd with [[Dana Roe|her]].\n",
    "clients/Fox/Fox.md": CLIENT,
    "clients/Fox/Dana Roe.md": note("person"),
    "clients/Fox/talk.md": note("interaction", "date: 2026-11-10", 'people: ["[[Dana Roe]]"]'),
}


@pytest.fixture
def crm(tmp_path: Path) -> Crm:
    return crm_with(tmp_path / "v", FILES)


def texts(details: NoteDetails) -> tuple[list[str], list[str], list[str]]:
    """The follow-ups, the decisions and the talks."""
    talks = [talk.path.rpartition("/")[2] for talk in details.talks]
    return [item.text for item in details.follow_ups], [decision.text for decision in details.decisions], talks


ALL_OPEN = ["Send the quote", "Quote", "Ring Owen", "Text"]


@pytest.mark.parametrize(
    ("name", "path", "follow_ups", "decisions", "talks"),
    [
        ("acme", "clients/Acme/Acme.md", ALL_OPEN, ["Free rounds", "The journal: apart", "Launch stays", "Two rounds"],
         ["2026-11-04 1430 Call.md", "2026-10-01 Dana.md"]),
        ("site", "clients/Acme/Site.md", ["Send the quote", "Ring Owen", "Text"], ["The journal: apart", "Launch stays"],
         ["2026-11-04 1430 Call.md"]),
        ("clients/Acme/Dana Roe", "clients/Acme/Dana Roe.md", ["Quote"], ["The journal: apart", "Launch stays", "Two rounds"],
         ["2026-11-04 1430 Call.md", "2026-10-01 Dana.md"]),
        ("1430 call", CALL, ["Send the quote", "Quote", "Ring Owen"], ["The journal: apart", "Launch stays", "Two rounds"], []),
        ("Quote", "clients/Acme/Quote.md", [], [], []),
        ("One round", "clients/Acme/One round.md", [], ["Free rounds"], []),
        ("daily", "Daily.md", [], [], []),
    ],
)  # fmt: skip
def test_what_belongs_to_a_note(
    name: str, path: str, follow_ups: list[str], decisions: list[str], talks: list[str], crm: Crm
) -> None:  # fmt: skip
    details = show(crm, name)
    found, agreed, spoken = texts(details)
    assert (details.note.path, found, sorted(agreed), spoken) == (path, follow_ups, sorted(decisions), talks)


def test_the_typed_commands_show_the_same(crm: Crm) -> None:
    assert show_client(crm, "acme") == show(crm, "acme")
    assert show_of_type(crm, "project", "site") == show(crm, "site")
    assert show_of_type(crm, "person", "dana", "acme") == show(crm, "clients/Acme/Dana Roe.md")
    with pytest.raises(Ambiguous):
        show_of_type(crm, "person", "dana roe")


def test_a_decision_that_another_one_replaces_says_so(crm: Crm) -> None:
    record = show(crm, "One round").record
    assert record is not None
    assert (record.status, record.path) == ("superseded", "clients/Acme/One round.md")  # type: ignore[union-attr]  # it is a Decision


def test_the_body_and_its_first_line(crm: Crm) -> None:
    details = show(crm, CALL)
    assert (details.body[:11], details.body_line) == ("First line.", 14)
    daily = show(crm, "Daily")
    assert (daily.body_line, daily.body.splitlines()[1]) == (1, "Talked with [Dana](clients/Acme/Dana%20Roe.md) today.")


def test_what_links_to_a_note(crm: Crm) -> None:
    links = show(crm, "clients/Acme/Dana Roe").links
    assert links == [
        LinkHere(CALL, 6, "people", ""),
        LinkHere("Daily.md", 2, None, "Talked with [Dana](clients/Acme/Dana%20Roe.md) today."),
        LinkHere("clients/Acme/One round.md", 4, "by", ""),
        LinkHere("clients/Acme/Quote.md", 5, "person", ""),
        LinkHere("clients/Acme/Two rounds.md", 5, "by", ""),
    ]  # and not the "[[Dana Roe]]" of Fox, which is another one; from the root, the shorter path is meant
    assert [link.path for link in show(crm, "clients/Fox/Dana Roe").links] == ["clients/Fox/talk.md", "Daily.md"]


@pytest.mark.parametrize(
    ("parts", "line", "lines"),
    [
        (("decision", "The journal: apart"), 9, [7, 8, 9, 10, 11]),
        (("decision", "Launch stays"), 10, [8, 9, 10, 11, 12]),
        (("next",), 11, [9, 10, 11, 12, 13]),
        (("feedback", "Looks good"), 18, [16, 17, 18, 19]),
    ],
)
def test_a_handle_of_something_inside_a_note(parts: tuple[str, ...], line: int, lines: list[int], crm: Crm) -> None:
    key = handle(CALL, *parts)
    place = show(crm, key[:8]).place
    assert place is not None
    assert (place.item.id, place.record.id, place.line, [line.number for line in place.lines]) == (key, key, line, lines)
    assert place.lines[0] == Line(lines[0], CALL_TEXT.split("\n")[lines[0] - 1])
    assert find_line(crm, key[:8]) == (CALL, line)


def test_a_checkbox_line_by_its_handle(crm: Crm) -> None:
    crm.refresh()
    (item,) = (item for item in crm.catalog.follow_ups(path=CALL) if item.text == "Ring Owen")
    assert find_line(crm, item.id) == (CALL, 16)


def test_a_whole_note_has_no_line_and_one_that_cannot_be_read_that_of_its_problem(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {"a.md": "Hello\n", "b.md": "---\nx: 1\ny: [\n---\n"})
    assert [find_line(crm, name) for name in ("a", "b.md")] == [("a.md", None), ("b.md", 4)]


@pytest.mark.parametrize(
    ("data", "body", "code"),
    [
        (b"---\nstatus: [\n---\nText\n", "---\nstatus: [\n---\nText\n", "front-matter"),
        (b"caf\xe9\n", "caf\ufffd\n", "encoding"),
        (b"a\0b", "", "binary"),
        (b"h\0i\0", "", "binary"),
        (b"x" * (8 * 1024 * 1024 + 1), "", "too-large"),
    ],
)
def test_a_note_that_cannot_be_read_is_shown_as_far_as_it_is_text(data: bytes, body: str, code: str, tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {"a.md": ""})
    (tmp_path / "v" / "a.md").write_bytes(data)
    details = show(crm, "a.md")
    assert (details.body, details.is_readable, [problem.code for problem in details.problems]) == (body, False, [code])


def test_a_name_that_nothing_has(crm: Crm) -> None:
    with pytest.raises(NotFound) as raised:
        show(crm, "Danna Roe")
    assert (raised.value.message, raised.value.hint) == ("No note is called 'Danna Roe'.", "Did you mean 'Dana Roe' or '2026-10-01 Dana'?")


def test_a_beginning_of_several_handles_is_a_choice(tmp_path: Path) -> None:
    paths = [f"{number}.md" for number in range(2_000)]
    by_prefix: dict[str, list[str]] = {}
    for path in paths:
        by_prefix.setdefault(handle(path)[:4], []).append(path)
    prefix, alike = next((prefix, found) for prefix, found in by_prefix.items() if len(found) > 1)
    crm = crm_with(tmp_path / "v", dict.fromkeys(alike, "text"))
    with pytest.raises(Ambiguous) as raised:
        show(crm, prefix)
    labels = [f"{handle(path)[:8]} {path.removesuffix('.md')}" for path in sorted(alike)]
    assert raised.value.message == f"'{prefix}' is the beginning of several handles: {'; '.join(labels)}."
    crm.choose = lambda error: error.choices[1][0]
    assert show(crm, prefix).note.path == sorted(alike)[1]
