"""Renames in generated vaults: every link leads to the same file as before."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.actions.renames import CLIENT, NOW, folders, renamed
from tests.support import EXAMPLES, contents, make_vault
from vaultcrm.actions.crm import Crm
from vaultcrm.errors import VaultcrmError
from vaultcrm.vault.journal import Journal

pytestmark = pytest.mark.usefixtures("home")

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


@settings(max_examples=max(25, EXAMPLES // 5))
@given(st.dictionaries(_PATHS, st.tuples(st.booleans(), _BODIES), min_size=2, max_size=8), st.data())
def test_every_link_leads_to_the_same_file_as_before(
    tmp_path_factory: pytest.TempPathFactory, notes: dict[str, tuple[bool, str]], data: st.DataObject
) -> None:
    root = tmp_path_factory.mktemp("law") / "vault"
    seen: set[str] = set()
    notes = {path: note for path, note in notes.items() if path.lower() not in seen and not seen.add(path.lower())}  # type: ignore[func-returns-value]  # adds
    make_vault(root, {path: (CLIENT if client else "") + body + "\n" for path, (client, body) in notes.items()})
    name, new = data.draw(st.sampled_from(sorted(notes))), data.draw(_NEW)
    before, before_folders = contents(root), folders(root)
    old_targets = link_targets(root)
    try:
        done = renamed(root, name, new)
    except VaultcrmError:
        assert (contents(root), folders(root)) == (before, before_folders)
        return

    def new_path(path: str) -> str:
        for old, new in sorted(done.moved, reverse=True):
            if path == old or path.startswith(old + "/"):
                return new + path[len(old) :]
        return path

    new_targets = link_targets(root)
    skipped = {(link.path, link.line) for link in done.skipped_links}
    for (path, line), (old_target, was_certain, was_obsidians) in old_targets.items():
        if old_target is not None and (new_path(path), line) not in skipped:
            added_lines = contents(root)[new_path(path)].count(b"\n") - before[path].count(b"\n")  # a client's new alias
            new_target, is_certain, is_obsidians = new_targets[new_path(path), line + added_lines]
            assert new_target == new_path(old_target), (path, line)
            assert is_certain or not was_certain, (path, line)
            assert is_obsidians or not was_obsidians or not was_certain, (path, line)
    Journal(str(root)).undo() if done.moved else None
    assert (contents(root), folders(root)) == (before, before_folders)


def link_targets(root: Path) -> dict[tuple[str, int], tuple[str | None, bool, bool]]:
    """Where the link on each line leads, whether that is certain, and whether Obsidian would open the same file."""
    crm = Crm(str(root), NOW)
    crm.refresh()
    resolver = crm.link_resolver()
    rows = crm.catalog.rows("SELECT path, line, kind, key, target FROM links")
    targets = {}
    for path, line, kind, key, target in rows:
        resolution = resolver.resolve(kind, target, key, path)
        is_obsidians = set(resolver.obsidian_targets(kind, target, path)) == {resolution.path}
        targets[path, line] = (resolution.path, resolution.is_certain, is_obsidians)
    crm.catalog.close()
    return targets


@settings(max_examples=max(25, EXAMPLES // 5))
@given(st.dictionaries(_PATHS, st.booleans(), min_size=1, max_size=8), _TARGETS, _PATHS, st.sampled_from([None, "client"]))
def test_the_resolver_and_the_catalogue_agree(
    tmp_path_factory: pytest.TempPathFactory, notes: dict[str, bool], target: str, source: str, key: str | None
) -> None:
    root = tmp_path_factory.mktemp("law") / "vault"
    vault = make_vault(root, {path: CLIENT if client else "" for path, client in notes.items()})
    crm = Crm(vault.root, NOW)
    crm.refresh()
    resolution = crm.link_resolver().resolve("wiki", target, key, source)
    path = crm.catalog.resolve(f"[[{target}]]", source, key)
    crm.catalog.close()
    if path is not None and not target.startswith("."):
        assert resolution.path == path
