"""The watcher as a service: files that say exactly these words, and the commands that start and stop it."""

import os
import plistlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from vaultcrm.errors import ExternalError, NotFound
from vaultcrm.watch import service

ROOTS = [
    "vault",
    "My Clients",
    '100% "mine"',
    "$HOME & <co>",
    "it's; \\n",
    "Größe 漢字",
    "a  b\tc",
    "%h ${USER} $$",
    "'single' \"double\"",
    "two\nlines",
]
only_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="systemd is Linux's")


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one folder on PATH; empty."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def program(folder: Path, name: str, code: int = 0) -> Path:
    """A program that writes its arguments down, one line a call; gives the file it writes to."""
    said = folder / f"{name}.said"
    path = folder / name
    path.write_text(f'#!/bin/sh\necho "$*" >> "{said}"\necho "no bus" >&2\nexit {code}\n')
    path.chmod(0o755)
    return said


def words_of(line: str) -> list[str]:
    """A command line as systemd reads it: quotes, C escapes within them, then `%%` and `$$`."""
    return [_unescaped(word) for word in _split(line)]


def _split(line: str) -> Iterator[str]:
    word, quote, at, inside = "", "", 0, False
    while at < len(line):
        char = line[at]
        if char == "\\":
            word, at = word + {"n": "\n", "t": "\t", "s": " "}.get(line[at + 1], line[at + 1]), at + 1
        elif quote and char == quote:
            quote = ""
        elif not quote and char in "\"'":
            quote, inside = char, True
        elif not quote and char in " \t":
            if word or inside:
                yield word
            word, inside = "", False
        else:
            word += char
        at += 1
    assert not quote, line
    if word or inside:
        yield word


def _unescaped(word: str) -> str:
    for sign in "%$":
        assert word.replace(sign * 2, "").count(sign) == 0, f"{word} has a {sign} that means something"
        word = word.replace(sign * 2, sign)
    return word


# --------------------------------------------------------------------------------------- systemd


@only_linux
@pytest.mark.parametrize("name", ROOTS)
def test_a_unit_starts_just_this_watcher(tmp_path: Path, name: str) -> None:
    root = str(tmp_path / name)
    found = service.service_for(root)
    line = next(line for line in found.text.splitlines() if line.startswith("ExecStart="))
    assert words_of(line.removeprefix("ExecStart=")) == [sys.executable, "-P", "-m", "vaultcrm", "--vault", root, "--quiet", "watch"]
    assert len(found.text.splitlines()) == 11  # nothing in a name opens a line of its own
    assert found.path.endswith(".service")
    assert os.path.dirname(found.path) == os.path.join(os.environ["XDG_CONFIG_HOME"], "systemd", "user")
    assert re.fullmatch(r"[\w.:-]+", os.path.basename(found.path), re.ASCII), "systemd takes no other names"


@only_linux
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not there")
def test_systemd_understands_the_units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    paths = []
    for name in ROOTS:
        found = service.service_for(str(tmp_path / name))
        paths.append(tmp_path / os.path.basename(found.path))
        paths[-1].write_text(found.text)
    done = subprocess.run(["systemd-analyze", "verify", "--user", "--man=no", *paths], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_each_vault_has_a_service_of_its_own(tmp_path: Path) -> None:
    roots = ["/one/vault", "/two/vault", "/two/va ult", "/two/va-ult"]
    assert len({service.service_for(root).path for root in roots}) == len(roots)
    assert service.service_for("/one/vault") == service.service_for("/one/vault")


@only_linux
def test_without_systemctl_the_file_is_written_and_the_command_told(tmp_path: Path, tools: Path) -> None:
    found = service.service_for(str(tmp_path))
    with pytest.raises(ExternalError, match="systemctl isn't installed") as error:
        service.install(found)
    assert error.value.exit_code == 6
    assert "systemctl --user daemon-reload" in error.value.hint
    assert Path(found.path).read_text() == found.text


@only_linux
def test_install_and_uninstall(tmp_path: Path, tools: Path) -> None:
    said = program(tools, "systemctl")
    found = service.service_for(str(tmp_path))
    unit = os.path.basename(found.path)
    service.install(found)
    assert Path(found.path).read_text() == found.text
    assert said.read_text().splitlines() == ["--user daemon-reload", f"--user enable --now {unit}"]
    service.uninstall(found)
    assert said.read_text().splitlines()[2:] == [f"--user disable --now {unit}"]
    assert not os.path.exists(found.path)


@only_linux
def test_installing_again_writes_the_file_anew(tmp_path: Path, tools: Path) -> None:
    program(tools, "systemctl")
    found = service.service_for(str(tmp_path))
    service.install(found)
    service.install(found._replace(text=found.text + "# changed\n"))
    assert Path(found.path).read_text().endswith("# changed\n")
    assert os.listdir(os.path.dirname(found.path)) == [os.path.basename(found.path)]


@only_linux
def test_what_systemctl_says_is_told(tmp_path: Path, tools: Path) -> None:
    program(tools, "systemctl", code=1)
    found = service.service_for(str(tmp_path))
    with pytest.raises(ExternalError, match="no bus"):
        service.install(found)
    assert os.path.exists(found.path)
    with pytest.raises(ExternalError, match="no bus"):
        service.uninstall(found)
    assert not os.path.exists(found.path), "it would come back with the next session"


def test_what_is_not_installed_cannot_be_uninstalled(tmp_path: Path, tools: Path) -> None:
    with pytest.raises(NotFound, match="No watcher is installed") as error:
        service.uninstall(service.service_for(str(tmp_path)))
    assert "--install" in error.value.hint


@only_linux
def test_the_command_installs_shows_and_uninstalls(tmp_path: Path, tools: Path) -> None:
    said = program(tools, "systemctl")
    root = tmp_path / "My Clients"
    root.mkdir()
    (root / "vaultcrm.toml").touch()
    words = [sys.executable, "-m", "vaultcrm", "--vault", str(root), "watch"]
    path = service.service_for(str(root)).path
    done = subprocess.run([*words, "--install"], capture_output=True, text=True)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, path)
    assert "  [Service]" in done.stdout
    done = subprocess.run([*words, "--uninstall"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, path + "\n")
    assert len(said.read_text().splitlines()) == 3
    assert subprocess.run([*words, "--uninstall"], capture_output=True).returncode == 3
    assert subprocess.run([*words, "--install", "--status"], capture_output=True).returncode == 2
    (tools / "systemctl").unlink()
    assert subprocess.run([*words, "--install"], capture_output=True).returncode == 6
    assert os.path.exists(path)


# --------------------------------------------------------------------------------------- launchd


@pytest.mark.parametrize("name", ROOTS)
def test_an_agent_starts_just_this_watcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    root = str(tmp_path / name)
    found = service.service_for(root)
    agent = plistlib.loads(found.text.encode())
    assert agent["ProgramArguments"] == [sys.executable, "-P", "-m", "vaultcrm", "--vault", root, "--quiet", "watch"]
    assert agent["RunAtLoad"] is True
    assert agent["KeepAlive"] == {"SuccessfulExit": False}
    assert found.path == os.path.expanduser(f"~/Library/LaunchAgents/{agent['Label']}.plist")
    assert found.start == (("launchctl", "bootstrap", f"gui/{os.getuid()}", found.path),)
    assert found.stop == (("launchctl", "bootout", f"gui/{os.getuid()}/{agent['Label']}"),)


def test_launchctl_is_called(tmp_path: Path, tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    said = program(tools, "launchctl")
    found = service.service_for(str(tmp_path))
    service.install(found)
    service.uninstall(found)
    assert [line.split()[0] for line in said.read_text().splitlines()] == ["bootstrap", "bootout"]


def test_other_systems_have_no_services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(ExternalError, match="neither systemd nor launchd"):
        service.service_for(str(tmp_path))
