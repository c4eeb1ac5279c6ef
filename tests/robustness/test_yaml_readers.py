"""Other YAML readers read the same as vaultcrm. Needs Node with the packages yaml and js-yaml."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests import ROOT
from tests.robustness.yaml_readers import NASTY_VALUES, can_read, differences, is_same_value, notes_and_views, write_nasty
from vaultcrm.markdown.values import Value

needs_node = pytest.mark.skipif(not can_read(), reason="needs Node with the packages yaml and js-yaml")


@needs_node
def test_other_readers_read_the_same_in_the_example_vault() -> None:
    counted: Counter[str] = Counter()
    assert differences(notes_and_views(ROOT / "example-vault"), counted=counted) == []
    assert counted["files"] > 60


@needs_node
def test_other_readers_read_the_same_in_notes_that_commands_wrote(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "example-vault", tmp_path / "vault")
    assert write_nasty(tmp_path / "vault", NASTY_VALUES[::7])["wrote"] > 50
    assert differences(notes_and_views(tmp_path / "vault")) == []


@pytest.mark.parametrize(
    ("ours", "theirs", "is_bare", "same"),
    [
        (None, None, True, True), ("", None, True, True), ("null", None, True, False),
        ("a", "a", True, True), ("a", "b", True, False), ("a", None, True, False), (None, "a", True, False),
        ("12", {"number": "12"}, True, True), ("12", {"number": "12"}, False, False), ("007", {"number": "8"}, True, False),
        ("1.10", {"number": "1.1"}, True, True), ("12:30", {"number": "750"}, True, False),
        ("yes", {"boolean": "true"}, True, False), ("true", {"boolean": "true"}, True, True),
        ("2026-11-09", {"date": "2026-11-09T00:00:00.000Z"}, True, True),
        ("2026-11-09T10:30:00", {"date": "2026-11-09T10:30:00.000Z"}, True, True),
        ("2026-11-10", {"date": "2026-11-09T00:00:00.000Z"}, True, False),
        (["a", ""], ["a", None], True, True), (["a"], ["a", "b"], True, False), (["a"], "a", True, False),
        ("{a: b}", {"map": [["a", "b"]]}, True, True),
    ],
)  # fmt: skip
def test_which_values_count_as_the_same(ours: Value, theirs: object, is_bare: bool, same: bool) -> None:
    assert is_same_value(ours, theirs, is_bare, Counter()) is same
