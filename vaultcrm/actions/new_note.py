"""New notes: where they go, what they are called, what they start with."""

from collections.abc import Mapping
from typing import NamedTuple

from vaultcrm.actions.crm import Crm
from vaultcrm.disk.filenames import file_name
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.wikilinks import make_wikilink
from vaultcrm.markdown.yaml_nodes import Writable
from vaultcrm.model.read_note import NoteContents, read_back
from vaultcrm.model.schema import PROPERTIES
from vaultcrm.normalize import fold
from vaultcrm.rendering.new_note import note_text
from vaultcrm.vault.writer import Writer


def create_note(
    crm: Crm, writer: Writer, note_type: str, folder: str, title: str, properties: Mapping[str, Writable], text: str = ""
) -> NoteContents:  # fmt: skip
    """Create a note from its type's template, under the legal file name nearest to `title`; returns what it says.

    If another note in the folder has that name, a number is added, and a type with a property `title` keeps the title there.
    """
    name = writer.free_name(folder, file_name(title))
    if name != file_name(title) and "title" in PROPERTIES[note_type]:
        properties = {"title": " ".join(title.split()), **properties}
    whole = note_text(crm.vault.root, note_type, title, properties, text)
    return read_back(writer.create(folder, name, whole), whole.encode("utf-8"))


class NoteLocation(NamedTuple):
    """The folder of a client's new note, and the property `client` where it is needed or wanted."""

    folder: str
    properties: dict[str, Writable]


def note_location(crm: Crm, client_ref: ClientRef, subfolder: str = "") -> NoteLocation:
    """Where a client's new note goes: into a subfolder of the client's own folder, or of one made for it.

    It names its client where the folder alone doesn't say whose it is, and where the vault's setting `client_links` wants it.
    """
    link = make_wikilink(client_ref.name)
    folder_owner = crm.catalog.client_folders.get(client_ref.folder)
    if folder_owner is not None and folder_owner.path == client_ref.path and not _is_shared(crm, client_ref):
        own_folder = "/".join(part for part in (client_ref.folder, subfolder) if part)
        is_wanted = crm.vault.settings.client_links and crm.catalog.owner_of(f"{own_folder}/new.md", link) == client_ref
        return NoteLocation(own_folder, {"client": link} if is_wanted else {})
    folder = "/".join(part for part in (client_ref.folder, client_ref.name, subfolder) if part)
    return NoteLocation(folder, {"client": link})


def _is_shared(crm: Crm, client_ref: ClientRef) -> bool:
    """Whether a client's folder, which has another name, is one for notes of all kinds: People/Jane.md beside People/Bob.md."""
    has_its_name = fold(client_ref.folder.rpartition("/")[2]) == fold(client_ref.name)
    return not has_its_name and crm.catalog.has_other_notes(client_ref)


def cut_at_word(title: str, limit: int = 60) -> str:
    """A title of at most `limit` characters, cut between words where there are any."""
    return title if len(title) <= limit else title[: limit + 1].rpartition(" ")[0] or title[:limit]


def title_property(text: str) -> dict[str, Writable]:
    """The property `title`, when the file name can't hold the text as it is."""
    line = " ".join(text.split())
    return {} if file_name(line) == line else {"title": line}
