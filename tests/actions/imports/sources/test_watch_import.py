"""While `watch` runs: what is new, complete and allowed is imported, and said."""

import contextlib
import errno
import os
from datetime import UTC
from pathlib import Path

import pytest

from tests.actions.imports.sources.test_watched import DANA, import_
from tests.actions.imports.test_talk_import import VAULT, mail, notes
from tests.actions.vaults import NOW
from tests.support import contents, make_vault
from tests.watch.watchers import run_command, wait_until, watch_process
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.report import ImportReport
from vaultcrm.actions.imports.sources import watch_import
from vaultcrm.actions.imports.sources.watch_import import LOOK_SECONDS, SETTLE_SECONDS, WatchImport
from vaultcrm.actions.imports.sources.watched import not_allowed
from vaultcrm.importers.mail import mailbox
from vaultcrm.vault.journal import Journal
from vaultcrm.vault.vault import Vault


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return Path(make_vault(tmp_path / "vault", {**VAULT, "vaultcrm.toml": 'id = "0123456789abcdef"\n[import]\nwatch = ["../in"]\n'}).root)


class Watching:
    """Looks at the folders when it is told to."""

    def __init__(self, root: Path) -> None:
        self.lines: list[str] = []
        self.importer = WatchImport(lambda: Crm(str(root), NOW, ["watch"]), UTC, self.report, self.on_import)

    def report(self, line: str, is_trouble: bool) -> None:
        self.lines.append(line)

    def on_import(self, report: ImportReport) -> None:
        self.lines.append(str(report.counts()))

    def look(self) -> tuple[float, list[str]]:
        self.lines.clear()
        return self.importer.look(), [*self.lines]


CREATED = "{'created': 1, 'known': 0, 'parked': 0, 'left_out': 0, 'refused': 0}"


def test_a_file_is_imported_when_it_hasnt_changed_between_two_looks(root: Path, tmp_path: Path) -> None:
    import_(root, "../in")  # allows it
    watching = Watching(root)
    assert watching.look() == (LOOK_SECONDS, [])
    file = tmp_path / "in/1.eml"
    file.write_text(mail(1, DANA)[:40])
    assert watching.look() == (SETTLE_SECONDS, [])
    file.write_text(mail(1, DANA))  # it is still written
    assert watching.look() == (SETTLE_SECONDS, [])
    assert watching.look() == (LOOK_SECONDS, [CREATED])
    assert len(notes(root)) == 1
    before = contents(root)
    assert watching.look() == (LOOK_SECONDS, [])
    assert contents(root) == before


def test_what_wasnt_allowed_here_isnt_read_and_that_is_said_once(root: Path, tmp_path: Path) -> None:
    (tmp_path / "in/1.eml").write_text(mail(1, DANA))
    watching = Watching(root)
    assert watching.look()[1] == [not_allowed("../in")]
    assert [watching.look()[1] for _ in range(2)] == [[], []]
    assert notes(root) == {}
    import_(root, "../in")
    (root / "vaultcrm.toml").write_text('[import]\nwatch = ["../in", "~/other"]\n')  # as another device may have written it
    assert watching.look()[1] == [not_allowed("~/other")]


def test_what_was_undone_comes_back_only_when_it_is_asked_for(root: Path, tmp_path: Path) -> None:
    import_(root, "../in")
    (tmp_path / "in/1.eml").write_text(mail(1, DANA))
    watching = Watching(root)
    assert [watching.look()[1] for _ in range(2)] == [[], [CREATED]]
    with contextlib.closing(Journal(str(root))) as journal:
        journal.undo()
    assert [watching.look()[1] for _ in range(3)] == [[], [], []]
    (tmp_path / "in/2.eml").write_text(mail(2, DANA))
    assert [watching.look()[1] for _ in range(3)] == [[], [CREATED], []]
    assert [Watching(root).look()[1], len(notes(root))] == [[], 1]
    assert import_(root, "../in").counts()["created"] == 1
    assert len(notes(root)) == 2


def test_trouble_is_said_once_and_it_goes_on(root: Path, tmp_path: Path) -> None:
    import_(root, "../in")
    settings = (root / "vaultcrm.toml").read_text()
    (root / "vaultcrm.toml").write_text("[import")
    watching = Watching(root)
    assert watching.look()[1][0].startswith("Watched folders can't be imported: ")
    assert watching.look()[1] == []
    (root / "vaultcrm.toml").write_text(settings)
    (tmp_path / "in/1.eml").write_text(mail(1, DANA))
    assert [watching.look()[1] for _ in range(2)] == [[], [CREATED]]


def test_what_the_disk_refuses_is_said_once(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import_(root, "../in")
    (tmp_path / "in/1.eml").write_text(mail(1, DANA))
    watching = Watching(root)

    def refuse(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patch:
        patch.setattr(mailbox, "read_stream", refuse)
        refused = CREATED.replace("'created': 1", "'created': 0").replace("'refused': 0", "'refused': 1")
        assert [watching.look() for _ in range(3)] == [(SETTLE_SECONDS, []), (LOOK_SECONDS, [refused]), (LOOK_SECONDS, [])]
    assert [Watching(root).look()[0], import_(root, "../in").counts()["created"]] == [SETTLE_SECONDS, 1]


def test_an_import_that_is_stopped_leaves_whole_notes(root: Path, tmp_path: Path) -> None:
    import_(root, "../in")
    (tmp_path / "in/1.mbox").write_text(mail(1, DANA) + mail(2, DANA))
    watching = Watching(root)
    watching.look()
    watching.importer.stop()
    watching.importer.run()  # returns at once
    watching.look()
    assert len(notes(root)) == 1
    assert Watching(root).look()[0] == SETTLE_SECONDS  # the rest is still to come


def test_a_vault_without_folders_to_watch(tmp_path: Path) -> None:
    watching = Watching(Path(make_vault(tmp_path / "vault", VAULT).root))
    assert watching.look() == (watch_import._IDLE_SECONDS, [])


def test_the_command(root: Path, tmp_path: Path) -> None:
    vault = Vault(str(root))
    allowing = run_command(vault, "import", "--all")
    assert (allowing.returncode, allowing.stderr) == (0, "Importing from ../in.\nNothing new.\n")
    (tmp_path / "in/1.eml").write_text(mail(1, DANA))
    with watch_process(vault) as process:
        wait_until(lambda: notes(root))
    assert process.returncode == 0
    assert run_command(vault, "undo").returncode == 0
    assert notes(root) == {}
