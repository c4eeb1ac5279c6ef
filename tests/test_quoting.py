"""Names in messages are as they are written; commands in hints mean the same in a shell."""

import shutil
import subprocess

import pytest

from vaultcrm.quoting import quoted, shell_word

NAMES = ["Acme", "Acme Studio", "O'Brien", "Ca$h & Co", '5" pipes', "a`b`", "back\\slash", "Hurra!", "it's 5 $", "Zoë", "-x", "*", ""]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Zoë", "'Zoë'"), ("O'Brien", '"O\'Brien"'), ("C:\\new", "'C:\\new'"), ("a\u00a0b", "'a\u00a0b'"), ("", "''")],
)
def test_a_name_in_a_message_is_as_it_is_written(text: str, expected: str) -> None:
    assert quoted(text) == expected


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_a_word_in_a_hint_means_the_same_in_a_shell(shell: str, name: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} isn't installed")
    word = shell_word(name)
    done = subprocess.run([shell, "-c", f"printf '%s' {word}"], capture_output=True, text=True)
    assert done.stdout == name
