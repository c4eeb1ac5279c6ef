"""All that is known of a client at a moment, as plain texts: two such states can be compared, and one can be kept as JSON."""

import re
from datetime import date
from typing import Any, NamedTuple

from vaultcrm.actions.clients import interactions
from vaultcrm.actions.crm import Crm
from vaultcrm.catalog.activity import NoteDigests, digests_of, note_digests
from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.disk.files import digest
from vaultcrm.links.ownership import ClientRef
from vaultcrm.markdown.values import Value, as_list, as_text
from vaultcrm.model.records import Decision, FollowUp, Interaction, Note
from vaultcrm.model.schema import PROPERTIES

VERSION = 1  # of the JSON; a state of another version counts as missing
# Properties that an item of the state shows. A change of any other one only shows that the note has changed.
_SHOWN_BY_TYPE = {
    "interaction": frozenset(PROPERTIES["interaction"]) - {"tags", "source", "status"},
    "follow-up": frozenset(PROPERTIES["follow-up"]) - {"tags", "person", "from", "dateCreated", "skipped_instances"},
    "decision": frozenset(PROPERTIES["decision"]) - {"tags", "from"},
}
_WHOLE_TYPES = ("client", "person", "project")  # every property of these is shown
_LONG = 100  # characters: a digest is shorter, but making one takes longer
_OF_NO_NEWS = ("type", "client")


class Item(NamedTuple):
    """One thing known of a client.

    `kind` is client, person, project, talk, follow-up, decision, feedback, preference or question; `id` its handle,
    or that of its note's path. `fields` are its other values by name, as text; those without a value are left out.
    `is_note`: it is a whole note and not a part of one, so the title of the note is its `text`.
    """

    kind: str
    id: str
    path: str
    line: int
    text: str
    fields: dict[str, str]
    is_note: bool = False

    def get(self, name: str) -> str:
        return self.fields.get(name, "")

    @property
    def is_open(self) -> bool:
        return self.get("status") in ("open", "waiting")


class NoteState(NamedTuple):
    """A note of the client, or one with something of it in another place: `is_own` tells them apart.

    `digest` is that of the file, and `body` that of the body, whatever its white space and the order of its lines. Both
    are hexadecimal, "" for nothing. `rest` are the properties that no item shows, or their digest.
    """

    type: str
    digest: str
    body: str
    rest: str
    is_own: bool = True


class ClientState(NamedTuple):
    """What was known of a client on a day. `notes` are by path."""

    day: date
    items: tuple[Item, ...]
    notes: dict[str, NoteState]


def client_state(crm: Crm, client: ClientRef) -> ClientState:
    """The state of a client now, or whenever a historic Crm is at. The catalogue must be up to date."""
    catalog = crm.catalog
    notes = {note.path: (note, digests) for note, digests in note_digests(catalog, client)}
    items = [item for note, _ in notes.values() if note.type in _WHOLE_TYPES and (item := _whole_note(note, client))]
    items += [_talk(talk) for talk in interactions(crm, client)]
    items += [_follow_up(item, notes[item.path][0] if item.path in notes else None) for item in catalog.follow_ups(client=client)]
    replacements = catalog.replacements(client)
    items += [_decision(decision, replacements.get(decision.id)) for decision in catalog.decisions(client)]
    items += [Item(point.kind, point.id, point.path, point.line, point.text, _filled(on=point.on)) for point in catalog.points(client)]
    states = {path: _note_state(note, digests) for path, (note, digests) in notes.items()}
    for path in {item.path for item in items} - states.keys():
        digests = digests_of(catalog, path)
        states[path] = NoteState("", digests.file.hex(), digests.body.hex(), "", is_own=False)
    return ClientState(crm.today, tuple(items), states)


def _whole_note(note: Note, client: ClientRef) -> Item | None:
    if note.type == "client" and note.path != client.path:  # another client's note, in a folder that is this client's
        return None
    fields = {name: text for name, value in note.properties.items() if name not in _OF_NO_NEWS and (text := _as_text(value))}
    if currency := fields.get("value") and fields.pop("currency", None):
        fields["value"] += f" {currency}"
    return Item(note.type or "", note.path, note.path, 1, note.title, fields, is_note=True)


def _talk(talk: Interaction) -> Item:
    fields = _filled(
        at=talk.at.isoformat(timespec="minutes") if talk.at else None, channel=talk.channel, direction=talk.direction,
        people=", ".join(talk.people), project=talk.project, status="cancelled" if talk.is_cancelled else None,
    )  # fmt: skip
    return Item("talk", talk.path, talk.path, 1, talk.summary or talk.title, fields)


def _follow_up(item: FollowUp, note: Note | None) -> Item:
    is_note = item.kind == "note"
    completions = as_list(note.properties.get("complete_instances")) if is_note and note else ()
    fields = _filled(
        status=item.status, day=item.day, completed=item.completed, priority=item.priority, project=item.project,
        # moving a follow-up adds the day to its rule, so that the rhythm stays
        rule=re.sub(r"DTSTART[^;\n]*[;\n]?", "", item.recurrence or ""),
        completions=", ".join(sorted(completions)),
    )  # fmt: skip
    return Item("follow-up", item.id, item.path, item.line, item.text, fields, is_note)


def _decision(decision: Decision, replacement: Decision | None) -> Item:
    fields = _filled(
        status=decision.status, on=decision.on, topic=decision.topic, by=decision.by, via=decision.via, project=decision.project,
        valid_until=decision.valid_until, replaced_by=replacement.id if replacement else None,
    )  # fmt: skip
    return Item("decision", decision.id, decision.path, decision.line, decision.text, fields, decision.kind == "note")


def _filled(**values: object) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if value}


def _as_text(value: Value) -> str:
    return ", ".join(sorted(as_list(value))) if isinstance(value, list | tuple) else as_text(value) or ""


def _note_state(note: Note, digests: NoteDigests) -> NoteState:
    shown = note.properties.keys() if note.type in _WHOLE_TYPES else _SHOWN_BY_TYPE.get(note.type or "", frozenset())
    rest = sorted((name, _as_text(value)) for name, value in note.properties.items() if name not in shown and name not in _OF_NO_NEWS)
    text = "\n".join(f"{name}: {text}" for name, text in rest if text)
    if len(text) > _LONG:
        text = digest(text.encode("utf-8", "surrogatepass")).hex()
    return NoteState(note.type or "", digests.file.hex(), digests.body.hex(), text)


# ------------------------------------------------------------------------------------- JSON


def state_json(state: ClientState) -> dict[str, object]:
    """A state as JSON holds it."""
    notes = {path: list(note) for path, note in state.notes.items()}
    return {"version": VERSION, "day": state.day.isoformat(), "items": [list(item) for item in state.items], "notes": notes}


def state_from_json(value: object) -> ClientState | None:
    """The state in what was read as JSON; None for anything else, and for a state of another version."""
    if not isinstance(value, dict) or value.get("version") != VERSION:
        return None
    day, items, notes = parse_iso_day(value.get("day")), value.get("items"), value.get("notes")
    if day is None or not isinstance(items, list) or not isinstance(notes, dict):
        return None
    try:
        return ClientState(day, tuple(map(_read_item, items)), {str(path): _read_note(note) for path, note in notes.items()})
    except (TypeError, ValueError, AttributeError, OverflowError):
        return None


def _read_item(values: list[Any]) -> Item:  # Any: what JSON holds
    kind, key, path, line, text, fields, is_note = values
    shown = {str(name): str(value) for name, value in fields.items()}
    return Item(str(kind), str(key), str(path), int(line), str(text), shown, bool(is_note))


def _read_note(values: list[Any]) -> NoteState:  # Any: as above
    note_type, file, body, rest, is_own = values
    return NoteState(str(note_type), str(file), str(body), str(rest), bool(is_own))
