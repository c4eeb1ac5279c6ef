"""File names that are legal on every system and in every wikilink, and paths that stay inside the vault."""

import os
import re
import unicodedata
from collections.abc import Iterator
from itertools import count

from vaultcrm.errors import InvalidInput
from vaultcrm.quoting import quoted

MAX_NAME_BYTES = 120  # a synced folder on Windows has 260 characters for the whole path

_RESERVED = frozenset(("con", "prn", "aux", "nul", "conin$", "conout$", *(f"{d}{n}" for d in ("com", "lpt") for n in "123456789¹²³")))
# Windows forbids \ / : * ? " < > |, a wikilink can't contain # ^ [ ] |, and %% starts a comment in Obsidian.
_REPLACEMENTS = {"/": "-", "\\": "-", "|": "-", '"': "'", "<": "(", ">": ")", "[": "(", "]": ")", "*": "", "?": "", "#": "", "^": ""}
_FORBIDDEN = r'[\\/:*?"<>|#^\[\]]|%%'


def file_name(title: str, fallback: str = "note") -> str:
    """The title as the name of a file or folder, without an extension and as close to the title as possible.

    The name is legal on Windows, macOS and Linux and in a wikilink, is one line, and has at most 120 bytes.
    Returns `fallback` when nothing of the title remains.
    """
    name, cleaned = title, _clean_once(title)
    while cleaned != name:  # removing characters can create a new forbidden sequence: "%?%" becomes "%%"
        name, cleaned = cleaned, _clean_once(cleaned)
    return name or fallback


def _clean_once(text: str) -> str:
    name = unicodedata.normalize("NFC", text)
    name = "".join(" " if char.isspace() else char for char in name if char.isspace() or _is_visible(char))
    name = re.sub(r":\s+", " - ", name).replace(":", "-").replace("%%", "%")
    name = " ".join("".join(_REPLACEMENTS.get(char, char) for char in name).split()).strip(" .-")
    if name.partition(".")[0].rstrip().lower() in _RESERVED:
        name = f"note {name}"
    if len(name.encode()) > MAX_NAME_BYTES:
        name = name.encode()[:MAX_NAME_BYTES].decode("utf-8", "ignore")
        name = name.rpartition(" ")[0] or name
    return name


def _is_visible(char: str) -> bool:
    category = unicodedata.category(char)
    # Zero-width joiners hold emoji and some scripts together; all other format characters are invisible.
    return category[0] != "C" or char in "\u200c\u200d"


def name_problem(name: str) -> str | None:
    """Why a file name would cause trouble on another system or in a wikilink, as a sentence; None if it wouldn't."""
    if match := re.search(_FORBIDDEN, name):
        return f"The name contains {quoted(match[0])}, which some systems or Obsidian links don't allow."
    if name != name.rstrip(" .") or name.partition(".")[0].lower() in _RESERVED:
        return "Windows doesn't allow a file with this name."
    if any(not _is_visible(char) for char in name):
        return "The name contains an invisible character."
    return None


def path_inside(root: str, relative: str) -> str:
    """The absolute path of something in the vault.

    Raises InvalidInput when the path would lead out of the vault: "..", absolute and drive paths,
    `.git`, NUL, and symbolic links that point elsewhere.
    """
    try:
        os.fsencode(relative)
    except UnicodeEncodeError as error:
        raise InvalidInput(f"The path {quoted(relative)} contains characters that the file system can't store.") from error
    parts = relative.replace("\\", "/").split("/")
    if (
        "\0" in relative
        or os.path.isabs(relative)
        or re.match(r"[A-Za-z]:", relative)
        or any(part == ".." or part.rstrip(". ").lower() in (".git", "git~1") for part in parts)
    ):
        raise InvalidInput(f"The path {quoted(relative)} leads out of the vault.")
    path = os.path.join(root, relative)
    real, real_root = os.path.realpath(path), os.path.realpath(root)
    if real != real_root and not real.startswith(real_root + os.sep):
        raise InvalidInput(f"The path {quoted(relative)} leads out of the vault through a symbolic link.")
    return path


def without_extension(path: str) -> str:
    """A path without the extension of notes, `.md` in upper or lower case; any other path as it is."""
    return path[:-3] if path.lower().endswith(".md") else path


def numbered(stem: str, ending: str = "") -> Iterator[str]:
    """Names to try until one is free: "a.pdf", "a 2.pdf", "a 3.pdf" and so on."""
    return (f"{stem}{'' if number == 1 else f' {number}'}{ending}" for number in count(1))


def title_of_path(path: str) -> str:
    """A note's title: its file name without the extension `.md`."""
    return without_extension(path.rpartition("/")[2])
