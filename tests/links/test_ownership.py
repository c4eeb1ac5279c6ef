"""Which client a note belongs to."""

import pytest

from vaultcrm.links.ownership import ClientRef, client_above, client_folders


def test_a_client_is_named_after_its_note_and_its_folder_holds_the_note() -> None:
    client = ClientRef.at("clients/Acme Studio/Acme.md")
    assert client == ClientRef("clients/Acme Studio/Acme.md", "Acme")
    assert client.folder == "clients/Acme Studio"
    assert ClientRef.at("Acme.md").folder == ""


ACME, BETA, GAMMA = ClientRef.at("c/Acme/Acme.md"), ClientRef.at("c/Acme/Beta.md"), ClientRef.at("c/Acme/Gamma.md")


@pytest.mark.parametrize(
    ("client_notes", "owner"),
    [
        (["c/Acme/Beta.md"], BETA),
        (["c/Acme/Acme.md", "c/Acme/Beta.md"], ACME),
        (["c/Acme/A.md", "c/Acme/Acme.md"], ACME),
        (["c/Acme/A.md", "c/Acme/Acme.md", "c/Acme/Beta.md", "c/Acme/Gamma.md"], ACME),
        (["c/Acme/Beta.md", "c/Acme/Gamma.md"], None),
        (["c/Acme/A.md", "c/Acme/Beta.md", "c/Acme/Gamma.md"], None),
    ],
)
def test_of_several_clients_in_a_folder_only_the_one_with_its_name_owns_it(client_notes: list[str], owner: ClientRef | None) -> None:
    assert client_folders(client_notes) == {"c/Acme": owner}


def test_each_folder_has_its_own_client() -> None:
    assert client_folders(["Root.md", "c/Acme/Acme.md", "c/Acme/old/Beta.md"]) == {
        "": ClientRef("Root.md", "Root"),
        "c/Acme": ClientRef("c/Acme/Acme.md", "Acme"),
        "c/Acme/old": ClientRef("c/Acme/old/Beta.md", "Beta"),
    }


def test_a_folder_belongs_to_the_nearest_client_above_it() -> None:
    folders = client_folders(["c/Acme/Acme.md", "c/Acme/sub/deep/Beta.md", "c/Two/A.md", "c/Two/B.md"])
    owners = {
        folder: client_above(folders, folder) for folder in ("c/Acme", "c/Acme/sub", "c/Acme/sub/deep/er", "c/Two", "c", "", "c/Acmes")
    }
    assert {folder: owner and owner.name for folder, owner in owners.items()} == {
        "c/Acme": "Acme",
        "c/Acme/sub": "Acme",
        "c/Acme/sub/deep/er": "Beta",
        "c/Two": None,
        "c": None,
        "": None,
        "c/Acmes": None,
    }


def test_a_client_in_the_vaults_root_owns_every_folder_without_another_one() -> None:
    folders = client_folders(["Me.md", "c/Acme/Acme.md", "c/Two/A.md", "c/Two/B.md"])
    assert client_above(folders, "c/Acme/notes") == ClientRef.at("c/Acme/Acme.md")
    assert client_above(folders, "c/Two") == client_above(folders, "") == ClientRef.at("Me.md")
