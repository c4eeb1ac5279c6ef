"""An import that is killed and run again: the same vault as after one run without."""

import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.actions.imports.test_talk_import import VAULT, import_, mail
from tests.support import contents, make_vault

DYING = """if True:
    import os, signal, sys
    from datetime import UTC
    from pathlib import Path
    from tests.actions.imports.test_talk_import import import_
    from vaultcrm.actions.imports import talk_import
    from vaultcrm.disk import temp_files
    talk_import.GROUP = 7
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


@pytest.mark.nightly
def test_a_killed_import_that_is_run_again_gives_the_same_vault(tmp_path: Path) -> None:
    source = tmp_path / "all.mbox"
    source.write_text("".join(mail(n, f"{'dana' if n % 3 else 'bob'}@acme.example", subject=f"Mail {n % 5}") for n in range(50)))
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
