"""Hostile templates, links that lead out of the vault, and hostile arguments."""

import os
import re
from pathlib import Path
from typing import NamedTuple

from tests.robustness.hostile_files import ESC, NOTE, RAW, UGLY, WRITES, Content, note, put, symlink_to
from tests.robustness.sandbox import (
    ACME,
    BIDI,
    CONTROLS,
    changed_paths,
    file_states,
    is_complete_note,
    read_files,
    run_faults,
    sandbox,
    write_files,
)


class Trap(NamedTuple):
    """Something hostile at a path in the vault, a command that uses it, and the exit codes that are right."""

    path: str
    content: Content
    command: tuple[str, ...]
    codes: tuple[int, ...] = (4,)
    setup: tuple[str, ...] = ()  # a command to run before


def _moved_out(path: Path) -> None:
    """Move a folder out of the vault and leave a symbolic link to it."""
    path.mkdir(exist_ok=True)
    outside = next(folder for folder in path.parents if folder.name == "vault").with_name("outside") / path.name
    path.rename(outside)
    path.symlink_to(outside)


def _hard_link_outside(path: Path) -> None:
    path.hardlink_to(path.parents[3] / "outside/secret.md")


def _template(text: str, codes: tuple[int, ...] = (4,)) -> Trap:
    return Trap("templates/interaction.md", f"---\n{{{{ properties }}}}\n---\n{text}\n".encode(), WRITES[0], codes)


def _brief(text: bytes, *options: str, codes: tuple[int, ...] = (0,)) -> Trap:
    return Trap("templates/brief.txt", text, ("brief", "acme", *options), codes)


_LOOPS, _ENDS = "".join(f"{{% for {name} in range(1000) %}}" for name in "abcd"), "{% endfor %}" * 4
_TEN = '{% set a = "0123456789" %}'
_MADE = f"{ACME}/follow-ups/Ask.md"
_MAY_REFUSE = (0, 4, 6)

TRAPS = {
    "template: loops for ever": _template(_LOOPS + _ENDS),
    "template: prints for ever": _template(_LOOPS + "evil" + _ENDS),
    "template: includes itself": _template('{% include "interaction.md" %}'),
    "template: calls itself": _template("{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}"),
    "template: a gigabyte by *": _template('{{ "x" * 1000000000 }}'),
    "template: a gigabyte by %": _template('{{ "%1000000000d" % 1 }}'),
    "template: a gigabyte by +": _template(_TEN + "{% set a = a + a %}" * 27 + "{{ a }}"),
    "template: a gigabyte by ~": _template(_TEN + "{% set a = a ~ a %}" * 27 + "{{ a|length }}"),
    "template: a gigabyte by replace": _template('{{ "xxxxxxxxxx"' + '|replace("x", "xxxxxxxxxx")' * 8 + "|length }}"),
    "template: a gigabyte by join": _template("{% set a = range(1000)|join(range(1000)|join) %}{{ range(1000)|join(a)|length }}"),
    "template: a power by round": _template('{{ 1|round(30000000, "ceil") }}'),
    "template: 25 loops in each other": _template("{% for a in [1] %}" * 25 + "{% endfor %}" * 25, _MAY_REFUSE),
    "template: 300 lists in each other": _template("{{ " + "[" * 300 + "]" * 300 + " }}", _MAY_REFUSE),
    "template: 10,000 lists in each other": _template("{{ " + "[" * 10_000 + "]" * 10_000 + " }}", _MAY_REFUSE),
    "template: a number of 5,000 digits": _template("{{ " + "9" * 5000 + " }}", _MAY_REFUSE),
    "template: out of the sandbox": _template("{{ ''.__class__.__mro__[1].__subclasses__() }}"),
    "template: out by format": _template('{{ "{0.__class__}".format(1) }}'),
    "template: a file outside": _template('{% include "../../outside/secret.md" %}', (3, 4)),
    "template: binary": Trap("templates/interaction.md", bytes(range(256)), WRITES[0], (4, 6)),
    "template: no properties": Trap("templates/interaction.md", b"evil\n", WRITES[0]),
    "template: a FIFO": Trap("templates/interaction.md", os.mkfifo, WRITES[0], _MAY_REFUSE),
    "template: /dev/zero": Trap("templates/interaction.md", symlink_to("/dev/zero"), WRITES[0], _MAY_REFUSE),
    "template: a folder": Trap("templates/interaction.md", Path.mkdir, WRITES[0], _MAY_REFUSE),
    "template: linked to outside": Trap("templates/interaction.md", symlink_to("../../outside/secret.md"), WRITES[0], _MAY_REFUSE),
    "brief: control characters": _brief(RAW.encode()),
    "brief: control characters in colour": _brief(RAW.encode(), "--color"),
    "brief: written escapes": _brief(rb'{{ "\x1b]52;c;ZXZpbA==\x07 \x9b31m" }}'),
    "brief: a summary as it is": _brief(b"{{ talks[0].summary }}"),
    "brief: loops for ever": _brief((_LOOPS + _ENDS).encode(), codes=(4,)),
    "brief: a style that is none": _brief(b'{{ line("", ["x"], "a", "evil") }}', "--color", codes=(0, 4)),
    "out: a second name of a file outside": Trap(NOTE, _hard_link_outside, ("set", NOTE, "x=1"), (4, 5, 6)),
    "out: a linked note": Trap(NOTE, symlink_to("../../../outside/secret.md"), ("set", NOTE, "x=1"), (3, 4)),
    "template: broken for the second note": Trap("templates/follow-up.md", b"{{ nothing }}", WRITES[0]),
    "out: linked interactions": Trap(f"{ACME}/interactions", _moved_out, WRITES[0]),
    "out: linked follow-ups": Trap(f"{ACME}/follow-ups", _moved_out, WRITES[1]),
    "out: linked follow-ups of a log": Trap(f"{ACME}/follow-ups", _moved_out, WRITES[0]),
    "out: linked decisions": Trap(f"{ACME}/decisions", _moved_out, ("decide", "acme", "Three milestones")),
    "out: linked clients": Trap("clients", _moved_out, ("client", "add", "New client")),
    "out: undo of what was moved out": Trap(f"{ACME}/follow-ups", _moved_out, ("undo",), (4, 5, 6), setup=WRITES[1]),
    "out: undo of what is a link": Trap(_MADE, symlink_to("../../../outside/secret.md"), ("undo",), (4, 5, 6), setup=WRITES[1]),
}  # fmt: skip


def check_trap(name: str) -> list[str]:
    """The faults of one trap: the command must answer in time, write all or nothing, and neither read nor write outside the vault."""
    trap = TRAPS[name]
    with sandbox() as box:
        write_files(box.vault, {f"{ACME}/interactions/2026-11-09 Ugly.md": note(f"type: interaction\nsummary: {UGLY}")})
        if trap.setup:
            box.run(*trap.setup)
        put(box.vault / trap.path, trap.content)
        before, outside = read_files(box.vault), file_states(box.outside)
        run = box.run(*trap.command)
        faults = run_faults(run, trap.codes)
        new = {path: data for path, data in read_files(box.vault).items() if before.get(path) != data}
        if run.code and (new or read_files(box.vault) != before):
            faults.append(f"{run.shown}: exit {run.code}, although it changed {changed_paths(before, read_files(box.vault))}")
        faults += [f"{run.shown}: {path} is not a complete note" for path, data in new.items() if not is_complete_note(data)]
        if any(b"Nobody may read" in data for data in new.values()) or "Nobody may read" in run.out:
            faults.append(f"{run.shown}: a file outside the vault was read")
        faults += [f"{run.shown}: {path!r} outside the vault was changed" for path in changed_paths(outside, file_states(box.outside))]
    return faults


# --------------------------------------------------------------------- hostile arguments

_LONG, _WORDS, _BYTES = "x" * 10_000, "word " * 2_000 + "end", os.fsdecode(b"\xff\xfe bytes")
_NOBODY = f"{ESC}nobody"

# What somebody may type or paste, with the digits of the right exit codes: 0 if it is written, 2 to 5 if it is refused with a reason.
COMMANDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    *((codes, ("client", "add", title)) for codes, title in (
        ("0", "../../evil"), ("0", f"{ESC}bad"), ("0", "con"), ("0", "\u202egnp.exe"), ("0", _LONG), ("0", _WORDS), ("0", "a\nb\r\nc"),
        ("0", "C:\\Windows"), ("0", ".hidden"), ("0", "[[y]]#^|"), ("0", "z: y # z"), ("0", "e\u0301" * 200), ("0", "{{ 7 * 7 }}"),
        ("4", ""), ("4", "."), ("4", ".."), ("4", "..."), ("4", "🎉"), ("4", "   "), ("4", _BYTES),
    )),
    *((codes, ("log", "acme", *text)) for codes, text in (
        ("0", ("\x1b[2J",)), ("0", (f"{ESC}{RAW}",)), ("0", ("../../evil",)), ("0", ("con",)), ("0", ("🎉",)), ("0", ("...",)),
        ("0", (_LONG,)), ("0", (_WORDS,)), ("2", ("",)), ("2", ("   ",)), ("4", (_BYTES,)), ("0", ("--", "---\ntype: client\n---\n")),
        ("0", ("{{ 7 * 7 }}{% for x in y %}",)), ("0", ("x", "--summary", _LONG)), ("4", ("x", "--with", _BYTES)),
        ("2", ("x", "--next", "...")), ("0", ("x", "--next", _LONG)), ("3", ("x", "--project", ESC)), ("2", ("x", "--channel", ESC)),
        ("4", ("x", "--at", ESC)),
        *(("0", ("x", option, f"{ESC}bad")) for option in ("--summary", "--with", "--decision", "--feedback", "--tag", "--next")),
    )),
    *((codes, ("follow-up", "add", "acme", *text)) for codes, text in (
        ("0", ("con",)), ("0", ("../../evil",)), ("0", (f"{ESC}bad",)), ("0", (_LONG,)), ("4", ("",)), ("4", ("🎉",)), ("4", ("...",)),
        ("4", (_BYTES,)), ("4", ("x", "--due", ESC)), ("4", ("x", "--due", "1 jan", "--every", ESC)), ("4", ("x", "--due", "9999-12-31")),
    )),
    *((codes, ("decide", "acme", text)) for codes, text in (("0", f"{ESC}bad"), ("0", _LONG), ("4", ""), ("4", "🎉"), ("4", _BYTES))),
    *((codes, (kind, "add", "acme", text)) for kind in ("person", "project") for codes, text in (
        ("0", f"{ESC}bad"), ("0", "../../evil"), ("0", "nul"), ("0", _LONG), ("4", ""), ("4", ".."), ("4", _BYTES),
    )),
    *((codes, ("set", "acme", text)) for codes, text in (
        ("0", "x=../../y"), ("0", f"y={RAW}"), ("0", f"z={_LONG}"), ("4", f"a={_BYTES}"), ("2", "x="), ("2", "=x"), ("04", f"{ESC}=x"),
        ("4", "status=../../y"), ("04", "a\nb: c=x"), ("0", "b=a\nb: c"), ("0", "c=---"), ("4", "y=" + "x" * 70_000), ("0", f"tags+={ESC}"),
    )),
    *((codes, ("set", note, "x=1")) for codes, note in (
        ("3", "../outside/secret.md"), ("3", "/etc/passwd"), ("4", _BYTES), ("3", _NOBODY), ("3", ""), ("3", "../nowhere"),
    )),
    *(("3", ("done", handle)) for handle in (ESC, "", "..", _LONG, "%")),
    *(("3", (*words, name)) for words in (("brief",), ("client", "show"), ("project", "show")) for name in (
        _NOBODY, "", "../../outside/secret", "q" * 10_000, "[[q]]",
    )),
    ("1", ("decisions", ESC + "?")), ("4", ("decisions", _BYTES)), ("4", ("brief", _BYTES)), ("4", ("done", _BYTES)),
    ("4", ("due", "--within", ESC)),
    ("014", ("due", "--within", "9999y")),
    ("4", ("--today", ESC, "due")), ("014", ("--today", "9999-12-31", "due")), ("014", ("--today", "0001-01-01", "due")),
    ("014", ("--today", "9999-12-31", "stale")), ("3", ("--vault", ESC, "due")), ("34", ("--vault", _BYTES, "due")),
    ("2", (ESC,)), ("24", (_BYTES,)), ("2", ("due", f"--{ESC}")), ("2", ("brief", "acme", ESC)), ("2", ("client", ESC)),
    ("24", ("undo", _BYTES)),
    ("3", ("snooze", ESC, "fri")), ("4", ("snooze", "0000", ESC)), ("4", ("drop", _BYTES)), ("3", ("timeline", _NOBODY)),
)  # fmt: skip


def check_commands(part: int = 0, parts: int = 1, max_undone: int = len(COMMANDS)) -> list[str]:
    """The faults of one part of COMMANDS out of `parts`: names must be legal, notes complete, and the folder outside untouched.

    Undo must then revert the last `max_undone` commands that wrote.
    """
    with sandbox() as box:
        outside = file_states(box.outside)
        faults: list[str] = []
        steps: list[dict[str, bytes]] = []  # the vault before each line that wrote
        for codes, words in COMMANDS[part::parts]:
            before = read_files(box.vault)
            run = box.run(*words)
            after = read_files(box.vault)
            faults += run_faults(run, [int(code) for code in codes])
            changed = changed_paths(before, after)
            steps += [before] if changed else []
            if run.code and changed:
                faults.append(f"{run.shown}: exit {run.code}, although it changed {changed}")
            faults += [f"{run.shown}: {fault}" for path in changed for fault in _note_faults(path, after.get(path, b""))]
        for words in (("check",), ("client", "list"), ("brief", "acme"), ("timeline", "acme"), ("undo", "--list"), ("undo", "--show")):
            faults += [fault for extra in ((), ("--json",), ("--color",)) for fault in run_faults(box.run(*words, *extra), (0, 1))]
        for before in reversed(steps[-max_undone:]):
            faults += run_faults(box.run("undo"), (0,))
            faults += [f"undo did not restore {path!r}" for path in changed_paths(before, read_files(box.vault))]
        return faults + [f"outside of the vault: {path!r}" for path in changed_paths(outside, file_states(box.outside))]


def _note_faults(path: str, data: bytes) -> list[str]:
    """What is wrong with the name or the contents of a note that a command wrote."""
    found = [] if is_complete_note(data) else [f"{path} is not a complete note"]
    for name in path.split("/"):
        if CONTROLS.search(name) or BIDI.search(name) or re.search(r'[\n\\:*?"<>|#^\[\]]', name) or len(name.encode()) > 255:
            found.append(f"the name {name!r} is not legal on every system")
        if name.split(".")[0].lower() in ("con", "nul") or name != name.strip(" ") or name.startswith("."):
            found.append(f"the name {name!r} is not legal on Windows, or hidden")
    return found
