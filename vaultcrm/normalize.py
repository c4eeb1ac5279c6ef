"""Text normalized for comparison: without case, accents and extra whitespace."""

import unicodedata

# Letters with a stroke or a hook, and ligatures: Unicode does not decompose them into a base letter and an accent.
PLAIN_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})


def fold(text: str) -> str:
    """The text without case, accents and repeated whitespace: "Zoë  Größe" becomes "zoe grosse"."""
    if text.isascii():
        return " ".join(text.lower().split())
    decomposed = "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))
    return " ".join(decomposed.casefold().translate(PLAIN_LETTERS).split())


def fold_case(text: str) -> str:
    """The text without case but with its accents, in NFC: how a case-insensitive disk and Obsidian compare names."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
