"""A vault that `init --git` turns into a repository."""

import os
import sys
from pathlib import Path

import pytest

from tests.git.repositories import NOW, crm
from tests.repositories import git
from tests.support import write_files
from vaultcrm.actions.init import init
from vaultcrm.actions.sync_status import sync_status
from vaultcrm.errors import ExternalError, Refused, Unreadable
from vaultcrm.git import attributes
from vaultcrm.git.client import merge_driver_command

pytestmark = pytest.mark.usefixtures("known")


def test_init_creates_a_repository_with_ignore_rules_and_attributes(vault: Path) -> None:
    assert (vault / ".gitattributes").read_text() == (
        "# Git never changes a line ending here, and notes are merged property by property.\n* -text\n*.md merge=vaultcrm\n"
    )
    assert (vault / ".gitignore").read_text().split("\n") == [*attributes.IGNORE_PATTERNS, ""]
    assert git(vault, "log", "--format=%s") == "Initial commit: 2 notes\n"
    assert git(vault, "config", "--local", "merge.vaultcrm.driver").strip() == merge_driver_command()
    assert f"{sys.executable}" in merge_driver_command()
    assert init(str(vault), "init", NOW.isoformat(), with_git=True).created == []


def test_init_keeps_an_existing_repository_and_adds_missing_lines(tmp_path: Path) -> None:
    root = tmp_path / "old"
    write_files(root, {".gitignore": b"*.log\r\n.DS_Store", ".gitattributes": b"*.png binary\n", "a.md": b"1\n"})
    git(root, "init", "--quiet", "-b", "trunk")
    git(root, "add", "a.md")
    git(root, "commit", "--quiet", "-m", "mine")
    made = init(str(root), "init", NOW.isoformat(), for_obsidian=False, with_git=True)
    assert (made.created, made.changed, made.commit_summary) == (["vaultcrm.toml"], [".gitignore", ".gitattributes"], "")
    assert (root / ".gitignore").read_bytes() == "\r\n".join(
        ["*.log", ".DS_Store", *(n for n in attributes.IGNORE_PATTERNS if n != ".DS_Store"), ""]
    ).encode()
    assert (root / ".gitattributes").read_bytes() == b"*.png binary\n*.md merge=vaultcrm\n"
    assert git(root, "log", "--format=%s %D") == "mine HEAD -> trunk\n"
    git(root, "config", "merge.vaultcrm.driver", "/old/python -m vaultcrm")
    with pytest.raises(Refused, match=r"merge\.vaultcrm\.driver"):
        sync_status(crm(root))
    init(str(root), "init", NOW.isoformat(), for_obsidian=False, with_git=True)
    assert sync_status(crm(root)).branch == "trunk"


def test_init_writes_nothing_if_git_has_no_name_and_email(tmp_path: Path, known: Path) -> None:
    known.unlink()
    with pytest.raises(Refused, match="Git doesn't know your name and email address") as raised:
        init(str(tmp_path / "new"), "init", NOW.isoformat(), with_git=True)
    assert "git config --global user.name" in raised.value.hint
    assert "git config --global user.email" in raised.value.hint
    assert os.listdir(tmp_path / "new") == []


def test_init_where_no_folder_can_be_created(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"1")
    for where in ("file", "file/below"):
        with pytest.raises(ExternalError, match=rf"^{tmp_path}/{where} can't be created: (File exists|Not a directory)\.$"):
            init(str(tmp_path / where), "init", NOW.isoformat(), with_git=True)
    assert (tmp_path / "file").read_bytes() == b"1"


def test_init_without_permissions(unprivileged: Path) -> None:
    (unprivileged / "closed").mkdir()
    (unprivileged / "closed").chmod(0o000)
    with pytest.raises(ExternalError, match=r"/closed/new can't be created: Permission denied\.$"):
        init(str(unprivileged / "closed/new"), "init", NOW.isoformat(), with_git=True)
    with pytest.raises(ExternalError, match=r"^Git can't work in .*/closed: Permission denied\.$"):
        init(str(unprivileged / "closed"), "init", NOW.isoformat(), with_git=True)


def test_init_with_a_gitignore_that_is_not_utf_8(vault: Path) -> None:
    (vault / ".gitignore").write_bytes("Entwürfe/\n".encode("latin-1"))
    with pytest.raises(Unreadable, match=r"^\.gitignore:1: It is not UTF-8 text; save it as UTF-8\.$"):
        init(str(vault), "init", NOW.isoformat(), with_git=True)
    assert (vault / ".gitignore").read_bytes() == b"Entw\xfcrfe/\n"
