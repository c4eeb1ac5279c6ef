"""A real IMAP server, started on loopback for one test: dovecot with a folder of its own and a Maildir."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from imapclient import IMAPClient

from tests.importers.mail.mails import mail
from vaultcrm.importers.mail.imap import Account

PROGRAM = shutil.which("dovecot") or "/usr/sbin/dovecot"
PASSWORD = "secret"  # of a server that lives for a second
WHY_NOT = (
    "dovecot is not installed (Debian: apt install dovecot-imapd)"
    if not os.path.exists(PROGRAM)
    else "dovecot has to be started by root"
    if os.geteuid()
    else ""
)
_CONFIGURATION = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
default_internal_user = nobody
default_login_user = nobody
default_internal_group = nogroup
first_valid_uid = 1
mail_location = maildir:{root}/Maildir
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={root}/home
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Junk {{
    special_use = \\Junk
    auto = create
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


class Dovecot(NamedTuple):
    """A running server. Files that are put into `maildir` are mails at once."""

    root: Path
    port: int

    @property
    def account(self) -> Account:
        return Account("test", "127.0.0.1", "dana", self.port, security="none")

    def client(self) -> IMAPClient:
        """A connection to change what is on the server."""
        client = IMAPClient("127.0.0.1", self.port, ssl=False)
        client.login("dana", PASSWORD)
        return client

    def reset(self) -> None:
        """Leave three mails in the inbox, one in Junk, and nothing else."""
        with self.client() as client:
            for _, _, folder in client.list_folders():
                if folder not in ("INBOX", "Junk"):
                    client.delete_folder(folder)
            for folder in ("INBOX", "Junk"):
                client.select_folder(folder)
                client.delete_messages(client.search())
                client.expunge()
            for number in (1, 2, 3):
                client.append("INBOX", mail(f"Text {number}", Message_ID=f"<{number}@x>"))
            client.append("Junk", mail("Spam", Message_ID="<spam@x>"))

    def move(self, uids: int, folder: str) -> None:
        """Move the first mails of the inbox to another folder."""
        with self.client() as client:
            client.create_folder(folder)
            client.select_folder("INBOX")
            client.move(client.search()[:uids], folder)

    def number_anew(self) -> None:
        """Give the inbox another UIDVALIDITY."""
        uids = self.root / "Maildir/dovecot-uidlist"
        uids.write_text(re.sub(r" V(\d+)", lambda number: f" V{int(number[1]) + 17}", uids.read_text(), count=1))
        for index in (self.root / "Maildir").glob("dovecot.index*"):
            index.unlink()

    def deliver(self, name: str, data: bytes, folder: str = "") -> None:
        """Put a mail into a folder, the inbox by default, as a mail server does."""
        maildir = self.root / "Maildir" / (f".{folder.replace('/', '.')}" if folder else "")
        for kind in ("", "tmp", "new", "cur"):
            (maildir / kind).mkdir(parents=True, exist_ok=True)
            shutil.chown(maildir / kind, "nobody", "nogroup")
        (maildir / "tmp" / name).write_bytes(data)
        shutil.chown(maildir / "tmp" / name, "nobody", "nogroup")
        (maildir / "tmp" / name).rename(maildir / "new" / name)


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """A server with an empty inbox, which ends with the block."""
    with tempfile.TemporaryDirectory(prefix="dovecot-", ignore_cleanup_errors=True) as name, socket.socket() as probe:
        root = Path(name)
        root.chmod(0o755)
        for folder in ("Maildir", "home"):
            (root / folder).mkdir()
            shutil.chown(root / folder, "nobody", "nogroup")
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        (root / "dovecot.conf").write_text(_CONFIGURATION.format(root=root, port=port, password=PASSWORD))
        subprocess.run([PROGRAM, "-c", root / "dovecot.conf"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield Dovecot(root, port)
        finally:  # asked nicely, it takes seconds
            os.killpg(int((root / "run/master.pid").read_text()), signal.SIGKILL)


class CuttingProxy:
    """A server in front of another one that breaks each of the first connections after some bytes of answers."""

    def __init__(self, port: int, after: list[int]) -> None:
        self.target = port
        self.after = after
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.connections = 0
        self._sockets = [self.listener]
        self._threads: list[threading.Thread] = []
        self._start(self._serve)

    def close(self) -> None:
        """End all threads: a process that has others forks no child."""
        while self._sockets:
            end = self._sockets.pop()
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        for thread in self._threads:
            thread.join()

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        self._threads.append(threading.Thread(target=target, args=arguments, daemon=True))
        self._threads[-1].start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                limit = self.after[self.connections] if self.connections < len(self.after) else None
                self.connections += 1
                server = socket.create_connection(("127.0.0.1", self.target))
                self._sockets += [client, server]
                self._start(self._pump, client, server, None)
                self._start(self._pump, server, client, limit)

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket, limit: int | None) -> None:
        passed = 0
        with suppress(OSError):
            while data := source.recv(1024):
                if limit is not None and passed + len(data) > limit:
                    sink.sendall(data[: limit - passed])
                    break
                sink.sendall(data)
                passed += len(data)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
