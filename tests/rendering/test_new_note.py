"""The text of a new note: its properties and its text, in the template of its type."""

from pathlib import Path

import pytest

from tests.rendering.vaults import with_template
from vaultcrm.errors import InvalidInput
from vaultcrm.rendering.new_note import note_text


def test_a_note_consists_of_its_properties_and_its_text(tmp_path: Path) -> None:
    text = note_text(
        str(tmp_path),
        "interaction",
        "A call",
        {"channel": "call", "people": ["[[Dana Roe]]"], "summary": "Yes: no", "tags": [], "project": None},
        "\r\n\nHi {{ x }}\n\n",
    )
    assert text == '---\ntype: interaction\nchannel: call\npeople:\n  - "[[Dana Roe]]"\nsummary: "Yes: no"\n---\n\nHi {{ x }}\n'


def test_a_template_sees_the_title_the_text_and_each_property_as_it_will_be_read(tmp_path: Path) -> None:
    root = with_template(
        tmp_path,
        "person.md",
        "---\n{{ properties }}\nmood: good\n---\n# {{ title }}{% if role %}, {{ role|upper }}{% endif %} {{ rate }} {{ text }}\n\n",
    )
    text = note_text(root, "person", "Dana", {"role": "owner", "rate": 80, "email": ["a@b.c"]}, "Hi")
    assert text == "---\ntype: person\nrole: owner\nrate: 80\nemail:\n  - a@b.c\nmood: good\n---\n# Dana, OWNER 80 Hi\n"
    root = with_template(tmp_path, "person.md", "---\n{{ properties }}\n---\n{% for one in email %}<{{ one }}>{% endfor %}\n")
    assert note_text(root, "person", "Dana", {"email": ["a@b.c", "d@e.f"]}).endswith("---\n<a@b.c><d@e.f>\n")


@pytest.mark.parametrize(
    "text",
    [
        "no front matter\n", "---\ntype: person\n---\n", "---\n{{ properties }}\n", "\n---\n{{ properties }}\n---\n",
        "---\n{{ properties }}\nrole: other\n---\n", "+++\n{{ properties }}\n+++\n",
    ],
)  # fmt: skip
def test_a_template_that_loses_a_property_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"person\.md doesn't write the properties into the note") as error:
        note_text(with_template(tmp_path, "person.md", text), "person", "Dana", {"role": "owner"})
    assert error.value.hint == 'It must start with the three lines "---", "{{ properties }}" and "---".'
