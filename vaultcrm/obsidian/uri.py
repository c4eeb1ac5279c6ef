"""Whether Obsidian has opened a vault, and the links that open its notes."""

import os
from urllib.parse import quote


def has_opened(root: str) -> bool:
    """Whether Obsidian has opened the vault on this computer, or a folder around it.

    It writes its workspace into every folder that it opens as a vault.
    """
    folder, below = root, ""
    while folder != below:
        if os.path.isfile(os.path.join(folder, ".obsidian", "workspace.json")):
            return True
        folder, below = os.path.dirname(folder), folder
    return False


def note_uri(root: str, path: str) -> str:
    """The link that opens a note in Obsidian, in whichever of its vaults the note lies.

    Every character that could mean something in a URI is percent-encoded, as Obsidian's help asks.
    Headings and blocks have links in Obsidian, lines have none.
    """
    return f"obsidian://open?path={quote(os.fsencode(os.path.join(root, path)), safe='')}"
