"""Calls of Git, and its errors."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import NOBODY
from tests.git.repositories import NOTE, crm
from tests.repositories import git
from tests.support import write_files
from vaultcrm.actions.sync import sync
from vaultcrm.actions.sync_status import sync_status
from vaultcrm.errors import ExternalError
from vaultcrm.git.client import FileDiff, Git, GitResult, TreeEntry, merge_driver_command, merge_file
from vaultcrm.quoting import shell_word

pytestmark = pytest.mark.usefixtures("known")


def test_uncommitted_lists_every_difference(vault: Path) -> None:
    repo = Git(str(vault))
    assert repo.uncommitted() == []
    old = repo.list_tree("HEAD")
    (vault / "clients/Acme/Acme.md").write_bytes(NOTE + b"More.\n")
    (vault / "Ä note.md").unlink()
    write_files(vault, {"clients/Acme/nëw.md": b"", "clients/Acme/a\nb.md": b"", ".DS_Store": b"", "inner/x.md": b""})
    git(vault / "inner", "init", "--quiet")
    git(vault / "inner", "commit", "--quiet", "--allow-empty", "-m", "a repository of its own")
    write_files(vault, {"staged.md": b"1"})
    git(vault, "add", "staged.md")
    assert repo.uncommitted() == [
        FileDiff("clients/Acme/Acme.md", old["clients/Acme/Acme.md"], TreeEntry("100644", "")),
        FileDiff("clients/Acme/a\nb.md", None, TreeEntry("", ""), True),
        FileDiff("clients/Acme/nëw.md", None, TreeEntry("", ""), True),
        FileDiff("staged.md", None, TreeEntry("100644", "")),
        FileDiff("Ä note.md", old["Ä note.md"], None),
    ]
    below_acme = ["clients/Acme/Acme.md", "clients/Acme/a\nb.md", "clients/Acme/nëw.md"]
    assert [diff.path for diff in repo.uncommitted(below_acme[:1])] == below_acme[:1]
    assert [diff.path for diff in repo.uncommitted(["clients"])] == below_acme
    assert [diff.path for diff in repo.uncommitted(["clients/Acme", *map(str, range(300))])] == below_acme


def test_blobs_are_stored_unchanged(vault: Path) -> None:
    repo = Git(str(vault))
    blobs = [repo.write_blob(data) for data in (b"", b"a\r\n\n", b"\0\xff" * 1000)]
    assert repo.read_blobs([*blobs, "0" * 40]) == dict(zip(blobs, (b"", b"a\r\n\n", b"\0\xff" * 1000), strict=True))


def test_the_caller_s_git_variables_are_ignored(vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", f"touch {tmp_path / 'ran'}")
    (vault / "x.md").write_bytes(b"1")
    sync(crm(vault))
    assert sync_status(crm(vault)).to_commit == []
    assert not (tmp_path / "elsewhere").exists()
    assert not (tmp_path / "ran").exists()


def test_git_is_not_installed(vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ExternalError, match="Git is not installed"):
        sync(crm(vault))


def test_an_error_contains_git_s_own_reason(vault: Path) -> None:
    git(vault, "remote", "set-url", "origin", "../nowhere.git")
    with pytest.raises(ExternalError, match=r"Can't reach origin: '../nowhere.git' does not appear to be a git repository"):
        sync(crm(vault))


def test_the_environment_of_a_call(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Dana")
    monkeypatch.setenv("GIT_SSH_COMMAND", "ssh -v")
    monkeypatch.setenv("GIT_EDITOR", "vi")
    monkeypatch.setenv("GIT_PAGER", "less")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")

    def environment(writes: bool) -> list[str]:
        names = ("GIT_AUTHOR_NAME=", "GIT_SSH_COMMAND=", "GIT_EDITOR=", "GIT_PAGER=", "GIT_OPTIONAL_", "GIT_TERMINAL_", "LC_ALL=")
        output = Git(str(vault)).run("-c", "alias.environment=!env", "environment", writes=writes).stdout.decode()
        return sorted(line for line in output.splitlines() if line.startswith(names))

    assert environment(writes=False) == [
        "GIT_AUTHOR_NAME=Dana", "GIT_EDITOR=:", "GIT_OPTIONAL_LOCKS=0", "GIT_PAGER=cat", "GIT_SSH_COMMAND=ssh -v", "GIT_TERMINAL_PROMPT=0",
        "LC_ALL=C",
    ]  # fmt: skip
    assert "GIT_OPTIONAL_LOCKS=1" in environment(writes=True)


def test_a_failed_call_is_an_error_or_an_empty_line(vault: Path, tmp_path: Path) -> None:
    repo = Git(str(vault))
    with pytest.raises(ExternalError) as raised:
        repo.check_output("cat-file", "-p", "missing")
    assert raised.value.message == "git cat-file failed: Not a valid object name missing"
    assert raised.value.hint == "Nothing was lost. For details, see: git status"
    assert repo.run("cat-file", "-p", "missing").exit_code == 128
    assert repo.first_line("cat-file", "-p", "missing") == repo.resolve_commit("missing") == repo.resolve_commit("HEAD:Ä note.md") == ""
    assert repo.first_line("ls-tree", "--name-only", "HEAD") == ".gitattributes"
    with pytest.raises(ExternalError, match=rf"^The folder {tmp_path}/missing doesn't exist\.$"):
        Git(str(tmp_path / "missing")).run("status")


@pytest.mark.parametrize(
    ("stderr", "reason"),
    [
        ("", "it exited with code 128"),
        ("warning: x\n\n  last line \nhint: y\n", "last line"),
        ("Cloning\nerror: first\nfatal: second\n", "first"),
        ("fatal: not a git repository\nmore\n", "not a git repository"),
        ("ssh: Could not resolve hostname x\nfatal: Could not read from remote repository.\n", "ssh: Could not resolve hostname x"),
        (
            "Permission denied (publickey).\nfatal: Could not read from remote repository.\nand the repository exists.\n",
            "and the repository exists.",
        ),
    ],
)
def test_the_reason_of_a_failure_is_the_first_error(stderr: str, reason: str) -> None:
    assert GitResult(128, b"", stderr).reason == reason


def test_the_files_of_a_commit(vault: Path) -> None:
    write_files(vault, {"run.sh": b"#!/bin/sh\n", "a\nb.md": b""})
    (vault / "run.sh").chmod(0o755)
    (vault / "link.md").symlink_to("Ä note.md")
    repo = Git(str(vault))
    repo.add_to_index(["run.sh", "a\nb.md", "link.md"])
    git(vault, "commit", "--quiet", "-m", "more files")
    assert repo.resolve_commit("HEAD") == git(vault, "rev-parse", "HEAD").strip()
    entries = repo.list_tree("HEAD")
    assert {path: (entry.mode, entry.is_file) for path, entry in entries.items() if not path.startswith((".", "vaultcrm"))} == {
        "clients/Acme/Acme.md": ("100644", True),
        "a\nb.md": ("100644", True),
        "link.md": ("120000", False),
        "run.sh": ("100755", True),
        "Ä note.md": ("100644", True),
    }
    assert repo.read_blobs([entries["Ä note.md"].blob, entries["link.md"].blob]) == {
        entries["Ä note.md"].blob: b"An idea.\n",
        entries["link.md"].blob: "Ä note.md".encode(),
    }


def test_a_path_with_wildcards_is_taken_literally(vault: Path) -> None:
    write_files(vault, {"*.md": b"", ":(glob)a.md": b"", "a.md": b""})
    repo = Git(str(vault))
    assert [diff.path for diff in repo.uncommitted(["*.md", ":(glob)a.md"])] == ["*.md", ":(glob)a.md"]
    repo.add_to_index(["*.md", ":(glob)a.md", "a.md"])
    assert repo.check_output("ls-files", "-z", "--", "*.md") == b"*.md\0"


def test_add_to_index_takes_new_changed_and_deleted_files(vault: Path) -> None:
    write_files(vault, {"clients/Acme/Acme.md": b"changed", "new.md": b"", "not added.md": b""})
    (vault / "Ä note.md").unlink()
    Git(str(vault)).add_to_index(["clients/Acme/Acme.md", "new.md", "Ä note.md"])
    assert git(vault, "-c", "core.quotePath=false", "status", "--short") == (
        'M  clients/Acme/Acme.md\nA  new.md\nD  "Ä note.md"\n?? "not added.md"\n'
    )


def test_uncommitted_lists_a_file_that_only_left_the_index(vault: Path) -> None:
    repo = Git(str(vault))
    old = repo.list_tree("HEAD")["Ä note.md"]
    git(vault, "rm", "--quiet", "--cached", "Ä note.md")
    assert repo.uncommitted() == [FileDiff("Ä note.md", old, TreeEntry("", ""))]
    (vault / "Ä note.md").unlink()
    assert repo.uncommitted() == [FileDiff("Ä note.md", old, None)]
    git(vault, "reset", "--quiet")
    write_files(vault, {"staged.md": b"1"})
    git(vault, "add", "staged.md")
    (vault / "staged.md").unlink()
    assert repo.uncommitted() == [FileDiff("staged.md", None, None), FileDiff("Ä note.md", old, None)]


def test_submodules_are_left_out(vault: Path) -> None:
    inner = vault / "inner"
    inner.mkdir()
    git(inner, "init", "--quiet")
    git(inner, "commit", "--quiet", "--allow-empty", "-m", "inner")
    git(vault, "add", "inner")
    assert Git(str(vault)).uncommitted() == []
    git(vault, "commit", "--quiet", "-m", "a submodule")
    git(inner, "commit", "--quiet", "--allow-empty", "-m", "more")
    assert Git(str(vault)).uncommitted() == []
    git(vault, "rm", "--quiet", "--cached", "inner")
    assert Git(str(vault)).uncommitted() == []
    inner.rename(vault.parent / "inner elsewhere")
    write_files(vault, {"inner": b"a file now"})
    git(vault, "add", "inner")
    assert Git(str(vault)).uncommitted() == []


def test_the_differences_of_two_commits(vault: Path) -> None:
    lines = [f"Line {number} of a note.\n" for number in range(20)]
    write_files(vault, {"old.md": "".join(lines), "similar.md": "".join(lines[:10]), "changed.md": b"1"})
    repo = Git(str(vault))
    repo.add_to_index(["old.md", "similar.md", "changed.md"])
    git(vault, "commit", "--quiet", "-m", "before")
    before = repo.list_tree("HEAD")
    write_files(vault, {"new.md": "".join(lines) + "One more.\n", "unlike.md": "".join(lines[:7]) + "Other\n" * 3, "changed.md": b"2"})
    (vault / "old.md").unlink()
    (vault / "similar.md").unlink()
    repo.add_to_index(["old.md", "similar.md", "changed.md", "new.md", "unlike.md"])
    git(vault, "commit", "--quiet", "-m", "after")
    after = repo.list_tree("HEAD")
    changed = FileDiff("changed.md", before["changed.md"], after["changed.md"])
    similar, unlike = FileDiff("similar.md", before["similar.md"], None), FileDiff("unlike.md", None, after["unlike.md"])
    assert repo.diff_trees("HEAD~1", "HEAD") == [
        (changed, ""),
        (FileDiff("new.md", None, after["new.md"]), ""),
        (FileDiff("old.md", before["old.md"], None), ""),
        (similar, ""),
        (unlike, ""),
    ]
    renamed = FileDiff("new.md", before["old.md"], after["new.md"])
    assert sorted(repo.diff_trees("HEAD~1", "HEAD", renames=True)) == [(changed, ""), (renamed, "old.md"), (similar, ""), (unlike, "")]


def test_unmerged_paths_have_their_stages(vault: Path) -> None:
    repo = Git(str(vault))
    base = repo.list_tree("HEAD")["Ä note.md"].blob
    git(vault, "checkout", "--quiet", "-b", "other")
    write_files(vault, {"Ä note.md": b"theirs\n", "logo.png": b"\0theirs"})
    git(vault, "add", "logo.png")
    git(vault, "commit", "--quiet", "-am", "theirs")
    git(vault, "checkout", "--quiet", "main")
    write_files(vault, {"logo.png": b"\0ours"})
    git(vault, "add", "logo.png")
    git(vault, "rm", "--quiet", "Ä note.md")
    git(vault, "commit", "--quiet", "-am", "ours")
    assert repo.unmerged() == {}
    subprocess.run(["git", "merge", "other"], cwd=vault, capture_output=True, check=False)
    blobs = [repo.write_blob(data) for data in (b"\0ours", b"\0theirs", b"theirs\n")]
    assert repo.unmerged() == {
        "logo.png": {2: TreeEntry("100644", blobs[0]), 3: TreeEntry("100644", blobs[1])},
        "Ä note.md": {1: TreeEntry("100644", base), 3: TreeEntry("100644", blobs[2])},
    }


def test_only_temporary_files_of_a_merge_are_removed(vault: Path) -> None:
    write_files(
        vault, {".merge_file_a1B2c3": b"1", ".merge_file_a1B2c34": b"2", "merge_file_a1B2c3": b"3", "clients/.merge_file_a1B2c3": b"4"}
    )
    (vault / ".merge_file_folder").mkdir()
    (vault / ".merge_file_symlnk").symlink_to("merge_file_a1B2c3")
    Git(str(vault)).remove_merge_temp_files()
    assert sorted(path.name for path in vault.rglob("*merge_file_*")) == [
        ".merge_file_a1B2c3", ".merge_file_a1B2c34", ".merge_file_folder", ".merge_file_symlnk", "merge_file_a1B2c3",
    ]  # fmt: skip
    assert [path for path in (".merge_file_a1B2c3", "clients/.merge_file_a1B2c3") if (vault / path).exists()] == [
        "clients/.merge_file_a1B2c3"
    ]
    Git(str(vault / "missing")).remove_merge_temp_files()


def test_a_merge_keeps_ours_where_both_sides_changed_a_line() -> None:
    assert merge_file(b"one\nours\n", b"one\ntwo\n", b"one\ntheirs\n") == (b"one\nours\n", False)


def test_git_sees_the_path_of_python_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git replaces %O and its like in the command, and a shell runs it."""
    monkeypatch.setattr(sys, "executable", r"C:\100%\my python.exe")
    assert merge_driver_command() == "'C:/100%%/my python.exe' -P -m vaultcrm merge-driver %O %A %B %P"


def test_a_file_that_git_cannot_merge_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ExternalError) as raised:
        merge_file(b"\0ours", b"\0base", b"\0theirs")
    assert (raised.value.message, raised.value.hint) == ("Git can't merge this file.", "It may be binary; choose one version yourself.")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ExternalError, match=r"^Git can't be run: No such file or directory\.$"):
        merge_file(b"ours", b"base", b"theirs")


@pytest.mark.skipif(os.geteuid() != 0, reason="gives a file to another user")
def test_a_file_of_another_user_in_the_git_directory_explains_why_git_may_not_write(vault: Path) -> None:
    denied = GitResult(128, b"", "error: insufficient permission for adding an object to repository database .git/objects\nfatal: x\n")
    git = Git(str(vault))
    assert git.failure("git add failed", denied).message == (
        "git add failed: insufficient permission for adding an object to repository database .git/objects"
    )
    os.chown(vault / ".git/objects", NOBODY, NOBODY)
    error = git.failure("git add failed", denied)
    assert error.message == "git add failed: .git/objects belongs to another user. Perhaps Git was run with sudo."
    assert error.hint == f'Make it yours: sudo chown -R "$(id -un)" {shell_word(f"{vault}/.git")}'
    assert git.failure("git add failed", denied._replace(stderr="fatal: x\n")).message == "git add failed: x"
