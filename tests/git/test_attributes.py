"""The lines in .gitattributes and .gitignore, and the merge driver."""

from pathlib import Path

import pytest

from tests.git.repositories import NOTE, crm
from tests.repositories import git
from tests.support import write_files
from vaultcrm.actions.sync import sync
from vaultcrm.git import attributes

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


def test_rules_that_are_not_utf_8(vault: Path) -> None:
    sync(crm(vault))
    (vault / ".gitignore").write_bytes("Entwürfe/\r\n".encode("latin-1"))
    (vault / ".gitattributes").unlink()
    write_files(vault, {".git/info/attributes": "Entwürfe/* -diff".encode("latin-1")})
    assert attributes.with_missing_lines((vault / ".gitignore").read_bytes(), ("a",)) == b"Entw\xfcrfe/\r\na\r\n"
    write_files(vault, {"new.md": b"1"})
    assert sync(crm(vault)).committed == ["Vault: note added, settings changed"]


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
