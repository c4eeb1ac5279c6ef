"""Text normalized for comparison: without case, accents, extra whitespace and typographic punctuation."""

import unicodedata

# Letters with a stroke or a hook, and ligatures: Unicode does not decompose them into a base letter and an accent.
PLAIN_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
# Phones and word processors type these for the plain ones. A pasted text may have the invisible ones.
_PLAIN = PLAIN_LETTERS | str.maketrans(
    {**dict.fromkeys("’‘‛ʼ′", "'"), **dict.fromkeys("“”„‟″", '"'), **dict.fromkeys("‐‑‒–—―−", "-")}
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", "")
)


def fold(text: str) -> str:
    """The text without case, accents and repeated whitespace, with plain quotes and hyphens: "Zoë  Größe’s" becomes "zoe grosse's"."""
    if text.isascii():
        return " ".join(text.lower().split())
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(char for char in decomposed if not unicodedata.combining(char)).casefold().translate(_PLAIN).split())


def fold_case(text: str) -> str:
    """The text without case but with its accents, in NFC: how a case-insensitive disk and Obsidian compare names."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
