"""Find code and comments in a note's body, as Obsidian does, and replace them by spaces."""

import re
from bisect import bisect_right

_MAY_NEED_MASKING = ("```", "~~~", "%%", "<!--", "\n    ", "\t")  # faster to look for than one pattern for all
# what a line may start with before its own text: spaces, quote marks, list markers
_QUOTE_PREFIX = re.compile(r"[ \t>]*")
_CONTAINER_PREFIX = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*")
_LIST_MARKER = re.compile(r"(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)")
_FENCE = re.compile(r"`{3,}(?=[^`]*$)|~{3,}")
_INLINE_OPENING = re.compile(r"`+|%%|<!--")
_COMMENT_END = {"%%": "%%", "<!--": "-->"}
_MAX_CODE = 2000  # characters of code within a line; only a hostile text has more
_BLANK_LINE = re.compile(r"\n[ \t>]*\r?\n")

Spans = list[tuple[int, int]]


def masked_spans(body: str) -> Spans:
    """The code blocks and comments (`%%…%%`, `<!-- … -->`) of a body, as start and end of each, in order.

    A fence or comment at the start of a line that is never closed runs to the end of the body, as in
    Obsidian. A comment that starts within a line must end in the same paragraph, else it is text: a
    lone `%%` must not hide tasks.
    """
    needs_masking = body.startswith("    ") or any(mark in body for mark in _MAY_NEED_MASKING)
    return _Masker(body).find_spans() if needs_masking else []


def mask(body: str, inline: bool = False) -> str:
    """The body with spaces in place of code blocks and comments, and with `inline` of code within lines.

    Line breaks stay, so every character keeps its position.
    """
    text = _blank_out(body, masked_spans(body))
    return _blank_out(text, _code_spans(text)) if inline and "`" in text else text


def is_in_spans(spans: Spans, position: int) -> bool:
    """Whether a character is inside one of the spans."""
    i = bisect_right(spans, (position, len(spans) and spans[-1][1])) - 1
    return i >= 0 and spans[i][0] <= position < spans[i][1]


def _blank_out(text: str, spans: Spans) -> str:
    parts, position = [], 0
    for start, end in spans:
        parts += [text[position:start], re.sub(r"[^\r\n]+", lambda match: " " * len(match[0]), text[start:end])]
        position = end
    return "".join([*parts, text[position:]])


class _Masker:
    """One pass over the lines of a body."""

    def __init__(self, body: str) -> None:
        self.body = body
        self.spans: Spans = []
        # the code block that is open: its fence (which as many marks close), and the quote depth and
        # the column below which a line ends it, because its quote or list item has ended
        self.fence = ""
        self.fence_quotes = 0
        self.fence_column = 0
        self.is_in_list = False
        self.is_after_blank_line = True
        self.next_comment_ends: dict[str, int] = {}  # position of the next "%%" and "-->", -1 if there is none
        self.next_blank_line = -1

    def find_spans(self) -> Spans:
        body, position = self.body, 0
        while position < len(body):
            end = body.find("\n", position) + 1 or len(body)
            position = self._scan_line(position, end, body[position:end].rstrip("\r\n"))
        return self.spans

    def _scan_line(self, start: int, end: int, line: str) -> int:
        """Handle the line from `start` to `end`; returns where to go on: the next line, or after a comment."""
        quoted = _QUOTE_PREFIX.match(line)
        prefix = quoted[0] if quoted else ""
        text = line[len(prefix) :]
        if self.fence:
            if self._continue_fence(prefix, text):
                self._add_span(start, end)
                return end
            self.fence = ""
        if not text:
            self.is_after_blank_line = True
            return end
        if self._is_indented_code(prefix, text):
            self._add_span(start, end)
            return end
        self.is_after_blank_line = False
        containers = _CONTAINER_PREFIX.match(line)
        text_start = len(containers[0]) if containers else 0
        if fence := _FENCE.match(line, text_start):
            self.fence, self.fence_quotes = fence[0], prefix.count(">")
            column = _columns(line[:text_start])
            self.fence_column = column if self.is_in_list and column >= 2 else 0
            self._add_span(start + text_start, end)
            return end
        return self._scan_comments(start, end, start + text_start)

    def _continue_fence(self, prefix: str, text: str) -> bool:
        """Whether a line belongs to the open code block; its closing fence does, and closes it."""
        column = _columns(prefix)
        if prefix.count(">") < self.fence_quotes or (text and column < self.fence_column):
            return False
        is_fence = text.startswith(self.fence) and not text.rstrip(" \t").strip(self.fence[0])
        if is_fence and prefix.count(">") == self.fence_quotes and column < self.fence_column + 4:
            self.fence = ""
        return True

    def _is_indented_code(self, prefix: str, text: str) -> bool:
        """Whether a line is code because it is indented by four columns after a blank line, outside a list."""
        columns = len(prefix.replace("\t", "    ")) if ">" not in prefix else 0
        if _LIST_MARKER.match(text) and columns < 4:
            self.is_in_list = True
        elif columns < 2 and self.is_after_blank_line:
            self.is_in_list = False
        return columns >= 4 and self.is_after_blank_line and not self.is_in_list

    def _scan_comments(self, start: int, end: int, text_start: int) -> int:
        """Mask the comments that start in a line; returns the end of the line, or of the line on which the last one ends."""
        body, position = self.body, start
        while opening := _INLINE_OPENING.search(body, position, end):
            mark = opening[0]
            if mark[0] == "`":
                closing = re.compile(rf"(?<!`){mark}(?!`)").search(body, opening.end(), min(end, opening.end() + _MAX_CODE))
                position = closing.end() if closing else opening.end()
                continue
            end_mark = _COMMENT_END[mark]
            comment_end = self._find_comment_end(end_mark, opening.end())
            if opening.start() > text_start and not opening.end() <= comment_end < self._paragraph_end(opening.end()):
                position = opening.end()
                continue
            position = comment_end + len(end_mark) if comment_end >= 0 else len(body)
            self._add_span(opening.start(), position)
            if position > end:  # the text after the comment's end counts as a line of its own
                text_start, end = position, body.find("\n", position) + 1 or len(body)
        return end

    def _find_comment_end(self, end_mark: str, position: int) -> int:
        """The first end mark at or after `position`, -1 if there is none. Remembered, so that no text is searched twice."""
        known = self.next_comment_ends.get(end_mark)
        if known is None or 0 <= known < position:
            known = self.next_comment_ends[end_mark] = self.body.find(end_mark, position)
        return known

    def _paragraph_end(self, position: int) -> int:
        if self.next_blank_line < position:
            blank_line = _BLANK_LINE.search(self.body, position)
            self.next_blank_line = blank_line.start() if blank_line else len(self.body)
        return self.next_blank_line

    def _add_span(self, start: int, end: int) -> None:
        if self.spans and self.spans[-1][1] >= start:
            self.spans[-1] = (self.spans[-1][0], end)
        else:
            self.spans.append((start, end))


def _columns(prefix: str) -> int:
    """The width of a prefix after its last quote mark, with tab stops of four."""
    return len(prefix.rpartition(">")[2].expandtabs(4))


def _code_spans(text: str) -> Spans:
    """Code within lines: from a run of backticks to the next run of the same length, in the same paragraph."""
    spans: Spans = []
    begin = 0
    for stop in [*(blank_line.start() for blank_line in _BLANK_LINE.finditer(text)), len(text)]:
        runs = [(run.start(), run.end()) for run in re.finditer("`+", text[begin:stop])]
        by_length: dict[int, list[int]] = {}  # the runs of each length that come next, in reverse order
        for i in range(len(runs) - 1, -1, -1):
            by_length.setdefault(runs[i][1] - runs[i][0], []).append(i)
        i = 0
        while i < len(runs):
            same_length = by_length[runs[i][1] - runs[i][0]]
            while same_length and same_length[-1] <= i:
                same_length.pop()
            if same_length:
                spans.append((begin + runs[i][0], begin + runs[same_length[-1]][1]))
                i = same_length[-1]
            i += 1
        begin = stop
    return spans
