"""Read a text from the top: what it says, apart from mail heads, quotes, headings, checkboxes and names of those present."""

import re
from itertools import islice

from vaultcrm.markdown.callouts import CALENDAR, KINDS
from vaultcrm.markdown.prose import mail_phrases as phrases
from vaultcrm.markdown.prose.plain_text import plain_text
from vaultcrm.markdown.prose.sentences import sentence_ends

_MAX_LINE = 2_000  # characters of a line that are looked at
_THIN = 25  # characters: what is shorter doesn't stand for a mail, so the one below it is read as well
_LONG = 120  # characters of text after which a heading begins another subject
_HEADING = re.compile(r"#{1,6}(?:[ \t]|$)")
_RULE = re.compile(r"(?:[-*_=~][ \t]*){3,}$|[|: \t-]*-[|: \t-]*$")
_ITEM = re.compile(r"(?:[-*+•–]|\d{1,9}[.)])[ \t]+(?:\[(.)\](?:[ \t]+|$))?")
_CALLOUT = re.compile(r"\[!([a-z]+)[^\]]{0,80}\][+-]?[ \t]*", re.IGNORECASE)
_INLINE_FIELD = re.compile(r"[\w -]{1,30}:: ?")
_BARE = re.compile(r"<?(?:https?://|www\.|mailto:)\S+>?|!?\[\[[^\[\]]{0,300}\]\]|!?\[[^\[\]]{0,300}\]\([^()\s]{0,500}\)|(?<!\S)[#@]\S+")
# "10:12", "[03/11/2026, 10:12:45]", "2026-11-03, 10:12 - ": when a line of a chat was written
_CHAT_TIME = re.compile(
    r"(?=[\d\[\u200e])[\u200e]?\[?(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?[ \u202f])?(?:um )?\d{1,2}[:.]\d{2}(?:[:.]\d{2})?"
    r"(?:[ \u202f]?[ap]\.?m\.?)?(?:[ ]?[-–—]\s?\d{1,2}[:.]\d{2}(?:[ \u202f]?[ap]\.?m\.?)?)?\]?[:]?(?:[ ][-–—])?(?:\s+|$)",
    re.IGNORECASE,
)
_CHAT_SPEAKER = re.compile(r"\*{0,2}[^\W\d_][\w.' -]{0,40}\*{0,2}[ \t]{1,4}[\[(]?\d{1,2}:\d{2}(?:[ \u202f]?[ap]m)?[\])]?$", re.IGNORECASE)


class TextReader:
    """One pass over the lines of a text, from the top until `enough` characters of what it says are known.

    Each line goes to the text or to one of the lists of what carries little: what is quoted, listed (checkbox lines, links that
    stand alone), who was present, the main headings, and what is said out of politeness.
    """

    def __init__(self, lines: list[str], enough: int) -> None:
        self.lines = lines
        self.enough = enough
        self.number = 0
        self.has_enough = False
        self.parts: list[str] = []  # of the text: sentences, and marks between them
        self.length = 0
        self.subject = self.heading = self.callout = ""
        self.quoted: list[str] = []
        self.listed: list[str] = []
        self.present: list[str] = []
        self.headings: list[str] = []
        self.polite: list[str] = []
        self.is_opening = True  # a salutation may follow
        self.is_in_paragraph = False
        self.is_in_head = False
        self.is_mail = False
        self.is_signed = False
        self.presence_indent = -1  # below the label of those present, the indent of their names; -1 elsewhere
        self.has_names = False  # below that label

    def sentences(self) -> str:
        """What the text says. The name that a mail ends with isn't part of it."""
        if self.is_mail and self.parts and self.number >= len(self.lines) and phrases.is_name_line(self.parts[-1]):
            self._keep(self.polite, self.parts[-1])
            del self.parts[-2:]
        return "".join(self.parts)

    def run(self) -> None:
        while self.number < len(self.lines):
            if self.length > self.enough:
                self.has_enough = True
                return
            line = self.lines[self.number][:_MAX_LINE]
            self.number += 1
            text = line.strip()
            if not text:
                self.is_in_paragraph = False
                self.presence_indent = -1 if self.has_names else self.presence_indent
            elif not self._line(text, len(line) - len(line.lstrip())):
                self.has_enough = True
                return

    def _line(self, text: str, indent: int) -> bool:
        """Read one line. Returns whether to go on."""
        first = text[0]
        if first == ">":
            return self._quote(text)
        if first == "#" and _HEADING.match(text):
            return self._heading(text)
        if first in "-*_=~|:" and self._is_rule(text):
            return True
        item = _ITEM.match(text) if first in "-*+•–" or first.isdigit() else None
        if self.presence_indent >= 0 and self._is_presence(text, item, indent):
            self._keep(self.present, plain_text(text[item.end() if item else 0 :]))
            return True
        if item and item[1] is not None:
            self._keep(self.listed, plain_text(text[item.end() :]))
            self.is_in_paragraph = False
            return True
        content = text[item.end() :] if item else text
        if not content:
            return True
        go_on = self._mail_line(content, item is not None, indent)
        if go_on is not None:
            return go_on
        if not self.is_signed or self._ends_signature(content):
            self._text(content, item is not None)
        return True

    # ------------------------------------------------------------------ quotes, headings

    def _quote(self, text: str) -> bool:
        """A quote, or a callout, with all its lines."""
        lines = [text]
        while self.number < len(self.lines) and (line := self.lines[self.number].lstrip(" \t")).startswith(">"):
            lines.append(line)
            self.number += 1
        inner = [line[1:].removeprefix(" ")[:_MAX_LINE] for line in islice(lines, 2_000)]
        self.is_in_paragraph = self.is_in_head = False
        callout = _CALLOUT.match(inner[0].lstrip())
        if callout is None:
            self.quoted += inner if len(self.quoted) < 2_000 else []
            return True
        inner[0] = inner[0].lstrip()[callout.end() :]
        kind = callout[1].lower()
        if kind == CALENDAR:  # nobody has said that
            return True
        if kind not in KINDS:
            self.quoted += ["", *inner, ""] if len(self.quoted) < 2_000 else []
        elif not self.callout:
            self.callout = next((plain_text(line.strip().lstrip("-*> ")) for line in inner if line.strip()), "")
        return True

    def _heading(self, text: str) -> bool:
        words = plain_text(text.strip("# \t"))
        if not self.heading and not self.parts and not self.headings and not self.is_mail:
            self.heading = words
        if text.startswith("# ") or text.startswith("#\t"):
            self._keep(self.headings, words)
        self.is_in_paragraph = self.is_signed = self.is_in_head = False
        label = phrases.label_and_value(words + ":")
        self.presence_indent, self.has_names = 0 if label and phrases.is_presence_label(*label) else -1, False
        return self.length < _LONG

    def _is_rule(self, text: str) -> bool:
        """Whether a line is a rule, the rule of a table, or underlines a heading."""
        if text == "--" or (text.startswith("-- ") and phrases.is_name_line(text[3:])):  # how mail programs mark a signature
            self.is_signed = self.is_signed or bool(self.parts)
            return True
        if not _RULE.match(text):
            return False
        if self.is_in_paragraph and text[0] in "-=" and len(set(text)) == 1 and len(self.parts) <= 1:  # it underlines a heading
            words = self.sentences()
            self.heading = self.heading or words
            self._keep(self.headings, words)
            self.parts, self.length = [], 0
        self.is_in_paragraph = False
        return True

    # --------------------------------------------------------------------------- mails

    def _mail_line(self, text: str, is_item: bool, indent: int) -> bool | None:
        """Whether to go on after a line of a mail's frame or a label; None for other lines."""
        last = text[-1]
        if (last in ":：*_" or text[0] in "-=_") and self._is_boundary(text):
            return self._other_mail()
        label = phrases.label_and_value(text) if ":" in text[:40] or "：" in text[:40] else None
        if label is None:
            if self._is_head_continued(text, indent):
                return True
        elif phrases.is_presence_label(*label):
            self._presence(label[1], indent + 1 if is_item else 0)
            return True
        elif self._is_head(label[0]):
            return self._head(*label)
        self.is_in_head = False
        return self._is_frame(text) if len(text) <= 120 and not is_item else None

    def _is_boundary(self, text: str) -> bool:
        """Whether a line, alone or with the next one, introduces another mail."""
        if phrases.is_forward_mark(text):
            self.is_mail = True
            return True
        following = self._next_line()
        return phrases.is_reply_intro(text.strip("*_ "), following.startswith(">"))

    def _is_split_intro(self, text: str) -> bool:
        """Whether a line begins an introduction that ends on the next one or the one after."""
        if not phrases.may_begin_reply_intro(text):
            return False
        joined = text
        for offset, line in enumerate(self.lines[self.number : self.number + 2], 1):
            joined += " " + line.strip()[:300]
            if phrases.is_reply_intro(joined, is_quote_next=False):
                self.number += offset
                return True
        return False

    def _other_mail(self) -> bool:
        """An older mail follows, quoted or not. It is read as well if nothing was said above it, and if it is quoted, passed over."""
        self.is_in_paragraph = self.is_signed = self.is_in_head = False
        self.is_opening = True
        return self.length < _THIN or self._next_line().startswith(">")

    def _is_head(self, label: str) -> bool:
        if phrases.is_head_label(label):
            return True
        if not phrases.is_weak_head_label(label):
            return False
        was_head = self.is_in_head and (len(label) > 2 or bool(self.lines[self.number - 2].strip()))
        return was_head or self._is_head_ahead()

    def _is_head_ahead(self) -> bool:
        """Whether the next lines with labels are those of a head."""
        for line in islice((line.strip() for line in self.lines[self.number : self.number + 20]), 20):
            if line:
                label = phrases.label_and_value(line[:100].lstrip("-*_ "))
                if label is None or not phrases.is_weak_head_label(label[0]):
                    return label is not None and phrases.is_head_label(label[0])
        return False

    def _head(self, label: str, value: str) -> bool:
        """A line of a mail's head. Below a text of its own, an older mail begins."""
        if not self.is_in_head and self.length >= _THIN:
            return False
        if not self.subject and phrases.is_subject_label(label):
            self.subject = plain_text(value)
        self.is_in_head = self.is_mail = self.is_opening = True
        self.is_in_paragraph = self.is_signed = False
        return True

    def _is_head_continued(self, text: str, indent: int) -> bool:
        """Whether a line goes on with a label's value: further addresses, an indented line."""
        above = self.lines[self.number - 2].rstrip() if self.number > 1 else ""
        return self.is_in_head and bool(above) and (indent > 0 or ("@" in text and above.endswith((",", ";"))))

    def _is_frame(self, text: str) -> bool | None:
        """Whether to go on after a sign-off, what a phone adds, or a name that is addressed; None for other lines."""
        first = phrases.first_word(text)
        kind = phrases.sign_off(text, first.longest_sign_off) if first.longest_sign_off else None
        if kind == "sign-off" or (kind == "thanks" and (not self.parts or self._is_signed_below())):
            self._keep(self.polite, text)
            self.is_signed = self.is_signed or bool(self.parts)
            return True
        if first.is_sent_from and phrases.is_sent_from(text):
            return True
        if first.is_intro and self._is_split_intro(text):
            return self._other_mail()
        if ":" in text and _CHAT_SPEAKER.match(text):
            return True
        if self.is_opening and text[-1] == "," and phrases.is_name_line(text) and not self._next_line().startswith(("-", "*")):
            self.is_mail = True
            return True
        return None

    def _is_signed_below(self) -> bool:
        """Whether only a name follows, or nothing."""
        following = self._next_line()
        return not following or phrases.is_name_line(following) or following == "--"

    def _ends_signature(self, text: str) -> bool:
        """Whether a line behind a sign-off is said after all: a postscript, or a sentence in what isn't a mail."""
        return re.match(r"(?:P\.? ?)+S\b|NB\b", text) is not None or (len(text) > 60 and not self.is_mail)

    def _next_line(self) -> str:
        """The next line that isn't empty, without spaces around it; "" if there is none."""
        return next((text for line in islice(self.lines, self.number, None) if (text := line[:_MAX_LINE].strip())), "")

    # ------------------------------------------------------------------ those present

    def _presence(self, value: str, indent: int) -> None:
        """A label such as "Present:". The names stand behind it, or in the list below it."""
        self.is_in_paragraph = False
        end = next((end for _, end in sentence_ends(value)), len(value))
        self._keep(self.present, plain_text(value[:end]))
        if value[end:].strip():
            self._text(value[end:].strip(), False)
        self.presence_indent, self.has_names = -1 if value else indent, False

    def _is_presence(self, text: str, item: re.Match[str] | None, indent: int) -> bool:
        """Whether a line still belongs to the list of those present: an item, a name, or several behind commas."""
        names = text[item.end() :] if item else text
        if item is not None:
            is_name = indent >= self.presence_indent and len(names) <= 80
        else:
            is_name = phrases.is_name_line(names) or (not self.has_names and len(names) <= 200 and "," in names)
        self.has_names = is_name
        self.presence_indent = self.presence_indent if is_name else -1
        return is_name

    # ---------------------------------------------------------------------------- text

    def _text(self, text: str, is_item: bool) -> None:
        """A line of text: of a paragraph, of a list, of a table, of a chat."""
        if text[0] == "|" and text.count("|") > 1:
            text, is_item = " · ".join(filter(None, (cell.strip() for cell in text.strip("|").split("|")))), True
        elif ":: " in text[:34] and _INLINE_FIELD.match(text):
            return
        if text[:1].isdigit() or text[:1] in "[\u200e":
            is_timed = _CHAT_TIME.match(text)
            if is_timed:
                text, is_item = text[is_timed.end() :], True
        if text and self.is_opening:
            text = self._without_salutation(text)
        if not text:
            return
        words = " ".join(plain_text(text).split()) if "  " in text else plain_text(text)
        if not words or (("[" in text or "://" in text or text[0] in "w#@<") and not any(map(str.isalnum, _BARE.sub("", text)))):
            self._keep(self.listed, words)
            return
        is_next_paragraph = not self.is_in_paragraph or is_item
        if self.parts:
            ends = self.parts[-1][-1:] in '.!?:;…,。！？"”»’)'
            self.parts.append(" " if ends or not is_next_paragraph else "; " if is_item else ". ")
        self.parts.append(words)
        self.length += len(words)
        self.is_in_paragraph, self.is_opening = True, False

    def _without_salutation(self, text: str) -> str:
        """The first line of a text without the salutation, behind which many languages go on in lower case."""
        end = phrases.salutation_end(text) if phrases.first_word(text).is_greeting else 0
        if end and end == len(text):
            self._keep(self.polite, text)
            self.is_mail = True
        text = text[end:].lstrip()
        return text[:1].upper() + text[1:] if end or self.is_mail else text

    @staticmethod
    def _keep(texts: list[str], text: str) -> None:
        if text and len(texts) < 50:
            texts.append(text)
