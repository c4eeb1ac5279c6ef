"""Text that is piped in or typed into an editor: decoded, or refused and kept; never lost."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.fork_server import run_vaultcrm
from tests.support import contents, make_vault
from vaultcrm.cli.context import CommandContext
from vaultcrm.cli.output import Output
from vaultcrm.cli.text_input import decode, edited_text
from vaultcrm.errors import ExternalError, InvalidInput, UsageError, VaultcrmError

# -------------------------------------------------------------------------------- bytes to text


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("Café\n".encode(), ("Café\n", "UTF-8")),
        ("\ufeffCafé".encode(), ("Café", "UTF-8")),
        (b"a\r\nb\rc\n", ("a\nb\nc\n", "UTF-8")),
        ("Café – 5 €".encode("cp1252"), ("Café – 5 €", "Windows-1252")),
        ("Café\r\n".encode("utf-16"), ("Café\n", "UTF-16")),
        ("\ufeffCafé".encode("utf-16-be"), ("Café", "UTF-16")),
        (b"\x1b[31mred\x1b[0m\x07", ("\x1b[31mred\x1b[0m\x07", "UTF-8")),
        (b"", ("", "UTF-8")),
    ],
)
def test_an_encoding_is_recognised(data: bytes, expected: tuple[str, str]) -> None:
    assert decode(data) == expected


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"Agreed on 50 \0EUR", "holds binary data, not text."),
        ("Agreed".encode("utf-16-le"), "holds binary data, not text."),
        (b"\xff\xfea", "is neither UTF-8 nor Windows-1252 text."),
        (b"\x81\x8d\x9d", "is neither UTF-8 nor Windows-1252 text."),
        (b"caf\xe9 \x01\x02", "holds binary data, not text."),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "holds binary data, not text."),
    ],
)
def test_bytes_that_are_no_text_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        decode(data)
    assert refused.value.message == message


# -------------------------------------------------------------------------------- standard input


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(make_vault(tmp_path / "vault", {"clients/Acme/Acme.md": "---\ntype: client\n---\n", "vaultcrm.toml": ""}).root)


def log(root: Path, data: bytes, *words: str) -> tuple[int, str]:
    done = run_vaultcrm("--vault", str(root), "--today", "2026-11-16T09:30", "log", "acme", "-", *words, stdin=data)
    return done.returncode, done.stderr


def test_windows_text_is_taken_and_reported(root: Path) -> None:
    code, err = log(root, "Café at ten".encode("cp1252"))
    assert code == 0
    assert "Standard input is Windows-1252 text and was read as such." in err.splitlines()
    assert (root / "clients/Acme/interactions/2026-11-16 0930 Café at ten.md").read_text("utf-8").endswith("\nCafé at ten\n")


def test_a_byte_order_mark_is_no_text(root: Path) -> None:
    assert log(root, "\ufeff> [!decision] Fixed price\n".encode())[0] == 0
    (note,) = (root / "clients/Acme/interactions").iterdir()
    assert note.read_bytes().endswith(b"\n\n> [!decision] Fixed price\n")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"Agreed on 50 \0EUR", []),
        (b"a long mail\n" * 800_000, ["--summary", "Long"]),
        (b"short", ["--summary", "x" * 70_000]),
    ],
    ids=["NUL", "9 MB", "70 kB of properties"],
)
def test_a_text_that_no_note_can_hold_is_refused_and_kept(root: Path, home: Path, data: bytes, words: list[str]) -> None:
    before = contents(root)
    code, err = log(root, data, *words)
    assert code == 4, err
    assert contents(root) == before
    (saved,) = (home / "state/vaultcrm").glob("unsaved-*.md")
    assert saved.read_bytes() == data
    assert str(saved) in err


# -------------------------------------------------------------------------------- the editor


@pytest.fixture
def context() -> CommandContext:
    return CommandContext(Output(False, False), None, False, datetime(2026, 11, 16), False, [])


def editor(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "editor"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(path))
    monkeypatch.delenv("VISUAL", raising=False)


def drafts(home: Path) -> list[bytes]:
    return [path.read_bytes() for path in (home / "state/vaultcrm").glob("draft-*")]


COMMENT = "<!-- Write above this line. It and everything below it is left out.\nClient:    Acme\nDate:      today\n-->\n"
FACTS = (("Client", "Acme"), ("Date", "today"))


def test_the_editor_shows_what_it_is_about(context: CommandContext, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor(
        tmp_path, f'cp "$1" {tmp_path}/shown; printf "# Price\\n\\nTwo options\\n" | cat - "$1" > "$1.new"; mv "$1.new" "$1"', monkeypatch
    )
    with edited_text(context, FACTS) as text:
        assert text == "# Price\n\nTwo options"
        assert drafts(home) == [f"# Price\n\nTwo options\n\n{COMMENT}".encode()]
    assert (tmp_path / "shown").read_text() == f"\n{COMMENT}"
    assert drafts(home) == []


@pytest.mark.parametrize(
    ("script", "error", "kept"),
    [
        ("exit 0", UsageError, []),
        ('printf "  \\n" > "$1"', UsageError, []),
        ('rm "$1"', UsageError, []),
        ("exit 1", ExternalError, []),
        ('printf "Words" > "$1"; exit 1', ExternalError, [b"Words"]),
        ('printf "Words \\000 more" > "$1"', InvalidInput, [b"Words \0 more"]),
    ],
)
def test_what_was_typed_is_kept_if_it_cannot_be_logged(
    context: CommandContext, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str],
    script: str, error: type[VaultcrmError], kept: list[bytes],
) -> None:  # fmt: skip
    editor(tmp_path, script, monkeypatch)
    with pytest.raises(error), edited_text(context, FACTS):
        pytest.fail("there is nothing to log")
    assert drafts(home) == kept
    assert ("Your text is in" in capfd.readouterr().err) == bool(kept)


def test_what_was_typed_is_kept_if_the_command_fails(
    context: CommandContext, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    editor(tmp_path, 'printf "Caf\\351" > "$1"', monkeypatch)
    with pytest.raises(ZeroDivisionError), edited_text(context, FACTS) as text:
        assert text == "Café"
        raise ZeroDivisionError
    assert drafts(home) == [b"Caf\xe9"]
    assert "Your text is Windows-1252 text" in capfd.readouterr().err


def test_an_open_quote_in_the_editor_is_no_crash(context: CommandContext, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", 'vim "x')
    with pytest.raises(ExternalError, match="Your editor failed: No closing quotation") as raised, edited_text(context, FACTS):
        pass
    assert raised.value.hint == "Set EDITOR, or give the text as an argument."
