"""Two clones of one vault with a bare repository between them, for the tests of sync."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from tests.fork_server import run_vaultcrm
from tests.repositories import git
from tests.support import contents, write_files
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.sync import SyncResult, sync
from vaultcrm.actions.sync_status import sync_status

NOW = datetime(2026, 11, 16, 9, 30)
ACME = "clients/Acme/Acme.md"
NOTE = "---\ntype: client\nstatus: active\nrate: 60\n---\n\nFirst line.\n\nMiddle.\n\nLast line.\n"


def run(side: Path, *words: str, code: int = 0) -> str:
    """Run a command in a process of its own, and return what it prints on both streams."""
    done = run_vaultcrm("--today", NOW.isoformat(), *words, cwd=side)
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


class Pair(NamedTuple):
    """Two clones of one vault."""

    a: Path
    b: Path

    def sync_both(self, path: str, ours: str | bytes | None, theirs: str | bytes | None) -> SyncResult:
        """Write ours in a and theirs in b (None deletes the file), sync b and then a, and return the result in a."""
        change(self.b, path, theirs)
        sync_in(self.b)
        change(self.a, path, ours)
        return sync_in(self.a)

    def final_files(self) -> dict[str, bytes]:
        """The files of both clones, once b has synced again; they are the same, and nothing is left to commit."""
        sync_in(self.b)
        found = [{name: data for name, data in contents(side).items() if not name.startswith(".git/")} for side in self]
        assert found[0] == found[1]
        for side in self:
            assert git(side, "status", "--porcelain") == ""
            assert git(side, "fsck", "--strict", "--no-dangling") == ""
            assert sync_status(crm(side)).unfinished == ""
        return {name: data for name, data in found[0].items() if name not in (".gitignore", ".gitattributes", "vaultcrm.toml")}


def crm(side: Path) -> Crm:
    return Crm(str(side), NOW, ["test"])


def sync_in(side: Path) -> SyncResult:
    return sync(crm(side))


def change(side: Path, path: str, text: str | bytes | None) -> None:
    if text is None:
        (side / path).unlink()
    else:
        write_files(side, {path: text})


def merged_commit(side: Path) -> str:
    """The abbreviated id of the commit that was merged last."""
    return git(side, "rev-parse", "--short=7", "HEAD^2").strip()
