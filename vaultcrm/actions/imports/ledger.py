"""What has been imported before: kept in the vault, so that all devices know it, also of notes that were deleted since.

Each run leaves one file in LEDGER, which is never written again: two devices that import at the same time can't disagree
about it. A line is a fingerprint of what was imported, with a version where it may change later (a meeting, a contact),
"until KIND DAY": the last day that the sources of a kind have told of, or "cut CONVERSATION DAY": the first day of a chat's
export that holds only the newest messages.
"""

import hashlib
import re
from datetime import date, timedelta

from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.ledger_days import CUT, LEDGER, complete_until, ledger_files, ledger_texts
from vaultcrm.vault.writer import Writer

_LINE = re.compile(r"^([0-9a-f]{16})(?: ([!-~]{1,100}))?$", re.MULTILINE)


class Ledger:
    """What the vault's ledger says, and what this run adds to it. `until` is the last day that was imported, by kind of source."""

    def __init__(self, crm: Crm) -> None:
        texts = ledger_texts(crm, ledger_files(crm))
        self._versions: dict[str, set[str]] = {}
        self.until = complete_until(texts.values())
        self._new_lines: set[str] = set()
        self._reached: dict[str, date] = {}
        self._confirmed: dict[str, date] = {}
        for text in texts.values():
            for fingerprint_, version in _LINE.findall(text):
                self._versions.setdefault(fingerprint_, set()).update(filter(None, [version]))

    def __contains__(self, source: str) -> bool:
        """Whether it was imported before this run, whatever became of it since."""
        return fingerprint(source) in self._versions

    def versions(self, source: str) -> set[str]:
        """The versions of it that were imported before this run."""
        return self._versions.get(fingerprint(source), set())

    def add(self, source: str, version: str = "") -> None:
        """Keep that it is imported. `version` has at most 100 ASCII characters and no blank."""
        if source not in self or (version and version not in self.versions(source)):
            self._new_lines.add(f"{fingerprint(source)} {version}".rstrip())

    def reach(self, kind: str, day: date) -> None:
        """Keep that sources of this kind tell of everything up to this day."""
        self._reached[kind] = max(day, self._reached.get(kind, day))

    def confirm(self, kind: str, day: date) -> None:
        """Keep that nothing of this kind is missing up to a day, whether or not something was said until then.

        Where nothing else is new, that is written once a week: a timer's imports mustn't each leave a file.
        """
        self._confirmed[kind] = day

    def cut(self, conversation: str, first: date) -> None:
        """Keep that an export of a conversation ("whatsapp:0a1b…") begins on a day, and older messages may be missing."""
        self._new_lines.add(f"{CUT}{conversation} {first}")

    def write(self, writer: Writer, is_complete: bool) -> None:
        """Write what is new. The days that were reached count only after a complete run: a mailbox may begin with its newest mail.

        The name of the file follows from its contents: twice the same is one file.
        """
        for kind, day in self._confirmed.items():
            if self._new_lines or day - self.until.get(kind, date.min) >= timedelta(7):
                self.reach(kind, day)
        days = [f"until {kind} {day}" for kind, day in self._reached.items() if day > self.until.get(kind, date.min)]
        lines = sorted([*self._new_lines, *(days if is_complete else ())])
        if lines:
            text = "\n".join(lines) + "\n"
            writer.create_file(f"{LEDGER}/{hashlib.sha256(text.encode()).hexdigest()[:12]}.txt", text.encode())


def fingerprint(source: str) -> str:
    """What the ledger keeps of a source's ID: 16 hexadecimal digits, which tell nobody where a mail came from."""
    return hashlib.sha256(source.encode("utf-8", "replace")).hexdigest()[:16]
