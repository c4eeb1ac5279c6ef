"""Which vault a command works on: the one that was named, the one around the folder, or the default."""

import os
from pathlib import Path

import pytest

from tests.support import make_vault
from vaultcrm.actions.default_vault import choose_vault, default_vault, set_default_vault, settings_file
from vaultcrm.errors import InvalidInput, NotFound, UsageError

pytestmark = pytest.mark.usefixtures("home")


def set_default(text: str) -> None:
    os.makedirs(os.path.dirname(settings_file()), exist_ok=True)
    Path(settings_file()).write_text(text)


def test_the_vault_that_was_named_wins(tmp_path: Path) -> None:
    for name in ("a", "b"):
        make_vault(tmp_path / name, {"vaultcrm.toml": ""})
    set_default(f'vault = "{tmp_path / "b"}"\n')
    (tmp_path / "plain").mkdir()
    (tmp_path / "a/deep/er").mkdir(parents=True)
    assert choose_vault(str(tmp_path / "plain"), str(tmp_path / "a")) == str(tmp_path / "plain")  # also without vaultcrm.toml
    assert choose_vault(None, str(tmp_path / "a/deep/er")) == str(tmp_path / "a")
    assert choose_vault(None, str(tmp_path)) == str(tmp_path / "b")


def test_a_tilde_and_a_symbolic_link_are_resolved(home: Path, tmp_path: Path) -> None:
    (home / "mine").mkdir()
    (tmp_path / "link").symlink_to(home / "mine")
    assert choose_vault("~/mine", "/") == choose_vault(str(tmp_path / "link"), "/") == str(home / "mine")
    set_default('vault = "~/mine"\n')
    assert default_vault() == str(home / "mine")


def test_a_named_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as raised:
        choose_vault("nowhere", str(tmp_path))
    assert (raised.value.message, raised.value.hint) == ("There is no folder 'nowhere'.", "Create a vault there with: vaultcrm init DIR")


def test_a_default_vault_that_does_not_exist(tmp_path: Path) -> None:
    set_default('vault = "/mnt/disk/mine"\n')
    with pytest.raises(NotFound) as raised:
        choose_vault(None, str(tmp_path))
    assert raised.value.message == "Your default vault /mnt/disk/mine doesn't exist."
    assert raised.value.hint == f"Mount its disk, or change the vault in {settings_file()}."


@pytest.mark.parametrize("text", [None, "", "vault = 1\n"])
def test_no_vault_at_all(text: str | None, tmp_path: Path) -> None:
    if text is not None:
        set_default(text)
    with pytest.raises(NotFound, match=r"There is no vault here\."):
        choose_vault(None, str(tmp_path))


@pytest.mark.parametrize("text", [b"vault = ", b'vault = "\xe9"', b"vault = " + b"1" * 5000, b"vault = " + b"[" * 100_000])
def test_settings_that_are_not_toml(text: bytes, tmp_path: Path) -> None:
    set_default("")
    Path(settings_file()).write_bytes(text)
    with pytest.raises(InvalidInput, match=rf"^{settings_file()} is not valid TOML: .*\.$") as raised:
        choose_vault(None, str(tmp_path))
    assert raised.value.hint == "Fix it in your editor."


def test_an_empty_name_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="names no folder"):
        choose_vault("", str(tmp_path))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, '# The vault that commands use outside of any vault:\nvault = "/a \\"b\\""\n'),
        ('# mine\nvault = "/old"\n# end\n', '# mine\nvault = "/a \\"b\\""\n# end\n'),
        ("# mine\n", 'vault = "/a \\"b\\""\n# mine\n'),
    ],
)
def test_another_vault_becomes_the_default(before: str | None, after: str) -> None:
    if before is not None:
        set_default(before)
    for _ in range(2):
        set_default_vault('/a "b"')
        assert Path(settings_file()).read_text() == after
        assert default_vault() == '/a "b"'


def test_settings_that_cannot_be_read_are_not_written() -> None:
    set_default("vault = ")
    with pytest.raises(InvalidInput):
        set_default_vault("/a")
    assert Path(settings_file()).read_text() == "vault = "
