"""Mail from a real server: first run, nothing new, new, moved, numbered anew, cut off; and the server stays as it is."""

import os
import socket
from collections.abc import Iterator

import pytest
from imapclient import IMAPClient

from tests.importers.dovecot import PASSWORD, WHY_NOT, CuttingProxy, Dovecot, dovecot
from tests.importers.mail.mails import mail
from vaultcrm.errors import ExternalError, InvalidInput, NotFound
from vaultcrm.importers.mail import imap
from vaultcrm.importers.mail.imap import Account, Position, fetch_mails
from vaultcrm.importers.mail.raw_mail import RawMail, message_of
from vaultcrm.importers.mail.read_mail import TOO_LARGE
from vaultcrm.importers.message import Message, Refused

needs_dovecot = pytest.mark.skipif(bool(WHY_NOT), reason=WHY_NOT)


@pytest.fixture(scope="module")
def running() -> Iterator[Dovecot]:
    with dovecot() as server:
        yield server


@pytest.fixture
def server(running: Dovecot) -> Iterator[Dovecot]:
    """The running server with three mails in its inbox, and nothing else."""
    running.reset()
    yield running


class Importer:
    """Fetches as an import does: remembers positions and what it has taken."""

    def __init__(self) -> None:
        self.positions: dict[str, Position] = {}
        self.known: list[str] = []

    def run(self, account: Account) -> list[str]:
        """The sources of the messages that are new."""
        new: list[str] = []
        for raw, position, _ in fetch_mails(account, PASSWORD, self.positions, self.known.__contains__):
            message = message_of(raw) if isinstance(raw, RawMail) else None
            if isinstance(message, Message) and message.source not in self.known:
                self.known.append(message.source)
                new.append(message.source)
            self.positions[position.folder] = position
        return new


def messages(server: Dovecot) -> list[Message | Refused]:
    fetched = [fetched.mail for fetched in fetch_mails(server.account, PASSWORD, {}, lambda _: False)]
    return [message_of(mail) for mail in fetched if isinstance(mail, RawMail)]


@needs_dovecot
def test_only_what_is_new_is_fetched_and_nothing_changes(server: Dovecot) -> None:
    importer = Importer()
    assert importer.run(server.account) == ["mail:1@x", "mail:2@x", "mail:3@x"]
    assert importer.run(server.account) == []
    server.deliver("4", mail("Text 4", Message_ID="<4@x>"))
    assert importer.run(server.account) == ["mail:4@x"]
    with server.client() as client:
        client.select_folder("INBOX", readonly=True)
        assert {flag for flags in client.get_flags(client.search()).values() for flag in flags} <= {b"\\Recent"}


@needs_dovecot
def test_a_mail_that_was_moved_is_not_downloaded_again(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    importer = Importer()
    importer.run(server.account)
    server.move(2, "Archive")
    downloads: list[tuple[int, int]] = []

    def record(_: IMAPClient, wanted: list[tuple[int, int]]) -> dict[int, bytes]:
        downloads.extend(wanted)
        return {}

    monkeypatch.setattr(imap, "_bodies", record)
    assert importer.run(server.account) == []
    assert downloads == []
    assert importer.positions["Archive"].last_uid == 2


@needs_dovecot
def test_a_folder_that_was_numbered_anew(server: Dovecot) -> None:
    importer = Importer()
    importer.run(server.account)
    old = importer.positions["INBOX"]
    server.deliver("5", mail("Text 5", Message_ID="<5@x>"))
    server.number_anew()
    assert importer.run(server.account) == ["mail:5@x"]
    assert importer.positions["INBOX"].validity != old.validity


@needs_dovecot
@pytest.mark.parametrize("after", [200, 900, 1500, 2500, 3500])
def test_a_connection_that_breaks_is_made_again(server: Dovecot, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "_MAILS_AT_ONCE", 1)
    proxy = CuttingProxy(server.port, [after])
    importer = Importer()
    try:
        assert importer.run(server.account._replace(port=proxy.port)) == ["mail:1@x", "mail:2@x", "mail:3@x"]
    except ExternalError as error:  # before the login: nothing can be resumed
        assert after == 200
        assert "127.0.0.1" in error.message
    finally:
        proxy.close()
    importer.run(server.account)
    assert importer.known == ["mail:1@x", "mail:2@x", "mail:3@x"]


@needs_dovecot
def test_a_connection_that_always_breaks_is_an_error(server: Dovecot) -> None:
    proxy = CuttingProxy(server.port, [1500] * 10)
    try:
        with pytest.raises(ExternalError, match=r"The connection to 127\.0\.0\.1 broke") as error:
            Importer().run(server.account._replace(port=proxy.port))
    finally:
        proxy.close()
    assert error.value.hint == "Run the command again: it goes on where it stopped."
    assert proxy.connections == 3


@needs_dovecot
def test_folders_can_be_chosen(server: Dovecot) -> None:
    assert Importer().run(server.account._replace(folders=("Junk",))) == ["mail:spam@x"]
    with pytest.raises(NotFound, match=r"has no folder 'Acme'\.") as error:
        Importer().run(server.account._replace(folders=("Acme",)))
    assert "INBOX" in error.value.hint


@needs_dovecot
def test_flags_and_the_folder_are_labels(server: Dovecot) -> None:
    with server.client() as client:
        client.append("INBOX", mail("", Message_ID="<4@x>"), flags=["\\Draft", "\\Seen"])
    found = messages(server)
    assert [(mail.source, mail.labels, mail.bulk) for mail in found if isinstance(mail, Message)][2:] == [
        ("mail:3@x", ("INBOX",), ""),
        ("mail:4@x", ("INBOX", "\\Draft"), "a draft"),
    ]


@needs_dovecot
def test_of_a_large_mail_only_the_header_is_fetched(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "MAX_MAIL", 10)
    found = messages(server)
    assert [(mail.subject, mail.text, mail.remark) for mail in found if isinstance(mail, Message)] == [("Offer", "", TOO_LARGE)] * 3


@needs_dovecot
def test_what_is_no_mail_is_refused(server: Dovecot) -> None:
    server.deliver("6", b"rubbish")
    found = messages(server)
    assert [mail.where for mail in found if isinstance(mail, Refused)] == [f"test/INBOX, UID {found_uid(found)}"]


def found_uid(found: list[Message | Refused]) -> str:
    (refused,) = (mail for mail in found if isinstance(mail, Refused))
    return refused.where.rpartition(" ")[2]


@needs_dovecot
def test_a_server_that_is_not_there(server: Dovecot) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ExternalError, match=r"127\.0\.0\.1 can't be reached"):
        Importer().run(server.account._replace(port=port))
    with pytest.raises(ExternalError, match=r"127\.0\.0\.1 can't be reached"):
        Importer().run(server.account._replace(security="tls"))


@needs_dovecot
def test_a_wrong_password(server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ExternalError, match=r"127\.0\.0\.1 doesn't let dana in"):
        list(fetch_mails(server.account, "wrong", {}, lambda _: False))


def test_a_password_is_not_sent_in_the_clear() -> None:
    with pytest.raises(InvalidInput, match="without encryption"):
        list(fetch_mails(Account("a", "imap.x.example", "dana", 143, "none"), os.urandom(4).hex(), {}, lambda _: False))
