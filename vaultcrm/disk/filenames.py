"""Names and paths: legal on every system and in every wikilink, and never a way out of the vault."""

import os
import re
import unicodedata

from vaultcrm.errors import InvalidInput

MAX_NAME_BYTES = 120  # bytes: a synced folder on Windows has 260 characters for the whole path

_RESERVED = frozenset(("con", "prn", "aux", "nul", "conin$", "conout$", *(f"{d}{n}" for d in ("com", "lpt") for n in "123456789¹²³")))
# Windows forbids \ / : * ? " < > |, a wikilink cannot hold # ^ [ ] |, and %% begins a comment there
_REPLACED = {"/": "-", "\\": "-", "|": "-", '"': "'", "<": "(", ">": ")", "[": "(", "]": ")", "*": "", "?": "", "#": "", "^": ""}
_FORBIDDEN = r'[\\/:*?"<>|#^\[\]]|%%'


def file_name(text: str, fallback: str = "note") -> str:
    """A title as the name of a file or folder, without an ending: as close to the text as can be.

    Legal on Windows, macOS and Linux and in a wikilink, on one line, at most 120 bytes long.
    """
    name, cleaned = text, _clean_once(text)
    while cleaned != name:  # what is taken out may bring together what must not be
        name, cleaned = cleaned, _clean_once(cleaned)
    return name or fallback


def _clean_once(text: str) -> str:
    name = unicodedata.normalize("NFC", text)
    name = "".join(" " if char.isspace() else char for char in name if char.isspace() or _is_visible(char))
    name = re.sub(r":\s+", " - ", name).replace(":", "-").replace("%%", "%")
    name = " ".join("".join(_REPLACED.get(char, char) for char in name).split()).strip(" .-")
    if name.partition(".")[0].rstrip().lower() in _RESERVED:
        name = f"note {name}"
    if len(name.encode()) > MAX_NAME_BYTES:
        name = name.encode()[:MAX_NAME_BYTES].decode("utf-8", "ignore")
        name = name.rpartition(" ")[0] or name
    return name


def _is_visible(char: str) -> bool:
    category = unicodedata.category(char)
    # zero-width joiners hold emoji and some scripts together; all other format characters hide
    return category[0] != "C" or char in "\u200c\u200d"


def name_problem(name: str) -> str | None:
    """Why a file name would make trouble on another system or in a wikilink; None if it would not."""
    if found := re.search(_FORBIDDEN, name):
        return f"The name holds {found[0]!r}, which is not allowed everywhere."
    if name != name.rstrip(" .") or name.partition(".")[0].lower() in _RESERVED:
        return "Windows cannot keep a file of this name."
    if any(not _is_visible(char) for char in name):
        return "The name holds a character that cannot be seen."
    return None


def path_inside(root: str, relative: str) -> str:
    """The absolute path of something in the vault. Raises NotUnderstood when it would lead out of it.

    Refused are "..", absolute and drive paths, `.git`, NUL, and symlinks that point elsewhere.
    """
    try:
        os.fsencode(relative)
    except UnicodeEncodeError as error:
        raise InvalidInput(f"The path {relative!r} is no text that a file system could keep.") from error
    parts = relative.replace("\\", "/").split("/")
    if (
        "\0" in relative
        or os.path.isabs(relative)
        or re.match(r"[A-Za-z]:", relative)
        or any(part == ".." or part.rstrip(". ").lower() in (".git", "git~1") for part in parts)
    ):
        raise InvalidInput(f"The path {relative!r} leads out of the vault.")
    path = os.path.join(root, relative)
    real, real_root = os.path.realpath(path), os.path.realpath(root)
    if real != real_root and not real.startswith(real_root + os.sep):
        raise InvalidInput(f"The path {relative!r} leads out of the vault by a symbolic link.")
    return path


def title_of_path(path: str) -> str:
    """A note's title: its file name without the ending."""
    name = path.rpartition("/")[2]
    return name[:-3] if name.lower().endswith(".md") else name
