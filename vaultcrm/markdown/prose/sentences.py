"""Where the sentences of a text end."""

import re
from collections.abc import Iterator

# After the mark, a bracket or quotation mark may close; then a space follows, or the text ends. CJK marks need no space.
_END = re.compile(r"[.!?…。！？]+[\"'’”»)\]]*(?:(?=\s|$)|(?<=[。！？]))")
_END_OR_CLAUSE = re.compile(r"[.!?…。！？;；]+[\"'’”»)\]]*(?:(?=\s|$)|(?<=[。！？；]))")
_MARKS, _CJK_MARKS = ".!?…。！？", "。！？"
_BEHIND_MARK = re.compile(r"[\"'’”»)\]]*(?=\s|$)")
_ABBREVIATIONS = frozenset(
    "abs al approx art bd bzw ca cf cia co corp dept dr dra ed eg env est etc evtl ex exmo fig ggf ggü hr hrn inc incl inkl int jr kap "
    "lic ltd max mgr min mind mio mlle mm mme mr mrd mrs ms mt mtg nr núm núms pag pp prof ref resp sig sog sr sra st sta ste std str tel "
    "tlf usw vgl vol vs zit zzgl".split()
)
_MONTH = re.compile(r" (?:jan|feb|mär|mar|mrt|apr|mai|maj|may|mei|jun|jul|aug|sep|okt|oct|nov|dez|dec|des)", re.IGNORECASE)


def sentence_ends(text: str, with_clauses: bool = False) -> Iterator[tuple[int, int]]:
    """For each sentence, the index of the mark that ends it and the index behind it; with `with_clauses`, a semicolon ends one too.

    A full stop that belongs to its word ends none: "Mr. Roe", "e.g. a call", "am 3. November", "J. Smith".
    """
    for end in (_END_OR_CLAUSE if with_clauses else _END).finditer(text):
        if end[0] != "." or end.end() == len(text) or not _belongs_to_word(text, end.start()):
            yield end.start(), end.end()


def last_sentence_end(text: str, limit: int) -> int:
    """The index behind the last sentence that ends within `limit` characters; 0 if none does."""
    stop = limit
    while (mark := max(text.rfind(char, 0, stop) for char in _MARKS)) >= 0:  # from the end: few of them have to be looked at
        behind = _BEHIND_MARK.match(text, mark + 1)
        is_end = behind is not None or text[mark] in _CJK_MARKS
        if is_end and text[mark] == "." and text[mark - 1 : mark] not in _MARKS and _belongs_to_word(text, mark):
            is_end = False
        if is_end and (end := behind.end() if behind else mark + 1) <= limit:
            return end
        stop = mark
    return 0


def _belongs_to_word(text: str, stop: int) -> bool:
    """Whether the full stop at an index belongs to the word before it: an abbreviation, an initial, a day of a month."""
    word = text[max(0, stop - 30) : stop].rpartition(" ")[2].lstrip("(\"'“„«")
    if word.isdigit() and len(word) <= 2:
        return _MONTH.match(text, stop + 1) is not None
    # "no" is a word, and before a number it is short for one
    is_number = word.lower() in ("no", "n", "nos") and text[stop + 2 : stop + 3].isdigit()
    return is_number or word.lower() in _ABBREVIATIONS or "." in word or (len(word) == 1 and word.isalpha())
