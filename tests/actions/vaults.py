"""Small vaults with a day on which the tests of actions take place."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from tests.support import make_vault
from vaultcrm.actions.crm import Crm

NOW = datetime(2026, 11, 16, 9, 30)
TODAY = NOW.date()
CLIENT = "---\ntype: client\nstatus: active\n---\n"


def crm_with(root: Path, files: Mapping[str, str]) -> Crm:
    """A Crm on a vault with these files, at NOW."""
    return Crm(make_vault(root, files).root, NOW, ["test"])


def days_ago(days: int) -> date:
    return TODAY - timedelta(days)


def calls(client: str, *ago: int, channel: str = "call") -> dict[str, str]:
    """Interactions with a client, so many days ago."""
    folder = f"clients/{client}/interactions"
    return {
        f"{folder}/{days_ago(days)} {channel}.md": note("interaction", f"date: {days_ago(days)}", f"channel: {channel}") for days in ago
    }


def note(note_type: str, *properties: str, body: str = "") -> str:
    """A note's text: its type, some lines of properties, its body."""
    return "\n".join(["---", f"type: {note_type}", *properties, "---", body]) + "\n"
