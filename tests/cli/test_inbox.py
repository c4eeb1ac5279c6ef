"""The command `inbox`: its review on a real terminal, key by key, and what it prints to programs."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.actions.inbox.notes import SAM, inbox_crm, parked_note
from tests.actions.vaults import CLIENT, note
from tests.fork_server import run_vaultcrm
from tests.support import contents
from tests.terminal import run_on_terminal

DANA = "Dana Roe (dana@private.example)"
FILES = {
    "2026-11-14 0900 Question.md": parked_note(SAM, summary="A question", body="Do you have time?"),
    "2026-11-13 0900 Again.md": parked_note(SAM, summary="Again"),
    "2026-11-12 0900 Address.md": parked_note("kit@field.example", summary="Address"),
    "2026-11-11 0900 Private.md": parked_note(DANA, summary="Private"),
    "2026-11-10 0900 Sale.md": parked_note("Shop (news@gmail.com)", summary="Sale"),
    "clients/Acme/Dana Roe.md": note("person", "email: dana@acme.example"),
    "clients/Juniper Row/Juniper Row.md": CLIENT,
}  # fmt: skip
MENU = "[q]uit [?]"
WHICH = "Enter to go back):"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for day, name in enumerate(("Sale", "Private", "Address", "Again", "Question"), 10):
        FILES[f"2026-11-{day} 0900 {name}.md"] = FILES[f"2026-11-{day} 0900 {name}.md"].replace("2026-11-10T", f"2026-11-{day}T")
    inbox_crm(tmp_path / "v", FILES)
    return tmp_path / "v"


def run(root: Path, *words: str) -> tuple[int, str, str]:
    done = run_vaultcrm("--vault", str(root), "--today", "2026-11-16", *words)
    return done.returncode, done.stdout, done.stderr


def review(root: Path, answers: Sequence[tuple[str, str]], columns: int = 100, **environment: str) -> tuple[int, str]:
    """The review on a terminal: see `run_on_terminal`."""
    return run_on_terminal(["--vault", str(root), "--today", "2026-11-16", "inbox"], answers, columns, **environment)


def test_notes_are_filed_and_a_rule_takes_the_others_along(root: Path) -> None:
    before = contents(root)
    code, said = review(
        root,
        [
            (MENU, "x"),
            ("Press one of these keys: ", ""),
            (MENU, "f"),
            (WHICH, "jumper\n"),
            ("Did you mean 'Juniper Row'?", ""),
            (WHICH, "jun\n"),
            ("[n]o", "d"),
            ("All of these? [y]es [n]o", "y"),
            ("4 of 5", ""),
            (MENU, "1"),
            ("[n]o", "n"),
            (MENU, "q"),
        ],
    )
    assert code == 0, said
    assert "1 of 5  Sat 2026-11-14 09:00 email from Sam Field (sam@field.example)\nA question\n  Do you have time?\n" in said
    assert "It isn't known. 1 more note from there in the inbox.\n" in said
    assert "1 more note from Sam Field in the inbox:\n  2026-11-13  Sam Field  Again\n" in said
    assert "2 notes in the inbox:\n  2026-11-13  Sam Field          Again\n  2026-11-12  kit@field.example  Address\n" in said
    assert "From now on, @field.example is filed with Juniper Row (vaultcrm.toml).\n" in said
    assert "Press 1 for Acme\n" in said
    assert said.endswith("Filed 4 notes. 1 note left in the inbox.\n")
    after = contents(root)
    folder = "clients/Juniper Row/interactions"
    moved = {f"{folder}/2026-11-{day} 0900 {name}.md" for day, name in ((14, "Question"), (13, "Again"), (12, "Address"))}
    assert {path for path in after if path.startswith(folder)} == moved
    assert after["vaultcrm.toml"].endswith(b'\n[import.senders]\n"@field.example" = "Juniper Row"\n')
    assert [run(root, "undo")[0] for _ in range(3)] == [0, 0, 0]
    assert contents(root) == before


def test_a_client_a_person_an_ignored_sender_and_undo(root: Path) -> None:
    code, said = review(
        root,
        [
            (MENU, "o"),
            ("  Are you free?", ""),  # as the editor left it
            (MENU, "s"),
            (MENU, "c"),
            ("Name of the client [Sam Field]:", "acme\n"),
            ("There is already a client called 'acme'", ""),
            ("2 of 5", ""),
            (MENU, "c"),
            ("Name of the client [Sam Field]:", "Field Books\n"),
            ("[n]o", "y"),  # the other one of the sender
            ("3 of 5", ""),
            (MENU, "u"),
            ("Undone.", ""),
            ("1 of 5", ""),  # which is back
            (MENU, "s"),
            ("3 of 5", ""),
            (MENU, "s"),
            ("4 of 5", ""),
            (MENU, "p"),
            (WHICH, "1\n"),
            ("Name of the person [Dana Roe]:", "\n"),
            ("5 of 5", ""),
            (MENU, "i"),
            ("[y]es [k]eep the note [n]o", "y"),  # no rule for gmail.com as a whole
        ],
        EDITOR="sed -i 's/Do you have time/Are you free/'",
    )
    assert code == 0, said
    after = contents(root)
    assert b"dana@private.example" in after["clients/Acme/Dana Roe.md"]
    assert b'- "[[Dana Roe]]"\n' in after["clients/Acme/interactions/2026-11-11 0900 Private.md"]
    assert b"- sam@field.example\n" in after["clients/Field Books/Sam Field.md"]
    assert "clients/Field Books/interactions/2026-11-13 0900 Again.md" in after
    assert after["vaultcrm.toml"].endswith(b'"news@gmail.com" = "ignore"\n')
    assert [path for path in after if path.startswith("inbox/")] == [
        f"inbox/2026-11-{name}.md" for name in ("12 0900 Address", "14 0900 Question")
    ]
    assert said.endswith("Filed 2 notes and removed 1 note. 2 notes left in the inbox.\n")


def test_fzf_picks_the_client_where_it_is_installed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    fzf = tmp_path / "bin/fzf"
    fzf.write_text("#!/bin/sh\ngrep Juniper\n")  # reads the lines and prints the one that was chosen, as fzf does
    fzf.chmod(0o755)
    path = f"{fzf.parent}:{os.environ['PATH']}"
    code, said = review(root, [(MENU, "f"), ("[n]o", "n"), (MENU, "q")], TERM="xterm", PATH=path)
    assert code == 0, said
    assert "Filed 1 note with Juniper Row." in said
    fzf.write_text("#!/bin/sh\nexit 130\n")  # left with Escape
    code, said = review(root, [(MENU, "f"), ("1 of 4", ""), (MENU, "q")], TERM="xterm", PATH=path)
    assert code == 0, said
    assert "4 notes left in the inbox." in said
    fzf.write_text("#!/bin/sh\nexit 2\n")  # it can't do what it is asked
    assert review(root, [(MENU, "f"), (WHICH, "\n"), (MENU, "q")], TERM="xterm", PATH=path)[0] == 0


def test_the_end_of_the_input_and_an_interrupt_end_the_review(root: Path) -> None:
    before = contents(root)
    assert review(root, [(MENU, "\x04")])[0] == 0
    assert review(root, [(MENU, "\x03")])[0] == 130
    assert contents(root) == before


def test_without_a_terminal_to_show_notes_on_they_are_listed(root: Path) -> None:
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "vaultcrm", "--vault", str(root), "inbox"]
    done = subprocess.run(command, stdin=slave, stdout=subprocess.PIPE, stderr=slave, env={**os.environ, "NO_COLOR": "1"}, text=True)
    os.close(slave)
    os.close(master)
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 5)


def test_an_empty_inbox(tmp_path: Path) -> None:
    inbox_crm(tmp_path / "v", {})
    code, said = review(tmp_path / "v", [])
    assert (code, said) == (1, "The inbox is empty.\n")
    assert run(tmp_path / "v", "inbox") == (1, "", "The inbox is empty.\n")
    assert run(tmp_path / "v", "inbox", "list", "--json") == (1, "[]\n", "")


def test_programs_get_the_list_and_what_was_done(root: Path) -> None:
    code, out, _ = run(root, "inbox", "--json")
    listed = json.loads(out)
    assert code == 0
    assert [(item["subject"], item["sender"], item["reason"]) for item in listed][:2] == [
        ("A question", "sam@field.example", "It isn't known."),
        ("Again", "sam@field.example", "It isn't known."),
    ]
    new = "clients/Acme/interactions/2026-11-14 0900 Question.md"
    code, out, _ = run(root, "inbox", "file", listed[0]["id"][:5], "acme", "--json")
    assert (code, json.loads(out)) == (
        0,
        {
            "created": [], "changed": [new], "client": "Acme", "notes": [new], "left": [], "person": None, "rules": [],
            "moved": [{"from": "inbox/2026-11-14 0900 Question.md", "to": new}],
        },
    )  # fmt: skip
    code, out, _ = run(root, "inbox", "ignore", "again", "--json")
    assert (code, json.loads(out)) == (
        0,
        {
            "created": [], "changed": ["vaultcrm.toml"], "removed": ["inbox/2026-11-13 0900 Again.md"], "left": [],
            "rules": [{"sender": "sam@field.example", "client": "ignore", "was": None}],
        },
    )  # fmt: skip
    code, out, _ = run(root, "inbox", "person", "address", "juniper", "Kit", "--json")
    assert (code, json.loads(out)["created"]) == (0, ["clients/Juniper Row/Kit.md"])
    code, out, _ = run(root, "inbox", "client", "sale", "--json")
    assert (code, json.loads(out)["client"]) == (0, "Shop")
    assert run(root, "inbox", "file", "nothing", "acme")[0] == 3
    assert run(root, "inbox", "file", "private", "nobody")[0] == 3


def test_several_notes_are_filed_in_one_step(root: Path) -> None:
    before = contents(root)
    assert run(root, "-q", "inbox", "file", "question", "address", "sale", "acme") == (
        0,
        "".join(f"clients/Acme/interactions/2026-11-{name}.md\n" for name in ("14 0900 Question", "12 0900 Address", "10 0900 Sale")),
        "",
    )
    run(root, "undo")
    assert contents(root) == before


def test_what_is_known_by_now_is_filed_and_an_import_of_contacts_says_so(root: Path, tmp_path: Path) -> None:
    assert run(root, "inbox", "sort") == (1, "", "Nobody in the inbox is known by now. Review it with: vaultcrm inbox\n")
    (tmp_path / "a.vcf").write_text("BEGIN:VCARD\nVERSION:3.0\nFN:Sam Field\nORG:Field\nEMAIL:sam@field.example\nEND:VCARD\n")
    assert (
        "3 notes in the inbox have a client now. File what is known with: vaultcrm inbox sort\n"
        in run(root, "import", f"{tmp_path}/a.vcf")[2]
    )
    code, printed, said = run(root, "inbox", "sort")
    assert (code, said) == (0, "Filed 3 notes with Field.\n")
    assert printed.splitlines() == [
        "clients/Field/interactions/2026-11-14 0900 Question.md",
        "clients/Field/interactions/2026-11-13 0900 Again.md",
        "clients/Field/interactions/2026-11-12 0900 Address.md",
    ]
    (root / "clients/Acme/Dana Roe.md").write_text(note("person", "email: [dana@acme.example, dana@private.example]"))
    (filed,) = json.loads(run(root, "--json", "inbox", "sort")[1])
    assert (filed["client"], filed["notes"]) == ("Acme", ["clients/Acme/interactions/2026-11-11 0900 Private.md"])
