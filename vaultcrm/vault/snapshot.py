"""A vault as it was in a commit: the same rules as on disk say which of its files are notes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from vaultcrm.disk import files
from vaultcrm.errors import InvalidInput, Unreadable
from vaultcrm.git.client import TreeEntry
from vaultcrm.git.history import History
from vaultcrm.markdown.tasks.settings import TaskSettings
from vaultcrm.vault import plugin_settings
from vaultcrm.vault.conflict_copies import find_original, icloud_placeholder, parse_conflict_copy
from vaultcrm.vault.settings import SETTINGS_FILE, parse_settings
from vaultcrm.vault.vault import NOT_DOWNLOADED, NOTE_ENDINGS, FolderScan, Vault

_STAMP = (1, 1, 1, 1)  # of every note: what a commit holds never changes
_LINK_MODE, _MODULE_MODE = "120000", "160000"


class Snapshot(Vault):
    """The files of a vault in a commit. A walk only shows the notes that were selected, because there may be too many to read."""

    def __init__(self, vault: Vault, history: History, tree: str) -> None:
        """`tree` is the vault's tree in the commit; `vault` is the vault as it is now."""
        self.root = vault.root
        self.history = history
        self.tree = tree
        self._entries: Mapping[str, TreeEntry] = history.files(tree)
        self._bytes: dict[str, bytes] = {}  # by blob
        self._prefetch([path for path in (SETTINGS_FILE, *plugin_settings.FILES) if path in self._entries])
        try:
            self.settings = parse_settings(SETTINGS_FILE, self._file(SETTINGS_FILE) or b"")
        except InvalidInput:
            self.settings = vault.settings
        self._template_folders = plugin_settings.template_folders(self._file)
        self._historic_task_settings = plugin_settings.task_settings(self._file, self.settings.task_overrides)
        self._scans = self._scan_all()
        self._selected: set[str] = set()

    @property
    def task_settings(self) -> TaskSettings:
        """How the vault wrote tasks."""
        return self._historic_task_settings

    @property
    def notes(self) -> list[str]:
        """The paths of all notes."""
        return [_join(folder.path, name) for folder in self._scans.values() for name in folder.names]

    def select(self, paths: Iterable[str]) -> list[str]:
        """Have some more notes read, with the originals of those that are conflict copies. Returns their folders."""
        added = set(paths) - self._selected
        for path in [*added]:
            folder, _, name = path.rpartition("/")
            original = (copy := parse_conflict_copy(name)) and find_original(copy, self._scans[folder].names)
            added |= {_join(folder, original)} if original else set()
        self._selected |= added
        self._prefetch(path for path in added if path in self._entries)
        return sorted({path.rpartition("/")[0] for path in added})

    def walk(self, top: str = "", recursive: bool = True) -> Iterator[FolderScan]:
        """The folders with the notes that were selected."""
        pending = [top]
        while pending:
            if (folder := self._scans.get(pending.pop())) is not None:
                kept = [
                    (name, stamp)
                    for name, stamp in zip(folder.names, folder.stamps, strict=True)
                    if _join(folder.path, name) in self._selected
                ]
                yield folder._replace(names=[name for name, _ in kept], stamps=[stamp for _, stamp in kept])
                pending += folder.folders if recursive else []

    def read(self, relative: str) -> files.Content:
        """Read a note. Raises Unreadable if it can't be read as one, FileNotFoundError if the commit doesn't have it."""
        entry = self._entries.get(relative)
        if entry is None:
            raise FileNotFoundError(relative)
        if entry.mode == _LINK_MODE:
            raise Unreadable("It is a symbolic link; vaultcrm only reads files that are in the vault itself.", code="symlink")
        self._prefetch([relative])
        data = self._bytes.get(entry.blob)
        if data is None:
            raise Unreadable("Git no longer has it.", code="unreadable")
        files.check_size(len(data))
        return files.Content(data, files.Stamp(*_STAMP))

    def list_files(self) -> list[str]:
        """Every file that is not hidden."""
        return [path for path in self._entries if not any(part.startswith(".") for part in path.split("/"))]

    def blob(self, path: str) -> str:
        """The id of a file's contents; "" if the commit doesn't have it."""
        return self._entries[path].blob if path in self._entries else ""

    def _file(self, path: str) -> bytes | None:
        return self._bytes.get(self.blob(path)) if path in self._entries and self._entries[path].is_file else None

    def _prefetch(self, paths: Iterable[str]) -> None:
        """Read files at once that will be needed: a call of Git for each would take much longer."""
        wanted = {entry.blob for path in paths if (entry := self._entries[path]).is_file} - self._bytes.keys()
        if wanted:
            self._bytes |= self.history.git.read_blobs(wanted)

    def _scan_all(self) -> dict[str, FolderScan]:
        """Every folder of the commit that a walk reaches, as a scan of the disk would show it, by path."""
        names: dict[str, list[str]] = {"": []}
        folders: dict[str, dict[str, None]] = {"": {}}
        for path, entry in self._entries.items():
            folder, _, name = path.rpartition("/")
            while folder not in names:
                names[folder] = []
                folders.setdefault(folder, {})
                folders.setdefault(folder.rpartition("/")[0], {})[folder] = None
                folder = folder.rpartition("/")[0]
            if entry.mode != _MODULE_MODE:
                names[path.rpartition("/")[0]].append(name)
        scans: dict[str, FolderScan] = {}
        pending = [""]
        while pending:
            folder = pending.pop()
            scans[folder] = self._scan(folder, names[folder], [*folders[folder]])
            pending += scans[folder].folders
        return scans

    def _scan(self, folder: str, names: Sequence[str], folders: list[str]) -> FolderScan:
        """One folder, from the names of its files and the paths of its folders."""
        notes: dict[str, tuple[int, int, int, int]] = {name: _STAMP for name in names if name[0] != "." and name.endswith(NOTE_ENDINGS)}
        notes |= {note: NOT_DOWNLOADED for name in names if name.endswith(".icloud") and (note := icloud_placeholder(name))}
        visible = [path for path in folders if not path.rpartition("/")[2].startswith(".")]
        return self._without_excluded(folder, [*notes], [*notes.values()], visible, bool(folder) and SETTINGS_FILE in names)


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
