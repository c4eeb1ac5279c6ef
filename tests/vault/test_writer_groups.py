"""Notes that are created together: what an import writes."""

import contextlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.support import contents, make_vault
from vaultcrm.disk import files
from vaultcrm.errors import InvalidInput
from vaultcrm.vault.journal import Journal
from vaultcrm.vault.vault import Vault
from vaultcrm.vault.writer import NewNote, writing

AT = "2026-11-09T14:30:00"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return make_vault(tmp_path / "vault", {})


def test_notes_are_created_together(vault: Vault) -> None:
    (Path(vault.root) / "a").mkdir()
    (Path(vault.root) / "a/Mail.md").write_text("mine\n")
    with writing(vault, "import", AT) as writer:
        notes = [NewNote("a", "Mail", "1\n"), NewNote("a", "mail", "2\n"), NewNote("b/c", "Mail", "3\n")]
        assert writer.create_all(notes) == ["a/Mail 2.md", "a/mail 3.md", "b/c/Mail.md"]
        assert sorted(writer.created) == ["a/Mail 2.md", "a/mail 3.md", "b/c/Mail.md"]
    assert contents(Path(vault.root)) == {"a/Mail.md": b"mine\n", "a/Mail 2.md": b"1\n", "a/mail 3.md": b"2\n", "b/c/Mail.md": b"3\n"}
    with contextlib.closing(Journal(vault.root)) as journal:
        journal.undo()
    assert contents(Path(vault.root)) == {"a/Mail.md": b"mine\n"}


def test_a_name_that_is_taken_at_the_same_moment_gets_a_number(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def create_all(new_files: Sequence[tuple[str, bytes]]) -> list[str]:
        Path(new_files[1][0]).write_text("theirs\n")
        return real(new_files)

    real = files.create_all
    monkeypatch.setattr(files, "create_all", create_all)
    with writing(vault, "import", AT) as writer:
        assert writer.create_all([NewNote("a", "x", "1\n"), NewNote("a", "y", "2\n")]) == ["a/x.md", "a/y 2.md"]
    assert contents(Path(vault.root)) == {"a/x.md": b"1\n", "a/y.md": b"theirs\n", "a/y 2.md": b"2\n"}
    with contextlib.closing(Journal(vault.root)) as journal:
        journal.undo()
    assert contents(Path(vault.root)) == {"a/y.md": b"theirs\n"}


def test_an_error_takes_all_notes_of_a_group_back(vault: Vault) -> None:
    (Path(vault.root) / "b").mkdir(mode=0o755)
    with pytest.raises(InvalidInput), writing(vault, "import", AT) as writer:
        writer.create_all([NewNote("a", "x", "1\n")])
        writer.create_all([NewNote("a", "y", "2\n"), NewNote("a", "z", "\0")])
    assert contents(Path(vault.root)) == {}
