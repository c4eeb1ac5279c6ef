"""The values of a contact, cleaned, whatever kind of address book it comes from."""

import hashlib
import re
from collections.abc import Iterable
from urllib.parse import unquote

from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.importers.message import Contact

CONTENT_SOURCE = "contact:"  # the source of a card without an ID begins so, and changes with the card
_MOST = 100  # values of one kind
_LONGEST_EMAIL = 600  # characters, with the name beside the address


def make_contact(
    uid: str = "",
    name: str = "",
    organisation: str = "",
    role: str = "",
    emails: Iterable[str] = (),
    phones: Iterable[str] = (),
    urls: Iterable[str] = (),
    addresses: Iterable[str] = (),
    birthday: str = "",
    note: str = "",
    groups: Iterable[str] = (),
    nicknames: Iterable[str] = (),
    is_company: bool = False,
) -> Contact | None:
    """A contact with each value once; None if nothing says who it is. Without a `uid`, its source is made from who it is."""
    name, organisation = _one_line(name), _one_line(organisation)
    emails, phones, nicknames = _once(emails), _once(phones), _once(nicknames)
    if not name:
        name = nicknames[0] if nicknames else organisation
        is_company = is_company or (not nicknames and bool(organisation))
    if not (name or emails or phones):
        return None
    identity = "\0".join((name, organisation, *sorted(emails), *sorted(phones)))
    return Contact(
        source=_one_line(uid)[:300] or f"{CONTENT_SOURCE}{hashlib.sha256(identity.encode()).hexdigest()[:32]}",
        name=name,
        organisation=organisation,
        role=_one_line(role),
        emails=emails,
        phones=phones,
        urls=_once(urls),
        addresses=_once(addresses),
        birthday=birthday,
        note=note.strip(),
        groups=_once(groups),
        nicknames=tuple(nickname for nickname in nicknames if nickname != name),
        is_company=is_company,
    )


def clean_email(text: str) -> str:
    """An address as it is written to; "" for what is none, such as an address of an Exchange server."""
    found = re.search(r"[^\s<>()\[\]:;,\"\\@]+@[^\s<>()\[\]:;,\"\\@]+", text.strip()[:_LONGEST_EMAIL])
    return found[0] if found and len(found[0]) <= 254 else ""


def clean_phone(text: str) -> str:
    """A phone number as it is written; "" for words. The extension of a `tel:` URI (RFC 3966) follows the number."""
    text = _one_line(text)
    if text[:4].lower() == "tel:":
        number, *parameters = unquote(text[4:]).split(";")
        extension = next((value for key, _, value in (part.partition("=") for part in parameters) if key.lower() == "ext"), "")
        text = f"{number} ext. {extension}" if extension else number
    return text if len(re.findall(r"\d", text)) >= 3 and len(text) <= 60 else ""


def clean_birthday(text: str) -> str:
    """A date as 1980-03-22, or as --03-22 without a year; "" for anything else."""
    match = re.match(r"(?:(\d{4})-?|--)(\d{2})-?(\d{2})(?!\d)", text.strip(), re.ASCII)
    if match is None:
        return ""
    year, month, day = match.groups()
    if year is None or year == "1604":  # Apple writes 1604 for a birthday without a year
        return f"--{month}-{day}" if parse_iso_day(f"2024-{month}-{day}") else ""
    return f"{year}-{month}-{day}" if parse_iso_day(f"{year}-{month}-{day}") else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    """The texts that aren't empty, each once, in their order."""
    return tuple(dict.fromkeys(line for text in texts if (line := _one_line(text))))[:_MOST]
