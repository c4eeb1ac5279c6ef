"""The clipboard, read by whichever program is there: here by scripts with the names of those programs."""

import os
import shutil
from pathlib import Path

import pytest

from tests.fork_server import run_vaultcrm
from tests.support import contents, make_vault
from vaultcrm.cli.clipboard import read_clipboard
from vaultcrm.errors import ExternalError, UsageError

SCRIPTS = {
    "wl-paste": "echo from wayland",
    "xclip": "echo from xclip",
    "xsel": "echo from xsel",
    "pbpaste": "echo from the Mac",
    "powershell.exe": "echo from Windows",
    "broken": "echo 'No selection.' >&2; exit 1",
}


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the only one in which programs are looked for, with those that a script needs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "cat"):
        os.symlink(str(shutil.which(name)), folder / name)
    monkeypatch.setenv("PATH", str(folder))
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    return folder


def install(folder: Path, name: str, script: str = "") -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script or SCRIPTS[name]}\n")
    (folder / name).chmod(0o755)


@pytest.mark.parametrize(
    ("installed", "displays", "text"),
    [
        (["wl-paste", "xclip"], ["WAYLAND_DISPLAY", "DISPLAY"], "from wayland"),
        (["wl-paste", "xclip"], ["DISPLAY"], "from xclip"),
        (["xsel"], ["DISPLAY"], "from xsel"),
        (["pbpaste"], [], "from the Mac"),
        (["powershell.exe"], [], "from Windows"),
    ],
)
def test_the_first_program_that_is_there(
    programs: Path, installed: list[str], displays: list[str], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in installed:
        install(programs, name)
    for display in displays:
        monkeypatch.setenv(display, ":0")
    assert read_clipboard(100) == f"{text}\n".encode()


def test_the_next_one_is_asked_when_one_fails(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    install(programs, "xclip", SCRIPTS["broken"])
    with pytest.raises(ExternalError, match=r"The clipboard can't be read\. xclip: No selection\."):
        read_clipboard(100)
    install(programs, "xsel")
    assert read_clipboard(100) == b"from xsel\n"


def test_no_program_nothing_in_it_too_much(programs: Path) -> None:
    with pytest.raises(ExternalError, match="No program is there that reads the clipboard") as error:
        read_clipboard(100)
    assert error.value.hint == "Install wl-clipboard, xclip or xsel. Or pipe the text in: vaultcrm import -"
    install(programs, "pbpaste", "exit 0")
    with pytest.raises(UsageError, match="The clipboard is empty"):
        read_clipboard(100)
    install(programs, "pbpaste")
    with pytest.raises(UsageError, match="The clipboard holds more than"):
        read_clipboard(5)


def test_a_mail_in_the_clipboard_becomes_a_note_once(programs: Path, tmp_path: Path) -> None:
    vault = {
        "vaultcrm.toml": 'id = "0123456789abcdef"\n[import]\nme = ["nora@x.example"]\n',
        "clients/Acme/Acme.md": "---\ntype: client\nemail: dana@acme.example\n---\n",
    }
    root = Path(make_vault(tmp_path / "vault", vault).root)
    head = "Von: Dana Roe <dana@acme.example>\nGesendet: Montag, 2. November 2026 09:15\nAn: Nora <nora@x.example>\nBetreff: Angebot"
    (tmp_path / "mail.txt").write_text(f"{head}\n\n- [ ] Hallo")
    install(programs, "pbpaste", f"cat {tmp_path}/mail.txt")
    words = ("--vault", str(root), "import", "--clipboard")
    assert run_vaultcrm(*words).stdout == "clients/Acme/interactions/2026-11-02 0915 Angebot.md\n"
    note = contents(root)["clients/Acme/interactions/2026-11-02 0915 Angebot.md"].decode()
    assert "channel: email\ndirection: in\n" in note
    assert note.endswith("\n\n- \\[ ] Hallo\n")
    assert run_vaultcrm(*words).stderr == "Nothing new: 1 known already.\n"


def test_any_other_text_becomes_a_note_of_a_client_or_of_the_inbox(programs: Path, tmp_path: Path) -> None:
    vault = {"vaultcrm.toml": 'id = "0123456789abcdef"\n', "clients/Acme/Acme.md": "---\ntype: client\n---\n"}
    root = Path(make_vault(tmp_path / "vault", vault).root)
    words = ("--vault", str(root), "--today", "2026-11-16 09:30", "import", "-")
    assert run_vaultcrm(*words, "--client", "acme", stdin="Call Dana\n[[Acme]] #vip").stdout == (
        "clients/Acme/interactions/2026-11-16 0930 Call Dana.md\n"
    )
    note = contents(root)["clients/Acme/interactions/2026-11-16 0930 Call Dana.md"].decode()
    source = "text:6ab9e525fc80bcabb728838fcfab0d58"
    head = f"---\ntype: interaction\ndate: 2026-11-16T09:30:00\nchannel: note\nsource: {source}\n---\n"
    assert note == f"{head}\nCall Dana\n\\[\\[Acme]] \\#vip\n"
    assert run_vaultcrm(*words, stdin="Somebody called").stdout == "inbox/2026-11-16 0930 Somebody called.md\n"
