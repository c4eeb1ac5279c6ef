"""Notes and client folders renamed: whole vaults before and after, and back again byte for byte."""

import json
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import EXAMPLES, contents, make_vault
from vaultcrm.actions.check import problems
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.rename import Renamed, rename
from vaultcrm.cli.main import cli
from vaultcrm.errors import Changed, NotFound, NotUnderstood, Refused, Unreadable, VaultcrmError
from vaultcrm.links.resolver import Whereabouts
from vaultcrm.markdown import links
from vaultcrm.vault.journal import Journal
from vaultcrm.vault.vault import Vault
from vaultcrm.vault.writer import writing

NOW = datetime(2026, 11, 16, 9, 30)
CLIENT = "---\ntype: client\n---\n"


def renamed(root: Path, name: str, new: str, keep_alias: bool = True, dry_run: bool = False) -> Renamed:
    crm = Crm(str(root), NOW, ["rename", name, new])
    try:
        return rename(crm, name, new, keep_alias, dry_run)
    finally:
        crm.catalog.close()


def folders(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_dir())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "vault"


def there_and_back(root: Path, files: dict[str, str], name: str, new: str, **how: bool) -> dict[str, str]:
    """The vault after a rename, once undo and redo have shown that they give back the same bytes and folders."""
    make_vault(root, files)
    before, before_folders = contents(root), folders(root)
    planned = renamed(root, name, new, dry_run=True, **how)
    assert (contents(root), folders(root)) == (before, before_folders)
    done = renamed(root, name, new, **how)
    assert planned == done
    after, after_folders = contents(root), folders(root)
    Journal(str(root)).undo()
    assert (contents(root), folders(root)) == (before, before_folders)
    Journal(str(root)).redo()
    assert (contents(root), folders(root)) == (after, after_folders)
    return {path: data.decode() for path, data in after.items()}


# ----------------------------------------------------------------------------------- every link


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
[a](notes/New%20(1)%20&%20more.md) [b](<notes/New (1) & more.md#h> "Old") [c](./notes/New%20(1)%20&%20more.md) [d](New%20(1)%20&%20more) ![e](/notes/New%20(1)%20&%20more.md#x)
[f]: notes/New%20(1)%20&%20more.md
`[[Old]]` [[Older]] [[New (1) & more]]s [web](https://x.example/Old.md)
"""  # noqa: E501


def test_every_kind_of_link_follows_and_nothing_else_changes(root: Path) -> None:
    files = {
        "a.md": LINKS,
        "notes/Old.md": "I am [[Old]], see [x](Old.md).\n",
        "notes/Older.md": "",
        "windows.md": LINKS.replace("\n", "\r\n"),
    }
    assert there_and_back(root, files, "notes/Old.md", "New (1) & more") == {
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


def test_links_in_properties_follow_in_each_way_that_yaml_has_for_a_text(root: Path) -> None:
    after = there_and_back(root, {"a.md": YAML, "Old.md": ""}, "Old.md", "It's new, é")
    assert after["a.md"] == YAML.replace("[[Old", "[[It's new, é").replace("# [[It's new, é]] in", "# [[Old]] in").replace(
        "single: '[[It's", "single: '[[It''s"
    ).replace(", '[[It's", ", '[[It''s").replace("key: '[[It's", "key: '[[It''s")


def test_a_link_that_yaml_spells_in_another_way_is_left_and_named(root: Path) -> None:
    make_vault(root, {"a.md": '---\na: "[[\\x4fld]]"\nb: "[[Old]]"\n---\n[[Old]]\n', "Old.md": ""})
    done = renamed(root, "Old.md", "New")
    assert (root / "a.md").read_text() == '---\na: "[[\\x4fld]]"\nb: "[[New]]"\n---\n[[New]]\n'
    assert [tuple(one) for one in done.left] == [("a.md", 2, '"[[\\x4fld]]"', "New.md cannot be written there")]


def test_a_link_without_quotes_that_yaml_would_read_otherwise_is_left_and_named(root: Path) -> None:
    make_vault(root, {"a.md": "---\na: [[Old]]\nb: one [[Old]]\n---\n", "Old.md": ""})
    done = renamed(root, "Old.md", "New - {x}")
    assert (root / "a.md").read_text() == "---\na: [[Old]]\nb: one [[New - {x}]]\n---\n"
    assert [(one.line, one.link, one.why) for one in done.left] == [(2, "[[Old]]", "the change could not be proved")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("%C3%84h%20alt.md", "Gr%C3%B6%C3%9Fe%201.md"), ("Äh%20alt.md", "Größe%201.md"), ("<Äh alt.md>", "<Größe 1.md>"),
        ("./Äh%20alt", "./Größe%201"), ("/%C3%84h%20alt.md#x", "/Gr%C3%B6%C3%9Fe%201.md#x"),
    ],
)  # fmt: skip
def test_percent_signs_stay_where_the_link_had_them(old: str, new: str, root: Path) -> None:
    make_vault(root, {"Äh alt.md": "", "a.md": f"[x]({old}) é\n"})
    renamed(root, "Äh alt.md", "Größe 1")
    assert (root / "a.md").read_text() == f"[x]({new}) é\n"


def test_a_note_that_is_moved_takes_its_relative_links_with_it(root: Path) -> None:
    after = there_and_back(
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


def test_a_title_that_is_taken_elsewhere_is_written_as_a_path_and_catches_no_other_links(root: Path) -> None:
    files = {"x/Old.md": "", "y/New.md": "", "z/a.md": "[[Old]] [[New]] [[y/New]]\n", "x/b.md": "[[New]]\n", "y/c.md": "[[New]]\n"}
    assert there_and_back(root, files, "Old", "New") == {
        "x/New.md": "",
        "y/New.md": "",
        "z/a.md": "[[x/New]] [[y/New]] [[y/New]]\n",
        "x/b.md": "[[y/New]]\n",  # its own folder has one now
        "y/c.md": "[[y/New]]\n",  # Obsidian would take the first
    }


def test_an_ambiguous_link_is_left_and_named(root: Path) -> None:
    make_vault(root, {"x/Old.md": "", "y/Old.md": "", "a.md": "one\n[[Old]] [[x/Old]]\n", "x/b.md": "[[Old]]\n"})
    done = renamed(root, "x/Old.md", "New")
    assert (root / "a.md").read_text() == "one\n[[Old]] [[x/New]]\n"
    assert (root / "x/b.md").read_text() == "[[New]]\n"  # its own folder had decided
    assert [tuple(one) for one in done.left] == [("a.md", 2, "[[Old]]", "it may mean x/Old.md or y/Old.md")]


def test_links_in_templates_and_ignored_notes_follow_and_unreadable_notes_are_named(root: Path) -> None:
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
    assert [(one.path, one.line, one.why) for one in done.left] == [
        ("bad.md", 5, "the note cannot be read"),
        ("latin.md", 1, "the note cannot be read"),
        ("toml.md", 4, "the front matter is not YAML, and such notes are not edited"),
    ]


def test_a_canvas_follows_and_a_base_is_named(root: Path) -> None:
    canvas = '{"nodes":[{"id":"1", "type":"file","file":"a/Old.md"},\n\t{"type":"text","text":"see [[Old]]","file":3}],"edges":[]}'
    after = there_and_back(root, {"a/Old.md": "", "c.canvas": canvas, "b.base": 'filters: file.path == "a/Old.md"\n'}, "Old", "New é")
    assert after["c.canvas"] == canvas.replace("a/Old.md", "a/New é.md")
    Journal(str(root)).undo()
    assert [(one.path, one.line, one.why) for one in renamed(root, "Old", "New").left] == [
        ("b.base", 1, "it stands in a base"),
        ("c.canvas", 1, "it stands in a text of the canvas"),
    ]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"nodes": 3}', '{"nodes":["x"]}', '{"nodes":null}', "{", "[" * 100_000, '{"nodes":[{"file":"\\ud800"}]}']
)
def test_a_strange_canvas_stays_as_it_is(text: str, root: Path) -> None:
    assert there_and_back(root, {"Old.md": "", "c.canvas": text}, "Old", "New") == {"New.md": "", "c.canvas": text}


def test_the_last_of_very_many_links_follows(root: Path) -> None:
    many = "[[Other]]\n" * links.MAX_LINKS
    make_vault(root, {"Old.md": "", "Other.md": "", "many.md": many + "[[Old]]\n"})
    renamed(root, "Old", "New")
    assert (root / "many.md").read_text() == many + "[[New]]\n"
    crm = Crm(str(root), NOW)
    assert [(one.path, one.line, one.code) for one in problems(crm)] == [("many.md", links.MAX_LINKS, "many-links")]
    crm.catalog.close()


def test_accents_and_case_of_a_link_do_not_matter(root: Path) -> None:
    after = there_and_back(
        root, {"Zoë Größe.md": "", "a.md": "[[zoe grosse]] [[ZOË GRÖSSE]] [x](zo%C3%AB%20gr%C3%B6%C3%9Fe.md)\n"}, "zoe", "New"
    )
    assert after["a.md"] == "[[New]] [[New]] [x](New.md)\n"


# -------------------------------------------------------------------------------------- clients


ACME = {
    "clients/Acme/Acme.md": "---\ntype: client\naliases:\n  - Acme Inc\nrate: 60  # an hour\n---\n"
    "![[logo.png]] [x](logo.png) [w](projects/Web.md)\n",
    "clients/Acme/logo.png": "\x00PNG",
    "clients/Acme/projects/Web.md": "---\ntype: project\n---\nFor [[Acme]], [c](../Acme.md), [[clients/Acme/Acme]]\n",
    "inbox/talk.md": '---\ntype: interaction\ndate: 2026-11-02\nclient: "[[Acme]]"\nproject: "[[Web]]"\n---\n'
    "[l](../clients/Acme/logo.png) ![[clients/Acme/logo.png]]\n",
    "other.md": '---\nclient: "[[Acme Inc]]"\n---\n[[acme]] [[Acme/projects/Web]] [[logo.png]]\n',
}  # fmt: skip


def test_a_client_takes_its_folder_along_and_keeps_its_old_name_as_an_alias(root: Path) -> None:
    assert there_and_back(root, ACME, "acme", "Søn & Co") == {
        "clients/Søn & Co/Søn & Co.md": ACME["clients/Acme/Acme.md"].replace("  - Acme Inc\n", "  - Acme Inc\n  - Acme\n"),
        "clients/Søn & Co/logo.png": "\x00PNG",
        "clients/Søn & Co/projects/Web.md": "---\ntype: project\n---\n"
        "For [[Søn & Co]], [c](../Søn%20&%20Co.md), [[clients/Søn & Co/Søn & Co]]\n",
        "inbox/talk.md": ACME["inbox/talk.md"]
        .replace("[[Acme]]", "[[Søn & Co]]")
        .replace("../clients/Acme", "../clients/Søn%20&%20Co")
        .replace("[[clients/Acme", "[[clients/Søn & Co"),
        "other.md": '---\nclient: "[[Acme Inc]]"\n---\n[[Søn & Co]] [[Søn & Co/projects/Web]] [[logo.png]]\n',
    }
    crm = Crm(str(root), NOW)
    crm.catch_up()
    assert {home.name if home else None for _, home in crm.catalog.linked()} == {"Søn & Co"}


def test_a_client_may_lose_its_old_name_and_an_alias_that_it_is_called_by_now(root: Path) -> None:
    after = there_and_back(root, ACME, "acme", "Acme Inc", keep_alias=False)
    assert after["clients/Acme Inc/Acme Inc.md"] == ACME["clients/Acme/Acme.md"].replace("aliases:\n  - Acme Inc\n", "")
    assert after["other.md"] == '---\nclient: "[[Acme Inc]]"\n---\n[[Acme Inc]] [[Acme Inc/projects/Web]] [[logo.png]]\n'


def test_a_client_that_is_named_without_a_link_is_told_when_its_old_name_goes(root: Path) -> None:
    make_vault(root, {"clients/Acme/Acme.md": CLIENT, "talk.md": "---\ntype: interaction\nclient: acme\n---\n"})
    assert renamed(root, "acme", "New", dry_run=True).left == []  # it stays an alias
    assert [tuple(one) for one in renamed(root, "acme", "New", keep_alias=False).left] == [("talk.md", 3, "acme", "it is no link")]


def test_a_client_is_moved_with_all_that_is_its_own(root: Path) -> None:
    after = there_and_back(root, ACME, "acme", "past/2026/Acme")
    assert sorted(after) == [
        "inbox/talk.md",
        "other.md",
        *(f"past/2026/Acme/{name}" for name in ("Acme.md", "logo.png", "projects/Web.md")),
    ]
    assert after["past/2026/Acme/projects/Web.md"] == "---\ntype: project\n---\nFor [[Acme]], [c](../Acme.md), [[past/2026/Acme/Acme]]\n"
    assert after["inbox/talk.md"] == ACME["inbox/talk.md"].replace("clients/Acme", "past/2026/Acme")


def test_a_client_that_is_only_moved_keeps_its_aliases_as_they_are(root: Path) -> None:
    note = "---\ntype: client\naliases: [ACME]\n---\n"
    assert there_and_back(root, {"Acme/Acme.md": note}, "acme", "clients/") == {"clients/Acme/Acme.md": note}


def test_a_client_whose_folder_has_another_name_leaves_it_alone(root: Path) -> None:
    after = there_and_back(root, {"c/misc/Acme.md": CLIENT, "c/misc/n.md": "[[Acme]]"}, "acme", "New")
    assert after == {"c/misc/New.md": "---\ntype: client\naliases:\n  - Acme\n---\n", "c/misc/n.md": "[[New]]"}


@pytest.mark.parametrize("title", ["ACME", "acme"])
def test_only_the_case_of_a_name_may_change(title: str, root: Path) -> None:
    after = there_and_back(root, {"clients/Acme/Acme.md": CLIENT, "n.md": "[[Acme]]\n"}, "acme", title)
    assert after == {f"clients/{title}/{title}.md": CLIENT, "n.md": f"[[{title}]]\n"}


def test_a_name_that_no_file_can_have_is_kept_as_it_was_said(root: Path) -> None:
    files = {
        "clients/Acme/Acme.md": CLIENT, "clients/Acme/Dana.md": "---\ntype: person\n---\n",
        "clients/Acme/follow-ups/Call.md": "---\ntype: follow-up\ntitle: Call?\nstatus: open\n---\n",
        "clients/Acme/decisions/Yes.md": "---\ntype: decision\n---\n",
        "clients/Acme/interactions/2026-11-02 1430 Talk.md": "---\ntype: interaction\n---\n",
    }  # fmt: skip
    make_vault(root, files)
    renamed(root, "Dana", "Dana: the boss")
    renamed(root, "clients/Acme/follow-ups/Call.md", "Call them")
    renamed(root, "Yes", "Is it yes?")
    renamed(root, "clients/Acme/interactions/2026-11-02 1430 Talk.md", "Long talk")
    renamed(root, "acme", "Acme: more")
    assert {path: data.decode() for path, data in contents(root).items()} == {
        "clients/Acme - more/Acme - more.md": '---\ntype: client\naliases:\n  - Acme\n  - "Acme: more"\n---\n',
        "clients/Acme - more/Dana - the boss.md": '---\ntype: person\naliases:\n  - "Dana: the boss"\n---\n',
        "clients/Acme - more/follow-ups/Call them.md": "---\ntype: follow-up\nstatus: open\n---\n",
        "clients/Acme - more/decisions/Is it yes.md": "---\ntype: decision\ntitle: Is it yes?\n---\n",
        "clients/Acme - more/interactions/2026-11-02 1430 Long talk.md": "---\ntype: interaction\n---\n",
    }


# ---------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("name", "new", "error"),
    [
        ("a.md", "B", Changed), ("a.md", "sub/c", Changed), ("a.md", "b.md/x", Changed), ("acme", "Other", Changed),
        ("acme", "Taken", Changed), ("acme", "Zed", Changed), ("acme", "clients/Acme/deeper/Acme", NotUnderstood),
        ("a.md", "", NotUnderstood), ("a.md", "..", NotUnderstood), ("a.md", "../x", NotUnderstood), ("a.md", "/etc/x", NotUnderstood),
        ("a.md", ".git/x", NotUnderstood), ("a.md", ".x/y", NotUnderstood), ("a.md", "archive/x", NotUnderstood),
        ("a.md", "templates/x", NotUnderstood), ("a.md", "linked/x", NotUnderstood),
        ("a.md", "what?/x", NotUnderstood), ("nobody", "x", NotFound), ("bad", "Is it?", Unreadable), ("commented", "New", Refused),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_nothing_is_written(name: str, new: str, error: type[VaultcrmError], root: Path) -> None:
    make_vault(
        root,
        {
            "vaultcrm.toml": 'ignore = ["archive"]\n', "a.md": "[[acme]]", "b.md": "", "sub/C.md": "", "clients/Acme/Acme.md": CLIENT,
            "clients/Other/Other.md": CLIENT, "clients/TAKEN/x.txt": "", "clients/Zz/Zz.md": "---\ntype: client\naliases: [Zed]\n---\n",
            "p/bad.md": "---\ntype: decision\n---\n",
            "clients/commented/commented.md": "---\ntype: client\naliases:\n  - x\n  # why\n  - New\n---\n",
        },
    )  # fmt: skip
    Crm(str(root), NOW).catch_up()
    (root / "p/bad.md").write_text("---\ntype: decision\na: [\n---\n")
    (root / "linked").symlink_to("sub")
    before, before_folders = contents(root), folders(root)
    with pytest.raises(error):
        renamed(root, name, new)
    assert (contents(root), folders(root)) == (before, before_folders)
    assert Journal(str(root)).entries() == []


def test_undo_refuses_when_somebody_has_taken_the_way_back_or_changed_something(root: Path) -> None:
    make_vault(root, ACME)
    renamed(root, "acme", "New")
    (root / "clients/Acme").mkdir()
    (root / "clients/Acme/theirs.md").write_text("theirs")
    there = contents(root)
    with pytest.raises(Changed, match="clients/Acme is there again"):
        Journal(str(root)).undo()
    assert contents(root) == there
    (root / "clients/Acme/theirs.md").unlink()
    (root / "clients/Acme").rmdir()
    (root / "other.md").write_text("theirs")
    there = contents(root)
    with pytest.raises(Changed, match=r"other\.md"):
        Journal(str(root)).undo()
    assert contents(root) == there
    assert [entry.state for entry in Journal(str(root)).entries()] == ["done"]


# ------------------------------------------------------------------------------------ killed


DYING = """if True:
    import os, signal, sys
    from datetime import datetime
    from vaultcrm.disk import files
    from vaultcrm.vault import journal
    from vaultcrm.disk import moves
    from vaultcrm.actions.crm import Crm
    from vaultcrm.actions.rename import rename
    root, what, count = sys.argv[1], sys.argv[2], int(sys.argv[3])

    def dying(name):
        real = getattr(os, name)
        def call(*args, **kwargs):
            global count
            if all(str(arg).startswith((root, ".")) for arg in args[:1]) and not str(args[0]).startswith(root + "/.x"):
                if count == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                count -= 1
            return real(*args, **kwargs)
        setattr(os, name, call)

    crm = Crm(root, datetime(2026, 11, 16), ["rename"])
    crm.catch_up()
    for name in ("rename", "link", "unlink", "replace", "makedirs"):
        dying(name)
    if what == "rename":
        rename(crm, "acme", "past/New")
    elif what == "undo":
        journal.Journal(root).undo()
    else:
        journal.Journal(root).redo()
"""


@pytest.mark.parametrize(
    ("what", "is_next_a_write"), [("rename", False), ("rename", True), ("undo", False), ("undo", True), ("redo", False)]
)
def test_a_kill_at_any_point_can_be_taken_back(what: str, is_next_a_write: bool, root: Path) -> None:
    make_vault(root, ACME)
    before, before_folders = contents(root), folders(root)
    renamed(root, "acme", "past/New")
    after = contents(root)
    Journal(str(root)).undo()
    count = 0
    while True:
        if what == "undo":
            Journal(str(root)).redo() if count == 0 else renamed(root, "acme", "past/New")
            assert contents(root) == after
        done = subprocess.run([sys.executable, "-c", DYING, str(root), what, str(count)], capture_output=True, text=True)
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        if is_next_a_write:
            with writing(Vault(str(root)), "next", "now") as writer:
                writer.create("", "next", "next")
            Journal(str(root)).undo()
        if what == "redo" and done.returncode:
            Journal(str(root)).redo()  # finishes it
            assert contents(root) == after
        with writing(Vault(str(root)), "nothing", "now"):  # the next writer ends what was cut short
            pass
        if any(entry.state == "done" for entry in Journal(str(root)).entries()):
            Journal(str(root)).undo()
        assert (contents(root), folders(root)) == (before, before_folders), f"killed at step {count}"
        if done.returncode == 0:
            break
        count += 1
    assert count > 10


# ------------------------------------------------------------------------------------ the command


def test_the_command_tells_what_it_did(root: Path) -> None:
    make_vault(root, {"Old.md": "", "a.md": "[[Old]]\n[[Old]]\n", "b.md": "[[Old]]\n"})

    def run(*words: str) -> tuple[str, str]:
        done = CliRunner().invoke(cli, ["--vault", str(root), "--today", "2026-11-16", *words], catch_exceptions=False)
        return done.stdout, done.stderr

    assert run("rename", "Old", "New", "--dry-run") == (
        "New.md\n  Old.md → New.md\n  a.md:1: [[Old]] → [[New]]\n  a.md:2: [[Old]] → [[New]]\n  b.md:1: [[Old]] → [[New]]\n",
        "3 links in 2 notes would follow.\n",
    )
    assert run("rename", "Old", "New") == ("New.md\n", "3 links in 2 notes follow.\n")
    assert json.loads(run("--json", "rename", "New", "sub/")[0]) == {
        "created": [], "changed": [], "moved": [{"from": "New.md", "to": "sub/New.md"}], "links": [], "left": [], "note": "sub/New.md",
        "dry_run": False,
    }  # fmt: skip
    assert json.loads(run("--json", "undo", "--list")[0])[0]["moves"] == [{"from": "New.md", "to": "sub/New.md"}]
    assert json.loads(run("--json", "undo", "--show")[0]) == [
        {"path": "sub/New.md", "now": None, "undone": None, "from": "sub/New.md", "to": "New.md"}
    ]


# --------------------------------------------------------------------------------------- the law


_TITLES = ("Acme", "acme B", "Notes", "Ä b", "x.y", "Nora's")
_FOLDERS = ("", "clients/Acme", "clients/acme B", "clients/Acme/deep", "n", "n/m")
_TARGETS = st.one_of(
    st.sampled_from(_TITLES),
    st.tuples(st.sampled_from(_FOLDERS), st.sampled_from(_TITLES)).map(lambda parts: "/".join(filter(None, parts))),
    st.tuples(st.sampled_from(("./", "../", "../../", "m/", "/")), st.sampled_from(_TITLES)).map("".join),
)
_SHAPES = st.sampled_from(("[[{}]]", "[[{}|x]]", "![[{}#h]]", "[x](<{}.md>)", "[x](<{}>)", "[[{}.md]]"))
_BODIES = st.lists(st.tuples(_SHAPES, _TARGETS).map(lambda pair: pair[0].format(pair[1])), max_size=4).map("\n".join)
_PATHS = st.tuples(st.sampled_from(_FOLDERS), st.sampled_from(_TITLES)).map(lambda parts: "/".join(filter(None, parts)) + ".md")
_NEW = st.one_of(
    st.sampled_from((*_TITLES, "New")), st.tuples(st.sampled_from((*_FOLDERS[1:], "q")), st.sampled_from((*_TITLES, ""))).map("/".join)
)


@settings(max_examples=max(50, EXAMPLES // 5))
@given(st.dictionaries(_PATHS, st.tuples(st.booleans(), _BODIES), min_size=2, max_size=8), st.data())
def test_no_link_is_broken_that_was_whole(
    tmp_path_factory: pytest.TempPathFactory, notes: dict[str, tuple[bool, str]], data: st.DataObject
) -> None:
    root = tmp_path_factory.mktemp("law") / "vault"
    seen: set[str] = set()
    notes = {path: note for path, note in notes.items() if path.lower() not in seen and not seen.add(path.lower())}  # type: ignore[func-returns-value]  # adds
    make_vault(root, {path: (CLIENT if client else "") + body + "\n" for path, (client, body) in notes.items()})
    name, new = data.draw(st.sampled_from(sorted(notes))), data.draw(_NEW)
    before, before_folders = contents(root), folders(root)
    was = leads(root)
    try:
        done = renamed(root, name, new)
    except VaultcrmError:
        assert (contents(root), folders(root)) == (before, before_folders)
        return
    ways = dict(done.moved)

    def way(path: str) -> str:
        for old, goal in sorted(ways.items(), reverse=True):
            if path == old or path.startswith(old + "/"):
                return goal + path[len(old) :]
        return path

    now = leads(root)
    named = {(one.path, one.line) for one in done.left}
    for (path, line), lead in was.items():
        if lead[0] is not None and (way(path), line) not in named:
            number = line + (contents(root)[way(path)].count(b"\n") - before[path].count(b"\n"))  # a client has aliases now
            new_lead = now[way(path), number]
            assert new_lead[0] == way(lead[0]), (path, line)
            assert new_lead[1] or not lead[1], (path, line)
            assert new_lead[2] or not lead[2] or not lead[1], (path, line)
    Journal(str(root)).undo() if done.moved else None
    assert (contents(root), folders(root)) == (before, before_folders)


def leads(root: Path) -> dict[tuple[str, int], tuple[str | None, bool, bool]]:
    """Where the link on each line leads, whether that is sure, and whether Obsidian would take it there."""
    crm = Crm(str(root), NOW)
    crm.catch_up()
    known = Whereabouts.of(crm.catalog, crm.vault.listing)
    rows = crm.catalog.rows("SELECT path, line, kind, key, target FROM links")
    found = {}
    for path, line, kind, key, target in rows:
        lead = known.lead(kind, target, key, path)
        found[path, line] = (lead.path, lead.is_sure, set(known.theirs(kind, target, path)) == {lead.path})
    crm.catalog.close()
    return found


@settings(max_examples=max(50, EXAMPLES // 5))
@given(st.dictionaries(_PATHS, st.booleans(), min_size=1, max_size=8), _TARGETS, _PATHS, st.sampled_from([None, "client"]))
def test_links_lead_where_the_catalogue_finds_them(
    tmp_path_factory: pytest.TempPathFactory, notes: dict[str, bool], target: str, source: str, key: str | None
) -> None:
    root = tmp_path_factory.mktemp("law") / "vault"
    vault = make_vault(root, {path: CLIENT if client else "" for path, client in notes.items()})
    crm = Crm(vault.root, NOW)
    crm.catch_up()
    lead = Whereabouts.of(crm.catalog, vault.listing).lead("wiki", target, key, source)
    found = crm.catalog.resolve(f"[[{target}]]", source, key)
    crm.catalog.close()
    if found is not None and not target.startswith("."):
        assert lead.path == found
