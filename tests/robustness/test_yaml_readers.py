"""What we write, others read alike: the YAML readers of Node, where Node and the two packages are there."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests import ROOT
from tests.robustness.yaml_readers import NASTY, agree, can_read, differences, files_of, write_nasty
from vaultcrm.markdown.values import Value

elsewhere = pytest.mark.skipif(not can_read(), reason="Node with the packages yaml and js-yaml is not here")


@elsewhere
def test_the_example_vault_is_read_alike() -> None:
    counted: Counter[str] = Counter()
    assert differences(files_of(ROOT / "example-vault"), counted=counted) == []
    assert counted["files"] > 60


@elsewhere
def test_what_our_commands_write_is_read_alike(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "example-vault", tmp_path / "vault")
    assert write_nasty(tmp_path / "vault", NASTY[::7])["wrote"] > 50
    assert differences(files_of(tmp_path / "vault")) == []


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
def test_when_a_value_is_the_same(ours: Value, theirs: object, is_bare: bool, same: bool) -> None:
    assert agree(ours, theirs, is_bare, Counter()) is same
