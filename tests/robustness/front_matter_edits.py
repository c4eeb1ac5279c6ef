"""Every edit of the front matter of every note below a folder, checked with PyYAML and by position. Run by hand.

    python -m tests.robustness.front_matter_edits FOLDER…

Prints how many edits were made, and how many were refused and why. Exits with 1 if an edit changed a byte that it should not.
"""

import collections
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from vaultcrm.errors import Refused, Unreadable
from vaultcrm.markdown.edit import append_item, remove_property, set_property
from vaultcrm.markdown.page import Page, split_page
from vaultcrm.markdown.properties import node_properties, read_properties, root_node
from vaultcrm.markdown.values import Value

NEW_KEY = "vaultcrm-test"
VALUE = 'a: "value" #1'


def notes(folders: list[Path]) -> Iterator[Path]:
    for folder in folders:
        for ending in ("*.md", "*.mdx", "*.markdown"):
            yield from sorted(folder.rglob(ending))


def key_ranges(text: str) -> dict[str, tuple[int, int]]:
    """The range of characters of each top-level key, from its line to the next key's line.

    Found with PyYAML's own composer, not with the one under test.
    """
    root = yaml.compose(text, yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        return {}
    starts = [key.start_mark.index for key, _ in root.value] + [len(text)]
    return {
        (key.value if isinstance(key, yaml.ScalarNode) else repr(key)): (starts[i], starts[i + 1]) for i, (key, _) in enumerate(root.value)
    }


def is_one_insertion(old: bytes, new: bytes) -> bool:
    head = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), len(old))
    return len(new) > len(old) and new.endswith(old[head:])


def is_same_outside(old: bytes, new: bytes, low: int, high: int) -> bool:
    kept = len(old) - high
    return new.startswith(old[:low]) and new.endswith(old[high:]) and len(new) >= low + kept


def edit_faults(page: Page, tally: collections.Counter[str], reasons: collections.Counter[str]) -> list[str]:
    """What is wrong after setting, removing and appending to each property, and adding a new one."""
    faults: list[str] = []
    text, data, root = page.text, page.join(), root_node(page)
    old = node_properties(root, text)
    try:
        ranges = key_ranges(text)
    except (yaml.YAMLError, ValueError):
        ranges = {}
    offset = len(page.before)

    def attempt(name: str, edit: object, inside: tuple[int, int] | None, expect: dict[str, Value]) -> None:
        try:
            result = edit()  # type: ignore[operator]  # one of the four lambdas below
        except Refused as error:
            tally[name + " refused"] += 1
            reasons[re.sub(r"'[^']*'", "KEY", error.message)] += 1
            return
        tally[name] += 1
        new = result.join()
        if inside is None:
            if not is_one_insertion(data, new):
                faults.append(f"{name}: more than one insertion")
        else:
            low = offset + len(text[: inside[0]].encode())
            high = offset + len(text[: inside[1]].encode())
            if not is_same_outside(data, new, low, high):
                faults.append(f"{name}: changed outside bytes {low} to {high}")
        if read_properties(result) != expect:
            faults.append(f"{name}: reads back wrong")

    attempt("add", lambda: set_property(page, NEW_KEY, VALUE), None, {**old, NEW_KEY: VALUE})
    for key, value in old.items():
        if key not in ranges:
            continue
        attempt("set", lambda k=key: set_property(page, k, VALUE), ranges[key], {**old, key: VALUE})
        rest = {k: v for k, v in old.items() if k != key}
        attempt("remove", lambda k=key: remove_property(page, k), ranges[key], rest)
        if isinstance(value, list) and value:
            attempt("append", lambda k=key: append_item(page, k, VALUE), None, {**old, key: [*value, VALUE]})
    return faults


def main() -> None:
    tally: collections.Counter[str] = collections.Counter()
    reasons: collections.Counter[str] = collections.Counter()
    bad = 0
    for path in notes([Path(arg) for arg in sys.argv[1:]]):
        tally["files"] += 1
        page = split_page(path.read_bytes())
        if page.join() != path.read_bytes():
            bad += 1
            print(f"{path}: not joined as it was split")
        try:
            root = root_node(page)
        except Unreadable as error:
            tally["unreadable"] += 1
            reasons["(unreadable) " + error.message[:60]] += 1
            continue
        if root is None:
            tally["no front matter: " + page.kind] += 1
            continue
        tally["with front matter"] += 1
        refused = sum(n for name, n in tally.items() if name.endswith(" refused"))
        for fault in edit_faults(page, tally, reasons):
            bad += 1
            print(f"{path}: {fault}")
        tally["files where an edit was refused"] += refused != sum(n for m, n in tally.items() if m.endswith(" refused"))
    for name, count in [*sorted(tally.items()), *reasons.most_common()]:
        print(f"{count:8}  {name}")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
