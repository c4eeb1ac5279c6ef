"""Whose turn it is after a talk: who spoke last in which thread, and whether that calls for an answer."""

import re
from datetime import datetime

from vaultcrm.markdown.prose.subjects import without_reply_marks
from vaultcrm.markdown.values import as_list, as_text
from vaultcrm.markdown.wikilinks import link_title
from vaultcrm.model.calendar_text import is_without_notes
from vaultcrm.model.convert import is_from_calendar, is_settled, talk_channel, to_choice, without_date
from vaultcrm.model.records import Note, Turn

_WRITTEN = ("email", "chat", "message")
# The source of a conversation's day: the conversation, the day, the number of a part, a digest
_DAY_OF_CONVERSATION = re.compile(r":\d{4}-\d{2}-\d{2}(?::\d+)?(?::[0-9a-f]{16})?")


def to_turn(note: Note, at: datetime, body: str) -> Turn:
    """What a conversation means for who waits for whom. `at` is its time; `body` is the text below its properties."""
    get = note.properties.get
    channel = talk_channel(note)
    is_written = channel in _WRITTEN and note.type == "interaction"
    direction = to_choice(get("direction"), ("in", "out")) if is_written else None
    thread = _thread(note) if is_written else None
    subject = without_reply_marks(as_text(get("summary")) or "") or without_date(note.title) if is_written else ""
    return Turn(
        path=note.path,
        at=at,
        channel=channel or "",
        direction=direction or "both",
        people=tuple(link_title(person) or person for person in as_list(get("people"))),
        thread=thread,
        subject=subject,
        wants=_wants(subject, note.excerpt, body) if thread and direction else "none",
        is_settled=is_settled(note),
        project=link_title(as_text(get("project"))) if is_written else None,
        is_bare=is_from_calendar(note) and is_without_notes(note, body),
    )


def _thread(note: Note) -> str | None:
    """The conversation that a message belongs to. None for one that was logged by hand: of those, answers are seldom logged."""
    source = as_text(note.properties.get("source")) or ""
    if day := _DAY_OF_CONVERSATION.search(source):
        return source[: day.start()]
    return as_text(note.properties.get("thread")) or source or None


def _wants(subject: str, said: str, body: str) -> str:
    """What a message waits for: "answer", "any" word from the other side, or "none"."""
    # late: a note is a message in a thread only where mails and chats are imported
    from vaultcrm.markdown.prose.reply_phrases import asks, is_automatic, is_courtesy

    if is_automatic(subject, body):
        return "none"
    if asks(body):
        return "answer"
    return "none" if said and is_courtesy(said) else "any"
