"""The watcher as a service of the user's session: systemd on Linux, launchd on macOS."""

import os
import re
import shutil
import subprocess
import sys
from typing import NamedTuple
from xml.sax.saxutils import escape

from vaultcrm.disk import files
from vaultcrm.errors import ExternalError, NotFound

_UNIT = """\
[Unit]
Description=vaultcrm keeps the search index of {root} warm

[Service]
ExecStart={words}
Restart=on-failure
RestartSec=10
Nice=10

[Install]
WantedBy=default.target
"""
_AGENT = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>{label}</string>
  <key>ProgramArguments</key>
  <array>
{words}
  </array>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
  <key>ProcessType</key><string>Background</string>
</dict>
</plist>
"""


class Service(NamedTuple):
    """The file that describes it, and the commands that start and stop it."""

    path: str
    text: str
    start: tuple[tuple[str, ...], ...]
    stop: tuple[tuple[str, ...], ...]


def service(root: str) -> Service:
    """The service for one vault on this system. Raises OutsideFailed where there is no such thing."""
    import hashlib  # late: only here

    digest = hashlib.blake2b(os.fsencode(root), digest_size=4).hexdigest()
    # letters that systemd takes in the name of a unit; the digest tells vaults of one name apart
    label = f"vaultcrm-{re.sub('[^A-Za-z0-9_.-]+', '-', os.path.basename(root)).strip('-.')}-{digest}"
    words = (sys.executable, "-P", "-m", "vaultcrm", "--vault", root, "--quiet", "watch")
    if sys.platform == "darwin":
        path = os.path.expanduser(f"~/Library/LaunchAgents/{label}.plist")
        text = _AGENT.format(label=escape(label), words="\n".join(f"    <string>{escape(word)}</string>" for word in words))
        domain = f"gui/{os.getuid()}"
        return Service(path, text, (("launchctl", "bootstrap", domain, path),), (("launchctl", "bootout", f"{domain}/{label}"),))
    if sys.platform.startswith("linux"):
        config = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
        path = os.path.join(config, "systemd", "user", f"{label}.service")
        text = _UNIT.format(root=" ".join(root.replace("%", "%%").split()), words=" ".join(map(_quoted, words)))
        control = ("systemctl", "--user")
        start = ((*control, "daemon-reload"), (*control, "enable", "--now", f"{label}.service"))
        return Service(path, text, start, ((*control, "disable", "--now", f"{label}.service"),))
    raise ExternalError("This system has neither systemd nor launchd.", "Let vaultcrm watch run in whatever way programs start here.")


def _quoted(word: str) -> str:
    """A word of ExecStart, as systemd.service(5) quotes it; a dollar and a percent sign mean something there."""
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$").replace("\n", "\\n") + '"'


def install(service: Service) -> None:
    """Write the file and start the service. Raises OutsideFailed; the file is there then, to be started by hand."""
    os.makedirs(os.path.dirname(service.path), exist_ok=True)
    try:
        files.create(service.path, service.text.encode())
    except FileExistsError:
        files.swap(service.path, service.text.encode(), files.read(service.path).digest)
    except OSError as error:
        raise ExternalError(f"{service.path} cannot be written: {error.strerror}.") from error
    for command in service.start:
        _run(command, "The file is written; start it by hand: " + " ".join(command))


def uninstall(service: Service) -> None:
    """Stop the service and delete its file. Raises NotFound when there is none."""
    if not os.path.exists(service.path):
        raise NotFound("No watcher is installed for this vault.", "Install one with: vaultcrm watch --install")
    try:
        for command in service.stop:
            _run(command, "")
    finally:
        os.unlink(service.path)


def _run(command: tuple[str, ...], hint: str) -> None:
    if shutil.which(command[0]) is None:
        raise ExternalError(f"{command[0]} is not there.", hint)
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise ExternalError(f"{' '.join(command)} says: {(done.stderr or done.stdout).strip() or done.returncode}", hint)
