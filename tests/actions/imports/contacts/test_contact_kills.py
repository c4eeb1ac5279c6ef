"""An import of contacts that is killed and run again: the same vault as after one run without."""

import os
import random
import shutil
import signal
from pathlib import Path

import pytest

from tests.actions.imports.contacts.cards import card, import_
from tests.actions.imports.contacts.test_contact_merging import VAULT
from tests.support import contents, make_vault
from vaultcrm.actions.imports.contacts import contact_import

CARDS = "".join(
    card(f"P{n} Roe", f"ORG:Org {n % 5}" if n % 3 else "", f"EMAIL:p{n}@o{n % 5}.example", f"TEL:+44 7700 9004{n:02}") for n in range(40)
) + "".join(
    [
        card("Dana Roe", "EMAIL:dana@acme.example", "EMAIL:d@gmail.com", "TEL:+44 7700 900999"),
        card("Bobby", "TEL:+44 7700 900417", "TITLE:CEO", "BDAY:1980-03-22"),
        card("P1 Roe", "EMAIL:p1@gmail.com"),
        card("P2 Roe", "ORG:Org 9", "EMAIL:p2@o9.example"),
        card("Org 3", "X-ABSHOWAS:COMPANY", "EMAIL:info@o3.example"),
        card("Nobody"),
    ]
)


@pytest.mark.nightly
def test_a_killed_import_that_is_run_again_gives_the_same_vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_import, "GROUP", 7)
    whole = Path(make_vault(tmp_path / "whole", VAULT | {"vaultcrm.toml": 'id = "0123456789abcdef"\n'}).root)
    import_(whole, CARDS)
    expected = contents(whole)
    kills = 0
    for kill in random.Random(1).sample(range(1, 80), 60):
        root = Path(make_vault(tmp_path / "killed", VAULT | {"vaultcrm.toml": 'id = "0123456789abcdef"\n'}).root)
        kills += is_killed(root, kill)
        import_(root, CARDS)
        assert contents(root) == expected, kill
        assert import_(root, CARDS).notes == []
        shutil.rmtree(root)
    assert kills >= 50


def is_killed(root: Path, number: int) -> bool:
    """Import in a process that is killed when it waits for the disk for this number of times. Returns whether it got that far."""
    if (process := os.fork()) == 0:
        left, fsync = number, os.fsync

        def dying_fsync(descriptor: int) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            fsync(descriptor)

        os.fsync = dying_fsync  # type: ignore[assignment]  # in this process only
        try:
            import_(root, CARDS)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(process, 0)[1])
