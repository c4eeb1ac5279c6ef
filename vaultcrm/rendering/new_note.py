"""The text of a new note: its properties, in its type's template."""

from collections.abc import Mapping

from vaultcrm.errors import InvalidInput
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.properties import read_properties
from vaultcrm.markdown.yaml_nodes import Writable, property_lines, value_as_read
from vaultcrm.rendering.fill import fill_template
from vaultcrm.rendering.templates import TemplateValue


def note_text(root: str, kind: str, title: str, properties: Mapping[str, Writable], text: str = "") -> str:
    """The whole text of a note in the vault `root`: `properties` in their order, those that are None or [] left out.

    Raises NotUnderstood when the template does not give the properties back.
    """
    kept = {"type": kind} | {key: value for key, value in properties.items() if value is not None and value != []}
    values: dict[str, TemplateValue] = {}
    for key, value in kept.items():
        read = value_as_read(value)
        values[key] = [*read] if isinstance(read, list) else read
    block = "\n".join(line for key, value in kept.items() for line in property_lines(key, value))
    made = fill_template(root, f"{kind}.md", {**values, "properties": block, "title": title, "text": text.strip("\r\n")}).rstrip() + "\n"
    page = split_page(made.encode("utf-8"))
    there = read_properties(page) if page.kind == "yaml" else {}
    if any(there.get(key) != value_as_read(value) for key, value in kept.items()):
        raise InvalidInput(
            f"The template {kind}.md does not give the note its properties.",
            'It must begin with "---", {{ properties }} and "---", each on a line.',
        )
    return made
