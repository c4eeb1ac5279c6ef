"""Run `vaultcrm` in a process of its own, forked from one that has imported it already.

Starting Python and importing vaultcrm takes most of a command's time. The server does both once, and
forks a child for each command, with the arguments, folder, environment and streams that it was sent.
The child runs `main` and ends as the installed command does. What depends on how Python starts (the
encoding of the streams, which modules are imported) needs a real start: the tests of streams and of
completion make one, and so do the lines of stories that use the shell.
"""

import atexit
import contextlib
import functools
import json
import os
import pkgutil
import resource
import shlex
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


class Request(NamedTuple):
    words: list[str]
    folder: str
    environment: dict[str, str]
    python: str  # the interpreter's path


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
    data = json.dumps(request).encode()
    with contextlib.ExitStack() as stack:
        # files instead of pipes: they never fill up
        given, out, err = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(3))
        given.write((stdin or "").encode() if not isinstance(stdin, bytes) else stdin)
        given.seek(0)
        nothing = stack.enter_context(open(os.devnull, "rb"))
        server = _server(threading.get_ident(), preload)
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


@functools.cache
def _server(thread: int, preload: str) -> socket.socket:
    """The connection to a thread's server, which ends when it is closed."""
    ours, theirs = socket.socketpair()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "PYTHON"))} | {"LANG": "C.UTF-8"}
    if preload:
        environment["LD_PRELOAD"] = preload
    root = Path(__file__).parent.parent
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.fork_server", str(theirs.fileno())],
        cwd=root,
        env=environment,
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # so that it is buffered as in a pipe
    )
    theirs.close()
    atexit.register(process.wait)
    atexit.register(ours.close)  # the last one registered runs first
    return ours


def python_of_installed_command() -> str:
    """Python as the installed command calls it: `init --git` writes its path into Git's settings, and `sync` compares it."""
    script = Path(sys.executable).with_name("vaultcrm")
    first = script.read_bytes().partition(b"\n")[0].decode() if script.exists() else ""
    return first[2:] if first.startswith("#!") and "python" in first else sys.executable


def _serve(connection: socket.socket) -> None:
    import vaultcrm

    for module in pkgutil.walk_packages(vaultcrm.__path__, "vaultcrm."):
        if not module.name.endswith(("__main__", "worker_main")):
            with contextlib.suppress(ImportError):  # a library that only one command needs isn't installed
                import_module(module.name)
    while True:
        header, streams, _, _ = socket.recv_fds(connection, 8, 3)
        if not header:
            return
        data = b""
        while len(data) < int.from_bytes(header, "big"):
            data += connection.recv(1 << 16)
        child = os.fork()
        if child == 0:
            _run(Request(*json.loads(data)), streams)
        for stream in streams:
            os.close(stream)
        _, status = os.waitpid(child, 0)
        connection.sendall(str(os.waitstatus_to_exitcode(status)).encode())


def _run(request: Request, streams: list[int]) -> NoReturn:
    from vaultcrm.cli.main import main

    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(3, max(streams) + 1)
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
    _serve(socket.socket(fileno=int(sys.argv[1])))
