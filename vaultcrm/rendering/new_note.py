"""Write the text of a new note: its properties and text, in the template of its type."""

from collections.abc import Mapping

from vaultcrm.errors import InvalidInput
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.properties import read_properties
from vaultcrm.markdown.yaml_nodes import Writable, property_lines, value_as_read
from vaultcrm.rendering.fill import fill_template
from vaultcrm.rendering.templates import TemplateValue


def note_text(root: str, note_type: str, title: str, properties: Mapping[str, Writable], text: str = "") -> str:
    """The whole text of a note in the vault `root`, with the `properties` in their order except those that are None or [].

    Raises InvalidInput if the template has an error, or if the note that it makes does not contain these properties.
    """
    kept = {"type": note_type} | {key: value for key, value in properties.items() if value is not None and value != []}
    values: dict[str, TemplateValue] = {}
    for key, value in kept.items():
        read = value_as_read(value)
        values[key] = [*read] if isinstance(read, list) else read
    block = "\n".join(line for key, value in kept.items() for line in property_lines(key, value))
    values |= {"properties": block, "title": title, "text": text.strip("\r\n")}
    whole = fill_template(root, f"{note_type}.md", values).rstrip() + "\n"
    page = split_page(whole.encode("utf-8"))
    read_back = read_properties(page) if page.kind == "yaml" else {}
    if any(read_back.get(key) != value_as_read(value) for key, value in kept.items()):
        raise InvalidInput(
            f"The template {note_type}.md doesn't write the properties into the note.",
            'It must start with the three lines "---", "{{ properties }}" and "---".',
        )
    return whole
