"""A client or person of an import: as the note says that exists, or as the one will that is to be written."""

from collections.abc import Mapping

from vaultcrm.actions.imports.contacts.card_names import organisation_key
from vaultcrm.disk.filenames import title_of_path
from vaultcrm.importers.routing import phone_key
from vaultcrm.markdown.values import Value, as_list, as_text
from vaultcrm.markdown.yaml_nodes import Writable
from vaultcrm.normalize import fold


class Entry:
    """Somebody with a note. `client` is the client that it belongs to, for a client itself; None for a person of nobody.

    `addresses` are mail addresses and numbers as they are compared. `additions` are what the import adds to a note that exists;
    `values` and `texts` are what a new one will hold.
    """

    def __init__(self, note_type: str, path: str, owner: "Entry | None", properties: Mapping[str, Value], is_new: bool = False) -> None:
        self.type = note_type
        self.path = path
        self.client = self if note_type == "client" else owner
        self.properties = properties
        self.is_new = is_new
        self.names = {fold(name) for name in (self.title, *as_list(properties.get("aliases")))}
        self.addresses: set[str] = set()
        self.additions: dict[str, str | list[str]] = {}
        self.values: dict[str, Writable] = {}
        self.texts: list[str] = []

    @property
    def title(self) -> str:
        return title_of_path(self.path)

    @property
    def is_client(self) -> bool:
        return self.type == "client"

    @property
    def shown(self) -> str:
        """Who it is, for a message: "Dana Roe (Acme Studio)"."""
        return self.title if self.client is None or self.is_client else f"{self.title} ({self.client.title})"

    def is_at(self, organisation: str) -> bool:
        """Whether an organisation's name is that of the client, whatever its legal form."""
        return self.client is not None and organisation_key(organisation) in map(organisation_key, self.client.names)

    def text(self, key: str) -> str:
        """The value of a property, of a list its first; "" if it has none, now and after what is added."""
        return as_text(self.properties.get(key)) or next(iter(self.new_items(key)), "")

    def new_items(self, key: str) -> tuple[str, ...]:
        """What a property has that is not in the vault yet."""
        new = (self.values if self.is_new else self.additions).get(key)
        return tuple(map(str, new)) if isinstance(new, list) else (new,) if isinstance(new, str) else ()

    def holds(self, key: str, value: str = "") -> bool:
        """Whether a property has this value, or any; addresses and numbers however they are written."""
        if not value:
            return bool(self.text(key))
        return (address_key(key, value) or value) in self.addresses

    def add(self, key: str, value: str | list[str]) -> None:
        """Add to a note that exists: items to a list, or a property that it lacks."""
        old = self.additions.get(key)
        self.additions[key] = [*old, *value] if isinstance(old, list) and isinstance(value, list) else value


def address_key(kind: str, value: str) -> str:
    """What an ID, address, number or name is compared by. A number that is too short to say whose it is has none."""
    value = value.strip()
    return {"email": value.lower(), "phone": phone_key(value), "name": fold(value)}.get(kind, value)
