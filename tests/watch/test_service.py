"""The watcher as a service: its file runs exactly the right command, and the system's tools start and stop it."""

import os
import plistlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fork_server import program_folder
from vaultcrm.errors import ExternalError, NotFound
from vaultcrm.watch.service import install, service_for, uninstall

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
only_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="systemd exists only on Linux")


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, the only one on PATH."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def program(folder: Path, name: str, code: int = 0) -> Path:
    """Make a program that logs its arguments, one line per call; returns the path of the log."""
    log = folder / f"{name}.log"
    path = folder / name
    path.write_text(f'#!/bin/sh\necho "$*" >> "{log}"\necho "no bus" >&2\nexit {code}\n')
    path.chmod(0o755)
    return log


def parse_command(line: str) -> list[str]:
    """A command line as systemd parses it: quotes, C escapes within them, then `%%` and `$$`."""
    return [_unescaped(word) for word in _split(line)]


def _split(line: str) -> Iterator[str]:
    word, quote, is_quoted = "", "", False
    chars = iter(line)
    for char in chars:
        if char == "\\":
            escaped = next(chars)
            word += {"n": "\n", "t": "\t", "s": " "}.get(escaped, escaped)
        elif quote and char == quote:
            quote = ""
        elif not quote and char in "\"'":
            quote, is_quoted = char, True
        elif not quote and char in " \t":
            if word or is_quoted:
                yield word
            word, is_quoted = "", False
        else:
            word += char
    assert not quote, line
    if word or is_quoted:
        yield word


def _unescaped(word: str) -> str:
    for sign in "%$":
        assert word.replace(sign * 2, "").count(sign) == 0, f"{word} has a {sign} that systemd would expand"
        word = word.replace(sign * 2, sign)
    return word


# --------------------------------------------------------------------------------------- systemd


@only_linux
@pytest.mark.parametrize("name", ROOTS)
def test_a_unit_starts_exactly_this_watcher(tmp_path: Path, name: str) -> None:
    root = str(tmp_path / name)
    service = service_for(root)
    line = next(line for line in service.text.splitlines() if line.startswith("ExecStart="))
    assert parse_command(line.removeprefix("ExecStart=")) == [sys.executable, "-P", "-m", "vaultcrm", "--vault", root, "--quiet", "watch"]
    assert len(service.text.splitlines()) == 11  # no name adds a line
    assert service.path.endswith(".service")
    assert os.path.dirname(service.path) == os.path.join(os.environ["XDG_CONFIG_HOME"], "systemd", "user")
    assert re.fullmatch(r"[\w.:-]+", os.path.basename(service.path), re.ASCII), "systemd allows no other characters"


@only_linux
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze isn't installed")
def test_systemd_accepts_the_units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    paths = []
    for name in ROOTS:
        service = service_for(str(tmp_path / name))
        paths.append(tmp_path / os.path.basename(service.path))
        paths[-1].write_text(service.text)
    done = subprocess.run(["systemd-analyze", "verify", "--user", "--man=no", *paths], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_each_vault_has_a_service_of_its_own(tmp_path: Path) -> None:
    roots = ["/one/vault", "/two/vault", "/two/va ult", "/two/va-ult"]
    assert len({service_for(root).path for root in roots}) == len(roots)
    assert service_for("/one/vault") == service_for("/one/vault")


@only_linux
def test_without_systemctl_the_file_is_written_and_the_hint_has_the_command(tmp_path: Path, tools: Path) -> None:
    service = service_for(str(tmp_path))
    with pytest.raises(ExternalError, match="systemctl isn't installed") as error:
        install(service)
    assert error.value.exit_code == 6
    assert "systemctl --user daemon-reload" in error.value.hint
    assert Path(service.path).read_text() == service.text


@only_linux
def test_install_and_uninstall(tmp_path: Path, tools: Path) -> None:
    log = program(tools, "systemctl")
    service = service_for(str(tmp_path))
    unit = os.path.basename(service.path)
    install(service)
    assert Path(service.path).read_text() == service.text
    assert log.read_text().splitlines() == ["--user daemon-reload", f"--user enable --now {unit}"]
    uninstall(service)
    assert log.read_text().splitlines()[2:] == [f"--user disable --now {unit}"]
    assert not os.path.exists(service.path)


@only_linux
def test_installing_again_replaces_the_file(tmp_path: Path, tools: Path) -> None:
    program(tools, "systemctl")
    service = service_for(str(tmp_path))
    install(service)
    install(service._replace(text=service.text + "# changed\n"))
    assert Path(service.path).read_text().endswith("# changed\n")
    assert os.listdir(os.path.dirname(service.path)) == [os.path.basename(service.path)]


@only_linux
def test_the_error_has_the_output_of_systemctl(tmp_path: Path, tools: Path) -> None:
    program(tools, "systemctl", code=1)
    service = service_for(str(tmp_path))
    with pytest.raises(ExternalError, match="no bus"):
        install(service)
    assert os.path.exists(service.path)
    with pytest.raises(ExternalError, match="no bus"):
        uninstall(service)
    assert not os.path.exists(service.path), "the service would start again with the next session"


def test_uninstalling_a_missing_service_is_an_error(tmp_path: Path, tools: Path) -> None:
    with pytest.raises(NotFound, match="No watcher is installed") as error:
        uninstall(service_for(str(tmp_path)))
    assert "--install" in error.value.hint


@only_linux
def test_the_command_installs_shows_and_uninstalls(tmp_path: Path, tools: Path) -> None:
    log = program(tools, "systemctl")
    root = tmp_path / "My Clients"
    root.mkdir()
    (root / "vaultcrm.toml").touch()
    words = [f"{program_folder()}/vaultcrm", "--vault", str(root), "watch"]
    path = service_for(str(root)).path
    done = subprocess.run([*words, "--install"], capture_output=True, text=True)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, path)
    assert "  [Service]" in done.stdout
    done = subprocess.run([*words, "--uninstall"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, path + "\n")
    assert len(log.read_text().splitlines()) == 3
    assert subprocess.run([*words, "--uninstall"], capture_output=True).returncode == 3
    assert subprocess.run([*words, "--install", "--status"], capture_output=True).returncode == 2
    (tools / "systemctl").unlink()
    assert subprocess.run([*words, "--install"], capture_output=True).returncode == 6
    assert os.path.exists(path)


# --------------------------------------------------------------------------------------- launchd


@pytest.mark.parametrize("name", ROOTS)
def test_an_agent_starts_exactly_this_watcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    root = str(tmp_path / name)
    service = service_for(root)
    agent = plistlib.loads(service.text.encode())
    assert agent["ProgramArguments"] == [sys.executable, "-P", "-m", "vaultcrm", "--vault", root, "--quiet", "watch"]
    assert agent["RunAtLoad"] is True
    assert agent["KeepAlive"] == {"SuccessfulExit": False}
    assert service.path == os.path.expanduser(f"~/Library/LaunchAgents/{agent['Label']}.plist")
    assert service.start == (("launchctl", "bootstrap", f"gui/{os.getuid()}", service.path),)
    assert service.stop == (("launchctl", "bootout", f"gui/{os.getuid()}/{agent['Label']}"),)


def test_launchctl_is_called(tmp_path: Path, tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    log = program(tools, "launchctl")
    service = service_for(str(tmp_path))
    install(service)
    uninstall(service)
    assert [line.split()[0] for line in log.read_text().splitlines()] == ["bootstrap", "bootout"]


def test_other_systems_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(ExternalError, match="neither systemd nor launchd"):
        service_for(str(tmp_path))
