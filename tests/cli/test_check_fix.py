"""The command `check --fix`: what it asks on a terminal, and what it does without one."""

import os
import pty
import subprocess
import termios
from pathlib import Path

from tests.actions.copies import COPY, NOTE, PHONE, crm_of
from tests.fork_server import program_folder, run_vaultcrm
from tests.support import contents, make_vault


def run(vault: Path, *words: str, answers: str | None = None, columns: int = 80) -> tuple[int, str]:
    """The command with its exit code and all that it prints; with answers, on a terminal of so many columns."""
    words = ("--vault", str(vault), "--today", "2026-11-16", *words)
    if answers is None:
        done = run_vaultcrm(*words)
        return done.returncode, done.stdout + done.stderr
    command = [f"{program_folder()}/vaultcrm", *words]
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (24, columns))
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env={**os.environ, "TERM": "dumb", "NO_COLOR": "1"})
    os.close(slave)
    os.write(master, answers.encode())
    said = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # the other end is closed
            break
        said += part
        if not part:
            break
    os.close(master)
    return process.wait(), said.decode()


def test_the_person_is_asked_for_what_differs(tmp_path: Path) -> None:
    root = Path(crm_of(tmp_path).vault.root)
    code, said = run(root, "check", "--fix", answers="c\n")
    assert code == 0, said
    assert "rate: 80 in the original, 85 in the copy" in said
    assert "+  - print" in said
    assert contents(root) == {"clients/Acme/Acme.md": PHONE.encode()}
    assert run(root, "undo")[0] == 0
    code, said = run(root, "check", "--fix", answers="l\n")
    assert (code, len(contents(root))) == (1, 2), said


def test_the_same_choice_between_an_original_and_its_copies_is_made_once(tmp_path: Path) -> None:
    files = {"clients/Acme/Acme.md": NOTE, COPY: PHONE, COPY.replace("20260102", "20260103"): PHONE}
    root = Path(crm_of(tmp_path, **files).vault.root)
    code, said = run(root, "check", "--fix", answers="o\n")
    assert code == 0, said
    assert contents(root) == {"clients/Acme/Acme.md": PHONE.replace("85", "80").encode()}
    assert said.count("keep the original's") == 1


def test_without_a_terminal_only_what_contradicts_nothing_is_merged_and_only_with_yes(tmp_path: Path) -> None:
    files = {"clients/Acme/Acme.md": NOTE, COPY: PHONE, "b.md": "b\n", "b (conflicted copy 2026-01-02).md": "b\nc\n"}
    root = Path(crm_of(tmp_path, **files).vault.root)
    before = contents(root)
    code, said = run(root, "check", "--fix")
    assert (code, contents(root)) == (1, before)
    assert "Use --yes to merge where nothing contradicts." in said
    code, said = run(root, "check", "--fix", "--yes")
    assert code == 1
    assert "Not merged: the two differ in rate." in said
    assert contents(root) == {"clients/Acme/Acme.md": NOTE.encode(), COPY: PHONE.encode(), "b.md": b"b\nc\n"}
    assert run(root, "check", "--yes")[0] == 2


def test_a_question_breaks_between_words_on_a_narrow_terminal(tmp_path: Path) -> None:
    code, said = run(Path(crm_of(tmp_path).vault.root), "check", "--fix", answers="c\n", columns=40)
    assert code == 0
    lines = said.replace("\r", "").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("rate: keep"))
    question = ["rate: keep the original's (o), take", "the copy's (c), or leave the copy for", "now (l)? [o/c/l]: "]
    assert [line[: len(part)] for line, part in zip(lines[start:], question, strict=False)] == question


def test_dated_notes_without_a_type_are_a_hint_and_no_problem(tmp_path: Path) -> None:
    names = [f"clients/Acme/2026-11-0{n} Call.md" for n in range(1, 6)]
    root = make_vault(tmp_path / "v", {"clients/Acme/Acme.md": "---\ntype: client\n---\n", **dict.fromkeys(names, "Dana called.\n")}).root
    code, said = run(Path(root), "check")
    assert (code, said) == (
        0,
        "No problems.\n"
        f"5 dated notes without a type count as conversations: {', '.join(names[:3])} and 2 more\n"
        f'To give one people, a channel or decisions: vaultcrm set "{names[0]}" type=interaction\n',
    )
    assert run(Path(root), "--json", "check") == (0, "[]\n")
    assert '"dated_notes": [\n    "clients/Acme/2026-11-01 Call.md",' in run(Path(root), "--json", "check", "--fix")[1]
