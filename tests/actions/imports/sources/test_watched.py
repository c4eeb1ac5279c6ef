"""Watched files and folders: what is new in them is imported once, and what hasn't changed isn't read again."""

import contextlib
import errno
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import IO

import pytest

from tests.actions.imports.test_talk_import import VAULT, mail, notes
from tests.actions.vaults import NOW
from tests.support import contents, make_vault, write_files
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.import_run import ImportOptions
from vaultcrm.actions.imports.ledger_days import ledger_files
from vaultcrm.actions.imports.report import ImportReport
from vaultcrm.actions.imports.sources.import_all import allowed_patterns, import_watched
from vaultcrm.actions.imports.sources.watched import Watched, find_watched, not_allowed
from vaultcrm.importers.mail import mailbox
from vaultcrm.importers.mail.mailbox import read_stream
from vaultcrm.importers.mail.raw_mail import RawMail, message_of
from vaultcrm.importers.message import Refused
from vaultcrm.vault.import_progress import load_progress
from vaultcrm.vault.journal import Journal

DANA, BOB = "dana@acme.example", "hello@fox.example"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(make_vault(tmp_path / "vault", VAULT).root)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are read as mails."""
    paths: list[str] = []
    real = mailbox.read_stream

    def read_stream(file: object, where: str, labels: tuple[str, ...] = ()) -> object:
        paths.append(where)
        return real(file, where, labels)  # type: ignore[arg-type]  # as it is called

    monkeypatch.setattr(mailbox, "read_stream", read_stream)
    return paths


def import_(root: Path, *patterns: str, is_dry_run: bool = False, again: bool = False) -> ImportReport:
    crm = Crm(str(root), NOW, ["import", "--all"])
    with contextlib.closing(crm.catalog):
        return import_watched(crm, patterns, [], ImportOptions(me=("nora@example.com",), again=again), UTC, is_dry_run)


def counts(report: ImportReport) -> dict[str, int]:
    return dict(Counter(item.outcome for item in report.items))


def test_files_that_havent_changed_arent_read_again(root: Path, tmp_path: Path, reads: list[str]) -> None:
    folder = tmp_path / "mail"
    write_files(folder, {"a.eml": mail(1, DANA), "b.mbox": mail(2, DANA) + mail(3, BOB), "readme.pdf": "no mail"})
    assert counts(import_(root, str(folder))) == {"created": 3}
    before = contents(root)
    reads.clear()
    assert counts(import_(root, str(folder))) == {}
    assert reads == []
    (folder / "c.eml").write_text(mail(4, DANA))
    assert counts(import_(root, str(folder))) == {"created": 1}
    assert reads == ["c.eml"]
    assert len(contents(root)) == len(before) + 2  # a note, and a file of the ledger


def test_a_pattern_and_what_is_wrong_with_patterns(root: Path, tmp_path: Path, home: Path) -> None:
    write_files(home, {"one.eml": mail(1, DANA), "two.eml": mail(2, DANA), "half.eml.part": mail(3, DANA), "x.txt": "x"})
    report = import_(root, "~/*.eml*", "~/*.vcf", "~/nowhere", "~/none/*.vcf", "../vault/clients", str(tmp_path))
    assert counts(report) == {"created": 2}
    assert report.notices == [
        "There is no '~/nowhere' to import from.",
        "There is no '~/none/*.vcf' to import from.",
        "'../vault/clients' isn't imported from, because it leads into the vault itself.",
        f"'{tmp_path}' isn't imported from, because it leads into the vault itself.",
    ]


def test_a_maildir_of_maildirs_with_labels(root: Path, tmp_path: Path, reads: list[str]) -> None:
    folder = tmp_path / "mail"
    inbox = {f"INBOX/{kind}/x": "" for kind in ("tmp",)}
    write_files(folder, {**inbox, "INBOX/new/1": mail(1, DANA), "INBOX/cur/2:2,S": mail(2, DANA), "INBOX/.Junk/cur/3": mail(3, DANA)})
    for part in ("INBOX/.Junk/new", "INBOX/.Junk/tmp"):
        (folder / part).mkdir()
    assert counts(import_(root, str(folder))) == {"created": 2, "left_out": 1}
    (folder / "INBOX/new/1").rename(folder / "INBOX/cur/1:2,S")  # a mail program has shown it
    reads.clear()
    assert counts(import_(root, str(folder))) == {"known": 1}
    assert reads == ["INBOX/cur/1:2,S"]


def test_what_cant_be_read_is_told_once_and_costs_no_other(root: Path, tmp_path: Path) -> None:
    write_files(tmp_path / "in", {"1.eml": mail(1, DANA), "2.zip": b"PK\x03\x04 broken", "3.vcf.crdownload": "", "4.bin": b"\0\1"})
    report = import_(root, f"{tmp_path}/in/*")
    assert [(item.source, item.outcome, item.reason) for item in report.items if item.outcome == "refused"] == [
        ("2.zip", "refused", f"'{tmp_path}/in/2.zip' isn't a zip archive that can be read: File is not a zip file."),
        ("4.bin", "refused", "I can't tell what '4.bin' is."),
    ]
    assert counts(report) == {"created": 1, "refused": 2}
    assert counts(import_(root, f"{tmp_path}/in/*")) == {}


def test_what_the_disk_refused_is_read_the_next_time(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(tmp_path, {"in/1.eml": mail(1, DANA), "in/2.eml": mail(2, DANA), "3.eml": mail(3, DANA)})
    patterns = (f"{tmp_path}/in", f"{tmp_path}/3.eml")

    def refuse(file: IO[bytes], where: str, labels: tuple[str, ...] = ()) -> Iterator[RawMail]:
        if where != "1.eml":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return read_stream(file, where, labels)

    with monkeypatch.context() as patch:
        patch.setattr(mailbox, "read_stream", refuse)
        assert counts(import_(root, *patterns)) == {"created": 1, "refused": 2}
    assert counts(import_(root, *patterns)) == {"created": 2}
    assert counts(import_(root, *patterns)) == {}


def test_after_an_undo_and_with_again_all_is_read(root: Path, tmp_path: Path) -> None:
    write_files(tmp_path, {"in/1.eml": mail(1, DANA), "in/2.eml": mail(2, DANA)})
    assert counts(import_(root, f"{tmp_path}/in")) == {"created": 2}
    with contextlib.closing(Journal(str(root))) as journal:
        journal.undo()
    assert counts(import_(root, f"{tmp_path}/in")) == {"created": 2}
    (root / next(iter(notes(root)))).unlink()
    assert counts(import_(root, f"{tmp_path}/in")) == {}
    assert counts(import_(root, f"{tmp_path}/in", again=True)) == {"known": 1, "created": 1}


def test_a_dry_run_neither_writes_nor_allows(root: Path, tmp_path: Path) -> None:
    write_files(tmp_path, {"in/1.eml": mail(1, DANA)})
    before = contents(root)
    assert counts(import_(root, f"{tmp_path}/in", is_dry_run=True)) == {"created": 1}
    assert contents(root) == before and allowed(root) == set()
    assert counts(import_(root, f"{tmp_path}/in")) == {"created": 1}
    assert allowed(root) == {f"{tmp_path}/in"}


def test_patterns_that_came_later_are_allowed_by_a_person(root: Path, tmp_path: Path) -> None:
    mine, theirs = f"{tmp_path}/in", "~/Mail"
    settings = root / "vaultcrm.toml"

    def readable(may_allow: bool) -> tuple[list[str], list[str]]:
        return allowed_patterns(Crm(str(root), NOW), may_allow)

    settings.write_text(f'[import]\nwatch = ["{mine}"]\n')
    assert readable(False) == ([mine], [])  # the first import
    import_(root, mine)
    settings.write_text(f'[import]\nwatch = ["{mine}", "{theirs}"]\n')  # as a sync may bring it
    assert readable(False) == ([mine], [not_allowed(theirs)])
    assert readable(True) == ([mine, theirs], [])


def allowed(root: Path) -> set[str]:
    crm = Crm(str(root), NOW)
    return {*load_progress(str(root), ledger_files(crm)).allowed}


def test_an_import_that_is_interrupted_isnt_kept(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(tmp_path, {"in/1.eml": mail(1, DANA), "in/2.eml": mail(2, DANA)})

    def interrupted(raw: RawMail, *options: object) -> object:
        if raw.where.startswith("2.eml"):
            raise KeyboardInterrupt
        return message_of(raw)

    with monkeypatch.context() as patch:
        patch.setattr(mailbox, "message_of", interrupted)
        report = import_(root, f"{tmp_path}/in")
    assert report.is_interrupted and counts(report) == {"created": 1}
    assert counts(import_(root, f"{tmp_path}/in")) == {"known": 1, "created": 1}


@pytest.mark.parametrize(
    ("name", "is_new"),
    [("a.vcf", True), ("a.vcf.part", False), ("a.vcf.crdownload", False), ("A.VCF.TMP", False), ("a.vcf~", False), ("b.vcf", False)],
)
def test_files_that_are_still_written(tmp_path: Path, name: str, is_new: bool) -> None:
    write_files(tmp_path, {f"in/{name}": "x", "in/b.vcf.part": "x"})
    found, _ = find_watched(str(tmp_path / "vault"), [f"{tmp_path}/in/*"], {}, NOW.date())
    assert (name in [os.path.basename(item.path) for item in found]) == is_new


def test_a_file_that_is_gone_again(tmp_path: Path) -> None:
    source = Watched(str(tmp_path / "gone.eml"), {}).source()
    assert source == Refused("gone.eml", "It can't be read (No such file or directory).")


def test_a_calendar_is_read_again_on_another_day(tmp_path: Path) -> None:
    write_files(tmp_path, {"in/a.ics": "BEGIN:VCALENDAR", "in/a.vcf": "BEGIN:VCARD"})
    patterns, today = [f"{tmp_path}/in"], NOW.date()
    ((folder,), _) = find_watched(str(tmp_path / "vault"), patterns, {}, today)
    assert find_watched(str(tmp_path / "vault"), patterns, folder.new_files, today) == ([], [])
    ((again,), _) = find_watched(str(tmp_path / "vault"), patterns, folder.new_files, today + timedelta(1))
    assert [*again.new_files] == [f"{tmp_path}/in/a.ics"]
