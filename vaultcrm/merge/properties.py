"""Properties of one page put into another as they are written there, and proved."""

import re
from collections import Counter
from collections.abc import Sequence, Set

from vaultcrm.errors import Refused
from vaultcrm.markdown.edit import (
    content_end,
    editable_root,
    insertion_point,
    item_prefix,
    line_end,
    pair_index,
    replace_block,
    set_property,
)
from vaultcrm.markdown.page import Page
from vaultcrm.markdown.properties import key_name, root_node
from vaultcrm.markdown.yaml_nodes import NULLS, Node, is_plain_scalar, structure, to_yaml

NO_VALUE = ("", False)  # the meaning of `key:` and of `key: null`
# what stands between the values and still means something to somebody: comments, anchors, tags
_MARK = re.compile(r"#[^\r\n]*|[&!]\S*")
_BEFORE_A_SCALAR = re.compile(r"(?:[&!]\S*(?:\s+|\Z))*")


def meaning(node: Node) -> object:
    """The node's `structure`, except that quotes that change nothing don't count: `a` is `"a"`, but `5` is not `"5"`."""
    return structure(node, _scalar_meaning)


def _scalar_meaning(node: Node) -> object:
    if not node.style and node.text in NULLS:
        return NO_VALUE
    return node.text, bool(node.style) and not is_plain_scalar(node.text)


def meanings(page: Page) -> dict[str, object]:
    """What each property means, by key. Raises Unreadable."""
    return dict(_meanings(root_node(page), page.text))


def _meanings(root: Node | None, text: str) -> list[tuple[str, object]]:
    return [(key_name(key, text), meaning(value)) for key, value in (root.pairs if root else ())]


def list_items(node: Node, text: str) -> tuple[Node, ...] | None:
    """The items of a list; a scalar is a list of one, nothing an empty one. None for maps, aliases, and a link in bare brackets."""
    if node.kind == "list" and not text.startswith("[[", node.start):
        return node.items
    if node.kind == "scalar":
        return () if not node.style and node.text in NULLS else (node,)
    return None


def annotations(page: Page) -> Counter[str]:
    """The comments, anchors and tags of the properties. Raises Unreadable."""
    root, text = root_node(page), page.text
    found: Counter[str] = Counter()
    at = 0
    for leaf in sorted(_leaves(root) if root else (), key=lambda leaf: leaf.start):
        start = leaf.start
        if leaf.kind == "scalar":
            opened = _BEFORE_A_SCALAR.match(text, start, leaf.end)
            start = opened.end() if opened else start
            if leaf.style in ("|", ">"):  # a comment may stand behind the sign
                start = line_end(text, start)
        found.update(mark.rstrip() for mark in _MARK.findall(text[at:start]))
        at = max(start, leaf.end)
    found.update(mark.rstrip() for mark in _MARK.findall(text[at:]))
    return found


def _leaves(node: Node) -> list[Node]:
    if node.kind in ("scalar", "alias"):
        return [node]
    return [leaf for child in (*node.items, *(half for pair in node.pairs for half in pair)) for leaf in _leaves(child)]


def take_property(page: Page, key: str, other: Page) -> Page:
    """The page with a property as another page has it, in the words of that page.

    Raises Refused where that cannot be done without touching anything else, Unreadable.
    """
    their_name, theirs, their_text = _pair(other, key)
    root, text = editable_root(page)
    at = pair_index(root, key, text)
    if root is None or at is None:
        place, indent = insertion_point(root, text, key)
        rows = _rows(their_text, their_name, theirs)
        return _proved(page, text[:place] + "".join(indent + row + page.newline for row in rows) + text[place:], key, meaning(theirs))
    name, ours = root.pairs[at]
    has_more = _behind(their_text, theirs) and not _behind(text, ours)  # then their comment can come along
    if _is_short(ours, text) and _is_short(theirs, their_text) and not has_more:
        new = text[: ours.start] + their_text[theirs.start : theirs.end] + text[ours.end :]
    else:
        start, end, indent = _whole_lines(text, name, ours)
        rows = _rows(their_text, their_name, theirs)
        new = text[:start] + "".join(indent + row + page.newline for row in rows) + text[end:]
    return _proved(page, new, key, meaning(theirs))


def take_list_items(page: Page, key: str, gone: Set[int], other: Page, new: Sequence[int]) -> Page:
    """The page with a list that has lost some of its items and has got others, from the same list of another page.

    `gone` counts the page's own items from 0, `new` the other's; both as `items_of` gives them.
    Raises Refused and Unreadable as `take` does.
    """
    _, theirs, their_text = _pair(other, key)
    name, node, text = _pair(page, key)
    items, offered = list_items(node, text), list_items(theirs, their_text)
    if items is None or offered is None:
        raise Refused(f"The property {key!r} is not a list.")
    kept = [item for i, item in enumerate(items) if i not in gone]
    added = [offered[i] for i in new]
    wanted = ("list", tuple(map(meaning, [*kept, *added])), ())
    if not kept and not added:
        return _proved(page, set_property(page, key, []).text, key, wanted)
    if node.kind == "list" and not node.is_flow:
        made = _block_items(page, node, gone, [(item, their_text) for item in added])
    else:
        own = [_in_brackets(item, text) for item in kept]
        more = [_in_brackets(item, their_text) for item in added]
        if node.kind == "list" and items and not gone:
            made = text[: items[-1].end] + "".join(f", {item}" for item in more) + text[items[-1].end :]
        elif node.kind == "list" or _in_braces(text, name):
            if "#" in text[node.start : node.end]:
                raise Refused(f"There may be a comment inside the list {key!r}.")
            made = text[: node.start] + "[" + ", ".join([*own, *more]) + "]" + text[node.end :]
        else:
            rows = [text[item.start : item.end] for item in kept] + [_indented(item, their_text, 4, page.newline) for item in added]
            start, end, indent = _whole_lines(text, name, node)
            lines = [f"{text[name.start : name.end]}:", *(f"  - {row}" for row in rows)]
            made = text[:start] + "".join(indent + line + page.newline for line in lines) + text[end:]
    return _proved(page, made, key, wanted)


def _pair(page: Page, key: str) -> tuple[Node, Node, str]:
    root, text = editable_root(page)
    at = pair_index(root, key, text)
    if root is None or at is None:
        raise Refused(f"There is no property {key!r}.")
    return *root.pairs[at], text


def _block_items(page: Page, node: Node, gone: Set[int], added: Sequence[tuple[Node, str]]) -> str:
    text, dash = page.text, item_prefix(page.text, node)
    place = line_end(text, content_end(text, node.items[-1]))
    rows = [_indented(item, theirs, len(dash), page.newline) for item, theirs in added]
    ends = [f"  {end}" if (end := _behind(theirs, item)).startswith("#") else "" for item, theirs in added]
    lines = [dash + row + end + page.newline for row, end in zip(rows, ends, strict=True)]
    made = text[:place] + "".join(lines) + text[place:]
    for i in sorted(gone, reverse=True):
        item = node.items[i]
        start = text.rfind("\n", 0, item.start) + 1
        if not re.fullmatch(r" *- +", text[start : item.start]):
            raise Refused("The list does not stand one item a line.")
        made = made[:start] + made[line_end(text, content_end(text, item)) :]
    return made


def _indented(item: Node, text: str, indent: int, newline: str) -> str:
    """An item as it is written; the lines below its first one begin where those of its new list do."""
    first, *below = text[item.start : content_end(text, item)].splitlines() or [""]
    lead = item.start - text.rfind("\n", 0, item.start) - 1
    return newline.join([first, *(" " * indent + row[lead:] if not row[:lead].strip() else row for row in below)])


def _in_brackets(item: Node, text: str) -> str:
    """An item as it can stand between brackets, where a comma would end a text without quotes."""
    if item.kind == "scalar" and item.style in ("", "|", ">") and is_plain_scalar(item.text):
        return to_yaml(item.text, flow=True)
    return " ".join(row.strip() for row in text[item.start : content_end(text, item)].splitlines())


def _in_braces(text: str, name: Node) -> bool:
    return bool(text[text.rfind("\n", 0, name.start) + 1 : name.start].strip())


def _is_short(node: Node, text: str) -> bool:
    """Whether a value stands on one line behind its key, so that it can be put into the place of another one."""
    raw = text[node.start : node.end]
    return bool(raw) and "\n" not in raw and (node.kind == "scalar" or node.is_flow)


def _behind(text: str, node: Node) -> str:
    """What stands behind a value on its line: a comment."""
    end = content_end(text, node)
    return text[end : line_end(text, end)].strip()


def _whole_lines(text: str, name: Node, node: Node) -> tuple[int, int, str]:
    """From where to where the lines of a property go, and their indentation."""
    start = text.rfind("\n", 0, name.start) + 1
    if _in_braces(text, name):
        raise Refused(f"The property {key_name(name, text)!r} does not begin its line.")
    return start, line_end(text, max(content_end(text, node), name.end)), text[start : name.start]


def _rows(text: str, name: Node, node: Node) -> list[str]:
    """A property's lines, without indentation and line ends, with the comments behind its values."""
    if _in_braces(text, name):
        return text[name.start : max(node.end, name.end)].splitlines()
    start, end, indent = _whole_lines(text, name, node)
    return [row.removeprefix(indent) for row in text[start:end].splitlines()]


def _proved(page: Page, text: str, key: str, wanted: object) -> Page:
    """The page with `text` as its YAML, after reading it back to check that `key` means `wanted` and nothing else changed."""
    before = _meanings(root_node(page), page.text)
    expected = [(name, wanted if name == key else old) for name, old in before]
    if key not in dict(before):
        expected.append((key, wanted))
    return replace_block(page, text, lambda root: _meanings(root, text) == expected)[0]
