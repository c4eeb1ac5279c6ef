"""Problems between notes: broken links, and links that could mean several notes."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.support import make_vault
from vaultcrm.actions.check import problems
from vaultcrm.actions.crm import Crm
from vaultcrm.links.resolver import LinkResolver


def problems_in(root: Path, files: dict[str, str], below: str | None = None) -> list[tuple[str, int, str, str]]:
    make_vault(root, files)
    crm = Crm(str(root), datetime(2026, 11, 16))
    found = problems(crm, below)
    crm.catalog.close()
    return [(problem.path, problem.line, problem.code, problem.message) for problem in found]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "vault"


def test_a_broken_link_is_reported_with_its_line(root: Path) -> None:
    files = {
        "clients/Acme/Acme.md": "---\ntype: client\n---\n",
        "clients/Acme/p.md": '---\ntype: person\nclient: "[[Nobody]]"\nrole: x\nsee: ["[[Gone]]", "[[Acme]]"]\n---\none\n'
        "[[Lost]] [[Acme]] ![[no.png]]\n[x](no.md)\n",
        "clients/Acme/q.md": '---\ntype: person\nclient: "[[p]]"\n---\n'
        "`[[Lost]]` [[#Here]] [web](https://x.example) [there](/docs/x) {[[{{x}}]]}\n",
    }  # fmt: skip
    assert problems_in(root, files) == [
        ("clients/Acme/p.md", 3, "broken-link", "There is no client [[Nobody]]."),
        ("clients/Acme/p.md", 5, "broken-link", "[[Gone]] leads to no note or file."),
        ("clients/Acme/p.md", 8, "broken-link", "[[Lost]] leads to no note or file."),
        ("clients/Acme/p.md", 8, "broken-link", "[[no.png]] leads to no note or file."),
        ("clients/Acme/p.md", 9, "broken-link", "The link no.md leads to no note or file."),
        ("clients/Acme/q.md", 3, "broken-link", "There is no client [[p]]."),
    ]
    (root / "clients/Other").mkdir()
    assert problems_in(root, {"clients/Other/n.md": "[[Lost]]"}, "clients/Other") == [
        ("clients/Other/n.md", 1, "broken-link", "[[Lost]] leads to no note or file.")
    ]


def test_links_to_existing_files_of_any_kind_are_no_problem(root: Path) -> None:
    files = {
        "vaultcrm.toml": 'ignore = ["archive"]\n', "pics/a b.PNG": "", "archive/old.md": "", "templates/t.md": "", "n/m.md": "",
        "b.base": "", "n/a.md": "![[A b.png|200]] ![x](../pics/a%20b.PNG) [[old]] [[archive/old]] [[t]] [x](m.md) [y](m)\n"
        "[[m]] [[n/m]] ![[b.base#View]]\n",
    }  # fmt: skip
    assert problems_in(root, files) == []


def test_an_ambiguous_link_is_reported_with_its_candidates(root: Path) -> None:
    files = {
        "clients/Acme/Acme.md": "---\ntype: client\n---\n[[Notes]]\n", "clients/Acme/Notes.md": "", "b/Notes.md": "", "c/Notes.md": "",
        "c/n.md": "[[Notes]]\n", "Top.md": "one\n[[Notes|x]] [[b/Notes]]\n",
    }  # fmt: skip
    assert problems_in(root, files) == [
        ("Top.md", 2, "ambiguous-link", "[[Notes]] could mean b/Notes.md, c/Notes.md or clients/Acme/Notes.md.")
    ]
    assert problems_in(root, {"d/Notes.md": "", "e/Notes.md": ""}) == [
        ("Top.md", 2, "ambiguous-link", "[[Notes]] could mean b/Notes.md, c/Notes.md, clients/Acme/Notes.md or 2 more.")
    ]


def test_a_problem_ends_when_the_link_is_fixed(root: Path) -> None:
    assert len(problems_in(root, {"a.md": "[[b]]"})) == 1
    assert problems_in(root, {"b.md": ""}) == []
    (root / "b.md").unlink()
    assert len(problems_in(root, {})) == 1
    assert problems_in(root, {"a.md": "no link"}) == []


def test_files_are_listed_only_if_a_link_leads_to_no_note(root: Path) -> None:
    crm = Crm(make_vault(root, {"a.md": "[[b]] [x](b.md)", "b.md": ""}).root, datetime(2026, 11, 16))
    crm.refresh()
    known = LinkResolver(crm.catalog.note_rows(), crm.catalog.client_names(), lambda: pytest.fail("listed"))
    assert [known.resolve(kind, target, None, "a.md").path for kind, target in (("wiki", "b"), ("path", "b.md"))] == ["b.md", "b.md"]
    crm.catalog.close()
