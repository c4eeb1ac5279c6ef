"""Invitations in mails: they go the calendar's way, and aren't kept as files as well."""

from vaultcrm.actions.imports.import_run import Source
from vaultcrm.actions.imports.meetings.meeting_import import MeetingImport
from vaultcrm.importers.message import Attachment, Message

_MAX_BYTES = 2**20  # of one; a calendar that somebody sends as a file stays a file
_TYPES = ("text/calendar", "application/ics")


def take_invitations(message: Message, meetings: MeetingImport) -> Message:
    """Hand the meetings in a mail to the import of meetings, and return the mail without them."""
    kept = []
    taken: set[bytes] = set()  # many mails contain the same invitation twice, as a part and as a file
    for attachment in message.attachments:
        data = _calendar(attachment)
        if data not in taken and not (data and meetings.read_invitation(Source(data, attachment.name))):
            kept.append(attachment)
        elif data:
            taken.add(data)
    return message._replace(attachments=tuple(kept)) if taken else message


def is_only_an_invitation(message: Message) -> bool:
    """Whether a mail of which the invitations were taken says nothing beside them."""
    return not message.text.strip() and not message.attachments


def _calendar(attachment: Attachment) -> bytes:
    """The bytes of an attached calendar; empty for any other file."""
    is_calendar = attachment.media_type in _TYPES or attachment.name.lower().endswith(".ics")
    if not is_calendar or attachment.size > _MAX_BYTES:
        return b""
    try:
        return attachment.read()
    except (OSError, ValueError, EOFError):
        return b""
