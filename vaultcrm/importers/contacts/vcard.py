"""vCards of versions 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350) as contacts.

Phones and address books break the rules in ways that a strict parser doesn't survive: cards without a name,
values folded in the middle of a character, photos with broken base64. Photos are left out.
"""

import quopri
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from vaultcrm.importers.archive import files_of
from vaultcrm.importers.contacts.contact import clean_birthday, clean_email, clean_phone, make_contact
from vaultcrm.importers.encoding import decode, without_surrogates
from vaultcrm.importers.message import Contact, Refused

_MAX_CARDS = 20_000
_MAX_PROPERTIES = 2_000  # of one card
_MAX_VALUE = 100_000  # bytes of one property; photos are longer, and not read
_MAX_DEPTH = 3  # of a card within a card
# A group's name, the property's name, parameters of which quoted ones may contain a colon, the value
_HEADER = re.compile(rb'\s*(?:[\w-]{1,64}\.){0,2}([\w-]{1,64})(?=[;:])((?:[^":]|"[^"]*")*?):(.*)', re.DOTALL)
_PARAMETER = re.compile(r';\s*([^=;"]*)(?:=((?:"[^"]*"|[^";])*))?')
# Values that nobody reads in a note, and that may be megabytes
_BINARY = frozenset((b"PHOTO", b"LOGO", b"SOUND", b"KEY", b"X-MS-OL-DESIGN", b"X-MS-CARDPICTURE"))
_OWN_GROUPS = frozenset(("my contacts", "mycontacts", "* mycontacts"))  # every contact is in these


class _Property(NamedTuple):
    """One line of a card, unfolded. `parameters` holds bare ones of version 2.1 too, as values of TYPE."""

    name: str
    parameters: dict[str, str]
    value: str


def read_vcards(source: Path | bytes, name: str) -> Iterator[Contact | Refused]:
    """The contacts of a file, by its path or as bytes, or of a folder or archive of them; agents within cards included.

    A card of which nothing identifies anybody is refused, and so is a group of other cards.
    """
    for where, data in files_of(source, name, (".vcf", ".vcard")):
        if isinstance(data, Refused):
            yield data
        else:
            yield from _read_file(data, where)


def _read_file(data: bytes, where: str) -> Iterator[Contact | Refused]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = decode(data).encode()
    number = 0
    for number, card in enumerate(_cards(_lines(data)), 1):
        if number > _MAX_CARDS:
            yield Refused(where, f"It has more than {_MAX_CARDS:,} cards; the rest wasn't read.")
            return
        yield from _read_card(card, f"{where}, card {number}")
    if not number:
        yield Refused(where, "It contains no vCard.")


def _lines(data: bytes) -> Iterator[bytes]:
    """The lines of a file, still folded."""
    return iter(re.split(rb"\r\n|\r|\n", data.removeprefix(b"\xef\xbb\xbf")))


def _cards(lines: Iterable[bytes]) -> Iterator[list[_Property]]:
    """The cards in the order in which they begin. A card that its file ends in the middle of counts."""
    finished: list[list[_Property]] = []
    open_cards: list[list[_Property]] = []
    unfolding = _Unfolding()
    for name, line in unfolding.properties(lines):
        if name == b"BEGIN" and line.rpartition(b":")[2].strip().upper() == b"VCARD":
            finished.append([])
            open_cards = [*open_cards[: _MAX_DEPTH - 1], finished[-1]]
            unfolding.version = ""
            if len(finished) > _MAX_CARDS:
                break
        elif name == b"END" and line.rpartition(b":")[2].strip().upper() == b"VCARD":
            open_cards = open_cards[:-1]
            if not open_cards:
                yield from finished
                finished = []
        elif open_cards and len(open_cards[-1]) < _MAX_PROPERTIES and (found := _parse(line)):
            open_cards[-1].append(found)
            if found.name == "VERSION":
                unfolding.version = found.value
    yield from finished


class _Unfolding:
    """Joins the lines of properties. `version` is that of the card at hand, which says how its lines are folded."""

    def __init__(self) -> None:
        self.version = ""

    def properties(self, lines: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
        """The name and the whole line of each property, without what is binary."""
        name, parts = b"", list[bytes]()
        size, is_soft, is_binary, is_quoted_printable = 0, False, False, False
        for line in lines:
            if is_binary and line[:1] in (b" ", b"\t"):
                continue
            is_bracket = re.match(rb"\s*(BEGIN|END):", line, re.IGNORECASE) is not None
            header = _HEADER.match(line[:_MAX_VALUE]) if not is_soft or is_bracket else None
            if is_soft and not is_bracket:
                addition = line
            elif line[:1] in (b" ", b"\t") and parts and not is_bracket:
                addition = line if self.version == "2.1" else line[1:]
            elif header is None and is_binary:
                addition = b""
            else:
                if parts:
                    yield name, b"".join(parts)
                name, parts, size = (header[1].upper() if header else b""), [], 0
                parameters = header[2].upper() if header else b""
                is_binary = name in _BINARY or re.search(rb"BASE64|ENCODING=B\b", parameters) is not None
                is_quoted_printable = b"QUOTED-PRINTABLE" in parameters
                is_soft, addition = False, line if header else b""
            size += len(addition)
            if addition and not is_binary and size <= _MAX_VALUE:
                parts.append(addition)
            is_soft = bool(name) and not is_binary and is_quoted_printable and line.rstrip(b" \t").endswith(b"=")
            if is_soft and parts:
                parts[-1] = parts[-1].rstrip(b" \t").removesuffix(b"=")
        if parts:
            yield name, b"".join(parts)


def _parse(line: bytes) -> _Property | None:
    header = _HEADER.match(line)
    if header is None:
        return None
    parameters: dict[str, str] = {}
    for key, value in _PARAMETER.findall(decode(header[2])):
        key, value = (key.strip().upper(), value.strip()) if value else ("TYPE", key.strip())
        if key == "TYPE" and value.upper() in ("QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT"):
            key = "ENCODING"
        parameters[key] = f"{parameters[key]},{value}" if key in parameters else value
    value = header[3]
    if parameters.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":
        value = quopri.decodestring(value)
    return _Property(
        header[1].decode("ascii", "replace").upper(), parameters, without_surrogates(decode(value, parameters.get("CHARSET", "")))
    )


def _read_card(card: list[_Property], where: str, depth: int = 1) -> Iterator[Contact | Refused]:
    values: dict[str, list[_Property]] = {}
    for found in card:
        values.setdefault(found.name, []).append(found)

    def texts(name: str) -> list[str]:
        return [text for found in values.get(name, ()) if (text := _unescape(found.value).strip())]

    kind = (texts("KIND") or texts("X-ADDRESSBOOKSERVER-KIND") or [""])[0].lower()
    if kind == "group":
        yield Refused(where, "It's a group of other cards.")
        return
    organisation = _components((values.get("ORG") or [_Property("", {}, "")])[0].value)
    is_company = kind == "org" or "COMPANY" in (text.upper() for text in texts("X-ABSHOWAS"))
    contact = make_contact(
        uid=f"vcard:{texts('UID')[0]}" if texts("UID") else "",
        name=(texts("FN") or [""])[0] or _name_of(values.get("N", [])),
        organisation=organisation[0] if organisation else "",
        role=(texts("TITLE") or texts("ROLE") or [""])[0],
        emails=[clean_email(text) for text in texts("EMAIL")],
        phones=[clean_phone(text) for text in texts("TEL")],
        urls=texts("URL"),
        addresses=[", ".join(part for part in _components(found.value) if part) for found in values.get("ADR", ())],
        birthday=clean_birthday((texts("BDAY") or [""])[0]),
        note="\n\n".join(texts("NOTE")),
        groups=[group for text in values.get("CATEGORIES", ()) for group in _list(text.value) if group.lower() not in _OWN_GROUPS],
        nicknames=[name for text in values.get("NICKNAME", ()) for name in _list(text.value)],
        is_company=is_company,
    )
    yield contact or Refused(where, "It has no name, address or phone number.")
    for agent in values.get("AGENT", ()):  # in version 3.0 a card is the value of the property, and in 2.1 the lines below it
        text = _unescape(agent.value)
        if depth < _MAX_DEPTH and text.lstrip().upper().startswith("BEGIN:VCARD"):
            for inner in _cards(_lines(text.encode())):
                yield from _read_card(inner, f"{where}, agent", depth + 1)


def _name_of(names: list[_Property]) -> str:
    """The name in the order in which it's said: given, additional, family, suffix."""
    if not names:
        return ""
    family, given, additional, _, suffix = (*_components(names[0].value), "", "", "", "", "")[:5]
    return " ".join(part for part in (given, additional, family, suffix) if part)


def _components(value: str) -> list[str]:
    """The parts of a value that are separated by semicolons, each on one line."""
    return [" ".join(_unescape(part).split()) for part in re.split(r"(?<!\\);", value)]


def _list(value: str) -> list[str]:
    """The items of a value that are separated by commas; Thunderbird escapes those too."""
    return [text for part in _unescape(value).split(",") if (text := " ".join(part.split()))]


def _unescape(value: str) -> str:
    return re.sub(r"\\([\\,;:\"nN])", lambda match: "\n" if match[1] in "nN" else match[1], value).replace("\r\n", "\n")
