"""Who has a name now: what is found without looking at every note, and what stays unread until somebody asks for it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, note
from tests.support import make_vault, refreshed, write_files
from vaultcrm.catalog import names
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.catalog.refresh import refresh_names
from vaultcrm.disk import files
from vaultcrm.vault.vault import FolderScan, Vault

FILES = {
    "clients/Acme Studio/Acme Studio.md": CLIENT,
    "clients/Acme Studio/Dana.md": note("person"),
    "clients/Acme Studio/projects/Website.md": note("project"),
    "clients/Acme Studio/interactions/2026-11-02 Call.md": note("interaction"),
    "clients/Fox/Fox.md": CLIENT,
    "notes/Plain.md": "",
}


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vault:
    monkeypatch.setattr(files, "RACY_NS", 0)  # as if all of it had been written long ago
    return make_vault(tmp_path / "v", FILES)


def named(catalog: Catalog) -> set[str]:
    return {row.path for row in catalog.note_rows() if row.type in names.NAMED_TYPES}


def named_after(vault: Vault, change: Callable[[Path], object]) -> set[str]:
    """The clients, people and projects that are known after a change, without a refresh of everything."""
    catalog = refreshed(vault, refreshed(vault))
    change(Path(vault.root))
    refresh_names(vault, catalog)
    assert named(catalog) == named(refreshed(vault, Catalog(vault.root)))
    return named(catalog)


def add(path: str, text: str) -> Callable[[Path], None]:
    return lambda root: write_files(root, {path: text})


def move(old: str, new: str) -> Callable[[Path], object]:
    def run(root: Path) -> None:
        (root / new).parent.mkdir(parents=True, exist_ok=True)
        (root / old).rename(root / new)

    return run


KNOWN = {path for path in FILES if "interactions" not in path and "notes" not in path}
WEBSITE = "clients/Acme Studio/projects/Website.md"


@pytest.mark.parametrize(
    ("change", "gone", "new"),
    [
        (add("clients/Acme/Acme.md", CLIENT), set(), {"clients/Acme/Acme.md"}),
        (add("prospects/2026/Acme/Acme.md", CLIENT), set(), {"prospects/2026/Acme/Acme.md"}),
        (add("Acme.md", CLIENT), set(), {"Acme.md"}),
        (add("clients/Acme Studio/projects/Web.md", note("project")), set(), {"clients/Acme Studio/projects/Web.md"}),
        (add("clients/Fox/projects/Web.md", note("project")), set(), {"clients/Fox/projects/Web.md"}),
        (add("shared/people/Dana Li.md", note("person", 'client: "[[Fox]]"')), set(), {"shared/people/Dana Li.md"}),
        (move(WEBSITE, "clients/Acme Studio/projects/Shop.md"), {WEBSITE}, {"clients/Acme Studio/projects/Shop.md"}),
        (move(WEBSITE, "clients/Fox/projects/Website.md"), {WEBSITE}, {"clients/Fox/projects/Website.md"}),
        (move("clients/Fox", "archive/Fox"), {"clients/Fox/Fox.md"}, {"archive/Fox/Fox.md"}),
        (lambda root: shutil.rmtree(root / "clients/Fox"), {"clients/Fox/Fox.md"}, set()),
        (lambda root: (root / WEBSITE).unlink(), {WEBSITE}, set()),
        (lambda root: (root / "clients/Fox/Fox.md").write_text("no client any more"), {"clients/Fox/Fox.md"}, set()),
        (add("clients/New/New.md", "---\na: b: c\n---\n"), set(), set()),
        (lambda root: os.utime(root / "notes"), set(), set()),
    ],
)  # fmt: skip
def test_names_are_as_they_are_on_the_disk(change: Callable[[Path], object], gone: set[str], new: set[str], vault: Vault) -> None:
    assert named_after(vault, change) == (KNOWN - gone) | new


def test_an_alias_added_in_place_is_known(vault: Vault) -> None:
    catalog = refreshed(vault)
    Path(vault.root, "clients/Fox/Fox.md").write_text(note("client", "aliases: [Acme]"))
    refresh_names(vault, catalog)
    assert catalog.client_names()["clients/Fox/Fox.md"] == ["fox", "acme"]


def test_a_note_that_could_not_be_read_is_a_client_once_it_is_repaired(vault: Vault) -> None:
    write_files(Path(vault.root), {"clients/New/New.md": "---\na: b: c\n---\n"})
    catalog = refreshed(vault)
    assert catalog.unread_notes() == ["clients/New/New.md"]
    Path(vault.root, "clients/New/New.md").write_text(CLIENT)  # in place: the times of its folder stay
    refresh_names(vault, catalog)
    assert (catalog.unread_notes(), "clients/New/New.md" in named(catalog)) == ([], True)


def test_notes_without_a_name_of_their_own_stay_unread(vault: Vault) -> None:
    catalog = refreshed(vault)
    write_files(Path(vault.root), {"clients/Acme Studio/interactions/2026-11-03 Call.md": note("interaction"), "x/y/z.md": ""})
    assert names.folders_with_changed_names(vault, catalog) == []


def test_many_changed_notes_are_read_for_good(vault: Vault) -> None:
    catalog = refreshed(vault)
    write_files(Path(vault.root), {f"clients/Fox/interactions/{number}.md": note("interaction") for number in range(30)})
    refresh_names(vault, catalog)
    assert len(catalog.notes("interaction")) == 31
    assert names.folders_with_changed_names(vault, catalog) == []


def test_a_folder_in_which_only_other_files_have_changed_is_looked_at_once(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog = refreshed(vault)
    Path(vault.root, "notes/photo.jpg").write_bytes(b"\xff")
    walked = []
    walk = Vault.walk

    def counted_walk(self: Vault, top: str = "", recursive: bool = True) -> Iterator[FolderScan]:
        walked.append(top)
        return walk(self, top, recursive)

    monkeypatch.setattr(Vault, "walk", counted_walk)
    for _ in range(2):
        refresh_names(vault, catalog)
    assert walked == ["notes"]


def test_names_are_found_while_another_process_writes_the_cache(vault: Vault) -> None:
    catalog, other = refreshed(vault), Catalog(vault.root)
    Path(vault.root, "notes/photo.jpg").write_bytes(b"\xff")
    with other.transaction():
        assert names.folders_with_changed_names(vault, catalog) == []


def test_a_folder_that_was_read_just_after_it_changed_is_looked_at_again(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "v", FILES)  # with the real limit, all of its folders are too new
    catalog = refreshed(vault)
    assert set(catalog.rows("SELECT mtime_ns, ctime_ns, inode FROM folders")) == {(0, 0, 0)}


def test_the_first_time_everything_is_read(vault: Vault) -> None:
    catalog = Catalog(vault.root)
    refresh_names(vault, catalog)
    assert (named(catalog), catalog.is_filled) == (KNOWN, True)
