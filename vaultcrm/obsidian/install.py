"""What makes a vault at home in Obsidian: views, templates, types of properties; added, never put over what is there."""

import os

from vaultcrm.disk import files
from vaultcrm.errors import InvalidInput, Unreadable
from vaultcrm.model.records import Problem
from vaultcrm.obsidian import types_json
from vaultcrm.rendering.templates import built_in_folder
from vaultcrm.vault.writer import Writer

TEMPLATES_FOLDER = "templates/obsidian"
VIEWS_FOLDER = "views"


def install_files(writer: Writer) -> list[str]:
    """Give a vault what is missing of our views, our templates and the types of our properties.

    Gives what could not be added, a sentence each.
    """
    left: dict[str, None] = {}
    for path, data in built_in_files().items():
        try:
            if not os.path.lexists(writer.vault.path(path)) and writer.create_file(path, data):
                continue
            if path == types_json.TYPES_FILE:
                writer.edit(path, _with_our_types)
            elif path == types_json.TEMPLATES_FILE and (folder := _template_folder(writer)) != TEMPLATES_FOLDER:
                left[
                    f"{path} stays as it is. Obsidian takes its templates from {folder or 'no folder'}; ours are in {TEMPLATES_FOLDER}."
                ] = None
        except InvalidInput as error:
            left[error.message] = None
    return list(left)


def built_in_files() -> dict[str, bytes]:
    """All that Obsidian gets from us, as in a new vault: each file's bytes by its path."""
    folder = os.path.join(built_in_folder(), "obsidian")
    found = {}
    for name in os.listdir(folder):
        place = VIEWS_FOLDER if name.endswith(".base") else TEMPLATES_FOLDER
        found[f"{place}/{name}"] = files.read(os.path.join(folder, name), follow_symlinks=True).data
    found[types_json.TEMPLATES_FILE] = b'{\n  "folder": "%s"\n}\n' % TEMPLATES_FOLDER.encode()
    found[types_json.TYPES_FILE] = types_json.new_types_json(types_json.property_types()).encode()
    return dict(sorted(found.items()))


def _with_our_types(data: bytes) -> bytes:
    try:
        return types_json.add_types(data.decode("utf-8"), types_json.property_types()).encode("utf-8")
    except InvalidInput as error:
        raise InvalidInput(f"{types_json.TYPES_FILE} was left as it is. {error.message}", error.hint) from error


def _template_folder(writer: Writer) -> str | None:
    """The folder that Obsidian takes templates from; None where it says none."""
    import json  # late: only for a vault that has templates already

    try:
        folder = json.loads(writer.vault.read(types_json.TEMPLATES_FILE).data).get("folder")
    except (ValueError, AttributeError, RecursionError, FileNotFoundError, Unreadable):
        return None
    return folder.strip("/") if isinstance(folder, str) else None


def type_problems(root: str) -> list[Problem]:
    """Properties that Obsidian shows, and writes, as something else than what they are."""
    try:
        text = files.read(os.path.join(root, types_json.TYPES_FILE)).data.decode("utf-8")
        found = types_json.type_conflicts(text)
    except FileNotFoundError:
        return []
    except (UnicodeDecodeError, InvalidInput, Unreadable, OSError):
        return [Problem(types_json.TYPES_FILE, 1, "obsidian-type", "The types that Obsidian gives to properties cannot be read.")]
    code = "obsidian-type"
    return [
        Problem(types_json.TYPES_FILE, line, code, f"Obsidian shows {name} as {kind}; it is {ours}.") for line, name, kind, ours in found
    ]
