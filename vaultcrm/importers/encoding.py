"""Bytes of an export to text: what the file says it is, else UTF-8, else Windows-1252."""

import codecs

_BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
# The charsets that address books and mails name. Python's others include unicode_escape, utf-7 and idna, which make
# characters out of harmless text.
_CHARSETS = frozenset(
    """ascii utf-8 utf-16 utf-16-le utf-16-be big5 big5hkscs cp437 cp850 cp852 cp866 cp874 cp932 cp949 cp950 euc_jp euc_kr gb18030
    gb2312 gbk hz iso2022_jp iso2022_kr koi8-r koi8-u mac-cyrillic mac-roman shift_jis tis-620""".split()
) | {f"cp{number}" for number in range(1250, 1259)} | {f"iso8859-{number}" for number in range(1, 17)}  # fmt: skip


def decode(data: bytes, charset: str = "") -> str:
    """The text, without a byte order mark. Never raises: what isn't a character becomes U+FFFD."""
    for bom, encoding in _BOMS.items():
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "replace")
    if charset and (named := known_charset(charset)):
        try:
            return data.decode(named)
        except UnicodeError:
            pass
    if guess := _utf16_without_bom(data):
        return data.decode(guess, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_damaged(data)


def known_charset(name: str) -> str | None:
    """Python's name of a charset that may be taken from a stranger's file; None for any other."""
    try:
        found = codecs.lookup(name.strip().strip("\"'")).name
    except (LookupError, ValueError):
        return None
    return found if found in _CHARSETS else None


def without_surrogates(text: str) -> str:
    """The text with half characters, as JSON's escapes can make them, replaced: they can't be written as UTF-8."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _utf16_without_bom(data: bytes) -> str | None:
    """The byte order of a text in UTF-16 that doesn't begin with a mark, by where its zeros are."""
    head = data[:400]
    if len(head) < 4 or len(data) % 2:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > len(head) // 4 and not even:
        return "utf-16-le"
    return "utf-16-be" if even > len(head) // 4 and not odd else None


def _decode_damaged(data: bytes) -> str:
    """UTF-8 with a few broken bytes, or else Windows-1252, in which hardly two characters in a row look like UTF-8."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    readable = sum(char > "\x7f" for char in text) - broken
    return text if readable > broken else data.decode("cp1252", "replace")
