"""The lines in .gitattributes and .gitignore, and the merge driver."""

from pathlib import Path

import pytest

from tests.git.repositories import NOTE, crm, git
from tests.support import write_files
from vaultcrm.actions.sync import sync
from vaultcrm.errors import ExternalError
from vaultcrm.git import attributes
from vaultcrm.git.client import Git

pytestmark = pytest.mark.usefixtures("known")


def test_git_merge_uses_the_driver(vault: Path) -> None:
    git(vault, "checkout", "--quiet", "-b", "other")
    write_files(vault, {"clients/Acme/Acme.md": NOTE.replace(b"60", b"70")})
    git(vault, "commit", "--quiet", "-am", "theirs")
    git(vault, "checkout", "--quiet", "main")
    write_files(vault, {"clients/Acme/Acme.md": NOTE.replace(b"rate", b"status: lead\nrate")})
    git(vault, "commit", "--quiet", "-am", "ours")
    git(vault, "merge", "--quiet", "--no-edit", "other")
    assert (vault / "clients/Acme/Acme.md").read_bytes() == b"---\ntype: client\nstatus: lead\nrate: 70\n---\n"


def test_rules_that_are_not_utf_8(vault: Path, tmp_path: Path) -> None:
    sync(crm(vault))
    (vault / ".gitignore").write_bytes("Entwürfe/\r\n".encode("latin-1"))
    (vault / ".gitattributes").unlink()
    write_files(vault, {".git/info/attributes": "Entwürfe/* -diff".encode("latin-1")})
    assert attributes.with_missing_lines((vault / ".gitignore").read_bytes(), ("a",)) == b"Entw\xfcrfe/\r\na\r\n"
    sync(crm(vault))
    git(tmp_path, "clone", "--quiet", "origin.git", "other")
    write_files(tmp_path / "other", {"new.md": b"1"})
    sync(crm(tmp_path / "other"))
    assert sync(crm(vault)).received == ["Vault: note added"]
    assert (vault / ".git/info/attributes").read_bytes() == b"Entw\xfcrfe/* -diff\n*.md merge=vaultcrm\n"
    (vault / ".git/info/attributes").unlink()
    (vault / ".git/info/attributes").mkdir()
    write_files(tmp_path / "other", {"new.md": b"2"})
    sync(crm(tmp_path / "other"))
    with pytest.raises(ExternalError, match=r"/\.git/info/attributes can't be written: Is a directory\."):
        sync(crm(vault))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b"a\nb\n"),
        (b"x", b"x\na\nb\n"),
        (b"x\r\n", b"x\r\na\r\nb\r\n"),
        (b"  b \nx\n", b"  b \nx\na\n"),
        (b"b\n#a", b"b\n#a\na\n"),
        (b"a\nb", b"a\nb"),
    ],
)
def test_only_missing_lines_are_added(before: bytes, after: bytes) -> None:
    assert attributes.with_missing_lines(before, ("a", "b")) == after
    assert attributes.with_missing_lines(after, ("a", "b")) == after


def test_the_merge_attribute_is_added_only_where_it_is_missing(vault: Path) -> None:
    file = vault / ".git/info/attributes"
    attributes.ensure_merge_attribute(Git(str(vault)))
    assert not file.exists()
    write_files(vault, {".gitattributes": b"* -text\n"})
    for _ in range(2):
        attributes.ensure_merge_attribute(Git(str(vault)))
        assert file.read_bytes() == b"*.md merge=vaultcrm\n"
    file.write_bytes(b"*.png binary")
    attributes.ensure_merge_attribute(Git(str(vault)))
    assert file.read_bytes() == b"*.png binary\n*.md merge=vaultcrm\n"
