"""A person's name where a client is asked for: whose it is on the disk as it is now."""

from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with, note
from tests.fork_server import run_vaultcrm
from tests.support import contents, make_vault, write_files
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.lookup import client_or_person
from vaultcrm.errors import Ambiguous, NotFound

VAULT = {
    "clients/Acme Studio/Acme Studio.md": CLIENT,
    "clients/Acme Studio/Ann.md": note("person"),
    "clients/Acme Studio/Dana Roe.md": note("person", "aliases: [DR]"),
    "clients/Acme Studio/Priya.md": note("person"),
    "clients/Dana & Sons/Dana & Sons.md": CLIENT,
    "clients/Dana & Sons/Sam.md": note("person"),
    "clients/Sam Works/Sam Works.md": CLIENT,
    "clients/Twins/Twins.md": CLIENT,
    "clients/Twins/Kit.md": note("person"),
    "clients/Sam Works/Kit.md": note("person"),
    "people/Nobody.md": note("person"),
}
ACME, SONS = "clients/Acme Studio/Acme Studio.md", "clients/Dana & Sons/Dana & Sons.md"


@pytest.mark.parametrize(
    ("name", "client", "person"),
    [
        ("acme", ACME, None),
        ("dana", SONS, None),  # a part of a client's name before a part of a person's
        ("dana roe", ACME, "Dana Roe"),
        ("DR", ACME, "Dana Roe"),
        ("priya", ACME, "Priya"),
        ("pri", ACME, "Priya"),
        ("sam", SONS, "Sam"),  # the whole name, before a part of Sam Works
        ("Dana & Sons", SONS, None),
    ],
)
def test_a_person_stands_for_their_client(name: str, client: str, person: str | None, tmp_path: Path) -> None:
    client_ref, path = client_or_person(crm_with(tmp_path / "v", VAULT), name)
    assert (client_ref.path, path and path.rpartition("/")[2]) == (client, f"{person}.md" if person else None)


def test_a_name_that_nobody_has(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", VAULT)
    with pytest.raises(NotFound, match="No client is called 'zzz'"):
        client_or_person(crm, "zzz")
    with pytest.raises(NotFound, match="Nobody belongs to no client"):
        client_or_person(crm, "nobody")
    with pytest.raises(Ambiguous, match="matches 3 clients"):
        client_or_person(crm, "s")
    with pytest.raises(Ambiguous, match="'kit' matches 2 people"):
        client_or_person(crm, "kit")


def test_who_is_meant_is_decided_on_the_disk_as_it_is_now(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "v", VAULT)
    Crm(vault.root, crm_with(tmp_path / "other", {}).now).refresh()

    def found(name: str) -> tuple[str, str | None]:
        client, person = client_or_person(Crm(vault.root, crm_with(tmp_path / "other", {}).now), name)
        return client.path, person

    assert found("works") == ("clients/Sam Works/Sam Works.md", None)
    write_files(tmp_path / "v", {"clients/Acme Studio/Ann.md": note("person", "aliases: [Works]")})  # in place
    assert found("works") == (ACME, "clients/Acme Studio/Ann.md")
    write_files(tmp_path / "v", {"clients/Works/Works.md": CLIENT})
    assert found("works") == ("clients/Works/Works.md", None)


def test_a_conversation_is_logged_with_the_person_who_is_named(tmp_path: Path) -> None:
    root = tmp_path / "v"
    make_vault(root, VAULT)
    done = run_vaultcrm("--vault", str(root), "--today", "2026-11-16T09:30", "log", "dr", "Two", "options", "--with", "dana roe")
    path = "clients/Acme Studio/interactions/2026-11-16 0930 Two options.md"
    assert (done.returncode, done.stdout) == (0, path + "\n")
    assert done.stderr == "Logged: conversation with Dana Roe (Acme Studio), Mon 2026-11-16 09:30\n"
    text = contents(root)[path].decode()
    assert 'people:\n  - "[[Dana Roe]]"\n' in text
    assert text.count("Dana Roe") == 1
    refused = run_vaultcrm("--vault", str(root), "log", "kit", "Hello")
    assert (refused.returncode, "'kit' matches 2 people" in refused.stderr) == (4, True)
    for words in (["log", "nobody", "Hello"], ["log", "zzz", "Hello"]):
        assert run_vaultcrm("--vault", str(root), *words).returncode == 3
