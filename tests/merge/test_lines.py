"""Lines merged by git."""

from pathlib import Path

import pytest

from tests.merge.notes import clean, merged, note
from vaultcrm.git.client import merge_file
from vaultcrm.merge.lines import merge_lines
from vaultcrm.merge.note import MergedNote


def test_git_merges_lines() -> None:
    assert merge_file(b"A\nb\nc\n", b"a\nb\nc\n", b"a\nb\nC\n") == (b"A\nb\nC\n", True)
    assert merge_file(b"A\n\nb\nc\n", b"a\n\nb\nc\n", b"x\n\nb\nC\n") == (b"A\n\nb\nC\n", False)


def test_git_is_not_led_astray_by_the_git_above_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "nonsense")
    assert merge_file(b"A\nb\nc\n", b"a\nb\nc\n", b"a\nb\nC\n") == (b"A\nb\nC\n", True)


def test_without_git_the_body_is_not_merged_and_that_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    base = note("a: 1") + "one\n\ntwo\n"
    made = merged(base, base.replace("one", "ONE"), base.replace("two", "TWO").replace("a: 1", "a: 2"))
    assert made == MergedNote((note("a: 2") + "ONE\n\ntwo\n").encode(), (), False)
    assert clean(base, base.replace("one", "ONE"), base.replace("a: 1", "a: 2")) == note("a: 2") + "ONE\n\ntwo\n"


def test_lines_of_both_kinds_are_left_as_they_are() -> None:
    assert merge_lines(b"a\r\nb\nc\n", b"A\r\nb\nc\n", b"a\r\nb\nc\nd\r\n") == (b"A\r\nb\nc\nd\r\n", True)
