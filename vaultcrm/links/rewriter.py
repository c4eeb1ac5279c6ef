"""Links that follow what they lead to: a page's text once files have been moved, and what had to be left."""

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import Unreadable
from vaultcrm.links.resolver import LinkResolver, Resolution, listed
from vaultcrm.markdown.links import Found, Leaf, in_text, leaves, links_of, plain
from vaultcrm.markdown.page import Page, split_page

Way = Callable[[str], str]  # a path before the moves, to the path after them


class Left(NamedTuple):
    """A link that had to stay as it is, though it should have followed: where it stands, and why."""

    path: str
    line: int
    link: str
    why: str


class Followed(NamedTuple):
    """A file's new bytes; the links that were changed, as they were and as they are, with their lines; those that were left."""

    data: bytes
    changed: tuple[tuple[int, str, str], ...] = ()
    left: tuple[Left, ...] = ()


class Edit(NamedTuple):
    """What is to stand in the place of a link's target, and what it means."""

    link: Found
    raw: str
    target: str

    def shown(self, text: str) -> tuple[str, str]:
        """The whole link as it was and as it is."""
        link = self.link
        return text[link.start : link.end], text[link.start : link.at] + self.raw + text[link.to : link.end]


class Following:
    """The vault before the moves and after them, and the way between."""

    def __init__(self, before: LinkResolver, after: LinkResolver, way: Way) -> None:
        self.before = before
        self.after = after
        self.way = way

    def file(self, path: str, data: bytes) -> Followed:
        """A file that lay at `path`: a note, or a canvas."""
        return self._canvas(path, data) if path.endswith(".canvas") else self._page(path, data)

    def _page(self, path: str, data: bytes) -> Followed:
        """A note that lay at `path`, with its links led to where their files are now. Only their targets change."""
        new_path = self.way(path)
        try:
            text, page = data.decode("utf-8"), split_page(data)
            found = links_of(page)
        except (UnicodeDecodeError, Unreadable):
            loose = data.decode("utf-8", "replace")
            wanted = self._wanted(path, new_path, in_text(loose), loose)
            return Followed(data, left=tuple(Left(new_path, line, link, "the note cannot be read") for line, link, _ in wanted))
        edits: list[Edit] = []
        left: list[Left] = []
        for link, goal in self._moved(path, new_path, found):
            shown = text[link.start : link.end]
            edit = None if isinstance(goal, Resolution) else self._edit(link, path, new_path, goal, text)
            if isinstance(goal, Resolution):
                left.append(Left(new_path, link.line, shown, f"it may mean {listed(goal.candidates)}"))
            elif page.kind in ("toml", "json", "other"):
                left.append(Left(new_path, link.line, shown, "the front matter is not YAML, and such notes are not edited"))
            elif edit is None:
                left.append(Left(new_path, link.line, shown, f"{goal} cannot be written there"))
            else:
                edits.append(edit)
        proved, failed = _applied(data, page, text, found, edits)
        left += [Left(new_path, edit.link.line, text[edit.link.start : edit.link.end], "the change could not be proved") for edit in failed]
        made = tuple((edit.link.line, *edit.shown(text)) for edit in edits if edit not in failed)
        return Followed(proved, made, tuple(sorted(left)))

    def _canvas(self, path: str, data: bytes) -> Followed:
        """A canvas, which names files by their paths; what links stand in its texts are left."""
        new_path = self.way(path)
        try:
            text = data.decode("utf-8")
            cards = json.loads(text).get("nodes", [])
            texts = [card["text"] for card in cards if isinstance(card.get("text"), str)]
        except (ValueError, AttributeError, TypeError, RecursionError):
            return Followed(data)
        wanted = [one for said in texts for one in self._wanted(path, new_path, in_text(said), said)]
        left = [Left(new_path, 1, link, "it stands in a text of the canvas") for _, link, _ in wanted]
        changed: list[tuple[int, str, str]] = []

        def moved(found: "re.Match[str]") -> str:
            named = json.loads(found[2])
            goal = self.way(named)
            if goal == named:
                return found[0]
            new = json.dumps(goal, ensure_ascii="\\u" in found[2])  # half of a surrogate pair can only be spelled out
            changed.append((1 + text.count("\n", 0, found.start()), found[2], new))
            return found[1] + new

        made = re.sub(r'("file"\s*:\s*)("(?:[^"\\]|\\.)*")', moved, text)
        expected = json.loads(text)
        for card in expected.get("nodes", []):
            if isinstance(card.get("file"), str):
                card["file"] = self.way(card["file"])
        if json.loads(made) != expected:
            return Followed(data, left=(*left, Left(new_path, 1, path, "the change could not be proved")))
        return Followed(made.encode("utf-8"), tuple(changed), tuple(left))

    def _moved(self, path: str, new_path: str, found: Sequence[Found]) -> Iterator[tuple[Found, str | Resolution]]:
        """The links that do not lead any more to what they led to: each with its goal, or with what it may mean."""
        for link in found:
            was = self.before.resolve(link.kind, link.target, link.key, path)
            if was.path is None:
                continue
            goal = self.way(was.path)
            now = self.after.resolve(link.kind, link.target, link.key, new_path)
            if not was.is_certain:
                if now.path != goal or {self.way(other) for other in was.candidates} != set(now.candidates):
                    yield link, was
                continue
            theirs, new_theirs = (
                self.before.obsidian_targets(link.kind, link.target, path),
                self.after.obsidian_targets(link.kind, link.target, new_path),
            )
            stays = all(new == goal for old, new in zip(theirs, new_theirs, strict=True) if old == was.path)
            is_respelled = title_of_path(link.target) == title_of_path(was.path) != title_of_path(goal)  # perhaps in its case only
            if now.path != goal or not now.is_certain or not stays or is_respelled or now.is_exact_path < was.is_exact_path:
                yield link, goal

    def _wanted(self, path: str, new_path: str, found: Sequence[Found], text: str) -> list[tuple[int, str, str | Resolution]]:
        return [(link.line, text[link.start : link.end], goal) for link, goal in self._moved(path, new_path, found)]

    # ---------------------------------------------------------------------------- the new target

    def _edit(self, link: Found, path: str, new_path: str, goal: str, text: str) -> Edit | None:
        """The target in the style that it had, or as the path from the root; None when neither leads to the goal."""
        if link.at < 0:
            return None
        for target in dict.fromkeys(self._targets(link, path, new_path, goal)):
            now = self.after.resolve(link.kind, target, link.key, new_path)
            is_theirs = set(self.after.obsidian_targets(link.kind, target, new_path)) == {goal}
            raw = _written(target, text[link.at : link.to], link)
            if now.path == goal and now.is_certain and is_theirs and raw is not None:
                return Edit(link, raw, target)
        return None

    def _targets(self, link: Found, path: str, new_path: str, goal: str) -> Iterator[str]:
        old, has_ending = link.target, link.target.lower().endswith(".md")
        whole = goal if has_ending or not goal.lower().endswith(".md") else goal[:-3]
        near = posixpath.relpath(whole, posixpath.dirname(new_path) or ".")
        dotted = near if near.startswith("../") else "./" + near
        was = self.before.resolve(link.kind, old, link.key, path).path or ""
        root_path = was if has_ending or not was.lower().endswith(".md") else was[:-3]
        if old.startswith("/"):
            yield "/" + whole
        elif old.startswith(("./", "../")):
            yield dotted if old.startswith("./") else near
        elif link.kind == "path" and posixpath.normpath(posixpath.join(posixpath.dirname(path), old)) == root_path:
            yield near
        elif "/" not in old:
            if self.after.has_unique_name(goal):
                yield whole.rpartition("/")[2]
        elif old != root_path:
            yield "/".join(whole.split("/")[-old.count("/") - 1 :])
        yield whole
        yield "/" + whole
        if link.kind == "path":
            yield dotted


def _written(target: str, raw: str, link: Found) -> str | None:
    """A target as it is written where the link stands; None when it cannot be."""
    if link.style == "<":
        return _encoded(target, raw, "<>")
    if link.style == "(":
        return _encoded(target, raw, " ()<>\\" if target.count("(") != target.count(")") or "%28" in raw else " <>\\")
    if re.search(r"[\[\]|#^\r\n]|%%|^\s|\s$", target):
        return None
    if link.style == "'":
        return target.replace("'", "''")
    if link.style == '"':
        return target.replace("\\", "\\\\").replace('"', '\\"')
    return target


def _encoded(target: str, raw: str, marks: str) -> str:
    """A path with percent signs for what its place cannot hold, and for what the old one had spelled so."""
    is_all_encoded = re.search("%[89A-Fa-f][0-9A-Fa-f]", raw) is not None
    wanted = marks + "#?" + (" " if "%20" in raw else "")

    def spelled(char: str, at: int) -> str:
        is_read_as_such = char == "%" and not re.match("[0-9A-Fa-f]{2}", target[at + 1 : at + 3])
        if char in wanted or not char.isprintable() or (char == "%" and not is_read_as_such) or (is_all_encoded and ord(char) > 127):
            return "".join(f"%{byte:02X}" for byte in char.encode("utf-8"))
        return "%26" if char == "&" and re.match(r"#?\w+;", target[at + 1 :]) else char

    return "".join(spelled(char, at) for at, char in enumerate(target))


# -------------------------------------------------------------------------------------- the proof


def _spliced(text: str, edits: Sequence[Edit]) -> str:
    for edit in sorted(edits, key=lambda edit: edit.link.at, reverse=True):
        text = text[: edit.link.at] + edit.raw + text[edit.link.to :]
    return text


def _applied(data: bytes, page: Page, text: str, found: Sequence[Found], edits: Sequence[Edit]) -> tuple[bytes, list[Edit]]:
    """The file with its edits, as far as each can be proved; and those that cannot."""
    if _is_proved(page, made := _spliced(text, edits).encode("utf-8"), found, edits):
        return made, []
    kept = [edit for edit in edits if edit.link.leaf < 0]
    if not _is_proved(page, _spliced(text, kept).encode("utf-8"), found, kept):
        kept = []
    failed: list[Edit] = []
    for edit in (edit for edit in edits if edit not in kept):
        is_good = _is_proved(page, _spliced(text, [*kept, edit]).encode("utf-8"), found, [*kept, edit])
        (kept if is_good else failed).append(edit)
    return (_spliced(text, kept).encode("utf-8") if kept else data), failed


def _is_proved(page: Page, made: bytes, found: Sequence[Found], edits: Sequence[Edit]) -> bool:
    """Whether the new text holds the same links with the new targets, and its properties are otherwise what they were."""
    new = split_page(made)
    targets = {edit.link: edit.target for edit in edits}
    try:
        now = [(link.kind, link.key, link.target) for link in links_of(new)]
        properties = [(leaf.text, leaf.style) for leaf in leaves(new)] if page.block else []
    except Unreadable:
        return False
    return (
        (new.kind, new.before) == (page.kind, page.before)
        and now == [(link.kind, link.key, targets.get(link, link.target)) for link in found]
        and properties == (_expected(leaves(page), edits) if page.block else [])
    )


def _expected(texts: Sequence[Leaf], edits: Sequence[Edit]) -> list[tuple[str, str]]:
    """The texts of the properties as they should be."""
    wanted = [leaf.text for leaf in texts]
    for edit in sorted(edits, key=lambda edit: edit.link.inner, reverse=True):
        if edit.link.leaf >= 0:
            start, end = edit.link.inner
            text = wanted[edit.link.leaf]
            target = edit.raw if texts[edit.link.leaf].style == "[" else plain(edit.raw, edit.link.style)
            wanted[edit.link.leaf] = text[:start] + target + text[end:]
    return [(text, leaf.style) for text, leaf in zip(wanted, texts, strict=True)]
