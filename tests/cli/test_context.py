"""The question which of several things is meant."""

from datetime import datetime

from click.testing import CliRunner

from vaultcrm.cli.context import CommandContext
from vaultcrm.cli.output import Output
from vaultcrm.errors import Ambiguous


def test_the_user_chooses_by_number_and_is_asked_once() -> None:
    choices = [("1a2b", "1a2b Send mock (Acme)"), ("3c4d", "3c4d Pay: mock (Fox)")]
    error = Ambiguous("'mock' matches 2 follow-ups: a; b.", "Type more.", choices)
    with CliRunner().isolation(input="9\n2\n") as (_, stderr, _):
        context = CommandContext(Output(False, False), None, False, datetime(2026, 11, 16), False, [])
        assert context._ask(error) == "3c4d"
        assert context._ask(error) == "3c4d"
        lines = stderr.getvalue().decode().splitlines()
    assert lines[:3] == ["'mock' matches 2 follow-ups:", "1. 1a2b Send mock (Acme)", "2. 3c4d Pay: mock (Fox)"]
    assert sum("Which one" in line for line in lines) == 2  # 9 is out of range
