"""Clients, kinds of notes and settings in a search, and notes that have changed since the last one."""

import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.search.searches import answer, ranked, texts, titles
from tests.support import make_vault, write_files
from vaultcrm.errors import InvalidInput
from vaultcrm.vault.vault import Vault

# ------------------------------------------------------------------------------------------ clients


CLIENTS = {
    "clients/Acme/Acme.md": "---\ntype: client\naliases: [ACM Corp]\n---\n",
    "clients/Blue Bottle/Blue Bottle.md": "---\ntype: client\n---\n",
    "clients/Blue Bottle/coffee.md": "---\ntype: interaction\ndate: 2026-01-15T10:00\n---\n",
    "inbox/linked.md": "---\nclient: '[[ACM Corp]]'\ndate: 2026-10-20\n---\n",
}


def test_a_hit_tells_whose_and_what_it_is(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", CLIENTS)
    (hit,) = answer(vault, "date:2026-10 ").hits
    assert hit[:6] == ("inbox/linked.md", "Acme", None, "linked", date(2026, 10, 20), 0)
    (hit,) = answer(vault, "coffee ").hits
    assert (hit.client, hit.type, hit.date) == ("Blue Bottle", "interaction", date(2026, 1, 15))


def test_a_renamed_client_keeps_its_notes(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", CLIENTS)
    assert titles(vault, "client:bottle ") == {"Blue Bottle", "coffee"}
    folder = tmp_path / "vault/clients/Blue Bottle"
    os.rename(folder / "Blue Bottle.md", folder / "Red Cup.md")
    assert titles(vault, "client:bottle ") == set()
    os.rename(folder, folder.parent / "Red Cup")
    assert titles(vault, "client:red ") == titles(vault, 'client:"red cup"') == {"Red Cup", "coffee"}
    (tmp_path / "vault/clients/Red Cup/Red Cup.md").unlink()
    assert titles(vault, "client:red ") == set()


# -------------------------------------------------------------------------------- what is there now


def test_a_changed_note_is_found_by_its_new_words_and_not_by_its_old_ones(tmp_path: Path) -> None:
    vault = texts(tmp_path / "vault", a="old words", b="other")
    assert titles(vault, "old ") == {"a"}
    write_files(tmp_path / "vault", {"a.md": "new words"})
    assert (titles(vault, "old "), titles(vault, "new "), titles(vault, "words ")) == (set(), {"a"}, {"a"})


def test_deleted_and_renamed_notes_are_known_at_once(tmp_path: Path) -> None:
    vault = texts(tmp_path / "vault", a="one pear", b="two pears", c="three pears")
    assert titles(vault, '"pears"') == {"b", "c"}
    (tmp_path / "vault/b.md").unlink()
    os.rename(tmp_path / "vault/c.md", tmp_path / "vault/Plum.md")
    assert titles(vault, "pear") == {"a", "Plum"}
    assert ranked(vault, "plum") == ["Plum"]
    shutil.rmtree(tmp_path / "vault")
    make_vault(tmp_path / "vault", {"z.md": "pear"})
    assert titles(vault, "pear") == {"z"}


def test_a_note_of_any_kind_is_found(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "crlf.md": b"---\r\ntype: interaction\r\nsummary: walnut\r\n---\r\nbody hazel\r\n",
        "bom.md": b"\xef\xbb\xbf---\ntitle: walnut\n---\nhazel\n", "bare.md": "walnut hazel",
        "broken.md": "---\ntype: [\n---\nwalnut hazel\n", "unclosed.md": "---\nwalnut: hazel\n", "UPPER.MD": "walnut hazel",
        "toml.md": "+++\nname = 'walnut'\n+++\nhazel", "twice.md": "---\na: 1\na: walnut\n---\nhazel", "latin.md": b"walnut hazel caf\xe9",
        "empty.md": "", "list.md": "---\n- walnut\n---\nwalnut hazel",
    }  # fmt: skip
    vault = make_vault(tmp_path / "vault", files)
    everything = {name[:-3] for name in files} - {"empty"}
    assert titles(vault, "walnut") == titles(vault, "hazel") == everything
    assert titles(vault, "empty ") == {"empty"}


def test_a_note_that_breaks_is_found_by_what_stands_there_now(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"a.md": "---\ntype: decision\n---\nwalnut"})
    assert titles(vault, "walnut type:decision ") == {"a"}
    write_files(tmp_path / "vault", {"a.md": "---\ntype: [\n---\nhazel"})
    assert titles(vault, "hazel type:decision ") == {"a"}  # its last readable properties stay known
    assert titles(vault, "walnut ") == set()


def test_saved_searches_are_settings(tmp_path: Path) -> None:
    text = '[search.unpaid]\nquery = "tag:invoice -status:paid"\n[search."last month"]\nquery = "date:last-month"\n'
    vault = make_vault(tmp_path / "vault", {"vaultcrm.toml": text})
    assert vault.settings.saved_searches == (("unpaid", "tag:invoice -status:paid"), ("last month", "date:last-month"))
    for wrong in ("search = 3", "[search]\nunpaid = 'tag:x'", "[search.unpaid]\n", "[search.unpaid]\nquery = 3", 'languages = "german"'):
        write_files(tmp_path / "vault", {"vaultcrm.toml": wrong})
        with pytest.raises(InvalidInput):
            Vault(vault.root)


def test_a_name_goes_on_behind_its_key_although_the_shell_has_taken_the_quotes(tmp_path: Path) -> None:
    folder = "clients/Blue Whale"
    notes = {
        f"{folder}/Blue Whale.md": "---\ntype: client\naliases: [BW Media]\n---\n",
        f"{folder}/a.md": "offer",
        f"{folder}/b.md": "bill",
        "clients/Blue/Blue.md": "---\ntype: client\n---\nwhale offer",
    }
    vault = make_vault(tmp_path / "vault", notes)
    assert titles(vault, "client:blue whale") == {"Blue Whale", "a", "b"}
    assert titles(vault, "client:BW media offer") == {"a"}
    assert titles(vault, "client:blue offer") == {"Blue"}
