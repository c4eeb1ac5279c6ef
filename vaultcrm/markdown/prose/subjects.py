"""The subjects of mails, without what mail programs write before them."""

import re

_REPLY_MARKS = re.compile(r"(?:(?:re?|fwd?|aw|wg|antw|tr|rv|res|enc|i|vs|vb|sv|odp|pd|doorst|ref)(?:\[\d+\])?\s*[:：]\s*)+", re.IGNORECASE)


def without_reply_marks(subject: str) -> str:
    """A subject without the marks of replies: "Re: AW: Quote" is "Quote"."""
    return _REPLY_MARKS.sub("", subject.strip(), count=1).strip()
