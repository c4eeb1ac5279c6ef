"""Searches by client, for notes of every form, and for notes that have changed since the last search."""

import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.search.searches import found_titles, make_text_vault, ranked_titles, run_search
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


def test_a_hit_has_its_client_type_and_date(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", CLIENTS)
    (hit,) = run_search(vault, "date:2026-10 ").hits
    assert hit[:6] == ("inbox/linked.md", "Acme", None, "linked", date(2026, 10, 20), 0)
    (hit,) = run_search(vault, "coffee ").hits
    assert (hit.client, hit.type, hit.date) == ("Blue Bottle", "interaction", date(2026, 1, 15))


def test_a_renamed_client_keeps_its_notes(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", CLIENTS)
    assert found_titles(vault, "client:bottle ") == {"Blue Bottle", "coffee"}
    folder = tmp_path / "vault/clients/Blue Bottle"
    os.rename(folder / "Blue Bottle.md", folder / "Red Cup.md")
    assert found_titles(vault, "client:bottle ") == set()
    os.rename(folder, folder.parent / "Red Cup")
    assert found_titles(vault, "client:red ") == found_titles(vault, 'client:"red cup"') == {"Red Cup", "coffee"}
    (tmp_path / "vault/clients/Red Cup/Red Cup.md").unlink()
    assert found_titles(vault, "client:red ") == set()


# -------------------------------------------------------------------------------- changed notes


def test_a_changed_note_is_found_by_its_new_words_and_not_by_its_old_ones(tmp_path: Path) -> None:
    vault = make_text_vault(tmp_path / "vault", a="old words", b="other")
    assert found_titles(vault, "old ") == {"a"}
    write_files(tmp_path / "vault", {"a.md": "new words"})
    assert (found_titles(vault, "old "), found_titles(vault, "new "), found_titles(vault, "words ")) == (set(), {"a"}, {"a"})


def test_deleted_and_renamed_notes_are_noticed_at_once(tmp_path: Path) -> None:
    vault = make_text_vault(tmp_path / "vault", a="one pear", b="two pears", c="three pears")
    assert found_titles(vault, '"pears"') == {"b", "c"}
    (tmp_path / "vault/b.md").unlink()
    os.rename(tmp_path / "vault/c.md", tmp_path / "vault/Plum.md")
    assert found_titles(vault, "pear") == {"a", "Plum"}
    assert ranked_titles(vault, "plum") == ["Plum"]
    shutil.rmtree(tmp_path / "vault")
    make_vault(tmp_path / "vault", {"z.md": "pear"})
    assert found_titles(vault, "pear") == {"z"}


def test_notes_of_any_form_are_found(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "crlf.md": b"---\r\ntype: interaction\r\nsummary: walnut\r\n---\r\nbody hazel\r\n",
        "bom.md": b"\xef\xbb\xbf---\ntitle: walnut\n---\nhazel\n", "bare.md": "walnut hazel",
        "broken.md": "---\ntype: [\n---\nwalnut hazel\n", "unclosed.md": "---\nwalnut: hazel\n", "UPPER.MD": "walnut hazel",
        "toml.md": "+++\nname = 'walnut'\n+++\nhazel", "twice.md": "---\na: 1\na: walnut\n---\nhazel", "latin.md": b"walnut hazel caf\xe9",
        "empty.md": "", "list.md": "---\n- walnut\n---\nwalnut hazel",
    }  # fmt: skip
    vault = make_vault(tmp_path / "vault", files)
    everything = {name[:-3] for name in files} - {"empty"}
    assert found_titles(vault, "walnut") == found_titles(vault, "hazel") == everything
    assert found_titles(vault, "empty ") == {"empty"}


def test_a_note_that_becomes_unreadable_is_found_by_its_present_text(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"a.md": "---\ntype: decision\n---\nwalnut"})
    assert found_titles(vault, "walnut type:decision ") == {"a"}
    write_files(tmp_path / "vault", {"a.md": "---\ntype: [\n---\nhazel"})
    assert found_titles(vault, "hazel type:decision ") == {"a"}  # its last readable properties stay known
    assert found_titles(vault, "walnut ") == set()


def test_saved_searches_are_settings(tmp_path: Path) -> None:
    text = '[search.unpaid]\nquery = "tag:invoice -status:paid"\n[search."last month"]\nquery = "date:last-month"\n'
    vault = make_vault(tmp_path / "vault", {"vaultcrm.toml": text})
    assert vault.settings.saved_searches == (("unpaid", "tag:invoice -status:paid"), ("last month", "date:last-month"))
    for wrong in ("search = 3", "[search]\nunpaid = 'tag:x'", "[search.unpaid]\n", "[search.unpaid]\nquery = 3", 'languages = "german"'):
        write_files(tmp_path / "vault", {"vaultcrm.toml": wrong})
        with pytest.raises(InvalidInput):
            Vault(vault.root)


def test_a_client_s_name_with_spaces_works_without_quotes(tmp_path: Path) -> None:
    folder = "clients/Blue Whale"
    notes = {
        f"{folder}/Blue Whale.md": "---\ntype: client\naliases: [BW Media]\n---\n",
        f"{folder}/a.md": "offer",
        f"{folder}/b.md": "bill",
        "clients/Blue/Blue.md": "---\ntype: client\n---\nwhale offer",
    }
    vault = make_vault(tmp_path / "vault", notes)
    assert found_titles(vault, "client:blue whale") == {"Blue Whale", "a", "b"}
    assert found_titles(vault, "client:BW media offer") == {"a"}
    assert found_titles(vault, "client:blue offer") == {"Blue"}
