"""The password of a mail account: from a command that the user has named, else from the system's keyring. It is never stored."""

import shlex
import subprocess
from collections.abc import Sequence

from vaultcrm.errors import ExternalError, InvalidInput
from vaultcrm.quoting import shell_word

KEYRING_SERVICE = "vaultcrm"
_TIMEOUT = 120.0  # seconds: the command may ask for a master password


def find_password(command: str | Sequence[str], user: str, host: str) -> str:
    """The first line that the command prints; without a command, what the keyring holds for user@host.

    The command is run without a shell. Raises ExternalError if it fails, and InvalidInput if there is no password.
    """
    return _run(command) if command else _ask_keyring(f"{user}@{host}")


def _run(command: str | Sequence[str]) -> str:
    try:
        words = shlex.split(command) if isinstance(command, str) else list(command)
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=_TIMEOUT, check=True)
        password = done.stdout.decode("utf-8").partition("\n")[0].rstrip("\r")
    except ValueError as error:  # a quote that isn't closed; output that isn't text
        raise InvalidInput(f"The account's password_command can't be used: {error}.") from error
    except (OSError, subprocess.SubprocessError) as error:
        raise ExternalError(
            f"The account's password_command failed: {_reason(error)}.", "Run it in a terminal: it has to print the password."
        ) from error
    if not password:
        raise InvalidInput("The account's password_command printed nothing.", "Run it in a terminal: it has to print the password.")
    return password


def _reason(error: Exception) -> str:
    """What happened, without the command's words: they may contain a secret."""
    if isinstance(error, subprocess.CalledProcessError):
        return f"it ended with code {error.returncode}"
    if isinstance(error, subprocess.TimeoutExpired):
        return f"it took longer than {_TIMEOUT:.0f} seconds"
    return getattr(error, "strerror", None) or type(error).__name__


def _ask_keyring(account: str) -> str:
    hint = f"Set password_command for the account, or store the password: keyring set {KEYRING_SERVICE} {shell_word(account)}"
    try:
        import keyring  # an extra
        from keyring.errors import KeyringError
    except ImportError as error:
        raise InvalidInput(
            f"There is no password for {account}.", 'Set password_command for the account, or run: pip install "vaultcrm[keyring]"'
        ) from error
    try:
        password = keyring.get_password(KEYRING_SERVICE, account)
    except KeyringError as error:
        raise ExternalError(f"The keyring can't be read: {error}.", hint) from error
    if not password:
        raise InvalidInput(f"The keyring has no password for {account}.", hint)
    return str(password)
