"""Which promises of talks are offered: those that no follow-up says, and that no later talk shows to be kept."""

from datetime import date
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, TODAY, crm_with, days_ago, note
from vaultcrm.actions.coverage.promises import open_promises, spoken
from vaultcrm.actions.crm import Crm
from vaultcrm.catalog.evidence import spoken as evidence

SEND = "I'll send you the palette by Friday."


def vault(*talks: str, follow_ups: tuple[str, ...] = (), settings: str = '[import]\nme = ["Nora Lind"]\n') -> dict[str, str]:
    """Talks with Acme, one a line: how many days ago, the channel, the direction ("-" for both), the thread ("-" for a note that was
    logged by hand), and what was said.
    """
    files = {"vaultcrm.toml": settings, "clients/Acme/Acme.md": CLIENT}
    for number, line in enumerate(talks):
        days, channel, direction, thread, said = line.split(maxsplit=4)
        lines = [f"date: {days_ago(int(days))}T10:00:00", f"channel: {channel}", "people:", '  - "[[Dana Roe]]"']
        lines += [f"direction: {direction}"] if direction != "-" else []
        lines += [f"source: mail:{number}", f"thread: mail:{thread}", f"summary: {thread}"] if thread != "-" else []
        properties, _, body = said.rpartition("||")
        files[f"clients/Acme/interactions/{number}.md"] = note(
            "interaction", *lines, *filter(None, [properties]), body=body.replace("|", "\n")
        )
    return files | {f"clients/Acme/follow-ups/{n}.md": text for n, text in enumerate(follow_ups)}


def found(crm: Crm) -> list[tuple[str, str]]:
    crm.refresh()
    first = date(2026, 1, 1)
    return [("I" if item.is_mine else item.speaker, item.text) for item in open_promises(crm, spoken(crm, first), first)]


OPEN = [
    (("9 email out t " + SEND,), [("I", "send you the palette by Friday")]),
    (("9 email in t " + SEND,), [("Dana Roe", "send you the palette by Friday")]),
    (("9 call - - " + SEND,), [("I", "send you the palette by Friday")]),  # in a note of the user's own, "I" is the user
    (("9 call - - Dana will send the palette.",), [("Dana Roe", "send the palette")]),
    (("9 email - t Dana will send the palette.",), []),  # in somebody's mail, what others will do is theirs
    (("9 email out t " + SEND, "8 email out u Here is the invoice."), [("I", "send you the palette by Friday")]),
    (("9 email out t " + SEND, "8 email in t Here is the old palette."), [("I", "send you the palette by Friday")]),
    (("9 email out t Here is the invoice.", "8 email out t " + SEND), [("I", "send you the palette by Friday")]),
    (("9 email out t " + SEND, "8 email out t " + SEND), [("I", "send you the palette by Friday")]),  # once
    (("9 email in t I'll get back to you.", "8 email in u Another matter"), [("Dana Roe", "get back to you")]),
    (("9 chat - c 10:00 Dana Roe: I'll send the logo|10:05 Nora Lind: I'll pay the invoice",), [("Dana Roe", "send the logo"), ("I",
    "pay the invoice")]),
]  # fmt: skip


@pytest.mark.parametrize(("talks", "expected"), OPEN)
def test_whose_promises_are_open(talks: tuple[str, ...], expected: list[tuple[str, str]], tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", vault(*talks))
    assert found(crm) == expected
    crm.catalog.close()


KEPT = [
    ("9 email out t " + SEND, "8 email out t Here is the palette."),
    ("9 email out t " + SEND, "8 email out t Attached, as we said."),
    ("9 email out t " + SEND, "8 email out t As you see.|[[2026-11-08 palette.pdf]]"),
    ("9 email out t " + SEND, "8 email out palette Here is what you asked for."),  # another thread, about the same
    ("9 email out t I'll send it tomorrow.", "8 email out u Here is what you asked for."),  # nothing tells what it is about
    ("9 email in t " + SEND, "7 email in t Here you go."),
    ("9 email in t I'll get back to you.", "8 email in t It's fine."),
    ("9 email in t I'll get back to you.", "8 call - - We talked."),
    ("9 email out t I'll call you.", "8 call - - We talked."),
    ("9 chat - c 10:00 Nora Lind: I'll send the logo|10:05 Nora Lind: Here is the logo",),
]


@pytest.mark.parametrize("talks", KEPT)
def test_what_was_kept_is_not_offered(talks: tuple[str, ...], tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", vault(*talks))
    assert found(crm) == []
    crm.catalog.close()


def follow_up(*lines: str) -> str:
    return note("follow-up", *lines)


@pytest.mark.parametrize(
    ("follow_ups", "is_offered"),
    [
        ((follow_up("title: Send Dana the palettes", "status: open"),), False),
        ((follow_up("title: Palette of the site", "status: done", "completedDate: 2026-11-10", "dateCreated: 2026-11-08"),), False),
        ((follow_up("title: Palette of the site", "status: done", "completedDate: 2026-10-02", "dateCreated: 2026-10-01"),), True),
        ((follow_up("title: Send the invoice", "status: open", "dateCreated: 2026-11-07"),), True),
    ],
)
def test_what_is_written_down_is_not_offered(follow_ups: tuple[str, ...], is_offered: bool, tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", vault("9 email out t " + SEND, follow_ups=follow_ups))
    assert bool(found(crm)) is is_offered
    crm.catalog.close()


@pytest.mark.parametrize(
    "talk", ["9 call - - next_step: Get back to Dana||I'll get back to her.", "9 call - - follow_up: 2026-11-20||I'll let her know."]
)
def test_a_talk_with_a_next_step_of_its_own_is_written_down(talk: str, tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", vault(talk))
    assert found(crm) == []
    crm.catalog.close()


def test_the_day_is_counted_from_the_talk(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", vault("9 email out t " + SEND))
    crm.refresh()
    (promise,) = open_promises(crm, spoken(crm, date(2026, 1, 1)), date(2026, 1, 1))
    assert (promise.day, promise.due) == (days_ago(9), date(2026, 11, 13))
    crm.catalog.close()


def test_each_talk_is_read_once_and_again_when_it_has_changed(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", vault("9 email out t " + SEND, "3 call - - We talked."))
    first = date(2026, 1, 1)
    crm.refresh()
    assert len(evidence.spoken(crm.catalog, first, TODAY, {})[1]) == 2
    spoken(crm, first)
    assert evidence.spoken(crm.catalog, first, TODAY, {})[1] == []
    path = "clients/Acme/interactions/1.md"
    (tmp_path / "v" / path).write_text(note("interaction", f"date: {days_ago(3)}T10:00:00", "channel: call", body="I'll order the paper."))
    crm.invalidate()
    crm.refresh()
    assert [talk.path for talk in evidence.spoken(crm.catalog, first, TODAY, {})[1]] == [path]
    assert found(crm) == [("I", "order the paper"), ("I", "send you the palette by Friday")]
    assert crm.catalog.rows("SELECT count(DISTINCT digest) FROM said") == [(2,)]  # what the note said before is forgotten
    crm.catalog.close()
