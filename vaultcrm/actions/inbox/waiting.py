"""Which notes wait in the inbox: those in its folder that belong to no client."""

from vaultcrm.catalog.catalog import Catalog
from vaultcrm.markdown.values import as_text
from vaultcrm.model.convert import client_link
from vaultcrm.model.records import Note

INBOX = "inbox"  # the folder of conversations whose client isn't known yet
FILES = f"{INBOX}/files"  # what came with them


def waiting_notes(catalog: Catalog) -> list[Note]:
    """The notes in the inbox that are nobody's, by path; without follow-ups that go where the conversation goes that they came out of."""
    notes = [note for note in catalog.notes(below=INBOX) if not note.path.startswith(FILES + "/") and _is_unowned(catalog, note)]
    paths = {note.path for note in notes}
    return [note for note in notes if origin_of(catalog, note) not in paths]


def origin_of(catalog: Catalog, note: Note) -> str | None:
    """The path of the note that a follow-up or decision came out of; None for any other."""
    link = as_text(note.properties.get("from"))
    return catalog.resolve(link, note.path) if link and note.type in ("follow-up", "decision") else None


def _is_unowned(catalog: Catalog, note: Note) -> bool:
    link = client_link(note)
    owner = catalog.owner_of(note.path, link)
    return note.type != "client" and (owner is None or (not owner.folder and not link))  # a client at the root owns all the rest
