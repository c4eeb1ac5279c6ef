"""What can go wrong, each with its exit code, a sentence and a way out."""


class VaultcrmError(Exception):
    """A failure that the user can do something about.

    `message` is a whole sentence; `hint`, when there is one, says what to do next.
    """

    exit_code = 70

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(VaultcrmError):
    """The command was called in a way that makes no sense."""

    exit_code = 2


class NotFound(VaultcrmError):
    """There is no such client, note, project, vault."""

    exit_code = 3


class InvalidInput(VaultcrmError):
    """A date, a rule, a name or a file that can be read in no way, or in more than one."""

    exit_code = 4


class Refused(InvalidInput):
    """An edit that cannot be made without touching bytes that it is not about."""


class Unreadable(InvalidInput):
    """A note whose properties cannot be read. `line` counts from 1 within the file."""

    def __init__(self, reason: str, line: int = 1, code: str = "front-matter", hint: str = "") -> None:
        super().__init__(reason, hint)
        self.line = line
        self.code = code


class Conflict(VaultcrmError):
    """Another program or device changed what was about to be written."""

    exit_code = 5


class AlreadyExists(Conflict):
    """Something has this name already."""


class Locked(Conflict):
    """Another process holds the vault, its cache, or Git's index."""


class ExternalError(VaultcrmError):
    """A program, a file system or a server outside said no."""

    exit_code = 6
