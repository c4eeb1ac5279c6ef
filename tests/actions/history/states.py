"""A vault with one client and something of everything, and its states before and after a change."""

import os
import time
from datetime import datetime
from pathlib import Path

from tests.actions.vaults import note
from tests.support import make_vault
from vaultcrm.actions import lookup
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.history.changes import compare
from vaultcrm.actions.history.client_state import ClientState, client_state

BEFORE, AFTER = datetime(2026, 11, 6, 9, 0), datetime(2026, 11, 16, 9, 30)
ACME = "clients/Acme"
FILES = {
    f"{ACME}/Acme.md": note(
        "client",
        "status: active",
        "stage: discovery",
        "rate: 60",
        body="They build bridges.\n\n## Preferences\n- Calls before noon\n",
    ),
    f"{ACME}/Dana Roe.md": note("person", "role: Partner", "phone: 900417", body="Likes trains.\n"),
    f"{ACME}/projects/Website.md": note("project", "status: active", "deadline: 2026-12-04", "value: 9600", "currency: GBP"),
    f"{ACME}/interactions/2026-11-02 1430 Pricing call.md": note(
        "interaction",
        "date: 2026-11-02T14:30:00",
        "channel: call",
        "people:",
        '  - "[[Dana Roe]]"',
        "summary: Dana wants two options",
        "decisions:",
        "  - Training is one hour",
        "feedback:",
        "  - Too blue",
        body="A long talk.\n",
    ),
    f"{ACME}/follow-ups/Send the quote.md": note("follow-up", "status: open", "due: 2026-11-20"),
    f"{ACME}/follow-ups/Studio page text.md": note("follow-up", "status: waiting", "due: 2026-11-25", body="From Dana.\n"),
    f"{ACME}/follow-ups/Monthly invoice.md": note("follow-up", "status: open", "due: 2026-12-01", "recurrence: FREQ=MONTHLY"),
    f"{ACME}/decisions/Hourly price.md": note("decision", "date: 2026-10-20", "status: in force"),
    f"{ACME}/Ideas.md": "First idea\n\nSecond idea\n\n"
    "- [ ] Draw the logo 📅 2026-11-27\n- [ ] Weekly mail 📅 2026-11-27 🔁 every week\n\n"
    "> [!question] Who pays the fonts?\n",
    f"{ACME}/Budget.md": "Ten thousand\n",
    "clients/Other/Other.md": note("client", "status: active"),
}


def state(root: Path, now: datetime, client: str = "acme") -> ClientState:
    """The state of a client in a vault as it is on the disk."""
    crm = Crm(str(root), now)
    crm.refresh()
    return client_state(crm, lookup.client(crm, client))


def base(root: Path) -> ClientState:
    """The state of the vault before anything changes."""
    make_vault(root, FILES)
    return state(root, BEFORE)


def told(old: ClientState, new: ClientState) -> list[tuple[str, str]]:
    """What is told: labels and texts."""
    return [(change.label, change.text) for change in compare(old, new)]


def replace(root: Path, path: str, old: str, new: str) -> None:
    """Edit a note as a person does in an editor."""
    file = root / path
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    os.utime(file, ns=(time.time_ns(), time.time_ns()))
