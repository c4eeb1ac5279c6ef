"""git, asked as a program: the one door to it."""

import os
import subprocess
import tempfile

from vaultcrm.errors import OutsideFailed


def merge_file(ours: bytes, base: bytes, theirs: bytes) -> tuple[bytes, bool]:
    """Three texts merged line by line: ours where both changed the same lines, and whether that never happened.

    Raises OutsideFailed when git is not there, or will not merge: it takes a text with a zero byte for no text.
    """
    with tempfile.TemporaryDirectory(prefix="vaultcrm-merge-") as folder:
        for name, text in (("ours", ours), ("base", base), ("theirs", theirs)):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(text)
        code, merged = _merge_file(folder)
        if code == 0:
            return merged, True
        code, merged = _merge_file(folder, "--ours")
        if code != 0:
            raise OutsideFailed("git does not merge this file.", "It may be no text.")
        return merged, False


def _merge_file(folder: str, *how: str) -> tuple[int, bytes]:
    command = ["git", "merge-file", "--quiet", "--stdout", *how, "ours", "base", "theirs"]
    try:
        done = subprocess.run(command, cwd=folder, env=_environment(), stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError as error:
        raise OutsideFailed(f"git cannot be run: {error.strerror}.", "Install git, or see that it is on the PATH.") from error
    return done.returncode, done.stdout


def _environment() -> dict[str, str]:
    """The environment for git: none of the variables with which another git, above us, points at its own things."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {**kept, "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
