"""Run `vaultcrm` in a process of its own, forked from one that has imported it already.

Starting Python and importing vaultcrm takes most of a command's time. The server does both once, and
forks a child for each command, with the arguments, folder, environment and streams that it was sent.
The child runs `main` and ends as the installed command does. `program_folder` holds a program `vaultcrm`
that asks the server: shells and terminals run it. What depends on how Python starts (the encoding of the
streams, which modules are imported) needs a real start: the tests of streams make one.
"""

import atexit
import contextlib
import functools
import marshal
import os
import pkgutil
import resource
import selectors
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, NoReturn

_SHELL_SYNTAX = frozenset("|&;<>`$(){}[]*?#~\\!\n")


_MOST_SECONDS = 60  # of processor time, which other processes don't change: after that a command is killed


# The program `vaultcrm` for shells: it starts Python without any module of ours, sends what `run_vaultcrm` sends, and
# ends as the command did.
_CLIENT = """\
import _socket, array, marshal, os, sys
connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
connection.connect({address!r})
request = marshal.dumps((sys.argv[1:], os.getcwd(), dict(os.environ), {python!r}))
streams = array.array("i")
for number in range(3):
    try:
        os.fstat(number)
    except OSError:  # closed
        os.open(os.devnull, os.O_RDWR)
    streams.append(number)
connection.sendmsg([len(request).to_bytes(8, "big")], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)])
connection.sendall(request)
code = int(connection.recv(16))
os._exit(code if code >= 0 else 128 - code)
"""


class Request(NamedTuple):
    words: list[str]
    folder: str
    environment: dict[str, str]
    python: str  # the interpreter's path


class _Server(NamedTuple):
    """A server's connection to this process, and the folder of its program."""

    connection: socket.socket
    folder: str


def run_vaultcrm(
    *words: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str | bytes | None = None,
    python: str = sys.executable,
    preload: str = "",
) -> subprocess.CompletedProcess[str]:
    """What `vaultcrm WORDS` prints, and its exit code, negative for a signal. `env` replaces the environment of the tests.

    Without a text on standard input, that is the null device. `preload` is a library for the dynamic linker. Each thread
    has a server of its own.
    """
    request = Request([*words], str(cwd or Path.cwd()), dict(os.environ if env is None else env), python)
    data = marshal.dumps(tuple(request))
    with contextlib.ExitStack() as stack:
        # files instead of pipes: they never fill up
        given, out, err = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(3))
        given.write((stdin or "").encode() if not isinstance(stdin, bytes) else stdin)
        given.seek(0)
        nothing = stack.enter_context(open(os.devnull, "rb"))
        server = _server(threading.get_ident(), preload).connection
        socket.send_fds(
            server, [len(data).to_bytes(8, "big")], [(nothing if stdin is None else given).fileno(), out.fileno(), err.fileno()]
        )
        server.sendall(data)
        code = server.recv(16)
        assert code, "The fork server has died."
        texts = [os.pread(stream.fileno(), os.fstat(stream.fileno()).st_size, 0).decode() for stream in (out, err)]
    return subprocess.CompletedProcess(["vaultcrm", *words], int(code), *texts)


def plain_words(line: str) -> list[str] | None:
    """The words of a shell's line that does nothing but run `vaultcrm`; None for one that needs a shell."""
    return shlex.split(line)[1:] if line.startswith("vaultcrm ") and not _SHELL_SYNTAX & set(line) else None


def program_folder() -> str:
    """The folder of a program `vaultcrm` that a shell or a terminal can run as the installed one, at a tenth of the cost."""
    return _server(threading.get_ident(), "").folder


@functools.cache
def _server(thread: int, preload: str) -> _Server:
    """A thread's server, which ends when the connection to it is closed."""
    ours, theirs = socket.socketpair()
    folder = tempfile.mkdtemp(prefix="vaultcrm-")
    address = f"{folder}/socket"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "PYTHON"))} | {"LANG": "C.UTF-8"}
        if preload:
            environment["LD_PRELOAD"] = preload
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.fork_server", str(theirs.fileno()), str(listener.fileno())],
            cwd=Path(__file__).parent.parent,
            env=environment,
            pass_fds=[theirs.fileno(), listener.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # so that it is buffered as in a pipe
        )
    theirs.close()
    client, program = Path(folder, "client.py"), Path(folder, "vaultcrm")
    client.write_text(_CLIENT.format(address=address, python=python_of_installed_command()))
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -ISX utf8 {shlex.quote(str(client))} "$@"\n')
    program.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(process.wait)
    atexit.register(ours.close)  # the last one registered runs first
    return _Server(ours, folder)


def python_of_installed_command() -> str:
    """Python as the installed command calls it: `init --git` writes its path into Git's settings, and `sync` compares it."""
    script = Path(sys.executable).with_name("vaultcrm")
    first = script.read_bytes().partition(b"\n")[0].decode() if script.exists() else ""
    return first[2:] if first.startswith("#!") and "python" in first else sys.executable


def _serve(connection: socket.socket, listener: socket.socket) -> None:
    """Run what is asked for on the connection, until that is closed, and by the programs that connect to the listener."""
    import vaultcrm

    for module in pkgutil.walk_packages(vaultcrm.__path__, "vaultcrm."):
        if not module.name.endswith(("__main__", "worker_main")):
            with contextlib.suppress(ImportError):  # a library that only one command needs isn't installed
                import_module(module.name)
    ended, wakeup = socket.socketpair()
    for end in (ended, wakeup):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakeup.fileno())
    running: dict[int, socket.socket] = {}  # who asked for a process that runs
    selector = selectors.DefaultSelector()
    for readable in (connection, listener, ended):
        selector.register(readable, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is listener:
                selector.register(listener.accept()[0], selectors.EVENT_READ)
            elif key.fileobj is ended:
                ended.recv(1 << 16)
                _report_ended(running, connection)
            else:
                assert isinstance(key.fileobj, socket.socket)
                if process := _start(key.fileobj):
                    running[process] = key.fileobj
                elif key.fileobj is connection:
                    return
                if key.fileobj is not connection:
                    selector.unregister(key.fileobj)


def _start(connection: socket.socket) -> int:
    """Start the process that is asked for; 0 if the connection is closed instead."""
    header, streams, _, _ = socket.recv_fds(connection, 8, 3)
    if not header:
        return 0
    data = b""
    while len(data) < int.from_bytes(header, "big"):
        data += connection.recv(1 << 16)
    child = os.fork()
    if child == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _run(Request(*marshal.loads(data)), streams)
    for stream in streams:
        os.close(stream)
    return child


def _report_ended(running: dict[int, socket.socket], connection: socket.socket) -> None:
    """Tell everybody whose process has ended its exit code."""
    while running:
        process, status = os.waitpid(-1, os.WNOHANG)
        if not process:
            return
        asked = running.pop(process)
        with contextlib.suppress(OSError):  # it doesn't wait any more
            asked.sendall(str(os.waitstatus_to_exitcode(status)).encode())
        if asked is not connection:
            asked.close()


def _run(request: Request, streams: list[int]) -> NoReturn:
    from vaultcrm.cli.main import main

    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(3, 256)
    # Python's own ones are made for the server's streams, which aren't pipes or terminals
    sys.stdin = os.fdopen(0, "r", -1, sys.stdin.encoding, sys.stdin.errors)
    sys.stdout = os.fdopen(1, "w", -1, sys.stdout.encoding, sys.stdout.errors)
    sys.stderr = os.fdopen(2, "w", 1, sys.stderr.encoding, sys.stderr.errors)
    os.chdir(request.folder)
    os.environ.clear()
    os.environ.update(request.environment)
    time.tzset()
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
    sys.executable = request.python
    sys.argv = ["vaultcrm", *request.words]
    sys.modules["__main__"].__package__ = None  # as in the installed script; Click names the program by it
    main()


if __name__ == "__main__":
    _serve(*(socket.socket(fileno=int(number)) for number in sys.argv[1:]))
