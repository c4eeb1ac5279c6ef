"""Text as it is compared: without case, accents or extra spaces."""

import unicodedata

# Letters with a stroke or a hook, which Unicode does not take for a letter and an accent
PLAIN_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})


def fold(text: str) -> str:
    """A text as it is compared: without case, accents and doubled blanks. "Zoë  Größe" is "zoe grosse"."""
    if text.isascii():
        return " ".join(text.lower().split())
    plain = "".join(char for char in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(char))
    return " ".join(plain.casefold().translate(PLAIN_LETTERS).split())


def fold_case(text: str) -> str:
    """A name as a disk or Obsidian compares it: without case, but with its accents."""
    return text.lower() if text.isascii() else unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
