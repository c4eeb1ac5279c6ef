"""Searches of the same notes with other tools: ripgrep, SQLite's FTS5, notmuch."""

import shutil
import sqlite3
import sys
import time
from email.message import EmailMessage

from measure import Sandbox

_QUERY = "import sqlite3, sys\nfor row in sqlite3.connect(sys.argv[1]).execute(sys.argv[3], (sys.argv[2],)): print(*row)\n"
_FTS = "SELECT path, snippet(notes, 1, '[', ']', '…', 12) FROM notes WHERE notes MATCH ? ORDER BY bm25(notes) LIMIT 10"


def searches(sandbox: Sandbox, word: str) -> tuple[dict[str, list[str]], dict[str, float]]:
    """The command of each tool that searches for a word, and the seconds that each tool took to index all notes.

    A tool that isn't installed is left out.
    """
    commands: dict[str, list[str]] = {}
    indexing: dict[str, float] = {}
    if shutil.which("rg"):
        commands["`rg -c`"] = ["rg", "-c", "--no-messages", word, str(sandbox.vault)]
    commands["FTS5"], indexing["FTS5"] = _fts5(sandbox, word)
    if shutil.which("notmuch"):
        commands["`notmuch`"], indexing["`notmuch`"] = _notmuch(sandbox, word)
    return commands, indexing


def _fts5(sandbox: Sandbox, word: str) -> tuple[list[str], float]:
    """A bare Python process that queries a full-text table. It reads no notes, so it doesn't notice changes."""
    start = time.perf_counter()
    file, query = sandbox.folder / "fts.sqlite", sandbox.folder / "fts.py"
    connection = sqlite3.connect(file)
    connection.execute("CREATE VIRTUAL TABLE notes USING fts5(path UNINDEXED, body, tokenize = 'porter unicode61')")
    notes = ((str(path.relative_to(sandbox.vault)), path.read_text("utf-8")) for path in sandbox.vault.rglob("*.md"))
    connection.executemany("INSERT INTO notes VALUES (?, ?)", notes)
    connection.commit()
    connection.close()
    query.write_text(_QUERY)
    return [sys.executable, str(query), str(file), word, _FTS], time.perf_counter() - start


def _notmuch(sandbox: Sandbox, word: str) -> tuple[list[str], float]:
    """notmuch, with each note as a mail."""
    mails = sandbox.folder / "mail" / "cur"
    mails.mkdir(parents=True)
    for number, path in enumerate(sorted(sandbox.vault.rglob("*.md"))):
        mail = EmailMessage()
        mail["From"], mail["Subject"], mail["Message-ID"] = "a@example.com", path.stem, f"<{number}@example.com>"
        mail["Date"] = "Sun, 22 Nov 2026 12:00:00 +0000"
        mail.set_content(path.read_text("utf-8"))
        (mails / f"{number}:2,").write_bytes(mail.as_bytes())
    (sandbox.folder / ".notmuch-config").write_text(f"[database]\npath={mails.parent}\n[user]\nname=A\nprimary_email=a@example.com\n")
    seconds = sandbox.run(["notmuch", "new", "--quiet"]).seconds
    return ["notmuch", "search", "--limit=10", word], seconds
