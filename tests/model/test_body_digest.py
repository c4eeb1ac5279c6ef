"""The digest of a body changes when what it says changes, and at nothing else."""

import pytest

from vaultcrm.markdown.page import split_page
from vaultcrm.model.body_digest import body_digest


def digest_of(note: str) -> bytes:
    return body_digest(split_page(note.encode()).body)


BODY = "---\ntype: project\n---\nOne line\n\nAnother line\n"


@pytest.mark.parametrize(
    "same",
    [
        "---\ntype: project\nvalue: 3\n---\nOne line\n\nAnother line\n",
        "One line\nAnother line",
        "One   line\n\n\nAnother line \n",
        "Another line\n\nOne line\n",
        "One line\r\n\r\nAnother line\r\n",
        "One line\n\nAnother line\n\n- [ ] A task\n  1. [x] Another ✅ 2026-11-02\n",
        "One line\n> [!decision] Agreed\n> and more of it\n\nAnother line\n",
    ],
)
def test_it_stays(same: str) -> None:
    assert digest_of(same) == digest_of(BODY)


@pytest.mark.parametrize(
    "other",
    [
        "One line\n",
        "One line\nAnother line\nA third\n",
        "One line\nAnother  lines",
        "One line\n> A quote\n\nAnother line\n",
        "One line\n[x]\nAnother line",
    ],
)
def test_it_changes(other: str) -> None:
    assert digest_of(other) != digest_of(BODY)


@pytest.mark.parametrize("empty", ["", "---\ntype: client\n---\n", "\n \n", "- [ ] Only a task\n"])
def test_it_is_empty_for_a_body_without_words(empty: str) -> None:
    assert digest_of(empty) == b""
