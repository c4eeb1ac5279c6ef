"""A mail as its mailbox or server gives it, before it is read."""

from typing import NamedTuple

from vaultcrm.importers.mail.read_mail import read_mail
from vaultcrm.importers.message import Message, Refused


class RawMail(NamedTuple):
    """The bytes of one mail, where it is for a person ("Inbox.mbox, message 12"), and the labels that its place gives it.

    `remark` says what of it its place doesn't give.
    """

    where: str
    data: bytes
    labels: tuple[str, ...] = ()
    remark: str = ""


def message_of(mail: RawMail) -> Message | Refused:
    """The message in a mail."""
    message = read_mail(mail.data, mail.where, mail.labels)
    return message._replace(remark=mail.remark) if mail.remark and isinstance(message, Message) else message
