"""Renames in generated vaults: no link that led somewhere leads elsewhere."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.actions.renames import CLIENT, NOW, folders, renamed
from tests.support import EXAMPLES, contents, make_vault
from vaultcrm.actions.crm import Crm
from vaultcrm.errors import VaultcrmError
from vaultcrm.vault.journal import Journal

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
    named = {(one.path, one.line) for one in done.skipped_links}
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
    crm.refresh()
    known = crm.link_resolver()
    rows = crm.catalog.rows("SELECT path, line, kind, key, target FROM links")
    found = {}
    for path, line, kind, key, target in rows:
        lead = known.resolve(kind, target, key, path)
        found[path, line] = (lead.path, lead.is_certain, set(known.obsidian_targets(kind, target, path)) == {lead.path})
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
    crm.refresh()
    lead = crm.link_resolver().resolve("wiki", target, key, source)
    found = crm.catalog.resolve(f"[[{target}]]", source, key)
    crm.catalog.close()
    if found is not None and not target.startswith("."):
        assert lead.path == found
