"""Templates: the text of new notes, and the brief. The only door to Jinja2.

A vault may come from a stranger, and its own templates win over ours. So they run in a sandbox,
see plain texts and lists only, and can neither call methods nor grow without bound.
"""

import contextlib
import os
import re
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError
from jinja2.bccache import FileSystemBytecodeCache
from jinja2.loaders import FunctionLoader
from jinja2.sandbox import ImmutableSandboxedEnvironment

from vaultcrm import places
from vaultcrm.errors import NotUnderstood

MAX_OUTPUT = 1_000_000  # characters
MAX_SECONDS = 2.0
_FILTERS = (
    "abs capitalize count d default e escape first groupby int join last length list lower map max min reject rejectattr "
    "replace reverse round select selectattr sort string sum title trim truncate unique upper wordcount"
)

# What a template may run into, written by hand as it is.
_MISTAKES = (
    *(TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, OSError),
    *(RecursionError, MemoryError, TimeoutError),
)

# A plain value as templates see it.
Plain = str | int | bool | None | list["Plain"] | dict[str, "Plain"]


class _Environment(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset(("*", "**"))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # Any: Jinja2's signature
        if not (isinstance(left, int) and isinstance(right, int)) or operator == "**" or abs(left * right) > MAX_OUTPUT:
            raise TemplateError(f"{operator!r} is not allowed here")
        return super().call_binop(context, operator, left, right)

    def is_safe_callable(self, obj: Any) -> bool:  # Any: as above
        """Only what we passed: never a method of a text, which could make a gigabyte out of a line."""
        return obj in self.globals.values() or getattr(obj, "__module__", "").startswith("jinja2.runtime")


def built_in_folder() -> str:
    """Where our own templates are: in the installed package, or beside it in a checkout."""
    here = os.path.dirname(os.path.abspath(__file__))
    installed = os.path.join(here, "templates")
    return installed if os.path.isdir(installed) else os.path.join(os.path.dirname(here), "templates")


class Renderer:
    """The templates of one vault."""

    def __init__(self, root: str | None, functions: Mapping[str, Callable[..., Any]] | None = None) -> None:  # Any: what templates print
        folders = ([os.path.join(root, "templates")] if root else []) + [built_in_folder()]
        self._folders = folders
        self._environment = _Environment(
            loader=FunctionLoader(self._load),
            bytecode_cache=FileSystemBytecodeCache(_compiled()),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._environment.filters = {name: self._environment.filters[name] for name in _FILTERS.split()}
        self._environment.globals = {"range": _bounded_range, **(functions or {})}

    def _load(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        if not re.fullmatch(r"[a-z][a-z-]*\.(?:md|txt)", name):
            return None
        for folder in self._folders:
            path = os.path.join(folder, name)
            with contextlib.suppress(FileNotFoundError), open(path, encoding="utf-8", errors="strict") as file:
                return file.read(MAX_OUTPUT), path, lambda: True
        return None

    def render(self, name: str, values: Mapping[str, Plain]) -> str:
        """A template's text. Raises NotUnderstood, with the template's path and line, when it does not work."""
        path = next((p for f in self._folders if os.path.exists(p := os.path.join(f, name))), name)
        hint = f"Mend the template, or delete it: then the built-in one is used ({path})."
        try:
            with _time_limit():
                parts: list[str] = []
                size = 0
                for part in self._environment.get_template(name).generate(**values):
                    size += len(part)
                    if size > MAX_OUTPUT:
                        raise NotUnderstood(f"The template {name} makes more than a megabyte of text.", hint)
                    parts.append(part)
                return "".join(parts)
        except TemplateNotFound as error:
            raise NotUnderstood(f"There is no template {error.name}.") from error
        except TemplateSyntaxError as error:
            said = (error.message or "unclear").rstrip(".")
            raise NotUnderstood(f"The template {name} has a mistake in line {error.lineno}: {said}.", hint) from error
        except _MISTAKES as error:
            said = str(error).rstrip(".") or type(error).__name__
            raise NotUnderstood(f"The template {name} does not work: {said}.", hint) from error


def _compiled() -> str:
    """Where compiled templates are kept: compiling the brief takes longer than all of its queries."""
    return places.private(os.path.join(places.private(places.folder("cache")), "templates"))


def _bounded_range(*bounds: int) -> range:
    found = range(*bounds)
    if len(found) > 1000:
        raise TemplateError("range() gives at most 1000 numbers")
    return found


@contextlib.contextmanager
def _time_limit() -> Iterator[None]:
    """End a template that does not end; where there are no alarms (Windows, threads) the other bounds must do."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise TimeoutError(f"it took longer than {MAX_SECONDS:g} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, MAX_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
