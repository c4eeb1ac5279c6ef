"""What every importer gives: messages, meetings, contacts, and what it couldn't read.

Their texts are what strangers wrote. They contain no front matter of ours, and become part of a note only
through `importers.inert`.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple


class Party(NamedTuple):
    """Who wrote or received something; what isn't known is empty.

    `account` names somebody within a program that has no addresses: "slack:U123", "telegram:user5".
    """

    name: str = ""
    email: str = ""
    phone: str = ""
    account: str = ""


class Attachment(NamedTuple):
    """A file that came with a message. `name` is legal on every system; `size` is in bytes; `read` gives the bytes."""

    name: str
    media_type: str
    size: int
    read: Callable[[], bytes]


class Message(NamedTuple):
    """One thing that was said: a mail, a chat message or a transcript.

    `source` is a stable ID: the same message has it in every export. In a chat it is the conversation's ID, a colon
    and the message's own. `channel` is one of the schema's. `at` is None if the source doesn't say, and has a zone
    only if the source names one. `thread` is the `source` of the thread's first message, and `conversation` the chat
    or channel by its name there. `bulk` says why this is bulk mail and is empty for any other; `remark` says what of
    the message couldn't be read.
    """

    source: str
    channel: str
    at: datetime | None
    sender: Party
    recipients: tuple[Party, ...]
    subject: str
    text: str
    thread: str = ""
    conversation: str = ""
    attachments: tuple[Attachment, ...] = ()
    cut_lines: int = 0  # of quotes and signatures
    labels: tuple[str, ...] = ()
    bulk: str = ""
    remark: str = ""


def shortened(message: Message, limit: int = 100_000) -> Message:
    """The message with at most `limit` characters of text, and a remark if it had more. Chats allow 65,536 at most."""
    if len(message.text) <= limit:
        return message
    return message._replace(text=message.text[:limit], remark=f"Its text is longer than {limit:,} characters; the rest was left out.")


class Attendee(NamedTuple):
    """Somebody who is invited. `status` is "accepted", "declined", "tentative" or "" for no answer."""

    party: Party
    status: str = ""


class Meeting(NamedTuple):
    """One occurrence of an event in a calendar. `start` and `end` are dates if it takes whole days; `end` is exclusive.

    `source` contains the `uid`, and the day of the `occurrence` if the event recurs: where its series has it. Of two
    versions, the one with the higher `sequence`, then the later `stamp`, is the newer. `is_exception`: it's one that
    differs from its series, of which nothing else need be known. `instant` is the start in UTC; None for whole days, and
    for times that are meant wherever somebody is.
    """

    source: str
    sequence: int
    stamp: datetime | None
    start: datetime | date
    end: datetime | date | None
    summary: str
    description: str = ""
    location: str = ""
    url: str = ""
    organizer: Party = Party()
    attendees: tuple[Attendee, ...] = ()
    is_cancelled: bool = False
    uid: str = ""
    occurrence: date | None = None
    is_exception: bool = False
    instant: datetime | None = None


class Contact(NamedTuple):
    """One card of an address book. `addresses` are postal; `birthday` may lack the year and is then "--11-26".

    `name` is a company's if `is_company`, and empty if the card has none.
    """

    source: str
    name: str
    organisation: str = ""
    role: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    birthday: str = ""
    note: str = ""
    groups: tuple[str, ...] = ()
    nicknames: tuple[str, ...] = ()
    is_company: bool = False


class Refused(NamedTuple):
    """One thing in a source that couldn't be read. `where` names it for a person: "Inbox.mbox, message 12".

    `path` is the file that the disk refused, which may be readable another time; empty for any other reason.
    """

    where: str
    reason: str
    path: str = ""


class LeftOut(NamedTuple):
    """One thing in a source that was read and isn't given, since nothing of it falls into the time that was asked for."""

    where: str
    reason: str


class Notice(NamedTuple):
    """What a person should know about a source as a whole: lines left out, columns not used, an export that is cut off."""

    where: str
    text: str
    is_cut: bool = False  # the conversation that was read just before has older messages, which the export doesn't hold
