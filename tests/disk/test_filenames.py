"""File names that are legal everywhere, and paths that never lead out of the vault."""

import os
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vaultcrm.disk.filenames import MAX_NAME_BYTES, file_name, name_problem, path_inside, title_of_path
from vaultcrm.errors import InvalidInput

# Windows: "Naming Files, Paths, and Namespaces"; Obsidian: characters that a wikilink can't contain
FORBIDDEN = set('\\/:*?"<>|#^[]')
RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {f"{device}{n}" for device in ("com", "lpt") for n in "123456789¹²³"}
PARTS = [
    "/", "\\", "..", ".", " ", "-", ":", ": ", "%%", "*", "?", '"', "<", ">", "|", "#", "^", "[[", "]]", "\n", "\t", "\0", "\x1b[31m",
    "\u202e", "\u200b", "a", "B", "é", "e\u0301", "ß", "😀", "👩\u200d💻", "con", "NUL", "com1", "~", "$", "%", "\u3000", "\x85", "\ufeff",
    "x" * 60, "ö" * 70,
]  # fmt: skip
TITLES = st.one_of(st.text(max_size=30), st.lists(st.sampled_from(PARTS), max_size=8).map("".join))


def name_faults(name: str) -> list[str]:
    """Everything that is wrong with a name, by rules that don't depend on the module."""
    return [
        *(["empty"] if not name else []),
        *(["too long"] if len(name.encode("utf-8", "surrogatepass")) > MAX_NAME_BYTES else []),
        *(["hidden"] if name.startswith(".") else []),
        *(["ends with a space or a dot"] if name[-1:] in (" ", ".") else []),
        *(["starts with a space"] if name[:1] == " " else []),
        *(["forbidden character"] if FORBIDDEN.intersection(name) or "%%" in name else []),
        *(["invisible"] if any(unicodedata.category(char)[0] == "C" and char not in "\u200c\u200d" for char in name) else []),
        *(["several lines"] if len(name.splitlines()) > 1 else []),
        *(["reserved"] if name.partition(".")[0].rstrip().lower() in RESERVED else []),
    ]


@given(st.lists(TITLES, min_size=20, max_size=20))
@example(["", ".", "..", "...", "/", "-", " . - ", "\0", "\u200b"])
def test_any_title_becomes_a_name_that_is_legal_everywhere(titles: list[str]) -> None:
    """500 examples of 20 titles each."""
    for title in titles:
        name = file_name(title)
        assert name_faults(name) == []
        assert name_problem(name) is None
        assert name == unicodedata.normalize("NFC", name) == file_name(name)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Pricing call", "Pricing call"),
        ("Dana: two options", "Dana - two options"),
        ("14:30 call", "14-30 call"),
        ("and/or", "and-or"),
        ('say "hi"', "say 'hi'"),
        ("what?", "what"),
        ("[draft] <v2>", "(draft) (v2)"),
        ("a  b\n\tc", "a b c"),
        ("  .hidden. ", "hidden"),
        ("Zoe\u0308", "Zoë"),
        ("con", "note con"),
        ("Nul", "note Nul"),
        ("console", "console"),
        ("50%", "50%"),
        ("a %% b", "a % b"),
        ("100 %%% sure", "100 % sure"),
        ("50 %?% off", "50 % off"),  # without the question mark, the percent signs become "%%"
        ("con.txt", "note con.txt"),  # Windows reserves "con" with any extension
        ("con." + "x" * 116, "note"),  # with "note " in front it is too long and is cut between words
        ("", "note"),
        ("???", "note"),
        ("../../etc/passwd", "etc-passwd"),
        ("x\x1b[31mred\x07", "x(31mred"),
        ("gnp\u202e.exe", "gnp.exe"),
    ],
)
def test_a_file_name_stays_close_to_the_title(title: str, name: str) -> None:
    assert file_name(title) == name


def test_the_fallback_is_used_when_nothing_remains() -> None:
    assert file_name("/\\?*", "Acme") == "Acme"


def test_a_long_title_is_cut_between_words_or_characters() -> None:
    assert file_name("word " * 40) == " ".join(["word"] * 24)  # 24 words and 23 spaces are 119 bytes
    assert file_name("a " * 59 + "ab") == "a " * 59 + "ab"  # exactly 120 bytes
    assert file_name("ö" * 100) == "ö" * 60
    assert file_name("😀" * 40) == "😀" * 30


@pytest.mark.parametrize(
    "name",
    [
        "a/b",
        "a\\b",
        "a:b",
        "a*",
        "a?",
        'a"',
        "<a",
        "a>",
        "a|b",
        "#a",
        "a^",
        "[a",
        "a]",
        "a%%b",
        "a.",
        "a ",
        "con",
        "LPT1.md",
        "a\u202eb",
        "a\n",
    ],
)
def test_a_name_that_causes_trouble_elsewhere_has_a_problem(name: str) -> None:
    assert name_problem(name)


@pytest.mark.parametrize(
    "name", ["Acme Studio", "2026-11-02 1430 Pricing call", "Zoë", "😀", "50%", "a.b", "-a", "it's (new)", "家族", "👩\u200d💻"]
)
def test_an_ordinary_name_has_no_problem(name: str) -> None:
    assert name_problem(name) is None


# -------------------------------------------------------------------------------- path_inside

HOSTILE = [
    "..", "../x", "a/../../x", "a/..", "/etc/passwd", "/", "..\\x", "a\\..\\..\\x", "C:\\x", "c:x", "C:/x", "//server/share",
    ".git/config", ".git", "a/.git/hooks/x", ".GIT/config", ".git./config", ".git /config", "git~1/config", "GIT~1", "a\0b", "a/\0",
]  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE)
def test_a_hostile_path_is_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="leads out of the vault"):
        path_inside(str(tmp_path), path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a.md",
        "clients/Acme Studio/Acme Studio.md",
        "a/./b",
        "...",
        "..a/b..",
        "~/x",
        ".github/x",
        ".gitignore",
        "new/folder/x.md",
        "ä😀.md",
    ],
)
def test_a_path_in_the_vault_is_joined_to_its_root(path: str, tmp_path: Path) -> None:
    assert path_inside(str(tmp_path), path) == os.path.join(str(tmp_path), path)


def test_a_symlink_that_points_elsewhere_is_refused(tmp_path: Path) -> None:
    root, outside = tmp_path / "vault", tmp_path / "vault-outside"
    (root / "real").mkdir(parents=True)
    outside.mkdir()
    (root / "out").symlink_to(outside)
    (root / "up").symlink_to("..")
    (root / "file.md").symlink_to(outside / "new.md")
    (root / "chain").symlink_to("out")
    for path in ("out", "out/x.md", "up/x.md", "up/vault-outside/x.md", "file.md", "chain/deep/x.md"):
        with pytest.raises(InvalidInput, match="symbolic link"):
            path_inside(str(root), path)


def test_symlinks_inside_the_vault_or_to_the_vault_are_fine(tmp_path: Path) -> None:
    (tmp_path / "vault/real").mkdir(parents=True)
    (tmp_path / "vault/link").symlink_to("real")
    (tmp_path / "alias").symlink_to("vault")
    for root in (tmp_path / "vault", tmp_path / "alias"):
        assert path_inside(str(root), "link/x.md") == str(root / "link/x.md")


def test_a_symlink_loop_stays_inside_the_vault(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert path_inside(str(tmp_path), "a/x.md").startswith(str(tmp_path))


@pytest.mark.skipif(sys.platform == "win32", reason="NTFS allows such names")
def test_a_lone_surrogate_in_a_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="can't store"):
        path_inside(str(tmp_path), "\ud800.md")


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("clients/Acme Studio/Acme Studio.md", "Acme Studio"),
        ("2026-11-02 1430 v1.2.md", "2026-11-02 1430 v1.2"),
        ("README.MD", "README"),
        ("files/logo.png", "logo.png"),
        ("a.md/b", "b"),
        (".md", ""),
    ],
)
def test_the_title_of_a_path_is_its_name_without_md(path: str, title: str) -> None:
    assert title_of_path(path) == title
