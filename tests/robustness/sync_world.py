"""Two clones of one vault and their origin, written by commands and by hand, and what was lost of that.

Both trees must be equal in the end, every commit that either side ever made must be in the history of
the last one, whatever was written and not deleted by hand must stand in a file, and git must find
nothing wrong. Two names that one note was given count as one that stays and one that the merge's
commit tells.
"""

import contextlib
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from vaultcrm.actions import follow_ups, init, set_properties
from vaultcrm.actions.add import NewFollowUp
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.log import NewInteraction, log
from vaultcrm.actions.rename import rename
from vaultcrm.actions.sync import sync
from vaultcrm.errors import Conflict, Unreadable, VaultcrmError
from vaultcrm.model.read_note import read_note
from vaultcrm.vault.conflict_copies import parse_conflict_copy

NOW = datetime(2026, 11, 16, 9, 30)
CLIENTS = ("Acme Studio", "Havelkorn", "Größe & Söhne")
_TOKEN = re.compile(rb"w\d+x")


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", "-c", "core.quotePath=false", *words], cwd=folder, capture_output=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"git {' '.join(words)}: {done.stderr.decode()}")
    return done.stdout.decode("utf-8", "surrogateescape")


def identity(home: Path) -> None:
    """Who commits, and nothing of whoever runs this."""
    os.environ.update({"HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"})
    for kind in ("CACHE", "STATE", "CONFIG"):
        os.environ[f"XDG_{kind}_HOME"] = str(home / kind.lower())
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Nora\n\temail = nora@example.com\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n"
    )


class World:
    """An origin and two clones. `written` are words that must not be lost; those that a hand has deleted are taken out."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.folder = folder
        self.sides = [folder / "a", folder / "b"]
        self.written: set[bytes] = set()
        self.done: Counter[str] = Counter()
        self.number = 0
        self.now = NOW
        git(folder, "init", "--quiet", "--bare", "-b", "main", "origin.git")
        first = self.sides[0]
        for name in CLIENTS:
            put(
                first / f"clients/{name}/{name}.md",
                f"---\ntype: client\nstatus: active\nrate: 60\nphone:\n  - {self.word()}\n---\n\n{self.words(6)}",
            )
            for i in range(3):
                put(
                    first / f"clients/{name}/follow-ups/Promise {i}.md", f"---\ntype: follow-up\nstatus: open\ndue: 2026-11-{20 + i}\n---\n"
                )
        rule = "---\ntype: follow-up\nstatus: open\ndue: 2026-11-10\nrecurrence: FREQ=WEEKLY\n---\n"
        put(first / "clients/Havelkorn/follow-ups/Report.md", rule)
        init.init(str(first), "init", NOW.isoformat(), with_git=True)
        git(first, "remote", "add", "origin", "../origin.git")
        sync(self.crm(first))
        git(folder, "clone", "--quiet", "origin.git", "b")

    def crm(self, side: Path) -> Crm:
        return Crm(str(side), self.now, ["robust"])

    def word(self) -> str:
        """A word that is nowhere else."""
        self.number += 1
        self.written.add(f"w{self.number}x".encode())
        return f"w{self.number}x"

    def words(self, lines: int) -> str:
        return "".join(f"A line with {self.word()}.\n\n" for _ in range(lines))

    # ------------------------------------------------------------------------------ by command

    def log(self, side: Path) -> None:
        steps = [NewFollowUp(f"Do {self.word()}", date(2026, 11, 20)) for _ in range(self.random.randrange(2))]
        same = self.random.random() < 0.3  # a title that the other side may have at the same minute
        text = f"Talked.\n\n{self.word()}" if same else f"Talked of {self.word()}"
        log(self.crm(side), self.client(side), NewInteraction(text, channel="call", next_steps=steps))

    def finish(self, side: Path) -> None:
        if chosen := self.follow_up(side):
            follow_ups.done(self.crm(side), [chosen])

    def snooze(self, side: Path) -> None:
        if chosen := self.follow_up(side):
            follow_ups.snooze(self.crm(side), [chosen], date(2026, 12, 1) + timedelta(days=self.random.randrange(20)))

    def set(self, side: Path) -> None:
        key, number = self.random.choice(("rate", "phone", "grade")), self.random.randrange(50, 60)
        what = f"phone+={self.word()}" if key == "phone" else f"{key}={number}"
        set_properties.set_properties(self.crm(side), self.client(side), [set_properties.parse_assignment(what)])

    def rename(self, side: Path) -> None:
        """A note, or a client with its folder; links follow."""
        path = self.note(side)
        if path.stem != path.parent.name:
            self.forget(path.name.encode())
        new = f"{path.stem[:12]} {self.random.randrange(5)}" if path.stem == path.parent.name else f"Named {self.word()}"
        rename(self.crm(side), path.relative_to(side).as_posix(), new)

    def client(self, side: Path) -> str:
        names = [path.stem for path in self.notes(side) if path.stem == path.parent.name]
        return self.random.choice(sorted(names))

    def follow_up(self, side: Path) -> str | None:
        crm = self.crm(side)
        crm.refresh()
        found = [item.id for item in crm.catalog.follow_ups(("open", "waiting"))]
        crm.catalog.close()
        return self.random.choice(found) if found else None

    # --------------------------------------------------------------------------------- by hand

    def notes(self, side: Path) -> list[Path]:
        return sorted(path for path in (side / "clients").rglob("*.md") if not parse_conflict_copy(path.name))

    def note(self, side: Path) -> Path:
        return self.random.choice(self.notes(side))

    def append(self, side: Path) -> None:
        path = self.note(side)
        path.write_bytes(path.read_bytes().rstrip(b"\n") + f"\n\nBy hand: {self.word()}\n".encode())

    def change_line(self, side: Path) -> None:
        path = self.note(side)
        lines = path.read_bytes().split(b"\n")
        if found := [i for i, line in enumerate(lines) if line.startswith((b"A line", b"By hand"))]:
            i = self.random.choice(found)
            self.forget(lines[i])
            lines[i] = f"A line, and {self.word()}.".encode()
            path.write_bytes(b"\n".join(lines))

    def delete(self, side: Path) -> None:
        path = self.note(side)
        if path.stem != path.parent.name:
            self.forget(path.read_bytes() + path.name.encode())
            path.unlink()

    def rename_file(self, side: Path) -> None:
        path = self.note(side)
        if path.stem != path.parent.name:
            new = path.with_name(f"Renamed {self.random.randrange(6)} {path.stem[-20:]}.md")
            if not new.exists():
                path.rename(new)

    def rename_folder(self, side: Path) -> None:
        folder = self.random.choice(sorted(path for path in (side / "clients").iterdir() if path.is_dir()))
        new = folder.with_name(f"{folder.name[:12].rstrip()} {self.random.randrange(3)}")
        if (folder / f"{folder.name}.md").exists() and not new.exists():
            folder.rename(new)
            (new / f"{folder.name}.md").rename(new / f"{new.name}.md")

    def attach(self, side: Path) -> None:
        put(side / f"clients/Files/file {self.random.randrange(4)}.bin", b"\0\1" + self.word().encode(), self.forget)

    def same_new_note(self, side: Path) -> None:
        path = side / f"inbox/Idea {self.random.randrange(3)}.md"
        text = f"---\ntags:\n  - {self.word()}\n---\n\n{self.word()}\n" if self.random.random() < 0.5 else f"{self.word()}\n"
        put(path, text, self.forget)

    def settings(self, side: Path) -> None:
        put(side / ".obsidian/app.json", f'{{"a": {self.random.randrange(5)}}}\n', self.forget)

    def file_and_folder(self, side: Path) -> None:
        """A file on one side where the other has a folder."""
        path = side / f"inbox/Thing {self.random.randrange(2)}"
        if not path.exists():
            put(path / "inside.md" if side.name == "a" else path, f"{self.word()}\n")

    def clash(self, side: Path) -> None:
        """Both sides change one note: in a property, in a line, by another name, or one deletes it."""
        other = self.sides[side == self.sides[0]]
        path = self.note(side)
        there = other / path.relative_to(side)
        if not there.is_file():
            return
        here, data = path.read_bytes(), there.read_bytes()
        how = self.random.choice(("value", "line", "name", "name and value", "deleted", "same name"))
        if "value" in how:
            for one, text in ((path, here), (there, data)):
                self.forget(b"".join(re.findall(rb"^mark: .*$", text, re.MULTILINE)))
                text = re.sub(rb"^mark: .*\n", b"", text, flags=re.MULTILINE)
                one.write_bytes(re.sub(rb"^type:", f"mark: {self.word()}\ntype:".encode(), text, count=1, flags=re.MULTILINE))
        if how == "line":
            for one, text in ((path, here), (there, data)):
                one.write_bytes(text.rstrip(b"\n") + f"\nThe last line: {self.word()}\n".encode())
        elif how == "deleted" and path.stem != path.parent.name:
            path.unlink()
            there.write_bytes(data + f"\nBy hand: {self.word()}\n".encode())
            self.forget_unless(here, there)
        elif how.startswith("name") and path.stem != path.parent.name:
            self.forget(path.name.encode())
            for one in (path, there):
                one.rename(one.with_name(f"Called {self.word()}.md"))
        elif how == "same name" and path.stem != path.parent.name:  # it is renamed here to what is made there
            self.forget(path.name.encode())
            path.rename(path.with_name(f"Meeting {self.number}.md"))
            there.with_name(f"Meeting {self.number}.md").write_text(f"---\ntype: decision\nmark: {self.word()}\n---\n\n{self.word()}\n")
            if self.random.random() < 0.5:
                there.write_bytes(data + f"\nBy hand: {self.word()}\n".encode())

    def forget_unless(self, data: bytes, path: Path) -> None:
        """What was deleted here counts only where it does not stand on the other side."""
        there = set(_TOKEN.findall(path.read_bytes()))
        self.written -= set(_TOKEN.findall(data)) - there

    def forget(self, data: bytes) -> None:
        self.written -= set(_TOKEN.findall(data))

    # ------------------------------------------------------------------------------- and shared

    def sync(self, side: Path) -> None:
        with contextlib.suppress(Conflict):
            done = sync(self.crm(side))
            self.done["conflicts"] += len(done.conflicts)
            self.done["merges"] += bool(done.received)

    def race(self) -> None:
        """Both at the same time, each as a process of its own."""
        words = [sys.executable, "-m", "vaultcrm", "--today", "2026-11-16T09:30", "--json", "--vault"]
        both = [subprocess.Popen([*words, str(side), "sync"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) for side in self.sides]
        for process in both:
            _, said = process.communicate()
            if process.returncode not in (0, 1, 5):
                raise AssertionError(f"a race ended with {process.returncode}: {said.decode()}")
        self.done["races"] += 1

    def cut(self) -> None:
        """A sync is killed, git and all; then what the next one would say is done."""
        side = self.random.choice(self.sides)
        words = [sys.executable, "-m", "vaultcrm", "--today", "2026-11-16T09:30", "--vault", str(side), "sync"]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(self.random.uniform(0.1, 0.6))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        self.done["killed" if process.wait() < 0 else "too late to kill"] += 1
        for folder in (side / ".git", self.folder / "origin.git"):
            for lock in folder.rglob("*.lock"):
                self.done[f"{lock.name} left"] += 1
                lock.unlink()
        if (side / ".git/MERGE_HEAD").exists():
            self.done["merges taken back"] += 1
            git(side, "merge", "--abort")

    def round(self) -> None:
        self.now += timedelta(minutes=self.random.randrange(3))
        for _ in range(self.random.randrange(1, 5)):
            verb = self.random.choice(VERBS)
            self.done[verb.__name__] += 1
            before = set(self.written)
            try:
                verb(self, self.random.choice(self.sides))
            except VaultcrmError as error:  # no such client, since its folder has moved
                self.done[type(error).__name__] += 1
                self.written &= before
        how = self.random.random()
        if how < 0.15:
            self.race()
        elif how < 0.3:
            self.cut()
        elif how < 0.8:
            for side in self.random.sample(self.sides, self.random.choice((1, 2))):
                self.sync(side)

    def come_to_rest(self) -> None:
        for _ in range(6):
            heads = [git(side, "rev-parse", "HEAD") for side in self.sides]
            for side in self.sides:
                self.sync(side)
            if heads == [git(side, "rev-parse", "HEAD") for side in self.sides]:
                return
        raise AssertionError("it never comes to rest")

    # ------------------------------------------------------------------------------- the faults

    def faults(self) -> list[str]:
        first, second = (tree(side) for side in self.sides)
        found = [f"differs: {name}" for name in sorted(first.keys() | second.keys()) if first.get(name) != second.get(name)]
        names = "\n".join(first).encode("utf-8", "surrogateescape")
        # of two names that a note was given at the same time one stays; the other is told by the commit that settles it
        told = git(self.sides[0], "log", "--format=%B").encode()
        everything = b"\n".join([*first.values(), names, told])
        found += [f"lost: {word.decode()}" for word in sorted(self.written - set(_TOKEN.findall(everything)))]
        for name, data in first.items():
            if re.search(rb"^(<{7}|>{7}|={7}$)", data, re.MULTILINE):
                found.append(f"marks of a conflict: {name}")
            if Path(name).name.startswith((".vaultcrm-", ".merge_file")) or "~HEAD" in name:
                found.append(f"left behind: {name}")
            if name.endswith(".md"):
                try:
                    read_note(name, data)
                except Unreadable as error:
                    found.append(f"unreadable: {name}: {error.message}")
        self.done["copies"] += sum("(conflict " in name for name in first)
        for side in self.sides:
            ours = set(git(side, "rev-list", "HEAD").split())
            made = set(git(side, "rev-list", "--all", "--reflog").split())
            found += [f"{side.name}: commit {name} is in no history" for name in sorted(made - ours)]
            if left := git(side, "status", "--porcelain"):
                found.append(f"{side.name}: not committed: {left}")
            wrong = subprocess.run(["git", "fsck", "--strict", "--no-dangling"], cwd=side, capture_output=True, check=False)
            if wrong.returncode != 0:
                found.append(f"{side.name}: git fsck: {wrong.stdout.decode()}{wrong.stderr.decode()}")
            for name in ("index.lock", "MERGE_HEAD", "MERGE_MSG"):
                if (side / ".git" / name).exists():
                    found.append(f"{side.name}: {name} is left")
        return found


VERBS: tuple[Callable[[World, Path], None], ...] = (
    World.log, World.log, World.finish, World.finish, World.snooze, World.set, World.set, World.append, World.append, World.rename,
    World.clash, World.clash, World.clash, World.change_line, World.delete, World.rename_file, World.rename_folder, World.attach,
    World.same_new_note, World.settings, World.file_and_folder,
)  # fmt: skip


def put(path: Path, text: str | bytes, forget: Callable[[bytes], None] | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if forget is not None and path.is_file():
        forget(path.read_bytes())
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def tree(root: Path) -> dict[str, bytes]:
    """Every file of a clone with its bytes, but for what git keeps for itself."""
    paths = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.relative_to(root).parts)
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}
