"""Makes a synthetic vault of a given size, with about 60 notes per client. The same seed makes the same vault.

python benchmarks/make_vault.py FOLDER NOTES [--seed N]
"""

import argparse
import datetime as dt
import random
from pathlib import Path

TODAY = dt.date(2026, 11, 22)
SYLLABLES = "ba be bi bo da de di do fa fe ga ge ka ke ki ko la le li lo ma me mi mo na ne no pa pe ra re ri ro sa se so ta te to".split()
CHANNELS = ("call", "meeting", "email", "chat", "message", "note")


class VaultMaker:
    """Writes notes below a folder until `remaining` is 0."""

    def __init__(self, root: Path, notes: int, seed: int) -> None:
        self.root, self.remaining, self.rng = root, notes, random.Random(seed)
        self.words = ["".join(self.rng.choices(SYLLABLES, k=self.rng.randint(1, 4))) for _ in range(20_000)]
        self.weights = [1 / rank for rank in range(1, len(self.words) + 1)]  # as in natural language (Zipf's law)

    def text(self, fewest: int, most: int) -> str:
        """Some random words as a sentence without a full stop."""
        return " ".join(self.rng.choices(self.words, self.weights, k=self.rng.randint(fewest, most))).capitalize()

    def day(self, back: int, ahead: int) -> dt.date:
        """A day between `back` days ago and `ahead` days from now."""
        return TODAY + dt.timedelta(self.rng.randint(-back, ahead))

    def write(self, path: Path, properties: str, words: int) -> None:
        """Write a note with `words` to twice as many words, unless there are enough notes."""
        if self.remaining > 0:
            self.remaining -= 1
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"---\n{properties}\n---\n\n{self.text(words, 2 * words)}.\n", "utf-8")

    def client(self, number: int) -> None:
        """Write a client with a person, a project, follow-ups, decisions and interactions."""
        pick, name = self.rng.choice, f"{self.text(1, 2)} {number}"
        home = self.root / "clients" / name
        tags = "\n".join(["tags:", *(f"  - {tag}" for tag in self.rng.sample(self.words[:40], 2))])
        status, cadence = pick(["lead", "active", "active", "paused", "past"]), pick(["2 weeks", "1 month"])
        self.write(home / f"{name}.md", f"type: client\nstatus: {status}\nstage: execution\ncadence: {cadence}\n{tags}", 80)
        person = f"{self.text(2, 2)} {number}"
        self.write(home / f"{person}.md", f"type: person\nrole: Owner\nemail:\n  - p{number}@example.com", 10)
        project = f"{self.text(2, 3)} {number}"
        self.write(home / f"projects/{project}.md", f"type: project\nstatus: active\ndeadline: {self.day(100, 200)}\nvalue: 4000", 100)
        for i in range(self.rng.randint(4, 8)):
            front = (
                f'type: follow-up\nstatus: {pick(["open", "open", "waiting", "done"])}\ndue: {self.day(200, 60)}\nproject: "[[{project}]]"'
            )
            self.write(home / f"follow-ups/{self.text(3, 6)} {number}-{i}.md", front, 10)
        for i in range(2):
            front = f'type: decision\ndate: {self.day(700, 0)}\nstatus: in force\nby: "[[{person}]]"'
            self.write(home / f"decisions/{self.text(3, 6)} {number}-{i}.md", front, 20)
        for i in range(self.rng.randint(36, 54)):
            at = dt.datetime.combine(self.day(1500, 0), dt.time(self.rng.randint(8, 18), self.rng.randint(0, 59)))
            front = (
                f'type: interaction\ndate: {at.isoformat()}\nchannel: {pick(CHANNELS)}\npeople:\n  - "[[{person}]]"\n'
                f'project: "[[{project}]]"\nsummary: {self.text(5, 9)}\n{tags}'
            )
            self.write(home / f"interactions/{at:%Y-%m-%d %H%M} {self.text(2, 5)} {i}.md", front, 150)


def make(root: Path, notes: int, seed: int = 1) -> None:
    """Make the vault in a new folder."""
    root.mkdir(parents=True)
    (root / "vaultcrm.toml").write_text("# a synthetic vault\n")
    maker, number = VaultMaker(root, notes, seed), 0
    while maker.remaining:
        number += 1
        maker.client(number)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("notes", type=int)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    make(arguments.folder, arguments.notes, arguments.seed)
