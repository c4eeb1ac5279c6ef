"""The watcher as a service of the user's session: a systemd unit on Linux, a launchd agent on macOS."""

import os
import re
import shutil
import subprocess
import sys
from typing import NamedTuple
from xml.sax.saxutils import escape

from vaultcrm.disk import files
from vaultcrm.disk.user_dirs import base_dir
from vaultcrm.errors import ExternalError, NotFound

_UNIT = """\
[Unit]
Description=vaultcrm watcher for {root}

[Service]
ExecStart={command}
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
{arguments}
  </array>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
  <key>ProcessType</key><string>Background</string>
</dict>
</plist>
"""


class Service(NamedTuple):
    """A service: the path and text of the file that defines it, and the commands that start and stop it."""

    path: str
    text: str
    start: tuple[tuple[str, ...], ...]
    stop: tuple[tuple[str, ...], ...]


def service_for(root: str) -> Service:
    """The service that watches a vault on this system. Raises ExternalError if the system has neither systemd nor launchd."""
    import hashlib  # late: only needed here

    digest = hashlib.blake2b(os.fsencode(root), digest_size=4).hexdigest()
    # only characters that systemd allows in the name of a unit; the digest distinguishes vaults of the same name
    label = f"vaultcrm-{re.sub('[^A-Za-z0-9_.-]+', '-', os.path.basename(root)).strip('-.')}-{digest}"
    command = (sys.executable, "-P", "-m", "vaultcrm", "--vault", root, "--quiet", "watch")
    if sys.platform == "darwin":
        path = os.path.expanduser(f"~/Library/LaunchAgents/{label}.plist")
        arguments = "\n".join(f"    <string>{escape(word)}</string>" for word in command)
        text = _AGENT.format(label=escape(label), arguments=arguments)
        domain = f"gui/{os.getuid()}"
        return Service(path, text, (("launchctl", "bootstrap", domain, path),), (("launchctl", "bootout", f"{domain}/{label}"),))
    if sys.platform.startswith("linux"):
        path = os.path.join(base_dir("XDG_CONFIG_HOME", ".config"), "systemd", "user", f"{label}.service")
        text = _UNIT.format(root=" ".join(root.replace("%", "%%").split()), command=" ".join(map(_quote, command)))
        systemctl = ("systemctl", "--user")
        start = ((*systemctl, "daemon-reload"), (*systemctl, "enable", "--now", f"{label}.service"))
        return Service(path, text, start, ((*systemctl, "disable", "--now", f"{label}.service"),))
    raise ExternalError(
        "This system has neither systemd nor launchd.", "Set up `vaultcrm watch` the way programs start with your session on this system."
    )


def _quote(word: str) -> str:
    """A word of ExecStart, quoted and escaped as in systemd.service(5); unescaped, `$` and `%` would be expanded."""
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$").replace("\n", "\\n") + '"'


def install(service: Service) -> None:
    """Write the file, replacing an older one, and start the service.

    Raises ExternalError if the file can't be written, or if the service can't be started; then the file stays.
    """
    os.makedirs(os.path.dirname(service.path), exist_ok=True)
    try:
        files.create(service.path, service.text.encode())
    except FileExistsError:
        files.swap(service.path, service.text.encode(), files.read(service.path).digest)
    except OSError as error:
        raise ExternalError(f"Can't write {service.path}: {error.strerror}.") from error
    for command in service.start:
        _run(command, "The service file was written. Start it yourself with: " + " ".join(command))


def uninstall(service: Service) -> None:
    """Stop the service and delete its file, even if stopping fails. Raises NotFound if the file isn't there, else ExternalError."""
    if not os.path.exists(service.path):
        raise NotFound("No watcher is installed for this vault.", "Install one with: vaultcrm watch --install")
    try:
        for command in service.stop:
            _run(command, "")
    finally:
        os.unlink(service.path)


def _run(command: tuple[str, ...], hint: str) -> None:
    if shutil.which(command[0]) is None:
        raise ExternalError(f"{command[0]} isn't installed.", hint)
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        reason = (result.stderr or result.stdout).strip() or f"exit code {result.returncode}"
        raise ExternalError(f"`{' '.join(command)}` failed: {reason}", hint)
