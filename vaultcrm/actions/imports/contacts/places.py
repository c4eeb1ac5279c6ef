"""Where the notes of new clients and people go: names that are free on the disk, and among the notes that are planned."""

import os

from vaultcrm.actions.add import check_is_unrelated
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.contacts.entry import Entry
from vaultcrm.actions.new_note import NoteLocation, note_location
from vaultcrm.disk.filenames import file_name, numbered
from vaultcrm.errors import AlreadyExists
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.wikilinks import make_wikilink
from vaultcrm.normalize import fold_case


class Places:
    """Gives each new note a path of its own. A folder is listed once."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm
        self._clients_folder = crm.vault.existing_path("clients")
        self._names: dict[str, dict[str, str]] = {}
        self._planned: set[str] = set()
        self._locations: dict[str, NoteLocation] = {}

    def client(self, name: str) -> str:
        """The path of a new client's note. Raises AlreadyExists if its place is taken, InvalidInput if it is outside of the vault."""
        for title in numbered(file_name(name)):
            folder = f"{self._clients_folder}/{self._names_in(self._clients_folder).get(fold_case(title), title)}"
            path = f"{folder}/{title}.md"
            if self._is_planned(path):
                continue
            if folder in self.crm.catalog.client_folders:
                raise AlreadyExists(f"{folder} is the folder of another client.")
            if existing := self._names_in(folder).get(fold_case(f"{title}.md")):
                check_is_unrelated(self.crm, "client", f"{folder}/{existing}")
            return self._plan(path)
        raise AssertionError

    def person(self, client: Entry, name: str) -> tuple[str, NoteLocation]:
        """The path of a new person's note, and where that is. Raises AlreadyExists if a note there may be the person's already."""
        location = self._location(client)
        for title in numbered(file_name(name)):
            path = f"{location.folder}/{title}.md"
            if self._is_planned(path):
                continue
            if existing := self._names_in(location.folder).get(fold_case(f"{title}.md")):
                check_is_unrelated(self.crm, "person", f"{location.folder}/{existing}")
                continue
            return self._plan(path), location
        raise AssertionError

    def _location(self, client: Entry) -> NoteLocation:
        if client.path not in self._locations:
            link: NoteLocation = NoteLocation(client.path.rpartition("/")[0], {})
            if not client.is_new:
                link = note_location(self.crm, ClientRef.at(client.path))
            elif self.crm.vault.settings.client_links:
                link = link._replace(properties={"client": make_wikilink(client.title)})
            self._locations[client.path] = link
        return self._locations[client.path]

    def _names_in(self, folder: str) -> dict[str, str]:
        """The names in a folder, as they are spelled, by how a disk without case compares them."""
        if folder not in self._names:
            try:
                names = os.listdir(self.crm.vault.path(folder))
            except FileNotFoundError:
                names = []
            except OSError as error:
                raise AlreadyExists(f"{folder} can't be used: {error.strerror}.") from error
            self._names[folder] = {fold_case(name): name for name in names}
        return self._names[folder]

    def _is_planned(self, path: str) -> bool:
        return fold_case(path) in self._planned

    def _plan(self, path: str) -> str:
        self._planned.add(fold_case(path))
        return path
