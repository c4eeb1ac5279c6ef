"""Hostile things in a vault: each is a problem, and hinders nothing else."""

import contextlib
import json
import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.robustness.desk import ACME, GOOD, Run, desk, differing, faults_of, looks, texts
from tests.robustness.reading import read_all

ESC = "\x1b]52;c;ZXZpbA==\x07"  # would put "evil" onto the clipboard
X = f"{ACME}/x.md"

Made = bytes | Callable[[Path], object]  # what is in a file, or what makes it at its path


class Thing(NamedTuple):
    """Something hostile in a vault, and whether `check` has to tell of it."""

    path: str
    made: Made
    is_problem: bool = True


def _note(properties: str, body: str = "") -> bytes:
    return f"---\n{properties}\n---\n{body}".encode()


def _follow_up(properties: str) -> bytes:
    return _note(f"type: follow-up\nstatus: open\n{properties}")


def _talk(properties: str, body: str = "") -> bytes:
    return _note(f"type: interaction\ndate: 2026-11-12\n{properties}", body)


def _socket(path: Path) -> None:
    with contextlib.chdir(path.parent):  # a socket's path may be no longer than 107 bytes
        socket.socket(socket.AF_UNIX).bind(path.name)


def _link(target: str) -> Callable[[Path], object]:
    return lambda path: path.symlink_to(target)


def _circle(path: Path) -> None:
    path.symlink_to("two")
    path.with_name("two").symlink_to(path.name)


_BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefghi", "bcdefghij", strict=True)
)
_UGLY = r'"\e]52;c;ZXZpbA==\a \e[2J \x9b31m \x7f \u202egnp.exe \u2066 \0 \r\n\t \u2028"'  # as YAML writes it
_RAW = f"{ESC} \x1b[2J \x9b31m \x7f \u202egnp.exe \u2066 \r\t \u2028 evil"
_OUT = "[[../../../outside/secret]]"

THINGS = {
    # front matter that hangs, kills or lies
    "nested 60,000 deep": Thing(X, _note("type: client\nx: " + "[" * 60_000)),
    "nested as a block": Thing(X, _note("\n".join(" " * i + "a:" for i in range(340)))),
    "dashes nested deep": Thing(X, _note("- " * 30_000 + "x")),
    "alias bomb": Thing(X, _note(_BOMB)),
    "recursion": Thing(X, _note("a: &a [*a]")),
    "merge recursion": Thing(X, _note("a: &a {<<: *a}")),
    "a million properties": Thing(X, _note("\n".join(f"k{i}: v" for i in range(1_000_000)))),
    "9,000 properties, each twice": Thing(X, _note("type: interaction\n" + "\n".join(f"ä{i % 4500}:" for i in range(9000)))),
    "every property wrong": Thing(X, _note(
        "type: follow-up\nstatus: x\ndue: x\nscheduled: x\npriority: x\nrecurrence: x\nrecurrence_anchor: x\ncomplete_instances: x\n"
        "completedDate: x\ndateCreated: x\nproject: '[[x'\nperson: '[[x'\nfrom: '[[x'\n" + "\n".join(f"ä{i}: ö" for i in range(5500)))),
    "a Python object": Thing(X, _note('x: !!python/object/apply:os.system ["touch outside/evil"]'), False),
    "unclosed": Thing(X, b"---\ntype: client\n"),
    "a list": Thing(X, _note("- type: client")),
    "two documents": Thing(X, _note("type: client\n--- {type: person}\n...")),
    "half a surrogate pair": Thing(X, _note(r'title: "\ud800"')),
    "raw control characters in a property": Thing(X, _note(f"type: client\nstatus: {ESC}")),
    # what is no text
    "binary": Thing(X, bytes(range(256)) * 64),
    "NUL": Thing(X, _note("type: client", "a\0b\n")),
    "UTF-16": Thing(X, "---\ntype: client\n---\n".encode("utf-16")),
    "Latin-1": Thing(X, "---\ntitle: Größe\n---\n".encode("latin-1")),
    # what is large, or takes long
    "50 MB": Thing(X, b"a line of text\n" * 3_500_000),
    "7 MB on one line": Thing(X, _talk("", "a" * 7_000_000), False),
    "7 MB of empty lines": Thing(X, _talk("", "\n \n" * 2_300_000), False),
    "7 MB of brackets": Thing(X, _talk("", "[[" * 3_500_000), False),
    "6 MB of tasks": Thing(X, _note("", "- [ ] x\n" * 800_000), False),
    "a heading with 100,000 blanks": Thing("clients/Slow/Slow.md", _note("type: client", "# a" + " " * 100_000 + "b\n"), False),
    "a heading with 50,000 marks": Thing("clients/Slow/Slow.md", _note("type: client", "# a" + " #" * 50_000 + "b\n"), False),
    # characters that a terminal would obey
    "ugly client": Thing("clients/Ugly/Ugly.md", _note(
        f"type: client\naliases: [{_UGLY}]\nchannel: {_UGLY}\nemail: {_UGLY}\ntimezone: {_UGLY}\nlanguage: {_UGLY}\nrate: {_UGLY}\n"
        f"tags: [{_UGLY}]\nstatus: {_UGLY}\ncadence: {_UGLY}\n{_UGLY}: 1", f"{_RAW}\n\n## Preferences\n\n- {_RAW}\n")),
    "ugly person": Thing(X, _note(f"type: person\nrole: {_UGLY}\nemail: {_UGLY}\nphone: [{_UGLY}]\naliases: {_UGLY}"), False),
    "ugly project": Thing(X, _note(f"type: project\nvalue: {_UGLY}\ncurrency: {_UGLY}\nstage: {_UGLY}", _RAW)),
    "ugly follow-up": Thing(X, _follow_up(f"title: {_UGLY}\ndue: 2026-11-12\nproject: {_UGLY}\nperson: {_UGLY}\nrecurrence: {_UGLY}")),
    "ugly decision": Thing(X, _note(f"type: decision\ntitle: {_UGLY}\nby: {_UGLY}\nvia: {_UGLY}\ntopic: {_UGLY}\ndate: 2026-11-12")),
    "ugly interaction": Thing(X, _talk(
        f"channel: {_UGLY}\nsummary: {_UGLY}\npeople: [{_UGLY}]\nproject: {_UGLY}\ndecisions: [{_UGLY}]\nfeedback: {_UGLY}\n"
        f"next_step: {_UGLY}\nfollow_up: 2026-11-12")),
    "ugly body": Thing(X, _talk("", f"{_RAW}\n"), False),
    "ugly type": Thing(X, _note(f"type: {_UGLY}"), False),
    "ugly name": Thing(f"{ACME}/{ESC}.md", _note("type: person")),
    "ugly client's name": Thing(f"clients/{ESC} evil/{ESC} evil.md", _note("type: client")),
    "an ugly folder's name": Thing(f"{ACME}/{ESC}/x.md", _note("type: follow-up\ntitle: x"), False),
    "a newline in a name": Thing(f"{ACME}/a\nb.md", _note("type: person")),
    "a direction in a name": Thing(f"{ACME}/\u202egnp.md", _note("type: project")),
    "a name that is not UTF-8": Thing(os.fsdecode(ACME.encode() + b"/\xff\xfe.md"), _note("type: person")),
    "a folder's name that is not UTF-8": Thing(os.fsdecode(b"clients/\xff\xfe/x.md"), _note("type: client")),
    # names that mean something else
    "con": Thing("clients/con/con.md", _note("type: client")),
    "dots": Thing("clients/dots/dots.md", _note('type: client\naliases: ["..", "...", ".", "", "/"]'), False),
    "colon and slash": Thing(f"{ACME}/a:b\\c?.md", _note("type: person")),
    "255 bytes": Thing(f"{ACME}/{'x' * 252}.md", _note("type: person"), False),
    "links out: interaction": Thing(X, _talk(f"client: '{_OUT}'\nproject: '{_OUT}'\npeople: ['{_OUT}', '[[../Dana Roe]]']")),
    "links out: follow-up": Thing(X, _follow_up(f"client: '{_OUT}'\nfrom: '{_OUT}'\ndue: 2026-11-12")),
    "links out: decision": Thing(X, _note(f"type: decision\nsupersedes: '{_OUT}'\nfrom: '[[/etc/passwd]]'")),
    "it supersedes itself": Thing(X, _note("type: decision\nsupersedes: '[[x]]'"), False),
    # days at the end of time, and rules without end
    "the last day": Thing(X, _follow_up("due: 9999-12-31\nscheduled: 0001-01-01\nrecurrence: FREQ=DAILY"), False),
    "the first day": Thing(X, _follow_up("due: 0001-01-01\nscheduled: 9999-12-31\nrecurrence: FREQ=DAILY"), False),
    "a talk at the end of time": Thing(X, _note("type: interaction\ndate: 0001-01-01T00:00:00\nnext_step: x"), False),
    "a rule that never comes": Thing(X, _follow_up("due: 2026-11-12\nrecurrence: FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), False),
    "a rule from the year 1": Thing(X, _follow_up("due: 2026-11-12\nrecurrence: DTSTART:00010101T000000;FREQ=DAILY"), False),
    "a rule by the second": Thing(X, _follow_up("due: 2026-11-12\nrecurrence: FREQ=SECONDLY")),
    # what is no file, or leads elsewhere
    "FIFO": Thing(X, os.mkfifo),
    "socket": Thing(X, _socket),
    "link to /etc/passwd": Thing(f"{ACME}/y.md", _link("/etc/passwd")),
    "link to a client outside": Thing("clients/Evil/Evil.md", _link("../../../outside/secret.md")),
    "linked folder": Thing(f"{ACME}/linked", _link("../../../outside")),
    "link to itself": Thing(X, _link("x.md")),
    "folder linked to itself": Thing(f"{ACME}/loop", _link("loop"), False),
    "two links in a circle": Thing(f"{ACME}/one", _circle, False),
    "folder linked to its own folder": Thing(f"{ACME}/loop", _link(".")),
    "folder linked to the vault": Thing(f"{ACME}/loop", _link("../..")),
    "link to nothing": Thing(X, _link("nowhere.md")),
    "link to /dev/zero": Thing(X, _link("/dev/zero")),
    "a folder called x.md": Thing(X, Path.mkdir, False),
    # settings
    "settings nested deep": Thing("vaultcrm.toml", b"a = " + b"[" * 50_000, False),
    "settings that are a FIFO": Thing("vaultcrm.toml", os.mkfifo, False),
    "settings that are /dev/zero": Thing("vaultcrm.toml", _link("/dev/zero"), False),
    "settings with control characters": Thing("vaultcrm.toml", ESC.encode(), False),
    "patterns that backtrack": Thing("vaultcrm.toml", b'ignore = ["' + b"*a" * 200 + b'b", "[", "[!", "\\u001b"]', False),
    "Obsidian's settings nested deep": Thing(".obsidian/templates.json", b"[" * 100_000, False),
    "Obsidian's settings are a FIFO": Thing(".obsidian/templates.json", os.mkfifo, False),
}  # fmt: skip


def alone(name: str) -> list[str]:
    """One hostile thing in a vault with a good client: it is told of, and the good client is as ever."""
    thing = THINGS[name]
    with desk() as on:
        _put(on.vault / thing.path, thing.made)
        before, outside = looks(on.vault), looks(on.outside)
        codes = (0, 1, 4, 6) if thing.path.startswith(("vaultcrm", ".obsidian")) else (0, 1)
        faults: list[str] = []
        for words in (("brief", "acme", "--json"), ("check", "--json")):
            run = on.run(*words)
            faults += faults_of(run, codes)
            if run.code < 0:
                return faults  # it hangs, and will again
            faults += [f"{run.shown}: nothing of {path}" for path in _missing(run)]
        if thing.is_problem and not any(shown in run.out for shown in _spellings(thing.path)):
            faults.append(f"check does not tell of {thing.path!r}")
        if b"type: client" in _start_of(thing) and not thing.path.startswith(ACME):
            faults += faults_of(on.run("brief", thing.path), (0, 3, 4))
        faults += [f"reading has changed {path!r}" for path in differing(before, looks(on.vault))]
        for item in on.answer("due", "--all") if b"type: follow-up" in _start_of(thing) else ():
            if item["source"]["path"] == thing.path:
                for words in (("snooze", item["id"], "1 dec"), ("done", item["id"])):
                    faults += faults_of(on.run(*words), (0, 4))
        faults += [f"outside of the vault: {path!r}" for path in differing(outside, looks(on.outside))]
    return faults


def _start_of(thing: Thing) -> bytes:
    return thing.made[:100] if isinstance(thing.made, bytes) else b""


def _put(path: Path, made: Made) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(made, bytes):
        path.write_bytes(made)
    else:
        if path.is_file():
            path.unlink()
        made(path)


def _missing(run: Run) -> list[str]:
    """The good client's notes that belong into its brief, and are not in it."""
    is_brief = run.words[0] == "brief" and run.code == 0
    return [path for path in GOOD if path.endswith(".md") and path not in run.out] if is_brief else []


def _spellings(path: str) -> list[str]:
    """How a path may stand in JSON: bytes that are not UTF-8 replaced, or written as Python writes them."""
    raw = os.fsencode(path)
    return [json.dumps(raw.decode("utf-8", how), ensure_ascii=ascii) for how in ("replace", "backslashreplace") for ascii in (False, True)]


WRITES: tuple[tuple[str, ...], ...] = (
    ("log", "acme", "Dana wants two options", "--next", "Send the plan", "--due", "fri"),
    ("follow-up", "add", "acme", "Ask", "--due", "fri"),
    ("decide", "acme", "Three milestones", "--supersedes", "Fixed price"), ("client", "add", "New client"),
    ("person", "add", "acme", "New person"), ("project", "add", "acme", "New project"), ("set", "acme", "rate=60"),
)  # fmt: skip


def together(names: Sequence[str], most: int = 20) -> list[str]:
    """All these hostile things in one vault, each in a folder of its own: every command answers, and undo brings all back."""
    with desk() as on:
        for i, name in enumerate(names):
            thing = THINGS[name]
            path = thing.path.replace(f"{ACME}/", f"{ACME}/{i}/", 1)
            if thing.path.startswith(ACME) or not os.path.lexists(on.vault / path):
                _put(on.vault / path, thing.made)
        before, outside = texts(on.vault), looks(on.outside)
        faults = read_all(on, "hostile", most=most).faults
        for words in (*WRITES, *(("undo",) for _ in WRITES)):
            faults += faults_of(on.run(*words), (0,))
        faults += [f"undo did not bring back {path!r}" for path in differing(before, texts(on.vault))]
        return faults + [f"outside of the vault: {path!r}" for path in differing(outside, looks(on.outside))]
