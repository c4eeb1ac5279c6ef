"""What makes a vault at home in Obsidian: views, templates, types of properties; added, never put over what is there."""

import os

from vaultcrm.disk import files
from vaultcrm.errors import NotUnderstood, Unreadable
from vaultcrm.model.records import Problem
from vaultcrm.obsidian import types_json
from vaultcrm.rendering.templates import built_in_folder
from vaultcrm.vault.writer import Writer

TEMPLATES = "templates/obsidian"
VIEWS = "views"


def furnish(writer: Writer) -> list[str]:
    """Give a vault what is missing of our views, our templates and the types of our properties.

    Gives what could not be added, a sentence each.
    """
    left: dict[str, None] = {}
    for path, data in built_in().items():
        try:
            if not os.path.lexists(writer.vault.path(path)) and writer.create_file(path, data):
                continue
            if path == types_json.TYPES:
                writer.edit(path, _with_our_types)
            elif path == types_json.TEMPLATES and (folder := _template_folder(writer)) != TEMPLATES:
                left[f"{path} stays as it is. Obsidian takes its templates from {folder or 'no folder'}; ours are in {TEMPLATES}."] = None
        except NotUnderstood as error:
            left[error.message] = None
    return list(left)


def built_in() -> dict[str, bytes]:
    """All that Obsidian gets from us, as in a new vault: each file's bytes by its path."""
    folder = os.path.join(built_in_folder(), "obsidian")
    found = {}
    for name in os.listdir(folder):
        place = VIEWS if name.endswith(".base") else TEMPLATES
        found[f"{place}/{name}"] = files.read(os.path.join(folder, name), follow=True).data
    found[types_json.TEMPLATES] = b'{\n  "folder": "%s"\n}\n' % TEMPLATES.encode()
    found[types_json.TYPES] = types_json.types_text(types_json.property_types()).encode()
    return dict(sorted(found.items()))


def _with_our_types(data: bytes) -> bytes:
    try:
        return types_json.with_types(data.decode("utf-8"), types_json.property_types()).encode("utf-8")
    except NotUnderstood as error:
        raise NotUnderstood(f"{types_json.TYPES} was left as it is. {error.message}", error.hint) from error


def _template_folder(writer: Writer) -> str | None:
    """The folder that Obsidian takes templates from; None where it says none."""
    import json  # late: only for a vault that has templates already

    try:
        folder = json.loads(writer.vault.read(types_json.TEMPLATES).data).get("folder")
    except (ValueError, AttributeError, RecursionError, FileNotFoundError, Unreadable):
        return None
    return folder.strip("/") if isinstance(folder, str) else None


def type_problems(root: str) -> list[Problem]:
    """Properties that Obsidian shows, and writes, as something else than what they are."""
    try:
        text = files.read(os.path.join(root, types_json.TYPES)).data.decode("utf-8")
        found = types_json.conflicts(text)
    except FileNotFoundError:
        return []
    except (UnicodeDecodeError, NotUnderstood, Unreadable, OSError):
        return [Problem(types_json.TYPES, 1, "obsidian-type", "The types that Obsidian gives to properties cannot be read.")]
    code = "obsidian-type"
    return [Problem(types_json.TYPES, line, code, f"Obsidian shows {name} as {kind}; it is {ours}.") for line, name, kind, ours in found]
