"""The notes that links resolve to in the catalogue."""

import pytest

from tests.catalog.catalogs import CLIENT, PLAIN, Build

TWO_CLIENTS = {"c/Acme/Acme.md": CLIENT, "c/Zed/Zed.md": "---\ntype: client\naliases: [The Zed Company, Zédé]\n---\n"}


@pytest.mark.parametrize(
    ("link", "source", "path"),
    [
        ("[[Web]]", "c/Acme/x.md", "c/Acme/projects/Web.md"),  # the same client folder first
        ("[[Web]]", "c/Zed/projects/deep/x.md", "c/Zed/projects/Web.md"),
        ("[[Web]]", "elsewhere/x.md", "elsewhere/Web.md"),  # then the same folder
        ("[[Web]]", "inbox/x.md", "all/Web.md"),  # then the shortest path
        ("[[web]]", "c/Acme/x.md", "c/Acme/projects/Web.md"),
        ("Web", "c/Acme/x.md", "c/Acme/projects/Web.md"),
        ("[[Web.md]]", "c/Acme/x.md", "c/Acme/projects/Web.md"),
        ("[[Web#Goals|the site]]", "c/Acme/x.md", "c/Acme/projects/Web.md"),
        ("[[c/Zed/projects/Web]]", "c/Acme/x.md", "c/Zed/projects/Web.md"),  # a path from the root
        ("[[/c/Zed/projects/Web]]", "c/Acme/x.md", "c/Zed/projects/Web.md"),
        ("[[Zed/projects/Web]]", "c/Acme/x.md", "c/Zed/projects/Web.md"),  # or the end of one
        ("[[projects/Web]]", "c/Acme/x.md", "c/Acme/projects/Web.md"),
        ("[[ed/projects/Web]]", "c/Acme/x.md", None),  # but only in whole names
        ("[[Zoe Grosse]]", "inbox/x.md", "people/Zoë Größe.md"),
        ("[[Nobody]]", "inbox/x.md", None),
        ("[[../../../etc/passwd]]", "inbox/x.md", None),
        ("[[../Web]]", "inbox/x.md", None),
        ("[[Zédé]]", "inbox/x.md", None),  # an alias and not a title
    ],
)
def test_a_link_resolves_to_a_note(link: str, source: str, path: str | None, catalog_of: Build) -> None:
    catalog = catalog_of(
        "c/Acme/projects/Web.md", "c/Zed/projects/Web.md", "elsewhere/Web.md", "all/Web.md", "people/Zoë Größe.md", "inbox/x.md",
        **TWO_CLIENTS,
    )  # fmt: skip
    assert catalog.resolve(link, source) == path


@pytest.mark.parametrize(
    ("link", "path"), [("[[Zed]]", "c/Zed/Zed.md"), ("[[the zed company]]", "c/Zed/Zed.md"), ("zede", "c/Zed/Zed.md"), ("[[Web]]", None)]
)
def test_a_client_is_found_by_its_title_or_an_alias(link: str, path: str | None, catalog_of: Build) -> None:
    catalog = catalog_of("a/Zed.md", "Web.md", **TWO_CLIENTS)  # a plain note with that name is not a client
    assert catalog.resolve(link, "inbox/x.md", "client") == path


@pytest.mark.parametrize("near", [PLAIN, CLIENT])
def test_a_path_from_the_root_is_preferred_to_the_end_of_a_nearer_path(near: str, catalog_of: Build) -> None:
    catalog = catalog_of("c/x.md", "old/c/x.md", **{"old/Old.md": near})
    assert catalog.resolve("[[c/x]]", "old/y.md") == "c/x.md"


def test_a_folder_below_does_not_count_as_the_same_folder(catalog_of: Build) -> None:
    catalog = catalog_of("p/deep/Web.md", "q/Web.md")
    assert catalog.resolve("[[Web]]", "p/x.md") == "q/Web.md"  # the shortest path


def test_a_link_to_a_heading_alone_resolves_to_its_own_note(catalog_of: Build) -> None:
    assert catalog_of("a.md", "b.md").resolve("[[#Terms]]", "a.md") == "a.md"
