"""A vault with notes in its inbox, as imports and `log` leave them there."""

from pathlib import Path

from tests.actions.vaults import CLIENT, crm_with, note
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.inbox.parked import Parked, parked_notes

SETTINGS = 'id = "12345678"\n[import]\nme = ["nora@x.example"]\n'
ACME = "clients/Acme/Acme.md"
SAM = "Sam Field (sam@field.example)"


def parked_note(*people: str, source: str = "mail:1@x", direction: str = "in", body: str = "Hello.", **properties: str) -> str:
    """A mail in the inbox."""
    lines = ["date: 2026-11-10T09:00:00", "channel: email", f"direction: {direction}", "people:", *(f"  - {who}" for who in people)]
    lines += [*(f"{key}: {value}" for key, value in properties.items()), f"source: {source}", "unfiled: It isn't known."]
    return note("interaction", *lines, body=f"\n{body}")


def inbox_crm(root: Path, files: dict[str, str]) -> Crm:
    """A vault with the client Acme, and these files; those without a folder are in the inbox, and "./notes.md" is at the root."""
    placed = {path.removeprefix("./") if "/" in path else f"inbox/{path}": text for path, text in files.items()}
    return crm_with(root, {"vaultcrm.toml": SETTINGS, ACME: CLIENT, **placed})


def parked_by_title(crm: Crm) -> dict[str, Parked]:
    return {parked.note.title: parked for parked in parked_notes(crm)}
