"""Which client a note belongs to."""

from collections.abc import Iterable
from typing import NamedTuple

from vaultcrm.disk.filenames import title_of_path


class Home(NamedTuple):
    """A client as far as it is needed to say whose a note is."""

    path: str
    name: str

    @classmethod
    def at(cls, path: str) -> "Home":
        """The client whose note is at `path`."""
        return cls(path, title_of_path(path))

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]


def homes(clients: Iterable[str]) -> dict[str, Home | None]:
    """The client folders of client notes, given by path in order. None: more than one lies in it, and none has its name."""
    found: dict[str, Home | None] = {}
    for home in map(Home.at, clients):
        folder, name = home.folder, home.folder.rpartition("/")[2]
        if folder not in found or home.name == name:
            found[folder] = home
        elif (there := found[folder]) is not None and there.name != name:
            found[folder] = None
    return found
