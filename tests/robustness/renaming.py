"""Rename the notes and folders of whole vaults one after the other: every link must lead to the same file as before. Run by hand.

    python -m tests.robustness.renaming FOLDER…     renames in copies of the folders; each rename is undone again

Links are found and resolved by a small reader that uses none of vaultcrm's code: as a path from the
root, in Markdown links as a path from the note's folder, and else by name, with the shortest path first.
Prints figures, and exits with 1 if there is a fault.
"""

import contextlib
import os
import posixpath
import random
import re
import shutil
import sys
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from vaultcrm.actions.crm import Crm
from vaultcrm.actions.rename import RenameResult, rename
from vaultcrm.errors import VaultcrmError
from vaultcrm.vault.journal import Journal

MAX_NOTES = 150
NAMES = ("New {}", "Über {} für später", "Nora's {}", "{} & Söhne", "v1.2 {}", "{} (old) 100%", "{}, é", "$1 {}", "Ω {}")
PLACES = ("{}", "Archiv & Alt/2026/{}", "{here}/{}", "{other}/{}")
_LINK = re.compile(
    r"""!?\[\[(?P<wiki>[^\[\]|#\n]*?)\s*(?P<tail>\\?(?:[#|][^\[\]\n]*)?)\]\]
      | \]\(\s*(?:<(?P<angle>[^<>\n#]*)[^<>\n]*>|(?P<bare>(?:[^\s()<>\#]|\([^\s()]*\))*)(?:\#[^\s()]*)?)(?:\s+"[^"\n]*")?\s*\)
      | ^[ ]*\[(?!\^)[^\[\]\n]+\]:[ ]+(?P<defined>[^\s\#<>]+)""",
    re.VERBOSE | re.MULTILINE,
)
_CODE_AND_COMMENTS = re.compile(
    r"^(?P<f>[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)*(`{3,}|~{3,})).*?(?:^[ \t>]*\2`*~*[ \t]*$|\Z)"
    r"|%%.*?%%|<!--.*?-->|(?<!`)(`+)(?!`)[^\n]+?(?<!`)\3(?!`)",
    re.DOTALL | re.MULTILINE,
)
_OUTSIDE = re.compile(r"[A-Za-z][\w+.-]*:|//|#|\?|$")


Tree = dict[str, bytes | None]  # every file with its bytes, every folder with None


class Link(NamedTuple):
    start: int
    end: int
    target: str
    is_path: bool


class Figures(NamedTuple):
    counts: Counter[str]
    faults: list[str]


def read_tree(root: Path) -> Tree:
    """Every file with its bytes, every folder with None."""
    found: Tree = {}
    for top, folders, names in os.walk(root):
        below = os.path.relpath(top, root)
        for name in folders + names:
            path = name if below == "." else f"{below}/{name}"
            found[path] = None if name in folders else Path(root, path).read_bytes()
    return found


def links(data: bytes) -> Iterator[Link]:
    text = data.decode("utf-8", "replace")
    bare = _CODE_AND_COMMENTS.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    for found in _LINK.finditer(bare):
        name = found.lastgroup if found.lastgroup != "tail" else "wiki"
        group = next(group for group in ("wiki", "angle", "bare", "defined") if found[group] is not None)
        raw = text[found.start(group) : found.end(group)]
        if group != "wiki" and _OUTSIDE.match(raw):
            continue
        target = raw.strip() if group == "wiki" else unquote(raw)
        if target:
            yield Link(found.start(group), found.end(group), target, name != "wiki")


class Reader:
    """Resolves links as Obsidian does."""

    def __init__(self, files: Tree) -> None:
        self.paths = {
            path for path, data in files.items() if data is not None and not any(part.startswith(".") for part in path.split("/"))
        }
        self.folded = {fold_path(path): path for path in sorted(self.paths, reverse=True)}
        self.named: dict[str, list[str]] = {}
        for path in self.paths:
            self.named.setdefault(fold_path(path.rpartition("/")[2]), []).append(path)

    def follow(self, link: Link, source: str) -> list[str]:
        """The files that a link may mean, the best one first; a path means exactly one."""
        candidates = [posixpath.normpath(link.target.lstrip("/"))]
        if link.is_path or link.target.startswith(("./", "../")):
            candidates.insert(0, posixpath.normpath(posixpath.join(posixpath.dirname(source), link.target)))
        for candidate in candidates if "/" in link.target or link.is_path else ():
            for path in (candidate, candidate + ".md"):
                if fold_path(path) in self.folded:
                    return [path if path in self.paths else self.folded[fold_path(path)]]
        if link.target.startswith((".", "/")):
            return []
        ends = [fold_path(link.target)] if link.target.endswith(".md") else [fold_path(link.target + ".md"), fold_path(link.target)]
        found = [
            path for end in ends for path in self.named.get(end.rpartition("/")[2], ()) if ("/" + fold_path(path)).endswith("/" + end)
        ]  # fmt: skip
        return sorted(found, key=lambda path: (len(path), path))


def fold_path(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def text_outside_links(data: bytes, found: list[Link]) -> list[str]:
    """The text of a file between the targets of its links."""
    text, at, parts = data.decode("utf-8", "replace"), 0, []
    for link in found:
        parts.append(text[at : link.start])
        at = link.end
    return [*parts, text[at:]]


def check_renames(vault: Path, seed: int = 1) -> Figures:
    """Rename many notes and some client folders of a vault, one at a time, and check every link each time."""
    rng = random.Random(seed)
    figures = Figures(Counter(), [])
    with tempfile.TemporaryDirectory() as name:
        for kind in ("CACHE", "STATE", "CONFIG"):
            os.environ[f"XDG_{kind}_HOME"] = str(Path(name, kind))
        root = Path(name, "vault")
        shutil.copytree(vault, root, symlinks=True)
        before = read_tree(root)
        notes = [path for path, data in before.items() if data is not None and path.endswith(".md") and "/." not in "/" + path]
        folders = sorted({posixpath.dirname(path) for path in notes} - {""})
        for path in notes if len(notes) <= MAX_NOTES else rng.sample(notes, MAX_NOTES):
            others = [posixpath.basename(other)[:-3] for other in rng.sample(notes, min(3, len(notes)))]
            title = rng.choice([*NAMES, *NAMES, others[0]]).replace("{}", posixpath.basename(path)[:-3])
            place = rng.choice(PLACES).replace("{here}", posixpath.dirname(path) or ".").replace("{other}", rng.choice(folders or ["x"]))
            check_rename(root, path, place.replace("{}", title) if "/" in place else title, before, figures)
        for folder in folders if len(folders) <= 30 else rng.sample(folders, 30):
            client = f"{folder}/{posixpath.basename(folder)}.md"
            if client in before:
                continue
            (root / client).write_bytes(b"---\ntype: client\n---\n")
            title = rng.choice(NAMES).replace("{}", posixpath.basename(folder))
            check_rename(
                root, client, title if rng.random() < 0.6 else f"Past/{title}", {**before, client: b"---\ntype: client\n---\n"}, figures
            )
            (root / client).unlink()
    return figures


def check_rename(root: Path, path: str, new: str, before: Tree, figures: Figures) -> None:
    """Rename one note or folder, check the result, and undo it."""
    counts, shown = figures.counts, f"rename {path!r} {new!r}"
    crm = Crm(str(root), datetime(2026, 11, 16, 9, 30))
    try:
        done = rename(crm, path, new)
    except VaultcrmError as error:
        counts[f"refused: {type(error).__name__}"] += 1
        if read_tree(root) != before:
            figures.faults.append(f"{shown}: refused, although something was written")
        return
    finally:
        crm.catalog.close()
    if not done.moved:
        return
    counts["folders moved" if before.get(done.moved[0][0]) is None else "notes moved"] += 1
    after = read_tree(root)
    figures.faults.extend(f"{shown}: {fault}" for fault in rename_faults(before, after, done, path, counts))
    with contextlib.suppress(VaultcrmError):
        Journal(str(root)).undo()
    if read_tree(root) != before:
        figures.faults.append(f"{shown}: undo did not restore the vault")
        raise SystemExit("\n".join(figures.faults))


def rename_faults(before: Tree, after: Tree, done: RenameResult, note: str, counts: Counter[str]) -> Iterator[str]:
    def way(path: str) -> str:
        for old, new in reversed(done.moved):
            if path == old or path.startswith(old + "/"):
                return new + path[len(old) :]
        return path

    if {way(path) for path, data in before.items() if data is not None} != {path for path, data in after.items() if data is not None}:
        yield "files were added or are missing"
        return
    was, now = Reader(before), Reader(after)
    left = {(one.path, one.link) for one in done.skipped_links}
    for path, data in before.items():
        new_data = after.get(way(path))
        if data is None or new_data is None or not path.endswith(".md") or "/." in "/" + path:
            if data is not None and data != new_data and not path.endswith(".canvas"):
                yield f"{path} has changed"
            continue
        found, new_found = list(links(data)), list(links(new_data))
        is_client = path == note and b"type: client" in data
        if not is_client and text_outside_links(data, found) != text_outside_links(new_data, new_found):
            yield f"{way(path)}: something other than link targets has changed"
            continue
        for old, new in zip(found, new_found, strict=False):
            meant = was.follow(old, path)
            if not meant:
                counts["links that were and are broken"] += 1
                if old.target != new.target:
                    yield f"{way(path)}: {old.target} was broken and was changed to {new.target}"
                continue
            leads = now.follow(new, way(path))
            if len(meant) > 1:
                counts["ambiguous links"] += 1
                is_named = any(at == way(path) and old.target in text for at, text in left)
                is_decided = old.target != new.target and leads[0] in map(way, meant)
                if leads[:1] != [way(meant[0])] and not is_named and not is_decided:
                    yield f"{way(path)}: the ambiguous {old.target} led to {meant[0]}, and {new.target} leads to {leads[:1]}"
                continue
            counts["links that lead to the same file"] += 1
            counts["of them changed"] += old.target != new.target
            if leads[:1] != [way(meant[0])]:
                if any(at == way(path) and old.target in unquote(text) for at, text in left):
                    counts["links skipped and reported"] += 1
                else:
                    yield f"{way(path)}: {old.target} led to {meant[0]}, and {new.target} leads to {leads[:1]}"
            elif old.target != new.target and was.follow(old, path) == now.follow(Link(0, 0, old.target, old.is_path), way(path)):
                counts["changed needlessly"] += 1


def main() -> None:
    is_bad = False
    for vault in sys.argv[1:]:
        figures = check_renames(Path(vault))
        print(Path(vault).name, dict(figures.counts), f"{len(figures.faults)} faults")
        for fault in figures.faults[:20]:
            print("   ", fault)
        is_bad |= bool(figures.faults)
    sys.exit(is_bad)


if __name__ == "__main__":
    main()
