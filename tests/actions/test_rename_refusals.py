"""Renames that are refused or killed: nothing is half done, and everything can be undone."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.actions.renames import ACME, CLIENT, NOW, folders, renamed
from tests.support import contents, make_vault
from vaultcrm.actions.crm import Crm
from vaultcrm.errors import Conflict, InvalidInput, NotFound, Refused, Unreadable, VaultcrmError
from vaultcrm.vault.journal import Journal
from vaultcrm.vault.vault import Vault
from vaultcrm.vault.writer import writing

# --------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("name", "new", "error"),
    [
        ("a.md", "B", Conflict), ("a.md", "sub/c", Conflict), ("a.md", "b.md/x", Conflict), ("acme", "Other", Conflict),
        ("acme", "Taken", Conflict), ("acme", "Zed", Conflict), ("acme", "clients/Acme/deeper/Acme", InvalidInput),
        ("a.md", "", InvalidInput), ("a.md", "..", InvalidInput), ("a.md", "../x", InvalidInput), ("a.md", "/etc/x", InvalidInput),
        ("a.md", ".git/x", InvalidInput), ("a.md", ".x/y", InvalidInput), ("a.md", "archive/x", InvalidInput),
        ("a.md", "templates/x", InvalidInput), ("a.md", "linked/x", InvalidInput),
        ("a.md", "what?/x", InvalidInput), ("a.md", "d/" * 1000 + "x", InvalidInput),
        ("nobody", "x", NotFound), ("bad", "Is it?", Unreadable), ("commented", "New", Refused),
    ],
)  # fmt: skip
def test_impossible_renames_are_refused_and_nothing_is_written(name: str, new: str, error: type[VaultcrmError], root: Path) -> None:
    make_vault(
        root,
        {
            "vaultcrm.toml": 'ignore = ["archive"]\n', "a.md": "[[acme]]", "b.md": "", "sub/C.md": "", "clients/Acme/Acme.md": CLIENT,
            "clients/Other/Other.md": CLIENT, "clients/TAKEN/x.txt": "", "clients/Zz/Zz.md": "---\ntype: client\naliases: [Zed]\n---\n",
            "p/bad.md": "---\ntype: decision\n---\n",
            "clients/commented/commented.md": "---\ntype: client\naliases:\n  - x\n  # why\n  - New\n---\n",
        },
    )  # fmt: skip
    Crm(str(root), NOW).refresh()
    (root / "p/bad.md").write_text("---\ntype: decision\na: [\n---\n")
    (root / "linked").symlink_to("sub")
    before, before_folders = contents(root), folders(root)
    with pytest.raises(error):
        renamed(root, name, new)
    assert (contents(root), folders(root)) == (before, before_folders)
    assert Journal(str(root)).entries() == []


def test_undo_is_refused_when_the_old_name_is_taken_or_a_file_has_changed(root: Path) -> None:
    make_vault(root, ACME)
    renamed(root, "acme", "New")
    (root / "clients/Acme").mkdir()
    (root / "clients/Acme/theirs.md").write_text("theirs")
    before = contents(root)
    with pytest.raises(Conflict, match="clients/Acme exists again"):
        Journal(str(root)).undo()
    assert contents(root) == before
    (root / "clients/Acme/theirs.md").unlink()
    (root / "clients/Acme").rmdir()
    (root / "other.md").write_text("theirs")
    before = contents(root)
    with pytest.raises(Conflict, match=r"other\.md"):
        Journal(str(root)).undo()
    assert contents(root) == before
    assert [entry.state for entry in Journal(str(root)).entries()] == ["done"]


# ------------------------------------------------------------------------------------------- killed


DYING = """if True:
    import os, signal, sys
    from datetime import datetime
    from vaultcrm.disk import files
    from vaultcrm.vault import journal
    from vaultcrm.disk import moves
    from vaultcrm.actions.crm import Crm
    from vaultcrm.actions.rename import rename
    root, what, count = sys.argv[1], sys.argv[2], int(sys.argv[3])

    def dying(name):
        real = getattr(os, name)
        def call(*args, **kwargs):
            global count
            if all(str(arg).startswith((root, ".")) for arg in args[:1]) and not str(args[0]).startswith(root + "/.x"):
                if count == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                count -= 1
            return real(*args, **kwargs)
        setattr(os, name, call)

    crm = Crm(root, datetime(2026, 11, 16), ["rename"])
    crm.refresh()
    for name in ("rename", "link", "unlink", "replace", "makedirs"):
        dying(name)
    if what == "rename":
        rename(crm, "acme", "past/New")
    elif what == "undo":
        journal.Journal(root).undo()
    else:
        journal.Journal(root).redo()
"""


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("what", "is_next_a_write"), [("rename", False), ("rename", True), ("undo", False), ("undo", True), ("redo", False)]
)
def test_a_rename_killed_at_any_point_can_be_undone(what: str, is_next_a_write: bool, root: Path) -> None:
    make_vault(root, ACME)
    before, before_folders = contents(root), folders(root)
    renamed(root, "acme", "past/New")
    after = contents(root)
    Journal(str(root)).undo()
    count = 0
    while True:
        if what == "undo":
            Journal(str(root)).redo() if count == 0 else renamed(root, "acme", "past/New")
            assert contents(root) == after
        done = subprocess.run([sys.executable, "-c", DYING, str(root), what, str(count)], capture_output=True, text=True)
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        if is_next_a_write:
            with writing(Vault(str(root)), "next", "now") as writer:
                writer.create("", "next", "next")
            Journal(str(root)).undo()
        if what == "redo" and done.returncode:
            Journal(str(root)).redo()  # finishes the redo
            assert contents(root) == after
        with writing(Vault(str(root)), "nothing", "now"):  # the next writer repairs what was interrupted
            pass
        if any(entry.state == "done" for entry in Journal(str(root)).entries()):
            Journal(str(root)).undo()
        assert (contents(root), folders(root)) == (before, before_folders), f"killed at step {count}"
        if done.returncode == 0:
            break
        count += 1
    assert count > 10
