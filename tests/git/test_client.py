"""Calls of Git, and its errors."""

from pathlib import Path

import pytest

from tests.git.repositories import NOTE, crm, git
from tests.support import write_files
from vaultcrm.actions.sync import sync
from vaultcrm.actions.sync_status import sync_status
from vaultcrm.errors import ExternalError
from vaultcrm.git.client import FileDiff, Git, TreeEntry

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
