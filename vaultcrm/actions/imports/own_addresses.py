"""The user's own addresses and names, kept in `vaultcrm.toml` for the next import."""

import json
import re
from collections.abc import Sequence

from vaultcrm.actions.crm import Crm
from vaultcrm.errors import InvalidInput
from vaultcrm.vault.settings import SETTINGS_FILE, parse_settings


def keep_own_addresses(crm: Crm, addresses: Sequence[str]) -> list[str]:
    """Add addresses to `me` in [import], and return those that are new. The settings' other lines stay as they are."""
    known = {address.lower() for address in crm.vault.settings.me}
    new = [address for address in dict.fromkeys(addresses) if address.lower() not in known]
    if new:
        with crm.writing() as writer:
            if not writer.create_file(SETTINGS_FILE, _with_addresses(b"", new)):
                writer.edit(SETTINGS_FILE, lambda data: _with_addresses(data, [*crm.vault.settings.me, *new]))
    return new


def _with_addresses(data: bytes, addresses: Sequence[str]) -> bytes:
    """The settings with `me` in [import]. Raises InvalidInput where that can't be written safely."""
    line = f"me = [{', '.join(json.dumps(address, ensure_ascii=False) for address in addresses)}]"
    text = data.decode("utf-8")
    start = re.search(r"(?m)^\[import\][ \t]*(?:#.*)?$", text)
    if start is None:
        result = text.rstrip("\n") + ("\n\n" if text.strip() else "") + f"[import]\n{line}\n"
    else:
        section_end = re.compile(r"(?m)^\[").search(text, start.end())
        section = text[start.end() : section_end.start() if section_end else len(text)]
        old = re.search(r"(?m)^me[ \t]*=[ \t]*\[[^\[\]#\n]*\][ \t]*$", section)
        changed = section[: old.start()] + line + section[old.end() :] if old else f"\n{line}" + section
        result = text[: start.end()] + changed + text[start.end() + len(section) :]
    try:
        if parse_settings(SETTINGS_FILE, result.encode("utf-8")).me == tuple(addresses):
            return result.encode("utf-8")
    except InvalidInput:
        pass
    raise InvalidInput("Your address can't be added to vaultcrm.toml.", f"Write it below [import] yourself: {line}")
