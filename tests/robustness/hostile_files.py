"""Hostile files in a vault: each is reported as a problem, and everything else still works."""

import contextlib
import json
import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.robustness.reading import read_all
from tests.robustness.sandbox import ACME, SMALL_VAULT, Run, changed_paths, file_states, read_files, run_faults, sandbox

ESC = "\x1b]52;c;ZXZpbA==\x07"  # would put "evil" onto the clipboard
NOTE = f"{ACME}/x.md"

Content = bytes | Callable[[Path], object]  # a file's bytes, or a function that creates something at a path


class HostileFile(NamedTuple):
    """Something hostile at a path in the vault; `is_problem`: `check` must report it."""

    path: str
    content: Content
    is_problem: bool = True


def note(properties: str, body: str = "") -> bytes:
    return f"---\n{properties}\n---\n{body}".encode()


def _follow_up(properties: str) -> bytes:
    return note(f"type: follow-up\nstatus: open\n{properties}")


def _talk(properties: str, body: str = "") -> bytes:
    return note(f"type: interaction\ndate: 2026-11-12\n{properties}", body)


def _socket(path: Path) -> None:
    with contextlib.chdir(path.parent):  # the path of a socket can have at most 107 bytes
        socket.socket(socket.AF_UNIX).bind(path.name)


def symlink_to(target: str) -> Callable[[Path], object]:
    return lambda path: path.symlink_to(target)


def _circle(path: Path) -> None:
    path.symlink_to("two")
    path.with_name("two").symlink_to(path.name)


_BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefghi", "bcdefghij", strict=True)
)
UGLY = r'"\e]52;c;ZXZpbA==\a \e[2J \x9b31m \x7f \u202egnp.exe \u2066 \0 \r\n\t \u2028"'  # escaped as in YAML
RAW = f"{ESC} \x1b[2J \x9b31m \x7f \u202egnp.exe \u2066 \r\t \u2028 evil"
_OUT = "[[../../../outside/secret]]"

HOSTILE_FILES = {
    # front matter that hangs or crashes a parser, or misleads it
    "nested 60,000 deep": HostileFile(NOTE, note("type: client\nx: " + "[" * 60_000)),
    "nested as a block": HostileFile(NOTE, note("\n".join(" " * i + "a:" for i in range(340)))),
    "dashes nested deep": HostileFile(NOTE, note("- " * 30_000 + "x")),
    "alias bomb": HostileFile(NOTE, note(_BOMB)),
    "recursion": HostileFile(NOTE, note("a: &a [*a]")),
    "merge recursion": HostileFile(NOTE, note("a: &a {<<: *a}")),
    "a million properties": HostileFile(NOTE, note("\n".join(f"k{i}: v" for i in range(1_000_000)))),
    "9,000 properties, each twice": HostileFile(NOTE, note("type: interaction\n" + "\n".join(f"ä{i % 4500}:" for i in range(9000)))),
    "every property wrong": HostileFile(NOTE, note(
        "type: follow-up\nstatus: x\ndue: x\nscheduled: x\npriority: x\nrecurrence: x\nrecurrence_anchor: x\ncomplete_instances: x\n"
        "completedDate: x\ndateCreated: x\nproject: '[[x'\nperson: '[[x'\nfrom: '[[x'\n" + "\n".join(f"ä{i}: ö" for i in range(5500)))),
    "a Python object": HostileFile(NOTE, note('x: !!python/object/apply:os.system ["touch outside/evil"]'), False),
    "unclosed": HostileFile(NOTE, b"---\ntype: client\n"),
    "a list": HostileFile(NOTE, note("- type: client")),
    "two documents": HostileFile(NOTE, note("type: client\n--- {type: person}\n...")),
    "half a surrogate pair": HostileFile(NOTE, note(r'title: "\ud800"')),
    "raw control characters in a property": HostileFile(NOTE, note(f"type: client\nstatus: {ESC}")),
    # files that aren't text
    "binary": HostileFile(NOTE, bytes(range(256)) * 64),
    "NUL": HostileFile(NOTE, note("type: client", "a\0b\n")),
    "UTF-16": HostileFile(NOTE, "---\ntype: client\n---\n".encode("utf-16")),
    "Latin-1": HostileFile(NOTE, "---\ntitle: Größe\n---\n".encode("latin-1")),
    # large files, and files that take long to read
    "50 MB": HostileFile(NOTE, b"a line of text\n" * 3_500_000),
    "7 MB on one line": HostileFile(NOTE, _talk("", "a" * 7_000_000), False),
    "7 MB of empty lines": HostileFile(NOTE, _talk("", "\n \n" * 2_300_000), False),
    "7 MB of brackets": HostileFile(NOTE, _talk("", "[[" * 3_500_000), False),
    "6 MB of tasks": HostileFile(NOTE, note("", "- [ ] x\n" * 800_000), False),
    "a heading with 100,000 blanks": HostileFile("clients/Slow/Slow.md", note("type: client", "# a" + " " * 100_000 + "b\n"), False),
    "a heading with 50,000 marks": HostileFile("clients/Slow/Slow.md", note("type: client", "# a" + " #" * 50_000 + "b\n"), False),
    # characters that control a terminal
    "ugly client": HostileFile("clients/Ugly/Ugly.md", note(
        f"type: client\naliases: [{UGLY}]\nchannel: {UGLY}\nemail: {UGLY}\ntimezone: {UGLY}\nlanguage: {UGLY}\nrate: {UGLY}\n"
        f"tags: [{UGLY}]\nstatus: {UGLY}\ncadence: {UGLY}\n{UGLY}: 1", f"{RAW}\n\n## Preferences\n\n- {RAW}\n")),
    "ugly person": HostileFile(NOTE, note(f"type: person\nrole: {UGLY}\nemail: {UGLY}\nphone: [{UGLY}]\naliases: {UGLY}"), False),
    "ugly project": HostileFile(NOTE, note(f"type: project\nvalue: {UGLY}\ncurrency: {UGLY}\nstage: {UGLY}", RAW)),
    "ugly follow-up": HostileFile(NOTE, _follow_up(f"title: {UGLY}\ndue: 2026-11-12\nproject: {UGLY}\nperson: {UGLY}\nrecurrence: {UGLY}")),
    "ugly decision": HostileFile(NOTE, note(f"type: decision\ntitle: {UGLY}\nby: {UGLY}\nvia: {UGLY}\ntopic: {UGLY}\ndate: 2026-11-12")),
    "ugly interaction": HostileFile(NOTE, _talk(
        f"channel: {UGLY}\nsummary: {UGLY}\npeople: [{UGLY}]\nproject: {UGLY}\ndecisions: [{UGLY}]\nfeedback: {UGLY}\n"
        f"next_step: {UGLY}\nfollow_up: 2026-11-12")),
    "ugly body": HostileFile(NOTE, _talk("", f"{RAW}\n"), False),
    "ugly type": HostileFile(NOTE, note(f"type: {UGLY}"), False),
    "ugly name": HostileFile(f"{ACME}/{ESC}.md", note("type: person")),
    "ugly client's name": HostileFile(f"clients/{ESC} evil/{ESC} evil.md", note("type: client")),
    "an ugly folder's name": HostileFile(f"{ACME}/{ESC}/x.md", note("type: follow-up\ntitle: x"), False),
    "a newline in a name": HostileFile(f"{ACME}/a\nb.md", note("type: person")),
    "a direction in a name": HostileFile(f"{ACME}/\u202egnp.md", note("type: project")),
    "a name that is not UTF-8": HostileFile(os.fsdecode(ACME.encode() + b"/\xff\xfe.md"), note("type: person")),
    "a folder's name that is not UTF-8": HostileFile(os.fsdecode(b"clients/\xff\xfe/x.md"), note("type: client")),
    # names with a special meaning
    "con": HostileFile("clients/con/con.md", note("type: client")),
    "dots": HostileFile("clients/dots/dots.md", note('type: client\naliases: ["..", "...", ".", "", "/"]'), False),
    "colon and slash": HostileFile(f"{ACME}/a:b\\c?.md", note("type: person")),
    "255 bytes": HostileFile(f"{ACME}/{'x' * 252}.md", note("type: person"), False),
    "links out: interaction": HostileFile(NOTE, _talk(f"client: '{_OUT}'\nproject: '{_OUT}'\npeople: ['{_OUT}', '[[../Dana Roe]]']")),
    "links out: follow-up": HostileFile(NOTE, _follow_up(f"client: '{_OUT}'\nfrom: '{_OUT}'\ndue: 2026-11-12")),
    "links out: decision": HostileFile(NOTE, note(f"type: decision\nsupersedes: '{_OUT}'\nfrom: '[[/etc/passwd]]'")),
    "it supersedes itself": HostileFile(NOTE, note("type: decision\nsupersedes: '[[x]]'"), False),
    # the first and last dates that Python knows, and rules that never end
    "the last day": HostileFile(NOTE, _follow_up("due: 9999-12-31\nscheduled: 0001-01-01\nrecurrence: FREQ=DAILY"), False),
    "the first day": HostileFile(NOTE, _follow_up("due: 0001-01-01\nscheduled: 9999-12-31\nrecurrence: FREQ=DAILY"), False),
    "a talk at the end of time": HostileFile(NOTE, note("type: interaction\ndate: 0001-01-01T00:00:00\nnext_step: x"), False),
    "a rule that never comes": HostileFile(NOTE, _follow_up("due: 2026-11-12\nrecurrence: FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), False),
    "a rule from the year 1": HostileFile(NOTE, _follow_up("due: 2026-11-12\nrecurrence: DTSTART:00010101T000000;FREQ=DAILY"), False),
    "a rule by the second": HostileFile(NOTE, _follow_up("due: 2026-11-12\nrecurrence: FREQ=SECONDLY")),
    # special files and symbolic links
    "FIFO": HostileFile(NOTE, os.mkfifo),
    "socket": HostileFile(NOTE, _socket),
    "link to /etc/passwd": HostileFile(f"{ACME}/y.md", symlink_to("/etc/passwd")),
    "link to a client outside": HostileFile("clients/Evil/Evil.md", symlink_to("../../../outside/secret.md")),
    "linked folder": HostileFile(f"{ACME}/linked", symlink_to("../../../outside")),
    "link to itself": HostileFile(NOTE, symlink_to("x.md")),
    "folder linked to itself": HostileFile(f"{ACME}/loop", symlink_to("loop"), False),
    "two links in a circle": HostileFile(f"{ACME}/one", _circle, False),
    "folder linked to its own folder": HostileFile(f"{ACME}/loop", symlink_to(".")),
    "folder linked to the vault": HostileFile(f"{ACME}/loop", symlink_to("../..")),
    "link to nothing": HostileFile(NOTE, symlink_to("nowhere.md")),
    "link to /dev/zero": HostileFile(NOTE, symlink_to("/dev/zero")),
    "a folder called x.md": HostileFile(NOTE, Path.mkdir, False),
    # settings
    "settings nested deep": HostileFile("vaultcrm.toml", b"a = " + b"[" * 50_000, False),
    "settings that are a FIFO": HostileFile("vaultcrm.toml", os.mkfifo, False),
    "settings that are /dev/zero": HostileFile("vaultcrm.toml", symlink_to("/dev/zero"), False),
    "settings with control characters": HostileFile("vaultcrm.toml", ESC.encode(), False),
    "patterns that backtrack": HostileFile("vaultcrm.toml", b'ignore = ["' + b"*a" * 200 + b'b", "[", "[!", "\\u001b"]', False),
    "Obsidian's settings nested deep": HostileFile(".obsidian/templates.json", b"[" * 100_000, False),
    "Obsidian's settings are a FIFO": HostileFile(".obsidian/templates.json", os.mkfifo, False),
}  # fmt: skip


def check_alone(name: str) -> list[str]:
    """The faults of one hostile file in a vault with a valid client: `check` must report it, and the client's brief must be complete."""
    hostile = HOSTILE_FILES[name]
    with sandbox() as box:
        put(box.vault / hostile.path, hostile.content)
        before, outside = file_states(box.vault), file_states(box.outside)
        codes = (0, 1, 4, 6) if hostile.path.startswith(("vaultcrm", ".obsidian")) else (0, 1)
        faults: list[str] = []
        for words in (("brief", "acme", "--json"), ("check", "--json")):
            run = box.run(*words)
            faults += run_faults(run, codes)
            if run.code < 0:
                return faults  # it was killed because it hung, and would hang again
            faults += [f"{run.shown}: {path} is missing" for path in _missing(run)]
        if hostile.is_problem and not any(shown in run.out for shown in _spellings(hostile.path)):
            faults.append(f"check does not report {hostile.path!r}")
        if b"type: client" in _start_of(hostile) and not hostile.path.startswith(ACME):
            faults += run_faults(box.run("brief", hostile.path), (0, 3, 4))
        faults += [f"reading changed {path!r}" for path in changed_paths(before, file_states(box.vault))]
        for item in box.json_list("due", "--all") if b"type: follow-up" in _start_of(hostile) else ():
            if item["source"]["path"] == hostile.path:
                for words in (("snooze", item["id"], "1 dec"), ("done", item["id"], "--early")):
                    faults += run_faults(box.run(*words), (0, 4))
        faults += [f"outside of the vault: {path!r}" for path in changed_paths(outside, file_states(box.outside))]
    return faults


def _start_of(hostile: HostileFile) -> bytes:
    return hostile.content[:100] if isinstance(hostile.content, bytes) else b""


def put(path: Path, made: Content) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(made, bytes):
        path.write_bytes(made)
    else:
        if path.is_file():
            path.unlink()
        made(path)


def _missing(run: Run) -> list[str]:
    """The valid client's notes that are missing from its brief."""
    is_brief = run.words[0] == "brief" and run.code == 0
    return [path for path in SMALL_VAULT if path.endswith(".md") and path not in run.out] if is_brief else []


def _spellings(path: str) -> list[str]:
    """How a path may be written in JSON: bytes that aren't UTF-8 are replaced, or escaped as in Python."""
    raw = os.fsencode(path)
    return [json.dumps(raw.decode("utf-8", how), ensure_ascii=ascii) for how in ("replace", "backslashreplace") for ascii in (False, True)]


WRITES: tuple[tuple[str, ...], ...] = (
    ("log", "acme", "Dana wants two options", "--next", "Send the plan", "--due", "fri"),
    ("follow-up", "add", "acme", "Ask", "--due", "fri"),
    ("decide", "acme", "Three milestones", "--supersedes", "Fixed price"), ("client", "add", "New client"),
    ("person", "add", "acme", "New person"), ("project", "add", "acme", "New project"), ("set", "acme", "rate=60"),
)  # fmt: skip


def check_together(names: Sequence[str], max_clients: int = 20) -> list[str]:
    """The faults of all these hostile files in one vault, each in its own folder: every command must answer, and undo must restore all."""
    with sandbox() as box:
        for i, name in enumerate(names):
            hostile = HOSTILE_FILES[name]
            path = hostile.path.replace(f"{ACME}/", f"{ACME}/{i}/", 1)
            if hostile.path.startswith(ACME) or not os.path.lexists(box.vault / path):
                put(box.vault / path, hostile.content)
        before, outside = read_files(box.vault), file_states(box.outside)
        faults = read_all(box, "hostile", max_clients=max_clients).faults
        for words in (*WRITES, *(("undo",) for _ in WRITES)):
            faults += run_faults(box.run(*words), (0,))
        faults += [f"undo did not restore {path!r}" for path in changed_paths(before, read_files(box.vault))]
        return faults + [f"outside of the vault: {path!r}" for path in changed_paths(outside, file_states(box.outside))]
