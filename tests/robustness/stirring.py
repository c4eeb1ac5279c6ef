"""A hand that changes the notes and folders of a vault at random."""

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


def note(chance: random.Random, word: str = "") -> bytes:
    """Some note; all of a kind and day are of one size."""
    word = word or f"word{chance.randrange(10_000, 99_999)}"
    return chance.choice(_NOTES).format(day=chance.randint(1, 28), word=word).encode()


def stir(root: Path, seed: int, hand: int, operations: int) -> Counter[str]:
    """One of the two hands of a storm; it changes the bytes of every second note only, so that all notes stay whole."""
    mine = Hand(root, random.Random(seed * 2 + hand), hand)
    done: Counter[str] = Counter()
    for _ in range(operations):
        operation = mine.chance.choices([*mine.operations], [*mine.operations.values()])[0]
        with contextlib.suppress(OSError, IndexError):  # the other hand was faster
            operation()
            done[operation.__name__] += 1
        if mine.chance.random() < 0.3:
            time.sleep(mine.chance.uniform(0, 0.1))
    mine.bring_back()
    (root / f"last of {hand}.md").write_bytes(f"The last word is last{seed}of{hand}.\n".encode())
    return done


class Hand:
    """What a storm is made of."""

    def __init__(self, root: Path, chance: random.Random, number: int) -> None:
        self.root, self.chance, self.number = root, chance, number
        self.outside = root.with_name(f"moved out {number}")
        self.outside.mkdir(exist_ok=True)
        self.made = 0
        self.operations: dict[Callable[[], None], int] = {
            self.create: 5, self.write: 5, self.replace: 5, self.delete: 4, self.hide: 4, self.swap: 2, self.rename: 2, self.move_note: 2,
            self.move_out: 2, self.move_in: 2, self.copy: 1,
        } | ({} if number else {self.checkout: 1})  # fmt: skip

    def folders(self) -> list[Path]:
        return [Path(top) for top, _, _ in os.walk(self.root) if top != str(self.root) and "/." not in top]

    def note(self) -> Path:
        found = [path for folder in self.folders() for path in folder.glob("*.md") if path.stem[-1:].isdigit()]
        return self.chance.choice([path for path in found if int(path.stem[-1]) % 2 == self.number])

    def name(self) -> str:
        self.made += 1
        return f"m{self.made}x{2 * self.chance.randrange(5) + self.number}"

    def create(self) -> None:
        (self.chance.choice(self.folders()) / f"{self.name()}.md").write_bytes(note(self.chance))

    def write(self) -> None:
        with open(self.note(), "rb+") as file:
            file.truncate()
            file.write(note(self.chance))

    def replace(self) -> None:
        path = self.note()
        aside = path.with_name(self.chance.choice((f".{path.name}.tmp", f"{path.name}~")))
        aside.write_bytes(note(self.chance))
        aside.replace(path)

    def delete(self) -> None:
        self.note().unlink()

    def hide(self) -> None:
        """Change a word, and neither size nor modification time."""
        path = self.note()
        status, data = path.stat(), path.read_bytes()
        with open(path, "rb+") as file:
            file.write(data.replace(b"word", self.chance.choice((b"fold", b"cord", b"lord"))))
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    def swap(self) -> None:
        one, other = self.chance.sample(self.folders(), 2)
        aside = one.with_name(f"aside {self.number}")
        one.rename(aside)
        try:
            other.rename(one)
            aside.rename(other)
        finally:
            if aside.exists():
                aside.rename(one)

    def rename(self) -> None:
        folder = self.chance.choice(self.folders())
        folder.rename(folder.with_name(self.name()))

    def move_note(self) -> None:
        path = self.note()
        path.rename(self.chance.choice(self.folders()) / path.name)

    def move_out(self) -> None:
        self.chance.choice(self.folders()).rename(self.outside / self.name())

    def move_in(self) -> None:
        folder = self.chance.choice(list(self.outside.iterdir()))
        folder.rename(self.chance.choice([self.root, *self.folders()]) / folder.name)

    def copy(self) -> None:
        shutil.copytree(self.chance.choice(self.folders()), self.root / self.name())

    def checkout(self) -> None:
        git(self.root, "checkout", "-qf", self.chance.choice(("one", "two")))

    def bring_back(self) -> None:
        for folder in list(self.outside.iterdir())[::2]:
            folder.rename(self.root / folder.name)


def git(vault: Path, *words: str) -> bool:
    return subprocess.run([*_GIT, *words], cwd=vault, capture_output=True).returncode == 0
