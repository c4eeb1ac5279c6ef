"""Links that follow what they lead to: a page's text once files have been moved, and what had to be left."""

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from vaultcrm.disk.filenames import title_of_path
from vaultcrm.errors import Unreadable
from vaultcrm.links.resolver import LinkResolver, Resolution, listed
from vaultcrm.markdown.links import LinkSpan, ScalarSpan, find_links, links_in_text, scalar_spans, unquote
from vaultcrm.markdown.page import Page, split_page

PathMap = Callable[[str], str]  # a path before the moves, to the path after them


class SkippedLink(NamedTuple):
    """A link that had to stay as it is, though it should have followed: where it stands, and why."""

    path: str
    line: int
    link: str
    why: str


class RewrittenFile(NamedTuple):
    """A file's new bytes; the links that were changed, as they were and as they are, with their lines; those that were left."""

    data: bytes
    changed: tuple[tuple[int, str, str], ...] = ()
    skipped: tuple[SkippedLink, ...] = ()


class LinkEdit(NamedTuple):
    """What is to stand in the place of a link's target, and what it means."""

    link: LinkSpan
    raw: str
    target: str

    def shown(self, text: str) -> tuple[str, str]:
        """The whole link as it was and as it is."""
        link = self.link
        return text[link.start : link.end], text[link.start : link.target_start] + self.raw + text[link.target_end : link.end]


class LinkRewriter:
    """The vault before the moves and after them, and the way between."""

    def __init__(self, before: LinkResolver, after: LinkResolver, way: PathMap) -> None:
        self.before = before
        self.after = after
        self.path_map = way

    def rewrite(self, path: str, data: bytes) -> RewrittenFile:
        """A file that lay at `path`: a note, or a canvas."""
        return self._rewrite_canvas(path, data) if path.endswith(".canvas") else self._rewrite_note(path, data)

    def _rewrite_note(self, path: str, data: bytes) -> RewrittenFile:
        """A note that lay at `path`, with its links led to where their files are now. Only their targets change."""
        new_path = self.path_map(path)
        try:
            text, page = data.decode("utf-8"), split_page(data)
            found = find_links(page)
        except (UnicodeDecodeError, Unreadable):
            loose = data.decode("utf-8", "replace")
            wanted = self._described_changes(path, new_path, links_in_text(loose), loose)
            return RewrittenFile(
                data, skipped=tuple(SkippedLink(new_path, line, link, "the note cannot be read") for line, link, _ in wanted)
            )
        edits: list[LinkEdit] = []
        left: list[SkippedLink] = []
        for link, goal in self._links_to_change(path, new_path, found):
            shown = text[link.start : link.end]
            edit = None if isinstance(goal, Resolution) else self._find_edit(link, path, new_path, goal, text)
            if isinstance(goal, Resolution):
                left.append(SkippedLink(new_path, link.line, shown, f"it may mean {listed(goal.candidates)}"))
            elif page.kind in ("toml", "json", "other"):
                left.append(SkippedLink(new_path, link.line, shown, "the front matter is not YAML, and such notes are not edited"))
            elif edit is None:
                left.append(SkippedLink(new_path, link.line, shown, f"{goal} cannot be written there"))
            else:
                edits.append(edit)
        proved, failed = _apply_verified(data, page, text, found, edits)
        left += [
            SkippedLink(new_path, edit.link.line, text[edit.link.start : edit.link.end], "the change could not be proved")
            for edit in failed
        ]
        made = tuple((edit.link.line, *edit.shown(text)) for edit in edits if edit not in failed)
        return RewrittenFile(proved, made, tuple(sorted(left)))

    def _rewrite_canvas(self, path: str, data: bytes) -> RewrittenFile:
        """A canvas, which names files by their paths; what links stand in its texts are left."""
        new_path = self.path_map(path)
        try:
            text = data.decode("utf-8")
            cards = json.loads(text).get("nodes", [])
            texts = [card["text"] for card in cards if isinstance(card.get("text"), str)]
        except (ValueError, AttributeError, TypeError, RecursionError):
            return RewrittenFile(data)
        wanted = [one for said in texts for one in self._described_changes(path, new_path, links_in_text(said), said)]
        left = [SkippedLink(new_path, 1, link, "it stands in a text of the canvas") for _, link, _ in wanted]
        changed: list[tuple[int, str, str]] = []

        def moved(found: "re.Match[str]") -> str:
            named = json.loads(found[2])
            goal = self.path_map(named)
            if goal == named:
                return found[0]
            new = json.dumps(goal, ensure_ascii="\\u" in found[2])  # half of a surrogate pair can only be spelled out
            changed.append((1 + text.count("\n", 0, found.start()), found[2], new))
            return found[1] + new

        made = re.sub(r'("file"\s*:\s*)("(?:[^"\\]|\\.)*")', moved, text)
        expected = json.loads(text)
        for card in expected.get("nodes", []):
            if isinstance(card.get("file"), str):
                card["file"] = self.path_map(card["file"])
        if json.loads(made) != expected:
            return RewrittenFile(data, skipped=(*left, SkippedLink(new_path, 1, path, "the change could not be proved")))
        return RewrittenFile(made.encode("utf-8"), tuple(changed), tuple(left))

    def _links_to_change(self, path: str, new_path: str, found: Sequence[LinkSpan]) -> Iterator[tuple[LinkSpan, str | Resolution]]:
        """The links that do not lead any more to what they led to: each with its goal, or with what it may mean."""
        for link in found:
            was = self.before.resolve(link.kind, link.target, link.key, path)
            if was.path is None:
                continue
            goal = self.path_map(was.path)
            now = self.after.resolve(link.kind, link.target, link.key, new_path)
            if not was.is_certain:
                if now.path != goal or {self.path_map(other) for other in was.candidates} != set(now.candidates):
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

    def _described_changes(self, path: str, new_path: str, found: Sequence[LinkSpan], text: str) -> list[tuple[int, str, str | Resolution]]:
        return [(link.line, text[link.start : link.end], goal) for link, goal in self._links_to_change(path, new_path, found)]

    # ---------------------------------------------------------------------------- the new target

    def _find_edit(self, link: LinkSpan, path: str, new_path: str, goal: str, text: str) -> LinkEdit | None:
        """The target in the style that it had, or as the path from the root; None when neither leads to the goal."""
        if link.target_start < 0:
            return None
        for target in dict.fromkeys(self._candidate_targets(link, path, new_path, goal)):
            now = self.after.resolve(link.kind, target, link.key, new_path)
            is_theirs = set(self.after.obsidian_targets(link.kind, target, new_path)) == {goal}
            raw = _encode_target(target, text[link.target_start : link.target_end], link)
            if now.path == goal and now.is_certain and is_theirs and raw is not None:
                return LinkEdit(link, raw, target)
        return None

    def _candidate_targets(self, link: LinkSpan, path: str, new_path: str, goal: str) -> Iterator[str]:
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


def _encode_target(target: str, raw: str, link: LinkSpan) -> str | None:
    """A target as it is written where the link stands; None when it cannot be."""
    if link.style == "<":
        return _percent_encode(target, raw, "<>")
    if link.style == "(":
        return _percent_encode(target, raw, " ()<>\\" if target.count("(") != target.count(")") or "%28" in raw else " <>\\")
    if re.search(r"[\[\]|#^\r\n]|%%|^\s|\s$", target):
        return None
    if link.style == "'":
        return target.replace("'", "''")
    if link.style == '"':
        return target.replace("\\", "\\\\").replace('"', '\\"')
    return target


def _percent_encode(target: str, raw: str, marks: str) -> str:
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


def _apply_edits(text: str, edits: Sequence[LinkEdit]) -> str:
    for edit in sorted(edits, key=lambda edit: edit.link.target_start, reverse=True):
        text = text[: edit.link.target_start] + edit.raw + text[edit.link.target_end :]
    return text


def _apply_verified(
    data: bytes, page: Page, text: str, found: Sequence[LinkSpan], edits: Sequence[LinkEdit]
) -> tuple[bytes, list[LinkEdit]]:
    """The file with its edits, as far as each can be proved; and those that cannot."""
    if _is_verified(page, made := _apply_edits(text, edits).encode("utf-8"), found, edits):
        return made, []
    kept = [edit for edit in edits if edit.link.scalar_index < 0]
    if not _is_verified(page, _apply_edits(text, kept).encode("utf-8"), found, kept):
        kept = []
    failed: list[LinkEdit] = []
    for edit in (edit for edit in edits if edit not in kept):
        is_good = _is_verified(page, _apply_edits(text, [*kept, edit]).encode("utf-8"), found, [*kept, edit])
        (kept if is_good else failed).append(edit)
    return (_apply_edits(text, kept).encode("utf-8") if kept else data), failed


def _is_verified(page: Page, made: bytes, found: Sequence[LinkSpan], edits: Sequence[LinkEdit]) -> bool:
    """Whether the new text holds the same links with the new targets, and its properties are otherwise what they were."""
    new = split_page(made)
    targets = {edit.link: edit.target for edit in edits}
    try:
        now = [(link.kind, link.key, link.target) for link in find_links(new)]
        properties = [(leaf.text, leaf.style) for leaf in scalar_spans(new)] if page.block else []
    except Unreadable:
        return False
    return (
        (new.kind, new.before) == (page.kind, page.before)
        and now == [(link.kind, link.key, targets.get(link, link.target)) for link in found]
        and properties == (_expected_scalars(scalar_spans(page), edits) if page.block else [])
    )


def _expected_scalars(texts: Sequence[ScalarSpan], edits: Sequence[LinkEdit]) -> list[tuple[str, str]]:
    """The texts of the properties as they should be."""
    wanted = [leaf.text for leaf in texts]
    for edit in sorted(edits, key=lambda edit: edit.link.scalar_span, reverse=True):
        if edit.link.scalar_index >= 0:
            start, end = edit.link.scalar_span
            text = wanted[edit.link.scalar_index]
            target = edit.raw if texts[edit.link.scalar_index].style == "[" else unquote(edit.raw, edit.link.style)
            wanted[edit.link.scalar_index] = text[:start] + target + text[end:]
    return [(text, leaf.style) for text, leaf in zip(wanted, texts, strict=True)]
