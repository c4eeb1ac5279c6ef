"""Run vaultcrm on a real terminal, and type answers once their questions are there."""

import fcntl
import os
import pty
import select
import subprocess
import sys
import termios
from collections.abc import Sequence


def run_on_terminal(words: Sequence[str], answers: Sequence[tuple[str, str]], columns: int = 100, **environment: str) -> tuple[int, str]:
    """The exit code, and all that was shown, without carriage returns. Each answer is a question's end, and what to type then."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (30, columns))
    env = {**os.environ, "TERM": "dumb", "NO_COLOR": "1", **environment}
    process = subprocess.Popen(
        [sys.executable, "-m", "vaultcrm", *words], stdin=slave, stdout=slave, stderr=slave, env=env, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # so that Ctrl-C reaches it
    )  # fmt: skip
    os.close(slave)
    said, seen = "", 0
    remaining = list(answers)
    while True:
        while remaining and (at := said.find(remaining[0][0], seen)) >= 0:
            seen = at + len(remaining[0][0])
            os.write(master, remaining.pop(0)[1].encode())
        if not select.select([master], [], [], 20)[0]:  # it waits for a key, and the question that the test waits for won't come
            process.kill()
            break
        try:
            part = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        said += part.decode().replace("\r", "")
    os.close(master)
    assert not remaining, f"{remaining[0][0]!r} was never asked: {said}"
    return process.wait(), said
