"""The rules of the house: imports go down, one door for each library, every command is documented."""

import ast
import re
import sys
from pathlib import Path

import click
import pytest

from vaultcrm.cli.main import COMMANDS, HIDDEN, cli
from vaultcrm.model.schema import PROPERTIES, TYPES
from vaultcrm.obsidian.install import built_in

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "vaultcrm"
MODULES = sorted(PACKAGE.rglob("*.py"))

# From the ground up. A module may import from its own floor and from below; within a floor there is no circle.
FLOORS = (
    ("errors",),
    (
        "places",
        "names",
        "tokens",
        "watching",
        "lock",
        "links",
        "link_spans",
        "dates",
        "when",
        "recurrence",
        "properties",
        "page",
        "body",
        "callouts",
        "copies",
        "habits",
        "tasks",
        "settings",
        "faults",
        "splice",
        "graft",
        "git",
        "lines",
        "merge",
        "front_matter",
        "files",
        "moves",
        "turning",
        "trust",
        "model",
        "records",
        "reading",
        "obsidian",
    ),
    ("journal", "journal_tables", "vault", "survey", "templates", "render", "drafts"),
    ("catalog", "tables", "rows", "catch_up", "pending", "whereabouts", "following", "search"),
    ("actions",),
    ("ears", "watch", "service"),
    ("cli", "__main__"),
)
DOORS = {
    "click": "cli", "yaml": "properties", "frontmatter": "front_matter", "jinja2": "render", "dateutil": "recurrence",
    "whoosh": "search", "watchdog": "ears",
    "subprocess": ("git", "search", "service", "cli"),  # git; a second process that indexes; systemd and launchd; the desktop
}  # fmt: skip
# What a reading command must not wait for, and who imports it late for that reason.
LATE = {
    "json",
    "tomllib",
    "hashlib",
    "difflib",
    "shlex",
    "zoneinfo",
    "time",
    "platform",
    "traceback",
    "dateutil.rrule",
    "click.shell_completion",
}


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def floor_of(module: str) -> int:
    top = module.split(".")[0]
    return next(n for n, floor in enumerate(FLOORS) if top in floor)


def imports_of(path: Path) -> list[tuple[str, bool]]:
    """What a module imports, and whether it does so at its top."""
    tree = ast.parse(path.read_text("utf-8"))
    top = {id(node) for node in ast.walk(tree) if isinstance(node, ast.stmt)} - {
        id(inner) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for inner in ast.walk(node)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, id(node) in top) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [
                (name if (ROOT / name.replace(".", "/")).with_suffix(".py").exists() else node.module, id(node) in top) for name in inner
            ]
    return found


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_down(path: Path) -> None:
    module = name_of(path)
    if not module or module == "__init__":
        return
    for imported, _ in imports_of(path):
        if imported.startswith("vaultcrm."):
            other = imported.removeprefix("vaultcrm.")
            assert floor_of(other) <= floor_of(module), f"{module} imports {other}, which is above it"


def test_no_module_imports_itself_by_a_detour() -> None:
    graph = {
        name_of(path): {i.removeprefix("vaultcrm.") for i, at_top in imports_of(path) if i.startswith("vaultcrm.") and at_top}
        for path in MODULES
    }
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " → ".join((*way, module))
        if module not in done:
            for other in graph.get(module, ()):
                visit(other, (*way, module))
            done.add(module)

    for module in graph:
        visit(module, ())


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_each_library_has_one_door(path: Path) -> None:
    module = name_of(path)
    for imported, _ in imports_of(path):
        library = imported.split(".")[0]
        if library in DOORS:
            assert module.split(".")[0] in DOORS[library], f"{module} imports {library}"
        else:
            assert library == "vaultcrm" or library in sys.stdlib_module_names, f"{library} is no dependency"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_late_import_is_one_that_a_fast_start_needs(path: Path) -> None:
    """Inside functions only the command line may import, and what is slow to load."""
    module = name_of(path)
    slow = ("front_matter", "link_spans", "page", "splice", "reading", "journal", "render", "records", "search.second")
    for imported, at_top in imports_of(path):
        if not at_top and not module.startswith("cli"):
            assert imported in LATE or imported.removeprefix("vaultcrm.") in slow, f"{module} imports {imported} in a function"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_what_it_is_for_and_is_no_longer_than_one_can_read(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith('"""')
    assert len(text.splitlines()) <= 350
    assert path.stem not in ("utils", "helpers", "base", "common", "misc")


def test_only_the_command_line_asks_the_clock() -> None:
    for path in MODULES:
        if re.search(r"\b(datetime\.now|date\.today|time\.time\b|datetime\.today)", path.read_text("utf-8")):
            assert name_of(path) == "cli.main", path


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
        told = "".join(path.read_text("utf-8") for path in (ROOT / "tests/stories").glob("*.md"))
        assert re.search(rf"vaultcrm [^\n]*\b{name}\b", told), f"no story runs {name}"


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


def test_every_type_has_a_template() -> None:
    for kind in TYPES:
        assert "{{ properties }}" in (ROOT / f"templates/{kind}.md").read_text("utf-8")


def test_the_example_vault_has_what_a_new_one_gets_for_obsidian() -> None:
    for path, data in built_in().items():
        assert (ROOT / "example-vault" / path).read_bytes() == data, path
