"""Slack's markup as plain text: mentions by name, links written out, entities decoded; and the text of its blocks."""

import html
import re
from collections.abc import Mapping

from vaultcrm.importers.chat.json_export import Json, list_of, objects_of, text_of

_TOKEN = re.compile(r"<([@#!]?)([^<>|]{1,4000})(?:\|([^<>]{0,4000}))?>")
_MAX_NODES = 2_000  # of one message's blocks


def plain_text(markup: str, names: Mapping[str, str], channels: Mapping[str, str]) -> str:
    """The text of a message. `names` are those of users by ID, and `channels` those of channels."""

    def replace(match: re.Match[str]) -> str:
        sign, target, label = match[1], match[2], match[3] or ""
        if sign == "@":
            return f"@{names.get(target) or label or target}"
        if sign == "#":
            return f"#{label or channels.get(target) or target}"
        if sign == "!":  # <!here>, <!subteam^S1|@design>, <!date^1700000000^{date}|14 Nov>
            return label or f"@{target.partition('^')[0]}"
        address = target.removeprefix("mailto:").removeprefix("tel:")
        return f"{label} ({target})" if label and label not in (target, address) and not target.endswith(f"//{label}") else label or address

    return html.unescape(_TOKEN.sub(replace, markup)).strip()


def text_of_blocks(blocks: list[Json]) -> str:
    """The markup of a message that has only blocks; a line for each block and each item of a list."""
    lines: list[str] = []
    nodes = [(node, True) for node in reversed(blocks)]
    for _ in range(_MAX_NODES):
        if not nodes:
            break
        node, begins_line = nodes.pop()
        kind = text_of(node, "type")
        words = _words_of(node, kind)
        if begins_line or not lines:
            lines.append(words)
        else:
            lines[-1] += words
        if kind in ("rich_text", "rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted", "context", "actions"):
            children = list_of(node, "elements")
            is_container = kind in ("rich_text", "rich_text_list", "context")
            nodes += [(child, is_container) for child in reversed(children)]
        nodes += [(field, True) for field in reversed(list_of(node, "fields"))]
    return "\n".join(line for line in lines if line)


def _words_of(node: Json, kind: str) -> str:
    """The markup of one element, without those in it."""
    match kind:
        case "text" | "mrkdwn" | "plain_text":
            return text_of(node, "text")
        case "link":
            label = text_of(node, "text")
            return f"<{text_of(node, 'url')}{'|' + label if label else ''}>"
        case "user":
            return f"<@{text_of(node, 'user_id')}>"
        case "channel":
            return f"<#{text_of(node, 'channel_id')}>"
        case "usergroup":
            return f"<!subteam^{text_of(node, 'usergroup_id')}>"
        case "broadcast":
            return f"<!{text_of(node, 'range')}>"
        case "emoji":
            return f":{text_of(node, 'name')}:"
        case "image":
            return f"({text_of(node, 'alt_text') or 'image'})"
        case _:
            return text_of(node, "text", "text")


def text_of_attachments(message: Mapping[str, Json]) -> str:
    """The markup of what a bot attaches to a message, such as a preview or the news of another program."""
    parts = []
    for attachment in objects_of(dict(message), "attachments"):
        fields = dict(attachment)
        words = [text_of(fields, key) for key in ("pretext", "title", "text")]
        text = "\n".join(dict.fromkeys(word for word in words if word)) or text_of(fields, "fallback")
        parts.append(text or text_of_blocks(list_of(fields, "blocks")))
    return "\n".join(part for part in parts if part)
