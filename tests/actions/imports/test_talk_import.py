"""Importing talks: each once, with its client, harmless, and as one step for undo."""

import contextlib
import os
from collections import Counter
from datetime import UTC
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, NOW, note
from tests.support import contents, make_vault
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports import talk_import
from vaultcrm.actions.imports.import_run import ImportOptions, Source
from vaultcrm.actions.imports.import_sources import import_sources
from vaultcrm.actions.imports.report import ImportReport
from vaultcrm.actions.imports.routing import Router
from vaultcrm.errors import InvalidInput
from vaultcrm.importers.message import Party
from vaultcrm.markdown.values import as_list
from vaultcrm.model.read_note import read_back
from vaultcrm.vault.journal import Journal
from vaultcrm.vault.writer import NewNote, Writer

VAULT = {
    "clients/Acme Studio/Acme Studio.md": CLIENT,
    "clients/Acme Studio/Dana Roe.md": note("person", "email: dana@acme.example", "phone: +44 7700 900417"),
    "clients/Acme Studio/Website.md": note("project", "status: active"),
    "clients/Fox/Fox.md": note("client", "email: hello@fox.example"),
}
ME = ("nora@example.com", "Nora Lind")
DEFAULTS = ImportOptions()


def mail(number: int, sender: str, *, to: str = "nora@example.com", subject: str = "Hello", text: str = "Hi.", headers: str = "") -> str:
    return (
        f"From {sender} Mon Nov  2 09:15:00 2026\nFrom: Somebody <{sender}>\nTo: {to}\nSubject: {subject}\n"
        f"Date: Mon, 2 Nov 2026 09:{number:02}:00 +0000\nMessage-ID: <{number}@x.example>\n{headers}\n{text}\n\n"
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(make_vault(tmp_path / "vault", VAULT).root)


def import_(
    root: Path, source: str | Path, options: ImportOptions = DEFAULTS, is_dry_run: bool = False, name: str = "mail.mbox"
) -> ImportReport:
    crm = Crm(str(root), NOW, ["import"])
    data = source if isinstance(source, Path) else source.encode()
    with contextlib.closing(crm.catalog):
        return import_sources(crm, [Source(data, name)], options._replace(me=ME), UTC, is_dry_run)


def counts(report: ImportReport) -> dict[str, int]:
    return dict(Counter(item.outcome for item in report.items))


def notes(root: Path) -> dict[str, str]:
    return {path: data.decode() for path, data in contents(root).items() if path.endswith(".md") and path not in VAULT}


def test_a_mail_becomes_an_interaction_of_its_client(root: Path) -> None:
    report = import_(
        root,
        mail(
            1,
            "dana@acme.example",
            subject="The website quote",
            text="Dear Nora,\n\ncould you send it?\n\nOn Sun, 1 Nov 2026, Nora wrote:\n> old\n",
        ),
    )
    assert counts(report) == {"created": 1}
    assert notes(root) == {
        "clients/Acme Studio/interactions/2026-11-02 0901 The website quote.md": """\
---
type: interaction
date: 2026-11-02T09:01:00
channel: email
direction: in
people:
  - "[[Dana Roe]]"
project: "[[Website]]"
summary: The website quote
source: mail:1@x.example
---

Dear Nora,

could you send it?
"""
    }


@pytest.mark.parametrize(
    ("sender", "to", "folder"),
    [
        ("dana@acme.example", "nora@example.com", "clients/Acme Studio/interactions"),
        ("nora@example.com", "dana@acme.example", "clients/Acme Studio/interactions"),
        ("priya@mail.acme.example", "nora@example.com", "clients/Acme Studio/interactions"),  # the same domain
        ("bob@fox.example", "nora@example.com", "clients/Fox/interactions"),
        ("bob@other.example", "nora@example.com", "inbox"),
        ("dana@acme.example", "bob@fox.example", "inbox"),  # two clients
    ],
)
def test_the_addresses_tell_whose_a_mail_is(root: Path, sender: str, to: str, folder: str) -> None:
    import_(root, mail(1, sender, to=to))
    assert [path.rpartition("/")[0] for path in notes(root)] == [folder]


def test_what_fits_nobody_or_two_is_in_the_inbox_with_the_reason(root: Path) -> None:
    report = import_(root, mail(1, "bob@other.example") + mail(2, "dana@acme.example", to="bob@fox.example", subject="Both"))
    assert counts(report) == {"parked": 2}
    found = notes(root)
    assert "unfiled: bob@other.example isn't known.\n" in found["inbox/2026-11-02 0901 Hello.md"]
    assert (
        "unfiled: It is for people of several clients. It may belong to 'Acme Studio' or 'Fox'.\n" in found["inbox/2026-11-02 0902 Both.md"]
    )


def test_a_name_beside_an_unknown_address_tells_nothing(root: Path) -> None:
    import_(root, mail(1, "evil@elsewhere.example").replace("Somebody", "Dana Roe"))
    (text,) = notes(root).values()
    assert "unfiled: evil@elsewhere.example isn't known, although the name 'Dana Roe' is. It may belong to 'Acme Studio'.\n" in text
    assert "  - Dana Roe (evil@elsewhere.example)\n" in text


def test_rules_of_the_settings_come_first(root: Path) -> None:
    (root / "vaultcrm.toml").write_text(
        '[import.senders]\n"dana@acme.example" = "Fox"\n"@shop.example" = "ignore"\n"@other.example" = "acme studio"\n'
    )
    report = import_(root, mail(1, "dana@acme.example") + mail(2, "a@shop.example") + mail(3, "b@other.example"))
    assert counts(report) == {"created": 2, "left_out": 1}
    assert sorted(path.split("/")[1] for path in notes(root)) == ["Acme Studio", "Fox"]


def test_rules_and_own_numbers_are_compared_however_they_are_written(root: Path) -> None:
    (root / "vaultcrm.toml").write_text('[import]\nme = ["+49 171 555\u20111234"]\n[import.senders]\n"0044 7700 900999" = "ignore"\n')
    crm = Crm(str(root), NOW)
    crm.refresh()
    router = Router(crm, crm.vault.settings.me, crm.vault.settings.senders)
    assert router.is_me(Party(phone="+49 171 555-1234"))
    assert router.route([Party(phone="+44 7700\u2011900999")]).ignored == "+44 7700\u2011900999"
    crm.catalog.close()


def test_bulk_mail_is_left_out_unless_it_is_asked_for(root: Path) -> None:
    text = mail(1, "dana@acme.example", headers="List-Id: <news.acme.example>\n")
    assert counts(import_(root, text)) == {"left_out": 1}
    assert counts(import_(root, text, ImportOptions(with_bulk=True))) == {"created": 1}


MAILBOX = mail(1, "dana@acme.example") + mail(2, "bob@other.example") + mail(3, "hello@fox.example")


def test_a_mail_without_a_date_is_counted_and_left_out(root: Path, tmp_path: Path) -> None:
    source = tmp_path / "undated.eml"
    source.write_text("From: dana@acme.example\nSubject: x\n\nHi.\n")
    (item,) = import_(root, source).items
    assert (item.outcome, item.path, item.reason) == ("left_out", None, "It has no date.")


def test_twice_is_once(root: Path) -> None:
    assert counts(import_(root, MAILBOX)) == {"created": 2, "parked": 1}
    before = contents(root)
    assert counts(import_(root, MAILBOX)) == {"known": 3}
    assert counts(import_(root, mail(3, "hello@fox.example") + mail(1, "dana@acme.example"))) == {
        "known": 2
    }  # overlapping, in another order
    assert contents(root) == before


def test_once_is_enough_after_edits_renames_and_deletions(root: Path) -> None:
    import_(root, MAILBOX)
    first, second, third = (root / path for path in notes(root))
    first.rename(root / "clients/Renamed.md")
    second.write_text(second.read_text() + "\nMine.\n")
    third.unlink()
    before = contents(root)
    assert counts(import_(root, MAILBOX)) == {"known": 3}
    assert contents(root) == before
    assert counts(import_(root, MAILBOX, ImportOptions(again=True))) == {"known": 2, "parked" if "inbox" in str(third) else "created": 1}


def test_undo_takes_a_whole_import_back_and_it_can_be_imported_again(root: Path) -> None:
    before = contents(root)
    import_(root, MAILBOX)
    with contextlib.closing(Journal(str(root))) as journal:
        journal.undo()
    assert contents(root) == before
    assert counts(import_(root, MAILBOX)) == {"created": 2, "parked": 1}


def test_a_dry_run_writes_nothing(root: Path) -> None:
    before = contents(root)
    report = import_(root, MAILBOX, is_dry_run=True)
    assert counts(report) == {"created": 2, "parked": 1}
    assert contents(root) == before
    import_(root, MAILBOX)
    assert sorted(report.notes) == sorted(notes(root))


def test_what_strangers_write_is_inert(root: Path) -> None:
    hostile = "---\ntype: client\n---\n- [ ] Pay 📅 2026-11-20\n> [!decision] You pay\n[[Acme Studio]] #vip key:: value"
    import_(root, mail(1, "dana@acme.example", subject="[[Fox]] --- # x\n\tstatus: past", text=hostile))
    crm = Crm(str(root), NOW)
    crm.refresh()
    (path,) = notes(root)
    assert [item for item in crm.catalog.follow_ups() if item.path == path] == []
    assert [decision for decision in crm.catalog.decisions() if decision.path == path] == []
    assert crm.catalog.rows("SELECT target FROM links WHERE path = ? ORDER BY number", path) == [("Dana Roe",), ("Website",)]
    crm.catalog.close()


def test_the_source_is_untouched_and_a_report_adds_up(root: Path, tmp_path: Path) -> None:
    source = tmp_path / "all.mbox"
    source.write_text(MAILBOX + mail(1, "dana@acme.example") + mail(4, "x@list.example", headers="List-Id: <x>\n"))
    stamp = os.stat(source)
    report = import_(root, source)
    assert (os.stat(source).st_mtime_ns, os.stat(source).st_atime_ns) == (stamp.st_mtime_ns, os.stat(source).st_atime_ns)
    assert counts(report) == {"created": 2, "parked": 1, "known": 1, "left_out": 1}
    assert len(report.items) == 5


def test_rubbish_is_a_clear_error_and_nothing_is_written(root: Path) -> None:
    before = contents(root)
    crm = Crm(str(root), NOW)
    with contextlib.closing(crm.catalog), pytest.raises(InvalidInput, match="I can't tell what 'data' is"):
        import_sources(crm, [Source(b"\x01\x02\x03 rubbish", "data")], ImportOptions(), UTC)
    assert contents(root) == before


def test_an_interrupted_import_leaves_whole_notes_and_goes_on(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk_import, "GROUP", 1)
    real = Writer.create_all
    written = 0

    def interrupt(writer: Writer, group: list[NewNote]) -> list[str]:
        nonlocal written
        written += 1
        if written == 2:
            raise KeyboardInterrupt
        return real(writer, group)

    with monkeypatch.context() as patch:
        patch.setattr(Writer, "create_all", interrupt)
        report = import_(root, MAILBOX)
    assert report.is_interrupted and len(notes(root)) == 1
    assert counts(import_(root, MAILBOX)) in ({"known": 1, "created": 1, "parked": 1}, {"known": 1, "created": 2})


CHAT = "02/11/2026, 14:3{} - {}: {}\n"


def test_a_day_of_a_chat_is_one_note_and_what_is_new_later_another(root: Path) -> None:
    names = ("Dana Roe", "Nora Lind")
    text = "".join(CHAT.format(i, names[i % 2], f"Line {i}") for i in range(3))
    options = ImportOptions(kind="whatsapp", date_order="dmy")
    assert counts(import_(root, text, options)) == {"created": 3}
    (path,) = notes(root)
    assert path.startswith("clients/Acme Studio/interactions/2026-11-02 1430 ")
    assert "thread:" not in notes(root)[path]
    assert "14:30 Dana Roe: Line 0\n14:31 Nora Lind: Line 1\n14:32 Dana Roe: Line 2\n" in notes(root)[path]
    longer = text + CHAT.format(5, "Dana Roe", "One more")
    assert counts(import_(root, longer, options)) == {"known": 3, "created": 1}
    assert len(notes(root)) == 2 and counts(import_(root, longer, options)) == {"known": 4}


@pytest.mark.parametrize(
    ("partner", "outcome", "people"),
    [
        ("Dana Roe", "created", ("[[Dana Roe]]",)),
        ("Acme Studio", "created", ()),  # a group that is called like the client
        ("Bob", "parked", ("Bob",)),
    ],
)
def test_a_day_of_a_chat_on_which_only_i_wrote_is_its_partners(root: Path, partner: str, outcome: str, people: tuple[str, ...]) -> None:
    text = CHAT.format(0, "Nora Lind", "Hello?")
    name = f"WhatsApp Chat with {partner}.txt"
    assert counts(import_(root, text, ImportOptions(date_order="dmy"), name=name)) == {outcome: 1}
    (written,) = notes(root).values()
    assert as_list(read_back("a.md", written.encode()).note.properties.get("people")) == people


@pytest.mark.parametrize(
    ("projects", "subject", "project"),
    [
        ({"Website": "status: active"}, "Hello", "Website"),
        ({"Website": "start: 2026-11-02"}, "Hello", "Website"),
        ({"Website": "start: 2026-11-03"}, "Hello", None),  # it hadn't begun
        ({"Website": "start: 2026-11-03"}, "Your website", "Website"),
        ({"Website": "status: done"}, "Hello", None),
        ({"Website": "status: active", "Logo": "status: active"}, "Hello", None),
        ({"Website": "status: active", "Logo": "status: active"}, "Re: Logo", "Logo"),
    ],
)
def test_the_project_is_the_one_that_is_named_or_the_only_one(
    tmp_path: Path, projects: dict[str, str], subject: str, project: str | None
) -> None:
    files = VAULT | {f"clients/Acme Studio/{name}.md": note("project", properties) for name, properties in projects.items()}
    root = Path(make_vault(tmp_path / "vault", files).root)
    import_(root, mail(1, "dana@acme.example", subject=subject))
    (text,) = [text for path, text in notes(root).items() if "/interactions/" in path]
    assert ([line for line in text.splitlines() if line.startswith("project:")] == [f'project: "[[{project}]]"']) == (project is not None)


def test_mail_by_thread_and_day(root: Path) -> None:
    reply = mail(2, "nora@example.com", to="dana@acme.example", headers="In-Reply-To: <1@x.example>\nReferences: <1@x.example>\n")
    assert counts(import_(root, mail(1, "dana@acme.example") + reply, ImportOptions(mail_by="thread-day"))) == {"created": 2}
    assert len(notes(root)) == 1


def test_files_are_kept_beside_and_linked(root: Path) -> None:
    headers = 'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n'
    text = (
        "--b\nContent-Type: text/plain\n\nSee the file.\n--b\nContent-Type: application/pdf\n"
        'Content-Disposition: attachment; filename="../../quote [1].pdf"\n\n%PDF\n--b--\n'
    )
    import_(root, mail(1, "dana@acme.example", headers=headers, text=text))
    (path,) = notes(root)
    (kept,) = [name for name in contents(root) if "/files/" in name]
    assert kept.startswith("clients/Acme Studio/files/2026-11-02 ") and kept.endswith(".pdf")
    assert notes(root)[path].endswith(f"See the file.\n\n[[{kept.rpartition('/')[2]}]]\n")


def test_files_of_a_client_without_a_folder_of_its_own_are_kept_beside_its_notes(tmp_path: Path) -> None:
    root = Path(make_vault(tmp_path / "v", {"Acme.md": note("client", "email: hello@acme.example")}).root)
    file = "--b\nContent-Type: text/plain; name=a.txt\nContent-Disposition: attachment\n\nHi.\n--b--\n"
    import_(root, mail(1, "hello@acme.example", headers='MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n', text=file))
    found = {path.rpartition("/")[0] for path in contents(root) if not path.startswith(".")}
    assert found == {"", "files", "interactions"}


def test_a_mail_can_be_kept_as_it_came(root: Path) -> None:
    text = mail(1, "dana@acme.example", subject="Offer: A?", text="Hi.\n\nOn Sun, 1 Nov 2026, Nora wrote:\n> old\n> older\n")
    report = import_(root, text, ImportOptions(keep_raw=True))
    assert [item.cut_lines for item in report.items] == [3]
    raw = "clients/Acme Studio/files/2026-11-02 Offer - A.eml"
    assert contents(root)[raw].decode() == text.partition("\n")[2].removesuffix("\n")
    (note_text,) = notes(root).values()
    assert note_text.endswith("---\n\nHi.\n\n[[2026-11-02 Offer - A.eml]]\n")
    assert counts(import_(root, root / raw)) == {"known": 1}  # the file is the mail
