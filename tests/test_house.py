"""The structure of the code base: imports go down, each library has one door, every command is documented."""

import ast
import functools
import pydoc
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import click
import pytest

from vaultcrm.cli.main import COMMANDS, HIDDEN, cli
from vaultcrm.markdown.properties import NAMES
from vaultcrm.model.schema import PROPERTIES, TYPES
from vaultcrm.obsidian.install import built_in_files

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "vaultcrm"
MODULES = sorted(PACKAGE.rglob("*.py"))

# From the ground up. A package imports only packages of lower floors, and itself without a circle.
FLOORS = (
    ("errors", "normalize", "plural", "quoting"),
    ("dates", "disk", "git"),
    ("markdown",),
    ("links", "model", "rendering", "vault"),
    ("catalog", "importers", "merge", "obsidian"),
    ("search",),
    ("actions", "watch"),
    ("cli",),
    ("__main__",),
)
MOST_MODULES, MOST_COMMANDS = 12, 40  # in a folder; commands and actions: one module for each family
# Each library is imported by one module, or by one package.
DOORS = {
    "click": ("cli",),
    "dateutil": ("dates.rrule", "dates.timezone"),
    "frontmatter": ("markdown.front_matter",),
    "html_to_markdown": ("importers.mail.html_text",),
    "icalendar": ("importers.calendar",),
    "imapclient": ("importers.mail.imap",),
    "jinja2": ("rendering.jinja",),
    "keyring": ("importers.mail.password",),
    "sqlite3": ("catalog", "vault.journal", "disk.lock"),
    "subprocess": (
        "git.client",
        "search.worker",
        "watch.service",
        "cli.clipboard",
        "cli.commands.open",
        "cli.display.pager",
        "cli.display.picker",
        "importers.mail.password",
        "actions.summaries.own_command",
    ),
    "watchdog": ("watch.events",),
    "whoosh": ("search.whoosh_api",),
    "yaml": ("markdown.yaml_nodes",),
}
# Only these write the bytes of a vault.
WRITERS = ("vault.writer", "vault.revert", "git.checkout")
# Loaded late, inside a function, because a command that doesn't need it would start more slowly.
LATE = {
    "vaultcrm.actions.unanswered", "ctypes", "shutil", "tempfile",
    "html", "json", "tomllib", "hashlib", "difflib", "shlex", "zoneinfo", "time", "platform", "traceback", "dateutil.rrule", "dateutil.tz",
    "click.shell_completion", "concurrent.futures",
    "vaultcrm.markdown.front_matter", "vaultcrm.markdown.links", "vaultcrm.markdown.promises.said",
    "vaultcrm.markdown.prose.reply_phrases",
    "vaultcrm.markdown.tasks.recurrence", "vaultcrm.markdown.values",
    "vaultcrm.model.body_digest", "vaultcrm.model.convert", "vaultcrm.model.departure", "vaultcrm.model.read_note", "vaultcrm.model.turns",
    "vaultcrm.rendering.jinja", "vaultcrm.search.stemming", "vaultcrm.search.worker", "vaultcrm.vault.visits", "vaultcrm.vault.writer",
    "html_to_markdown", "imapclient", "imapclient.exceptions", "keyring", "keyring.errors", "ssl",
}  # fmt: skip


def name_of(path: Path) -> str:
    """The dotted name of a module within the package: "markdown.tasks.line"; "" for the package itself."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix("__init__").removesuffix(".")


def floor_of(module: str) -> int:
    package = module.split(".")[0]
    return next(n for n, floor in enumerate(FLOORS) if package in floor)


def is_among(module: str, names: Iterable[str]) -> bool:
    """Whether a module is one of some modules, or lies in one of some packages."""
    return any(module == name or module.startswith(name + ".") for name in names)


class Module(NamedTuple):
    """What the tests ask of a module's text."""

    text: str
    imports: list[tuple[str, bool]]  # what it imports, and whether it does so at its top
    strings: list[str]


@functools.cache
def read_module(path: Path) -> Module:
    text = path.read_text("utf-8")
    imports, strings = [], []
    remaining: list[tuple[ast.AST, bool]] = [(ast.parse(text), True)]
    for node, at_top in remaining:  # which grows
        if isinstance(node, ast.Import):
            imports += [(alias.name, at_top) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            imports += [((name if is_module(name) else node.module), at_top) for name in names]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            strings.append(node.value)
        at_top = at_top and not isinstance(node, ast.FunctionDef)
        remaining += [(child, at_top) for child in ast.iter_child_nodes(node)]
    return Module(text, imports, strings)


def is_module(name: str) -> bool:
    return (ROOT / name.replace(".", "/")).with_suffix(".py").exists()


def test_imports_go_down() -> None:
    for path in MODULES:
        module = name_of(path)
        if not module:
            continue
        package = module.split(".")[0]
        for imported, _ in read_module(path).imports:
            if imported.startswith("vaultcrm."):
                other = imported.removeprefix("vaultcrm.")
                assert other.split(".")[0] == package or floor_of(other) < floor_of(module), f"{module} imports {other}"


def test_imports_have_no_circle() -> None:
    graph = {
        name_of(path): {i.removeprefix("vaultcrm.") for i, at_top in read_module(path).imports if i.startswith("vaultcrm.") and at_top}
        for path in MODULES
    }
    done: set[str] = set()

    def visit(module: str, chain: tuple[str, ...]) -> None:
        assert module not in chain, " → ".join((*chain, module))
        if module not in done:
            for other in graph.get(module, ()):
                visit(other, (*chain, module))
            done.add(module)

    for module in graph:
        visit(module, ())


def test_each_library_has_one_door() -> None:
    for path in MODULES:
        module = name_of(path)
        for imported, _ in read_module(path).imports:
            library = imported.split(".")[0]
            if library in DOORS:
                assert is_among(module, DOORS[library]), f"{module} imports {library}"
            else:
                assert library == "vaultcrm" or library in sys.stdlib_module_names, f"{library} is not a dependency"


def test_only_the_command_line_and_slow_modules_are_imported_late() -> None:
    for path in MODULES:
        module = name_of(path)
        for imported, at_top in read_module(path).imports:
            if not at_top and not is_among(module, ["cli"]):
                assert imported in LATE, f"{module} imports {imported} in a function"


def test_a_late_import_that_is_allowed_is_used() -> None:
    late = {imported for path in MODULES for imported, at_top in read_module(path).imports if not at_top}
    assert late >= LATE


def test_sql_stays_in_the_catalogue_and_the_journal() -> None:
    sql = r"\b(SELECT .* FROM|INSERT (OR REPLACE )?INTO|DELETE FROM|UPDATE \w+ SET)\b"
    for path in MODULES:
        module = name_of(path)
        if not is_among(module, ["catalog", "vault.journal", "vault.journal_schema", "disk.lock"]):
            assert not [text for text in read_module(path).strings if re.search(sql, text)], module


def test_only_three_modules_write_the_vault() -> None:
    """The functions that change files are in `disk`; of what is above it, these alone write into a vault."""
    # not in the vault: a service's unit, a shell's completion, the user's settings, texts kept from an editor, Git's own files,
    # the journal, what was last seen, how far sources were imported, mails that wait to be imported
    outside = {
        "watch.service", "actions.default_vault", "cli.context", "cli.text_input", "git.client",
        "cli.commands.merge_driver", "cli.commands.completion", "vault.journal_folder", "vault.visits",
        "vault.import_progress", "importers.mail.spool",
    }  # fmt: skip
    writes = r"\b(files\.(create|swap|remove|overwrite)|moves\.move|os\.(unlink|remove|rename|replace|rmdir))\(|open\([^)]*, \"[wax]"
    for path in MODULES:
        module = name_of(path)
        if not is_among(module, [*WRITERS, *outside, "disk", "search", "catalog"]):
            assert not re.search(writes, read_module(path).text), module


def test_a_folder_holds_a_dozen_modules_at_most() -> None:
    for folder in {path.parent for path in MODULES}:
        modules = [path for path in folder.glob("*.py") if path.stem != "__init__"]
        assert len(modules) <= (MOST_COMMANDS if folder.name in ("commands", "actions") else MOST_MODULES), folder


def test_a_package_says_what_it_is_for_and_no_more() -> None:
    for path in PACKAGE.rglob("__init__.py"):
        if path.parent != PACKAGE:  # which holds the version
            (docstring,) = ast.parse(read_module(path).text).body
            assert isinstance(docstring, ast.Expr)
            assert isinstance(docstring.value, ast.Constant)


def test_a_module_says_what_it_is_for_and_is_no_longer_than_one_can_read() -> None:
    for path in MODULES:
        text = read_module(path).text
        assert text.startswith('"""'), path
        assert len(text.splitlines()) <= 350, path
        assert path.stem not in ("utils", "helpers", "base", "common", "misc")


def test_only_the_command_line_asks_the_clock() -> None:
    for path in MODULES:
        if re.search(r"\b(datetime\.now|date\.today|time\.time\b|datetime\.today)", read_module(path).text):
            assert name_of(path) == "cli.main", path


def test_the_design_names_every_module_and_nothing_that_is_gone() -> None:
    names = set(re.findall(r"`([a-z_]+(?:\.\w+)*)`", (ROOT / "docs/design.md").read_text("utf-8")))
    modules = {name_of(path) for path in MODULES if path.stem not in ("__init__", "__main__")}
    assert {module for module in modules if not is_among(module, ["cli.commands"])} <= names
    packages = {name for floor in FLOORS for name in floor}
    for name in names:
        if name.split(".")[0] in packages:
            assert pydoc.locate(f"vaultcrm.{name}"), name


def commands() -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None, name
        found.append((name, command))
        if isinstance(command, click.Group):
            found += [(f"{name} {below}", inner) for below, inner in command.commands.items()]
    return found


@pytest.mark.parametrize(("name", "command"), commands(), ids=lambda value: value if isinstance(value, str) else "")
def test_every_command_has_help_with_an_example_a_line_in_the_readme_and_a_transcript(name: str, command: click.Command) -> None:
    assert command.help is not None
    assert "Example:" in command.help
    assert f"vaultcrm {name}" in command.help
    for param in command.params:
        assert not isinstance(param, click.Option) or param.help, f"{name} {param.name}"
    assert re.search(rf"`{name}\b", (ROOT / "README.md").read_text("utf-8"))
    if not isinstance(command, click.Group) and name != "open":  # which needs a desktop
        stories = "".join(path.read_text("utf-8") for path in (ROOT / "tests/stories").glob("*.md"))
        assert re.search(rf"vaultcrm [^\n]*\b{name}\b", stories), f"no story runs {name}"


def test_the_list_of_commands_and_the_commands_are_the_same() -> None:
    listed = [name for family in COMMANDS.values() for name in family]
    assert [name for name, _ in commands() if " " not in name] == listed


@pytest.mark.parametrize("name", HIDDEN)
def test_what_programs_call_is_there_and_not_in_the_way_of_people(name: str) -> None:
    context = click.Context(cli)
    command = cli.get_command(context, name)
    assert command is not None
    assert command.hidden
    assert command.help is not None
    assert "Example:" in command.help
    assert name not in cli.list_commands(context)
    assert name not in cli.get_help(context)


def test_the_format_names_every_property() -> None:
    text = (ROOT / "docs/format.md").read_text("utf-8")
    for kind, properties in PROPERTIES.items():
        section = text.split(f"### {kind}\n")[1].split("\n### ")[0]
        for key in properties.keys() - {"client"}:
            assert f"`{key}`" in section, f"{kind} {key}"


def test_every_property_is_spelled_as_the_schema_spells_it() -> None:
    assert set(NAMES) == {"type", *(key for properties in PROPERTIES.values() for key in properties)}


def test_every_type_has_a_template() -> None:
    for kind in TYPES:
        assert "{{ properties }}" in (ROOT / f"templates/{kind}.md").read_text("utf-8")


def test_the_example_vault_has_what_a_new_one_gets_for_obsidian() -> None:
    for path, data in built_in_files().items():
        assert (ROOT / "example-vault" / path).read_bytes() == data, path
