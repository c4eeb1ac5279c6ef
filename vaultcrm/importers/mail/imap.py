"""Mail from an IMAP server: only what is new, and nothing on the server changes. The only place that imports IMAPClient.

A folder is opened with EXAMINE and mails are fetched with PEEK, so that no flag is set. What was fetched is remembered as
a position in each folder: UIDs grow, and mean something as long as the folder's UIDVALIDITY stays (RFC 9051, 2.3.1.1).
A mail that was moved, or a folder that was numbered anew, is recognised by Message-ID before anything is downloaded.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from vaultcrm.errors import ExternalError, InvalidInput, NotFound
from vaultcrm.importers.archive import describe
from vaultcrm.importers.inert import inert_line
from vaultcrm.importers.mail.headers import message_ids
from vaultcrm.importers.mail.raw_mail import RawMail
from vaultcrm.importers.mail.read_mail import MAX_MAIL, TOO_LARGE
from vaultcrm.importers.message import Refused
from vaultcrm.quoting import quoted

if TYPE_CHECKING:
    from imapclient import IMAPClient

_TIMEOUT = 60.0  # seconds without an answer
_HEADERS_AT_ONCE, _MAILS_AT_ONCE, _BYTES_AT_ONCE = 500, 50, 10_000_000
_MAX_RECONNECTS = 2  # one after the other without a new mail in between
_LOOPBACK = re.compile(r"localhost|127(?:\.\d+){3}|::1")
_NOT_READ = frozenset((b"\\noselect", b"\\nonexistent", b"\\junk", b"\\trash", b"\\drafts"))
_ALL_MAIL = b"\\all"  # Gmail's folder that holds the mails of all others
_ID_HEADER = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"


class Account(NamedTuple):
    """Where mail is fetched from. `security` is "tls", "starttls", or "none" for a server on this computer.

    `folders` are read in this order; without any, all but those for spam, drafts and what was deleted.
    """

    name: str
    host: str
    user: str
    port: int = 993
    security: str = "tls"
    folders: tuple[str, ...] = ()


class Position(NamedTuple):
    """How far a folder has been read: all mails up to `last_uid`, which counts only with this UIDVALIDITY."""

    folder: str
    validity: int
    last_uid: int


class Fetched(NamedTuple):
    """One mail, or the `source` of one that is known already, and the position to go on from when it has been dealt with.

    `left` is the number of mails in the folder that are still to come.
    """

    mail: RawMail | Refused | str
    position: Position
    left: int


def fetch_mails(account: Account, password: str, positions: Mapping[str, Position], is_known: Callable[[str], bool]) -> Iterator[Fetched]:
    """The mails of an account that are behind the positions of its folders, in the order of the server.

    `is_known` says of a message's `source` whether it has been imported; such a mail isn't downloaded. When the
    connection breaks, it is made again, and the folder goes on where it was.
    Raises ExternalError if the server refuses or can't be reached, NotFound for a folder that doesn't exist, and
    InvalidInput for a connection that anybody could read.
    """
    from imapclient.exceptions import IMAPClientAbortError, IMAPClientError  # late, as in _connect

    reached = dict(positions)
    remaining: list[str] | None = None
    failures = 0
    while remaining is None or remaining:
        server = _connect(account, password)
        try:
            remaining = _folders(server, account) if remaining is None else remaining
            while remaining:
                for fetched in _fetch_folder(server, account, remaining[0], reached.get(remaining[0]), is_known):
                    reached[remaining[0]] = fetched.position
                    failures = 0
                    yield fetched
                remaining.pop(0)
        except (IMAPClientAbortError, OSError) as error:
            failures += 1
            if failures > _MAX_RECONNECTS:
                hint = "Run the command again: it goes on where it stopped."
                raise ExternalError(f"The connection to {account.host} broke: {_reason(error)}", hint) from error
        except IMAPClientError as error:
            raise ExternalError(f"{account.host} refused to give the mails: {_reason(error)}", "Try again later.") from error
        finally:
            _close(server)


def _connect(account: Account, password: str) -> "IMAPClient":
    # late: 0.1 s, which only an import from a server needs
    import ssl

    from imapclient import IMAPClient
    from imapclient.exceptions import IMAPClientError, LoginError

    if account.security == "none" and not _LOOPBACK.fullmatch(account.host):
        raise InvalidInput(
            f"The password for {account.host} would be sent without encryption.", 'Set security = "tls" or "starttls" for this account.'
        )
    try:
        context = ssl.create_default_context()
        server = IMAPClient(account.host, port=account.port, ssl=account.security == "tls", ssl_context=context, timeout=_TIMEOUT)
        if account.security == "starttls":
            server.starttls(context)
    except (IMAPClientError, OSError) as error:
        raise ExternalError(
            f"{account.host} can't be reached: {_reason(error)}", "Check the account's host, port and security, and the network."
        ) from error
    try:
        server.login(account.user, password)
    except LoginError as error:
        _close(server)
        raise ExternalError(
            f"{account.host} doesn't let {account.user} in: {_reason(error)}",
            "Check the user and the password. Some providers want a password made for this app.",
        ) from error
    except (IMAPClientError, OSError) as error:
        _close(server)
        raise ExternalError(f"{account.host} closed the connection: {_reason(error)}", "Try again later.") from error
    return server


def _reason(error: Exception) -> str:
    """What went wrong, as a sentence. IMAPClient shows a server's answer as bytes."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}."
    return re.sub(r"""^b(['"])(.*)\1\.$""", lambda answer: answer[2].removesuffix(".") + ".", describe(error))


def _close(server: "IMAPClient") -> None:
    from imapclient.exceptions import IMAPClientError

    with suppress(IMAPClientError, OSError):
        server.logout()
    with suppress(IMAPClientError, OSError):
        server.shutdown()


def _folders(server: "IMAPClient", account: Account) -> list[str]:
    """The folders to read, INBOX first."""
    listed = {name: {flag.lower() for flag in flags} for flags, _, name in server.list_folders()}
    if account.folders:
        for name in account.folders:
            if name not in listed:
                known = ", ".join(sorted(map(inert_line, listed)))
                raise NotFound(f"{account.host} has no folder {quoted(name)}.", f"It has: {known}.")
        return list(account.folders)
    readable = [name for name, flags in listed.items() if not flags & _NOT_READ]
    everything = [name for name in readable if _ALL_MAIL in listed[name]]
    return everything or sorted(readable, key=lambda name: (name.upper() != "INBOX", name))


def _fetch_folder(
    server: "IMAPClient", account: Account, folder: str, position: Position | None, is_known: Callable[[str], bool]
) -> Iterator[Fetched]:
    status = server.select_folder(folder, readonly=True)
    validity = int(status.get(b"UIDVALIDITY", 0))
    last = position.last_uid if position is not None and position.validity == validity else 0
    if not status.get(b"EXISTS") or int(status.get(b"UIDNEXT", last + 2)) <= last + 1:
        return
    # "51:*" means at least the last mail, even if that is number 50
    uids = sorted(uid for uid in server.search(["UID", f"{last + 1}:*"]) if uid > last)
    fields = [_ID_HEADER, "RFC822.SIZE", "FLAGS", *(["X-GM-LABELS"] if server.has_capability("X-GM-EXT-1") else [])]
    done = 0
    for start in range(0, len(uids), _HEADERS_AT_ONCE):
        heads = server.fetch(uids[start : start + _HEADERS_AT_ONCE], fields)
        sources = {uid: _source(head) for uid, head in heads.items()}
        wanted = {uid: int(head.get(b"RFC822.SIZE", 0)) for uid, head in heads.items() if not is_known(sources[uid])}
        for group in _groups(uids[start : start + _HEADERS_AT_ONCE], wanted):
            bodies = _bodies(server, [(uid, wanted[uid]) for uid in group if uid in wanted])
            for uid in group:
                where = f"{account.name}/{inert_line(folder)}, UID {uid}"
                mail: RawMail | Refused | str = sources.get(uid, "")
                if uid in bodies:
                    mail = RawMail(where, bodies[uid], _labels(folder, heads[uid]), TOO_LARGE if wanted[uid] > MAX_MAIL else "")
                elif uid in wanted or uid not in heads:
                    mail = Refused(where, "It was gone from the server before it could be fetched.")
                done += 1
                yield Fetched(mail, Position(folder, validity, uid), len(uids) - done)


def _source(head: Mapping[bytes, object]) -> str:
    """The `source` of the message with this head, as `read_mail` makes it; empty if only its content tells."""
    value = next((value for key, value in head.items() if key.startswith(b"BODY[HEADER")), b"")
    header = value.decode("ascii", "replace") if isinstance(value, bytes) else ""
    ids = message_ids(header.partition(":")[2])
    return f"mail:{ids[0]}" if ids else ""


def _groups(uids: Sequence[int], sizes: Mapping[int, int]) -> Iterator[list[int]]:
    """The UIDs in groups that are fetched in one step."""
    group: list[int] = []
    total = 0
    for uid in uids:
        size = min(sizes.get(uid, 0), MAX_MAIL)
        if group and (len(group) == _MAILS_AT_ONCE or total + size > _BYTES_AT_ONCE):
            yield group
            group, total = [], 0
        group.append(uid)
        total += size
    if group:
        yield group


def _bodies(server: "IMAPClient", wanted: Iterable[tuple[int, int]]) -> dict[int, bytes]:
    """The bytes of mails by UID; of one that is too large, the header."""
    found: dict[int, bytes] = {}
    by_part: dict[str, list[int]] = {}
    for uid, size in wanted:
        by_part.setdefault("BODY.PEEK[]" if size <= MAX_MAIL else "BODY.PEEK[HEADER]", []).append(uid)
    for part, uids in by_part.items():
        for uid, values in server.fetch(uids, [part]).items():
            body = values.get(part.replace(".PEEK", "").encode())
            if isinstance(body, bytes):
                found[uid] = body
    return found


def _labels(folder: str, head: Mapping[bytes, Iterable[bytes]]) -> tuple[str, ...]:
    flags = [*head.get(b"FLAGS", ()), *head.get(b"X-GM-LABELS", ())]
    labels = (folder, *(flag.decode("utf-8", "replace") for flag in flags if isinstance(flag, bytes)))
    return tuple(label for label in labels if label.lower() not in ("\\seen", "\\answered", "\\recent"))
