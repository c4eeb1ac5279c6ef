"""The links in notes, and the notes that may hold a link to a title."""

from tests.catalog.catalogs import CLIENT, Build
from vaultcrm.catalog.link_queries import LinkRow, all_links, notes_that_may_link_to, notes_that_name_a_client
from vaultcrm.disk.files import MAX_NOTE_BYTES
from vaultcrm.markdown.links import MAX_LINKS


def test_all_links_are_listed_with_their_place(catalog_of: Build) -> None:
    catalog = catalog_of(
        **{"a.md": '---\nclient: "[[Acme]]"\n---\nSee [[c/Web|the site]]\nand [it](../x.md).\n', "b.md": "Nothing.\n", "c.md": "[[Web]]"}
    )
    assert sorted(all_links(catalog), key=repr) == [
        LinkRow("a.md", 2, "wiki", "client", "Acme"),
        LinkRow("a.md", 4, "wiki", None, "c/Web"),
        LinkRow("a.md", 5, "path", None, "../x.md"),
        LinkRow("c.md", 1, "wiki", None, "Web"),
    ]


def test_notes_are_found_by_the_titles_that_they_may_link_to(catalog_of: Build) -> None:
    catalog = catalog_of(
        **{
            "by title.md": "[[Wéb]]",
            "by path.md": "[x](../projects/Web.md)",
            "other.md": "[[Website]]",
            "many.md": "[[x]] " * (MAX_LINKS + 1),
            "unreadable.md": "x" * (MAX_NOTE_BYTES + 1),
        }
    )
    incomplete = {"many.md", "unreadable.md"}
    assert notes_that_may_link_to(catalog, ["web"]) == incomplete | {"by title.md", "by path.md"}
    assert notes_that_may_link_to(catalog, ["web", "website"]) == incomplete | {"by title.md", "by path.md", "other.md"}
    assert notes_that_may_link_to(catalog, ["nothing"]) == incomplete


def test_notes_with_a_client_property_are_found(catalog_of: Build) -> None:
    catalog = catalog_of("plain.md", **{"Acme.md": CLIENT, "a.md": "---\nclient: Acme\n---\n", "b.md": "---\nclient:\n---\n"})
    assert notes_that_name_a_client(catalog) == {"a.md"}
