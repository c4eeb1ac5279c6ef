"""Commands that write, and the contents of the vault and the journal after them."""

from pathlib import Path

from tests.support import contents
from vaultcrm.vault.journal import Journal
from vaultcrm.vault.vault import Vault
from vaultcrm.vault.writer import writing

AT = "2026-11-09T14:30:00"
INITIAL = {"a.md": b"a\r\n", "clients/Acme/Acme.md": b"\xef\xbb\xbfacme \xc3\xa9"}


def put(vault: Vault, words: str, files: dict[str, str]) -> None:
    """Run one command that creates or replaces files."""
    with writing(vault, words, AT) as writer:
        for path, text in files.items():
            if not writer.create_file(path, text.encode()):
                writer.edit(path, lambda _, text=text: text.encode())  # type: ignore[misc]  # a lambda's default has no type


def tree(vault: Vault) -> dict[str, bytes]:
    return contents(Path(vault.root))


def words_of(vault: Vault) -> list[tuple[str, str]]:
    return [(entry.words, entry.state) for entry in Journal(vault.root).entries()]
