"""Copy properties from one page into another exactly as they are written, and verify the result."""

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
from vaultcrm.quoting import quoted

NO_VALUE = ("", False)  # the meaning of `key:` and of `key: null`
_ANNOTATION = re.compile(r"#[^\r\n]*|[&!]\S*")  # a comment, an anchor or a tag
_ANCHORS_AND_TAGS = re.compile(r"(?:[&!]\S*(?:\s+|\Z))*")  # before a scalar


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
    """The items of a list; a scalar counts as a list of one, an empty value as an empty list.

    None for a map, an alias, and a wikilink without quotes: YAML reads [[Acme]] as a list in a list.
    """
    if node.kind == "list" and not text.startswith("[[", node.start):
        return node.items
    if node.kind == "scalar":
        return () if not node.style and node.text in NULLS else (node,)
    return None


def annotations(page: Page) -> Counter[str]:
    """The comments, anchors and tags of the properties. Raises Unreadable."""
    root, text = root_node(page), page.text
    counts: Counter[str] = Counter()
    position = 0  # of the text between two values: only there is "#" a comment
    for leaf in sorted(_leaves(root) if root else (), key=lambda leaf: leaf.start):
        start = leaf.start
        if leaf.kind == "scalar":
            prefix = _ANCHORS_AND_TAGS.match(text, start, leaf.end)
            start = prefix.end() if prefix else start
            if leaf.style in ("|", ">"):  # a comment may follow the indicator of a block scalar
                start = line_end(text, start)
        counts.update(annotation.rstrip() for annotation in _ANNOTATION.findall(text[position:start]))
        position = max(start, leaf.end)
    counts.update(annotation.rstrip() for annotation in _ANNOTATION.findall(text[position:]))
    return counts


def _leaves(node: Node) -> list[Node]:
    if node.kind in ("scalar", "alias"):
        return [node]
    return [leaf for child in (*node.items, *(half for pair in node.pairs for half in pair)) for leaf in _leaves(child)]


def copy_property(page: Page, key: str, other: Page) -> Page:
    """The page with a property copied from another page, exactly as it is written there.

    Raises Refused when that can't be done without changing anything else, and Unreadable.
    """
    their_key, theirs, their_text = _pair(other, key)
    root, text = editable_root(page)
    index = pair_index(root, key, text)
    if root is None or index is None:
        position, indent = insertion_point(root, text, key)
        lines = _property_lines(their_text, their_key, theirs)
        new = text[:position] + "".join(indent + line + page.newline for line in lines) + text[position:]
        return _verified(page, new, key, meaning(theirs))
    our_key, ours = root.pairs[index]
    brings_comment = _after_value(their_text, theirs) and not _after_value(text, ours)
    if _is_inline(ours, text) and _is_inline(theirs, their_text) and not brings_comment:
        new = text[: ours.start] + their_text[theirs.start : theirs.end] + text[ours.end :]
    else:
        start, end, indent = _line_span(text, our_key, ours)
        lines = _property_lines(their_text, their_key, theirs)
        new = text[:start] + "".join(indent + line + page.newline for line in lines) + text[end:]
    return _verified(page, new, key, meaning(theirs))


def merge_list_items(page: Page, key: str, removed: Set[int], other: Page, added: Sequence[int]) -> Page:
    """The page with a list from which some items are removed, and to which items of another page's list are added.

    `removed` holds indexes into the page's own list, `added` indexes into the other page's list, both
    counted as in `list_items`. Raises Refused and Unreadable as `copy_property` does.
    """
    _, theirs, their_text = _pair(other, key)
    key_node, node, text = _pair(page, key)
    our_items, their_items = list_items(node, text), list_items(theirs, their_text)
    if our_items is None or their_items is None:
        raise Refused(f"The property {quoted(key)} is not a list.")
    kept = [item for i, item in enumerate(our_items) if i not in removed]
    new = [their_items[i] for i in added]
    expected = ("list", tuple(map(meaning, [*kept, *new])), ())
    if not kept and not new:
        return _verified(page, set_property(page, key, []).text, key, expected)
    if node.kind == "list" and not node.is_flow:
        result = _edit_block_list(page, node, removed, [(item, their_text) for item in new])
    else:
        kept_texts = [_flow_item(item, text) for item in kept]
        new_texts = [_flow_item(item, their_text) for item in new]
        if node.kind == "list" and our_items and not removed:
            result = text[: our_items[-1].end] + "".join(f", {item}" for item in new_texts) + text[our_items[-1].end :]
        elif node.kind == "list" or _is_in_braces(text, key_node):
            if "#" in text[node.start : node.end]:
                raise Refused(f"There may be a comment inside the list {quoted(key)}.")
            result = text[: node.start] + "[" + ", ".join([*kept_texts, *new_texts]) + "]" + text[node.end :]
        else:
            items = [text[item.start : item.end] for item in kept] + [_indented(item, their_text, 4, page.newline) for item in new]
            start, end, indent = _line_span(text, key_node, node)
            lines = [f"{text[key_node.start : key_node.end]}:", *(f"  - {item}" for item in items)]
            result = text[:start] + "".join(indent + line + page.newline for line in lines) + text[end:]
    return _verified(page, result, key, expected)


def _pair(page: Page, key: str) -> tuple[Node, Node, str]:
    """A property's key and value, and the text that both are in. Raises Refused, Unreadable."""
    root, text = editable_root(page)
    index = pair_index(root, key, text)
    if root is None or index is None:
        raise Refused(f"There is no property {quoted(key)}.")
    return *root.pairs[index], text


def _edit_block_list(page: Page, node: Node, removed: Set[int], added: Sequence[tuple[Node, str]]) -> str:
    """The page's YAML with items removed from a block list and others added; `added` are items with their texts."""
    text, dash = page.text, item_prefix(page.text, node)
    end_of_list = line_end(text, content_end(text, node.items[-1]))
    items = [_indented(item, their_text, len(dash), page.newline) for item, their_text in added]
    comments = [f"  {end}" if (end := _after_value(their_text, item)).startswith("#") else "" for item, their_text in added]
    lines = [dash + item + comment + page.newline for item, comment in zip(items, comments, strict=True)]
    result = text[:end_of_list] + "".join(lines) + text[end_of_list:]
    for i in sorted(removed, reverse=True):
        item = node.items[i]
        start = text.rfind("\n", 0, item.start) + 1
        if not re.fullmatch(r" *- +", text[start : item.start]):
            raise Refused("The list does not have one item per line.")
        result = result[:start] + result[line_end(text, content_end(text, item)) :]
    return result


def _indented(item: Node, text: str, indent: int, newline: str) -> str:
    """An item as it is written, with the lines after its first one indented to fit its new list."""
    first, *rest = text[item.start : content_end(text, item)].splitlines() or [""]
    old_indent = item.start - text.rfind("\n", 0, item.start) - 1
    return newline.join([first, *(" " * indent + line[old_indent:] if not line[:old_indent].strip() else line for line in rest)])


def _flow_item(item: Node, text: str) -> str:
    """An item as it can be written between brackets, where a comma would end a plain scalar."""
    if item.kind == "scalar" and item.style in ("", "|", ">") and is_plain_scalar(item.text):
        return to_yaml(item.text, flow=True)
    return " ".join(line.strip() for line in text[item.start : content_end(text, item)].splitlines())


def _is_in_braces(text: str, key_node: Node) -> bool:
    """Whether something precedes the key on its line, as in `{a: 1, b: 2}`."""
    return bool(text[text.rfind("\n", 0, key_node.start) + 1 : key_node.start].strip())


def _is_inline(node: Node, text: str) -> bool:
    """Whether a value is on one line with its key, so that it can be exchanged for another such value."""
    raw = text[node.start : node.end]
    return bool(raw) and "\n" not in raw and (node.kind == "scalar" or node.is_flow)


def _after_value(text: str, node: Node) -> str:
    """What follows a value on its line, such as a comment."""
    end = content_end(text, node)
    return text[end : line_end(text, end)].strip()


def _line_span(text: str, key_node: Node, node: Node) -> tuple[int, int, str]:
    """The start and end of a property's lines, and their indentation. Raises Refused for a property in braces."""
    start = text.rfind("\n", 0, key_node.start) + 1
    if _is_in_braces(text, key_node):
        raise Refused(f"The property {quoted(key_name(key_node, text))} does not begin its line.")
    return start, line_end(text, max(content_end(text, node), key_node.end)), text[start : key_node.start]


def _property_lines(text: str, key_node: Node, node: Node) -> list[str]:
    """The lines of a property with their comments, without indentation and line breaks."""
    if _is_in_braces(text, key_node):
        return text[key_node.start : max(node.end, key_node.end)].splitlines()
    start, end, indent = _line_span(text, key_node, node)
    return [line.removeprefix(indent) for line in text[start:end].splitlines()]


def _verified(page: Page, text: str, key: str, expected_meaning: object) -> Page:
    """The page with `text` as its YAML, after reading it back to check that only `key` changed, and that it means what it should."""
    before = _meanings(root_node(page), page.text)
    expected = [(name, expected_meaning if name == key else old) for name, old in before]
    if key not in dict(before):
        expected.append((key, expected_meaning))
    return replace_block(page, text, lambda root: _meanings(root, text) == expected)[0]
