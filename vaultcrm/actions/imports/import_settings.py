"""What an import is told once and `vaultcrm.toml` keeps: the user's own addresses, and whose talks a sender's are."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.routing import comparable
from vaultcrm.actions.toml_edit import add_texts, line_to_add, set_text
from vaultcrm.errors import InvalidInput, Refused
from vaultcrm.vault.settings import SETTINGS_FILE, Settings, parse_settings, read_settings
from vaultcrm.vault.writer import Writer


class SenderRule(NamedTuple):
    """What [import.senders] says of a sender: an address, number, account or name, or a domain that begins with "@".

    `client` is a client's name or IGNORE; `was` is what the rule said before, None if there was none.
    """

    sender: str
    client: str
    was: str | None = None


def settings_now(crm: Crm) -> Settings:
    """The settings as they are on disk, where this command may have changed them. Raises InvalidInput."""
    return read_settings(crm.vault.path(SETTINGS_FILE))


def keep_own_addresses(crm: Crm, addresses: Sequence[str]) -> list[str]:
    """Add addresses to `me` in [import], and return those that are new. The settings' other lines stay as they are."""
    known = {address.lower() for address in settings_now(crm).me}
    new = [address for address in dict.fromkeys(addresses) if address.lower() not in known]
    if new:
        hint = f"Add to `me` below [import] yourself: {', '.join(new)}"
        with crm.writing() as writer:
            _edit(writer, lambda data: add_texts(data, ["import"], "me", new), "Your address can't be added to vaultcrm.toml.", hint)
    return new


def keep_rule(crm: Crm, writer: Writer, sender: str, client: str) -> SenderRule:
    """Say in [import.senders] whose talks a sender's are, in place of what it said before. The other lines stay as they are."""
    rules = dict(settings_now(crm).senders)
    key = next((key for key in rules if comparable(key) == comparable(sender)), sender)
    hint = f"Write it below [import.senders] yourself: {line_to_add(key, client)}"
    if rules.get(key) != client:
        _edit(writer, lambda data: set_text(data, ["import", "senders"], key, client), "The rule can't be written to vaultcrm.toml.", hint)
    return SenderRule(key, client, rules.get(key))


def _edit(writer: Writer, edit: Callable[[bytes], bytes], problem: str, hint: str) -> None:
    """Edit the settings, which are made if there are none. Raises InvalidInput where that isn't safe."""

    def checked(data: bytes) -> bytes:
        try:
            new = edit(data)
            parse_settings(SETTINGS_FILE, new)
        except (ValueError, Refused) as error:
            why = error.message if isinstance(error, Refused) else "It isn't valid TOML."
            raise InvalidInput(f"{problem} {why}", hint) from error
        return new

    if not writer.create_file(SETTINGS_FILE, checked(b"")):
        writer.edit(SETTINGS_FILE, checked)
