"""Tables of contacts (CSV, TSV), as address books and CRMs export them."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from vaultcrm.errors import UsageError
from vaultcrm.importers.archive import describe, files_of
from vaultcrm.importers.contacts.columns import MOST_COLUMNS, Column, check_field, column_of, columns_of
from vaultcrm.importers.contacts.contact import clean_birthday, clean_email, clean_phone, make_contact
from vaultcrm.importers.encoding import decode
from vaultcrm.importers.message import Contact, Notice, Refused
from vaultcrm.normalize import fold
from vaultcrm.plural import listed
from vaultcrm.quoting import quoted

_DELIMITERS = ",;\t"
_ROWS_ABOVE = 20  # rows of remarks that may stand above the headings, as in LinkedIn's export
_OWN_GROUPS = frozenset(("mycontacts", "my contacts", "starred", "other contacts"))


def read_contact_table(source: Path | bytes, name: str, mapping: Mapping[str, str] | None = None) -> Iterator[Contact | Refused | Notice]:
    """The contacts of a table, by its path or as bytes; its columns are known by their headings.

    `mapping` says for a heading which field it is (one of `columns.FIELDS`), whatever it seems to be. Raises UsageError
    for a heading or a field that doesn't exist. A table of which no column is known is refused.
    """
    for where, data in files_of(source, name, (".csv", ".tsv")):
        if isinstance(data, Refused):
            yield data
        else:
            yield from _read_table(data, where, mapping)


def _read_table(data: bytes, where: str, mapping: Mapping[str, str] | None) -> Iterator[Contact | Refused | Notice]:
    text = decode(data).replace("\0", "")
    if found := re.match(r"sep=([,;\t])\r?\n", text):  # Excel's own way to say it
        text = text[found.end() :]
    delimiter, above, headings = _find_headings(text, mapping or {})
    columns = _meaning(headings, mapping or {})
    if not any(column and column.field in ("name", "given", "family", "email", "phone", "company", "nickname") for column in columns):
        yield Refused(where, f"No column has a name that I know: {listed(quoted(heading) for heading in (headings or ['nothing'])[:8])}.")
        return
    unused: dict[str, None] = {}
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = -1
    while True:
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            yield Refused(f"{where}, line {rows.line_num}", describe(error))
            continue
        number += 1
        if number <= above or not any(cell.strip() for cell in row):
            continue
        for heading, column, cell in zip(headings, columns, row, strict=False):
            if column is None and cell.strip():
                unused[heading.strip() or "(no name)"] = None
        yield _contact_of(columns, row) or Refused(f"{where}, line {rows.line_num}", "It has no name, address or phone number.")
    if unused:
        yield Notice(where, f"Columns that aren't used: {listed(unused)}.")


def _find_headings(text: str, mapping: Mapping[str, str]) -> tuple[str, int, list[str]]:
    """The delimiter, the number of the row with the headings, and the headings: where the most columns are known."""
    best: tuple[int, str, int, list[str]] = (-1, ",", 0, [])
    wanted = {fold(heading) for heading in mapping}
    for delimiter in _DELIMITERS:
        rows = csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=delimiter)
        try:
            for number, row in enumerate(islice(rows, _ROWS_ABOVE)):
                headings = [heading.removeprefix("\ufeff") for heading in row[:MOST_COLUMNS]]
                known = {column for heading in headings if (column := column_of(heading)) and column.field != "ignore"}
                score = len(known) + 2 * sum(fold(heading) in wanted for heading in headings)
                if score > best[0]:
                    best = (score, delimiter, number, headings)
        except csv.Error:
            continue
    return best[1:]


def _meaning(headings: Sequence[str], mapping: Mapping[str, str]) -> list[Column | None]:
    columns = columns_of(headings)
    for wanted, field in mapping.items():
        matching = [number for number, heading in enumerate(headings) if fold(heading) == fold(wanted)]
        if not matching:
            raise UsageError(f"The table has no column {quoted(wanted)}.", f"It has {listed(quoted(heading) for heading in headings)}.")
        for number in matching:
            columns[number] = Column(check_field(field.lower()))
    return columns


def _contact_of(columns: Sequence[Column | None], row: Sequence[str]) -> Contact | None:
    cells: dict[str, list[str]] = {}
    addresses: dict[str, list[str]] = {}
    parts: dict[str, list[str]] = {}
    for column, cell in zip(columns, row, strict=False):
        text = _as_text(cell)
        if column is None or not text:
            continue
        cells.setdefault(column.field, []).append(text)
        if column.field == "address":
            addresses.setdefault(column.group, []).append(text)
        elif column.field == "address part":
            parts.setdefault(column.group, []).append(text)

    def first(field: str) -> str:
        return cells.get(field, [""])[0]

    for group, words in parts.items():
        if group not in addresses:  # else it's written out already
            addresses[f"parts {group}"] = [", ".join(words)]
    spoken = " ".join(text for field in ("given", "middle", "family", "suffix") if (text := first(field)))
    is_mail_name = "@" in spoken and clean_email(spoken) != ""  # Google names a contact without a name by its address
    return make_contact(
        uid=f"hubspot:{first('identity')}" if first("identity") else "",
        name=first("name") or ("" if is_mail_name else spoken),
        organisation=first("company"),
        role=first("role"),
        emails=[clean_email(part) for cell in cells.get("email", ()) for part in re.split(r" ::: |[;,\s]+", cell)],
        phones=[clean_phone(part) for cell in cells.get("phone", ()) for part in re.split(r" ::: |[;,\n|]", cell)],
        urls=[part for cell in cells.get("url", ()) for part in re.split(r" ::: |[;\s]+", cell)],
        addresses=[", ".join(line for line in text.splitlines() if line.strip()) for texts in addresses.values() for text in texts],
        birthday=clean_birthday(first("birthday")),
        note="\n\n".join(cells.get("note", ())),
        groups=[name for cell in cells.get("group", ()) for part in re.split(r" ::: |[;,]", cell) if _is_group(name := part.strip(" *"))],
        nicknames=[part for cell in cells.get("nickname", ()) for part in re.split(r" ::: |[;,]", cell)],
    )


def _is_group(name: str) -> bool:
    return bool(name) and name.lower() not in _OWN_GROUPS


def _as_text(cell: str) -> str:
    """The text of a cell. A formula is text, but for `="0171 23"`, by which programs keep Excel from changing a number."""
    text = cell.strip()
    if found := re.fullmatch(r'="([^"]*)"', text):
        return found[1].strip()
    return text[1:] if re.match(r"'[=+\-@]", text) else text  # the sign that guards against formulas
