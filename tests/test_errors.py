"""The exit code of each error, as docs/commands.md lists them."""

import pytest

from vaultcrm.errors import (
    AlreadyExists,
    Conflict,
    ExternalError,
    InvalidInput,
    Locked,
    NotFound,
    Refused,
    Unreadable,
    UsageError,
    VaultcrmError,
)


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (VaultcrmError, 70), (UsageError, 2), (NotFound, 3), (InvalidInput, 4), (Refused, 4), (Unreadable, 4), (Conflict, 5),
        (AlreadyExists, 5), (Locked, 5), (ExternalError, 6),
    ],
)  # fmt: skip
def test_each_error_has_its_exit_code(error: type[VaultcrmError], exit_code: int) -> None:
    raised = error("It failed.")
    assert (raised.exit_code, raised.message, raised.hint, str(raised)) == (exit_code, "It failed.", "", "It failed.")


def test_an_error_has_a_hint() -> None:
    assert NotFound("No client is called 'acmee'.", "Did you mean 'Acme Studio'?").hint == "Did you mean 'Acme Studio'?"


def test_an_unreadable_file_has_a_line_and_a_code() -> None:
    error = Unreadable("It contains binary data.", 3, "binary", "Open it.")
    assert (error.message, error.line, error.code, error.hint) == ("It contains binary data.", 3, "binary", "Open it.")
    assert (Unreadable("x").line, Unreadable("x").code) == (1, "front-matter")
