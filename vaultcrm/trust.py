"""Which settings of a repository that somebody else has made would run a program, or send the work elsewhere.

A clone carries no settings; a folder that was received as it is does. The user's own settings, outside the folder, are trusted.
"""

import re
from collections.abc import Iterable

# Keys as git lists them: section and name in small letters.
_RUNS = re.compile(
    r"filter\..*\.(clean|smudge|process)|diff\.external|diff\..*\.(command|textconv)|merge\..*\.driver|merge\.default"
    r"|core\.(sshcommand|fsmonitor|hookspath|editor|pager|gitproxy|askpass|worktree|alternaterefscommand|alternaterefsprefixes)"
    r"|include\.path|includeif\..*|credential\..*helper|remote\..*\.(uploadpack|receivepack|vcs|proxy.*)|url\..*"
    r"|gpg\..*(program|command)|sequence\.editor|uploadpack\..*|branch\..*\.mergeoptions|pull\.(twohead|octopus)"
    r"|http\.(.*\.)?(proxy.*|cookiefile|savecookies|ssl.*|curloptresolve)|submodule\..*\.update|trailer\..*\.(cmd|command)",
    re.DOTALL,
)
_URL = re.compile(r"remote\..*\.(url|pushurl)", re.DOTALL)
_BUILT_IN = ("", "true", "false", "yes", "no", "on", "off", "1", "0")


def dangerous(settings: Iterable[tuple[str, str]], driver: str, allowed: Iterable[tuple[str, str]] = ()) -> list[str]:
    """The keys of those settings that are not to be trusted, in their order. `driver` is our own merge driver as we write it."""
    harmless = {("merge.vaultcrm.driver", driver), *allowed}
    return list(dict.fromkeys(key for key, value in settings if (key, value) not in harmless and _is_dangerous(key, value)))


def _is_dangerous(key: str, value: str) -> bool:
    if key == "core.fsmonitor" and value.strip().lower() in _BUILT_IN:  # git's own monitor, or none
        return False
    if _URL.fullmatch(key):
        return value.strip().startswith("-") or re.match(r"[A-Za-z0-9+.-]*::", value.strip()) is not None
    return _RUNS.fullmatch(key) is not None


def settings_in(listed: bytes) -> list[tuple[str, str]]:
    """What `git config --list -z` prints, as pairs."""
    pairs = (part.partition("\n") for part in listed.decode("utf-8", "replace").split("\0")[:-1])
    return [(key, value) for key, _, value in pairs]
