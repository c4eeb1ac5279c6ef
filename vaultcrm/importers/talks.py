"""The messages of one conversation and day as one talk: what a chat becomes in a vault, and mail if it's wanted by day.

A later export has more messages of the same day. The talk's `source` is the same then and its `digest` another; which
messages are new is told by their sources.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, tzinfo
from typing import NamedTuple, TypeVar

from vaultcrm.importers.inert import MAX_CHARACTERS
from vaultcrm.importers.message import Message, Party

Other = TypeVar("Other")

_MOST_CHARACTERS = MAX_CHARACTERS // 2  # of a talk: making it inert may double it
_LINE = 50  # characters for the time, the name and the files


class Talk(NamedTuple):
    """What was said in one conversation on one day, in the order of time. `at` is the local time of the first message.

    `source` is made of the conversation and the day, `digest` of the sources of the messages. `people` are the senders.
    """

    source: str
    digest: str
    at: datetime
    messages: tuple[Message, ...]
    text: str

    @property
    def people(self) -> tuple[Party, ...]:
        return tuple({_identity(message.sender): message.sender for message in self.messages if message.sender != Party()}.values())


def talks(messages: Iterable[Message | Other], zone: tzinfo) -> Iterator[Talk | Other]:
    """The talks of messages; everything else is passed on.

    `zone` is the person's: a message with a time zone belongs to the day that it was there. A message without a time is
    passed on too. Messages of one chat follow each other, so that only one conversation is held at a time; those of
    mail don't. A conversation that comes back gives a second talk of the same source.
    """
    days: dict[tuple[str, date], list[Message]] = {}
    last = ""
    for message in messages:
        if not isinstance(message, Message) or message.at is None:
            yield message  # type: ignore[misc]  # a Message without a time, or of the other type
            continue
        conversation = conversation_of(message)
        if conversation != last and message.channel != "email":
            yield from _talks_of(days, zone)
            days, last = {}, conversation
        days.setdefault((conversation, local_time(message.at, zone).date()), []).append(message)
    yield from _talks_of(days, zone)


def _talks_of(days: dict[tuple[str, date], list[Message]], zone: tzinfo) -> Iterator[Talk]:
    for (conversation, day), messages in days.items():
        source = f"{conversation}:{day.isoformat()}"
        for number, part in enumerate(_parts(messages), 1):
            yield make_talk(source if number == 1 else f"{source}:{number}", part, zone)


def _parts(messages: list[Message]) -> Iterator[list[Message]]:
    """The messages of one day, in parts that fit into a note each; nearly every day is one."""
    part: list[Message] = []
    length = 0
    for message in messages:
        length += len(message.text) + _LINE
        if part and length > _MOST_CHARACTERS:
            yield part
            part, length = [], len(message.text) + _LINE
        part.append(message)
    yield part


def make_talk(source: str, messages: Iterable[Message], zone: tzinfo) -> Talk:
    """The talk of messages that all have a time."""
    once = {message.source: message for message in messages}
    ordered = sorted(once.values(), key=lambda message: _local(message, zone))
    return Talk(
        source=source,
        digest=hashlib.sha256("\n".join(sorted(once)).encode("utf-8", "replace")).hexdigest()[:16],
        at=_local(ordered[0], zone),
        messages=tuple(ordered),
        text=text_of(ordered, zone),
    )


def text_of(messages: Iterable[Message], zone: tzinfo) -> str:
    """What was said, each with its time and who said it: "14:30 Dana: Hi". A blank line separates what has several lines."""
    text = ""
    was_long = False
    for message in messages:
        sender = message.sender.name or message.sender.email or message.sender.phone or "Unknown"
        said = "\n".join([*([message.text] if message.text else []), *(f"(file: {file.name})" for file in message.attachments)])
        reply = "↳ " if message.thread and message.channel != "email" else ""  # the mails of a talk are one thread
        line = f"{_local(message, zone):%H:%M} {reply}{sender}: {said}".rstrip()
        is_long = "\n" in line
        text += ("\n\n" if was_long or is_long else "\n" if text else "") + line
        was_long = is_long
    return text.lstrip("\n")


def conversation_of(message: Message) -> str:
    """The ID of a chat, or of the thread of a mail."""
    if message.channel == "email":
        return message.thread or message.source
    return message.source.rpartition(":")[0]


def local_time(moment: datetime, zone: tzinfo) -> datetime:
    """A moment as the person's clock showed it, without a zone. One without a zone is local already."""
    try:
        return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment
    except OverflowError:  # in the first or last hours of the calendar
        return moment.replace(tzinfo=None)


def _local(message: Message, zone: tzinfo) -> datetime:
    assert message.at is not None
    return local_time(message.at, zone)


def _identity(party: Party) -> str:
    return party.account or party.email.lower() or party.phone or party.name
