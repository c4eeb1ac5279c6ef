"""An import that is killed or interrupted, and run again: the same vault as after one run without."""

import os
import random
import shutil
import signal
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.actions.imports.test_meeting_import import DANA, calendar, event
from tests.actions.imports.test_talk_import import VAULT, import_, mail
from tests.support import contents, make_vault
from vaultcrm.actions.imports import talk_import
from vaultcrm.errors import NotFound
from vaultcrm.vault.journal import Journal

DYING = """if True:
    import os, signal, sys
    from datetime import UTC
    from pathlib import Path
    from tests.actions.imports.test_talk_import import import_
    from vaultcrm.actions.imports import talk_import
    from vaultcrm.actions.imports.meetings import meeting_import
    from vaultcrm.disk import temp_files
    talk_import.GROUP = meeting_import.GROUP = 7
    left, real = int(sys.argv[3]), os.link

    def link(*names, **options):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*names, **options)

    os.link = link
    import_(Path(sys.argv[1]), Path(sys.argv[2]))
"""


MAILS = "".join(mail(n, f"{'dana' if n % 3 else 'bob'}@acme.example", subject=f"Mail {n % 5}") for n in range(50))
MEETINGS = calendar(*(event(DANA, uid=f"u{n}", start=f"202611{1 + n % 28:02}T090000", end="", title=f"Talk {n % 5}") for n in range(50)))


@pytest.mark.parametrize("moment", range(1, 14, 3))
def test_an_interrupted_import_that_is_run_again_gives_the_same_vault(tmp_path: Path, moment: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C at a moment at which a note, an attachment or the ledger is written."""
    monkeypatch.setattr(talk_import, "GROUP", 3)
    source = tmp_path / "all.mbox"
    source.write_text("".join(mail(n, f"{'dana' if n % 3 else 'bob'}@acme.example", subject=f"Mail {n % 5}") for n in range(10)))
    whole, root = (Path(make_vault(tmp_path / name, VAULT).root) for name in ("whole", "interrupted"))
    import_(whole, source)
    left, real = moment, os.link

    def link(*names: str, **options: bool) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise KeyboardInterrupt
        real(*names, **options)  # type: ignore[arg-type]  # as it is called

    with monkeypatch.context() as patch:
        patch.setattr(os, "link", link)
        with suppress(KeyboardInterrupt):  # while the ledger is written: everything is taken back
            assert import_(root, source).is_interrupted or left > 0
    assert all(data.endswith(b"Hi.\n") for path, data in contents(root).items() if path.endswith(".md") and path not in VAULT)
    import_(root, source)
    notes = [sorted(data for path, data in contents(vault).items() if path.endswith(".md")) for vault in (whole, root)]
    assert notes[0] == notes[1]
    with closing(Journal(str(root))) as journal, suppress(NotFound):
        while True:
            journal.undo()
    assert {path for path in contents(root) if path.endswith(".md")} == {*VAULT}


@pytest.mark.nightly
@pytest.mark.parametrize("text", [MAILS, MEETINGS], ids=["mails", "meetings"])
def test_a_killed_import_that_is_run_again_gives_the_same_vault(tmp_path: Path, text: str) -> None:
    source = tmp_path / "all"
    source.write_text(text)
    whole = Path(make_vault(tmp_path / "whole", VAULT).root)
    import_(whole, source)
    expected = sorted(contents(whole).values())
    kills = 0
    for kill in random.Random(1).sample(range(1, 52), 40):
        root = Path(make_vault(tmp_path / "killed", VAULT).root)
        done = subprocess.run([sys.executable, "-c", DYING, str(root), str(source), str(kill)])
        kills += done.returncode == -signal.SIGKILL
        import_(root, source)
        found = contents(root)
        assert sorted(found.values()) == expected, kill
        assert not [path for path in found if path.endswith(".tmp")]
        shutil.rmtree(root)
    assert kills >= 38


DYING_IN_AN_EDIT = """if True:
    import os, signal, sys
    from pathlib import Path
    from tests.actions.imports.test_talk_import import import_
    from vaultcrm.vault.writer import Writer
    left, real = int(sys.argv[3]), Writer.edit

    def edit(*arguments):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments)

    Writer.edit = edit
    import_(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.mark.nightly
def test_a_killed_import_of_later_versions_that_is_run_again_changes_the_same(tmp_path: Path) -> None:
    first, later = tmp_path / "first", tmp_path / "later"
    first.write_text(MEETINGS)
    later.write_text(MEETINGS.replace("T090000", "T103000").replace("UID:", "SEQUENCE:1\r\nUID:").replace("Talk 1", "Talk one"))
    whole = Path(make_vault(tmp_path / "whole", VAULT).root)
    import_(whole, first)
    import_(whole, later)
    expected = contents(whole)
    for kill in range(1, 51, 5):
        root = Path(make_vault(tmp_path / "killed", VAULT).root)
        import_(root, first)
        done = subprocess.run([sys.executable, "-c", DYING_IN_AN_EDIT, str(root), str(later), str(kill)])
        assert done.returncode == -signal.SIGKILL
        import_(root, later)
        assert contents(root) == expected, kill
        shutil.rmtree(root)
