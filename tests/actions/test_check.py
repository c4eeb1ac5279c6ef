"""Problems in the whole vault: broken and ambiguous links, notes without a client, shared names; and counts."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.support import make_vault
from vaultcrm.actions.check import Stats, problems, stats
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


def test_a_note_that_needs_a_client_and_has_none_is_reported_unless_it_is_in_the_inbox(root: Path) -> None:
    call = "---\ntype: interaction\ndate: 2026-11-02\n---\n"
    files = {
        "loose.md": call,
        "inbox/Call.md": call,
        "deep/inbox/Call.md": call,
        "plain.md": "",
        "clients/Acme/Acme.md": "---\ntype: client\n---\n",
    }
    files |= {
        "named.md": call.replace("date", 'client: "[[Acme]]"\ndate'),
        "clients/Acme/x.md": call,
        "clients/y.md": "---\ntype: recipe\n---\n",
    }
    message = 'This interaction has no client. Add the property client: "[[NAME]]".'
    assert problems_in(root, files) == [("deep/inbox/Call.md", 1, "no-client", message), ("loose.md", 1, "no-client", message)]


def test_a_name_that_windows_does_not_allow_is_reported(root: Path) -> None:
    assert problems_in(root, {"a/con.md": "", "b.md": ""}) == [("a/con.md", 1, "name", "Windows doesn't allow a file with this name.")]


def test_clients_that_share_a_name_are_reported_after_the_first(root: Path) -> None:
    def client(*aliases: str) -> str:
        return f"---\ntype: client\naliases: [{', '.join(aliases)}]\n---\n"

    files = {"a/A/A.md": client("A", "Two"), "b/B/B.md": client("two"), "c/C/C.md": client("TWO"), "d/D/D.md": client("D", "d")}
    assert problems_in(root, files) == [
        ("b/B/B.md", 1, "same-name", "Another client is also called 'two': a/A/A.md."),
        ("c/C/C.md", 1, "same-name", "Another client is also called 'two': a/A/A.md."),
    ]
    assert [path for path, *_ in problems_in(root, {}, "c")] == ["c/C/C.md"]


def test_property_types_in_obsidian_are_checked_for_the_whole_vault_only(root: Path) -> None:
    files = {".obsidian/types.json": '{"types": {"due": "text"}}', "a/x.md": ""}
    ((path, _, code, _),) = problems_in(root, files)
    assert (path, code) == (".obsidian/types.json", "obsidian-type")
    assert problems_in(root, {}, "a") == []
    assert problems_in(root, {}, "") == []


def test_counts_of_everything(root: Path) -> None:
    files = {
        "clients/Acme/Acme.md": "---\ntype: client\n---\n## Preferences\n- a\n",
        "clients/Acme/Dana.md": "---\ntype: person\n---\n",
        "clients/Acme/Site.md": "---\ntype: project\n---\n- [ ] b\n- [x] c\n",
        "clients/Acme/Call.md": "---\ntype: interaction\ndate: 2026-11-02\ndecisions: [d]\n---\n[[Lost]]\n",
        "clients/Acme/e.md": "---\ntype: follow-up\nstatus: waiting\n---\n",
        "clients/Acme/f.md": "---\ntype: decision\n---\n",
    }
    make_vault(root, files)
    crm = Crm(str(root), datetime(2026, 11, 16))
    # also the decisions in interactions, and the follow-ups on checkbox lines
    assert stats(crm) == Stats(6, 1, 1, 1, 1, 2, {"open": 1, "waiting": 1, "done": 1, "cancelled": 0}, 1, 1)
    crm.catalog.close()


def test_settings_are_checked_for_the_whole_vault_only(root: Path) -> None:
    files = {"vaultcrm.toml": 'date_ordr = "dmy"\nlanguages = ["klingon"]\n', "clients/Acme/Acme.md": "---\ntype: client\n---\n"}
    found = problems_in(root, files)
    assert [problem[:3] for problem in found] == [("vaultcrm.toml", 1, "unknown-setting"), ("vaultcrm.toml", 2, "bad-language")]
    assert found[0][3] == "vaultcrm doesn't know the setting 'date_ordr'. Did you mean 'date_order'?"
    assert found[1][3].startswith("vaultcrm.toml: languages lists 'klingon', which search doesn't support. Choose from: ")
    assert problems_in(root, files, "clients") == []


def test_known_languages_are_no_problem(root: Path) -> None:
    assert problems_in(root, {"vaultcrm.toml": 'languages = ["german", "English"]\n'}) == []
