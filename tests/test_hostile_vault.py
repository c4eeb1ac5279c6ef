"""A folder from a stranger: what cannot be read becomes a problem, soon, and the rest of the vault is as it was.

The one clock in these tests is a bound on hanging.
"""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import bounded_work, contents, file_states, make_vault, refreshed, run_python
from vaultcrm.disk.filenames import name_problem
from vaultcrm.errors import InvalidInput
from vaultcrm.vault.vault import Vault

GOOD = "---\ntype: follow-up\ndue: 2026-11-09\n---\nbody\n"


def front(text: str) -> str:
    return f"---\n{text}\n---\nbody\n"


BOMB = "a0: &a0 [x]\n" + "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))
MERGE_BOMB = "a0: &a0 {k: v}\n" + "\n".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 12))
# name: (bytes, code of the problem, line)
UNREADABLE: dict[str, tuple[str | bytes, str, int]] = {
    "brackets.md": (front("a: " + "[" * 50_000), "front-matter", 2),
    "braces.md": (front("a: " + "{a: " * 15_000), "front-matter", 2),
    "dashes.md": (front("- " * 30_000), "front-matter", 2),
    "bomb.md": (front(BOMB), "front-matter", 7),  # 9 times the 13,942 values of line 6
    "merge bomb.md": (front(MERGE_BOMB), "front-matter", 6),  # 9 times the 2,460 values of line 5
    "circle.md": (front("a: &x [*x]"), "front-matter", 2),
    "large properties.md": (front("a: " + "x" * 65_536), "front-matter", 2),
    "many properties.md": (front("\n".join(f"{n}:" for n in range(10_001))), "front-matter", 10_002),
    "unclosed.md": ("---\n" + "a: 1\n" * 50_000, "front-matter", 1),
    "list.md": (front("- a\n- b"), "front-matter", 2),
    "escape.md": (front('a: "\\ud800"'), "front-matter", 2),
    "control.md": (front("a: \x07"), "front-matter", 2),
    "nul.md": (b"line\nline\x00\n", "binary", 2),
    "binary.md": (bytes(range(256)) * 100, "encoding", 2),
    "utf-16.md": ("ä note\n".encode("utf-16"), "encoding", 1),
    "latin-1.md": ("---\na: 1\n---\nçà\n".encode("latin-1"), "encoding", 4),
    "zip.md": (b"PK\x03\x04\x14\x00\x00\x00\x08\x00\xf0\x9f", "encoding", 1),
}
SPECIAL: dict[str, tuple[Callable[[str], object], str]] = {
    "pipe.md": (os.mkfifo, "not-a-file"),
    "loop.md": (lambda path: os.symlink("loop.md", path), "symlink"),
    "dangling.md": (lambda path: os.symlink("/nowhere", path), "symlink"),
    "passwd.md": (lambda path: os.symlink("/etc/passwd", path), "symlink"),
    "outside": (lambda path: os.symlink("../../outside", path), "symlink"),
    "up": (lambda path: os.symlink("..", path), "symlink"),
    "here": (lambda path: os.symlink(".", path), "symlink"),
    "sparse.md": (lambda path: sparse(path, 50_000_000), "too-large"),
    "not \udcff utf-8.md": (lambda path: Path(path).write_text(GOOD), "encoding"),
}


def sparse(path: str, size: int) -> None:
    with open(path, "wb") as file:
        file.truncate(size)


@pytest.fixture
def stranger(tmp_path: Path) -> Vault:
    """A vault with good notes around everything that is bad."""
    vault = make_vault(
        tmp_path / "vault", {"good.md": GOOD, "bad/good.md": GOOD, **{f"bad/{name}": text for name, (text, _, _) in UNREADABLE.items()}}
    )
    for name, (make, _) in SPECIAL.items():
        make(os.path.join(vault.root, "bad", name))
    make_vault(tmp_path / "outside", {"secret.md": GOOD, "deep/secret.md": GOOD})
    return vault


def test_everything_bad_is_a_problem_in_its_place_and_everything_good_is_there(stranger: Vault, tmp_path: Path) -> None:
    before, inside = file_states(tmp_path / "outside"), contents(Path(stranger.root))
    with bounded_work():
        catalog = refreshed(stranger)
    found = {problem.path: (problem.code, problem.line) for problem in catalog.problems()}
    expected = {f"bad/{name}": (code, line) for name, (_, code, line) in UNREADABLE.items()}
    expected |= {f"bad/{name}": (code, 1) for name, (_, code) in SPECIAL.items()}
    assert found == {path.replace("\udcff", "\\xff"): problem for path, problem in expected.items()}
    assert [note.path for note in catalog.notes()] == ["bad/good.md", "good.md"]
    assert len(catalog.follow_ups()) == 2
    assert file_states(tmp_path / "outside") == before
    assert contents(Path(stranger.root)) == inside


def test_looking_again_changes_nothing_and_ends_as_soon(stranger: Vault) -> None:
    catalog = refreshed(stranger)
    first = catalog.problems()
    with bounded_work():
        for _ in range(3):
            assert refreshed(stranger, catalog).problems() == first


@pytest.mark.parametrize(
    "text",
    [
        front("title: {{title}}\ndate: <% tp.date.now() %>"),
        front("a: !!python/object/apply:os.system [echo]\nb: !<tag:x> 1"),
        front("type: client\naliases: {a: 1}\ncadence: [[x]]\nstatus: &x active"),
        front("type: follow-up\ndue: 99999-99-99\nrecurrence: FREQ=SECONDLY\ncomplete_instances: {a: b}"),
        front("? [a, b]\n: c\n? {d: e}\n: f\n~: g\n2026: h\ncontent: i"),
        front("type: interaction\ndate: 0000-00-00\npeople: '[[../../etc/passwd]]'\nclient: '[[../../../x]]'"),
        "---\r\ntype: client\r\n---\r\n" + "> " * 20_000 + "\n" + "#" * 50_000 + "\n" + "[[" * 50_000,
        "\ufeff" * 3 + GOOD,
        "---\n" * 10_000,
        "x\n" * 200_000,
        "\x1b]52;c;aGk=\x07\u202e\x1b[31m\n",
    ],
)
def test_what_is_odd_but_can_be_read_is_a_note(text: str, tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"odd.md": text, "good.md": GOOD})
    with bounded_work():
        catalog = refreshed(vault)
    assert [note.path for note in catalog.notes()] == ["good.md", "odd.md"]
    assert "good.md" in [follow_up.path for follow_up in catalog.follow_ups()]


@pytest.mark.parametrize(
    "name", ["a\x1b[31mred.md", "line\nbreak.md", "gnp\u202eexe.md", "a\tb.md", " .md", "-rf.md", "con.md", "a\x7f.md", "x" * 252 + ".md"]
)
def test_a_note_with_an_odd_name_is_read_all_the_same(name: str, tmp_path: Path) -> None:
    catalog = refreshed(make_vault(tmp_path / "vault", {f"c/{name}": GOOD}))
    assert [(note.path, note.title) for note in catalog.notes()] == [(f"c/{name}", name.removesuffix(".md"))]
    assert len(catalog.follow_ups()) == 1
    assert catalog.problems() == []
    assert name.startswith(("-", " ", "x")) or name_problem(name.removesuffix(".md"))


def test_links_and_names_that_climb_lead_nowhere(stranger: Vault) -> None:
    catalog = refreshed(stranger)
    for text in ("[[../outside/secret]]", "[[../../etc/passwd]]", "[[/etc/passwd]]", "[[outside/secret]]", "[[bad/outside/secret]]"):
        assert catalog.resolve(text, "bad/good.md") is None
    for path in ("../outside/secret.md", "bad/outside/secret.md", "bad/up/../x.md", "bad/passwd.md"):
        with pytest.raises(InvalidInput):
            stranger.path(path)


def test_two_hundred_levels_of_folders_are_walked(tmp_path: Path) -> None:
    deep = "/".join(["d"] * 200)
    catalog = refreshed(make_vault(tmp_path / "vault", {f"{deep}/x.md": GOOD}))
    assert [note.path for note in catalog.notes()] == [f"{deep}/x.md"]


def test_what_lies_in_a_folder_whose_name_is_not_utf_8_stays_a_problem(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {"f\udcff/x.md": GOOD, "good.md": GOOD})
    catalog = refreshed(vault)
    for _ in range(3):
        assert [(problem.path, problem.code) for problem in refreshed(vault, catalog).problems()] == [("f\\xff/x.md", "encoding")]
        assert [note.path for note in catalog.notes()] == ["good.md"]


def test_a_heading_with_very_many_blanks_holds_nobody_up() -> None:
    """In a process of its own, to be ended: an expression at work cannot be interrupted."""
    program = "from vaultcrm.model.read_note import read_note; read_note('c.md', b'---\\ntype: client\\n---\\n# a' + b' ' * 100_000 + b'b')"
    assert run_python(program).returncode == 0


def test_a_control_character_in_the_properties_is_a_problem_in_its_line(tmp_path: Path) -> None:
    (problem,) = refreshed(make_vault(tmp_path / "vault", {"a.md": front("a: 1\nb: \x07")})).problems()
    assert problem.line == 3


def test_two_names_that_are_not_utf_8_are_two_problems(tmp_path: Path) -> None:
    vault = make_vault(tmp_path / "vault", {os.fsdecode(name): GOOD for name in (b"\xff.md", b"\xfe.md")})
    assert len(refreshed(vault).problems()) == 2
