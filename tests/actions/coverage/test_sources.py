"""Until when sources are complete, and from when on they are old."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.actions.vaults import CLIENT, TODAY, crm_with, days_ago, note
from tests.support import make_vault
from vaultcrm.actions.clients import client, interactions
from vaultcrm.actions.coverage.sources import Source, chat_sources, ledger_days, old_imports, shared_sources
from vaultcrm.actions.coverage.trust import trust
from vaultcrm.cli.main import cli
from vaultcrm.links.ownership import ClientRef

FIRST = TODAY - timedelta(365)


def days(*ago: int) -> list[date]:
    return [days_ago(number) for number in ago]


@pytest.mark.parametrize(
    ("until", "last_talks", "expected"),
    [
        ({}, {}, []),  # nothing was ever imported
        ({"mail": days_ago(3)}, {}, [("mail", 3, False)]),
        ({"mail": days_ago(14)}, {}, [("mail", 14, False)]),
        ({"mail": days_ago(15)}, {}, [("mail", 15, True)]),
        ({"mail": days_ago(15)}, {"mail": days_ago(2)}, [("mail", 2, False)]),
        ({}, {"mail": days_ago(40)}, [("mail", 40, True)]),  # imported before the ledger kept days
        ({"calendar": days_ago(-20)}, {}, [("calendar", 0, False)]),
        ({"mail": days_ago(400)}, {}, []),  # given up long ago
        ({"mail": days_ago(1), "calendar": days_ago(30), "whatsapp": days_ago(5)}, {}, [("mail", 1, False), ("calendar", 30, True)]),
    ],
)
def test_mail_and_calendars(until: dict[str, date], last_talks: dict[str, date], expected: list[tuple[str, int, bool]]) -> None:
    found = shared_sources(until, last_talks, TODAY, FIRST)
    assert [(source.kind, source.days, source.is_old) for source in found] == expected


@pytest.mark.parametrize(
    ("ago", "is_active", "expected"),
    [
        ((30, 27, 24, 21, 14), True, [("whatsapp", 14, False)]),
        ((30, 27, 24, 21, 15), True, [("whatsapp", 15, True)]),
        ((100, 80, 60, 40), True, [("whatsapp", 40, False)]),  # every 20 days
        ((160, 140, 120, 100), True, [("whatsapp", 100, True)]),
        ((20,), True, [("whatsapp", 20, False)]),  # a single talk has no rhythm
        ((50,), True, [("whatsapp", 50, True)]),
        ((50, 40, 30, 25, 20), False, [("whatsapp", 20, False)]),  # the client is paused
        ((500, 490, 480), True, []),
    ],
)
def test_chats_have_a_rhythm(ago: tuple[int, ...], is_active: bool, expected: list[tuple[str, int, bool]]) -> None:
    found = chat_sources({"whatsapp": days(*ago), "mail": days(1)}, "Acme", is_active, TODAY, FIRST)
    assert [(source.kind, source.days, source.is_old) for source in found] == expected


def test_a_source_in_words() -> None:
    assert Source("mail", None, date(2026, 11, 14), 2, False).words(TODAY) == "Mail to 14 Nov"
    assert Source("whatsapp", "Acme", date(2026, 9, 28), 49, True).words(TODAY) == "WhatsApp to 28 Sep (7 weeks old)"


@pytest.mark.parametrize(
    ("settings", "kind", "client", "command"),
    [
        ("", "mail", None, "vaultcrm import MAILBOX"),
        ("", "whatsapp", "Acme", 'vaultcrm import CHAT.zip --client "Acme"'),
        ("", "slack", "Acme", "vaultcrm import EXPORT.zip"),  # which holds all clients
        ('[import]\nwatch = ["~/Mail"]\n', "mail", None, "vaultcrm import --all"),
    ],
)
def test_the_command_that_imports_what_is_newer(settings: str, kind: str, client: str | None, command: str, tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {"vaultcrm.toml": settings})
    source = Source(kind, client, days_ago(30), 30, True)
    assert [gap.command for gap in old_imports(crm, [source, source._replace(is_old=False)])] == [command]
    crm.catalog.close()


def test_a_file_of_the_ledger_is_read_once(tmp_path: Path) -> None:
    crm = crm_with(
        tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, ".vaultcrm/imported/a.txt": "0123456789abcdef\nuntil mail 2026-11-01\n"}
    )
    crm.refresh()
    assert ledger_days(crm) == {"mail": date(2026, 11, 1)}
    (tmp_path / "v/.vaultcrm/imported/a.txt").write_text("until mail 1999-01-01\n")  # no import does that
    (tmp_path / "v/.vaultcrm/imported/b.txt").write_text("until calendar 2026-11-03\nuntil mail 2026-11-09\n")
    assert ledger_days(crm) == {"mail": date(2026, 11, 9), "calendar": date(2026, 11, 3)}
    (tmp_path / "v/.vaultcrm/imported/b.txt").unlink()  # the import was undone
    assert ledger_days(crm) == {"mail": date(2026, 11, 1)}
    crm.catalog.close()


CALLOUT = "> [!calendar] Review\n"


def meeting(days: int, *lines: str, body: str = CALLOUT) -> str:
    when = (f"date: {days_ago(days)}T09:00:00", f"end: {days_ago(days)}T10:00:00")
    return note("interaction", *when, "channel: meeting", "summary: Review", f"source: ics:{days}", *lines, body=body)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, ""),
        ({"1": note("interaction", f"date: {days_ago(40)}T10:00:00", "channel: call")}, ""),  # nothing is imported
        ({"1": note("interaction", f"date: {days_ago(2)}T10:00:00", "channel: email", "source: mail:1")}, ""),
        ({"1": meeting(9)}, "Calendar to 7 Nov · 1 meeting without a note"),
        ({"1": meeting(9), "2": note("interaction", f"date: {days_ago(9)}T11:00:00", "channel: call")}, ""),  # logged that day
        ({"1": meeting(9, body=CALLOUT + "\nThey like it.\n")}, ""),
        ({"1": meeting(9, "status: cancelled"), "2": meeting(-3)}, ""),
        (
            {
                "1": note("interaction", f"date: {days_ago(3)}T10:00:00", "channel: email", "source: mail:1"),
                "2": note("interaction", f"date: {days_ago(49)}T10:00:00", "channel: chat", "source: whatsapp:x:1"),
                "3": meeting(9), "4": meeting(12),
            },
            "Mail to 13 Nov · Calendar to 7 Nov · WhatsApp to 28 Sep (7 weeks old) · 2 meetings without a note",
        ),
    ],
)  # fmt: skip
def test_the_line_of_trust(files: dict[str, str], expected: str, tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, **{f"clients/Acme/interactions/{n}.md": t for n, t in files.items()}})
    crm.refresh()
    acme = ClientRef.at("clients/Acme/Acme.md")
    talks = [talk for talk in interactions(crm, acme) if talk.is_past(crm.now)]
    assert trust(crm, client(crm, acme.path), talks).words(TODAY) == expected
    crm.catalog.close()


def test_an_export_that_was_cut_is_told_until_older_talks_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Path(make_vault(tmp_path / "v", {"vaultcrm.toml": '[import]\nme = ["Nora"]\n', "clients/Acme/Acme.md": CLIENT}).root)
    lines = [f"[{day:%d/%m/%Y}, 10:00:00] {who}: Hello {day}\n" for day, who in zip(days(60, 50, 40, 5), ("Dana", "Nora") * 2, strict=True)]
    export = tmp_path / "WhatsApp Chat with Dana.txt"

    def bring(text: str) -> list[tuple[str, str | None, str]]:
        export.write_text(text)
        run(root, "import", str(export), "--client", "acme", "--date-order", "dmy")
        gaps = json.loads(run(root, "coverage", "acme", "--json"))["gaps"]
        return [(gap["kind"], gap["client"], gap["text"]) for gap in gaps if gap["kind"] == "cut-export"]

    monkeypatch.setattr("vaultcrm.importers.chat.whatsapp._MOST_MESSAGES", 2)
    assert bring("".join(lines[2:])) == [("cut-export", "Acme", "The export of WhatsApp begins on 7 Oct: older messages may be missing")]
    monkeypatch.setattr("vaultcrm.importers.chat.whatsapp._MOST_MESSAGES", 99)
    assert bring("".join(lines)) == []


def run(root: Path, *words: str) -> str:
    result = CliRunner().invoke(cli, ["--vault", str(root), "--today", TODAY.isoformat(), *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout
