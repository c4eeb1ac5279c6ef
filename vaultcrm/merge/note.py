"""Merge two versions of a note: the properties key by key, the body line by line."""

from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import datetime
from typing import Literal, NamedTuple

from vaultcrm.dates.iso import parse_iso_day
from vaultcrm.errors import Refused, Unreadable
from vaultcrm.markdown.edit import remove_property
from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.yaml_nodes import Node
from vaultcrm.merge.lines import merge_lines
from vaultcrm.merge.properties import NO_VALUE, annotations, copy_property, list_items, meaning, meanings, merge_list_items
from vaultcrm.merge.version import EMPTY, Version, Versions, parse_version
from vaultcrm.model.schema import PROPERTIES


class MergedNote(NamedTuple):
    """The result of a merge. Where both sides changed the same thing, `data` holds our version of it.

    `keys` are the properties that both sides changed differently; "" among them stands for the front
    matter itself: for its comments, or for all of it if one side's can't be read. `is_body_clean` is
    False if both sides changed the same lines of the body.
    """

    data: bytes
    keys: tuple[str, ...] = ()
    is_body_clean: bool = True

    @property
    def is_clean(self) -> bool:
        return not self.keys and self.is_body_clean


_Choice = Literal["ours", "theirs", "items", "neither"]

# Properties that hold a list, even if a version has a text instead.
_LIST_PROPERTIES = frozenset(key for table in PROPERTIES.values() for key, kind in table.items() if kind in ("list", "links", "dates"))
# Something done or created on both sides was done or created at the earlier time.
_EARLIER_WINS = frozenset(("completedDate", "follow_up_done", "dateCreated"))
# Plugins such as TaskNotes write these at every change, so two devices always differ in them.
_LATER_WINS = frozenset(("dateModified", "modified", "updated"))
# Each changed property means reading all properties several times. Above this limit, in changes times bytes, lines are merged instead.
_MAX_EFFORT = 1 << 20


def merge_notes(base: bytes | None, ours: bytes, theirs: bytes) -> MergedNote:
    """One note from two versions that come from `base`, or from no common version if it is None. Never raises.

    A property that one side changed, added or removed is taken from that side, as it is written there.
    If both sides changed it differently, ours stays and the key is reported; if one side removed it
    and the other changed it, it is kept and reported. Lists are merged item by item. The dates of a
    recurring follow-up come from the side that completed it, or that completed it further. Order,
    comments and line endings are ours.

    The whole text is merged line by line instead if the properties of a version can't be read, are not
    YAML, exist on one side only, or differ in hundreds of places. If that merge isn't clean, or its
    result can't be read, ours stays as it is and `keys` is ("",).

    Nothing is lost silently: whatever one side wrote is in `data`, or the other side removed or
    replaced it, or the result isn't clean.
    """
    if theirs in (ours, base):
        return MergedNote(ours)
    if ours == base:
        return MergedNote(theirs)
    b, o, t = EMPTY if base is None else parse_version(base), parse_version(ours), parse_version(theirs)
    if b is None or o is None or t is None or o.page.kind != t.page.kind or _effort(o, t) > _MAX_EFFORT:
        return _merge_as_text(base, ours, theirs)
    page, conflicts = _merge_properties(Versions(b, o, t))
    body, is_body_clean = merge_lines(None if base is None else b.body, o.body, t.body)
    head = page.before + page.block + page.after[: page.body_start]
    if body and head and page.kind == "yaml" and not head.endswith(b"\n"):
        head += page.newline.encode()
    result = MergedNote(head + body, conflicts, is_body_clean)
    read_back = parse_version(result.data)
    if read_back is None or read_back.meanings != meanings(page) or read_back.body != body:
        return MergedNote(ours, ("",), False)
    return result


def _effort(ours: Version, theirs: Version) -> int:
    changes = sum(ours.meanings.get(key) != theirs.meanings.get(key) for key in {*ours.meanings, *theirs.meanings})
    return changes * (len(ours.page.block) + len(theirs.page.block))


# ------------------------------------------------------------------------------------- properties


def _merge_properties(versions: Versions) -> tuple[Page, tuple[str, ...]]:
    """Our page with their changes, and the keys that both sides changed differently."""
    base, ours, theirs = versions
    page, conflicts = ours.page, []
    completing = _completing_version(versions)
    for key in dict.fromkeys((*ours.nodes, *theirs.nodes)):
        choice = _choose(key, versions, completing)
        if choice == "neither":
            conflicts.append(key)
        if choice == "ours" or (choice == "neither" and ours.meanings.get(key, NO_VALUE) != NO_VALUE):
            continue
        try:
            changed = _apply_choice(page, key, choice, versions)
            if annotations(page) - annotations(changed) - base.annotations:
                raise Refused("A comment of ours would be lost.")
            page = changed
        except (Refused, Unreadable):
            conflicts += [key] if choice != "neither" else []
    if _lacks_annotations(page, theirs.annotations, base.annotations):
        page, is_complete = _add_their_annotations(page, versions)
        conflicts += [] if is_complete else [""]
    return page, tuple(conflicts)


def _choose(key: str, versions: Versions, completing: Version | None) -> _Choice:
    """The side whose value a property gets; "items" to merge a list item by item, "neither" for a conflict."""
    _, ours, theirs = versions
    found = [version.meanings.get(key) for version in versions]
    values = [None if value == NO_VALUE else value for value in found]
    if side := _side_if_one_changed(*found) or _side_if_one_changed(*values):
        return side
    if completing is not None and None not in values[1:]:
        other = theirs if completing is ours else ours
        if key == "due" or (key == "scheduled" and _scheduled_follows_due(versions.base, other)):
            return "ours" if completing is ours else "theirs"
    if key in _EARLIER_WINS and (side := _side_by_time(key, versions, min)):
        return side
    if key in _LATER_WINS and (side := _side_by_time(key, versions, max)):
        return side
    lists = [list_items(version.nodes[key], version.page.text) for version in versions if key in version.nodes]
    is_list = key in _LIST_PROPERTIES or any(side.nodes[key].kind == "list" for side in (ours, theirs) if key in side.nodes)
    if is_list and None not in lists and key in ours.nodes and key in theirs.nodes:
        return "items"
    return "neither"


def _side_if_one_changed(base: object, ours: object, theirs: object) -> _Choice | None:
    """The side that changed a value, or ours if both changed it in the same way; None if they differ."""
    if theirs in (ours, base):
        return "ours"
    return "theirs" if ours == base else None


def _side_by_time(key: str, versions: Versions, pick: Callable[[datetime, datetime], datetime]) -> _Choice | None:
    """The side with the earlier or the later moment, None if that doesn't settle it.

    Of two dates of completion one counts only if both sides completed it, so if there was no date before.
    """
    base, ours, theirs = versions
    our_moment, their_moment = ours.moment(key), theirs.moment(key)
    if our_moment is None or their_moment is None:
        return None
    if key in _EARLIER_WINS and base.values.get(key) is not None:
        return None
    if key == "completedDate" and ours.meanings.get("status") != theirs.meanings.get("status"):
        return None
    return "ours" if pick(our_moment, their_moment) == our_moment else "theirs"


def _completing_version(versions: Versions) -> Version | None:
    """The side that completed a recurring follow-up, which moves `due` on: its dates count.

    If both sides completed it, the one with the later next date counts. If one side completed it and
    the other moved it by hand, the completion counts: the occurrence that was moved is done.
    """
    base, ours, theirs = versions
    has_completed = [bool(side.completed_days - base.completed_days) for side in (ours, theirs)]
    if has_completed == [True, True]:
        our_next, their_next = (side.day("due") or side.day("scheduled") for side in (ours, theirs))
        if our_next is None or their_next is None:
            return None
        return None if their_next == our_next else theirs if their_next > our_next else ours
    return {(True, False): ours, (False, True): theirs}.get((has_completed[0], has_completed[1]))


def _scheduled_follows_due(base: Version, side: Version) -> bool:
    """Whether `scheduled` moved by as much as `due`, or in place of a missing `due`: then nobody chose it on its own."""
    days = [base.day("due"), side.day("due"), base.day("scheduled"), side.day("scheduled")]
    if days[0] is None and days[1] is None:
        return True
    old_due, new_due, old_scheduled, new_scheduled = days
    return None not in days and new_due - old_due == new_scheduled - old_scheduled  # type: ignore[operator]  # none of them is None


def _apply_choice(page: Page, key: str, choice: _Choice, versions: Versions) -> Page:
    """The page with one property as chosen. Raises Refused, Unreadable."""
    if choice == "items":
        return _merge_list(page, key, versions)
    if key not in versions.theirs.nodes:
        return remove_property(page, key)
    return copy_property(page, key, versions.theirs.page)


def _merge_list(page: Page, key: str, versions: Versions) -> Page:
    """Our list without the items that they removed, and with the items that they added at its end."""
    was, our, their = ([_identity(key, node) for node in _items(version, key)] for version in versions)
    counts = {item: _merged_count(was.count(item), our.count(item), their.count(item)) for item in (*our, *their)}
    removed, added, kept = set(), [], Counter[Hashable]()
    for i, item in enumerate(our):
        if kept[item] < counts[item]:
            kept[item] += 1
        else:
            removed.add(i)
    missing = Counter({item: counts[item] - kept[item] for item in counts})
    for i, item in enumerate(their):
        if missing[item] > 0:
            missing[item] -= 1
            added.append(i)
    if not removed and not added:
        return page
    return merge_list_items(page, key, removed, versions.theirs.page, added)


def _items(version: Version, key: str) -> tuple[Node, ...]:
    return (list_items(version.nodes[key], version.page.text) or ()) if key in version.nodes else ()


def _identity(key: str, node: Node) -> Hashable:
    """A value that is equal for equal items: the date of a completed day, the meaning of anything else."""
    day = parse_iso_day(node.text) if key == "complete_instances" and node.kind == "scalar" else None
    identity = day or meaning(node)
    assert isinstance(identity, Hashable)
    return identity


def _merged_count(was: int, our: int, their: int) -> int:
    """How often an item stays: as often as on the side that changed it; if both did, the larger number, so that nothing is lost."""
    if our == was:
        return their
    return our if their == was else max(our, their)


def _lacks_annotations(page: Page, side: Counter[str], base: Counter[str]) -> bool:
    """Whether the page lacks comments, anchors or tags that a side added."""
    found = annotations(page)
    return any(count > base[annotation] and found[annotation] < count for annotation, count in side.items())


def _add_their_annotations(page: Page, versions: Versions) -> tuple[Page, bool]:
    """The page with the comments that they added, and whether they could be added.

    That needs a clean merge of the front matter by lines that has the meaning of the page.
    """
    base, ours, theirs = versions
    text, is_clean = merge_lines(base.page.block, ours.page.block, theirs.page.block)
    merged = replace(page, block=text)
    read_back = parse_version(merged.join())
    if not is_clean or read_back is None or read_back.page != merged or read_back.meanings != meanings(page):
        return page, False
    if any(_lacks_annotations(merged, side.annotations, base.annotations) for side in (theirs, ours)):
        return page, False
    return merged, True


# ------------------------------------------------------------------------------------- text


def _merge_as_text(base: bytes | None, ours: bytes, theirs: bytes) -> MergedNote:
    """The whole text merged line by line, if that is clean and its result can be read."""
    data, is_clean = merge_lines(base, ours, theirs)
    kind = split_page(data).kind
    is_never_read = kind in ("toml", "json", "other") and kind == split_page(ours).kind and b"\0" not in data
    if is_clean and (is_never_read or parse_version(data) is not None):
        return MergedNote(data)
    return MergedNote(ours, ("",), False)
