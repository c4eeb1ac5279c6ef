"""New notes: where they go, what they are called, what they begin with."""

from collections.abc import Mapping

from vaultcrm.actions.crm import Crm
from vaultcrm.disk.filenames import file_name
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.wikilinks import make_wikilink
from vaultcrm.markdown.yaml_nodes import Writable
from vaultcrm.model.read_note import NoteContents, read_back
from vaultcrm.rendering import new_note
from vaultcrm.vault.writer import Writer


def create_note(
    crm: Crm, writer: Writer, kind: str, folder: str, title: str, properties: Mapping[str, Writable], text: str = ""
) -> NoteContents:  # fmt: skip
    """A new note by its template, under the legal name nearest to `title`; gives what it says."""
    draft = new_note.note_text(crm.vault.root, kind, title, properties, text)
    return read_back(writer.create(folder, file_name(title), draft), draft.encode("utf-8"))


def note_location(crm: Crm, client_ref: ClientRef, below: str = "") -> tuple[str, dict[str, Writable]]:
    """The folder for a client's new note, and the property that says whose it is where the folder does not."""
    own = crm.catalog.client_folders.get(client_ref.folder)
    if own is not None and own.path == client_ref.path:
        return "/".join(part for part in (client_ref.folder, below) if part), {}
    return "/".join(part for part in (client_ref.folder, client_ref.name, below) if part), {"client": make_wikilink(client_ref.name)}


def title_property(text: str) -> dict[str, Writable]:
    """The property `title`, when the file's name cannot hold the text as it is."""
    line = " ".join(text.split())
    return {} if file_name(line) == line else {"title": line}
