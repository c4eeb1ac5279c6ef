"""What is kept of a promise. Quick to load, unlike the phrases that find one."""

from typing import NamedTuple


class Said(NamedTuple):
    """One sentence that promises something, or that says that it is done.

    `kind` is what is promised: "send", "reply", "call" or "do"; or "done". `line` is the line in the body, from 1. `speaker` is the name in
    a chat, "" for the writer of the text; `is_third_person`: the sentence is about somebody else whom it names. `text`
    is the promise, `when` the day that it names, as `dates.parse` reads it.
    """

    kind: str
    line: int
    speaker: str
    is_third_person: bool
    text: str
    when: str
