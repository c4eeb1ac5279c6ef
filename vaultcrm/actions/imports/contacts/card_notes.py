"""What a card says as properties and text of a note: harmless, whatever stands in it."""

import re
from collections.abc import Callable, Mapping

from vaultcrm.actions.imports.contacts.entry import Entry, address_key
from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.importers.contacts.contact import CONTENT_SOURCE, clean_email
from vaultcrm.importers.inert import inert, inert_line
from vaultcrm.importers.message import Contact
from vaultcrm.markdown.edit import add_item, set_property
from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.properties import read_properties
from vaultcrm.markdown.values import as_list, as_text
from vaultcrm.markdown.yaml_nodes import Writable
from vaultcrm.normalize import fold
from vaultcrm.rendering.new_note import note_text
from vaultcrm.vault.writer import NewNote

_MOST = 20  # values of a property; a note's properties have at most 64 KiB
_WEB = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?:[:/?]\S*)?", re.IGNORECASE | re.ASCII)
# In the order in which a note has them. The last ones are no properties of the format, but the user's like any other.
_KEYS = ("client", "role", "aliases", "email", "phone", "birthday", "website", "address", "organisation", "groups", "source")


def cleaned(contact: Contact) -> Contact:
    """The card with each value on one line, without invisible characters, wikilinks and commands, and of a bounded length."""

    def lines(texts: tuple[str, ...], limit: int = 300) -> tuple[str, ...]:
        return tuple(dict.fromkeys(line for text in texts[:_MOST] if (line := inert_line(text, limit))))

    name, organisation = inert_line(contact.name), inert_line(contact.organisation)
    return contact._replace(
        source=inert_line(contact.source),
        name=name,
        organisation=organisation if any(map(str.isalnum, organisation)) else "",
        is_company=contact.is_company or (bool(name) and fold(name) == fold(organisation)),
        role=inert_line(contact.role),
        emails=tuple(dict.fromkeys(filter(None, (clean_email(email) for email in lines(contact.emails))))),
        phones=lines(contact.phones, 60),
        urls=lines(contact.urls),
        addresses=lines(contact.addresses),
        birthday=inert_line(contact.birthday, 10),
        groups=lines(contact.groups, 60),
        nicknames=lines(contact.nicknames, 100),
    )


def describe(entry: Entry, contact: Contact, nicknames: list[str], organisation: str) -> None:
    """Put what a card says into a note that is still to be written, beside what other cards have said of the same one.

    `organisation` is empty if the note's place says it.
    """
    websites = [url for url in contact.urls if _WEB.fullmatch(url)]
    source = "" if contact.source.startswith(CONTENT_SOURCE) else contact.source
    single = {"role": contact.role, "birthday": contact.birthday, "organisation": organisation, "source": source}
    several = {
        "aliases": nicknames,
        "email": contact.emails,
        "phone": contact.phones,
        "website": websites,
        "address": contact.addresses,
        "groups": contact.groups,
    }
    for key, text in single.items():
        if text and not entry.values.get(key):
            entry.values[key] = text
    for key, texts in several.items():
        if texts:
            old = entry.values.get(key)
            once: dict[str, str] = {}
            for item in [*(str(item) for item in old), *texts] if isinstance(old, list) else texts:
                once.setdefault(address_key(key, item) or item, item)
            entry.values[key] = [*once.values()][:_MOST]
    other_urls = "\n".join(url for url in contact.urls if url not in websites)
    for text in (inert(contact.note), inert(other_urls)):
        if text and text not in entry.texts:
            entry.texts.append(text)


def new_note(root: str, entry: Entry) -> NewNote:
    """The note of somebody new. Raises Unreadable if the properties are too large."""
    properties = {key: _as_written(key, entry.values[key]) for key in _KEYS if key in entry.values}
    text = note_text(root, entry.type, entry.title, properties, "\n\n".join(entry.texts))
    return NewNote(entry.path.rpartition("/")[0], entry.title, text)


def adding(additions: Mapping[str, str | list[str]]) -> Callable[[bytes], bytes]:
    """An edit that adds what a note hasn't: items to lists, and properties that have no value. Raises Refused, Unreadable."""

    def edit(data: bytes) -> bytes:
        page = split_page(data)
        for key, value in additions.items():
            if isinstance(value, list):
                for item in value:
                    page = _with_item(page, key, item)
            elif not as_text(read_properties(page).get(key)):
                page = set_property(page, key, _as_written(key, value))
        return page.join()

    return edit


def _as_written(key: str, value: Writable) -> Writable:
    """A value as it is written: a birthday as a date, if it has a year."""
    return (parse_iso_day(value) or value) if key == "birthday" and isinstance(value, str) else value


def _with_item(page: Page, key: str, item: str) -> Page:
    is_there = (address_key(key, item) or item) in (address_key(key, old) or old for old in as_list(read_properties(page).get(key)))
    return page if is_there else add_item(page, key, item)
