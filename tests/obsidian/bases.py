"""The views as Obsidian would show them: the parts of Bases that our `.base` files use, as its help pages describe them.

With this second implementation, tests compare the views with the output of the commands. Filters and
formulas are translated to Python and evaluated for the properties of each note.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from vaultcrm.markdown import front_matter
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.wikilinks import link_title, parse_wikilink
from vaultcrm.obsidian.types_json import property_types


class Missing:
    """A property that a note doesn't have: empty, false, and neither less nor greater than anything."""

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Missing)

    def __lt__(self, other: object) -> bool:
        return False

    __le__ = __gt__ = __ge__ = __lt__
    __hash__ = None  # type: ignore[assignment]  # it is never a key

    def isEmpty(self) -> bool:  # noqa: N802  # its name in Bases
        return True


class Text(str):
    def isEmpty(self) -> bool:  # noqa: N802
        return self == ""

    def split(self, by: str) -> "Items":  # type: ignore[override]  # as in Bases
        return Items(Text(part) for part in str.split(self, by))


class Items(list[Any]):  # Any: a list in Bases holds anything
    def isEmpty(self) -> bool:  # noqa: N802
        return not self

    def filter(self, matches: Any) -> "Items":
        return Items(value for value in self if matches(value))

    def reverse(self) -> "Items":  # type: ignore[override]  # as in Bases
        return Items(self[::-1])

    def slice(self, begin: int, end: int) -> "Items":
        return Items(self[begin:end])

    def join(self, separator: str) -> Text:
        return Text(separator.join(self))


@dataclass(frozen=True, order=True)
class Moment:
    """A date, or a date and time."""

    at: datetime

    def isEmpty(self) -> bool:  # noqa: N802
        return False

    def __add__(self, span: str) -> "Moment":
        return Moment(self.at + timedelta(days=int(span.removesuffix("d"))))


@dataclass(frozen=True)
class Link:
    """A link, by the title of the note that it points to."""

    title: str

    def isEmpty(self) -> bool:  # noqa: N802
        return False


class File:
    """A note: its properties by name, and the properties of its file in Bases."""

    def __init__(self, root: Path, path: Path) -> None:
        self.path = Text(path.relative_to(root).as_posix())
        self.folder = Text(self.path.rpartition("/")[0])
        self.name = Text(path.stem)
        types = property_types()
        read = front_matter.load_properties(split_page(path.read_bytes())) if path.suffix == ".md" else {}
        self.properties = {key: _value(value, types.get(key, "text")) for key, value in read.items()}

    def inFolder(self, folder: str) -> bool:  # noqa: N802
        return self.path.startswith(folder + "/") or folder in ("", "/")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Link) and other.title == self.name

    __hash__ = None  # type: ignore[assignment]  # it is never a key


def _value(value: str | list[str] | None, kind: str) -> Any:
    if value is None:
        return Missing()
    if isinstance(value, list):
        return Items(_value(item, "text") for item in value)
    if kind in ("date", "datetime"):
        try:
            return Moment(datetime.fromisoformat(value))
        except ValueError:  # {{date}} in a template: Obsidian treats it as text
            return Text(value)
    return Link(link_title(value) or "") if parse_wikilink(value) else Text(value)


class _Names(dict[str, Any]):
    """The names in an expression; a name that isn't defined is a missing property."""

    def __missing__(self, name: str) -> Any:
        return Missing()


class _Formulas:
    def __init__(self, base: "Base", file: File) -> None:
        self.base, self.file = base, file

    def __getattr__(self, name: str) -> Any:
        return self.base.evaluate(self.base.formulas[name], self.file)


class _This:
    def __init__(self, file: File) -> None:
        self.file = file

    def __eq__(self, other: object) -> bool:
        return self.file == other

    __hash__ = None  # type: ignore[assignment]  # it is never a key


class Base:
    """A `.base` file for a vault on a given day, embedded in a note or opened by itself."""

    def __init__(self, root: Path, path: str, today: date, embedded_in: str | None = None) -> None:
        read = yaml.safe_load((root / path).read_text("utf-8"))
        self.filters, self.formulas = read["filters"], read.get("formulas", {})
        self.views: dict[str, Mapping[str, Any]] = {view["name"]: view for view in read["views"]}
        self.files = [File(root, file) for file in sorted(root.rglob("*.md")) if "/." not in str(file.relative_to(root))]
        self.today = Moment(datetime(today.year, today.month, today.day))
        self.this = _This(File(root, root / (embedded_in or path)))

    def paths(self, view: str) -> list[str]:
        """The paths of the notes in a view."""
        return [str(file.path) for file in self._in(view)]

    def column(self, view: str, name: str) -> dict[str, Any]:
        """The value of a formula for each note in a view."""
        return {str(file.path): self.evaluate(self.formulas[name], file) for file in self._in(view)}

    def _in(self, view: str) -> Iterator[File]:
        own = self.views[view].get("filters", {"and": []})
        return (file for file in self.files if self._passes(self.filters, file) and self._passes(own, file))

    def _passes(self, condition: Any, file: File) -> bool:
        if isinstance(condition, str):
            return bool(self.evaluate(condition, file))
        ((operator, operands),) = condition.items()
        results = (self._passes(operand, file) for operand in operands)
        return all(results) if operator == "and" else any(results) is (operator == "or")

    def evaluate(self, expression: str, file: File) -> Any:
        """The value of a Bases expression for one note."""
        python = re.sub(r"\bif\(", "if_(", expression).replace(".filter(", ".filter(lambda value: ").replace("&&", " and ")
        python = re.sub(r"!(?!=)", " not ", python)
        names = _Names(
            {
                **file.properties, "file": file, "formula": _Formulas(self, file), "this": self.this, "today": lambda: self.today,
                "if_": lambda found, then, otherwise: then if found else otherwise, "link": lambda title: Link(title),
            }
        )  # fmt: skip
        return eval(python.strip(), {"__builtins__": {}}, names)
