"""Two versions of one note made into one: properties key by key, the body line by line."""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import date, datetime
from typing import Literal, NamedTuple

from vaultcrm.dates.iso import parse_iso_datetime, parse_iso_day
from vaultcrm.disk.files import MAX_NOTE_BYTES
from vaultcrm.errors import Refused, Unreadable
from vaultcrm.markdown.edit import remove_property
from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.properties import duplicate_keys, key_name, node_properties, root_node
from vaultcrm.markdown.values import Value, as_list, as_text
from vaultcrm.markdown.yaml_nodes import Node
from vaultcrm.merge.lines import merge_lines
from vaultcrm.merge.properties import NO_VALUE, annotations, list_items, meaning, meanings, take_list_items, take_property
from vaultcrm.model.schema import PROPERTIES


class MergedNote(NamedTuple):
    """A note made of two. Where both changed the same, ours stands in `data`.

    `keys` are the properties that both changed differently; "" among them stands for the front
    matter itself: for comments, or for all of it where it cannot be read on one of the sides.
    `is_body_clean` is False where both changed the same lines of the body.
    """

    data: bytes
    keys: tuple[str, ...] = ()
    is_body_clean: bool = True

    @property
    def is_clean(self) -> bool:
        return not self.keys and self.is_body_clean


class _Version(NamedTuple):
    """One version of a note, taken apart. `means` compares, `values` are texts, `nodes` are places in its YAML."""

    page: Page
    nodes: dict[str, Node]
    meanings: dict[str, object]
    values: dict[str, Value]
    annotations: Counter[str]

    @property
    def body(self) -> bytes:
        return self.page.after[self.page.body_start :]

    def day(self, key: str) -> date | None:
        return parse_iso_day(as_text(self.values.get(key)))

    def moment(self, key: str) -> datetime | None:
        return parse_iso_datetime(as_text(self.values.get(key)))

    @property
    def completed(self) -> set[date]:
        return {day for text in as_list(self.values.get("complete_instances")) if (day := parse_iso_day(text))}


class _Versions(NamedTuple):
    """What both sides come from, and the sides."""

    base: _Version
    ours: _Version
    theirs: _Version


_Choice = Literal["ours", "theirs", "items", "neither"]

# Properties that hold several things, also where one of them stands there as a text.
_LISTS = frozenset(key for table in PROPERTIES.values() for key, kind in table.items() if kind in ("list", "links", "dates"))
# A thing is done when it is done first, and written down when it is written down first.
_EARLIER = frozenset(("completedDate", "follow_up_done", "dateCreated"))
# Plug-ins write these at every change, TaskNotes the first of them: two devices always differ.
_LATER = frozenset(("dateModified", "modified", "updated"))
# Each change reads the properties several times over: changes times characters, beyond which lines are merged instead.
_MOST = 1 << 20
_NOTHING = _Version(split_page(b""), {}, {}, {}, Counter())


def merge_notes(base: bytes | None, ours: bytes, theirs: bytes) -> MergedNote:
    """One note out of two that come from `base`; None when both sides added it. Never raises.

    A property that one side changed, added or removed is as that side has it, in the words of that
    side. What both changed differently stays as ours; a property that one side removed and the
    other changed is kept, and named. Lists are merged item by item. A recurring follow-up that
    both completed, or one completed and one moved, is merged as what was meant. Order, comments and
    line endings are ours.

    Where the properties cannot be read on a side, are not YAML, are there on one side only, or
    differ in hundreds of places, the whole text is merged line by line; when that is not clean, or
    gives a note that cannot be read, ours stays as it is, and `keys` is ("",).

    Nothing is lost unsaid: what one side wrote is in `data`, or the other side has taken it away or
    replaced it, or the result is not clean.
    """
    if theirs in (ours, base):
        return MergedNote(ours)
    if ours == base:
        return MergedNote(theirs)
    b, o, t = _NOTHING if base is None else _parse_version(base), _parse_version(ours), _parse_version(theirs)
    if b is None or o is None or t is None or o.page.kind != t.page.kind or _effort(o, t) > _MOST:
        return _merge_as_text(base, ours, theirs)
    page, conflicts = _properties(_Versions(b, o, t))
    body, is_body_clean = merge_lines(None if base is None else b.body, o.body, t.body)
    head = page.before + page.block + page.after[: page.body_start]
    if body and head and page.kind == "yaml" and not head.endswith(b"\n"):
        head += page.newline.encode()
    made = MergedNote(head + body, conflicts, is_body_clean)
    side = _parse_version(made.data)
    if side is None or side.meanings != meanings(page) or side.body != body:
        return MergedNote(ours, ("",), False)
    return made


def _parse_version(data: bytes) -> _Version | None:
    """A version taken apart; None where its properties cannot be read in one way only."""
    page = split_page(data)
    if page.kind not in ("yaml", "none") or len(data) > MAX_NOTE_BYTES or b"\0" in data:
        return None
    try:
        data.decode("utf-8")
        if duplicate_keys(page):
            return None
        root, text = root_node(page), page.text
        nodes = {key_name(key, text): node for key, node in (root.pairs if root else ())}
        return _Version(page, nodes, meanings(page), node_properties(root, text), annotations(page))
    except (Unreadable, UnicodeDecodeError):
        return None


def _effort(ours: _Version, theirs: _Version) -> int:
    changes = sum(ours.meanings.get(key) != theirs.meanings.get(key) for key in {*ours.meanings, *theirs.meanings})
    return changes * (len(ours.page.block) + len(theirs.page.block))


# ------------------------------------------------------------------------------------- properties


def _properties(three: _Versions) -> tuple[Page, tuple[str, ...]]:
    """Our page with what they changed, and the keys that both changed differently."""
    base, ours, theirs = three
    page, conflicts = ours.page, []
    mover = _completing_version(three)
    for key in dict.fromkeys((*ours.nodes, *theirs.nodes)):
        choice = _choice(key, three, mover)
        if choice == "neither":
            conflicts.append(key)
        if choice == "ours" or (choice == "neither" and ours.meanings.get(key, NO_VALUE) != NO_VALUE):
            continue
        try:
            made = _changed(page, key, choice, three)
            if annotations(page) - annotations(made) - base.annotations:
                raise Refused("A comment of ours would be lost.")
            page = made
        except (Refused, Unreadable):
            conflicts += [key] if choice != "neither" else []
    if _has_lost_annotations(theirs.annotations, base.annotations, page):
        page, is_kept = _with_their_annotations(page, three)
        conflicts += [] if is_kept else [""]
    return page, tuple(conflicts)


def _choice(key: str, three: _Versions, mover: _Version | None) -> _Choice:
    """Whose value a property gets; "items" when it is merged item by item."""
    _, ours, theirs = three
    found = [side.meanings.get(key) for side in three]
    valued = [None if mean == NO_VALUE else mean for mean in found]
    if one := _changed_by_one(*found) or _changed_by_one(*valued):
        return one
    if mover is not None and None not in valued[1:]:
        loser = theirs if mover is ours else ours
        if key == "due" or (key == "scheduled" and _moves_along(three.base, loser)):
            return "ours" if mover is ours else "theirs"
    if key in _EARLIER and (chosen := _by_moment(key, three, min)):
        return chosen
    if key in _LATER and (chosen := _by_moment(key, three, max)):
        return chosen
    lists = [list_items(side.nodes[key], side.page.text) for side in three if key in side.nodes]
    is_list = key in _LISTS or any(side.nodes[key].kind == "list" for side in (ours, theirs) if key in side.nodes)
    if is_list and None not in lists and key in ours.nodes and key in theirs.nodes:
        return "items"
    return "neither"


def _changed_by_one(was: object, our: object, their: object) -> _Choice | None:
    if their in (our, was):
        return "ours"
    return "theirs" if our == was else None


def _by_moment(key: str, three: _Versions, which: Callable[[datetime, datetime], datetime]) -> _Choice | None:
    """The side with the earlier or the later moment; None where that says nothing.

    A date on which something was done counts when both sides did it, so when there was none before.
    """
    base, ours, theirs = three
    our, their = ours.moment(key), theirs.moment(key)
    if our is None or their is None:
        return None
    if key in _EARLIER and base.values.get(key) is not None:
        return None
    if key == "completedDate" and ours.meanings.get("status") != theirs.meanings.get("status"):
        return None
    return "ours" if which(our, their) == our else "theirs"


def _completing_version(three: _Versions) -> _Version | None:
    """The side whose days of a recurring follow-up count, when it was completed: `due` has moved on.

    Completed on both sides, on different days of the calendar, the later next day counts; completed
    on one and moved by hand on the other, the completion counts: the day that was moved is done.
    """
    base, ours, theirs = three
    is_done = [bool(side.completed - base.completed) for side in (ours, theirs)]
    if is_done == [True, True]:
        our, their = (side.day("due") or side.day("scheduled") for side in (ours, theirs))
        if our is None or their is None:
            return None
        return None if their == our else theirs if their > our else ours
    return {(True, False): ours, (False, True): theirs}.get((is_done[0], is_done[1]))


def _moves_along(base: _Version, side: _Version) -> bool:
    """Whether `scheduled` has moved with `due`, or instead of it, so that nobody has chosen it by itself."""
    days = [base.day("due"), side.day("due"), base.day("scheduled"), side.day("scheduled")]
    if days[0] is None and days[1] is None:
        return True
    due, moved, scheduled, hidden = days
    return None not in days and moved - due == hidden - scheduled  # type: ignore[operator]  # none of them is None


def _changed(page: Page, key: str, choice: _Choice, three: _Versions) -> Page:
    """The page with one property as chosen. Raises Refused, Unreadable."""
    if choice == "items":
        return _with_items(page, key, three)
    if key not in three.theirs.nodes:
        return remove_property(page, key)
    return take_property(page, key, three.theirs.page)


def _with_items(page: Page, key: str, three: _Versions) -> Page:
    """Lists merged item by item: in our order, what they took away gone, what they added behind it."""
    was, our, their = ([_identity(key, node) for node in _items(side, key)] for side in three)
    counts = {item: _count(was.count(item), our.count(item), their.count(item)) for item in (*our, *their)}
    gone, new, kept = set(), [], Counter[Hashable]()
    for i, item in enumerate(our):
        if kept[item] < counts[item]:
            kept[item] += 1
        else:
            gone.add(i)
    left = Counter({item: counts[item] - kept[item] for item in counts})
    for i, item in enumerate(their):
        if left[item] > 0:
            left[item] -= 1
            new.append(i)
    if not gone and not new:
        return page
    return take_list_items(page, key, gone, three.theirs.page, new)


def _items(side: _Version, key: str) -> tuple[Node, ...]:
    return (list_items(side.nodes[key], side.page.text) or ()) if key in side.nodes else ()


def _identity(key: str, node: Node) -> Hashable:
    """By what two items are the same: days by the day, all else by what it means."""
    day = parse_iso_day(node.text) if key == "complete_instances" and node.kind == "scalar" else None
    found = day or meaning(node)
    assert isinstance(found, Hashable)
    return found


def _count(was: int, our: int, their: int) -> int:
    """How often an item stays: as the side that changed it says; where both did, nothing gets lost."""
    if our == was:
        return their
    return our if their == was else max(our, their)


def _has_lost_annotations(their: Counter[str], base: Counter[str], page: Page) -> bool:
    """Whether comments, anchors or tags that they added are missing."""
    found = annotations(page)
    return any(count > base[mark] and found[mark] < count for mark, count in their.items())


def _with_their_annotations(page: Page, three: _Versions) -> tuple[Page, bool]:
    """The page with the comments that they added, where the lines can be merged and mean what the page means."""
    base, ours, theirs = three
    text, is_clean = merge_lines(base.page.block, ours.page.block, theirs.page.block)
    made = replace(page, block=text)
    side = _parse_version(made.join())
    if not is_clean or side is None or side.page != made or side.meanings != meanings(page):
        return page, False
    if _has_lost_annotations(theirs.annotations, base.annotations, made) or _has_lost_annotations(ours.annotations, base.annotations, made):
        return page, False
    return made, True


# ------------------------------------------------------------------------------------- text


def _merge_as_text(base: bytes | None, ours: bytes, theirs: bytes) -> MergedNote:
    """The whole text merged line by line, where that is clean and gives a note that can be read."""
    data, is_clean = merge_lines(base, ours, theirs)
    kind = split_page(data).kind
    is_left_alone = kind in ("toml", "json", "other") and kind == split_page(ours).kind and b"\0" not in data
    if is_clean and (is_left_alone or _parse_version(data) is not None):
        return MergedNote(data)
    return MergedNote(ours, ("",), False)
