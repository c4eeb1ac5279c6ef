"""Which client a note belongs to: the client folders, and the nearest one above a note."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from vaultcrm.disk.filenames import title_of_path


class ClientRef(NamedTuple):
    """A client by the path of its note and its name."""

    path: str
    name: str

    @classmethod
    def at(cls, path: str) -> "ClientRef":
        """The client whose note is at `path`."""
        return cls(path, title_of_path(path))

    @property
    def folder(self) -> str:
        """The folder that holds the client note; "" for the vault's root."""
        return self.path.rpartition("/")[0]


ClientFolders = Mapping[str, ClientRef | None]


def client_folders(client_notes: Iterable[str]) -> dict[str, ClientRef | None]:
    """Each client folder with its client, from the paths of all client notes in sorted order.

    None where a folder holds several client notes and none of them has the folder's name.
    """
    found: dict[str, ClientRef | None] = {}
    for client in map(ClientRef.at, client_notes):
        folder, name = client.folder, client.folder.rpartition("/")[2]
        if folder not in found or client.name == name:
            found[folder] = client
        elif (other := found[folder]) is not None and other.name != name:
            found[folder] = None
    return found


def client_above(folders: ClientFolders, folder: str) -> ClientRef | None:
    """The client of a folder, or of the nearest folder above it that has one."""
    while True:
        if (client := folders.get(folder)) is not None:
            return client
        if not folder:
            return None
        folder = folder.rpartition("/")[0]
