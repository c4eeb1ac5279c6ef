"""obsidian:// links to notes, and whether Obsidian has opened a vault."""

import os
from urllib.parse import quote


def has_opened(root: str) -> bool:
    """Whether Obsidian has opened the vault, or a folder that contains it.

    Obsidian writes `.obsidian/workspace.json` into every folder that it opens as a vault.
    """
    folder, child = root, ""
    while folder != child:
        if os.path.isfile(os.path.join(folder, ".obsidian", "workspace.json")):
            return True
        folder, child = os.path.dirname(folder), folder
    return False


def note_uri(root: str, path: str) -> str:
    """The link that opens a note in Obsidian, which finds the vault that contains the path.

    Everything except letters, digits and "_.-~" is percent-encoded, as Obsidian's help on URIs asks.
    Such a link can name a heading or a block, but not a line.
    """
    return f"obsidian://open?path={quote(os.fsencode(os.path.join(root, path)), safe='')}"
