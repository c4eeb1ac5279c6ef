"""The mail accounts in the user's settings on this computer: `[imap.NAME]` in `config.toml`."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NamedTuple

from vaultcrm.actions.default_vault import settings_file, user_settings
from vaultcrm.errors import InvalidInput, NotFound
from vaultcrm.importers.mail.imap import Account
from vaultcrm.plural import listed
from vaultcrm.quoting import quoted
from vaultcrm.vault.settings import is_list_of_text

_PORTS = {"tls": 993, "starttls": 143, "none": 143}
SETTINGS = ("host", "user", "port", "security", "folders", "password_command")


class MailAccount(NamedTuple):
    """An account, and the command that prints its password; "" if the keyring holds it."""

    account: Account
    password_command: str | tuple[str, ...] = ""

    @property
    def own_addresses(self) -> tuple[str, ...]:
        """The user's address, if the account is named after it."""
        return (self.account.user,) if "@" in self.account.user else ()


def mail_accounts(names: Sequence[str] = ()) -> list[MailAccount]:
    """The accounts with these names, or all of them. Raises NotFound for an unknown one, InvalidInput for one that isn't complete."""
    sections = user_settings().get("imap", {})
    if not isinstance(sections, dict) or any(not isinstance(section, dict) for section in sections.values()):
        raise InvalidInput(f"{settings_file()}: each mail account must be a table.", "Write [imap.work], and its host and user below it.")
    for name in names:
        if name not in sections:
            close = get_close_matches(name, sections, 1, 0.5)
            others = f"There is {listed(map(quoted, sections))}." if sections else _how_to_add()
            raise NotFound(f"No mail account is called {quoted(name)}.", f"Did you mean {quoted(close[0])}?" if close else others)
    return [_account(name, sections[name]) for name in dict.fromkeys(names or sections)]


def some_mail_accounts(names: Sequence[str]) -> list[MailAccount]:
    """The same, where the user has asked for mail. Raises NotFound if there is no account."""
    accounts = mail_accounts(names)
    if not accounts:
        raise NotFound("You have no mail account.", _how_to_add())
    return accounts


def _how_to_add() -> str:
    return f"Add [imap.NAME] with host, user and password_command to {settings_file()}. docs/importing.md shows how."


def _account(name: str, section: Mapping[str, Any]) -> MailAccount:  # Any: what TOML holds
    def wrong(rule: str, example: str) -> InvalidInput:
        return InvalidInput(f"{settings_file()}: {rule} in [imap.{name}].", f"Write it like: {example}")

    for key in section:
        if key not in SETTINGS:
            close = get_close_matches(key, SETTINGS, 1, 0.5)
            hint = f"Did you mean {quoted(close[0])}?" if close else f"It may have {listed(SETTINGS)}."
            raise InvalidInput(f"{settings_file()}: there is no setting {quoted(key)} in [imap.{name}].", hint)
    host, user, security = section.get("host"), section.get("user"), section.get("security", "tls")
    if not isinstance(host, str) or not host:
        raise wrong("host must name the server", 'host = "imap.example.com"')
    if not isinstance(user, str) or not user:
        raise wrong("user must be your name on the server", 'user = "nora@example.com"')
    if security not in _PORTS:
        raise wrong("security must be tls, starttls or none", 'security = "tls"')
    port = section.get("port", _PORTS[security])
    if not isinstance(port, int) or isinstance(port, bool) or not 0 < port < 1 << 16:
        raise wrong("port must be a number", "port = 993")
    folders, command = section.get("folders", []), section.get("password_command", "")
    if not is_list_of_text(folders):
        raise wrong("folders must be a list of names", 'folders = ["INBOX", "Sent"]')
    if not isinstance(command, str) and not is_list_of_text(command):
        raise wrong("password_command must be a command", 'password_command = "pass show mail/work"')
    account = Account(name, host, user, port, security, tuple(folders))
    return MailAccount(account, command if isinstance(command, str) else tuple(command))
