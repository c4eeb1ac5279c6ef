"""Texts merged line by line by Git."""

from pathlib import Path

import pytest

from tests.merge.notes import clean_merge, merge, note
from vaultcrm.git.client import merge_file
from vaultcrm.merge.lines import merge_lines
from vaultcrm.merge.note import MergedNote


def test_git_merges_lines() -> None:
    assert merge_file(b"A\nb\nc\n", b"a\nb\nc\n", b"a\nb\nC\n") == (b"A\nb\nC\n", True)
    assert merge_file(b"A\n\nb\nc\n", b"a\n\nb\nc\n", b"x\n\nb\nC\n") == (b"A\n\nb\nC\n", False)


def test_the_environment_of_a_calling_git_is_ignored(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "nonsense")
    assert merge_file(b"A\nb\nc\n", b"a\nb\nc\n", b"a\nb\nC\n") == (b"A\nb\nC\n", True)


def test_without_git_a_body_changed_on_both_sides_is_a_conflict(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    base = note("a: 1") + "one\n\ntwo\n"
    result = merge(base, base.replace("one", "ONE"), base.replace("two", "TWO").replace("a: 1", "a: 2"))
    assert result == MergedNote((note("a: 2") + "ONE\n\ntwo\n").encode(), (), False)
    assert clean_merge(base, base.replace("one", "ONE"), base.replace("a: 1", "a: 2")) == note("a: 2") + "ONE\n\ntwo\n"


def test_mixed_line_endings_are_left_as_they_are() -> None:
    assert merge_lines(b"a\r\nb\nc\n", b"A\r\nb\nc\n", b"a\r\nb\nc\nd\r\n") == (b"A\r\nb\nc\nd\r\n", True)
