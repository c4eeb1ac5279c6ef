"""Changes of files in the user's words: "Acme Studio: call logged, 2 follow-ups done".

Pure functions: from the bytes before and after to text.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from vaultcrm.errors import Unreadable
from vaultcrm.markdown.tasks.settings import TaskSettings
from vaultcrm.markdown.values import as_text
from vaultcrm.model.convert import to_choice, to_interaction
from vaultcrm.model.read_note import NoteContents, read_note
from vaultcrm.model.records import Decision, FollowUp
from vaultcrm.plural import counted

SUBJECT_LENGTH = 72  # characters; git's own tools cut what is longer
MAX_DETAILED = 300  # changes; of more only their number is told
INBOX, VAULT = "Inbox", "Vault"

_MAIL = {"email": "mail", None: "talk"}  # what a conversation over a channel is called, where it is not called as the channel is
_SETTINGS = (".obsidian/", ".git", "vaultcrm.toml")
# What is told first, of a client.
_ORDER = (
    "client", "person", "project", "talk", "call", "meeting", "mail", "chat", "message", "note", "follow-up", "decision",
    "file", "conflict copy", "template", "settings",
)  # fmt: skip

Event = tuple[str, str]  # a thing and what happened to it: ("follow-up", "done")


class FileChange(NamedTuple):
    """A file before and after; None where it was not or is not. `whose` is a client's name, INBOX or VAULT.

    Of a renamed file `before` is what stood at `old_path`. `is_copy`: the file of which it is a conflict copy lies beside it.
    """

    path: str
    before: bytes | None
    after: bytes | None
    owner: str = VAULT
    old_path: str = ""
    is_copy: bool = False


def describe(changes: Sequence[FileChange], habits: TaskSettings | None = None) -> list[str]:
    """One line for each client, by name; what belongs to nobody comes last. `habits` say which checkbox lines are follow-ups."""
    found: dict[str, Counter[Event]] = {}
    for change in changes:
        events = found.setdefault(change.owner, Counter())
        events.update(_file_event(change) if len(changes) > MAX_DETAILED else _events(change, habits))
    names = sorted(found, key=lambda name: (name in (INBOX, VAULT), name.casefold(), name))
    return [f"{_plain(name)}: {_list(found[name])}" for name in names if found[name]]


def message(told: Sequence[str], prefix: str = "") -> str:
    """What a commit says: a first line of at most 72 characters, and below it one line for each client."""
    first = subject(told, prefix)
    return first + "\n" if not told or [first] == [prefix + line for line in told] else f"{first}\n\n" + "\n".join(told) + "\n"


def first_commit_line(changes: Sequence[FileChange]) -> str:
    """What the first commit of a vault says."""
    notes = sum(_thing(change) == "note" for change in changes)
    return f"Initial commit: {counted(notes, 'note')}"


def subject(told: Sequence[str], prefix: str = "") -> str:
    """The lines in one, as far as there is room."""
    for kept in range(len(told), 0, -1):
        text = prefix + "; ".join([*told[:kept], *_rest(told[kept:])])
        if len(text) <= SUBJECT_LENGTH:
            return text
    if not told:
        return prefix + "nothing new"
    rest = "".join(f"; {part}" for part in _rest(told[1:]))
    text = (prefix + told[0])[: SUBJECT_LENGTH - 1 - len(rest)]
    whole, comma, _ = text.rpartition(", ")
    return (f"{whole}, …" if comma else f"{text}…") + rest


def _rest(told: Sequence[str]) -> list[str]:
    if not told:
        return []
    clients = not any(line.startswith((f"{INBOX}: ", f"{VAULT}: ")) for line in told)
    return [f"{len(told)} more{' client' * clients}{'s' * (clients and len(told) > 1)}"]


def detect_renames(changes: Sequence[FileChange]) -> list[FileChange]:
    """The same, where a file that is gone and a new one with just its bytes are one that was renamed."""
    gone: dict[bytes, list[FileChange]] = {}
    for change in changes:
        if change.after is None and change.before:
            gone.setdefault(change.before, []).append(change)
    found, moved = [], set()
    for change in changes:
        if change.before is None and change.after and gone.get(change.after):
            old = gone[change.after].pop(0)
            moved.add(old.path)
            change = change._replace(before=old.before, old_path=old.path)
        found.append(change)
    return [change for change in found if change.path not in moved]


def _list(events: Counter[Event]) -> str:
    parts = []
    for thing, what in sorted(events, key=lambda event: _ORDER.index(event[0])):  # what happened to a thing stays in its order
        number = events[thing, what]
        if number == 1 or thing == "settings":
            parts.append(f"{thing} {what}")
        else:
            parts.append(f"{counted(number, thing)} {what}")
    return ", ".join(parts)


def _plain(name: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in name).split())


# ----------------------------------------------------------------------------- one change


def _file_event(change: FileChange) -> list[Event]:
    """What happened to a file, without a look into it."""
    if change.path.startswith(_SETTINGS):
        return [("settings", "changed")]
    return [(_thing(change), _what(change))]


def _thing(change: FileChange) -> str:
    if change.path.startswith("templates/"):
        return "template"
    if change.is_copy:
        return "conflict copy"
    return "note" if change.path.lower().endswith(".md") else "file"


def _what(change: FileChange) -> str:
    if change.before is None:
        return "added"
    if change.after is None:
        return "deleted"
    return "renamed" if change.old_path and change.before == change.after else "changed"


def _events(change: FileChange, habits: TaskSettings | None) -> list[Event]:
    if change.path.startswith(_SETTINGS) or _thing(change) != "note":
        return _file_event(change)
    before, after = (_read(change.path, data, habits) for data in (change.before, change.after))
    if (change.before is not None and before is None) or (change.after is not None and after is None):
        return [("note", _what(change))]  # one of its versions cannot be read
    if after is None:
        return [(_noun(before), "deleted")] if before else []
    if before is None:
        return _new_note_events(after)
    found = [(_noun(after), "renamed")] if change.old_path else []
    if change.before != change.after:
        found += _changed_note_events(before, after) or [(_noun(after), "changed")]
    return found


def _read(path: str, data: bytes | None, habits: TaskSettings | None) -> NoteContents | None:
    try:
        return None if data is None else read_note(path, data, habits)
    except Unreadable:
        return None


def _noun(reading: NoteContents) -> str:
    kind = reading.note.type
    if kind == "interaction":
        channel = to_interaction(reading.note, None).channel
        return _MAIL.get(channel) or channel or "talk"
    return kind if kind in ("client", "person", "project", "follow-up", "decision") else "note"


def _new_note_events(after: NoteContents) -> list[Event]:
    if after.note.type == "interaction":
        return [(_noun(after), "logged"), *(("follow-up", "added") for _ in after.follow_ups), *_agreed(after.decisions)]
    return [(_noun(after), "agreed" if after.note.type == "decision" else "added")]


def _agreed(decisions: Iterable[Decision]) -> list[Event]:
    return [("decision", "agreed") for _ in decisions]


def _changed_note_events(before: NoteContents, after: NoteContents) -> list[Event]:
    """What the records of a note say; nothing where they are as they were."""
    found: list[Event] = []
    old = {item.id: item for item in before.follow_ups}
    grown = _instances(after) > _instances(before)
    for item in after.follow_ups:
        what = _follow_up_event(old.pop(item.id), item, grown) if item.id in old else "added"
        found += [("follow-up", what)] if what else []
    found += [("follow-up", "deleted") for _ in old]
    agreed = {decision.id: decision for decision in before.decisions}
    for decision in after.decisions:
        known = agreed.pop(decision.id, None)
        if known is None:
            found += _agreed([decision])
        elif known.status != decision.status and decision.status != "in force":
            found.append(("decision", decision.status))
        elif known._replace(line=0) != decision._replace(line=0):
            found.append(("decision", "changed"))
    found += [("decision", "taken back") for _ in agreed]
    if after.note.type == "project":
        ends = [to_choice(reading.note.properties.get("status"), ("done", "cancelled")) for reading in (before, after)]
        found += [("project", ends[1])] if ends[1] and ends[1] != ends[0] else []
    return found


def _instances(reading: NoteContents) -> int:
    value = reading.note.properties.get("complete_instances")
    return len(value) if isinstance(value, list) else int(bool(as_text(value)))


def _follow_up_event(old: FollowUp, new: FollowUp, grown: bool) -> str:
    if old.status != new.status and not new.is_open:
        return "done" if new.status == "done" else "dropped"
    if not old.is_open and new.is_open:
        return "reopened"
    if grown and new.kind == "note":
        return "done"
    if (old.due, old.scheduled) != (new.due, new.scheduled):
        return "moved"
    return "" if old._replace(line=0) == new._replace(line=0) else "changed"


def owner_name(path: str, client: str | None) -> str:
    """Whom a change belongs to: the client, where one is known, else the one in whose folder it lay."""
    parts = path.split("/")
    if client is None and len(parts) > 2 and parts[0] == "clients":
        return parts[1]
    return client or (INBOX if parts[0] == "inbox" else VAULT)
