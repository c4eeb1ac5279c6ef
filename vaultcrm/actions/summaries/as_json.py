"""A conversation without a summary as JSON."""

from vaultcrm.actions.as_json import JsonObject, interaction_json
from vaultcrm.actions.summaries.talks import Unsummarised
from vaultcrm.model.handles import handle


def unsummarised_json(item: Unsummarised) -> JsonObject:
    """An interaction, and what would be proposed as its summary."""
    return {**interaction_json(item.talk), "id": handle(item.talk.path), "line": 1, "proposal": item.proposal}
