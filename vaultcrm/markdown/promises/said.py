"""What somebody says in a note that they will do, and what they say is done, line by line with who says it."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from vaultcrm.markdown.masking import mask
from vaultcrm.markdown.promises.days import find_when
from vaultcrm.markdown.promises.phrases import find_promise, languages_of, may_promise, says_done
from vaultcrm.markdown.promises.record import Said
from vaultcrm.markdown.prose.mail_phrases import is_forward_mark, is_reply_intro
from vaultcrm.markdown.prose.plain_text import plain_text
from vaultcrm.markdown.prose.sentences import sentence_ends
from vaultcrm.normalize import fold

_MAX_BODY = 100_000  # characters that are read
_MAX_SENTENCE = 600  # characters; longer ones are lists or tables
_MAX_TEXT = 160
_NEAR = 80  # characters of a promise in which a day belongs to it
_MAX_FOUND = 50  # of one note
# "14:30 Dana: ", also "14:30 ↳ Dana: ": a line of a chat that was imported
_SPEAKER = re.compile(r"\d{1,2}:\d{2} (?:↳ )?([^:\n]{1,80}): ?")
_ITEM = re.compile(r"(?:[-*+•–]|\d{1,9}[.)])[ \t]+")
_NOT_SAID = re.compile(r"[>|#]|\w{0,12}>|[-*+] \[.\] |-- ?$|\.{5}")  # quotes, tables, headings, checkbox lines, a signature
_FILE = re.compile(r"\[\[[^\[\]]+\.(?!md\b)\w{2,5}(?:\|[^\[\]]*)?\]\]|\(file: [^()]+\)|\([^()]{1,100}\.[a-z0-9]{2,5}\)")


class _Paragraph(NamedTuple):
    line: int
    speaker: str
    text: str


def find_said(body: str, of_others: bool = False) -> list[Said]:
    """The promises in a body, and what it says is done, in order. Quotes, code, tables, headings and checkbox lines say nothing."""
    found: list[Said] = []
    body = body[:_MAX_BODY]
    languages = languages_of(body)
    whole = fold(body)
    if not (may_promise(whole, languages, of_others) or says_done(whole, languages) or _FILE.search(body)):
        return []
    text = mask(body)
    for paragraph in _paragraphs(text):
        folded = fold(paragraph.text)
        if ("." in folded and _FILE.search(paragraph.text)) or says_done(folded, languages):
            found.append(Said("done", paragraph.line, paragraph.speaker, False, "", ""))
        for sentence in _sentences(paragraph.text) if may_promise(folded, languages, of_others) else ():
            folded = fold(sentence)
            if (phrase := find_promise(folded, languages, of_others)) is not None:
                promised = _as_written(sentence, folded, phrase.start)
                found.append(
                    Said(
                        phrase.kind,
                        paragraph.line,
                        paragraph.speaker,
                        phrase.is_third_person,
                        promised,
                        find_when(folded[: phrase.start + _NEAR]),
                    )
                )
        if len(found) >= _MAX_FOUND:
            break
    return found[:_MAX_FOUND]


def _paragraphs(body: str) -> Iterator[_Paragraph]:
    """The text of a body by paragraph, list item, or message of a chat. It ends where an older mail is quoted."""
    speaker, first, lines = "", 0, list[str]()
    has_text = False
    all_lines = body.split("\n")
    for number, line in enumerate(all_lines, 1):
        text = line.strip()
        is_skipped = bool(text) and _NOT_SAID.match(text) is not None
        said_by = _SPEAKER.match(text)
        if (not text or is_skipped or said_by or _ITEM.match(text)) and lines:
            yield _Paragraph(first, speaker, " ".join(lines))
            lines = []
        if said_by:
            speaker, text = said_by[1].strip(), text[said_by.end() :]
        if text[-1:] in (":", "_", "-", "*") and (is_forward_mark(text) or is_reply_intro(text, is_quote_next=False)):
            following = next((below.strip() for below in islice(all_lines, number, None) if below.strip()), "")
            if has_text and not following.startswith(">"):
                break
        elif text and not is_skipped:
            first = first if lines else number
            lines.append(text)
            has_text = True
    if lines:
        yield _Paragraph(first, speaker, " ".join(lines))


def _sentences(paragraph: str) -> Iterator[str]:
    text = plain_text(paragraph)
    start = 0
    for _, end in sentence_ends(text):
        yield from _short(text[start:end])
        start = end
    yield from _short(text[start:])


def _short(sentence: str) -> Iterator[str]:
    if sentence.strip() and len(sentence) <= _MAX_SENTENCE:
        yield sentence.strip()


def _as_written(sentence: str, folded: str, start: int) -> str:
    """The promise as it was written, from where it begins. Folding keeps the number of words, so the word there is the same."""
    words = sentence.split()
    number = len(folded[:start].split())
    if start and not folded[start - 1].isspace():  # "j'enverrai": the word began before
        number -= 1
    text = " ".join(words[max(number, 0) :]).strip(" \"'“”„«»[]")
    for opening, closing in ("()",):  # the sentence may have stood in brackets
        if text.count(closing) > text.count(opening):
            text = text.replace(closing, "", 1)
    if len(text) > _MAX_TEXT:
        text = text[:_MAX_TEXT].rpartition(" ")[0].rstrip(" ,;:-") + "…"
    return text.rstrip(" .!,;:")
