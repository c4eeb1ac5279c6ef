"""Slack's export of a workspace: a zip, or the folder that it was unpacked to.

It has a folder for each conversation with a file for each day, and lists of the conversations and users.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from vaultcrm.errors import InvalidInput
from vaultcrm.importers.archive import Archive, Folder, describe, open_folder_or_archive
from vaultcrm.importers.chat.json_export import Json, list_of, objects_of, parse_json, text_of
from vaultcrm.importers.chat.slack_text import plain_text, text_of_attachments, text_of_blocks
from vaultcrm.importers.inert import inert_id
from vaultcrm.importers.message import Message, Notice, Party, Refused, shortened
from vaultcrm.plural import counted

_MAX_DAY_BYTES = 32 * 2**20
_LISTS = ("channels.json", "groups.json", "dms.json", "mpims.json")
_USERS = ("users.json", "org_users.json")
# Messages in which nobody says anything
_OWN = re.compile(
    r"(channel|group)_(join|leave|topic|purpose|name|archive|unarchive|convert_to_private|posting_permissions)"
    r"|bot_(add|remove|enable|disable)|pinned_item|unpinned_item|tombstone|reminder_add|sh_room_created|message_(changed|deleted|replied)"
)


class _Conversation(NamedTuple):
    """A channel or direct message. `folder` is what its files are in, `title` what a person calls it."""

    key: str
    folder: str
    title: str


def read_slack(source: Path, name: str) -> Iterator[Message | Refused | Notice]:
    """The messages of an export, conversation by conversation, in the order of their time.

    Of files only the names are in an export.
    """
    with open_folder_or_archive(source) as files:
        lists = [member for member in files.members if member.rpartition("/")[2] in (*_LISTS, *_USERS)]
        if not lists:
            yield Refused(name, "It contains none of Slack's lists, such as channels.json or users.json.")
            return
        export = _Export(files, min((member.rpartition("/")[0] for member in lists), key=len), name)
        yield from (Refused(f"{name}, {member}", reason) for member, reason in files.refused)
        yield from export.read()
        if export.left_out:
            yield Notice(name, f"Left out {counted(export.left_out, 'line')} that Slack wrote itself.")


class _Export:
    """One export. `left_out` counts Slack's own lines."""

    def __init__(self, files: Archive | Folder, root: str, name: str) -> None:
        self._files = files
        self._root = f"{root}/" if root else ""
        self._name = name
        self._problems: list[Refused] = []
        users = [user for file in _USERS for user in self._objects(file)]
        self._users = {text_of(dict(user), "id"): _party(dict(user)) for user in users}
        self._bots = {text_of(dict(user), "id") for user in users if user.get("is_bot") is True}
        self._names = {key: party.name for key, party in self._users.items()}
        self._conversations = [one for file in _LISTS for entry in self._objects(file) if (one := self._conversation(file, dict(entry)))]
        self._channels = {one.key: one.title.removeprefix("#") for one in self._conversations}
        self.left_out = 0

    def read(self) -> Iterator[Message | Refused]:
        yield from self._problems
        days: dict[str, list[str]] = {}
        for member in self._files.members:
            if found := re.fullmatch(re.escape(self._root) + r"([^/]+)/\d{4}-\d\d-\d\d\.json", member):
                days.setdefault(found[1], []).append(member)
        known = {one.folder: one for one in self._conversations}
        for folder in sorted(days):
            conversation = known.get(folder) or _Conversation(folder, folder, folder)
            for member in sorted(days[folder]):
                yield from self._read_day(member, conversation)

    def _objects(self, file: str) -> list[Mapping[str, Json]]:
        member = self._root + file
        if member not in self._files.members:
            return []
        try:
            return objects_of(parse_json(self._files.read(member)))
        except (ValueError, InvalidInput) as error:
            self._problems.append(Refused(f"{self._name}, {file}", describe(error)))
            return []

    def _conversation(self, file: str, entry: dict[str, Json]) -> _Conversation | None:
        key, title = text_of(entry, "id"), text_of(entry, "name")
        if not (key or title):
            return None
        if file in ("dms.json", "mpims.json"):
            people = [self._names.get(text_of(member)) or text_of(member) for member in list_of(entry, "members")[:10]]
            return _Conversation(inert_id(key or title), title or key, ", ".join(sorted(people)) or title or key)
        return _Conversation(inert_id(key or title), title or key, f"#{title or key}")

    def _read_day(self, member: str, conversation: _Conversation) -> Iterator[Message | Refused]:
        where = f"{self._name}, {member.removeprefix(self._root)}"
        try:
            day = parse_json(self._files.read(member, _MAX_DAY_BYTES))
        except (ValueError, InvalidInput) as error:
            yield Refused(where, describe(error))
            return
        if not isinstance(day, list):
            yield Refused(where, "It isn't a list of messages.")
            return
        messages = []
        for number, value in enumerate(day, 1):
            if not isinstance(value, dict):
                yield Refused(f"{where}, message {number}", "It isn't a message that can be read.")
            elif text_of(value, "type") not in ("message", "") or _OWN.fullmatch(text_of(value, "subtype")):
                self.left_out += 1
            elif (moment := _moment_of(text_of(value, "ts"))) is None:
                yield Refused(f"{where}, message {number}", "It has no time.")
            else:
                messages.append(shortened(self._message(value, moment, conversation)))
        yield from sorted(messages, key=lambda message: message.at or datetime.min.replace(tzinfo=UTC))

    def _message(self, message: dict[str, Json], moment: datetime, conversation: _Conversation) -> Message:
        sent, root = text_of(message, "ts"), text_of(message, "thread_ts")
        markup = text_of(message, "text") or text_of_blocks(list_of(message, "blocks"))
        if not markup or text_of(message, "subtype") == "bot_message":
            markup = "\n".join(part for part in (markup, text_of_attachments(message)) if part)
        if comment := text_of(message, "comment", "comment"):
            markup = comment
        text = plain_text(markup, self._names, self._channels)
        files = [text_of(dict(file), "title") or text_of(dict(file), "name") or "file" for file in objects_of(message, "files")]
        if not files and (title := text_of(message, "file", "title") or text_of(message, "file", "name")):
            files = [title]  # as exports before 2018 name it
        names = [f"(file: {file})" for file in files[:50] if file not in text]
        sender, is_bot = self._sender(message)
        return Message(
            source=f"slack:{conversation.key}:{sent}",
            channel="chat",
            at=moment,
            sender=sender,
            recipients=(),
            subject="",
            text="\n".join([*([text] if text else []), *names]),
            thread=f"slack:{conversation.key}:{root}" if root and root != sent else "",
            conversation=conversation.title,
            bulk="a bot" if is_bot else "",
        )

    def _sender(self, message: dict[str, Json]) -> tuple[Party, bool]:
        """Who wrote a message, and whether it's a program. A user who isn't listed is a guest of another workspace."""
        user = text_of(message, "user") or text_of(message, "comment", "user")
        is_bot = text_of(message, "subtype") == "bot_message" or (bool(text_of(message, "bot_id")) and (not user or user in self._bots))
        if party := self._users.get(user):
            return party, is_bot
        names = (text_of(message, *path) for path in (("user_profile", "real_name"), ("bot_profile", "name"), ("username",), ("bot_id",)))
        account = user or text_of(message, "bot_id")
        return Party(name=next((name for name in names if name), "Unknown"), account=f"slack:{account}" if account else ""), is_bot


def _party(user: dict[str, Json]) -> Party:
    names = (("profile", "real_name"), ("real_name",), ("profile", "display_name"), ("name",), ("id",))
    return Party(
        name=next((name for path in names if (name := text_of(user, *path).strip())), ""),
        email=text_of(user, "profile", "email"),
        phone=text_of(user, "profile", "phone"),
        account=f"slack:{text_of(user, 'id')}",
    )


def _moment_of(timestamp: str) -> datetime | None:
    if not re.fullmatch(r"\d{1,11}(\.\d{1,9})?", timestamp, re.ASCII):
        return None
    try:
        return datetime.fromtimestamp(int(timestamp.partition(".")[0]), UTC)
    except (ValueError, OverflowError, OSError):
        return None
