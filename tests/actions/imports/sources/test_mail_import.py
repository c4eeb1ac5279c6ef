"""Mail of a real server comes into a vault: each mail once, whatever happens in between, and the server stays as it is."""

import contextlib
import errno
import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest
from imapclient import IMAPClient

from tests.actions.vaults import CLIENT, NOW, note
from tests.fork_server import run_vaultcrm
from tests.importers.dovecot import PASSWORD, WHY_NOT, CuttingProxy, Dovecot, dovecot
from tests.importers.mail.mails import mail
from tests.support import contents, make_vault
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.import_run import ImportOptions
from vaultcrm.actions.imports.ledger import Ledger
from vaultcrm.actions.imports.report import ImportReport
from vaultcrm.actions.imports.sources import import_all as import_all_module
from vaultcrm.actions.imports.sources import mail_fetch
from vaultcrm.actions.imports.sources.import_all import import_all
from vaultcrm.actions.imports.sources.mail_accounts import mail_accounts
from vaultcrm.errors import Locked
from vaultcrm.importers.mail import imap, mailbox
from vaultcrm.importers.mail.raw_mail import RawMail
from vaultcrm.vault.import_progress import ImportProgress
from vaultcrm.vault.journal import Journal

needs_dovecot = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)
VAULT = {
    "vaultcrm.toml": 'id = "0123456789abcdef"\n',
    "clients/Acme/Acme.md": CLIENT,
    "clients/Acme/Dana Roe.md": note("person", "email: dana@acme.example"),
}


DYING = """if True:
    import os, signal, sys
    from pathlib import Path
    from tests.actions.imports.sources.test_mail_import import import_
    from vaultcrm.actions.imports import talk_import
    from vaultcrm.actions.imports.sources import mail_fetch
    talk_import.GROUP = mail_fetch._GROUP = 5
    left, link, overwrite = int(sys.argv[2]), os.link, os.replace

    def dying(real):
        def call(*names, **options):
            global left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*names, **options)
        return call

    os.link, os.replace = dying(os.link), dying(os.replace)
    import_(Path(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def running() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@pytest.fixture
def server(running: Dovecot, home: Path) -> Dovecot:
    """The running server with three mails in its inbox, in the settings of the user."""
    running.reset()
    write_account(home, running.port)
    return running


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(make_vault(tmp_path / "vault", VAULT).root)


def write_account(home: Path, port: int, password: str = PASSWORD) -> None:
    (home / "config/vaultcrm").mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-c", f"print({password!r})"]
    account = f'host = "127.0.0.1"\nuser = "dana"\nport = {port}\nsecurity = "none"\npassword_command = {command!r}\n'
    (home / "config/vaultcrm/config.toml").write_text(f"[imap.work]\n{account}")


def import_(root: Path, is_dry_run: bool = False, **options: bool) -> ImportReport:
    crm = Crm(str(root), NOW, ["import", "imap"])
    with contextlib.closing(crm.catalog):
        return import_all(crm, [], mail_accounts(), ImportOptions(**options), UTC, is_dry_run)  # type: ignore[arg-type]  # only flags


def counts(report: ImportReport) -> dict[str, int]:
    return dict(Counter(item.outcome for item in report.items))


def texts(root: Path) -> list[str]:
    """What the imported notes say, in order."""
    return sorted(data.decode().rpartition("---\n")[2].strip() for path, data in contents(root).items() if "/interactions/" in path)


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The UIDs of the mails that are downloaded."""
    uids: list[int] = []
    real = imap._bodies

    def bodies(server: IMAPClient, wanted: list[tuple[int, int]]) -> dict[int, bytes]:
        uids.extend(uid for uid, _ in wanted)
        return real(server, wanted)

    monkeypatch.setattr(imap, "_bodies", bodies)
    return uids


@needs_dovecot
def test_first_nothing_new_new_moved_numbered_anew(server: Dovecot, root: Path, downloads: list[int]) -> None:
    assert counts(import_(root)) == {"created": 3}
    before = contents(root)
    assert counts(import_(root)) == {}
    assert contents(root) == before and len(downloads) == 3
    assert Ledger(Crm(str(root), NOW)).until == {"mail": NOW.date()}  # the newest mail is older, and the server has no other
    server.deliver("4", mail("Text 4", Message_ID="<4@x>"))
    assert counts(import_(root)) == {"created": 1}
    before = contents(root)
    server.move(2, "Archive")
    server.number_anew()
    assert counts(import_(root)) == {"known": 4}
    assert counts(import_(root)) == {}
    assert contents(root) == before and len(downloads) == 4
    assert texts(root) == ["Text 1", "Text 2", "Text 3", "Text 4"]
    with server.client() as client:
        client.select_folder("INBOX", readonly=True)
        assert {flag for flags in client.get_flags(client.search()).values() for flag in flags} <= {b"\\Recent"}


@needs_dovecot
def test_a_mail_without_an_id_that_was_moved_is_known(server: Dovecot, root: Path) -> None:
    server.deliver("5", mail("No ID", Message_ID=""))
    assert counts(import_(root)) == {"created": 4}
    server.move(4, "Archive")
    before = contents(root)
    assert counts(import_(root)) == {"known": 4}
    assert contents(root) == before


@needs_dovecot
@pytest.mark.parametrize("after", [200, 1500, 2000, 2500])
def test_a_connection_that_is_cut_loses_nothing(
    server: Dovecot, root: Path, home: Path, after: int, downloads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "_MAILS_AT_ONCE", 1)
    monkeypatch.setattr(imap, "_MAX_RECONNECTS", 0)
    proxy = CuttingProxy(server.port, [after])
    write_account(home, proxy.port)
    try:
        first = import_(root)
        second = import_(root)
    finally:
        proxy.close()
    assert [error.exit_code for error in first.failures] == [6] and not second.failures
    assert texts(root) == ["Text 1", "Text 2", "Text 3"]
    assert len(downloads) <= 4  # the one that was under way, again
    assert counts(first).get("created", 0) + counts(second).get("created", 0) == 3


@needs_dovecot
def test_a_run_that_dies_before_it_imports_goes_on_with_what_it_has(
    server: Dovecot, root: Path, downloads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as dying:
        dying.setattr(import_all_module, "import_sources", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            import_(root)
    server.deliver("4", mail("Text 4", Message_ID="<4@x>"))
    assert counts(import_(root)) == {"created": 4}
    assert len(downloads) == 4


@needs_dovecot
def test_a_run_that_dies_after_its_notes_repeats_and_changes_nothing(
    server: Dovecot, root: Path, downloads: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as dying:
        dying.setattr(import_all_module, "_keep", lambda *_: None)
        import_(root)
    before = contents(root)
    assert counts(import_(root)) == {"known": 3}
    assert contents(root) == before and len(downloads) == 3


@needs_dovecot
def test_a_disk_that_refuses_what_waits_loses_nothing(server: Dovecot, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str, where: str) -> Iterator[RawMail]:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(mailbox, "read_spool_file", refuse)
        assert counts(import_(root)) == {"refused": 1}
    assert counts(import_(root)) == {"created": 3}


@needs_dovecot
def test_a_dry_run_writes_nothing_and_what_it_fetched_isnt_fetched_again(server: Dovecot, root: Path, downloads: list[int]) -> None:
    before = contents(root)
    assert counts(import_(root, is_dry_run=True)) == {"created": 3}
    assert contents(root) == before
    assert counts(import_(root)) == {"created": 3}
    assert len(downloads) == 3


@needs_dovecot
def test_after_an_undo_all_comes_again_and_so_does_what_waited(server: Dovecot, root: Path) -> None:
    import_(root)
    server.deliver("4", mail("Text 4", Message_ID="<4@x>"))
    import_(root, is_dry_run=True)  # the fourth waits
    with contextlib.closing(Journal(str(root))) as journal:
        journal.undo()
    assert texts(root) == []
    assert counts(import_(root)) == {"created": 4}
    shutil.rmtree(root / ".vaultcrm")  # without the ledger, the notes still tell
    assert counts(import_(root)) == {"known": 4}


@needs_dovecot
def test_another_vault_gets_all(server: Dovecot, root: Path, tmp_path: Path) -> None:
    other = Path(make_vault(tmp_path / "other", VAULT).root)
    assert counts(import_(root)) == counts(import_(other)) == {"created": 3}


@needs_dovecot
def test_what_was_deleted_comes_back_only_when_it_is_asked_for(server: Dovecot, root: Path) -> None:
    import_(root)
    for path in [path for path in contents(root) if "/interactions/" in path][:2]:
        (root / path).unlink()
    assert counts(import_(root)) == {}
    assert counts(import_(root, again=True)) == {"known": 1, "created": 2}
    assert counts(import_(root)) == {}


@needs_dovecot
def test_bulk_mail_can_be_taken_later(server: Dovecot, root: Path) -> None:
    server.deliver("6", mail("News", Message_ID="<6@x>", List_Id="<news.acme.example>"))
    assert counts(import_(root)) == {"created": 3, "left_out": 1}
    assert counts(import_(root, with_bulk=True)) == {"known": 3, "created": 1}
    assert counts(import_(root)) == counts(import_(root, with_bulk=True)) == {}


@needs_dovecot
def test_two_imports_of_one_account_dont_run_at_once(server: Dovecot, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crm = Crm(str(root), NOW)
    crm.refresh()
    monkeypatch.setattr(mail_fetch, "_LOCK_SECONDS", 0.0)
    (account,) = mail_accounts()
    with mail_fetch.fetched_mail(crm, account, ImportProgress(), ImportOptions()):
        (failure,) = import_(root).failures
    assert isinstance(failure, Locked)
    assert failure.message == "The mail of 'work' is being imported by another command."
    crm.catalog.close()


@needs_dovecot
def test_ctrl_c_while_mail_is_fetched(server: Dovecot, root: Path, downloads: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "_MAILS_AT_ONCE", 1)
    before = contents(root)
    fetch = imap._bodies

    def interrupted(server: IMAPClient, wanted: list[tuple[int, int]]) -> dict[int, bytes]:
        if downloads:
            raise KeyboardInterrupt
        return fetch(server, wanted)

    with monkeypatch.context() as patch:
        patch.setattr(imap, "_bodies", interrupted)
        report = import_(root)
    assert report.is_interrupted and contents(root) == before
    assert counts(import_(root)) == {"created": 3}
    assert len(downloads) == 3


@needs_dovecot
@pytest.mark.nightly
def test_an_import_that_is_killed_and_run_again_gives_the_same_vault(server: Dovecot, tmp_path: Path) -> None:
    for number in range(10, 40):
        server.deliver(str(number), mail(f"Text {number}", Message_ID=f"<{number}@x>"))
    whole = Path(make_vault(tmp_path / "whole", VAULT).root)
    import_(whole)
    for kill in range(1, 45, 2):
        root = Path(make_vault(tmp_path / "killed", VAULT).root)
        done = subprocess.run([sys.executable, "-c", DYING, str(root), str(kill)])
        assert done.returncode in (0, -signal.SIGKILL)
        import_(root)
        assert texts(root) == texts(whole), kill
        assert counts(import_(root)) == {}
        shutil.rmtree(root)


@needs_dovecot
def test_the_command(server: Dovecot, root: Path, home: Path) -> None:
    done = run_vaultcrm("--vault", str(root), "import", "imap", "work", "--me", "nora@studio.example")
    assert (done.returncode, done.stderr) == (
        0, "Kept in vaultcrm.toml as yours: nora@studio.example.\nImported 3 messages.\n",
    )  # fmt: skip
    again = run_vaultcrm("--vault", str(root), "import", "imap")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "Nothing new.\n")
    write_account(home, server.port, "wrong")
    refused = run_vaultcrm("--vault", str(root), "import", "imap")
    assert (refused.returncode, refused.stderr.splitlines()[0]) == (
        6,
        "Error: 127.0.0.1 doesn't let dana in: [AUTHENTICATIONFAILED] Authentication failed.",
    )
