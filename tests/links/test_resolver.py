"""Which file a link points to, for vaultcrm and for Obsidian."""

import pytest

from tests.links.vaults import make_resolver
from vaultcrm.disk.moves import Move
from vaultcrm.links.ownership import ClientRef
from vaultcrm.links.resolver import LinkResolver, NoteRow, Resolution, candidate_list, choose_nearest, filter_by_title

# -------------------------------------------------------------------- choosing among notes of one title


@pytest.mark.parametrize(
    ("paths", "title", "matches"),
    [
        ([], "Notes", []),
        (["a/Notes.md", "b/notes.md"], "NOTES", ["a/Notes.md", "b/notes.md"]),
        (["a/Notes.md", "b/a/Notes.md", "ba/Notes.md"], "a/Notes", ["a/Notes.md", "b/a/Notes.md"]),
        (["a/Notes.md", "b/a/Notes.md"], "/b/A/notes", ["b/a/Notes.md"]),
        (["a/Notes.md"], "b/Notes", []),
        (["Resume.md", "x/Résumé.md"], "Résumé", ["x/Résumé.md"]),
        (["Resume.md", "x/Résumé.md"], "résumé", ["x/Résumé.md"]),
        (["Resume.md", "x/Résumé.md"], "resume", ["Resume.md"]),
        (["Résumé.md", "x/Résumé.md"], "Resume", ["Résumé.md", "x/Résumé.md"]),
        (["Résumé.md"], "Resume", ["Résumé.md"]),
        (["a/Resume.md", "a/Résumé.md"], "a/Résumé", ["a/Résumé.md"]),
    ],
)
def test_notes_are_found_by_title_by_the_end_of_their_path_and_by_accents_if_those_decide(
    paths: list[str], title: str, matches: list[str]
) -> None:
    assert filter_by_title(paths, title) == matches


ACME = ClientRef.at("c/Acme/Acme.md")


@pytest.mark.parametrize(
    ("paths", "title", "folder", "client", "expected"),
    [
        ([], "N", "", None, Resolution(None)),
        (["x/N.md"], "N", "", ACME, Resolution("x/N.md")),
        (["c/Acme/N.md", "x/N.md"], "x/N", "c/Acme", ACME, Resolution("x/N.md", True, ("c/Acme/N.md", "x/N.md"))),
        (["c/Acme/N.md", "x/N.md"], "/X/n", "c/Acme", ACME, Resolution("x/N.md", True, ("c/Acme/N.md", "x/N.md"))),
        (["c/Acme/deep/er/N.md", "x/N.md"], "N", "x", ACME, Resolution("c/Acme/deep/er/N.md", True, ("c/Acme/deep/er/N.md", "x/N.md"))),
        (["c/Acme/N.md", "c/Acme/a/N.md"], "N", "c/Acme/a", ACME, Resolution("c/Acme/a/N.md", True, ("c/Acme/N.md", "c/Acme/a/N.md"))),
        (["long/N.md", "x/N.md"], "N", "long", None, Resolution("long/N.md", True, ("long/N.md", "x/N.md"))),
        (["x/N.md", "y/z/N.md"], "N", "", None, Resolution("x/N.md", False, ("x/N.md", "y/z/N.md"))),
        (["y/N.md", "x/N.md"], "N", "", None, Resolution("x/N.md", False, ("x/N.md", "y/N.md"))),
        (["c/Acme/a/N.md", "c/Acme/b/N.md", "N.md"], "N", "c/Acme", ACME,
         Resolution("c/Acme/a/N.md", False, ("N.md", "c/Acme/a/N.md", "c/Acme/b/N.md"))),
        (["c/Acmes/N.md", "d/N.md"], "N", "", ACME, Resolution("d/N.md", False, ("c/Acmes/N.md", "d/N.md"))),
        (["x/N.md", "y/N.md"], "N", "x", ClientRef.at("Me.md"), Resolution("x/N.md", True, ("x/N.md", "y/N.md"))),
    ],
)  # fmt: skip
def test_the_full_path_the_clients_folder_and_the_same_folder_decide_in_this_order(
    paths: list[str], title: str, folder: str, client: ClientRef | None, expected: Resolution
) -> None:
    assert choose_nearest(paths, title, folder, client) == expected


# -------------------------------------------------------------------------------- links in a vault

VAULT = make_resolver(
    notes=["Notes.md", "Plan.md", "c/Acme/Notes.md", "c/Acme/sub/Call.md", "c/Beta/Notes.md", "c/Beta/Dana.md", "Zed.md"],
    clients=["c/Acme/Acme.md", "c/Beta/Beta.md", "c/Zed/Zed.md"],
    client_names={"c/Acme/Acme.md": ["acme", "the acme company"], "c/Beta/Beta.md": ["beta", "dana"]},
    other_files=["files/Photo.JPG", "c/Acme/files/photo.jpg", "files/list.pdf", "maps/Plan.canvas"],
)


@pytest.mark.parametrize(
    ("kind", "target", "source", "path"),
    [
        ("wiki", "Call", "Plan.md", "c/Acme/sub/Call.md"),
        ("wiki", "call.md", "Plan.md", "c/Acme/sub/Call.md"),
        ("wiki", "sub/Call", "Plan.md", "c/Acme/sub/Call.md"),
        ("wiki", "sub/Call.md", "Plan.md", "c/Acme/sub/Call.md"),
        ("wiki", "Notes.md", "c/Acme/sub/Call.md", "c/Acme/Notes.md"),
        ("wiki", "Notes", "c/Acme/sub/Call.md", "c/Acme/Notes.md"),
        ("wiki", "Notes", "c/Beta/Dana.md", "c/Beta/Notes.md"),
        ("wiki", "Notes", "Plan.md", "Notes.md"),
        ("wiki", "Beta/Notes", "c/Acme/Acme.md", "c/Beta/Notes.md"),
        ("wiki", "../Beta/Notes", "c/Acme/Acme.md", "c/Beta/Notes.md"),
        ("wiki", "./Notes", "c/Acme/Acme.md", "c/Acme/Notes.md"),
        ("wiki", "./Plan", "c/Acme/Acme.md", None),
        ("wiki", "../Plan", "c/Acme/Acme.md", None),
        ("wiki", "Nobody", "Plan.md", None),
        ("wiki", "list.pdf", "Plan.md", "files/list.pdf"),
        ("wiki", "Plan.canvas", "Notes.md", "maps/Plan.canvas"),
        ("path", "Notes.md", "c/Acme/Acme.md", "c/Acme/Notes.md"),
        ("path", "Plan.md", "c/Acme/Acme.md", "Plan.md"),
        ("path", "/Notes.md", "c/Acme/Acme.md", "Notes.md"),
        ("path", "/Call.md", "c/Acme/Acme.md", None),
        ("path", "sub/call", "c/Acme/Acme.md", "c/Acme/sub/Call.md"),
        ("path", "sub/../Notes.md", "c/Acme/Acme.md", "c/Acme/Notes.md"),
        ("path", "../../files/photo.jpg", "c/Acme/Acme.md", "files/Photo.JPG"),
        ("path", "sub/NOTES.md", "c/Acme/Acme.md", None),
        ("path", "NOTES.md", "c/Acme/Acme.md", "c/Acme/Notes.md"),
        ("path", "Call.md", "Plan.md", None),
        ("path", "sub/Call.md", "Plan.md", None),
        ("wiki", "call.MD", "Plan.md", "c/Acme/sub/Call.md"),
        ("wiki", "./notes.Md", "c/Acme/Acme.md", "c/Acme/Notes.md"),
    ],
)
def test_a_link_points_to_a_note_or_else_to_another_file(kind: str, target: str, source: str, path: str | None) -> None:
    assert VAULT.resolve(kind, target, None, source).path == path


@pytest.mark.parametrize(
    ("target", "key", "path"),
    [
        ("The Acme Company", "client", "c/Acme/Acme.md"),
        ("The Acme Company", "project", None),
        ("Dana", "client", "c/Beta/Beta.md"),
        ("Dana", "by", "c/Beta/Dana.md"),
        ("Notes", "client", "Notes.md"),
        ("Zed", "client", "c/Zed/Zed.md"),
        ("Zed", "by", "Zed.md"),
        ("Acme.MD", "client", "c/Acme/Acme.md"),
        ("./c/acme/ACME.Md", "client", "c/Acme/Acme.md"),
        ("./The Acme Company", "client", None),
    ],
)
def test_a_client_property_prefers_clients_and_knows_their_aliases(target: str, key: str, path: str | None) -> None:
    assert VAULT.resolve("wiki", target, key, "Plan.md").path == path


def test_a_title_is_found_without_its_accents_also_with_an_extension() -> None:
    vault = make_resolver(["x/Résumé.md"])
    assert vault.resolve("wiki", "resume", None, "a.md").path == "x/Résumé.md"
    assert vault.resolve("wiki", "Resume.md", None, "a.md").path == "x/Résumé.md"


def test_an_ambiguous_link_has_its_candidates() -> None:
    vault = make_resolver(["a/N.md", "b/N.md", "c.md"])
    assert vault.resolve("wiki", "N", None, "c.md") == Resolution("a/N.md", False, ("a/N.md", "b/N.md"))


def test_after_moves_links_resolve_as_they_will_then() -> None:
    after = VAULT.after_moves([Move("c/Acme", "past/Acme"), Move("Plan.md", "Roadmap.md")], {"past/Acme/Acme.md": ["the acme company"]})
    assert after.resolve("wiki", "Call", None, "Roadmap.md").path == "past/Acme/sub/Call.md"
    assert after.resolve("wiki", "Notes", None, "past/Acme/sub/Call.md").path == "past/Acme/Notes.md"
    assert after.resolve("wiki", "roadmap", None, "Zed.md").path == "Roadmap.md"
    assert after.resolve("wiki", "Plan", None, "Zed.md").path is None
    assert after.resolve("path", "files/photo.jpg", None, "past/Acme/Acme.md").path == "past/Acme/files/photo.jpg"
    assert after.resolve("wiki", "The Acme Company", "client", "Zed.md").path == "past/Acme/Acme.md"
    assert after.resolve("wiki", "Beta", "client", "Zed.md").path == "c/Beta/Beta.md"  # by its title
    assert after.resolve("wiki", "Dana", "client", "Zed.md").path == "c/Beta/Dana.md"  # no longer an alias


def test_the_files_are_listed_once_and_only_if_a_link_fits_no_note() -> None:
    calls = []

    def list_files() -> list[str]:
        calls.append("listed")
        return ["a.md", "b.pdf"]

    vault = LinkResolver([NoteRow("a.md", "a", None)], {}, list_files)
    assert vault.resolve("wiki", "a", None, "a.md").path == "a.md"
    assert calls == []
    assert vault.resolve("wiki", "b.pdf", None, "a.md").path == "b.pdf"
    assert vault.resolve("wiki", "c.pdf", None, "a.md").path is None
    assert vault.paths == {"a.md", "b.pdf"}
    assert calls == ["listed"]


# ---------------------------------------------------------------------------------------- Obsidian


@pytest.mark.parametrize(
    ("kind", "target", "source", "shortest", "nearest"),
    [
        ("wiki", "Notes", "c/Acme/Acme.md", "Notes.md", "c/Acme/Notes.md"),
        ("wiki", "Notes", "Plan.md", "Notes.md", "Notes.md"),
        ("wiki", "notes", "c/Acme/sub/Call.md", "Notes.md", "Notes.md"),
        ("wiki", "Acme/Notes", "Plan.md", "c/Acme/Notes.md", "c/Acme/Notes.md"),
        ("wiki", "C/Acme/notes", "c/Beta/Dana.md", "c/Acme/Notes.md", "c/Acme/Notes.md"),
        ("wiki", "Nobody", "Plan.md", None, None),
        ("wiki", "The Acme Company", "Plan.md", None, None),
        ("wiki", "./Notes", "c/Acme/Acme.md", "c/Acme/Notes.md", "c/Acme/Notes.md"),
        ("wiki", "photo.jpg", "c/Acme/Acme.md", "files/Photo.JPG", "c/Acme/files/photo.jpg"),
        ("path", "Notes.md", "c/Acme/Acme.md", "c/Acme/Notes.md", "c/Acme/Notes.md"),
        ("path", "Call.md", "Plan.md", "c/Acme/sub/Call.md", "c/Acme/sub/Call.md"),
        ("path", "/Call.md", "Plan.md", None, None),
        ("path", "../Call.md", "c/Acme/Acme.md", None, None),
    ],
)
def test_obsidian_may_open_the_file_with_the_shortest_path_or_the_nearest_one(
    kind: str, target: str, source: str, shortest: str | None, nearest: str | None
) -> None:
    assert VAULT.obsidian_targets(kind, target, source) == (shortest, nearest)


def test_a_name_is_unique_if_no_file_and_no_note_shares_it() -> None:
    assert VAULT.has_unique_name("c/Acme/sub/Call.md")
    assert not VAULT.has_unique_name("c/Acme/Notes.md")
    assert VAULT.has_unique_name("files/list.pdf")
    assert not VAULT.has_unique_name("files/Photo.JPG")
    accents = make_resolver(["Resume.md", "x/Résumé.md"])
    assert not accents.has_unique_name("Resume.md")  # Obsidian tells the two apart, a folded title does not


@pytest.mark.parametrize(
    ("paths", "text"),
    [
        (["a", "b"], "a or b"),
        (["a", "b", "c"], "a, b or c"),
        (["a", "b", "c", "d"], "a, b, c or 1 more"),
        (["a", "b", "c", "d", "e"], "a, b, c or 2 more"),
    ],
)
def test_of_many_candidates_three_are_named(paths: list[str], text: str) -> None:
    assert candidate_list(paths) == text
