"""What a command did, in the user's words."""

import pytest

from vaultcrm.actions.undo import summary
from vaultcrm.disk.moves import Move
from vaultcrm.vault.journal_schema import JournalEntry


@pytest.mark.parametrize(
    ("words", "paths", "moves", "expected"),
    [
        ("done 8f3f", ["clients/Acme/follow-ups/Send the quote.md"], [], "done: Send the quote (Acme)"),
        ("client add Acme", ["clients/Acme/Acme.md"], [], "client add: Acme"),
        ("follow-up add acme 'Send it' --due fri", ["clients/Acme/Q.md"], [], "follow-up add: Q (Acme)"),
        ("log acme hi", ["inbox/2026-11-16 0930 Talk.md"], [], "log: Talk (inbox)"),
        ("set a b=1", ["a.md", "a.md"], [], "set: a"),
        ("set 'a", ["a.md"], [], "set: a"),
        ("rename a b", ["c.md"], [("clients/A", "clients/B"), ("clients/B/A.md", "clients/B/B.md")], "rename: A → B"),
        ("rename a x/", [], [("inbox/2026-11-16 Talk.md", "clients/A/2026-11-16 Talk.md")], "rename: Talk → clients/A/"),
        ("done 1 2 3", ["a.md", "b.md", "c.md"], [], "done: a, b, c"),
        ("done 1 2 3 4", ["a.md", "b.md", "c.md", "d.md"], [], "done: a, b, 2 more files"),
    ],
)
def test_a_summary_names_the_command_and_the_notes(words: str, paths: list[str], moves: list[tuple[str, str]], expected: str) -> None:
    entry = JournalEntry(1, "2026-11-16", words, "done", tuple(paths), tuple(Move(*move) for move in moves))
    assert summary(entry) == expected
