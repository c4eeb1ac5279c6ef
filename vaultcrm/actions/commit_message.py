"""Describe changes of files in the user's words: "Acme Studio: call logged, 2 follow-ups done".

Pure functions from the contents before and after to text.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from vaultcrm.errors import Unreadable
from vaultcrm.markdown.tasks.settings import TaskSettings
from vaultcrm.markdown.values import as_text
from vaultcrm.model.convert import to_choice, to_interaction
from vaultcrm.model.read_note import NoteContents, read_note
from vaultcrm.model.records import Decision, FollowUp
from vaultcrm.plural import counted

SUBJECT_LENGTH = 72  # characters; Git's own tools cut longer lines
MAX_DETAILED = 300  # changes; if there are more, they are only counted
INBOX, VAULT = "Inbox", "Vault"

_SETTINGS = (".obsidian/", ".git", "vaultcrm.toml")
# The order in which a client's events are listed.
_ORDER = (
    "client", "person", "project", "conversation", "call", "meeting", "email", "chat", "message", "note", "follow-up", "decision",
    "file", "conflict copy", "template", "settings",
)  # fmt: skip

Event = tuple[str, str]  # a noun and what happened to it: ("follow-up", "done")


class FileChange(NamedTuple):
    """A file's contents before and after; None means that the file doesn't exist. `owner` is a client's name, INBOX or VAULT.

    For a renamed file `before` is what was at `old_path`. `is_copy`: the file is a conflict copy, and its
    original is in the same folder.
    """

    path: str
    before: bytes | None
    after: bytes | None
    owner: str = VAULT
    old_path: str = ""
    is_copy: bool = False


def describe(changes: Sequence[FileChange], task_settings: TaskSettings | None = None) -> list[str]:
    """One line for each owner: clients by name, then the inbox and the vault. `task_settings` decide which checkbox lines count."""
    events_by_owner: dict[str, Counter[Event]] = {}
    for change in changes:
        events = events_by_owner.setdefault(change.owner, Counter())
        events.update(_file_event(change) if len(changes) > MAX_DETAILED else _events(change, task_settings))
    owners = sorted(events_by_owner, key=lambda owner: (owner in (INBOX, VAULT), owner.casefold(), owner))
    return [f"{_printable(owner)}: {_list_events(events_by_owner[owner])}" for owner in owners if events_by_owner[owner]]


def message(lines: Sequence[str], prefix: str = "") -> str:
    """A commit message: a subject of at most 72 characters, then one line for each client if the subject doesn't say it all."""
    first = subject(lines, prefix)
    return first + "\n" if not lines or [first] == [prefix + line for line in lines] else f"{first}\n\n" + "\n".join(lines) + "\n"


def first_commit_line(changes: Sequence[FileChange]) -> str:
    """The message of a vault's first commit."""
    notes = sum(_file_noun(change) == "note" for change in changes)
    return f"Initial commit: {counted(notes, 'note')}"


def subject(lines: Sequence[str], prefix: str = "") -> str:
    """The lines joined into one of at most 72 characters: "A: call logged; B: client added; 2 more clients"."""
    for kept in range(len(lines), 0, -1):
        text = prefix + "; ".join([*lines[:kept], *_count_rest(lines[kept:])])
        if len(text) <= SUBJECT_LENGTH:
            return text
    if not lines:
        return prefix + "nothing new"
    rest = "".join(f"; {part}" for part in _count_rest(lines[1:]))
    text = (prefix + lines[0])[: SUBJECT_LENGTH - 1 - len(rest)]
    whole_events, comma, _ = text.rpartition(", ")
    return (f"{whole_events}, …" if comma else f"{text}…") + rest


def _count_rest(lines: Sequence[str]) -> list[str]:
    """["2 more clients"]; "2 more" if not all lines are about clients; empty without lines."""
    if not lines:
        return []
    are_clients = not any(line.startswith((f"{INBOX}: ", f"{VAULT}: ")) for line in lines)
    return [f"{len(lines)} more{' client' * are_clients}{'s' * (are_clients and len(lines) > 1)}"]


def detect_renames(changes: Sequence[FileChange]) -> list[FileChange]:
    """The changes, with a deleted file and a new file of the same contents combined into one renamed file."""
    deleted: dict[bytes, list[FileChange]] = {}
    for change in changes:
        if change.after is None and change.before:
            deleted.setdefault(change.before, []).append(change)
    result, old_paths = [], set()
    for change in changes:
        if change.before is None and change.after and deleted.get(change.after):
            old = deleted[change.after].pop(0)
            old_paths.add(old.path)
            change = change._replace(before=old.before, old_path=old.path)
        result.append(change)
    return [change for change in result if change.path not in old_paths]


def _list_events(events: Counter[Event]) -> str:
    """Events with their counts, in the order of _ORDER: "call logged, 2 follow-ups done"."""
    parts = []
    for noun, verb in sorted(events, key=lambda event: _ORDER.index(event[0])):  # a stable sort: events of one noun keep their order
        number = events[noun, verb]
        if number == 1 or noun == "settings":
            parts.append(f"{noun} {verb}")
        else:
            parts.append(f"{counted(number, noun)} {verb}")
    return ", ".join(parts)


def _printable(name: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in name).split())


def owner_name(path: str, client: str | None) -> str:
    """The owner of a file: its client if that is known, else the client folder that it is or was in, the inbox or the vault."""
    parts = path.split("/")
    if client is None and len(parts) > 2 and parts[0] == "clients":
        return parts[1]
    return client or (INBOX if parts[0] == "inbox" else VAULT)


# ------------------------------------------------------------------------ events of one change


def _file_event(change: FileChange) -> list[Event]:
    """What happened to a file, without reading its contents."""
    if change.path.startswith(_SETTINGS):
        return [("settings", "changed")]
    return [(_file_noun(change), _file_verb(change))]


def _file_noun(change: FileChange) -> str:
    if change.path.startswith("templates/"):
        return "template"
    if change.is_copy:
        return "conflict copy"
    return "note" if change.path.lower().endswith(".md") else "file"


def _file_verb(change: FileChange) -> str:
    if change.before is None:
        return "added"
    if change.after is None:
        return "deleted"
    return "renamed" if change.old_path and change.before == change.after else "changed"


def _events(change: FileChange, task_settings: TaskSettings | None) -> list[Event]:
    """What happened to a file, according to its contents if it is a note."""
    if change.path.startswith(_SETTINGS) or _file_noun(change) != "note":
        return _file_event(change)
    before, after = (_read(change.path, data, task_settings) for data in (change.before, change.after))
    if (change.before is not None and before is None) or (change.after is not None and after is None):
        return [("note", _file_verb(change))]  # one of the versions can't be read
    if after is None:
        return [(_note_noun(before), "deleted")] if before else []
    if before is None:
        return _new_note_events(after)
    events = [(_note_noun(after), "renamed")] if change.old_path else []
    if change.before != change.after:
        events += _changed_note_events(before, after) or [(_note_noun(after), "changed")]
    return events


def _read(path: str, data: bytes | None, task_settings: TaskSettings | None) -> NoteContents | None:
    try:
        return None if data is None else read_note(path, data, task_settings)
    except Unreadable:
        return None


def _note_noun(contents: NoteContents) -> str:
    """The type of a note; for an interaction its channel."""
    note_type = contents.note.type
    if note_type == "interaction":
        return to_interaction(contents.note, None).channel or "conversation"
    return note_type if note_type in ("client", "person", "project", "follow-up", "decision") else "note"


def _new_note_events(after: NoteContents) -> list[Event]:
    if after.note.type == "interaction":
        follow_ups = [("follow-up", "added")] * len(after.follow_ups)
        return [(_note_noun(after), "logged"), *follow_ups, *[("decision", "agreed")] * len(after.decisions)]
    return [(_note_noun(after), "agreed" if after.note.type == "decision" else "added")]


def _changed_note_events(before: NoteContents, after: NoteContents) -> list[Event]:
    """What happened to the records in a note; empty if they are the same."""
    events = _follow_up_events(before, after) + _decision_events(before.decisions, after.decisions)
    if after.note.type == "project":
        old_status, status = (to_choice(contents.note.properties.get("status"), ("done", "cancelled")) for contents in (before, after))
        events += [("project", status)] if status and status != old_status else []
    return events


def _follow_up_events(before: NoteContents, after: NoteContents) -> list[Event]:
    events: list[Event] = []
    old = {item.id: item for item in before.follow_ups}
    was_completed_again = _completion_count(after) > _completion_count(before)
    for item in after.follow_ups:
        verb = _follow_up_verb(old.pop(item.id), item, was_completed_again) if item.id in old else "added"
        events += [("follow-up", verb)] if verb else []
    return events + [("follow-up", "deleted")] * len(old)


def _completion_count(contents: NoteContents) -> int:
    """How many times a recurring follow-up was completed."""
    days = contents.note.properties.get("complete_instances")
    return len(days) if isinstance(days, list) else int(bool(as_text(days)))


def _follow_up_verb(old: FollowUp, new: FollowUp, was_completed_again: bool) -> str:
    """What happened to a follow-up; "" if it is the same, apart from its line."""
    if old.status != new.status and not new.is_open:
        return "done" if new.status == "done" else "dropped"
    if not old.is_open and new.is_open:
        return "reopened"
    if was_completed_again and new.kind == "note":
        return "done"
    if (old.due, old.scheduled) != (new.due, new.scheduled):
        return "moved"
    return "" if old._replace(line=0) == new._replace(line=0) else "changed"


def _decision_events(before: Sequence[Decision], after: Sequence[Decision]) -> list[Event]:
    events: list[Event] = []
    old_decisions = {decision.id: decision for decision in before}
    for decision in after:
        old = old_decisions.pop(decision.id, None)
        if old is None:
            events.append(("decision", "agreed"))
        elif old.status != decision.status and decision.status != "in force":
            events.append(("decision", decision.status))
        elif old._replace(line=0) != decision._replace(line=0):
            events.append(("decision", "changed"))
    return events + [("decision", "deleted")] * len(old_decisions)
