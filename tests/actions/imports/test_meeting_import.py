"""Importing calendars: meetings become notes of their clients, and follow their calendar without touching what is a person's."""

import contextlib
import itertools
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.actions.clones import Pair, sync_in
from tests.actions.imports.test_talk_import import ME, VAULT, notes
from tests.actions.vaults import NOW, note
from tests.support import contents, make_vault, write_files
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.import_run import ImportOptions, Source
from vaultcrm.actions.imports.import_sources import import_sources
from vaultcrm.actions.imports.meetings import meeting_import
from vaultcrm.actions.imports.report import ImportReport
from vaultcrm.importers import detect
from vaultcrm.vault.journal import Journal

BERLIN = ZoneInfo("Europe/Berlin")
INTERACTIONS = "clients/Acme Studio/interactions"
DANA = "ATTENDEE;CN=Dana Roe;PARTSTAT=ACCEPTED:mailto:dana@acme.example"
NORA = "ORGANIZER;CN=Nora:mailto:nora@example.com"


def event(*lines: str, uid: str = "k1", start: str = "20261110T140000", end: str = "20261110T150000", title: str = "Kick-off") -> str:
    zone = ";TZID=Europe/Berlin" if "T" in start and not start.endswith("Z") else ""
    end_line = f"DTEND{zone}:{end}\n" if end else ""
    body = "".join(f"{line}\n" for line in lines)
    return f"BEGIN:VEVENT\nUID:{uid}\nDTSTART{zone}:{start}\n{end_line}SUMMARY:{title}\n{body}END:VEVENT\n"


def calendar(*events: str, method: str = "") -> str:
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{method and f'METHOD:{method}'}\n{''.join(events)}END:VCALENDAR\n".replace(
        "\n", "\r\n"
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(make_vault(tmp_path / "vault", VAULT).root)


def import_(
    root: Path, *texts: str, options: ImportOptions | None = None, is_dry_run: bool = False, now: datetime = NOW, zone: tzinfo = BERLIN
) -> ImportReport:
    crm = Crm(str(root), now, ["import"])
    options = options or ImportOptions()
    with contextlib.closing(crm.catalog):
        sources = [Source(text.encode(), f"{number}.ics") for number, text in enumerate(texts)]
        return import_sources(crm, sources, options._replace(me=ME), zone, is_dry_run)


def counts(report: ImportReport) -> dict[str, int]:
    return dict(Counter(item.outcome for item in report.items))


def only_note(root: Path) -> Path:
    (path,) = notes(root)
    return root / path


def test_a_meeting_becomes_an_interaction_of_its_client(root: Path) -> None:
    text = calendar(
        event(
            NORA, DANA, "ATTENDEE:mailto:nora@example.com", "ATTENDEE;CUTYPE=ROOM:mailto:room4@acme.example", "LOCATION:Room 4",
            "URL:https://meet.example/abc", "DESCRIPTION:We talk about\\n- [ ] the price\\n[[Fox]] #vip",
        )
    )  # fmt: skip
    assert counts(import_(root, text)) == {"created": 1}
    assert notes(root) == {
        f"{INTERACTIONS}/2026-11-10 1400 Kick-off.md": """\
---
type: interaction
date: 2026-11-10T14:00:00
end: 2026-11-10T15:00:00
channel: meeting
people:
  - "[[Dana Roe]]"
project: "[[Website]]"
summary: Kick-off
source: ics:k1
---

> [!calendar] Kick-off
> Place: Room 4
> Link: https://meet.example/abc
>
> We talk about
> - \\[ ] the price
> \\[\\[Fox]] \\#vip
"""
    }


@pytest.mark.parametrize(
    ("lines", "title", "outcome", "where"),
    [
        ((NORA, DANA), "Kick-off", "created", "Acme Studio"),
        ((DANA.replace("ATTENDEE", "ORGANIZER"),), "Kick-off", "created", "Acme Studio"),
        ((NORA, DANA, "ATTENDEE:mailto:bob@fox.example"), "Kick-off", "parked", "It is for people of several clients."),
        ((NORA, "ATTENDEE:mailto:x@other.example"), "Kick-off", "parked", "x@other.example isn't known."),
        ((NORA, "ATTENDEE:mailto:x@other.example"), "Kick-off with FOX", "created", "Fox"),  # a title of one's own
        (("ORGANIZER:mailto:x@other.example",), "Kick-off with Fox", "parked", "x@other.example isn't known."),
        ((), "Call Dana Roe", "created", "Acme Studio"),
        ((NORA,), "acme studio: sprint", "created", "Acme Studio"),
        ((), "Foxtrot lesson", "left_out", "Nobody you know takes part."),
        ((), "Acme Studio and Fox", "parked", "Its title names 'Acme Studio' and 'Fox'."),
        ((NORA, DANA.replace("ACCEPTED", "DECLINED")), "Dentist", "left_out", "Nobody you know takes part."),
        ((DANA, "ATTENDEE;PARTSTAT=DECLINED:mailto:nora@example.com"), "Kick-off", "left_out", "You declined it."),
        ((DANA, "STATUS:CANCELLED"), "Kick-off", "left_out", "It was cancelled."),
    ],
)
def test_who_takes_part_tells_whose_it_is(root: Path, lines: tuple[str, ...], title: str, outcome: str, where: str) -> None:
    (item,) = import_(root, calendar(event(*lines, title=title))).items
    assert item.outcome == outcome
    assert item.thing == "meeting"
    assert where in (item.reason or item.path or "")


def test_a_client_that_is_named_gets_every_meeting_that_takes_place(root: Path) -> None:
    text = calendar(event(title="Dentist"), event("STATUS:CANCELLED", uid="k2"), event("ATTENDEE:mailto:x@other.example", uid="k3"))
    report = import_(root, text, options=ImportOptions(client="fox"))
    assert counts(report) == {"created": 2, "left_out": 1}
    assert all(path.startswith("clients/Fox/interactions/") for path in notes(root))


def test_unknown_people_are_only_parked_if_it_is_not_long_ago(root: Path) -> None:
    old = event("ATTENDEE:mailto:x@other.example", start="20240110T140000", end="")
    assert counts(import_(root, calendar(old, event(DANA, uid="k2", start="20140110T140000", end="")))) == {"left_out": 1, "created": 1}
    assert [path.rpartition("/")[2] for path in notes(root)] == ["2014-01-10 1400 Kick-off.md"]


def test_whole_days_have_no_time(root: Path) -> None:
    import_(root, calendar(event(DANA, start="20261110", end="20261112", title="Fair: day/night?")))
    path = only_note(root)
    assert path.name == "2026-11-10 Fair - day-night.md"
    assert "date: 2026-11-10T00:00:00\nend: 2026-11-12T00:00:00\n" in path.read_text()
    assert 'summary: "Fair: day/night?"' in path.read_text()


WEEKLY = event(DANA, "RRULE:FREQ=WEEKLY", start="20260105T090000", end="20260105T093000", title="Weekly")


def test_a_series_that_was_over_long_ago_is_left_out(root: Path) -> None:
    (item,) = import_(root, calendar(event(DANA, "RRULE:FREQ=WEEKLY;COUNT=2", start="20200106T090000", end=""))).items
    assert (item.outcome, item.reason) == ("left_out", "It repeats, but not between 2025-11-15 and 2027-01-11.")


def test_a_series_is_one_note_for_each_time_in_a_window(root: Path) -> None:
    report = import_(root, calendar(WEEKLY))
    days = sorted(path.rpartition("/")[2][:10] for path in notes(root))
    assert (days[0], days[-1], len(days)) == ("2026-01-05", "2027-01-11", 54)
    assert counts(report) == {"created": 54}
    later = import_(root, calendar(WEEKLY), now=NOW + timedelta(14))
    assert counts(later) == {"known": 54, "created": 2}


# ------------------------------------------------------------------------------------ once


FOUR = event(DANA, "RRULE:FREQ=WEEKLY;COUNT=4", uid="w", start="20261026T090000", end="20261026T093000", title="Weekly")
SOME = calendar(event(NORA, DANA), event("ATTENDEE:mailto:x@other.example", uid="k2"), event(uid="k3", title="Dentist"), FOUR)


def test_twice_is_once(root: Path) -> None:
    assert counts(import_(root, SOME)) == {"created": 5, "parked": 1, "left_out": 1}
    before = contents(root)
    assert counts(import_(root, SOME)) == {"known": 6, "left_out": 1}
    assert contents(root) == before
    again = import_(root, SOME, zone=ZoneInfo("America/New_York"))  # on a journey
    assert counts(again) == {"known": 6, "left_out": 1}
    assert contents(root) == before


def test_once_is_enough_after_edits_renames_moves_and_deletions(root: Path) -> None:
    import_(root, SOME)
    first, second, third, *_ = sorted(root / path for path in notes(root))
    first.rename(root / "clients/Fox/Renamed.md")
    second.write_text(second.read_text().replace("summary: Weekly", "summary: We agreed") + "\nMine.\n")
    third.unlink()
    before = contents(root)
    assert counts(import_(root, SOME)) == {"known": 6, "left_out": 1}
    assert contents(root) == before
    assert counts(import_(root, SOME, options=ImportOptions(again=True))) == {"known": 5, "created": 1, "left_out": 1}


def test_an_export_with_new_stamps_and_nothing_else_changes_nothing(root: Path) -> None:
    import_(root, calendar(event(DANA, "DTSTAMP:20261101T100000Z")))
    before = contents(root)
    assert counts(import_(root, calendar(event(DANA, "DTSTAMP:20261105T100000Z")))) == {"known": 1}
    assert contents(root) == before


def test_undo_takes_it_back_and_a_dry_run_writes_nothing(root: Path) -> None:
    before = contents(root)
    dry = import_(root, SOME, is_dry_run=True)
    assert contents(root) == before
    assert sorted(dry.notes) == sorted(import_(root, SOME).notes)
    with contextlib.closing(Journal(str(root))) as journal:
        journal.undo()
    assert contents(root) == before
    assert counts(import_(root, SOME)) == counts(dry)


def test_a_run_that_was_killed_before_its_ledger_goes_on_as_if_nothing_had_happened(root: Path) -> None:
    import_(root, SOME)
    before = contents(root)
    for ledger in (root / ".vaultcrm/imported").iterdir():
        ledger.unlink()
    for path in sorted(notes(root))[:3]:
        (root / path).unlink()
    assert counts(import_(root, SOME)) == {"created": 3, "known": 3, "left_out": 1}
    assert contents(root) == before


# ---------------------------------------------------------------------------- later versions

OLD = event(NORA, DANA, "SEQUENCE:1", "LOCATION:Room 4")
MOVED = event(NORA, DANA, "SEQUENCE:2", "LOCATION:Room 5", start="20261111T160000", end="20261111T163000", title="Kick-off, at last")


def test_a_newer_version_changes_what_an_import_has_written(root: Path) -> None:
    import_(root, calendar(OLD))
    path = only_note(root)
    before = path.read_text()
    report = import_(root, calendar(MOVED))
    assert [(item.outcome, item.path, item.reason) for item in report.items] == [
        ("known", f"{INTERACTIONS}/{path.name}", "It was moved to Wed 2026-11-11 16:00. It has another title.")
    ]
    assert report.changed == [f"{INTERACTIONS}/{path.name}"]
    changed = before.replace("2026-11-10T14:00", "2026-11-11T16:00").replace("2026-11-10T15:00", "2026-11-11T16:30")
    changed = changed.replace("Room 4", "Room 5").replace("summary: Kick-off", "summary: Kick-off, at last")
    assert path.read_text() == changed.replace("[!calendar] Kick-off", "[!calendar] Kick-off, at last")
    after = contents(root)
    for text in (MOVED, OLD, MOVED):  # an older one that comes later changes nothing
        assert counts(import_(root, calendar(text))) == {"known": 1}
        assert contents(root) == after


def test_both_versions_in_one_import_are_one_meeting(root: Path) -> None:
    assert counts(import_(root, calendar(MOVED), calendar(OLD))) == {"created": 1, "known": 1}
    assert "Room 5" in only_note(root).read_text()


def test_what_a_person_changed_stays_and_is_told(root: Path) -> None:
    import_(root, calendar(OLD))
    path = only_note(root)
    mine = path.read_text().replace("summary: Kick-off", "summary: Price agreed").replace("T14:00", "T14:10").replace("Room 4", "My room")
    path.write_text(mine + "\nMine.\n")
    report = import_(root, calendar(MOVED))
    assert [item.reason for item in report.items] == ["The calendar has another time, title and description now; the note keeps yours."]
    assert (path.read_text(), report.changed) == (mine + "\nMine.\n", [])


def test_a_part_that_a_person_left_follows_and_text_below_stays(root: Path) -> None:
    import_(root, calendar(OLD))
    path = only_note(root)
    path.write_text(path.read_text().replace("summary: Kick-off", "summary: Price agreed") + "\nMine.\n", newline="\r\n")
    report = import_(root, calendar(MOVED))
    assert [item.reason for item in report.items] == [
        "It was moved to Wed 2026-11-11 16:00. The calendar has another title now; the note keeps yours."
    ]
    data = path.read_bytes()
    assert b"date: 2026-11-11T16:00:00\r\n" in data
    assert b"> Place: Room 5\r\n\r\nMine.\r\n" in data
    assert data.count(b"\n") == data.count(b"\r\n")


def test_a_cancelled_meeting_keeps_its_note_with_the_status(root: Path) -> None:
    import_(root, calendar(OLD))
    path = only_note(root)
    before = path.read_text()
    report = import_(root, calendar(OLD.replace("SEQUENCE:1", "SEQUENCE:2"), method="CANCEL"))
    assert [item.reason for item in report.items] == ["It was cancelled."]
    assert path.read_text() == before.replace("source: ics:k1\n", "source: ics:k1\nstatus: cancelled\n")
    after = contents(root)
    assert import_(root, calendar(OLD)).changed == []
    assert contents(root) == after
    again = import_(root, calendar(OLD.replace("SEQUENCE:1", "SEQUENCE:3")))
    assert [item.reason for item in again.items] == ["It takes place after all."]
    assert path.read_text() == before


def test_a_past_meeting_with_notes_stays_whatever_the_calendar_says(root: Path) -> None:
    import_(root, calendar(OLD))
    path = only_note(root)
    path.write_text(path.read_text() + "\nWe talked.\n")
    before = path.read_text()
    report = import_(root, calendar(OLD.replace("SEQUENCE:1", "SEQUENCE:2"), method="CANCEL"))
    assert "stays as it is" in report.items[0].reason
    assert path.read_text() == before


def test_an_occurrence_that_is_gone_or_moved_or_declined(root: Path) -> None:
    import_(root, calendar(WEEKLY))
    changed = WEEKLY.replace("RRULE", "SEQUENCE:1\nEXDATE;TZID=Europe/Berlin:20261123T090000\nRRULE")
    moved = event(
        DANA,
        "SEQUENCE:1",
        "RECURRENCE-ID;TZID=Europe/Berlin:20261130T090000",
        start="20261201T100000",
        end="20261201T103000",
        title="Weekly",
    )
    report = import_(root, calendar(changed, moved))
    folder = root / INTERACTIONS
    assert "status: cancelled" in (folder / "2026-11-23 0900 Weekly.md").read_text()
    assert "date: 2026-12-01T10:00:00" in (folder / "2026-11-30 0900 Weekly.md").read_text()
    assert counts(report) == {"known": 53}
    assert sorted(report.changed) == [f"{INTERACTIONS}/2026-11-23 0900 Weekly.md", f"{INTERACTIONS}/2026-11-30 0900 Weekly.md"]
    assert report.notices == [f"{INTERACTIONS}/2026-11-23 0900 Weekly.md: It's gone from the calendar."]
    after = contents(root)
    for text in (calendar(changed, moved), calendar(WEEKLY), calendar(moved)):  # the older series; the change alone, as a mail has it
        assert import_(root, text).changed == []
        assert contents(root) == after


def test_a_deleted_note_stays_deleted_when_a_newer_version_comes(root: Path) -> None:
    import_(root, calendar(OLD))
    only_note(root).unlink()
    assert counts(import_(root, calendar(MOVED))) == {"known": 1}
    assert notes(root) == {}


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Tokyo"])
def test_times_are_those_of_the_user_on_both_sides_of_summer_time(root: Path, zone: str) -> None:
    starts = ("20261024T120000Z", "20261026T120000Z", "20261102T120000Z")  # the clocks change on 25 October and on 1 November
    import_(root, calendar(*(event(DANA, uid=f"u{n}", start=start, end="") for n, start in enumerate(starts))), zone=ZoneInfo(zone))
    expected = [datetime.strptime(start, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).astimezone(ZoneInfo(zone)) for start in starts]
    assert sorted(path.rpartition("/")[2][:15] for path in notes(root)) == [f"{at:%Y-%m-%d %H%M}" for at in expected]


def test_two_devices_in_two_time_zones_agree_about_what_is_new(root: Path) -> None:
    import_(root, calendar(OLD))
    before = contents(root)
    assert import_(root, calendar(OLD), zone=ZoneInfo("Asia/Tokyo")).changed == []
    assert contents(root) == before
    import_(root, calendar(MOVED), zone=ZoneInfo("Asia/Tokyo"))
    assert "date: 2026-11-12T00:00:00" in only_note(root).read_text()


def test_the_days_until_which_calendars_tell_are_kept(root: Path) -> None:
    from vaultcrm.actions.imports.ledger import Ledger

    import_(root, calendar(event(DANA, "DTSTAMP:20261012T100000Z"), WEEKLY.replace("k1", "w")))
    crm = Crm(str(root), NOW)
    assert Ledger(crm).until == {"calendar": datetime(2026, 11, 10).date()}
    crm.catalog.close()


# ------------------------------------------------------------------------- invitations in mails


def invitation(text: str, ics: str, *, twice: bool = False) -> str:
    """A mail with a calendar as one of its alternatives, as Google and Outlook send it."""
    part = f"--b\nContent-Type: text/calendar; charset=utf-8; method=REQUEST\n\n{ics}\n"
    file = f'--b\nContent-Type: application/ics; name="invite.ics"\nContent-Disposition: attachment\n\n{ics}\n' if twice else ""
    return (
        "From dana@acme.example Mon Nov  2 09:15:00 2026\nFrom: Dana Roe <dana@acme.example>\nTo: nora@example.com\n"
        "Subject: Invitation: Kick-off\nDate: Mon, 2 Nov 2026 09:00:00 +0000\nMessage-ID: <i1@x.example>\nMIME-Version: 1.0\n"
        f"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n{text}\n{part}{file}--b--\n\n"
    )


MAIL = ImportOptions(kind="mail")
INVITED = calendar(OLD, method="REQUEST").replace("\r\n", "\n")


def test_an_invitation_in_a_mail_is_a_meeting_and_no_file(root: Path) -> None:
    report = import_(root, invitation("Shall we?", INVITED, twice=True), options=MAIL)
    assert [(item.thing, item.outcome) for item in report.items] == [("message", "created"), ("meeting", "created")]
    assert sorted(path.rpartition("/")[2] for path in contents(root) if "Acme" in path and path not in VAULT) == [
        "2026-11-02 1000 Invitation - Kick-off.md",
        "2026-11-10 1400 Kick-off.md",
    ]
    before = notes(root)
    assert counts(import_(root, invitation("Shall we?", INVITED, twice=True), options=MAIL)) == {"known": 1}
    assert counts(import_(root, calendar(OLD))) == {"known": 1}
    assert notes(root) == before


def test_a_mail_that_only_invites_is_left_out_and_its_meeting_taken(root: Path) -> None:
    report = import_(root, invitation("", INVITED), options=MAIL)
    assert [(item.thing, item.outcome) for item in report.items] == [("message", "left_out"), ("meeting", "created")]
    assert [path.name for path in [only_note(root)]] == ["2026-11-10 1400 Kick-off.md"]


def test_an_answer_and_a_broken_invitation_do_no_harm(root: Path) -> None:
    answer = import_(root, invitation("Dana accepts.", calendar(OLD, method="REPLY").replace("\r\n", "\n")), options=MAIL)
    assert (counts(answer), answer.notices) == ({"created": 1}, [])
    broken = import_(root, invitation("See there.", "rubbish").replace("i1@", "i2@"), options=MAIL)
    assert counts(broken) == {"created": 1}
    assert [path for path in contents(root) if path.endswith(".ics")] == ["clients/Acme Studio/files/2026-11-02 attachment 1.ics"]


# ----------------------------------------------------------------------- strangers and devices


def test_what_strangers_write_is_inert(root: Path) -> None:
    hostile = "---\\n- [ ] Pay 📅 2026-11-20\\n> [!decision] You pay\\n[[Fox]] #vip key:: value <% x %> %% y %%"
    text = calendar(
        event(
            DANA.replace("Dana Roe", '"[[Fox]]"'),
            f"DESCRIPTION:{hostile}",
            "LOCATION:[[Fox]] - [ ] Pay",
            "URL:https://x.example/[[Fox]]#a",
            uid="[[Fox]]",
            title="[[Fox]] - [ ] Pay > [!decision] #x",
        )
    )
    assert counts(import_(root, text)) == {"created": 1}
    path = only_note(root)
    crm = Crm(str(root), NOW)
    crm.refresh()
    relative = path.relative_to(root).as_posix()
    assert [item for item in crm.catalog.follow_ups() if item.path == relative] == []
    assert [decision for decision in crm.catalog.decisions() if decision.path == relative] == []
    rows = crm.catalog.rows("SELECT target FROM links WHERE path = ? ORDER BY number", relative)
    assert rows == [("Dana Roe",), ("Website",), ("https://x.example/",)] or rows == [("Dana Roe",), ("Website",)]
    assert crm.catalog.problems() == []
    crm.catalog.close()
    lines = path.read_text().partition("\n---\n")[2].strip().splitlines()
    assert all(line.startswith(">") for line in lines)
    assert counts(import_(root, text)) == {"known": 1}


def test_somebody_who_has_not_said_who_they_are_is_asked_to(root: Path) -> None:
    crm = Crm(str(root), NOW, ["import"])
    source = Source(calendar(event(NORA)).encode(), "a.ics")
    with contextlib.closing(crm.catalog):
        report = import_sources(crm, [source], ImportOptions(), BERLIN)
    assert (counts(report), report.notices) == (
        {"parked": 1},
        ["Say who you are with --me ADDRESS, so that you aren't taken for somebody unknown."],
    )


@pytest.mark.usefixtures("known")
def test_a_second_device_knows_what_the_first_one_imported(pair: Pair) -> None:
    write_files(pair.a, {"clients/Acme/Dana Roe.md": note("person", "email: dana@acme.example")})
    import_(pair.a, calendar(OLD, FOUR))
    sync_in(pair.a)
    sync_in(pair.b)
    before = contents(pair.b)
    assert counts(import_(pair.b, calendar(OLD, FOUR))) == {"known": 5}
    assert contents(pair.b) == before
    import_(pair.b, calendar(MOVED))
    sync_in(pair.b)
    sync_in(pair.a)
    after = contents(pair.a)
    assert import_(pair.a, calendar(MOVED), calendar(OLD)).changed == []
    assert contents(pair.a) == after


CUT = WEEKLY.replace("RRULE", "SEQUENCE:1\nEXDATE;TZID=Europe/Berlin:20261123T090000\nRRULE")


@pytest.mark.parametrize("texts", [(WEEKLY, CUT), (CUT, WEEKLY)])
def test_of_two_versions_of_a_series_the_newer_one_tells_which_times_it_has(root: Path, texts: tuple[str, str]) -> None:
    import_(root, *(calendar(text) for text in texts))
    assert f"{INTERACTIONS}/2026-11-23 0900 Weekly.md" not in notes(root)
    assert len(notes(root)) == 53


def test_a_series_that_was_not_read_to_its_end_cancels_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import_(root, calendar(WEEKLY))
    before = contents(root)
    real = detect.read

    def interrupted(*arguments: Any) -> Iterator[Any]:  # Any: as `detect.read`
        yield from itertools.islice(real(*arguments), 10)
        raise KeyboardInterrupt

    monkeypatch.setattr(meeting_import, "read", interrupted)
    report = import_(root, calendar(CUT))
    assert report.is_interrupted
    assert {path: data for path, data in contents(root).items() if path.endswith(".md")} == {
        path: data for path, data in before.items() if path.endswith(".md")
    }
