"""What git is asked, and what it says when it cannot."""

from pathlib import Path

import pytest

from tests.git.repositories import NOTE, crm, git
from tests.support import write_files
from vaultcrm.actions.sync import sync
from vaultcrm.actions.sync_status import sync_status
from vaultcrm.errors import ExternalError
from vaultcrm.git.client import FileDiff, Git, TreeEntry

pytestmark = pytest.mark.usefixtures("known")


def test_what_differs_on_the_disk(vault: Path) -> None:
    asked = Git(str(vault))
    assert asked.uncommitted() == []
    old = asked.list_tree("HEAD")
    (vault / "clients/Acme/Acme.md").write_bytes(NOTE + b"More.\n")
    (vault / "Ä note.md").unlink()
    write_files(vault, {"clients/Acme/nëw.md": b"", "clients/Acme/a\nb.md": b"", ".DS_Store": b"", "inner/x.md": b""})
    git(vault / "inner", "init", "--quiet")
    git(vault / "inner", "commit", "--quiet", "--allow-empty", "-m", "a repository of its own")
    write_files(vault, {"staged.md": b"1"})
    git(vault, "add", "staged.md")
    assert asked.uncommitted() == [
        FileDiff("clients/Acme/Acme.md", old["clients/Acme/Acme.md"], TreeEntry("100644", "")),
        FileDiff("clients/Acme/a\nb.md", None, TreeEntry("", ""), True),
        FileDiff("clients/Acme/nëw.md", None, TreeEntry("", ""), True),
        FileDiff("staged.md", None, TreeEntry("100644", "")),
        FileDiff("Ä note.md", old["Ä note.md"], None),
    ]
    some = ["clients/Acme/Acme.md", "clients/Acme/a\nb.md", "clients/Acme/nëw.md"]
    assert [one.path for one in asked.uncommitted(some[:1])] == some[:1]
    assert [one.path for one in asked.uncommitted(["clients"])] == some
    assert [one.path for one in asked.uncommitted(["clients/Acme", *map(str, range(300))])] == some


def test_bytes_come_back_as_they_went_in(vault: Path) -> None:
    asked = Git(str(vault))
    names = [asked.write_blob(data) for data in (b"", b"a\r\n\n", b"\0\xff" * 1000)]
    assert asked.read_blobs([*names, "0" * 40]) == dict(zip(names, (b"", b"a\r\n\n", b"\0\xff" * 1000), strict=True))


def test_variables_of_the_caller_lead_nowhere_else(vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", f"touch {tmp_path / 'ran'}")
    (vault / "x.md").write_bytes(b"1")
    sync(crm(vault))
    assert sync_status(crm(vault)).to_commit == []
    assert not (tmp_path / "elsewhere").exists()
    assert not (tmp_path / "ran").exists()


def test_no_git_at_all(vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ExternalError, match="git is not installed here"):
        sync(crm(vault))


def test_git_is_told_in_its_own_words_what_is_wrong(vault: Path) -> None:
    git(vault, "remote", "set-url", "origin", "../nowhere.git")
    with pytest.raises(ExternalError, match=r"origin cannot be reached: '../nowhere.git' does not appear to be a git repository"):
        sync(crm(vault))
