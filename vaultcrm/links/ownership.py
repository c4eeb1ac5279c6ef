"""Which client a note belongs to: the one whose client folder is the nearest above it."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from vaultcrm.disk.filenames import title_of_path


class ClientRef(NamedTuple):
    """A client: the path of its note, and its name."""

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
    """The client of each client folder. `client_notes` are the paths of all client notes, sorted.

    A folder that holds several client notes belongs to the one that has the folder's name, and to
    nobody (None) if none has.
    """
    owners: dict[str, ClientRef | None] = {}
    for client in map(ClientRef.at, client_notes):
        folder, name = client.folder, client.folder.rpartition("/")[2]
        if folder not in owners or client.name == name:
            owners[folder] = client
        elif (owner := owners[folder]) is not None and owner.name != name:
            owners[folder] = None
    return owners


def client_above(folders: ClientFolders, folder: str) -> ClientRef | None:
    """The client of `folder`, or of the nearest folder above it that has one. None if no folder has."""
    while True:
        if (client := folders.get(folder)) is not None:
            return client
        if not folder:
            return None
        folder = folder.rpartition("/")[0]
