"""Who waits for whom: which messages count as unanswered, and which don't."""

import time
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with, days_ago, note
from vaultcrm.actions.brief.brief import brief
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.day import day
from vaultcrm.actions.due import due
from vaultcrm.actions.follow_ups import done, drop, snooze
from vaultcrm.actions.unanswered import Unanswered, count_older, unanswered
from vaultcrm.actions.undo import undo
from vaultcrm.errors import Refused
from vaultcrm.links.ownership import ClientRef
from vaultcrm.model.handles import handle

ASKS, TELLS, THANKS = "Can you send the quote?", "Here are the texts for the first page.", "Thanks, great!"


def vault(*talks: str, client: str = "Acme") -> dict[str, str]:
    """Talks with a client, one a line: how many days ago, the channel, the direction ("-" for both), the thread ("-" for a note
    that was logged by hand), the people ("-" for nobody), and what was said.
    """
    files = {f"clients/{client}/{client}.md": CLIENT}
    for number, line in enumerate(talks):
        ago, channel, direction, thread, people, said = line.split(maxsplit=5)
        day, _, hour = ago.partition("@")
        lines = [f"date: {days_ago(int(day))}T{hour or '10:00'}:00", f"channel: {channel}"]
        lines += [f"direction: {direction}"] if direction != "-" else []
        lines += [f"thread: mail:{thread}", f"source: mail:{number}"] if thread != "-" else []
        lines += ["people:", *(f'  - "[[{name}]]"' for name in people.split("+"))] if people != "-" else []
        lines += [f"summary: {thread}"] if channel == "email" and thread != "-" and "summary:" not in said else []
        properties, _, body = said.rpartition("|")
        files[f"clients/{client}/interactions/{number}.md"] = note("interaction", *lines, *filter(None, properties.split("|")), body=body)
    return files


def found(crm: Crm) -> list[tuple[str, str, int]]:
    """The number of each message, who waits for it, and since how many days."""
    return [(item.path.rpartition("/")[2].removesuffix(".md"), item.direction, item.days) for item in unanswered(crm)]


CASES = {
    "nobody has answered": (["5 email in A Dana " + ASKS], [("0", "in", 5)]),
    "the third day": (["3 email in A Dana " + ASKS], [("0", "in", 3)]),
    "too early": (["2 email in A Dana " + ASKS], []),
    "answered": (["5 email in A Dana " + ASKS, "4 email out A Dana Done."], []),
    "answered in a day of the thread": (["5 email in A Dana " + ASKS, "4 email - A Dana Done."], []),
    "asked again": (["9 email out A Dana Here.", "5 email in A Dana " + ASKS], [("1", "in", 5)]),
    "they wrote twice: since the first time": (["6 email in A Dana " + ASKS, "1 email in A Dana Any news?"], [("1", "in", 6)]),
    "thanks": (["9 email in A Dana " + ASKS, "8 email out A Dana Here it is.", "7 email in A Dana " + THANKS], []),
    "thanks in German": (["5 email in A Dana Vielen Dank für die schnelle Antwort!"], []),
    "thanks, and a question": (["5 email in A Dana Thanks! And when do we start?"], [("0", "in", 5)]),
    "thanks after a question": (["5 email in A Dana " + ASKS, "4 email in A Dana " + THANKS], [("1", "in", 5)]),
    "a thumb": (["5 chat in A Dana 10:00 Dana: 👍"], []),
    "we wrote": (["8 email out A Dana " + ASKS], [("0", "out", 8)]),
    "we wrote, too early": (["6 email out A Dana " + ASKS], []),
    "we wrote twice: since the last time": (["20 email out A Dana " + ASKS, "8 email out A Dana Any news?"], [("1", "out", 8)]),
    "we thanked": (["8 email out A Dana " + THANKS], []),
    "they wait before we do": (["30 email out B Dana " + ASKS, "5 email in A Dana " + ASKS], [("1", "in", 5), ("0", "out", 30)]),
    "old": (["61 email in A Dana " + ASKS], []),
    "not old": (["60 email in A Dana " + ASKS], [("0", "in", 60)]),
    "a call with her": (["5 email in A Dana " + ASKS, "4 call - - Dana Talked."], []),
    "a call with somebody": (["5 email in A Dana " + ASKS, "4 call - - - Talked."], []),
    "a call with somebody else": (["5 email in A Dana " + ASKS, "4 call - - Max Talked."], [("0", "in", 5)]),
    "a call with two": (["5 email in A Dana " + ASKS, "4 call - - Max+Dana Talked."], []),
    "a call before": (["5 email in A Dana " + ASKS, "6 call - - Dana Talked."], [("0", "in", 5)]),
    "a call on that day, without a time": (["5 email in A Dana " + ASKS, "5@00:00 call - - Dana Talked."], []),
    "her first name": (["5 email in A Dana_Roe " + ASKS, "4 meeting - - Dana_Roe+Max Talked."], []),
    "a call that is planned": (["5 email in A Dana " + ASKS, "-3 meeting - - Dana Kickoff"], [("0", "in", 5)]),
    "a call later today": (["5 email in A Dana " + ASKS, "0@15:00 meeting - - Dana Kickoff"], [("0", "in", 5)]),
    "a note to oneself": (["5 email in A Dana " + ASKS, "4 note - - - Remember."], [("0", "in", 5)]),
    "a chat with both": (["5 email in A Dana " + ASKS, "4 chat - C Dana 10:00 Dana: hi"], []),
    "a chat of ours": (["5 email in A Dana " + ASKS, "4 chat out C Dana 10:00 Nora: It is on its way."], []),
    "another mail of ours, about something else": (["5 email in A Dana " + ASKS, "4 email out B Dana The invoice."], [("0", "in", 5)]),
    "told something, and another mail of ours": (["5 email in A Dana " + TELLS, "4 email out B Dana The invoice."], []),
    "told something": (["5 email in A Dana " + TELLS], [("0", "in", 5)]),
    "told them something": (["9 email out A Dana " + TELLS], [("0", "out", 9)]),
    "told them something, and another mail of theirs": (["9 email out A Dana " + TELLS, "2 email in B Dana Here."], []),
    "another subject of theirs": (["9 email out A Dana " + ASKS, "2 email in B Dana Here."], [("0", "out", 9)]),
    "logged by hand": (["5 email in - Dana " + ASKS], []),
    "logged by hand, as an answer": (["5 email in A Dana " + TELLS, "4 email out - Dana Done."], []),
    "a step that follows": (["5 email in A Dana next_step: Send it|" + ASKS], []),
    "a follow-up": (["5 email in A Dana follow_up: 2026-12-01|" + ASKS], []),
    "done": (["5 email in A Dana follow_up_done: 2026-11-15|" + ASKS], []),
    "dropped": (["5 email in A Dana follow_up_status: cancelled|" + ASKS], []),
    "done, and asked again": (
        ["9 email in A Dana follow_up_done: 2026-11-08|" + ASKS, "5 email in A Dana And now?"], [("1", "in", 5)],
    ),
    "a checkbox line in it": (["5 email in A Dana - [ ] Send it"], []),
    "a call isn't answered by anybody": (["5 call in A Dana Can you call back?"], []),
    "a meeting's invitation": (["5 email in A Dana summary: 'Accepted: Kickoff'|See you there, I will bring the drafts"], []),
    "a calendar's file": (["5 email in A Dana Join us there? [[files/invite.ics]]"], []),
    "out of office": (["5 email in A Dana summary: 'Automatic reply: Quote'|I am away. Can it wait?"], []),
    "a chat of two days": (["5 chat in C Dana 10:00 Dana: When?", "4 chat - C Dana 10:00 Dana: ok"], []),
}  # fmt: skip


@pytest.mark.parametrize(("talks", "expected"), CASES.values(), ids=CASES)
def test_what_is_unanswered(talks: list[str], expected: list[tuple[str, str, int]], tmp_path: Path) -> None:
    assert found(crm_with(tmp_path / "v", vault(*talks))) == expected


def test_what_a_message_says_about_itself(tmp_path: Path) -> None:
    files = vault("9 email out A Dana_Roe+Max Here.", "5@18:30 email in A Dana+Max summary: 'Re: Quote'|" + ASKS)
    crm = crm_with(tmp_path / "v", files)
    path = "clients/Acme/interactions/1.md"
    (item,) = unanswered(crm)
    assert item == Unanswered(handle(path), path, "Acme", "Dana", "Quote", date(2026, 11, 11), 5, "in")
    assert unanswered(crm, ClientRef.at("clients/Acme/Acme.md")) == [item]


def test_threads_of_other_clients_are_theirs(tmp_path: Path) -> None:
    files = vault("5 email in A Dana " + ASKS) | vault("9 email out A Dana " + ASKS, "4 call - - - Talked.", client="Fox")
    crm = crm_with(tmp_path / "v", files)
    assert [item.client for item in unanswered(crm)] == ["Acme"]
    assert unanswered(crm, ClientRef.at("clients/Fox/Fox.md")) == []


@pytest.mark.parametrize("status", ["paused", "past"])
def test_clients_who_are_not_current_wait_for_nothing(status: str, tmp_path: Path) -> None:
    files = vault("5 email in A Dana " + ASKS) | {"clients/Acme/Acme.md": note("client", f"status: {status}")}
    assert unanswered(crm_with(tmp_path / "v", files)) == []


def test_the_inbox_waits_for_a_client(tmp_path: Path) -> None:
    files = {path.replace("clients/Acme/interactions", "inbox"): text for path, text in vault("5 email in A Dana " + ASKS).items()}
    assert unanswered(crm_with(tmp_path / "v", files)) == []


def test_a_follow_up_that_came_out_of_it(tmp_path: Path) -> None:
    files = vault("5 email in A Dana " + ASKS) | {"clients/Acme/follow-ups/Send.md": note("follow-up", "status: done", 'from: "[[0]]"')}
    assert unanswered(crm_with(tmp_path / "v", files)) == []


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("unanswered_days = 5", [("0", "in", 5), ("2", "out", 7)]),
        ("unanswered_days = 6", [("2", "out", 7)]),
        ("unanswered_days = 0", [("2", "out", 7)]),
        ("unanswered_days = 1\nwaiting_days = 0", [("0", "in", 5), ("1", "in", 2)]),
        ("unanswered_days = 0\nwaiting_days = 0", []),
    ],
)
def test_the_days_are_settings(settings: str, expected: list[tuple[str, str, int]], tmp_path: Path) -> None:
    files = vault("5 email in A Dana " + ASKS, "2 email in B Max " + ASKS, "7 email out C Eva " + ASKS)
    assert found(crm_with(tmp_path / "v", files | {"vaultcrm.toml": f"[due]\n{settings}\n"})) == expected


def test_those_that_are_too_old_are_counted(tmp_path: Path) -> None:
    files = vault(
        "61 email in A Dana " + ASKS, "600 email out B Dana " + ASKS, "5 email in C Dana " + ASKS, "300 email in D Dana " + THANKS
    )
    crm = crm_with(tmp_path / "v", files)
    assert count_older(crm) == 2
    assert count_older(crm, ClientRef.at("clients/Acme/Acme.md")) == 2


def test_a_chat_of_many_days_is_one_thread(tmp_path: Path) -> None:
    def talk(ago: int, direction: str, said: str) -> str:
        lines = [f"date: {days_ago(ago)}T10:00:00", "channel: message", f"source: whatsapp:Dana:{days_ago(ago)}:0123456789abcdef"]
        return note("interaction", *lines, *([f"direction: {direction}"] if direction else []), body=f"10:00 Dana: {said}")

    asked, answered = talk(9, "in", "When?"), talk(8, "out", "Tomorrow.")
    again = {"clients/Acme/1.md": asked, "clients/Acme/2.md": answered, "clients/Acme/3.md": talk(4, "in", "And now?")}
    files = {"clients/Acme/Acme.md": CLIENT, **again}
    assert found(crm_with(tmp_path / "v", files)) == [("3", "in", 4)]
    assert found(crm_with(tmp_path / "w", files | {"clients/Acme/4.md": talk(3, "", "Yes.")})) == []


# ------------------------------------------------------------------ settled like any follow-up

PATH = "clients/Acme/interactions/0.md"
ID = handle(PATH)
ASKED = vault("5 email in A Dana summary: 'Re: Quote'|" + ASKS)
ASKED_THEM = vault("9 email out B Dana summary: Texts|" + ASKS)


def added_lines(crm: Crm) -> list[str]:
    """The lines that the message's note has now and hadn't before."""
    text = Path(crm.vault.path(PATH)).read_text("utf-8")
    return [line for line in text.splitlines() if line not in f"{ASKED[PATH]}{ASKED_THEM[PATH]}".splitlines()]


def test_done_and_drop_settle_a_message(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", ASKED)
    result = done(crm, [ID[:6]])
    (change,) = result.record
    assert (result.changed, change.outcome, change.follow_up.status, change.follow_up.text) == (
        [PATH],
        "done",
        "done",
        "Answer Dana: Quote",
    )
    assert added_lines(crm) == ["follow_up_done: 2026-11-16"]
    assert unanswered(crm) == []
    assert [again.outcome for again in done(crm, [ID]).record] == ["was already done (since 2026-11-16)"]
    undo(crm.vault.root)
    crm.invalidate()
    assert added_lines(crm) == []
    assert drop(crm, [ID]).record[0].follow_up.status == "cancelled"
    assert added_lines(crm) == ["follow_up_status: cancelled"]
    assert unanswered(crm) == []


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (ASKED, ['next_step: "Answer Dana: Quote"', "follow_up: 2026-11-20"]),
        (ASKED_THEM, ['next_step: "Answer from Dana: Texts"', "follow_up: 2026-11-20", "follow_up_status: waiting"]),
    ],
)
def test_snooze_makes_it_a_follow_up_of_its_own(files: dict[str, str], expected: list[str], tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", files)
    (change,) = snooze(crm, [ID], date(2026, 11, 20)).record
    assert (change.outcome, change.next_due, change.follow_up.kind) == ("moved", date(2026, 11, 20), "interaction")
    assert added_lines(crm) == expected
    assert unanswered(crm) == []
    assert [item.text for item in crm.catalog.follow_ups(("open", "waiting"))] == [change.follow_up.text]
    (again,) = done(crm, [ID]).record  # the message's handle leads to it
    assert again.follow_up.id == change.follow_up.id


def test_a_message_is_found_by_its_words(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", ASKED)
    assert [change.follow_up.id for change in drop(crm, ["answer", "dana"]).record] == [ID]


def test_a_note_that_was_settled_meanwhile_is_left_alone(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", ASKED)
    unanswered(crm)
    note_file = Path(crm.vault.path(PATH))
    note_file.write_text(note_file.read_text("utf-8").replace("channel:", "next_step: Send it\nchannel:"), "utf-8")
    with pytest.raises(Refused, match="isn't there any more"):  # another program was faster
        done(crm, [ID])
    crm.invalidate()
    (change,) = done(crm, [ID]).record
    assert (change.follow_up.kind, change.follow_up.text) == ("interaction", "Send it")


def test_due_lists_messages_apart(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", ASKED | {path.replace("0.md", "9.md"): text for path, text in ASKED_THEM.items()})
    found = due(crm)
    assert [(item.text, item.status, item.due, item.since) for item in found.all()] == [
        ("Answer Dana: Quote", "open", date(2026, 11, 14), date(2026, 11, 11)),
        ("Answer from Dana: Texts", "waiting", date(2026, 11, 14), date(2026, 11, 7)),
    ]
    assert found.hidden == 0
    assert [item.text for item in due(crm, waiting_only=True).all()] == ["Answer from Dana: Texts"]
    assert due(crm, late_only=True).all() == []
    assert due(crm, period=(crm.today, crm.today)).all() == []
    assert [item.id for item in day(crm).unanswered] == [item.id for item in found.all()]
    client = brief(crm, "acme")
    assert [item.text for item in (*client.owed_by_me, *client.owed_by_them)] == ["Answer Dana: Quote", "Answer from Dana: Texts"]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kolkata"])
@pytest.mark.parametrize(
    ("written", "now"),
    [
        ("2026-10-24T23:30:00", datetime(2026, 10, 27, 0, 15)),  # the clocks of Berlin go back in between
        ("2026-10-31T23:30:00", datetime(2026, 11, 3, 0, 15)),  # those of New York
        ("2027-03-27T23:30:00", datetime(2027, 3, 30, 0, 15)),  # and forward
    ],
)
def test_days_are_those_of_the_local_calendar(
    zone: str, written: str, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    lines = [f"date: {written}", "channel: email", "direction: in", "source: mail:1"]
    files = {"clients/Acme/Acme.md": CLIENT, "clients/Acme/1.md": note("interaction", *lines, body=ASKS)}
    root = crm_with(tmp_path / "v", files).vault.root
    assert [item.days for item in unanswered(Crm(root, now))] == [3]
    assert unanswered(Crm(root, now - timedelta(minutes=20))) == []
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(("today", "days"), [("0001-01-05", 4), ("9999-12-31", 4)])
def test_the_ends_of_the_calendar(today: str, days: int, tmp_path: Path) -> None:
    now = datetime.fromisoformat(f"{today}T12:00")
    lines = [f"date: {(now - timedelta(days)).date()}T10:00:00", "channel: email", "direction: in", "source: mail:1"]
    files = {"clients/Acme/Acme.md": CLIENT, "clients/Acme/1.md": note("interaction", *lines, body=ASKS)}
    crm = Crm(crm_with(tmp_path / "v", files | {"vaultcrm.toml": "[due]\nunanswered_days = 4\n"}).vault.root, now)
    assert [item.days for item in unanswered(crm)] == [days]
    assert [item.due for item in due(crm).unanswered] == [now.date()]
    assert count_older(crm) == 0
