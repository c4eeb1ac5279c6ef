"""Read a vault's settings from `vaultcrm.toml`, and find the vault around a folder."""

import os
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

from vaultcrm.disk import files
from vaultcrm.errors import ExternalError, InvalidInput, Unreadable
from vaultcrm.markdown.tasks.settings import STATUS_TYPES, TaskOverrides
from vaultcrm.quoting import quoted

SETTINGS_FILE = "vaultcrm.toml"


class Settings(NamedTuple):
    """The settings in `vaultcrm.toml`, or their defaults."""

    ignore: tuple[str, ...] = ()  # names or paths, with wildcards
    date_order: str = ""  # "dmy", "mdy", or "" if a date like 03/04 is refused
    languages: tuple[str, ...] = ("english",)  # whose word forms search knows
    saved_searches: tuple[tuple[str, str], ...] = ()  # name and query of each
    task_overrides: TaskOverrides = TaskOverrides()
    autocommit: bool = False  # whether each command commits what it wrote
    channel_names: tuple[tuple[str, str], ...] = ()  # what the user calls a channel, and the channel
    client_links: bool = False  # whether new notes link to their client in the property `client`
    me: tuple[str, ...] = ()  # the user's own addresses and names in what is imported
    senders: tuple[tuple[str, str], ...] = ()  # an address, or a domain that begins with "@", and its client or "ignore"
    watch: tuple[str, ...] = ()  # files and folders that are imported by themselves, with "~" and wildcards
    mail_by: str = "message"  # what of mail becomes one note: "message" or "thread-day"
    unanswered_days: int = 3  # after how many days a client's message counts as unanswered; 0 for never
    waiting_days: int = 7  # the same of what the user wrote


def find_vault(start: str) -> str | None:
    """The nearest folder with a `vaultcrm.toml`: `start` or one above it. None if there is none."""
    folder = os.path.realpath(start)
    while not os.path.isfile(os.path.join(folder, SETTINGS_FILE)):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


class _Setting(NamedTuple):
    """One setting: whether a value is valid, what it has to be, and how to write it."""

    is_valid: Callable[[Any], bool]  # Any: what TOML holds
    rule: str
    example: str


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_true_or_false(value: object) -> bool:
    return isinstance(value, bool)


def _is_number_of_days(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 60  # what is older isn't listed


def is_list_of_text(value: object) -> bool:
    """Whether a value from TOML is a list that holds nothing but text."""
    return isinstance(value, list) and all(map(_is_text, value))


def _is_table_of_text(value: object) -> bool:
    return isinstance(value, dict) and all(map(_is_text, value.values()))


def _is_table_of_statuses(value: object) -> bool:
    return isinstance(value, dict) and all(len(symbol) == 1 and type_ in STATUS_TYPES for symbol, type_ in value.items())


# Every setting, by its table ("" for those outside of any) and its name. "*" stands for any name.
_SETTINGS: dict[str, dict[str, _Setting]] = {
    "": {
        "id": _Setting(_is_text, "id must be text", 'id = "0123456789abcdef"'),  # read by vault.journal_folder
        "client_links": _Setting(_is_true_or_false, "client_links must be true or false", "client_links = true"),
        "ignore": _Setting(is_list_of_text, "ignore must be a list of names", 'ignore = ["archive", "*.draft.md"]'),
        "date_order": _Setting(("", "dmy", "mdy").__contains__, "date_order must be dmy or mdy", 'date_order = "dmy"'),
        "languages": _Setting(is_list_of_text, "languages must be a list of names", 'languages = ["english", "german"]'),
    },
    "channels": {"*": _Setting(_is_text, "a name in [channels] must stand for a channel", 'jitsi = "meeting"')},
    "git": {"autocommit": _Setting(_is_true_or_false, "autocommit in [git] must be true or false", "autocommit = true")},
    "tasks": {
        "filter": _Setting(_is_text, "filter in [tasks] must be text", 'filter = "#task"'),
        "format": _Setting(("emoji", "dataview").__contains__, "format in [tasks] must be emoji or dataview", 'format = "emoji"'),
        "statuses": _Setting(
            _is_table_of_statuses, f"statuses in [tasks] must map a character to one of: {', '.join(STATUS_TYPES)}",
            'statuses = { "!" = "todo" }',
        ),
    },
    "import": {
        "me": _Setting(is_list_of_text, "me in [import] must be a list of addresses and names", 'me = ["nora@example.com", "Nora Lind"]'),
        "mail_by": _Setting(
            ("message", "thread-day").__contains__, "mail_by in [import] must be message or thread-day", 'mail_by = "thread-day"'
        ),
        "watch": _Setting(
            is_list_of_text, "watch in [import] must be a list of files and folders", 'watch = ["~/Mail/clients", "~/Downloads/*.vcf"]'
        ),
        "senders": _Setting(
            _is_table_of_text, "senders in [import] must map addresses to clients or to ignore", '"@acme.example" = "Acme Studio"'
        ),
    },
    "due": {
        "unanswered_days": _Setting(_is_number_of_days, "unanswered_days in [due] must be 0 to 60 days", "unanswered_days = 3"),
        "waiting_days": _Setting(_is_number_of_days, "waiting_days in [due] must be 0 to 60 days", "waiting_days = 7"),
    },
    "search.*": {"query": _Setting(_is_text, "query of a saved search must be text", 'query = "tag:invoice"')},
}  # fmt: skip
_TABLES = ("due", "git", "import", "tasks")  # whose names are known
_NEW_VAULTS_LINE = b"client_links = true"  # what `init` writes, so that most vaults do without the TOML parser
_MAX_DEPTH = 32  # names joined by dots: tomllib takes a minute for a key of 50,000


def read_settings(path: str) -> Settings:
    """The settings in a `vaultcrm.toml`; the defaults if there is no such file. Raises InvalidInput, ExternalError."""
    return parse_settings(path, _read(path))


def parse_settings(path: str, data: bytes) -> Settings:
    """The settings in the bytes of the `vaultcrm.toml` at a path. Raises InvalidInput."""
    table = _parse_table(path, data)
    for name, value in table.items():
        if name in _SETTINGS[""]:
            _check(path, _SETTINGS[""][name], value)
    sections = {name: _section(path, table, name) for name in ("channels", "due", "git", "import", "tasks", "search")}
    for name in _TABLES:
        for key, value in sections[name].items():
            if key in _SETTINGS[name]:
                _check(path, _SETTINGS[name][key], value)
    for channel in sections["channels"].values():
        _check(path, _SETTINGS["channels"]["*"], channel)
    for search in sections["search"].values():
        if not isinstance(search, dict) or "query" not in search:
            raise InvalidInput(
                f"{path}: a saved search must have a name and a query.", 'Write [search.unpaid] and below it: query = "tag:invoice"'
            )
        _check(path, _SETTINGS["search.*"]["query"], search["query"])
    tasks = sections["tasks"]
    task_format = tasks.get("format")
    return Settings(
        ignore=tuple(table.get("ignore", ())),
        date_order=table.get("date_order", ""),
        languages=tuple(table.get("languages", ("english",))),
        saved_searches=tuple((name, search["query"]) for name, search in sections["search"].items()),
        task_overrides=TaskOverrides(
            tasks.get("filter"), None if task_format is None else task_format == "dataview", tuple(tasks.get("statuses", {}).items())
        ),
        autocommit=sections["git"].get("autocommit", False),
        channel_names=tuple(sections["channels"].items()),
        client_links=table.get("client_links", False),
        me=tuple(sections["import"].get("me", ())),
        senders=tuple(sections["import"].get("senders", {}).items()),
        watch=tuple(sections["import"].get("watch", ())),
        mail_by=sections["import"].get("mail_by", "message"),
        unanswered_days=sections["due"].get("unanswered_days", 3),
        waiting_days=sections["due"].get("waiting_days", 7),
    )


_OF_THE_USER = {"summary": "a command", "imap": "a mail account", "vault": "a default vault"}  # in config.toml


def misplaced_settings(root: str, name: str) -> list[str]:
    """What is wrong, as a sentence, if a vault's settings have a table that counts only in the user's own; else nothing."""
    table = _parse_table(SETTINGS_FILE, _read(os.path.join(root, SETTINGS_FILE)))
    return [_misplaced(name)] if name in table else []


def _misplaced(name: str) -> str:
    what = _OF_THE_USER[name]
    return f"{SETTINGS_FILE} can't name {what}, because others may have written it: {quoted(name)} belongs in your config.toml."


def unknown_settings(path: str) -> Iterator[tuple[int, str]]:
    """The settings in a valid `vaultcrm.toml` that vaultcrm doesn't know: the line of each, and what is wrong as a sentence."""
    from difflib import get_close_matches  # late: only `check` asks

    table = _parse_table(path, _read(path))
    names = {(section, name) for section, settings in _SETTINGS.items() for name in settings}
    names |= {("", section.partition(".")[0]) for section in _SETTINGS if section}
    used = [("", name) for name in table]
    used += [(section, name) for section in _TABLES for name in _section(path, table, section)]
    used += [("search.*", name) for search in _section(path, table, "search").values() for name in search]
    for section, name in used:
        if section == "" and name in _OF_THE_USER:
            yield setting_line(path, name), _misplaced(name)
        elif (section, name) not in names:
            close = get_close_matches(name, [known for _, known in names], 1, 0.6)
            places = {known_section for known_section, known in names if known == close[0]} if close else set()
            meant = quoted(close[0]) + ("" if "" in places or section in places else f" in [{min(places)}]") if close else ""
            yield (
                setting_line(path, name),
                f"vaultcrm doesn't know the setting {quoted(name)}." + (f" Did you mean {meant}?" if meant else ""),
            )


def setting_line(path: str, name: str) -> int:
    """The line of the first setting or table with this name in a `vaultcrm.toml`, from 1."""
    start = re.compile(rf"\s*\[*\s*[\"']?(?:\w+\.)*{re.escape(name)}(?![\w-])")
    return next((number for number, line in enumerate(_read(path).decode("utf-8").split("\n"), 1) if start.match(line)), 1)


def _check(path: str, setting: _Setting, value: Any) -> None:  # Any: what TOML holds
    if not setting.is_valid(value):
        raise InvalidInput(f"{path}: {setting.rule}.", f"Write it like: {setting.example}")


def _section(path: str, table: dict[str, Any], name: str) -> dict[str, Any]:  # Any: as above
    """A table of the settings, empty if it is missing."""
    section = table.get(name, {})
    if not isinstance(section, dict):
        raise InvalidInput(f"{path}: {name} must be a table.", f"Write [{name}] on a line of its own, and its settings below it.")
    return section


def _parse_table(path: str, text: bytes) -> dict[str, Any]:  # Any: as above
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith((b"#", b"id ="))]
    if not lines:
        return {}
    if lines == [_NEW_VAULTS_LINE]:
        return {"client_links": True}
    return parse_toml(path, text)


def _read(path: str) -> bytes:
    try:
        return files.read(path, follow_symlinks=True).data
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise ExternalError(f"{path} can't be read: {error.strerror}.") from error
    except Unreadable as error:
        raise InvalidInput(f"{path} can't be read. {error.message}", "It has to be a regular text file.") from error


def parse_toml(path: str, data: bytes) -> dict[str, Any]:  # Any: as above
    """The table in the settings file `path`. Raises InvalidInput for what isn't TOML, or takes too long to parse."""
    import tomllib  # late: most vaults have no settings but their ID, and every command starts here

    try:
        text = data.decode("utf-8")
        if _deep_key().search(text):
            raise ValueError(f"a name has more than {_MAX_DEPTH} parts")
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # tomllib's errors, and those of Python's own limits
        raise InvalidInput(f"{path} is not valid TOML: {error}.", "Fix it in your editor.") from error


@cache
def _deep_key() -> re.Pattern[str]:
    """A key of more than `_MAX_DEPTH` names that are joined by dots."""
    name = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
    return re.compile(rf"(?m)(?:^|[\[{{,])[ \t]*+{name}(?:[ \t]*+\.[ \t]*+{name}){{{_MAX_DEPTH}}}")
