"""Passwords of accounts: from a command, which is run without a shell."""

import sys
from pathlib import Path

import pytest

from vaultcrm.errors import ExternalError, InvalidInput, VaultcrmError
from vaultcrm.importers.mail.password import find_password


@pytest.mark.parametrize(
    ("command", "password"),
    [
        ("printf 'secret\\nuser: dana\\n'", "secret"),
        (["printf", "with space "], "with space "),
        ("echo '$HOME; ls'", "$HOME; ls"),
        ([sys.executable, "-c", "print('grün')"], "grün"),
    ],
)
def test_the_first_line_of_a_command(command: str | list[str], password: str) -> None:
    assert find_password(command, "dana", "imap.x.example") == password


@pytest.mark.parametrize(
    ("command", "error", "message"),
    [
        ("false", ExternalError, "The account's password_command failed: it ended with code 1."),
        ("no-such-program secret", ExternalError, "The account's password_command failed: No such file or directory."),
        ("true", InvalidInput, "The account's password_command printed nothing."),
        ("echo 'x", InvalidInput, "The account's password_command can't be used: No closing quotation."),
    ],
)
def test_a_command_that_fails(command: str, error: type[VaultcrmError], message: str) -> None:
    with pytest.raises(error) as raised:
        find_password(command, "dana", "imap.x.example")
    assert raised.value.message == message


def test_without_a_command_the_keyring_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "keyring").mkdir()
    (tmp_path / "keyring/errors.py").write_text("class KeyringError(Exception): pass")
    (tmp_path / "keyring/__init__.py").write_text("def get_password(service, account): return {'dana@x': 'secret'}.get(account)")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("keyring", "keyring.errors"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    assert find_password("", "dana", "x") == "secret"
    with pytest.raises(InvalidInput, match="The keyring has no password for bo@x"):
        find_password("", "bo", "x")
    for name in ("keyring", "keyring.errors"):
        monkeypatch.delitem(sys.modules, name, raising=False)


def test_without_a_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(InvalidInput, match="There is no password for dana@x") as error:
        find_password("", "dana", "x")
    assert 'pip install "vaultcrm[keyring]"' in error.value.hint
