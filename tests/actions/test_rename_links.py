"""Links are updated when a note is renamed: whole vaults before and after, and restored byte for byte by undo."""

from pathlib import Path

import pytest

from tests.actions.renames import NOW, checked_rename, renamed
from tests.support import contents, make_vault
from vaultcrm.actions.check import problems
from vaultcrm.actions.crm import Crm
from vaultcrm.markdown import links
from vaultcrm.vault.journal import Journal

LINKS = """\
See [[Old]], [[Old|Old]], [[ old#Terms|the terms ]], ![[Old#^b1]] and [[notes/Old]], [[notes/Old.md]].
| [[Old\\|a]] | ![[Old\\|200]] |
[a](notes/Old.md) [b](<notes/Old.md#h> "Old") [c](./notes/Old.md) [d](Old) ![e](/notes/Old.md#x)

[f]: notes/Old.md
`[[Old]]` [[Older]] [[Old]]s [web](https://x.example/Old.md)
"""
FOLLOWED = """\
See [[New (1) & more]], [[New (1) & more|Old]], [[ New (1) & more#Terms|the terms ]], ![[New (1) & more#^b1]] and [[notes/New (1) & more]], [[notes/New (1) & more.md]].
| [[New (1) & more\\|a]] | ![[New (1) & more\\|200]] |
[a](notes/New%20(1)%20&%20more.md) [b](<notes/New (1) & more.md#h> "Old") [c](./notes/New%20(1)%20&%20more.md) [d](Old) ![e](/notes/New%20(1)%20&%20more.md#x)

[f]: notes/New%20(1)%20&%20more.md
`[[Old]]` [[Older]] [[New (1) & more]]s [web](https://x.example/Old.md)
"""  # noqa: E501


def test_every_kind_of_link_is_updated_and_nothing_else_changes(root: Path) -> None:
    files = {
        "a.md": LINKS,
        "notes/Old.md": "I am [[Old]], see [x](Old.md).\n",
        "notes/Older.md": "",
        "windows.md": LINKS.replace("\n", "\r\n"),
    }
    assert checked_rename(root, files, "notes/Old.md", "New (1) & more") == {
        "a.md": FOLLOWED,
        "notes/New (1) & more.md": "I am [[New (1) & more]], see [x](New%20(1)%20&%20more.md).\n",
        "notes/Older.md": "",
        "windows.md": FOLLOWED.replace("\n", "\r\n"),
    }


YAML = """\
---
client: "[[Old]]"   # [[Old]] in a comment
single: '[[Old|it''s]]'
double: "\\"see\\" [[Old]] [[Old#x]]"
plain: see [[Old]] there
bare: [[Old]]
flow: ["[[Old]]", '[[Old]]', text]
list:
- "[[Old]]"
-   [[Old]]
block: |
    one [[Old]]
folded: >-
  one [[Old]]
  two
deeper:
  key: '[[Old]]'
---
[[Old]]
"""


def test_links_in_properties_are_updated_in_every_yaml_style(root: Path) -> None:
    after = checked_rename(root, {"a.md": YAML, "Old.md": ""}, "Old.md", "It's new, é")
    assert after["a.md"] == YAML.replace("[[Old", "[[It's new, é").replace("# [[It's new, é]] in", "# [[Old]] in").replace(
        "single: '[[It's", "single: '[[It''s"
    ).replace(", '[[It's", ", '[[It''s").replace("key: '[[It's", "key: '[[It''s")


def test_an_escaped_link_in_yaml_is_skipped_and_reported(root: Path) -> None:
    make_vault(root, {"a.md": '---\na: "[[\\x4fld]]"\nb: "[[Old]]"\n---\n[[Old]]\n', "Old.md": ""})
    done = renamed(root, "Old.md", "New")
    assert (root / "a.md").read_text() == '---\na: "[[\\x4fld]]"\nb: "[[New]]"\n---\n[[New]]\n'
    assert [tuple(link) for link in done.skipped_links] == [("a.md", 2, '"[[\\x4fld]]"', "New.md can't be written there")]


def test_an_unquoted_link_that_yaml_would_misread_is_skipped_and_reported(root: Path) -> None:
    make_vault(root, {"a.md": "---\na: [[Old]]\nb: one [[Old]]\n---\n", "Old.md": ""})
    done = renamed(root, "Old.md", "New - {x}")
    assert (root / "a.md").read_text() == "---\na: [[Old]]\nb: one [[New - {x}]]\n---\n"
    assert [(link.line, link.link, link.why) for link in done.skipped_links] == [(2, "[[Old]]", "the change could not be verified")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("%C3%84h%20alt.md", "Gr%C3%B6%C3%9Fe%201.md"), ("Äh%20alt.md", "Größe%201.md"), ("<Äh alt.md>", "<Größe 1.md>"),
        ("./Äh%20alt", "./Größe%201"), ("/%C3%84h%20alt.md#x", "/Gr%C3%B6%C3%9Fe%201.md#x"),
    ],
)  # fmt: skip
def test_percent_encoding_is_kept_where_the_link_had_it(old: str, new: str, root: Path) -> None:
    make_vault(root, {"Äh alt.md": "", "a.md": f"[x]({old}) é\n"})
    renamed(root, "Äh alt.md", "Größe 1")
    assert (root / "a.md").read_text() == f"[x]({new}) é\n"


def test_relative_links_of_a_moved_note_are_updated(root: Path) -> None:
    after = checked_rename(
        root,
        {
            "a/Note.md": "[x](b/Other.md) ![p](pic.png) [y](../Top.md) [[Other]] [[./b/Other]] [s](Note.md)\n",
            "a/b/Other.md": "[back](../Note.md) [[Note]] [[a/Note]]\n",
            "a/pic.png": "x",
            "Top.md": "[n](a/Note.md)\n",
        },
        "Note",
        "deep/er/Note",
    )
    assert after == {
        "deep/er/Note.md": "[x](../../a/b/Other.md) ![p](../../a/pic.png) [y](../../Top.md) [[Other]] [[../../a/b/Other]] [s](Note.md)\n",
        "a/b/Other.md": "[back](../../deep/er/Note.md) [[Note]] [[deep/er/Note]]\n",
        "a/pic.png": "x",
        "Top.md": "[n](deep/er/Note.md)\n",
    }


def test_links_with_a_title_that_is_taken_elsewhere_become_paths(root: Path) -> None:
    files = {"x/Old.md": "", "y/New.md": "", "z/a.md": "[[Old]] [[New]] [[y/New]]\n", "x/b.md": "[[New]]\n", "y/c.md": "[[New]]\n"}
    assert checked_rename(root, files, "Old", "New") == {
        "x/New.md": "",
        "y/New.md": "",
        "z/a.md": "[[x/New]] [[y/New]] [[y/New]]\n",
        "x/b.md": "[[y/New]]\n",  # its own folder has one now
        "y/c.md": "[[y/New]]\n",  # Obsidian would take the first
    }


def test_an_ambiguous_link_is_skipped_and_reported(root: Path) -> None:
    make_vault(root, {"x/Old.md": "", "y/Old.md": "", "a.md": "one\n[[Old]] [[x/Old]]\n", "x/b.md": "[[Old]]\n"})
    done = renamed(root, "x/Old.md", "New")
    assert (root / "a.md").read_text() == "one\n[[Old]] [[x/New]]\n"
    assert (root / "x/b.md").read_text() == "[[New]]\n"  # its own folder decided
    assert [tuple(link) for link in done.skipped_links] == [("a.md", 2, "[[Old]]", "it could mean x/Old.md or y/Old.md")]


def test_links_in_templates_and_ignored_notes_are_updated_and_unreadable_notes_reported(root: Path) -> None:
    files: dict[str, str | bytes] = {
        "vaultcrm.toml": 'ignore = ["archive"]\n', "templates/t.md": "{{ properties }}\n[[Old]]\n", "archive/o.md": "[[Old]]\n",
        "Old.md": "", "bad.md": "---\na: [\n---\nx\n[[Old]]\n", "latin.md": b"\xe9 [[Old]]\n", "toml.md": "+++\na = 1\n+++\n[[Old]]\n",
        ".hidden/h.md": "[[Old]]\n",
    }  # fmt: skip
    make_vault(root, files)
    done = renamed(root, "Old", "New")
    after = contents(root)
    assert after["templates/t.md"] == b"{{ properties }}\n[[New]]\n"
    assert after["archive/o.md"] == b"[[New]]\n"
    assert {path for path, data in after.items() if b"[[Old]]" in data} == {"bad.md", "latin.md", "toml.md", ".hidden/h.md"}
    assert [(link.path, link.line, link.why) for link in done.skipped_links] == [
        ("bad.md", 5, "the note can't be read"),
        ("latin.md", 1, "the note can't be read"),
        ("toml.md", 4, "the front matter is not YAML, and such notes are not edited"),
    ]


def test_a_note_that_broke_after_it_was_read_is_reported(root: Path) -> None:
    make_vault(root, {"Old.md": "", "a.md": "---\ntags: [x]\n---\n"})
    crm = Crm(str(root), NOW)
    crm.refresh()
    crm.catalog.close()
    (root / "a.md").write_text("---\ntags: [x\n---\n[[Old]]\n")
    assert [tuple(link) for link in renamed(root, "Old", "New").skipped_links] == [("a.md", 4, "[[Old]]", "the note can't be read")]


def test_a_canvas_is_updated_and_a_base_is_reported(root: Path) -> None:
    canvas = '{"nodes":[{"id":"1", "type":"file","file":"a/Old.md"},\n\t{"type":"text","text":"see [[Old]]","file":3}],"edges":[]}'
    after = checked_rename(root, {"a/Old.md": "", "c.canvas": canvas, "b.base": 'filters: file.path == "a/Old.md"\n'}, "Old", "New é")
    assert after["c.canvas"] == canvas.replace("a/Old.md", "a/New é.md")
    Journal(str(root)).undo()
    assert [(link.path, link.line, link.why) for link in renamed(root, "Old", "New").skipped_links] == [
        ("b.base", 1, "links in bases aren't updated"),
        ("c.canvas", 1, "it is in a text card of the canvas"),
    ]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"nodes": 3}', '{"nodes":["x"]}', '{"nodes":null}', "{", "[" * 100_000, '{"nodes":[{"file":"\\ud800"}]}']
)
def test_an_invalid_canvas_stays_as_it_is(text: str, root: Path) -> None:
    assert checked_rename(root, {"Old.md": "", "c.canvas": text}, "Old", "New") == {"New.md": "", "c.canvas": text}


def test_the_last_of_very_many_links_is_updated(root: Path) -> None:
    many = "[[Other]]\n" * links.MAX_LINKS
    make_vault(root, {"Old.md": "", "Other.md": "", "many.md": many + "[[Old]]\n"})
    renamed(root, "Old", "New")
    assert (root / "many.md").read_text() == many + "[[New]]\n"
    crm = Crm(str(root), NOW)
    assert [(problem.path, problem.line, problem.code) for problem in problems(crm)] == [("many.md", links.MAX_LINKS, "many-links")]
    crm.catalog.close()


def test_accents_and_case_of_a_link_do_not_matter(root: Path) -> None:
    after = checked_rename(
        root, {"Zoë Größe.md": "", "a.md": "[[zoe grosse]] [[ZOË GRÖSSE]] [x](zo%C3%AB%20gr%C3%B6%C3%9Fe.md)\n"}, "zoe", "New"
    )
    assert after["a.md"] == "[[New]] [[New]] [x](New.md)\n"


def test_a_link_in_the_first_property_is_updated(root: Path) -> None:
    after = checked_rename(root, {"Old.md": "", "a.md": '---\nproject: "[[Old]]"\nother: "[[Old]]"\n---\n[[Old]]\n'}, "old", "New")
    assert after["a.md"] == '---\nproject: "[[New]]"\nother: "[[New]]"\n---\n[[New]]\n'
