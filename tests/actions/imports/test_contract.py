"""What every importer promises, whatever it reads: one class of tests that all of them pass."""

import contextlib
import os
import shutil
import signal
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from ruamel.yaml import YAML

from tests.actions.imports.exports import EXPORTS, HOSTILE, Export, kinds_of
from tests.actions.imports.test_talk_import import ME
from tests.actions.vaults import CLIENT, NOW, note
from tests.support import contents, make_vault
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.imports.import_run import ImportOptions, Source
from vaultcrm.actions.imports.import_sources import import_sources
from vaultcrm.actions.imports.report import ImportReport
from vaultcrm.errors import VaultcrmError
from vaultcrm.importers.detect import IMPORTERS
from vaultcrm.markdown.page import split_page
from vaultcrm.model.schema import PROPERTIES
from vaultcrm.vault.journal import Journal

VAULT = {
    "vaultcrm.toml": 'id = "0123456789abcdef"\n',
    "clients/Acme Studio/Acme Studio.md": CLIENT,
    "clients/Acme Studio/Dana Roe.md": note("person", "email: dana@acme.example", "role: COO"),
    "clients/Fox/Fox.md": note("client", "email: hello@fox.example"),
}
# What notes say besides: of contacts, plain properties like a user's own
OTHER_PROPERTIES = {"type", "birthday", "website", "address", "organisation", "groups", "role"}
HARMLESS = "paragraph inline text softbreak hardbreak blockquote bullet_list ordered_list list_item em strong link heading".split()
OUR_LINKS = {"Acme Studio", "Dana Roe", "Fox"}  # of the properties `people` and `client`


def import_(root: Path, *paths: Path, kind: str | None = None, is_dry_run: bool = False) -> ImportReport:
    crm = Crm(str(root), NOW, ["import"])
    with contextlib.closing(crm.catalog):
        sources = [Source(path, path.name) for path in paths]
        return import_sources(crm, sources, ImportOptions(kind, me=ME, date_order="dmy"), UTC, is_dry_run)


def new_notes(root: Path) -> dict[str, bytes]:
    return {path: data for path, data in contents(root).items() if path.endswith(".md") and path not in VAULT}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return Path(make_vault(tmp_path / "vault", VAULT).root)


@pytest.fixture
def source(export: Export, tmp_path: Path) -> Path:
    (tmp_path / "source").mkdir()
    return export.write(tmp_path / "source")


@pytest.mark.parametrize("export", EXPORTS.values(), ids=EXPORTS)
class TestContract:
    """Every importer, with a small export of its kind."""

    def test_everything_is_accounted_for(self, export: Export, root: Path, source: Path) -> None:
        report = import_(root, source)
        assert sum(report.counts().values()) == len(report.items) == export.things
        assert sorted(report.notes) == sorted(new_notes(root))
        before = VAULT | dict.fromkeys(report.notes, "")
        for item in report.items:
            assert item.path in before if item.outcome in ("created", "parked") else item.path is None or item.path in before
        assert report.count("created") and not report.count("refused")

    def test_a_dry_run_tells_the_same_and_writes_nothing(self, export: Export, root: Path, source: Path) -> None:
        before = contents(root)
        expected = import_(root, source, is_dry_run=True)
        assert contents(root) == before
        assert import_(root, source) == expected

    def test_twice_is_once_also_on_another_device(self, export: Export, root: Path, source: Path, tmp_path: Path) -> None:
        import_(root, source)
        before = contents(root)
        shutil.copytree(root, tmp_path / "other")
        for vault in (root, tmp_path / "other"):
            report = import_(vault, source)
            assert (report.notes, report.changed, report.count("created"), report.count("parked")) == ([], [], 0, 0)
            assert contents(vault) == before

    def test_what_was_deleted_stays_away(self, export: Export, root: Path, source: Path) -> None:
        import_(root, source)
        for path in new_notes(root):
            (root / path).unlink()
        before = contents(root)
        report = import_(root, source)
        assert (report.notes, contents(root)) == ([], before)

    def test_the_source_is_untouched(self, export: Export, root: Path, source: Path) -> None:
        def state() -> dict[str, tuple[int, int, bytes]]:
            paths = [source, *source.rglob("*")]
            return {str(p): (p.stat().st_mtime_ns, p.stat().st_mode, p.read_bytes() if p.is_file() else b"") for p in paths}

        before = state()
        import_(root, source)
        assert state() == before

    def test_rubbish_is_a_clear_error(self, export: Export, root: Path, tmp_path: Path) -> None:
        before = contents(root)
        (tmp_path / "rubbish").write_bytes(b"\x01\x02\xff rubbish \xfe" * 50)
        with contextlib.suppress(VaultcrmError):
            report = import_(root, tmp_path / "rubbish", kind=export.kind)
            assert report.notes == [] and report.count("refused") == len(report.items)
            assert all(item.reason.endswith(".") for item in report.items) and (report.items or report.notices)
        assert contents(root) == before
        with pytest.raises(VaultcrmError, match="I can't tell what 'rubbish' is"):
            import_(root, tmp_path / "rubbish")

    def test_undo_takes_everything_back(self, export: Export, root: Path, source: Path) -> None:
        before = contents(root)
        report = import_(root, source)
        with contextlib.closing(Journal(str(root))) as journal:
            journal.undo()
        assert contents(root) == before
        assert import_(root, source) == report

    def test_a_kill_in_between_loses_nothing(self, export: Export, root: Path, source: Path, tmp_path: Path) -> None:
        shutil.copytree(root, tmp_path / "whole")
        import_(tmp_path / "whole", source)
        expected = sorted(contents(tmp_path / "whole").values())
        for kill in (1, 2):
            shutil.rmtree(root)
            make_vault(root, VAULT)
            killed = killed_at(kill, root, source)
            import_(root, source)
            assert sorted(contents(root).values()) == expected
            assert killed or kill > 1

    def test_a_strangers_text_is_inert(self, export: Export, root: Path, source: Path) -> None:
        import_(root, source)
        crm = Crm(str(root), NOW)
        crm.refresh()
        with contextlib.closing(crm.catalog):
            assert (crm.catalog.follow_ups(), crm.catalog.decisions(), crm.catalog.problems()) == ([], [], [])
            assert crm.catalog.rows("SELECT * FROM points") == []
            assert {target for (target,) in crm.catalog.rows("SELECT target FROM links")} <= OUR_LINKS
            types = {note.path: note.type for note in crm.catalog.notes()}
        assert any(b"You pay" in data for data in new_notes(root).values())
        for path, data in new_notes(root).items():
            assert types[path] in ("interaction", "client", "person")
            check_front_matter(data)
            check_markdown(split_page(data).after.decode().partition("---")[2])


def test_the_contract_holds_for_every_kind_of_file() -> None:
    assert kinds_of(EXPORTS.values()) == {*IMPORTERS} - {"text"}  # a text is taken as a whole, whatever it is


def test_everything_at_once_in_any_order(root: Path, tmp_path: Path) -> None:
    sources = []
    for name, export in EXPORTS.items():
        (tmp_path / name).mkdir()
        sources.append(export.write(tmp_path / name))
    report = import_(root, *sources)
    assert sum(report.counts().values()) == len(report.items) == sum(export.things for export in EXPORTS.values())
    before = contents(root)
    again = import_(root, *reversed(sources))
    assert (again.notes, again.changed, contents(root)) == ([], [], before)
    assert all(item.outcome == "known" for item in again.items)


@pytest.mark.parametrize("text", [HOSTILE, "[x](obsidian://x)", "<b>", "# a", "```\n```", "![x](https://x.example/y)", "---"])
def test_what_is_live_would_be_found(text: str) -> None:
    with pytest.raises(AssertionError):
        check_markdown(text)


def killed_at(number: int, root: Path, source: Path) -> bool:
    """Import in a process that is killed when it writes its file of this number. Returns whether it got that far."""
    if (process := os.fork()) == 0:
        left, link = number, os.link

        def dying_link(old: str, new: str) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            link(old, new)

        os.link = dying_link  # type: ignore[assignment]  # in this process only
        try:
            import_(root, source)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(process, 0)[1])


def check_front_matter(data: bytes) -> None:
    """The properties are ours, as a reader of YAML sees them that isn't."""
    values = YAML(typ="safe", pure=True).load(split_page(data).text)
    assert {*values} <= {*PROPERTIES[values["type"]]} | OTHER_PROPERTIES
    assert "tags" not in values
    for value in values.values():
        for item in value if isinstance(value, list) else [value]:
            assert not isinstance(item, dict)
            assert "[[" not in str(item) or str(item).strip("[]") in OUR_LINKS


def check_markdown(body: str) -> None:
    """Nothing in a body is more than text, quotes, lists, emphasis and links, as a reader of Markdown sees it that isn't ours."""
    for token in all_tokens(body):
        assert token.type.removesuffix("_open").removesuffix("_close") in HARMLESS, (token.type, token.content)
        assert not token.type.startswith("heading") or token.tag == "h2"  # the template's
        if token.type == "link_open":
            assert str(token.attrs["href"]).startswith(("http://", "https://", "mailto:", "tel:"))


def all_tokens(body: str) -> Iterator[Token]:
    for token in MarkdownIt("commonmark").parse(body):
        yield token
        yield from token.children or ()
