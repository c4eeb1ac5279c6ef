"""A vault at a moment: when the catalogue is refreshed, and what happens after a write."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, NOW, TODAY, crm_with
from vaultcrm.actions.crm import Crm
from vaultcrm.errors import NotFound


@pytest.fixture
def crm(tmp_path: Path) -> Crm:
    return crm_with(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, "a.md": ""})


def paths(crm: Crm) -> list[str]:
    return [row.path for row in crm.catalog.note_rows()]


def test_time_is_an_argument(crm: Crm) -> None:
    assert (crm.now, crm.today) == (NOW, TODAY)


def test_one_refresh_lasts_until_it_is_invalidated(crm: Crm) -> None:
    crm.refresh()
    (Path(crm.vault.root) / "b.md").write_text("")
    crm.refresh()
    assert paths(crm) == ["a.md", "clients/Acme/Acme.md"]
    crm.invalidate()
    crm.refresh()
    assert paths(crm) == ["a.md", "b.md", "clients/Acme/Acme.md"]


def test_some_folders_are_refreshed_without_the_rest(crm: Crm) -> None:
    crm.refresh()
    crm.invalidate()
    for path in ("b.md", "clients/Acme/c.md"):
        (Path(crm.vault.root) / path).write_text("")
    crm.refresh_folders(["clients/Acme"])
    assert paths(crm) == ["a.md", "clients/Acme/Acme.md", "clients/Acme/c.md"]
    crm.refresh()
    assert "b.md" in paths(crm)


def test_a_question_that_fails_is_repeated_once_on_the_whole_vault(crm: Crm) -> None:
    calls = []

    def find() -> list[str]:
        calls.append(paths(crm))
        if len(calls) < 2:
            raise NotFound("No.")
        return calls[-1]

    assert crm.retry_after_refresh(find) == ["a.md", "clients/Acme/Acme.md"]
    assert calls[0] == []
    calls.clear()
    with pytest.raises(NotFound):
        crm.retry_after_refresh(find)  # the catalogue is complete
    assert len(calls) == 1


def test_a_write_is_followed_by_a_refresh_and_by_the_callback(crm: Crm) -> None:
    written: list[Sequence[str]] = []
    crm.after_writing = written.append
    crm.refresh()
    with crm.writing() as writer:
        writer.create("", "b", "")
    crm.refresh()
    assert ("b.md" in paths(crm), written) == (True, [["b.md"]])
    with crm.writing():
        pass
    assert len(written) == 1  # nothing was written
