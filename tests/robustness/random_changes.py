"""Random changes of the notes and folders of a vault."""

import contextlib
import os
import random
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

_GIT = ("git", "-c", "user.name=Storm", "-c", "user.email=storm@example.org", "-c", "gc.auto=0")
_NOTES = (
    "---\ntype: follow-up\nstatus: open\ndue: 2026-12-{day:02}\n---\nSend {word} on time.\n",
    "---\ntype: interaction\ndate: 2026-11-{day:02}T10:00:00\nchannel: call\ndecisions:\n  - Agreed on {word}\n---\nTalked of {word}.\n",
    "---\ntype: decision\ndate: 2026-11-{day:02}\nstatus: in force\n---\n{word} is what we do.\n",
    "---\ntype: client\nstatus: {word}\naliases:\n  - {word}\n---\n\n## Preferences\n\n- Likes {word}.\n",
    "Only a text with {word} in it.\n",
    "---\ntype: follow-up\ndue: someday {word}\n---\n",
)


def random_note(rng: random.Random, word: str = "") -> bytes:
    """A note of a random type. Notes of one type all have the same size, unless `word` is given."""
    word = word or f"word{rng.randrange(10_000, 99_999)}"
    return rng.choice(_NOTES).format(day=rng.randint(1, 28), word=word).encode()


def change_randomly(root: Path, seed: int, number: int, operations: int) -> Counter[str]:
    """Make random changes as one of the two editors of a storm; returns how many of each kind were made.

    Each editor writes only the notes with even or with odd numbers, so that no note is written by both at once.
    """
    editor = RandomEditor(root, random.Random(seed * 2 + number), number)
    done: Counter[str] = Counter()
    for _ in range(operations):
        operation = editor.rng.choices([*editor.operations], [*editor.operations.values()])[0]
        with contextlib.suppress(OSError, IndexError):  # the other editor was faster
            operation()
            done[operation.__name__] += 1
        if editor.rng.random() < 0.3:
            time.sleep(editor.rng.uniform(0, 0.1))
    editor.move_half_back()
    (root / f"last of {number}.md").write_bytes(f"The last word is last{seed}of{number}.\n".encode())
    return done


class RandomEditor:
    """The changes that a storm consists of, with their relative frequency."""

    def __init__(self, root: Path, rng: random.Random, number: int) -> None:
        self.root, self.rng, self.number = root, rng, number
        self.outside = root.with_name(f"moved out {number}")
        self.outside.mkdir(exist_ok=True)
        self.names_given = 0
        self.operations: dict[Callable[[], None], int] = {
            self.create: 5, self.write: 5, self.replace: 5, self.delete: 4, self.edit_in_place: 4, self.swap: 2, self.rename: 2,
            self.move_note: 2, self.move_out: 2, self.move_in: 2, self.copy: 1,
        } | ({} if number else {self.checkout: 1})  # fmt: skip

    def folders(self) -> list[Path]:
        return [Path(top) for top, _, _ in os.walk(self.root) if top != str(self.root) and "/." not in top]

    def random_path(self) -> Path:
        found = [path for folder in self.folders() for path in folder.glob("*.md") if path.stem[-1:].isdigit()]
        return self.rng.choice([path for path in found if int(path.stem[-1]) % 2 == self.number])

    def new_name(self) -> str:
        self.names_given += 1
        return f"m{self.names_given}x{2 * self.rng.randrange(5) + self.number}"

    def create(self) -> None:
        (self.rng.choice(self.folders()) / f"{self.new_name()}.md").write_bytes(random_note(self.rng))

    def write(self) -> None:
        with open(self.random_path(), "rb+") as file:
            file.truncate()
            file.write(random_note(self.rng))

    def replace(self) -> None:
        path = self.random_path()
        aside = path.with_name(self.rng.choice((f".{path.name}.tmp", f"{path.name}~")))
        aside.write_bytes(random_note(self.rng))
        aside.replace(path)

    def delete(self) -> None:
        self.random_path().unlink()

    def edit_in_place(self) -> None:
        """Change a word without changing the file's size or modification time."""
        path = self.random_path()
        status, data = path.stat(), path.read_bytes()
        with open(path, "rb+") as file:
            file.write(data.replace(b"word", self.rng.choice((b"fold", b"cord", b"lord"))))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    def swap(self) -> None:
        one, other = self.rng.sample(self.folders(), 2)
        aside = one.with_name(f"aside {self.number}")
        one.rename(aside)
        try:
            other.rename(one)
            aside.rename(other)
        finally:
            if aside.exists():
                aside.rename(one)

    def rename(self) -> None:
        folder = self.rng.choice(self.folders())
        folder.rename(folder.with_name(self.new_name()))

    def move_note(self) -> None:
        path = self.random_path()
        path.rename(self.rng.choice(self.folders()) / path.name)

    def move_out(self) -> None:
        self.rng.choice(self.folders()).rename(self.outside / self.new_name())

    def move_in(self) -> None:
        folder = self.rng.choice(list(self.outside.iterdir()))
        folder.rename(self.rng.choice([self.root, *self.folders()]) / folder.name)

    def copy(self) -> None:
        shutil.copytree(self.rng.choice(self.folders()), self.root / self.new_name())

    def checkout(self) -> None:
        git(self.root, "checkout", "-qf", self.rng.choice(("one", "two")))

    def move_half_back(self) -> None:
        for folder in list(self.outside.iterdir())[::2]:
            folder.rename(self.root / folder.name)


def git(vault: Path, *words: str) -> bool:
    return subprocess.run([*_GIT, *words], cwd=vault, capture_output=True).returncode == 0
