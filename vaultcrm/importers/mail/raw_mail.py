"""A mail as its mailbox or server gives it, before it is read."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from vaultcrm.disk.filenames import file_name
from vaultcrm.importers.inert import inert_line
from vaultcrm.importers.mail.read_mail import read_mail
from vaultcrm.importers.message import Attachment, Message, Refused


class RawMail(NamedTuple):
    """The bytes of one mail, where it is for a person ("Inbox.mbox, message 12"), and the labels that its place gives it.

    `remark` says what of it its place doesn't give. `at` is when it came, if its place says that.
    """

    where: str
    data: bytes
    labels: tuple[str, ...] = ()
    remark: str = ""
    at: datetime | None = None


def message_of(mail: RawMail, keep_raw: bool = False, is_known: Callable[[str], bool] | None = None) -> Message | Refused:
    """The message in a mail, without its text if its `source` is known. With `keep_raw`, the mail is the last of its attachments."""
    message = read_mail(mail.data, mail.where, mail.labels, is_known)
    if isinstance(message, Refused):
        return message
    if message.at is None:
        message = message._replace(at=mail.at)
    if mail.remark:
        message = message._replace(remark=mail.remark)
    if keep_raw:
        name = f"{file_name(inert_line(message.subject, 80)) or 'Mail'}.eml"
        itself = Attachment(name, "message/rfc822", len(mail.data), lambda: mail.data)
        message = message._replace(attachments=(*message.attachments, itself))
    return message
