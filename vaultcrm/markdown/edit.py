"""A page's properties: read, and changed without a scratch elsewhere."""

import re
from dataclasses import replace

from vaultcrm.errors import Refused, Unreadable
from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.properties import key_name, read_properties, root_node
from vaultcrm.markdown.values import Value
from vaultcrm.markdown.yaml_nodes import Item, Node, Writable, node_value, property_lines, structure, to_yaml, value_as_read

# ---------------------------------------------------------------------------------------- editing


def set_property(page: Page, key: str, value: Writable) -> Page:
    """The page with one property set, or added at the end of the properties.

    Raises Refused when that cannot be done without touching anything else, Unreadable when the
    properties cannot be read.
    """
    root, text = editable_root(page)
    at = pair_index(root, key, text)
    if at is None:
        return _append_property(page, root, key, value)
    node = root.pairs[at][1]  # type: ignore[union-attr]  # found, so there is a root
    if node_value(node, text) == value_as_read(value) and node.kind != "alias":
        return page
    start, end, new = _splice(page, root.pairs[at][0], node, value)  # type: ignore[union-attr]  # as above
    return _proved(page, text[:start] + new + text[end:], at, key, value)


def remove_property(page: Page, key: str) -> Page:
    """The page without a property; the page as it is where there is no such property."""
    root, text = editable_root(page)
    at = pair_index(root, key, text)
    if root is None or at is None:
        return page
    if root.is_flow:
        raise Refused(f"The properties stand in braces; {key!r} cannot be taken out of them safely.")
    name, node = root.pairs[at]
    start = text.rfind("\n", 0, name.start) + 1
    if text[start : name.start].strip():
        raise Refused(f"The property {key!r} does not begin its line.")
    end = line_end(text, max(content_end(text, node), name.end))
    return _proved(page, text[:start] + text[end:], at, None, None)


def append_item(page: Page, key: str, item: Item) -> Page:
    """The page with one more item in a list; a property that is missing or empty becomes a list of one."""
    root, text = editable_root(page)
    at = pair_index(root, key, text)
    old = node_value(root.pairs[at][1], text) if root is not None and at is not None else None
    if root is None or at is None or old is None or old == []:
        return set_property(page, key, [item])
    node = root.pairs[at][1]
    if node.kind != "list" or not isinstance(old, list):
        raise Refused(f"The property {key!r} is not a list.", "Make it one first, or set it.")
    if node.is_flow:
        inside = text[node.start + 1 : node.end - 1]
        if "#" in inside:
            raise Refused(f"There may be a comment inside the list {key!r}.")
        kept = inside.rstrip()
        place = node.start + 1 + len(kept)
        glue = " " if kept.endswith(",") else ", "
        new = text[:place] + glue + to_yaml(item, flow=True) + text[place:]
    else:
        last = node.items[-1]
        place = line_end(text, content_end(text, last))
        dash = item_prefix(text, node)
        if text[place - 1 : place] != "\n":
            raise Refused(f"The list {key!r} does not end its line.")
        new = text[:place] + dash + to_yaml(item, _quote_style(node)) + page.newline + text[place:]
    return _proved(page, new, at, key, [*old, item])


def editable_root(page: Page) -> tuple[Node | None, str]:
    """The properties and their YAML. Raises Refused for a page that is left alone, Unreadable."""
    if page.kind in ("toml", "json", "other"):
        raise Refused("Its front matter is not YAML, and is left alone.", "Change it in your editor.")
    root, text = root_node(page), page.text if page.kind == "yaml" else ""
    # line breaks for one parser and not for the other: nobody could say what an edit would mean
    if re.search("[\x85\u2028\u2029\ufeff]|\r(?!\n)", text):
        raise Refused("Its properties hold unusual line breaks.", "Change it in your editor.")
    return root, text


def pair_index(root: Node | None, key: str, text: str) -> int | None:
    """Which pair a property is, None where there is none. Raises Refused where it is given twice."""
    found = [i for i, (name, _) in enumerate(root.pairs if root else ()) if key_name(name, text) == key]
    if len(found) > 1:
        raise Refused(f"The property {key!r} is given {len(found)} times.", "Keep one of them, then try again.")
    return found[0] if found else None


def _append_property(page: Page, root: Node | None, key: str, value: Writable) -> Page:
    line = "".join(part + page.newline for part in property_lines(key, value))
    if page.kind == "none":
        fence = f"---{page.newline}".encode()
        made = Page(page.before + fence, line.encode(), fence + page.after, "yaml")
        return _checked(made, {key: value_as_read(value)})
    text = page.text
    place, indent = insertion_point(root, text, key)
    line = "".join(indent + part for part in line.splitlines(keepends=True))
    return _proved(page, text[:place] + line + text[place:], None, key, value)


def insertion_point(root: Node | None, text: str, key: str) -> tuple[int, str]:
    """Where a property can be added, and how far it is indented. Raises Refused, naming `key`."""
    if root is None:
        place, indent = len(text), ""
    elif root.is_flow:
        raise Refused(f"The properties stand in braces; {key!r} cannot be added to them safely.")
    else:
        name, node = root.pairs[-1]
        place = line_end(text, max(content_end(text, node), name.end))
        indent = text[text.rfind("\n", 0, root.pairs[0][0].start) + 1 : root.pairs[0][0].start]
    if text[:place] and text[place - 1 : place] != "\n":
        raise Refused("The last property does not end its line.")
    return place, indent


def _splice(page: Page, key: Node, node: Node, value: Writable) -> tuple[int, int, str]:
    """What to put where, so that `node` becomes `value`: from, to, text."""
    text, start, end = page.text, node.start, node.end
    if node.kind in ("list", "map") and not node.is_flow:
        return _splice_block(page, key, node, value)
    if node.kind == "scalar" and node.style in ("|", ">"):
        header = text[start : line_end(text, start)].rstrip("\r\n")
        comment = re.search(r"[ \t]+#.*", header)
        return start, content_end(text, node), to_yaml(value) + (comment[0] if comment else "")
    if node.kind == "scalar" and start == end:  # an empty value: put a blank behind the colon
        colon = _after_colon(text, key)
        tail = text[colon : line_end(text, colon)]
        if tail.strip() or start > colon + len(tail):  # a comment or an anchor stands there
            colon = max(start, colon)
            return colon, colon, ("" if text[colon - 1 : colon] in " \t" else " ") + to_yaml(value)
        if isinstance(value, list) and value:
            return colon, colon, "".join(page.newline + row for row in property_lines(key.text, value)[1:])
        return colon, colon, " " + to_yaml(value)
    if node.kind in ("list", "map") and "#" in text[start:end]:
        raise Refused("There may be a comment inside the value.")
    return start, end, to_yaml(value, node.style if node.kind == "scalar" else _quote_style(node), _in_flow(text, key))


def _splice_block(page: Page, key: Node, node: Node, value: Writable) -> tuple[int, int, str]:
    text, end = page.text, content_end(page.text, node)
    if re.search(r"(?m)(^|\s)#", text[key.end : end]):
        raise Refused("A comment stands between the lines of the value, and would be lost.")
    if node.kind == "list" and isinstance(value, list) and value:
        dash = item_prefix(text, node)
        rows = (page.newline + dash).join(to_yaml(item, _quote_style(node)) for item in value)
        return node.start, end, dash.lstrip(" ") + rows
    return _after_colon(text, key), end, " " + to_yaml(value)


def _after_colon(text: str, key: Node) -> int:
    """Just behind the colon of a key. A key may stand without one: "? key"."""
    found = re.compile(r"[ \t]*:").match(text, key.end)
    if found is None:
        raise Refused("The property is not written as KEY: VALUE.")
    return found.end()


def _in_flow(text: str, key: Node) -> bool:
    """Whether the key stands inside braces: then a comma in a plain text would end it."""
    return bool(text[text.rfind("\n", 0, key.start) + 1 : key.start].strip())


def _quote_style(node: Node) -> str:
    """The quotes that a list's items have, when they all have the same."""
    styles = {item.style for item in node.items if item.kind == "scalar"}
    return styles.pop() if len(styles) == 1 and styles <= {"'", '"'} else ""


def item_prefix(text: str, node: Node) -> str:
    """What stands before a block list's items: indentation, dash and blanks."""
    line = text.rfind("\n", 0, node.start) + 1
    lead = text[line : node.items[0].start if node.items[0].end > node.items[0].start else node.start + 2]
    if not re.fullmatch(r"[ ]*-[ ]+", lead):
        raise Refused("The list does not stand one item a line.")
    return lead


def content_end(text: str, node: Node) -> int:
    """The end of a node without the line breaks that belong to block scalars."""
    end = node.end
    while end > node.start and text[end - 1] in "\r\n":
        end -= 1
    return end


def line_end(text: str, at: int) -> int:
    """Just behind the line break that ends the line of character `at`."""
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _proved(page: Page, text: str, at: int | None, key: str | None, value: Writable) -> Page:
    """The page with its YAML replaced, once reading it back has shown that only `key` is different.

    `at` is the place of the pair that was changed, None for one added at the end; `key` is None
    for one that was taken away.
    """
    made = replace(page, block=text.encode("utf-8"))
    if split_page(made.join()) != made:
        raise Refused("The edit would move the end of the front matter.")
    try:
        new = root_node(made)
    except Unreadable as error:
        raise Refused(f"The edit would make the properties unreadable: {error.message}") from error
    before, after = _shapes(root_node(page)), _shapes(new)
    if key is None:
        assert at is not None
        same = before[:at] + before[at + 1 :] == after
    elif at is None:
        same = before == after[:-1]
    else:
        same = before[:at] == after[:at] and before[at + 1 :] == after[at + 1 :] and len(before) == len(after)
    if not same:
        raise Refused("The edit would change other properties.")
    if key is None:
        return made
    name, node = new.pairs[-1 if at is None else at]  # type: ignore[union-attr]  # it holds at least the key
    if key_name(name, text) != key or node_value(node, text) != value_as_read(value):
        raise Refused(f"The value of {key!r} would not read back as it was written.")
    return made


def _checked(page: Page, values: dict[str, Value]) -> Page:
    """A page that was given its first front matter, once it has been read back."""
    if split_page(page.join()) != page or read_properties(page) != values:
        raise Refused("The properties would not read back as they were written.")
    return page


def _shapes(root: Node | None) -> list[object]:
    return [(structure(key), structure(value)) for key, value in (root.pairs if root else ())]
