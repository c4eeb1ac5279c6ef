"""What is in the inbox, and what became of it, as JSON. Keys may be added, but are never renamed or removed."""

from vaultcrm.actions.as_json import JsonObject, interaction_json, write_json
from vaultcrm.actions.crm import WriteResult
from vaultcrm.actions.imports.import_settings import SenderRule
from vaultcrm.actions.inbox.filing import Filed
from vaultcrm.actions.inbox.ignoring import Ignored
from vaultcrm.actions.inbox.parked import Parked


def parked_json(parked: Parked) -> JsonObject:
    """A note in the inbox: an interaction with its handle, and `sender` (an address, number, account or name) for rules."""
    return {
        **interaction_json(parked.talk),
        "id": parked.id,
        "line": 1,
        "type": parked.note.type,
        "subject": parked.subject,
        "sender": parked.sender.key if parked.sender else None,
        "sender_name": parked.sender.name if parked.sender else None,
        "excerpt": parked.note.excerpt,
        "reason": parked.reason or None,
    }


def filed_json(result: WriteResult[Filed]) -> JsonObject:
    """`notes` are the new paths of the notes that were filed; `moved` is all that moved; `left` are links that couldn't be updated."""
    filed = result.record
    return write_json(
        result,
        client=filed.client.name,
        notes=filed.notes,
        moved=[{"from": old, "to": new} for old, new in filed.moved],
        left=[link._asdict() for link in filed.skipped_links],
        person=filed.person,
        rules=[_rule_json(rule) for rule in filed.rules],
    )


def ignored_json(result: WriteResult[Ignored]) -> JsonObject:
    """`removed` are notes and files, `left` the notes that stay because others link to them."""
    ignored = result.record
    return write_json(result, removed=ignored.removed, left=ignored.linked, rules=[_rule_json(rule) for rule in ignored.rules])


def _rule_json(rule: SenderRule) -> JsonObject:
    return {"sender": rule.sender, "client": rule.client, "was": rule.was}
