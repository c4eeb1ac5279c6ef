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
    """ascii utf-8 utf-16 utf-16-le utf-16-be utf-32 big5 big5hkscs cp437 cp850 cp852 cp855 cp857 cp858 cp862 cp866 cp874 cp932 cp949 cp950
    euc_jp euc_jis_2004 euc_kr gb18030 gb2312 gbk hp-roman8 hz iso2022_jp iso2022_jp_2 iso2022_jp_3 iso2022_jp_ext iso2022_kr johab koi8-r
    koi8-u kz1048 mac-cyrillic mac-roman ptcp154 shift_jis shift_jis_2004 tis-620""".split()
) | {f"cp{number}" for number in range(1250, 1259)} | {f"iso8859-{number}" for number in range(1, 17) if number != 12}  # fmt: skip
# Names that Python doesn't know
_ALIASES = {
    "x-sjis": "cp932", "x-gbk": "gb18030", "x-mac-roman": "mac-roman", "iso-8859-8-i": "iso8859-8", "iso-8859-8-e": "iso8859-8",
    "cp-850": "cp850", "unicode-1-1-utf-8": "utf-8", "ks_c_5601-1987": "cp949", "x-windows-949": "cp949", "x-euc-jp": "euc_jp",
    "windows-874": "cp874", "utf8mb4": "utf-8",
}  # fmt: skip
# What programs mean by a name: the larger charset of the same family, as every browser takes it
_MEANT = {
    "ascii": "utf-8", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932",
    "euc_kr": "cp949", "tis-620": "cp874", "big5": "big5hkscs",
}  # fmt: skip


def decode(data: bytes, charset: str = "") -> str:
    """The text, without a byte order mark. Never raises: what isn't a character becomes U+FFFD."""
    for bom, encoding in _BOMS.items():
        if data.startswith(bom):
            return data[len(bom) :].decode(encoding, "replace")
    if charset and (named := known_charset(charset)):
        try:
            return without_surrogates(data.decode(named))
        except (UnicodeError, ValueError):
            pass
    if guess := _utf16_without_bom(data):
        return data.decode(guess, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_damaged(data)


def known_charset(name: str) -> str | None:
    """Python's name of a charset that may be taken from a stranger's file; None for any other."""
    plain = name.strip().strip("\"'").lower()
    try:
        found = codecs.lookup(_ALIASES.get(plain, plain)).name
    except (LookupError, ValueError):
        return None
    return _MEANT.get(found, found) if found in _CHARSETS else None


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
