"""Install views, templates and property types for Obsidian in a vault, without changing what is there already."""

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
    """Add the views, templates and property types that a vault lacks.

    Returns a sentence for each file that could not be added or completed.
    """
    skipped: dict[str, None] = {}  # a set that keeps its order
    for path, data in built_in_files().items():
        try:
            if not os.path.lexists(writer.vault.path(path)) and writer.create_file(path, data):
                continue
            if path == types_json.TYPES_FILE:
                writer.edit(path, _with_our_types)
            elif path == types_json.TEMPLATES_FILE and (folder := _template_folder(writer)) != TEMPLATES_FOLDER:
                setting = f"Obsidian's template folder is {folder or 'not set'}"
                skipped[f"{path} was left as it is. {setting}; vaultcrm's templates are in {TEMPLATES_FOLDER}."] = None
        except InvalidInput as error:
            skipped[error.message] = None
    return list(skipped)


def built_in_files() -> dict[str, bytes]:
    """The files that a new vault gets for Obsidian: each file's bytes by its path."""
    folder = os.path.join(built_in_folder(), "obsidian")
    contents = {}
    for name in os.listdir(folder):
        target = VIEWS_FOLDER if name.endswith(".base") else TEMPLATES_FOLDER
        contents[f"{target}/{name}"] = files.read(os.path.join(folder, name), follow_symlinks=True).data
    contents[types_json.TEMPLATES_FILE] = b'{\n  "folder": "%s"\n}\n' % TEMPLATES_FOLDER.encode()
    contents[types_json.TYPES_FILE] = types_json.new_types_json(types_json.property_types()).encode()
    return dict(sorted(contents.items()))


def _with_our_types(data: bytes) -> bytes:
    try:
        return types_json.add_types(data.decode("utf-8"), types_json.property_types()).encode("utf-8")
    except InvalidInput as error:
        raise InvalidInput(f"{types_json.TYPES_FILE} was left as it is. {error.message}", error.hint) from error


def _template_folder(writer: Writer) -> str | None:
    """The folder that Obsidian takes templates from; None if its settings name none or can't be read."""
    import json  # late: needed only for a vault that already has template settings

    try:
        folder = json.loads(writer.vault.read(types_json.TEMPLATES_FILE).data).get("folder")
    except (ValueError, AttributeError, RecursionError, FileNotFoundError, Unreadable):
        return None
    return folder.strip("/") if isinstance(folder, str) else None


def find_type_problems(root: str) -> list[Problem]:
    """The properties that Obsidian displays and writes as another type than they have."""
    path, code = types_json.TYPES_FILE, "obsidian-type"
    try:
        text = files.read(os.path.join(root, path)).data.decode("utf-8")
        conflicts = types_json.find_type_conflicts(text)
    except FileNotFoundError:
        return []
    except (UnicodeDecodeError, InvalidInput, Unreadable, OSError):
        return [Problem(path, 1, code, "Obsidian's property types cannot be read. Fix the file in your editor.")]
    return [Problem(path, one.line, code, f"Obsidian shows {one.name} as {one.obsidian_type}; it is {one.our_type}.") for one in conflicts]
