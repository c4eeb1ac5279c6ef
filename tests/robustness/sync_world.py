"""Two clones of one vault and their origin, changed by commands and by hand, and a check that nothing was lost.

In the end both trees must be equal, the history must contain every commit that either side ever made,
every word that was written and not deleted by hand must be in a file, and `git fsck` must find nothing.
If a note was renamed on both sides, one name must be that of the file, and the other one in the
message of the merge commit.
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


def set_identity(home: Path) -> None:
    """Set the name of the committer, and keep the Git config of the user who runs this out of it."""
    os.environ.update({"HOME": str(home), "GIT_CONFIG_NOSYSTEM": "1"})
    for kind in ("CACHE", "STATE", "CONFIG"):
        os.environ[f"XDG_{kind}_HOME"] = str(home / kind.lower())
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Nora\n\temail = nora@example.com\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n"
    )


class World:
    """An origin and two clones. `written` holds the words that must not be lost; a word that is deleted by hand is removed from it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.folder = folder
        self.sides = [folder / "a", folder / "b"]
        self.written: set[bytes] = set()
        self.counts: Counter[str] = Counter()
        self.word_count = 0
        self.now = NOW
        git(folder, "init", "--quiet", "--bare", "-b", "main", "origin.git")
        first = self.sides[0]
        for name in CLIENTS:
            write_file(
                first / f"clients/{name}/{name}.md",
                f"---\ntype: client\nstatus: active\nrate: 60\nphone:\n  - {self.new_word()}\n---\n\n{self.lines_of_words(6)}",
            )
            for i in range(3):
                write_file(
                    first / f"clients/{name}/follow-ups/Promise {i}.md", f"---\ntype: follow-up\nstatus: open\ndue: 2026-11-{20 + i}\n---\n"
                )
        rule = "---\ntype: follow-up\nstatus: open\ndue: 2026-11-10\nrecurrence: FREQ=WEEKLY\n---\n"
        write_file(first / "clients/Havelkorn/follow-ups/Report.md", rule)
        init.init(str(first), "init", NOW.isoformat(), with_git=True)
        git(first, "remote", "add", "origin", "../origin.git")
        sync(self.crm(first))
        git(folder, "clone", "--quiet", "origin.git", "b")

    def crm(self, side: Path) -> Crm:
        return Crm(str(side), self.now, ["robust"])

    def new_word(self) -> str:
        """A word that occurs nowhere else."""
        self.word_count += 1
        self.written.add(f"w{self.word_count}x".encode())
        return f"w{self.word_count}x"

    def lines_of_words(self, lines: int) -> str:
        return "".join(f"A line with {self.new_word()}.\n\n" for _ in range(lines))

    # ------------------------------------------------------------------------------ by a command

    def log(self, side: Path) -> None:
        steps = [NewFollowUp(f"Do {self.new_word()}", date(2026, 11, 20)) for _ in range(self.rng.randrange(2))]
        same = self.rng.random() < 0.3  # the other side may log the same title in the same minute
        text = f"Talked.\n\n{self.new_word()}" if same else f"Talked of {self.new_word()}"
        log(self.crm(side), self.random_client(side), NewInteraction(text, channel="call", next_steps=steps))

    def complete(self, side: Path) -> None:
        if chosen := self.random_follow_up(side):
            follow_ups.done(self.crm(side), [chosen], early=True)

    def snooze(self, side: Path) -> None:
        if chosen := self.random_follow_up(side):
            follow_ups.snooze(self.crm(side), [chosen], date(2026, 12, 1) + timedelta(days=self.rng.randrange(20)))

    def set(self, side: Path) -> None:
        key, number = self.rng.choice(("rate", "phone", "grade")), self.rng.randrange(50, 60)
        what = f"phone+={self.new_word()}" if key == "phone" else f"{key}={number}"
        set_properties.set_properties(self.crm(side), self.random_client(side), [set_properties.parse_assignment(what)])

    def rename(self, side: Path) -> None:
        """Rename a note, or a client with its folder, with the command."""
        path = self.random_note(side)
        if path.stem != path.parent.name:
            self.forget(path.name.encode())
        new = f"{path.stem[:12]} {self.rng.randrange(5)}" if path.stem == path.parent.name else f"Named {self.new_word()}"
        rename(self.crm(side), path.relative_to(side).as_posix(), new)

    def random_client(self, side: Path) -> str:
        names = [path.stem for path in self.notes(side) if path.stem == path.parent.name]
        return self.rng.choice(sorted(names))

    def random_follow_up(self, side: Path) -> str | None:
        crm = self.crm(side)
        crm.refresh()
        found = [item.id for item in crm.catalog.follow_ups(("open", "waiting"))]
        crm.catalog.close()
        return self.rng.choice(found) if found else None

    # --------------------------------------------------------------------------------- by hand

    def notes(self, side: Path) -> list[Path]:
        return sorted(path for path in (side / "clients").rglob("*.md") if not parse_conflict_copy(path.name))

    def random_note(self, side: Path) -> Path:
        return self.rng.choice(self.notes(side))

    def append(self, side: Path) -> None:
        path = self.random_note(side)
        path.write_bytes(path.read_bytes().rstrip(b"\n") + f"\n\nBy hand: {self.new_word()}\n".encode())

    def change_line(self, side: Path) -> None:
        path = self.random_note(side)
        lines = path.read_bytes().split(b"\n")
        if found := [i for i, line in enumerate(lines) if line.startswith((b"A line", b"By hand"))]:
            i = self.rng.choice(found)
            self.forget(lines[i])
            lines[i] = f"A line, and {self.new_word()}.".encode()
            path.write_bytes(b"\n".join(lines))

    def delete(self, side: Path) -> None:
        path = self.random_note(side)
        if path.stem != path.parent.name:
            self.forget(path.read_bytes() + path.name.encode())
            path.unlink()

    def rename_file(self, side: Path) -> None:
        path = self.random_note(side)
        if path.stem != path.parent.name:
            new = path.with_name(f"Renamed {self.rng.randrange(6)} {path.stem[-20:]}.md")
            if not new.exists():
                path.rename(new)

    def rename_folder(self, side: Path) -> None:
        folder = self.rng.choice(sorted(path for path in (side / "clients").iterdir() if path.is_dir()))
        new = folder.with_name(f"{folder.name[:12].rstrip()} {self.rng.randrange(3)}")
        if (folder / f"{folder.name}.md").exists() and not new.exists():
            folder.rename(new)
            (new / f"{folder.name}.md").rename(new / f"{new.name}.md")

    def attach(self, side: Path) -> None:
        write_file(side / f"clients/Files/file {self.rng.randrange(4)}.bin", b"\0\1" + self.new_word().encode(), self.forget)

    def add_same_note(self, side: Path) -> None:
        path = side / f"inbox/Idea {self.rng.randrange(3)}.md"
        text = f"---\ntags:\n  - {self.new_word()}\n---\n\n{self.new_word()}\n" if self.rng.random() < 0.5 else f"{self.new_word()}\n"
        write_file(path, text, self.forget)

    def change_settings(self, side: Path) -> None:
        write_file(side / ".obsidian/app.json", f'{{"a": {self.rng.randrange(5)}}}\n', self.forget)

    def file_and_folder(self, side: Path) -> None:
        """Make a file on one side and a folder of the same name on the other."""
        path = side / f"inbox/Thing {self.rng.randrange(2)}"
        if not path.exists():
            write_file(path / "inside.md" if side.name == "a" else path, f"{self.new_word()}\n")

    def change_both_sides(self, side: Path) -> None:
        """Change one note on both sides: in a property, in a line, in its name, or by deleting it on one side."""
        other = self.sides[side == self.sides[0]]
        path = self.random_note(side)
        there = other / path.relative_to(side)
        if not there.is_file():
            return
        here, data = path.read_bytes(), there.read_bytes()
        how = self.rng.choice(("value", "line", "name", "name and value", "deleted", "same name"))
        if "value" in how:
            for one, text in ((path, here), (there, data)):
                self.forget(b"".join(re.findall(rb"^mark: .*$", text, re.MULTILINE)))
                text = re.sub(rb"^mark: .*\n", b"", text, flags=re.MULTILINE)
                one.write_bytes(re.sub(rb"^type:", f"mark: {self.new_word()}\ntype:".encode(), text, count=1, flags=re.MULTILINE))
        if how == "line":
            for one, text in ((path, here), (there, data)):
                one.write_bytes(text.rstrip(b"\n") + f"\nThe last line: {self.new_word()}\n".encode())
        elif how == "deleted" and path.stem != path.parent.name:
            path.unlink()
            there.write_bytes(data + f"\nBy hand: {self.new_word()}\n".encode())
            self.forget_deleted(here, there)
        elif how.startswith("name") and path.stem != path.parent.name:
            self.forget(path.name.encode())
            for one in (path, there):
                one.rename(one.with_name(f"Called {self.new_word()}.md"))
        elif how == "same name" and path.stem != path.parent.name:  # it is renamed on one side to the name of a new note on the other
            self.forget(path.name.encode())
            path.rename(path.with_name(f"Meeting {self.word_count}.md"))
            there.with_name(f"Meeting {self.word_count}.md").write_text(
                f"---\ntype: decision\nmark: {self.new_word()}\n---\n\n{self.new_word()}\n"
            )
            if self.rng.random() < 0.5:
                there.write_bytes(data + f"\nBy hand: {self.new_word()}\n".encode())

    def forget_deleted(self, data: bytes, path: Path) -> None:
        """Remove the words of a deleted file from `written`, except for those that are in the other side's file."""
        there = set(_TOKEN.findall(path.read_bytes()))
        self.written -= set(_TOKEN.findall(data)) - there

    def forget(self, data: bytes) -> None:
        self.written -= set(_TOKEN.findall(data))

    # ----------------------------------------------------------------------------------- by syncs

    def sync(self, side: Path) -> None:
        with contextlib.suppress(Conflict):
            done = sync(self.crm(side))
            self.counts["conflicts"] += len(done.conflicts)
            self.counts["merges"] += bool(done.received)

    def sync_at_once(self) -> None:
        """Sync both sides at the same time, each in a child process."""
        words = [sys.executable, "-m", "vaultcrm", "--today", "2026-11-16T09:30", "--json", "--vault"]
        both = [subprocess.Popen([*words, str(side), "sync"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) for side in self.sides]
        for process in both:
            _, message = process.communicate()
            if process.returncode not in (0, 1, 5):
                raise AssertionError(f"a sync ended with {process.returncode}: {message.decode()}")
        self.counts["syncs at once"] += 1

    def kill_sync(self) -> None:
        """Kill a sync with the Git processes that it started, then clean up as the next sync would tell the user to."""
        side = self.rng.choice(self.sides)
        words = [sys.executable, "-m", "vaultcrm", "--today", "2026-11-16T09:30", "--vault", str(side), "sync"]
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(self.rng.uniform(0.1, 0.6))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        self.counts["syncs killed" if process.wait() < 0 else "syncs that ended before the kill"] += 1
        for folder in (side / ".git", self.folder / "origin.git"):
            for lock in folder.rglob("*.lock"):
                self.counts[f"{lock.name} left"] += 1
                lock.unlink()
        if (side / ".git/MERGE_HEAD").exists():
            self.counts["merges aborted"] += 1
            git(side, "merge", "--abort")

    def round(self) -> None:
        self.now += timedelta(minutes=self.rng.randrange(3))
        for _ in range(self.rng.randrange(1, 5)):
            verb = self.rng.choice(ACTIONS)
            self.counts[verb.__name__] += 1
            before = set(self.written)
            try:
                verb(self, self.rng.choice(self.sides))
            except VaultcrmError as error:  # for example, the client isn't found because its folder has moved
                self.counts[type(error).__name__] += 1
                self.written &= before
        how = self.rng.random()
        if how < 0.15:
            self.sync_at_once()
        elif how < 0.3:
            self.kill_sync()
        elif how < 0.8:
            for side in self.rng.sample(self.sides, self.rng.choice((1, 2))):
                self.sync(side)

    def sync_until_stable(self) -> None:
        for _ in range(6):
            heads = [git(side, "rev-parse", "HEAD") for side in self.sides]
            for side in self.sides:
                self.sync(side)
            if heads == [git(side, "rev-parse", "HEAD") for side in self.sides]:
                return
        raise AssertionError("after 6 syncs of both sides there are still new commits")

    # ------------------------------------------------------------------------------- the faults

    def faults(self) -> list[str]:
        first, second = (read_tree(side) for side in self.sides)
        found = [f"differs: {name}" for name in sorted(first.keys() | second.keys()) if first.get(name) != second.get(name)]
        names = "\n".join(first).encode("utf-8", "surrogateescape")
        # if both sides renamed a note, one name is that of the file; the merge commit's message contains the other
        messages = git(self.sides[0], "log", "--format=%B").encode()
        everything = b"\n".join([*first.values(), names, messages])
        found += [f"lost: {word.decode()}" for word in sorted(self.written - set(_TOKEN.findall(everything)))]
        for name, data in first.items():
            if re.search(rb"^(<{7}|>{7}|={7}$)", data, re.MULTILINE):
                found.append(f"conflict markers: {name}")
            if Path(name).name.startswith((".vaultcrm-", ".merge_file")) or "~HEAD" in name:
                found.append(f"not removed: {name}")
            if name.endswith(".md"):
                try:
                    read_note(name, data)
                except Unreadable as error:
                    found.append(f"unreadable: {name}: {error.message}")
        self.counts["copies"] += sum("(conflict " in name for name in first)
        for side in self.sides:
            ours = set(git(side, "rev-list", "HEAD").split())
            made = set(git(side, "rev-list", "--all", "--reflog").split())
            found += [f"{side.name}: commit {name} is not in the history" for name in sorted(made - ours)]
            if uncommitted := git(side, "status", "--porcelain"):
                found.append(f"{side.name}: not committed: {uncommitted}")
            fsck = subprocess.run(["git", "fsck", "--strict", "--no-dangling"], cwd=side, capture_output=True, check=False)
            if fsck.returncode != 0:
                found.append(f"{side.name}: git fsck: {fsck.stdout.decode()}{fsck.stderr.decode()}")
            for name in ("index.lock", "MERGE_HEAD", "MERGE_MSG"):
                if (side / ".git" / name).exists():
                    found.append(f"{side.name}: {name} was not removed")
        return found


ACTIONS: tuple[Callable[[World, Path], None], ...] = (
    World.log, World.log, World.complete, World.complete, World.snooze, World.set, World.set, World.append, World.append, World.rename,
    World.change_both_sides, World.change_both_sides, World.change_both_sides, World.change_line, World.delete, World.rename_file,
    World.rename_folder, World.attach, World.add_same_note, World.change_settings, World.file_and_folder,
)  # fmt: skip


def write_file(path: Path, text: str | bytes, forget: Callable[[bytes], None] | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if forget is not None and path.is_file():
        forget(path.read_bytes())
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def read_tree(root: Path) -> dict[str, bytes]:
    """Every file of a clone with its bytes, except for those in .git."""
    paths = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.relative_to(root).parts)
    return {str(path.relative_to(root)): path.read_bytes() for path in paths}
