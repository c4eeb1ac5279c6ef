"""Output that is closed, full or not UTF-8, and input that is closed: real processes with real streams."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import contents, make_vault

FOLLOW_UP = "---\ntype: follow-up\ndue: 2026-11-16\n---\n"
FILES = {"clients/Café/Café.md": "---\ntype: client\n---\n", "clients/Café/Send → the quote.md": FOLLOW_UP}
SAVED = "What the command wrote to the vault is saved, so don't run it again. To take it back: vaultcrm undo\n"

needs_dev_full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a file that is always full")


@pytest.fixture
def root(tmp_path: Path) -> str:
    return make_vault(tmp_path / "v", FILES).root


def shell(root: str, line: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of bash in which `crm` is the command line on the vault."""
    words = f'crm() {{ "{sys.executable}" -m vaultcrm --vault "{root}" --today 2026-11-16 "$@"; }}; '
    return subprocess.run(["bash", "-c", words + line], capture_output=True, env={**os.environ, **environment})


@needs_dev_full
@pytest.mark.parametrize(("command", "hint"), [("log -q café Once", SAVED), ("due", "")])
def test_output_that_cannot_be_written_ends_with_6_and_tells_what_was_written(command: str, hint: str, root: str) -> None:
    done = shell(root, f"crm {command} >/dev/full")
    assert (done.returncode, done.stderr.decode()) == (6, f"Error: The output can't be written: No space left on device.\n{hint}")
    assert any("Once" in path for path in contents(Path(root))) == bool(hint)


@needs_dev_full
def test_messages_that_cannot_be_written_stop_nothing(root: str) -> None:
    done = shell(root, "crm log -q café Once 2>/dev/full; crm due --today 2026-99-99 2>/dev/full")
    assert done.returncode == 4
    assert any("Once" in path for path in contents(Path(root)))


@pytest.mark.parametrize("command", ["due", "log -q café Once", "--help", "due --json"])
def test_a_closed_pipe_is_no_failure_and_gets_no_message(command: str, root: str) -> None:
    done = shell(root, f"{{ crm {command}; echo $? >&2; }} | true")
    assert done.stderr == b"0\n"


@pytest.mark.parametrize(("command", "code"), [("due >&-", 0), ("due 2>&-", 0), ("due <&- >&- 2>&-", 0), ("log -q café Once >&- <&-", 0)])
def test_closed_streams_are_like_the_null_device(command: str, code: int, root: str) -> None:
    done = shell(root, f"crm {command}; exit $?")
    assert done.returncode == code
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", "Send → the quote  Café"),
        ("latin-1", "Send ? the quote  Café"),
        ("cp1252", "Send ? the quote  Café"),
        ("ascii", "Send ? the quote  Caf?"),
    ],
)
def test_characters_that_the_output_does_not_know_are_replaced(encoding: str, text: str, root: str) -> None:
    done = shell(root, "crm due --all", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert done.returncode == 0
    assert text in done.stdout.decode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
def test_json_keeps_every_character_in_any_encoding(encoding: str, root: str) -> None:
    done = shell(root, "crm due --json", PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert [item["text"] for item in json.loads(done.stdout.decode(encoding))] == ["Send → the quote"]
