"""The errors that users see: each has an exit code, a message and a hint.

`docs/commands.md` lists the exit codes.
"""

from collections.abc import Sequence


class VaultcrmError(Exception):
    """A failure that the user can do something about.

    `message` is a whole sentence. `hint` says what to do next and may be empty.
    """

    exit_code = 70

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def with_hint(self) -> str:
        """The message and the hint in one line."""
        return f"{self.message} {self.hint}".strip()


class UsageError(VaultcrmError):
    """The command's options or arguments make no sense together."""

    exit_code = 2


class NotFound(VaultcrmError):
    """There is no such client, note, project or vault. `suggestions` are names that are spelled similarly."""

    exit_code = 3

    def __init__(self, message: str, hint: str = "", suggestions: Sequence[str] = ()) -> None:
        super().__init__(message, hint)
        self.suggestions = suggestions


class InvalidInput(VaultcrmError):
    """A date, rule, name or file that makes no sense, or that has more than one meaning."""

    exit_code = 4


class Ambiguous(InvalidInput):
    """A name or handle that several things have. `choices` holds what to type for each of them, and what it is."""

    def __init__(self, message: str, hint: str, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__(message, hint)
        self.choices = choices


class Refused(InvalidInput):
    """An operation that isn't safe: an edit that would change unrelated bytes, or a Git repository in an unsafe state."""


class Unreadable(InvalidInput):
    """A file that can't be read as a note. `line` is its line number in the file, 1-based; `code` is the problem's code."""

    def __init__(self, message: str, line: int = 1, code: str = "front-matter", hint: str = "") -> None:
        super().__init__(message, hint)
        self.line = line
        self.code = code


class Conflict(VaultcrmError):
    """Another program or device changed the file that this command was about to write."""

    exit_code = 5


class AlreadyExists(Conflict):
    """The new name is taken."""


class Locked(Conflict):
    """Another process holds the lock of the vault, its cache or Git's index."""


class ExternalError(VaultcrmError):
    """Another program, the file system or a server failed."""

    exit_code = 6
