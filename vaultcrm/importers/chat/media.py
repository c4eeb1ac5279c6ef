"""The files that came with a chat, found in its folder or archive when they are asked for."""

import mimetypes
from collections.abc import Callable
from pathlib import Path

from vaultcrm.errors import InvalidInput
from vaultcrm.importers.archive import Archive, Folder, open_folder_or_archive
from vaultcrm.importers.mail.parts import attachment_name
from vaultcrm.importers.message import Attachment


class Media:
    """The files of an export. Their names are given as the chat says them: relative to the folder that it's in."""

    def __init__(self, source: Path, files: Archive | Folder, chat: str) -> None:
        self._source = source
        self._folder = chat.removesuffix(chat.rpartition("/")[2])
        self._sizes = {member.name: member.size for member in files.members.values()}

    def __len__(self) -> int:
        return len(self._sizes) - 1  # the chat itself

    def find(self, name: str, media_type: str = "") -> Attachment | None:
        """The file of a name; None if it isn't there."""
        member = self._folder + name
        if member not in self._sizes:
            return None
        return make_attachment(name, media_type, self._sizes[member], self._reader(member))

    def _reader(self, member: str) -> Callable[[], bytes]:
        def read() -> bytes:
            try:
                with open_folder_or_archive(self._source) as files:  # long after the messages were read
                    return files.read(member)
            except InvalidInput as error:
                raise OSError(error.message) from error

        return read


def make_attachment(path: str, media_type: str, size: int, read: Callable[[], bytes]) -> Attachment:
    """A file of a chat, under a name that is legal everywhere and means nothing in a vault: "notes.md" would be a note.

    Its type is known by its name unless the chat tells it. `read` raises OSError.
    """
    kind = media_type or mimetypes.guess_type(path)[0] or "application/octet-stream"
    return Attachment(attachment_name(path, kind), kind, size, read)
