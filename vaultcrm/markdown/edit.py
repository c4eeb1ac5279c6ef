"""Set, remove and append to a page's properties without changing any other byte."""

import re
from collections.abc import Callable
from dataclasses import replace

from vaultcrm.errors import Refused, Unreadable
from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.properties import is_same_name, key_name, read_properties, root_node
from vaultcrm.markdown.values import Value
from vaultcrm.markdown.yaml_nodes import Item, Node, Writable, node_value, property_lines, structure, to_yaml, value_as_read
from vaultcrm.quoting import quoted

_BY_HAND = "Change it in your editor."


def set_property(page: Page, key: str, value: Writable) -> Page:
    """The page with one property set, or added after the last one.

    Raises Refused if that would touch anything else, Unreadable if the properties can't be read.
    """
    root, text = editable_root(page)
    index = pair_index(root, key, text)
    if root is None or index is None:
        return _append_property(page, root, key, value)
    name, node = root.pairs[index]
    if node_value(node, text) == value_as_read(value) and node.kind != "alias":
        return page
    start, end, new = _splice(page, name, node, value)
    return _verified(page, text[:start] + new + text[end:], index, key, value)


def remove_property(page: Page, key: str) -> Page:
    """The page without a property; the page itself if it has no such property. Raises as `set_property` does."""
    root, text = editable_root(page)
    index = pair_index(root, key, text)
    if root is None or index is None:
        return page
    if root.is_flow:
        raise Refused(f"The properties are in braces, so {quoted(key)} can't be removed safely.", _BY_HAND)
    name, node = root.pairs[index]
    start = text.rfind("\n", 0, name.start) + 1
    if text[start : name.start].strip():
        raise Refused(f"The property {quoted(key)} is not at the start of its line.", _BY_HAND)
    end = line_end(text, content_end(text, node))
    return _verified(page, text[:start] + text[end:], index, None, None)


def append_item(page: Page, key: str, item: Item) -> Page:
    """The page with one more item at the end of a list. A missing or empty property becomes a list of one.

    Raises as `set_property` does.
    """
    root, text = editable_root(page)
    index = pair_index(root, key, text)
    old = node_value(root.pairs[index][1], text) if root is not None and index is not None else None
    if root is None or index is None or old is None or old == []:
        return set_property(page, key, [item])
    node = root.pairs[index][1]
    if node.kind != "list" or not isinstance(old, list):
        raise Refused(f"The property {quoted(key)} is not a list.", "Make it a list first, or set it.")
    if node.is_flow:
        inside = text[node.start + 1 : node.end - 1]
        if "#" in inside:
            raise Refused(f"There may be a comment inside the list {quoted(key)}.", _BY_HAND)
        items = inside.rstrip()
        place = node.start + 1 + len(items)
        separator = " " if items.endswith(",") else ", "
        new = text[:place] + separator + to_yaml(item, flow=True) + text[place:]
    else:
        place = line_end(text, content_end(text, node.items[-1]))
        prefix = item_prefix(text, node)
        new = text[:place] + prefix + to_yaml(item, _quote_style(node)) + page.newline + text[place:]
    return _verified(page, new, index, key, [*old, item])


def add_item(page: Page, key: str, item: Item) -> Page:
    """`append_item` for a property that may hold one text, as Obsidian writes it when it isn't known as a list: it becomes a list."""
    value = read_properties(page).get(key)
    return set_property(page, key, [value, item]) if isinstance(value, str) and value else append_item(page, key, item)


def editable_root(page: Page) -> tuple[Node | None, str]:
    """The root node of the properties and their YAML. Raises Refused for a page that is never edited, Unreadable."""
    if page.kind in ("toml", "json", "other"):
        raise Refused("Its front matter is not YAML, so vaultcrm doesn't change it.", _BY_HAND)
    root, text = root_node(page), page.text if page.kind == "yaml" else ""
    # parsers disagree about which of these break a line, so it would be unclear what an edit means
    if re.search("[\x85\u2028\u2029\ufeff]|\r(?!\n)", text):
        raise Refused("Its properties contain unusual line breaks.", _BY_HAND)
    return root, text


def pair_index(root: Node | None, key: str, text: str) -> int | None:
    """The index of a property among the pairs of `root`, None if there is none. Raises Refused for a duplicate key.

    Upper and lower case are the same, as in Obsidian.
    """
    matches = [i for i, (name, _) in enumerate(root.pairs if root else ()) if is_same_name(key_name(name, text), key)]
    if len(matches) > 1:
        raise Refused(f"The property {quoted(key)} appears {len(matches)} times.", "Keep one of them, then try again.")
    return matches[0] if matches else None


def _append_property(page: Page, root: Node | None, key: str, value: Writable) -> Page:
    lines = [line + page.newline for line in property_lines(key, value)]
    if page.kind == "none":
        fence = f"---{page.newline}".encode()
        first = Page(page.before + fence, "".join(lines).encode(), fence + page.after, "yaml")
        return _verified_first(first, {key: value_as_read(value)})
    text = page.text
    place, indent = insertion_point(root, text, key)
    added = "".join(indent + line for line in lines)
    return _verified(page, text[:place] + added + text[place:], None, key, value)


def insertion_point(root: Node | None, text: str, key: str) -> tuple[int, str]:
    """The character at which a property can be added, and its indentation. Raises Refused, naming `key`."""
    if root is None:
        return len(text), ""
    if root.is_flow:
        raise Refused(f"The properties are in braces, so {quoted(key)} can't be added safely.", _BY_HAND)
    first, last = root.pairs[0][0], root.pairs[-1][1]
    return line_end(text, content_end(text, last)), text[text.rfind("\n", 0, first.start) + 1 : first.start]


def _splice(page: Page, key: Node, node: Node, value: Writable) -> tuple[int, int, str]:
    """The edit that turns `node` into `value`: start, end, new text."""
    text, start, end = page.text, node.start, node.end
    if node.kind in ("list", "map") and not node.is_flow:
        return _splice_block(page, key, node, value)
    if node.kind == "scalar" and node.style in ("|", ">"):
        header = text[start : line_end(text, start)].rstrip("\r\n")
        comment = re.search(r"[ \t]+#.*", header)
        return start, content_end(text, node), to_yaml(value) + (comment[0] if comment else "")
    if node.kind == "scalar" and start == end:
        return _fill_empty(page, key, node, value)
    if node.kind in ("list", "map") and "#" in text[start:end]:
        raise Refused("There may be a comment inside the value.", _BY_HAND)
    return start, end, to_yaml(value, node.style if node.kind == "scalar" else _quote_style(node), _in_flow(text, key))


def _splice_block(page: Page, key: Node, node: Node, value: Writable) -> tuple[int, int, str]:
    """`_splice` for a value on lines of its own: a block list or map."""
    text, end = page.text, content_end(page.text, node)
    if re.search(r"(?m)(^|\s)#", text[key.end : end]):
        raise Refused("A comment between the lines of the value would be lost.", _BY_HAND)
    if node.kind == "list" and isinstance(value, list) and value:
        prefix = item_prefix(text, node)
        items = (page.newline + prefix).join(to_yaml(item, _quote_style(node)) for item in value)
        return node.start, end, prefix.lstrip(" ") + items
    return _after_colon(text, key), end, " " + to_yaml(value)


def _fill_empty(page: Page, key: Node, node: Node, value: Writable) -> tuple[int, int, str]:
    """`_splice` for a key without a value: the value goes after the colon, and after an anchor if there is one."""
    text, place = page.text, _after_colon(page.text, key)
    rest = text[place : line_end(text, place)]
    if rest.strip() or node.start > place + len(rest):  # a comment or an anchor
        place = max(node.start, place)
        return place, place, ("" if text[place - 1 : place] in " \t" else " ") + to_yaml(value)
    if isinstance(value, list) and value:
        return place, place, "".join(page.newline + line for line in property_lines(key.text, value)[1:])
    return place, place, " " + to_yaml(value)


def _after_colon(text: str, key: Node) -> int:
    """The character after a key's colon. Raises Refused for a key without one, as in "? key"."""
    match = re.compile(r"[ \t]*:").match(text, key.end)
    if match is None:
        raise Refused("The property is not written as KEY: VALUE.", _BY_HAND)
    return match.end()


def _in_flow(text: str, key: Node) -> bool:
    """Whether the key is inside braces, where a comma would end a plain value."""
    return bool(text[text.rfind("\n", 0, key.start) + 1 : key.start].strip())


def _quote_style(node: Node) -> str:
    """The quotes around a list's items if all have the same, else ""."""
    styles = {item.style for item in node.items if item.kind == "scalar"}
    return styles.pop() if len(styles) == 1 and styles <= {"'", '"'} else ""


def item_prefix(text: str, node: Node) -> str:
    """The text before each item of a block list: indentation, dash and spaces. Raises Refused if it is anything else."""
    line = text.rfind("\n", 0, node.start) + 1
    prefix = text[line : node.items[0].start if node.items[0].end > node.items[0].start else node.start + 2]
    if not re.fullmatch(r"[ ]*-[ ]+", prefix):
        raise Refused("The list does not have one item per line.", _BY_HAND)
    return prefix


def content_end(text: str, node: Node) -> int:
    """The end of a node, without the line breaks that a block scalar includes."""
    end = node.end
    while end > node.start and text[end - 1] in "\r\n":
        end -= 1
    return end


def line_end(text: str, position: int) -> int:
    """The start of the next line: the character after the first line break at or after `position`."""
    newline = text.find("\n", position)
    return len(text) if newline < 0 else newline + 1


def replace_block(page: Page, text: str, is_expected: Callable[[Node | None], bool]) -> tuple[Page, Node | None]:
    """The page with `text` as its YAML, and its new root node.

    `is_expected` gets that root node and says whether the edit changed only what it should. Raises
    Refused if it didn't, or if the front matter would end elsewhere or could not be read.
    """
    edited = replace(page, block=text.encode("utf-8"))
    if split_page(edited.join()) != edited:
        raise Refused("The edit would move the end of the front matter.", _BY_HAND)
    try:
        root = root_node(edited)
    except Unreadable as error:
        raise Refused(f"The edit would make the properties unreadable: {error.message}", _BY_HAND) from error
    if not is_expected(root):
        raise Refused("The edit would change other properties.", _BY_HAND)
    return edited, root


def _verified(page: Page, text: str, index: int | None, key: str | None, value: Writable) -> Page:
    """The page with `text` as its YAML, after reading it back to check that only `key` changed.

    `index` is the position of the changed pair, None for one added at the end; `key` is None for a
    pair that was removed. Raises Refused.
    """
    before = _structures(root_node(page))

    def is_only_change(root: Node | None) -> bool:
        after = _structures(root)
        if index is None:
            return before == after[:-1]
        if key is None:
            return before[:index] + before[index + 1 :] == after
        return before[:index] == after[:index] and before[index + 1 :] == after[index + 1 :] and len(before) == len(after)

    edited, root = replace_block(page, text, is_only_change)
    if key is None:
        return edited
    name, node = root.pairs[-1 if index is None else index]  # type: ignore[union-attr]  # it has at least the key
    if not is_same_name(key_name(name, text), key) or node_value(node, text) != value_as_read(value):
        raise Refused(f"The value of {quoted(key)} would read back differently.", _BY_HAND)
    return edited


def _verified_first(page: Page, values: dict[str, Value]) -> Page:
    """A page that got its first front matter, after reading it back. Raises Refused."""
    if split_page(page.join()) != page or read_properties(page) != values:
        raise Refused("The properties would read back differently.", _BY_HAND)
    return page


def _structures(root: Node | None) -> list[object]:
    return [(structure(key), structure(value)) for key, value in (root.pairs if root else ())]
