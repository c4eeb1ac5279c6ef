"""Renames, done and undone, for the tests of rename."""

from datetime import datetime
from pathlib import Path

from tests.support import contents, make_vault
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.rename import RenameResult, rename
from vaultcrm.vault.journal import Journal

NOW = datetime(2026, 11, 16, 9, 30)
CLIENT = "---\ntype: client\n---\n"
ACME = {
    "clients/Acme/Acme.md": "---\ntype: client\naliases:\n  - Acme Inc\nrate: 60  # an hour\n---\n"
    "![[logo.png]] [x](logo.png) [w](projects/Web.md)\n",
    "clients/Acme/logo.png": "\x00PNG",
    "clients/Acme/projects/Web.md": "---\ntype: project\n---\nFor [[Acme]], [c](../Acme.md), [[clients/Acme/Acme]]\n",
    "inbox/talk.md": '---\ntype: interaction\ndate: 2026-11-02\nclient: "[[Acme]]"\nproject: "[[Web]]"\n---\n'
    "[l](../clients/Acme/logo.png) ![[clients/Acme/logo.png]]\n",
    "other.md": '---\nclient: "[[Acme Inc]]"\n---\n[[acme]] [[Acme/projects/Web]] [[logo.png]]\n',
}  # fmt: skip


def renamed(root: Path, name: str, new: str, keep_alias: bool = True, dry_run: bool = False) -> RenameResult:
    crm = Crm(str(root), NOW, ["rename", name, new])
    try:
        return rename(crm, name, new, keep_alias, dry_run)
    finally:
        crm.catalog.close()


def folders(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_dir())


def checked_rename(root: Path, files: dict[str, str], name: str, new: str, **options: bool) -> dict[str, str]:
    """The vault after a rename. Undo and redo must restore the same bytes and folders, and a dry run must report the same."""
    make_vault(root, files)
    before, before_folders = contents(root), folders(root)
    planned = renamed(root, name, new, dry_run=True, **options)
    assert (contents(root), folders(root)) == (before, before_folders)
    done = renamed(root, name, new, **options)
    assert planned == done
    after, after_folders = contents(root), folders(root)
    Journal(str(root)).undo()
    assert (contents(root), folders(root)) == (before, before_folders)
    Journal(str(root)).redo()
    assert (contents(root), folders(root)) == (after, after_folders)
    return {path: data.decode() for path, data in after.items()}
