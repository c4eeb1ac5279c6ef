"""The command `merge-driver`, as git calls it."""

from pathlib import Path

from tests.fork_server import run_vaultcrm
from tests.merge.notes import note


def driver(folder: Path, base: bytes, ours: bytes, theirs: bytes, path: str) -> tuple[int, bytes, str]:
    """The exit code, what is in OURS then, and what is said."""
    for name, data in (("base", base), ("ours", ours), ("theirs", theirs)):
        (folder / name).write_bytes(data)
    done = run_vaultcrm("merge-driver", "base", "ours", "theirs", path, cwd=folder)
    assert done.stdout == ""
    return done.returncode, (folder / "ours").read_bytes(), done.stderr


def test_the_driver_merges_and_says_what_it_could_not(tmp_path: Path) -> None:
    base = (note("a: 1", "b: 1") + "one\n").encode()
    ours, theirs = base.replace(b"a: 1", b"a: 2"), base.replace(b"b: 1", b"b: 2")
    assert driver(tmp_path, base, ours, theirs, "-h.md") == (0, (note("a: 2", "b: 2") + "one\n").encode(), "")
    theirs = base.replace(b"a: 1", b"a: 3").replace(b"one", b"two")
    ours = ours.replace(b"one", b"three")
    assert driver(tmp_path, base, ours, theirs, "x.md") == (1, ours, "x.md: both sides changed a, the text; your version was kept.\n")
    assert driver(tmp_path, b"", ours, ours.replace(b"b: 1", b"c: 1"), "x.md")[:2] == (0, ours.replace(b"b: 1", b"b: 1\nc: 1"))


def test_the_driver_leaves_ours_as_it_is_when_a_file_is_missing(tmp_path: Path) -> None:
    (tmp_path / "ours").write_bytes(b"ours")
    done = run_vaultcrm("merge-driver", "base", "ours", "theirs", "x.md", cwd=tmp_path)
    assert (done.returncode, (tmp_path / "ours").read_bytes()) == (1, b"ours")
    assert done.stderr.startswith("x.md can't be merged: ")


def test_the_driver_merges_other_files_line_by_line(tmp_path: Path) -> None:
    base = b"---\na: 1\nb: 1\n---\n\none\n"
    assert driver(tmp_path, base, base.replace(b"a: 1", b"a: 2"), base.replace(b"one", b"two"), "x.txt")[:2] == (
        0,
        b"---\na: 2\nb: 1\n---\n\ntwo\n",
    )
    assert driver(tmp_path, base, base.replace(b"a: 1", b"a: 2"), base.replace(b"b: 1", b"b: 2"), "x.txt")[:2] == (
        1,
        base.replace(b"a: 1", b"a: 2"),
    )
    assert driver(tmp_path, b"\0", b"\0\1", b"\0\2", "x.png")[:2] == (1, b"\0\1")
