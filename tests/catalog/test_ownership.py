"""Which client a note belongs to."""

from tests.catalog.catalogs import CLIENT, PLAIN, Build, follow_up
from vaultcrm.catalog.activity import open_follow_ups
from vaultcrm.links.ownership import ClientRef


def test_a_note_belongs_to_the_nearest_client_folder_above_it(catalog_of: Build) -> None:
    catalog = catalog_of(
        "x.md", "clients/y.md", "clients/Acme/z.md", "clients/Acme/projects/deep/p.md", "clients/Acme/Sub/s.md", "clients/Acmeville/q.md",
        **{"clients/Acme/Acme.md": CLIENT, "clients/Acme/Sub/Sub.md": CLIENT},
    )  # fmt: skip
    acme, sub = ClientRef("clients/Acme/Acme.md", "Acme"), ClientRef("clients/Acme/Sub/Sub.md", "Sub")
    assert catalog.client_folders == {"clients/Acme": acme, "clients/Acme/Sub": sub}
    owned = {"x.md": None, "clients/y.md": None, "clients/Acme/z.md": acme, "clients/Acme/Acme.md": acme, "clients/Acmeville/q.md": None}
    for path, owner in {**owned, "clients/Acme/projects/deep/p.md": acme, "clients/Acme/Sub/s.md": sub}.items():
        assert catalog.owner_of(path) == owner


def test_of_several_client_notes_in_a_folder_the_one_with_its_name_owns_it(catalog_of: Build) -> None:
    catalog = catalog_of(
        **{"c/Acme/Acme.md": CLIENT, "c/Acme/AAA.md": CLIENT, "c/Acme/Zzz.md": CLIENT, "c/Zed/Zed.md": CLIENT, "c/Zed/Other.md": CLIENT}
    )
    assert catalog.client_folders == {"c/Acme": ClientRef("c/Acme/Acme.md", "Acme"), "c/Zed": ClientRef("c/Zed/Zed.md", "Zed")}


def test_several_client_notes_without_the_folders_name_own_nothing(catalog_of: Build) -> None:
    catalog = catalog_of(**{"clients/A.md": CLIENT, "clients/B.md": CLIENT, "clients/C.md": CLIENT, "clients/x.md": PLAIN})
    assert catalog.client_folders == {"clients": None}
    assert catalog.owner_of("clients/x.md") is None


def test_a_single_client_note_owns_its_folder_whatever_its_name(catalog_of: Build) -> None:
    catalog = catalog_of(**{"Kunden/Müller/Akte.md": CLIENT})
    assert catalog.owner_of("Kunden/Müller/notes/x.md") == ClientRef("Kunden/Müller/Akte.md", "Akte")


def test_a_note_belongs_to_the_client_that_it_names_rather_than_to_its_folder(catalog_of: Build) -> None:
    named = '---\ntype: follow-up\nclient: "[[Zed]]"\n---\n'
    catalog = catalog_of(
        **{
            "c/Acme/Acme.md": CLIENT,
            "c/Zed/Zed.md": CLIENT,
            "c/Acme/a.md": named,
            "inbox/b.md": named,
            "c/Zed/c.md": follow_up(),
            "c/Acme/d.md": follow_up(),
        }
    )
    zed, acme = ClientRef("c/Zed/Zed.md", "Zed"), ClientRef("c/Acme/Acme.md", "Acme")
    assert catalog.owner_of("c/Acme/a.md", "[[Zed]]") == zed
    assert [note.path for note in catalog.client_notes("follow-up", zed)] == ["c/Acme/a.md", "c/Zed/c.md", "inbox/b.md"]
    assert [note.path for note in catalog.client_notes("follow-up", acme)] == ["c/Acme/d.md"]
    assert {item.path: item.client for item in catalog.follow_ups()} == {
        "c/Acme/a.md": "Zed", "inbox/b.md": "Zed", "c/Zed/c.md": "Zed", "c/Acme/d.md": "Acme",
    }  # fmt: skip
    assert [item.path for item in catalog.follow_ups(client=acme)] == ["c/Acme/d.md"]


def test_a_client_in_the_root_of_the_vault_owns_all_notes_that_no_other_client_owns(catalog_of: Build) -> None:
    catalog = catalog_of(
        **{"Acme.md": CLIENT, "a.md": follow_up(), "sub/b.md": follow_up(), "c/Zed/Zed.md": CLIENT, "c/Zed/z.md": follow_up()}
    )
    acme = catalog.owner_of("sub/b.md")
    assert acme == ClientRef("Acme.md", "Acme")
    assert [item.path for item in catalog.follow_ups(client=acme)] == ["a.md", "sub/b.md"]
    assert [note.path for note in catalog.client_notes("follow-up", acme)] == ["a.md", "sub/b.md"]


def test_a_line_in_a_daily_note_belongs_to_the_client_that_it_links(catalog_of: Build) -> None:
    daily = (
        "- [ ] Quote for [[Acme|them]]\n- [ ] Call [[Dana Roe]] 📅 2026-11-20\n"
        "- [ ] Ask [[ACM]]\n- [ ] [[Dana Roe]] about [[Zed]]\n"
        "- [ ] Nobody's\n- [ ] [[Nothing]]\n- [ ] Draw [[Web]] #waiting\n\n> [!decision] [[Zed]] pays\n\n"
        "> [!question] Who is [[Dana Roe]]?\n"
    )
    catalog = catalog_of(
        **{
            "c/Acme/Acme.md": "---\ntype: client\naliases: ACM\n---\n", "c/Acme/Dana Roe.md": "---\ntype: person\n---\n",
            "c/Acme/projects/Web.md": "---\ntype: project\n---\n- [ ] Ask [[Zed]]\n", "c/Zed/Zed.md": CLIENT, "daily/2026-11-02.md": daily,
            "daily/Named.md": "---\nclient: Acme\n---\n- [ ] Tell [[Zed]]\n",
        }
    )  # fmt: skip
    owners = {item.text: item.client for item in catalog.follow_ups()}
    assert owners == {
        "Quote for [[Acme|them]]": "Acme", "Call [[Dana Roe]]": "Acme", "Ask [[ACM]]": "Acme", "[[Dana Roe]] about [[Zed]]": "Zed",
        "Nobody's": None, "[[Nothing]]": None, "Draw [[Web]]": "Acme", "Ask [[Zed]]": "Acme", "Tell [[Zed]]": "Acme",
    }  # fmt: skip
    for name in ("Acme", "Zed"):
        client = ClientRef(f"c/{name}/{name}.md", name)
        assert {item.text for item in catalog.follow_ups(client=client)} == {text for text, owner in owners.items() if owner == name}
        assert sum(count for path, *_, count in open_follow_ups(catalog, client) if path == client.path) == [*owners.values()].count(name)
    assert [(decision.text, decision.client) for decision in catalog.decisions()] == [("[[Zed]] pays", "Zed")]
    assert [point.text for point in catalog.points(ClientRef("c/Acme/Acme.md", "Acme"))] == ["Who is [[Dana Roe]]?"]
    assert catalog.owner_of_text("daily/2026-11-02.md", "Call [[Dana Roe]]") == ClientRef("c/Acme/Acme.md", "Acme")


def test_a_line_below_a_client_at_the_root_belongs_to_the_client_that_it_links(catalog_of: Build) -> None:
    catalog = catalog_of(**{"Fox.md": CLIENT, "c/Acme/Acme.md": CLIENT, "daily.md": "- [ ] [[Acme]]\n- [ ] [[Fox]]\n- [ ] x\n"})
    assert [item.client for item in catalog.follow_ups()] == ["Acme", "Fox", "Fox"]
