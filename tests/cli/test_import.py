"""The command `import`: what it says about sources that it can't take, and what it prints."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.fork_server import run_vaultcrm
from tests.support import contents, make_vault
from tests.terminal import run_on_terminal
from vaultcrm.actions.imports.sources.mail_accounts import SETTINGS
from vaultcrm.cli.main import cli
from vaultcrm.errors import InvalidInput, VaultcrmError
from vaultcrm.plural import listed
from vaultcrm.vault.settings import read_settings


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = Path(make_vault(tmp_path / "vault", {"vaultcrm.toml": "", "clients/Acme/Acme.md": "---\ntype: client\n---\n"}).root)
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ([], 2, "Say what to import."),
        (["x.mbox", "--all"], 2, "Say what to import."),
        (["--all", "--clipboard"], 2, "Say what to import."),
        (["--all"], 3, "The settings name nothing to import from."),
        (["nowhere.mbox"], 3, "There is no file 'nowhere.mbox'."),
        (["."], 4, "There is nothing in 'vault' that I know how to import."),
        (["clients", "vaultcrm.toml"], 4, "There is nothing in 'clients' that I know how to import."),
        (["vaultcrm.toml"], 4, "'vaultcrm.toml' is empty."),
        (["clients", "--as", "fax"], 2, "'fax' is not a kind of source."),
        (["../contacts.csv", "--map", "Who"], 2, "'Who' is not COLUMN=FIELD."),
        (["../contacts.csv", "--map", "Who=nobody"], 2, "'nobody' is not a field of a contact."),
        (["../contacts.csv", "--map", "Why=name"], 2, "The table has no column 'Why'."),
        (["../meetings.ics", "--map", "Who=name"], 2, "--map is for the columns of a table of contacts."),
        (["clients", "--client", "nobody", "--as", "mail"], 3, "No client is called 'nobody'."),
    ],
)
def test_what_cant_be_imported_is_said_and_nothing_is_written(root: Path, words: list[str], code: int, message: str) -> None:
    (root.parent / "meetings.ics").write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n")
    (root.parent / "contacts.csv").write_text("Who,Email\nDana,d@x.example\n")
    before = contents(root)
    error = CliRunner().invoke(cli, ["import", *words]).exception
    assert isinstance(error, VaultcrmError)
    assert (error.exit_code, error.message) == (code, message)
    assert contents(root) == before


ACCOUNT = '[imap.work]\nhost = "127.0.0.1"\nuser = "dana"\n'


HOW_TO_ADD = "Add [imap.NAME] with host, user and password_command to {}. docs/importing.md shows how."
HOW_TO_TRY = "Run it in a terminal: it has to print the password."


@pytest.mark.parametrize(
    ("settings", "words", "code", "message", "hint"),
    [
        ("", ["imap"], 3, "You have no mail account.", HOW_TO_ADD),
        ("", ["imap", "work"], 3, "No mail account is called 'work'.", HOW_TO_ADD),
        (ACCOUNT, ["imap", "wrok"], 3, "No mail account is called 'wrok'.", "Did you mean 'work'?"),
        (ACCOUNT, ["imap", "x"], 3, "No mail account is called 'x'.", "There is 'work'."),
        (ACCOUNT, ["./imap"], 3, "There is no file './imap'.", "Give the path of a file, a folder or a zip."),
        (ACCOUNT, ["clients", "imap"], 3, "There is no file 'imap'.", "Give the path of a file, a folder or a zip."),
        (ACCOUNT + 'password_command = "false"', ["imap"], 6, "The account's password_command failed: it ended with code 1.", HOW_TO_TRY),
        (ACCOUNT + 'password_command = "true"', ["imap"], 4, "The account's password_command printed nothing.", HOW_TO_TRY),
    ],
)
def test_mail_that_cant_be_fetched(root: Path, home: Path, settings: str, words: list[str], code: int, message: str, hint: str) -> None:
    path = write_settings(home, settings)
    before = contents(root)
    error = CliRunner().invoke(cli, ["import", *words]).exception
    assert isinstance(error, VaultcrmError)
    assert (error.exit_code, error.message, error.hint) == (code, message, hint.format(path))
    assert contents(root) == before


@pytest.mark.parametrize(
    ("settings", "message", "hint"),
    [
        ("imap = 1", "each mail account must be a table.", "Write [imap.work], and its host and user below it."),
        ("[imap.work]", "host must name the server in [imap.work].", 'Write it like: host = "imap.example.com"'),
        ('[imap.work]\nhost = "x"', "user must be your name on the server in [imap.work].", 'Write it like: user = "nora@example.com"'),
        (ACCOUNT + "port = 0", "port must be a number in [imap.work].", "Write it like: port = 993"),
        (ACCOUNT + 'security = "ssl"', "security must be tls, starttls or none in [imap.work].", 'Write it like: security = "tls"'),
        (ACCOUNT + 'folders = "A"', "folders must be a list of names in [imap.work].", 'Write it like: folders = ["INBOX", "Sent"]'),
        (ACCOUNT + 'password = "x"', "there is no setting 'password' in [imap.work].", "Did you mean 'password_command'?"),
        (ACCOUNT + "x = 1", "there is no setting 'x' in [imap.work].", f"It may have {listed(SETTINGS)}."),
    ],
)
def test_an_account_that_isnt_right(root: Path, home: Path, settings: str, message: str, hint: str) -> None:
    path = write_settings(home, settings)
    error = CliRunner().invoke(cli, ["import", "imap"]).exception
    assert isinstance(error, InvalidInput)
    assert (error.message, error.hint) == (f"{path}: {message}", hint)


def write_settings(home: Path, settings: str) -> Path:
    path = home / "config/vaultcrm/config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(settings)
    return path


MAIL = (
    "From x Mon Nov  2 09:15:00 2026\nFrom: Dana <dana@acme.example>\nTo: Nora <nora@studio.example>\n"
    "Date: Mon, 2 Nov 2026 09:0{0}:00 +0000\nMessage-ID: <{0}@x>\nSubject: Hi\n\nHello.\n\n"
)
CHAT = "02/11/2026, 14:30 - Dana Roe: Hi\n02/11/2026, 14:31 - Nora: Hello\n"


@pytest.mark.parametrize(
    ("sources", "answer", "me"),
    [
        (["mail.mbox"], "\n", ("nora@studio.example",)),
        (["mail.mbox"], "nora@home.example, Nora Lind\n", ("nora@home.example", "Nora Lind")),
        (["mail.mbox"], "-\n", ()),
        (["chat.txt"], "Nora\n", ("Nora",)),
        (["chat.txt"], "\n", ()),
        (["mail.mbox", "chat.txt"], "\n", ("nora@studio.example", "Nora")),
    ],
)
def test_who_the_user_is_is_asked_once_at_a_terminal(root: Path, home: Path, sources: list[str], answer: str, me: tuple[str, ...]) -> None:
    (root / "mail.mbox").write_text(MAIL.format(1).replace("From: Dana <dana@", "From: Bob <bob@") + MAIL.format(2) + MAIL.format(3))
    (root / "chat.txt").write_text(CHAT)
    words = ["--vault", str(root), "import", *sources, "--date-order", "dmy"]
    code, said = run_on_terminal(words, [("for none", answer)])
    assert code == 0 and ("In the chat: Dana Roe and Nora." in said) == ("chat.txt" in sources)
    assert read_settings(str(root / "vaultcrm.toml")).me == me
    if me:
        assert run_on_terminal(words, [])[0] == 0  # it isn't asked again


def test_who_the_user_is_in_a_chat_is_asked_where_only_the_address_is_known(root: Path, home: Path) -> None:
    (root / "vaultcrm.toml").write_text('[import]\nme = ["nora@studio.example"]\n')
    (root / "mail.mbox").write_text(MAIL.format(1))
    (root / "chat.txt").write_text(CHAT)
    words = ["--vault", str(root), "import", "--date-order", "dmy"]
    assert run_on_terminal([*words, "mail.mbox"], [])[0] == 0
    code, said = run_on_terminal([*words, "mail.mbox", "chat.txt"], [("for none", "\n")])
    assert code == 0 and "for none [Nora]:" in said
    assert read_settings(str(root / "vaultcrm.toml")).me == ("nora@studio.example", "Nora")


UNKNOWN = "Nothing says which of it you wrote. Undo this import, and repeat it with --me and your address."
LATER = "What was imported before stays as it is. To have it read again with that, undo its import and repeat it."


def test_an_import_that_does_not_know_the_user_says_so(root: Path) -> None:
    (root / "mail.mbox").write_text(MAIL.format(1))
    (root / "notes.txt").write_text("Hello.")

    def said(*words: str) -> list[str]:
        return [line for line in CliRunner().invoke(cli, ["import", *words]).stderr.splitlines() if line in (UNKNOWN, LATER)]

    assert said("notes.txt", "--as", "text") == []
    assert said("mail.mbox") == [UNKNOWN]
    assert said("mail.mbox") == []
    assert said("mail.mbox", "--me", "nora@studio.example") == [LATER]
    assert said("mail.mbox", "--me", "nora@studio.example") == []


def test_what_cant_be_read_keeps_nothing_else_from_being_imported(root: Path) -> None:
    (root / "mail.mbox").write_text(MAIL.format(1))
    (root / "offer.pdf").write_bytes(b"%PDF-1.7")
    (root / "empty.txt").write_bytes(b"")
    result = CliRunner().invoke(cli, ["import", "offer.pdf", "mail.mbox", "empty.txt", "--me", "nora@studio.example"])
    assert isinstance(result.exception, InvalidInput) and result.exception.message == "'empty.txt' is empty."
    assert "'offer.pdf' can't be read. It's a PDF." in result.stderr
    assert "Put 1 message into the inbox." in result.stderr


def test_a_mail_that_a_mailbox_holds_twice_was_not_imported_before(root: Path, home: Path) -> None:
    (root / "mail.mbox").write_text(MAIL.format(1) * 2)
    done = run_vaultcrm("--vault", str(root), "import", "mail.mbox", "--me", "nora@studio.example")
    assert "1 known already" in done.stderr and "stays as it is" not in done.stderr
    done = run_vaultcrm("--vault", str(root), "import", "mail.mbox", "--me", "nora@home.example")
    assert "What was imported before stays as it is." in done.stderr
