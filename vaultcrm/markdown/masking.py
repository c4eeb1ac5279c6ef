"""The body of a note as Obsidian takes it apart: what is text, and what is code or a comment."""

import re
from bisect import bisect_right

_MAY_BE_COVERED = re.compile(r"```|~~~|%%|<!--|^(?:    | {0,3}\t)", re.MULTILINE)
# what may stand before a line's own text: blanks, quote marks, and markers of lists
_QUOTED = re.compile(r"[ \t>]*")
_CONTAINERS = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*")
_ITEM = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)")
_FENCE = re.compile(r"`{3,}(?=[^`]*$)|~{3,}")
_OPENING = re.compile(r"`+|%%|<!--")
_LONG = 2000  # characters of code within a line; what is longer is a hostile text's
_CLOSING = {"%%": "%%", "<!--": "-->"}
_BLANK_LINE = re.compile(r"\n[ \t>]*\r?\n")

Spans = list[tuple[int, int]]


def masked_spans(body: str) -> Spans:
    """Which characters, from and to, are code blocks or comments (`%%…%%`, `<!-- … -->`), in order.

    A fence or a comment that begins a line and is never closed covers the rest, as in Obsidian. One
    that begins within a line ends in the same paragraph, or is none: a lonely `%%` must not hide
    what somebody has to do.
    """
    return _Masker(body).run() if _MAY_BE_COVERED.search(body) else []


def mask(body: str, inline: bool = False) -> str:
    """The body with what is covered, and `inline` also code within a line, blanked out; every character keeps its place."""
    text = _blank_out(body, masked_spans(body))
    return _blank_out(text, _code_spans(text)) if inline and "`" in text else text


def is_in_spans(spans: Spans, at: int) -> bool:
    """Whether a character lies in one of the spans."""
    i = bisect_right(spans, (at, len(spans) and spans[-1][1])) - 1
    return i >= 0 and spans[i][0] <= at < spans[i][1]


def _blank_out(text: str, spans: Spans) -> str:
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], re.sub(r"[^\r\n]", " ", text[start:end])]
        at = end
    return "".join([*parts, text[at:]])


class _Masker:
    """One walk over the lines of a body."""

    def __init__(self, body: str) -> None:
        self.body = body
        self.spans: Spans = []
        self.fence = ""  # the marks that opened a code block; closed by as many of them
        self.fence_quotes = 0  # the quote that it stands in ends it, too,
        self.fence_column = 0  # and so does the item of a list, with a line that begins before its text
        self.is_in_list = False
        self.after_blank = True
        self.ends: dict[str, int] = {}  # where the ends of comments stand next, -1 for nowhere
        self.paragraph = -1  # the next blank line
        self.at = 0

    def run(self) -> Spans:
        body, size = self.body, len(self.body)
        while self.at < size:
            end = body.find("\n", self.at) + 1 or size
            self.at = self.line(self.at, end, body[self.at : end].rstrip("\r\n"))
        return self.spans

    def line(self, start: int, end: int, line: str) -> int:
        """Look at one line; gives where to go on: the next line, or the end of a comment."""
        quoted = _QUOTED.match(line)
        lead = quoted[0] if quoted else ""
        text = line[len(lead) :]
        column = len(lead.rpartition(">")[2].expandtabs(4))
        if self.fence:
            if lead.count(">") >= self.fence_quotes and (not text or column >= self.fence_column):
                self.cover(start, end)
                is_mark = text.startswith(self.fence) and not text.rstrip(" \t").strip(self.fence[0])
                if is_mark and lead.count(">") == self.fence_quotes and column < self.fence_column + 4:
                    self.fence = ""
                return end
            self.fence = ""
        if not text:
            self.after_blank = True
            return end
        if self.is_indented_code(lead, text):
            self.cover(start, end)
            return end
        self.after_blank = False
        containers = _CONTAINERS.match(line)
        rest = len(containers[0]) if containers else 0
        if opened := _FENCE.match(line, rest):
            self.fence, self.fence_quotes = opened[0], lead.count(">")
            indent = len(line[:rest].rpartition(">")[2].expandtabs(4))
            self.fence_column = indent if self.is_in_list and indent >= 2 else 0
            self.cover(start + rest, end)
            return end
        return self.comments(start, end, start + rest)

    def is_indented_code(self, lead: str, text: str) -> bool:
        """Four columns of blanks behind a blank line are code, unless they belong to an item of a list."""
        columns = len(lead.replace("\t", "    ")) if ">" not in lead else 0
        if _ITEM.match(text) and columns < 4:
            self.is_in_list = True
        elif columns < 2 and self.after_blank:
            self.is_in_list = False
        return columns >= 4 and self.after_blank and not self.is_in_list

    def comments(self, start: int, end: int, first: int) -> int:
        """Cover the comments that begin in a line; gives the end of the line, or of a comment that runs on."""
        body, at = self.body, start
        while opening := _OPENING.search(body, at, end):
            mark = opening[0]
            if mark[0] == "`":
                closed = re.compile(rf"(?<!`){mark}(?!`)").search(body, opening.end(), min(end, opening.end() + _LONG))
                at = closed.end() if closed else opening.end()
                continue
            close = _CLOSING[mark]
            found = self.find(close, opening.end())
            if opening.start() > first and not opening.end() <= found < self.paragraph_end(opening.end()):
                at = opening.end()
                continue
            at = found + len(close) if found >= 0 else len(body)
            self.cover(opening.start(), at)
            if at > end:  # what stands behind the comment's end is a line of its own
                first, end = at, body.find("\n", at) + 1 or len(body)
        return end

    def find(self, text: str, at: int) -> int:
        """Where a comment's end stands next, -1 for nowhere; what has been found is not looked for twice."""
        found = self.ends.get(text, at - 1)
        if 0 <= found < at or (found < 0 and text not in self.ends):
            found = self.ends[text] = self.body.find(text, at)
        return found

    def paragraph_end(self, at: int) -> int:
        if self.paragraph < at:
            found = _BLANK_LINE.search(self.body, at)
            self.paragraph = found.start() if found else len(self.body)
        return self.paragraph

    def cover(self, start: int, end: int) -> None:
        if self.spans and self.spans[-1][1] >= start:
            self.spans[-1] = (self.spans[-1][0], end)
        else:
            self.spans.append((start, end))


def _code_spans(text: str) -> Spans:
    """Code within lines: from a run of backticks to the next one as long, in the same paragraph."""
    spans: Spans = []
    begin = 0
    for stop in [*(found.start() for found in _BLANK_LINE.finditer(text)), len(text)]:
        runs = [(run.start(), run.end()) for run in re.finditer("`+", text[begin:stop])]
        ahead: dict[int, list[int]] = {}
        for i in range(len(runs) - 1, -1, -1):
            ahead.setdefault(runs[i][1] - runs[i][0], []).append(i)
        i = 0
        while i < len(runs):
            length = runs[i][1] - runs[i][0]
            same = ahead[length]
            while same and same[-1] <= i:
                same.pop()
            if same:
                spans.append((begin + runs[i][0], begin + runs[same[-1]][1]))
                i = same[-1]
            i += 1
        begin = stop
    return spans
