"""One value of a TOML file set by splicing: all other bytes stay, and what isn't safe is refused."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultcrm.actions.toml_edit import add_texts, line_to_add, set_text
from vaultcrm.errors import Refused

LOOKS_LIKE = 'text = """\n[import.senders]\n"""\n[[list]]\ny = """"q""""\n'
RULE = '"x@y.example" = "Acme"'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", f"[import.senders]\n{RULE}\n"),
        ("# mine", f"# mine\n\n[import.senders]\n{RULE}\n"),
        ("a = 1\n\n\n", f"a = 1\n\n\n[import.senders]\n{RULE}\n"),
        ("a = 1\r\n[git]\r\n", f"a = 1\r\n[git]\r\n\r\n[import.senders]\r\n{RULE}\r\n"),
        # below [import], and what is written about it
        ("[import]\nme = []\n\n# Git\n[git]\n", f"[import]\nme = []\n\n[import.senders]\n{RULE}\n\n# Git\n[git]\n"),
        ("[import]\nme = []\n# mail_by\n\n[git]\n", f"[import]\nme = []\n# mail_by\n\n[import.senders]\n{RULE}\n\n[git]\n"),
        # a table that is there, in whatever form
        ('[import.senders]\n"a@b" = "A"  # a\n\n[git]\n', f'[import.senders]\n"a@b" = "A"  # a\n{RULE}\n\n[git]\n'),
        ('[ import . "senders" ] # s\n  k = "v"', f'[ import . "senders" ] # s\n  k = "v"\n  {RULE}\n'),
        ('[import]\nsenders = { "a@b" = "A" }  # a\n', f'[import]\nsenders = {{ "a@b" = "A", {RULE} }}  # a\n'),
        ("[import]\nsenders = {}\n", f"[import]\nsenders = {{ {RULE} }}\n"),
        ('[import]\nsenders."a@b" = "A"\nme = []\n', f'[import]\nsenders."a@b" = "A"\nsenders.{RULE}\nme = []\n'),
        ('import.senders."a@b" = "A"\n[git]\n', f'import.senders."a@b" = "A"\nimport.senders.{RULE}\n[git]\n'),
        ('import = { me = ["a"] }\n', f'import = {{ me = ["a"], senders.{RULE} }}\n'),
        # a value that is there
        ("[import.senders]\r\n'x@y.example'='B' # b\r\nz = 1\r\n", "[import.senders]\r\n'x@y.example'=\"Acme\" # b\r\nz = 1\r\n"),
        ('[import]\nsenders = {"x@y.example"="B", k="v"}\n', '[import]\nsenders = {"x@y.example"="Acme", k="v"}\n'),
        ('import.senders."x@y.example" = """\nB"""', 'import.senders."x@y.example" = "Acme"'),
        # what only looks like the table
        (LOOKS_LIKE, f"{LOOKS_LIKE}\n[import.senders]\n{RULE}\n"),
    ],
)  # fmt: skip
def test_a_text_is_set_and_nothing_else_changes(before: str, after: str) -> None:
    assert set_text(before.encode(), ["import", "senders"], "x@y.example", "Acme").decode() == after
    assert set_text(after.encode(), ["import", "senders"], "x@y.example", "Acme").decode() == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[import]\nme = ["b"]\n'),
        ('[import]\nmail_by = "message"\n[git]\n', '[import]\nmail_by = "message"\nme = ["b"]\n[git]\n'),
        ('[import.senders]\nk = "v"\n', '[import.senders]\nk = "v"\n\n[import]\nme = ["b"]\n'),
        ("[import]\nme = [] # none\n", '[import]\nme = ["b"] # none\n'),
        ('[import]\nme = ["a",]\n', '[import]\nme = ["a", "b",]\n'),
        ('[import]\nme = [\n  "a", # first\n  "c"  # last\n]\n', '[import]\nme = [\n  "a", # first\n  "c",  # last\n  "b"\n]\n'),
        ('[import]\r\nme = [\r\n\t"a", # x\r\n]\r\n', '[import]\r\nme = [\r\n\t"a", # x\r\n\t"b",\r\n]\r\n'),
        ('[import]\nme = ["a", # x\n "c"]\n', '[import]\nme = ["a", # x\n "c", "b"]\n'),
        ("[import]\nme = [ # nobody\n]\n", '[import]\nme = ["b",  # nobody\n]\n'),
    ],
)
def test_a_text_is_added_to_a_list(before: str, after: str) -> None:
    assert add_texts(before.encode(), ["import"], "me", ["b"]).decode() == after


@pytest.mark.parametrize("text", ["import = 3\n", "import = []\n", '[import]\nsenders = "all"\n', "[[import]]\n", "[[import.senders]]\n"])
def test_what_is_no_table_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        set_text(text.encode(), ["import", "senders"], "x", "y")


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_text_can_be_a_key_and_a_value(key: str, value: str) -> None:
    assert tomllib.loads(line_to_add(key, value)) == {key: value}
    assert tomllib.loads(set_text(b"", ["import", "senders"], key, value).decode()) == {"import": {"senders": {key: value}}}
