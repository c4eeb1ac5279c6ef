"""The command `import`: what it says about sources that it can't take, and what it prints."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.support import contents, make_vault
from vaultcrm.cli.main import cli
from vaultcrm.errors import VaultcrmError


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = Path(make_vault(tmp_path / "vault", {"vaultcrm.toml": "", "clients/Acme/Acme.md": "---\ntype: client\n---\n"}).root)
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["nowhere.mbox"], 3, "There is no file 'nowhere.mbox'."),
        (["."], 4, "I can't tell what 'vault' is."),
        (["clients", "--as", "fax"], 2, "'fax' is not a kind of source."),
        (["clients", "--as", "vcard"], 2, "'vcard' holds no talks, and can't be imported yet."),
        (["../meetings.ics"], 2, "'calendar' holds no talks, and can't be imported yet."),
        (["clients", "--client", "nobody", "--as", "mail"], 3, "No client is called 'nobody'."),
    ],
)
def test_what_cant_be_imported_is_said_and_nothing_is_written(root: Path, words: list[str], code: int, message: str) -> None:
    (root.parent / "meetings.ics").write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    before = contents(root)
    error = CliRunner().invoke(cli, ["import", *words]).exception
    assert isinstance(error, VaultcrmError)
    assert (error.exit_code, error.message) == (code, message)
    assert contents(root) == before
