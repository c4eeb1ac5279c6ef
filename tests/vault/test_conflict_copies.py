"""Conflict copies: recognised by their names, and not counted. And notes that are not downloaded."""

from datetime import date
from pathlib import Path

import pytest

from tests.support import catalog_rows, make_vault, rebuilt_catalog, refreshed
from vaultcrm.vault.conflict_copies import (
    ConflictCopy,
    are_similar,
    conflict_copy_names,
    find_original,
    icloud_placeholder,
    parse_conflict_copy,
    possible_original,
)


@pytest.mark.parametrize(
    ("name", "original", "program"),
    [
        ("Acme.sync-conflict-20260102-123456-ABCDEFG.md", "Acme.md", "Syncthing"),
        ("Acme.sync-conflict-20260102-123456.md", "Acme.md", "Syncthing"),
        ("Acme (conflict 2026-11-16 ab12cd3).md", "Acme.md", "vaultcrm"),
        ("Acme (Nora's conflicted copy 2026-01-02).md", "Acme.md", "a program that syncs"),
        ("Acme (conflicted copy).md", "Acme.md", "a program that syncs"),
        ("Acme (Noras MacBook in Konflikt stehende Kopie 2026-01-02).md", "Acme.md", "a program that syncs"),
        ("Acme (Copie en conflit de Nora 2026-01-02).md", "Acme.md", "a program that syncs"),
        ("Acme (Copia in conflitto di Nora 2026-01-02).md", "Acme.md", "a program that syncs"),
        ("Acme (conflicted copy 2026-01-02 123456).md", "Acme.md", "a program that syncs"),
        ("Acme (Conflicted copy phone 202601021234).md", "Acme.md", "a program that syncs"),
        ("Acme (Case Conflict).md", "Acme.md", "Dropbox"),
        ("Acme (Case Conflict 1).md", "Acme.md", "Dropbox"),
        ("Acme (SFConflict nora@example.com 2026-01-02-12-34-56).md", "Acme.md", "Seafile"),
        ("Acme_conflict-20260102-123456.md", "Acme.md", "Nextcloud"),
        ("Acme (Dana(PC)'s conflicted copy 2026-01-02).md", "Acme.md", "a program that syncs"),
        ("Acme (CONFLICTED COPY 2026-01-02).md", "Acme.md", "a program that syncs"),
        ("Acme (Nora の競合コピー 2026-01-02).md", "Acme.md", "a program that syncs"),
        ("Acme_DISK_Nov-16-101530-2026_Conflict.md", "Acme.md", "Synology Drive"),
        ("Acme_REMOTE_1234.md", "Acme.md", "git"),
        ("Acme.Conflict.md", "Acme.md", "Resilio Sync"),
        ("Acme.conflict1.md", "Acme.md", "rclone"),
        ("Acme.conflict12.md", "Acme.md", "rclone"),
        ("Acme.path2.md", "Acme.md", "rclone"),
        ("Acme.md.conflict1", "Acme.md", "rclone"),
        ("Acme.md..path1", "Acme.md", "rclone"),
        ("Acme.md.path2", "Acme.md", "rclone"),
        ("Acme.md.Conflict", "Acme.md", "Resilio Sync"),
        ("Acme.md.sync-conflict-20260102-123456-ABCDEFG", "Acme.md", "Syncthing"),
        ("Acme.md~HEAD", "Acme.md", "git"),
        ("Acme.md~origin_main", "Acme.md", "git"),
        ("Acme.md~ab12cd3 (Received)", "Acme.md", "git"),
        ("Acme [conflicted].md", "Acme.md", "pCloud"),
        ("logo.conflict1.png", "logo.png", "rclone"),
    ],
)
def test_a_conflict_copy_is_known_by_its_name(name: str, original: str, program: str) -> None:
    assert parse_conflict_copy(name) == ConflictCopy(original, program)
    assert parse_conflict_copy(f"clients/A (b)/{name}") == ConflictCopy(f"clients/A (b)/{original}", program)


@pytest.mark.parametrize(("name", "program"), [("Acme.md.orig", "git"), ("Acme.md.mine", "Subversion"), ("Acme.md.r12", "Subversion")])
def test_leftovers_of_an_unfinished_merge_are_known_but_not_merged(name: str, program: str) -> None:
    assert parse_conflict_copy(name) == ConflictCopy("Acme.md", program, is_mergeable=False)


@pytest.mark.parametrize(
    "name",
    [
        "Acme.md", "Acme.md~", "Acme.md.bak", "Acme.md.~1~", "a~b.md", "Acme.r12",
        "Mediation (conflict resolution).md", "Conflict 2026-01-02.md", "2026-01-02 1030 Conflict of interest.md",
        "Talk (conflicted parties).md", "Feelings (conflicted).md", "Call (conflict with Owen on 2026-11-09).md", "base_BASE_12.md",
        "Acme (2026-01-02).md", "Acme 2.md", "(conflict 2026-11-16 ab12cd3).md", "Acme (draft).md", "sync-conflict.md",
        "Conflict.md", "Acme.conflicts.md", ".conflict1", "Acme.conflict", "Acme.path3.md", "Acme.original.md", "Acme.md.path", "path1.md",
    ],
)  # fmt: skip
def test_a_name_that_merely_resembles_one_is_not_a_conflict_copy(name: str) -> None:
    assert parse_conflict_copy(name) is None


def test_the_original_is_found_whatever_the_case_and_the_encoding_of_accents() -> None:
    copy = ConflictCopy("c/Zo\u00eb.md", "Syncthing")
    assert find_original(copy, ["a.md", "ZOE\u0308.MD"]) == "c/ZOE\u0308.MD"
    assert find_original(copy, ["Zoe.md"]) is None
    assert find_original(ConflictCopy("A.md", "git"), ["a.md"]) == "a.md"


def test_the_names_for_the_other_sides_version_are_recognised_and_fit_the_disk() -> None:
    commit = "0123456789abcdef"
    names = list(conflict_copy_names("c/Acme.md", date(2026, 11, 16), commit))
    assert names[0] == "c/Acme (conflict 2026-11-16 0123456).md"
    assert names[1] == "c/Acme (conflict 2026-11-16 01234567).md"
    assert names[-1] == f"c/Acme (conflict 2026-11-16 {commit}).md"
    assert {parse_conflict_copy(name) for name in names} == {ConflictCopy("c/Acme.md", "vaultcrm")}
    long = next(conflict_copy_names(f"c/{'é' * 100}.md", date(2026, 11, 16), commit))
    assert long == f"c/{'é' * 85} (conflict 2026-11-16 0123456).md"
    assert next(conflict_copy_names(f"c/{'x' * 170}.md", date(2026, 11, 16), commit)).startswith(f"c/{'x' * 170} (")


@pytest.mark.parametrize(
    ("name", "original"),
    [
        ("a/Acme 2.md", "a/Acme.md"),
        ("Acme (1).md", "Acme.md"),
        ("Acme-LAPTOP7.md", "Acme.md"),
        ("Acme-DESKTOP-AB12CD3.md", "Acme.md"),
        ("Acme 12.md", None),
        ("Acme-old.md", None),
        ("Acme-offer.md", None),
        ("Acme.md", None),
        ("2.md", None),
    ],
)
def test_some_names_are_only_possible_copies(name: str, original: str | None) -> None:
    assert possible_original(name) == original


def test_an_icloud_placeholder_contains_the_name_of_its_note() -> None:
    assert icloud_placeholder(".Acme Studio.md.icloud") == "Acme Studio.md"
    assert icloud_placeholder(".photo.jpg.icloud") is None
    assert icloud_placeholder("Acme.md.icloud") is None
    assert icloud_placeholder(".Acme.MD.icloud") == "Acme.MD"
    assert icloud_placeholder("..md.icloud") is None
    assert icloud_placeholder(".a.md.icloud") == "a.md"


def test_a_note_and_its_copy_share_most_lines() -> None:
    note = b"---\ntype: client\nstatus: active\nrate: 80\n---\nText.\n"
    assert are_similar(note, note.replace(b"80", b"85"))
    assert not are_similar(note, b"---\ntype: client\nstatus: lead\n---\nOther text.\n")
    assert not are_similar(b"a\n", b"a\n")


def test_notes_that_were_imported_from_different_messages_are_not_similar() -> None:
    note = b"---\ntype: interaction\nchannel: email\nsource: mail:1@x\n---\nText.\n"
    assert are_similar(note, note)
    assert not are_similar(note, note.replace(b"mail:1", b"mail:2"))


@pytest.mark.parametrize(
    ("common", "first_only", "second_only", "expected"),
    [(3, 0, 0, True), (2, 0, 0, False), (3, 1, 1, True), (3, 2, 2, False), (3, 0, 3, True), (3, 0, 4, False), (6, 2, 6, True)],
)
def test_two_notes_are_similar_if_they_share_three_quarters_of_the_shorter_and_half_of_the_longer(
    common: int, first_only: int, second_only: int, expected: bool
) -> None:
    shared = [f"shared line {n}" for n in range(common)]
    first = "\n".join([*shared, *(f"first line {n}" for n in range(first_only))]).encode()
    second = "\n".join([*shared, *(f"second line {n}" for n in range(second_only)), "abc"]).encode()  # short lines don't count
    assert are_similar(first, second) == are_similar(second, first) == expected


def test_notes_that_were_created_at_different_times_are_not_similar() -> None:
    note = b"---\ntype: client\ndate: 2026-11-02\nrate: 80\n---\nSome text.\nMore text.\n"
    assert are_similar(note, note)
    assert are_similar(note, note.replace(b"date: 2026-11-02\n", b""))
    assert are_similar(note, note.replace(b"2026-11-02\n", b"2026-11-02  \n"))
    assert not are_similar(note, note.replace(b"2026-11-02", b"2026-11-03"))
    assert not are_similar(note.replace(b"date", b"dateCreated"), note.replace(b"date: 2026-11-02", b"dateCreated: 2026-11-03"))


CLIENT = "---\ntype: client\nstatus: active\n---\n- [ ] Ring 📅 2026-11-09\n"


def test_a_conflict_copy_is_reported_and_not_counted(tmp_path: Path) -> None:
    vault = make_vault(
        tmp_path / "v",
        {
            "clients/Acme/Acme.md": CLIENT,
            "clients/Acme/Acme.sync-conflict-20260102-123456-ABCDEFG.md": CLIENT,
            "clients/Acme/Acme 2.md": CLIENT.replace("- [ ]", "- [x]"),
        },
    )
    catalog = refreshed(vault)
    assert list(catalog.client_names()) == ["clients/Acme/Acme.md"]
    assert [item.path for item in catalog.follow_ups(("open",))] == ["clients/Acme/Acme.md"]
    message = "A conflict copy of 'Acme.md', made by Syncthing. Merge it with: vaultcrm check --fix"
    assert catalog.problems() == [("clients/Acme/Acme.sync-conflict-20260102-123456-ABCDEFG.md", 1, "conflict-copy", message)]


def test_several_clients_in_one_folder_are_several_clients(tmp_path: Path) -> None:
    catalog = refreshed(make_vault(tmp_path / "v", {"clients/Acme.md": CLIENT, "clients/Beta.md": CLIENT}))
    assert list(catalog.client_names()) == ["clients/Acme.md", "clients/Beta.md"]


def test_a_note_that_is_not_downloaded_keeps_its_last_known_contents(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "v", {"clients/Acme/Acme.md": CLIENT, "b.md": "b\n"})
    catalog = refreshed(vault)
    folder = tmp_path / "v/clients/Acme"
    (folder / "Acme.md").unlink()
    (folder / ".Acme.md.icloud").write_bytes(b"bplist00")
    (folder / ".Other.md.icloud").write_bytes(b"bplist00")
    refreshed(vault, catalog)
    assert [item.text for item in catalog.follow_ups(("open",))] == ["Ring"]
    message = "It isn't downloaded. vaultcrm shows what it last read of it."
    assert catalog.problems() == [
        ("clients/Acme/Acme.md", 1, "not-downloaded", message),
        ("clients/Acme/Other.md", 1, "not-downloaded", message),
    ]
    (folder / ".Acme.md.icloud").unlink()
    (folder / "Acme.md").write_text(CLIENT)
    (folder / ".Other.md.icloud").unlink()
    refreshed(vault, catalog)
    assert [item.text for item in catalog.follow_ups(("open",))] == ["Ring"]
    assert catalog.problems() == []
    (folder / "Acme.md").unlink()
    refreshed(vault, catalog)
    assert catalog.follow_ups() == []


def test_a_note_with_the_name_of_a_copy_counts_as_long_as_there_is_no_original(tmp_path: Path) -> None:
    copy = "clients/Acme/Acme.sync-conflict-20260102-123456-ABCDEFG.md"
    vault = make_vault(tmp_path / "v", {copy: CLIENT})
    catalog = refreshed(vault)
    assert (list(catalog.client_names()), catalog.problems()) == ([copy], [])
    (tmp_path / "v/clients/Acme/acme.md").write_text(CLIENT)
    refreshed(vault, catalog)
    assert list(catalog.client_names()) == ["clients/Acme/acme.md"]
    assert [problem.code for problem in catalog.problems()] == ["conflict-copy"]
    assert catalog_rows(catalog) == catalog_rows(rebuilt_catalog(vault))
    (tmp_path / "v/clients/Acme/acme.md").unlink()
    refreshed(vault, catalog)
    assert (list(catalog.client_names()), catalog.problems()) == ([copy], [])
    assert catalog_rows(catalog) == catalog_rows(rebuilt_catalog(vault))


def test_a_note_that_got_a_number_because_its_name_was_taken_is_not_similar() -> None:
    note = b"---\ntype: follow-up\nstatus: open\ndue: 2026-11-20\ndateCreated: 2026-11-16T12:00:00\n---\n"
    numbered = note.replace(b"status", b"title: Send invoice\nstatus").replace(b"11-20", b"12-20")
    assert not are_similar(note, numbered)
    assert not are_similar(numbered, note)
    assert are_similar(numbered, numbered.replace(b"12-20", b"12-21"))  # a copy of it has the same title
