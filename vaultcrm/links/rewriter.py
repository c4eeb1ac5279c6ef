"""Rewrite the links of a file so that they point to the same files after a move, and report those that can't be rewritten."""

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

from vaultcrm.disk.filenames import title_of_path, without_extension
from vaultcrm.errors import Unreadable
from vaultcrm.links.resolver import LinkResolver, Resolution, candidate_list
from vaultcrm.markdown.links import LinkSpan, ScalarSpan, find_links, links_in_text, scalar_spans, unquote
from vaultcrm.markdown.page import Page, split_page
from vaultcrm.normalize import fold_case

_CANVAS_PATHS = ("file", "background")  # the keys of a canvas's nodes that hold a path from the vault's root (JSON Canvas 1.0)
_JSON_STRING = r'"(?:[^"\\]|\\.)*+"'

PathMap = Callable[[str], str]  # from a path before the moves to the path after them


class SkippedLink(NamedTuple):
    """A link that should have been rewritten and was not: where it is (`path` is the one after the moves), and why."""

    path: str
    line: int
    link: str
    why: str

    @property
    def sentence(self) -> str:
        """Where it is, and why it stays."""
        return f"{self.path}:{self.line}: {self.link} was not changed: {self.why}."


class RewrittenFile(NamedTuple):
    """A file after its links were rewritten."""

    data: bytes
    changed: tuple[tuple[int, str, str], ...] = ()  # the line, the old and the new text of each link that was rewritten
    skipped: tuple[SkippedLink, ...] = ()


class LinkEdit(NamedTuple):
    """A new target for a link: as it is to be written (`raw`), and decoded (`target`)."""

    link: LinkSpan
    raw: str
    target: str

    def old_and_new(self, text: str) -> tuple[str, str]:
        """The whole link as it is in `text`, and with the new target."""
        link = self.link
        return text[link.start : link.end], text[link.start : link.target_start] + self.raw + text[link.target_end : link.end]


class LinkRewriter:
    """Rewrites links, given how they resolve before and after the moves, and where each path moves to."""

    def __init__(self, before: LinkResolver, after: LinkResolver, path_map: PathMap) -> None:
        self.before = before
        self.after = after
        self.path_map = path_map

    def rewrite(self, path: str, data: bytes) -> RewrittenFile:
        """Rewrite the links of a note or a canvas. `path` is where it was before the moves."""
        return self._rewrite_canvas(path, data) if path.endswith(".canvas") else self._rewrite_note(path, data)

    def _rewrite_note(self, path: str, data: bytes) -> RewrittenFile:
        new_path = self.path_map(path)
        try:
            text, page = data.decode("utf-8"), split_page(data)
            links = find_links(page)
        except (UnicodeDecodeError, Unreadable):
            skipped = self._skip_all(path, data.decode("utf-8", "replace"), "the note can't be read")
            return RewrittenFile(data, skipped=tuple(skipped))
        edits: list[LinkEdit] = []
        skipped = []
        for link, goal in self._links_to_change(path, new_path, links):
            reason = ""
            if isinstance(goal, Resolution):
                reason = f"it could mean {candidate_list(goal.candidates)}" if goal.candidates else "no file is at that path"
            elif page.kind in ("toml", "json", "other"):
                reason = "the front matter is not YAML, and such notes are not edited"
            elif edit := self._find_edit(link, path, new_path, goal, text):
                edits.append(edit)
            else:
                reason = f"{goal} can't be written there"
            if reason:
                skipped.append(SkippedLink(new_path, link.line, text[link.start : link.end], reason))
        new_data, failed = _apply_verified(data, page, text, links, edits)
        for edit in failed:
            skipped.append(SkippedLink(new_path, edit.link.line, text[edit.link.start : edit.link.end], "the change could not be verified"))
        changed = tuple((edit.link.line, *edit.old_and_new(text)) for edit in edits if edit not in failed)
        return RewrittenFile(new_data, changed, tuple(sorted(skipped)))

    def _rewrite_canvas(self, path: str, data: bytes) -> RewrittenFile:
        """Rewrite the paths of the files on a canvas. Links in its text cards are only reported."""
        new_path = self.path_map(path)
        try:
            text = data.decode("utf-8")
            cards = json.loads(text).get("nodes", [])
            texts = [card["text"] for card in cards if isinstance(card.get("text"), str)]
        except (ValueError, AttributeError, TypeError, RecursionError):
            return RewrittenFile(data, skipped=tuple(self._paths_in_broken_canvas(new_path, data.decode("utf-8", "replace"))))
        skipped = [
            link._replace(line=1) for card_text in texts for link in self._skip_all(path, card_text, "it is in a text card of the canvas")
        ]
        changed: list[tuple[int, str, str]] = []

        def replace_path(match: "re.Match[str]") -> str:
            old = json.loads(match[2])
            new = self.path_map(old)
            if new == old:
                return match[0]
            raw = json.dumps(new, ensure_ascii="\\u" in match[2])  # half of a surrogate pair can only be written as an escape
            changed.append((1 + text.count("\n", 0, match.start()), match[2], raw))
            return match[1] + raw

        new_text = re.sub(rf'("(?:{"|".join(_CANVAS_PATHS)})"\s*:\s*)({_JSON_STRING})', replace_path, text)
        expected = json.loads(text)
        for card in expected.get("nodes", []):
            card |= {key: self.path_map(card[key]) for key in _CANVAS_PATHS if isinstance(card.get(key), str)}
        if json.loads(new_text) != expected:
            return RewrittenFile(data, skipped=(*skipped, SkippedLink(new_path, 1, path, "the change could not be verified")))
        return RewrittenFile(new_text.encode("utf-8"), tuple(changed), tuple(skipped))

    def _paths_in_broken_canvas(self, new_path: str, text: str) -> Iterator[SkippedLink]:
        """The texts in quotes that are the old path of a moved file."""
        for match in re.finditer(_JSON_STRING, text):
            with suppress(ValueError):
                path = json.loads(match[0])
                if self.path_map(path) != path:
                    yield SkippedLink(new_path, 1 + text.count("\n", 0, match.start()), match[0], "the canvas can't be read")

    def _skip_all(self, path: str, text: str, reason: str) -> list[SkippedLink]:
        """The links in a text that would have to be rewritten, as skipped for one reason."""
        new_path = self.path_map(path)
        to_change = self._links_to_change(path, new_path, links_in_text(text))
        return [SkippedLink(new_path, link.line, text[link.start : link.end], reason) for link, _ in to_change]

    def _links_to_change(self, path: str, new_path: str, links: Sequence[LinkSpan]) -> Iterator[tuple[LinkSpan, str | Resolution]]:
        """The links that would not point to the same file after the moves.

        Each comes with the path that it has to point to, or with its old resolution if that is ambiguous.
        """
        for link in links:
            before = self.before.resolve(link.kind, link.target, link.key, path)
            if before.path is None:
                if self._opened_in_obsidian(link, path, new_path):
                    yield link, before
                continue
            goal = self.path_map(before.path)
            after = self.after.resolve(link.kind, link.target, link.key, new_path)
            if not before.is_certain:
                if after.path != goal or {self.path_map(other) for other in before.candidates} != set(after.candidates):
                    yield link, before
                continue
            obsidian_before = self.before.obsidian_targets(link.kind, link.target, path)
            obsidian_after = self.after.obsidian_targets(link.kind, link.target, new_path)
            is_same_in_obsidian = all(new == goal for old, new in zip(obsidian_before, obsidian_after, strict=True) if old == before.path)
            is_renamed = title_of_path(link.target) == title_of_path(before.path) != title_of_path(goal)  # perhaps only in case
            if after.path != goal or not after.is_certain or not is_same_in_obsidian or is_renamed:
                yield link, goal

    def _opened_in_obsidian(self, link: LinkSpan, path: str, new_path: str) -> bool:
        """Whether Obsidian finds a file by the name of a link that is no path to it, and won't find it any more."""
        before = self.before.obsidian_targets(link.kind, link.target, path)
        after = self.after.obsidian_targets(link.kind, link.target, new_path)
        return any(old is not None and self.path_map(old) != new for old, new in zip(before, after, strict=True))

    def _find_edit(self, link: LinkSpan, path: str, new_path: str, goal: str, text: str) -> LinkEdit | None:
        """The first new target that points to `goal` in vaultcrm and in Obsidian; None if there is none."""
        if link.target_start < 0:
            return None
        for target in dict.fromkeys(self._candidate_targets(link, path, new_path, goal)):
            resolution = self.after.resolve(link.kind, target, link.key, new_path)
            is_same_in_obsidian = set(self.after.obsidian_targets(link.kind, target, new_path)) == {goal}
            raw = _encode_target(target, text[link.target_start : link.target_end], link)
            if resolution.path == goal and resolution.is_certain and is_same_in_obsidian and raw is not None:
                return LinkEdit(link, raw, target)
        return None

    def _candidate_targets(self, link: LinkSpan, path: str, new_path: str, goal: str) -> Iterator[str]:
        """Targets that may point to `goal`: first in the style of the old target, then as the path from the root."""
        old = link.target
        shorten = (lambda path: path) if old.lower().endswith(".md") else without_extension
        full = shorten(goal)
        relative = posixpath.relpath(full, posixpath.dirname(new_path) or ".")
        dotted = relative if relative.startswith("../") else "./" + relative
        old_full = shorten(self.before.resolve(link.kind, old, link.key, path).path or "")
        if old.startswith("/"):
            yield "/" + full
        elif old.startswith(("./", "../")):
            yield dotted if old.startswith("./") else relative
        elif link.kind == "path" and _same_path(posixpath.join(posixpath.dirname(path), old), old_full):
            yield relative
        elif "/" not in old:
            if self.after.has_unique_name(goal):
                yield full.rpartition("/")[2]
        elif old != old_full:
            yield "/".join(full.split("/")[-old.count("/") - 1 :])  # with as many folders as before
        yield full
        yield "/" + full
        if link.kind == "path":
            yield dotted


def _same_path(path: str, other: str) -> bool:
    """Whether two paths are one in a folder where case doesn't matter."""
    return fold_case(posixpath.normpath(path)) == fold_case(other)


def _encode_target(target: str, raw: str, link: LinkSpan) -> str | None:
    """The target as it has to be written in this link, whose target is now written `raw`. None if it can't be written there."""
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
    """The target with percent signs for the characters in `marks`, and for those that the old target `raw` encoded.

    Every "%" is encoded, because Obsidian decodes no part of a path with a single one, and takes two for
    a comment. "&" is encoded where it would start an HTML entity.
    """
    encodes_non_ascii = re.search("%[89A-Fa-f][0-9A-Fa-f]", raw) is not None
    to_encode = marks + "%#?" + (" " if "%20" in raw else "")

    def encode(char: str, at: int) -> str:
        if char in to_encode or not char.isprintable() or (encodes_non_ascii and ord(char) > 127):
            return "".join(f"%{byte:02X}" for byte in char.encode("utf-8"))
        return "%26" if char == "&" and re.match(r"#?\w+;", target[at + 1 :]) else char

    return "".join(encode(char, at) for at, char in enumerate(target))


def _apply_edits(text: str, edits: Sequence[LinkEdit]) -> str:
    for edit in sorted(edits, key=lambda edit: edit.link.target_start, reverse=True):
        text = text[: edit.link.target_start] + edit.raw + text[edit.link.target_end :]
    return text


def _apply_verified(
    data: bytes, page: Page, text: str, links: Sequence[LinkSpan], edits: Sequence[LinkEdit]
) -> tuple[bytes, list[LinkEdit]]:
    """The file with those edits that can be verified, and the edits that can't.

    First all edits together are tried, then those in the body, then those in the properties one by one.
    """
    new_data = _apply_edits(text, edits).encode("utf-8")
    if _is_verified(page, new_data, links, edits):
        return new_data, []
    kept = [edit for edit in edits if edit.link.scalar_index < 0]
    if not _is_verified(page, _apply_edits(text, kept).encode("utf-8"), links, kept):
        kept = []
    failed: list[LinkEdit] = []
    for edit in (edit for edit in edits if edit not in kept):
        is_verified = _is_verified(page, _apply_edits(text, [*kept, edit]).encode("utf-8"), links, [*kept, edit])
        (kept if is_verified else failed).append(edit)
    return (_apply_edits(text, kept).encode("utf-8") if kept else data), failed


def _is_verified(page: Page, new_data: bytes, links: Sequence[LinkSpan], edits: Sequence[LinkEdit]) -> bool:
    """Whether the new file has the same links with the new targets, and otherwise the same properties."""
    new_page = split_page(new_data)
    targets = {edit.link: edit.target for edit in edits}
    try:
        new_links = [(link.kind, link.key, link.target) for link in find_links(new_page)]
        new_scalars = [(scalar.text, scalar.style) for scalar in scalar_spans(new_page)] if page.block else []
    except Unreadable:
        return False
    return (
        (new_page.kind, new_page.before) == (page.kind, page.before)
        and new_links == [(link.kind, link.key, targets.get(link, link.target)) for link in links]
        and new_scalars == (_expected_scalars(scalar_spans(page), edits) if page.block else [])
    )


def _expected_scalars(scalars: Sequence[ScalarSpan], edits: Sequence[LinkEdit]) -> list[tuple[str, str]]:
    """Text and style of each scalar in the properties, as they should be after the edits."""
    texts = [scalar.text for scalar in scalars]
    for edit in sorted(edits, key=lambda edit: edit.link.scalar_span, reverse=True):
        index = edit.link.scalar_index
        if index >= 0:
            start, end = edit.link.scalar_span
            target = edit.raw if scalars[index].style == "[" else unquote(edit.raw, edit.link.style)
            texts[index] = texts[index][:start] + target + texts[index][end:]
    return [(text, scalar.style) for text, scalar in zip(texts, scalars, strict=True)]
