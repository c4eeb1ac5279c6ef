"""What a note says: an excerpt of its body that leaves out what carries nothing, such as the head of a mail and its salutation."""

from typing import NamedTuple

from vaultcrm.markdown.masking import mask
from vaultcrm.markdown.prose.sentences import last_sentence_end, sentence_ends
from vaultcrm.markdown.prose.subjects import without_reply_marks
from vaultcrm.markdown.prose.text_reader import TextReader

LIMIT = 400  # characters
_SEARCHED = (3_000, 50_000)  # characters at the start of a body, the second only if the first say too little: a long note takes no longer
_MAX_DEPTH = 3  # quotes in quotes


def excerpt(body: str) -> str:
    """What a note's body says, as plain text on one line of at most LIMIT characters, ended at a sentence if it can be.

    Headings, callouts, checkbox lines, rules, code, comments, links that stand alone, the heads, salutations, sign-offs
    and quotes of mails, and lists of those present are left out. If nothing else is there, the first of these that is
    tells what the note is about: the quoted text, the subject, checkbox lines and links, names, the main headings, a greeting.
    """
    return _read(body).text


def headline(text: str) -> str:
    """What a text would be called: the subject of the mail that it is, the heading at its top, or its first sentence; "" for no text."""
    parts = _read(text)
    if parts.subject or parts.heading:
        return parts.subject or parts.heading
    return next((parts.text[:mark] for mark, _ in sentence_ends(parts.text, with_clauses=True)), parts.text) or parts.callout


def first_sentences(text: str, limit: int) -> str:
    """The sentences of a text that fit into `limit` characters; at least the first one, if need be cut at a word with "…"."""
    text = text.strip()
    if len(text) <= limit:
        return text
    end = last_sentence_end(text[: limit + 1], limit)
    if end >= limit // 4 or (end and text.find(" ", end) < 0):
        return text[:end]
    clause = text.rfind("; ", limit // 2, limit)
    if clause > 0:
        return text[:clause] + "…"
    cut = text[:limit]
    return (cut.rpartition(" ")[0] or cut[:-1]).rstrip(" ,;:–-") + "…"


class _Parts(NamedTuple):
    """What a text was found to hold. `heading` is the one at its top, `callout` the first sentence in one that is read as a record."""

    text: str
    subject: str
    heading: str
    callout: str


def _read(body: str, depth: int = 0) -> _Parts:
    for size in _SEARCHED:
        start = body[:size].replace("\r\n", "\n")
        reader = TextReader(mask(start).split("\n"), LIMIT + 100)
        reader.run()
        if reader.has_enough or len(body) <= size:
            break
    subject = without_reply_marks(reader.subject)
    text = reader.sentences()
    if not text and reader.quoted and depth < _MAX_DEPTH:
        quoted = _read("\n".join(reader.quoted), depth + 1)
        text, subject = quoted.text, subject or quoted.subject
    text = text or subject
    for texts in (reader.listed, reader.present, reader.headings):
        text = text or "; ".join(texts)
    text = text or " ".join(reader.polite)
    if not text and depth == 0 and "```" in start:
        text = " ".join(line.strip() for line in start.split("\n") if line.strip(" `~\t"))
    return _Parts(first_sentences(text, LIMIT), subject, reader.heading, reader.callout)
