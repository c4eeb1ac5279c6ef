"""Templates that need more than names. The only door to Jinja2.

A vault may come from a stranger, and its own templates win over ours. So they run in a sandbox,
see plain texts and lists only, and can neither call methods nor grow without bound.
"""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.bccache import FileSystemBytecodeCache
from jinja2.loaders import FunctionLoader
from jinja2.sandbox import ImmutableSandboxedEnvironment

from vaultcrm.disk import user_dirs
from vaultcrm.errors import InvalidInput
from vaultcrm.rendering.templates import MAX_SIZE, Template, TemplateValue, find_template

if sys.platform != "win32":
    import resource

MAX_SECONDS = 1.5
MAX_MEMORY = 128 * 1024 * 1024  # bytes beyond what is in use
_FILTERS = (
    "abs capitalize count d default e escape first groupby int join last length list lower map max min reject rejectattr "
    "replace reverse select selectattr sort string sum title trim truncate unique upper wordcount"
)

# What a template may run into, written by hand as it is.
_MISTAKES = (
    *(TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, OSError),
    *(RecursionError, MemoryError, TimeoutError, SyntaxError),  # the last for loops nested deeper than Python allows
)


class _Environment(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset(("*", "**", "%"))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # Any: Jinja2's signature
        if not (isinstance(left, int) and isinstance(right, int)) or operator == "**" or abs(left * right) > MAX_SIZE:
            raise TemplateError(f"{operator!r} is not allowed here")
        return super().call_binop(context, operator, left, right)

    def is_safe_callable(self, obj: Any) -> bool:  # Any: as above
        """Only what we passed: never a method of a text, which could make a gigabyte out of a line."""
        return obj in self.globals.values() or getattr(obj, "__module__", "").startswith("jinja2.runtime")


# Any: a function that a template prints with may take and give anything
def render(
    root: str, template: Template, name: str, values: Mapping[str, TemplateValue], functions: Mapping[str, Callable[..., Any]]
) -> str:
    """A template's text. Raises NotUnderstood, with the template and the line, when it does not work."""

    def load(other: str) -> tuple[str, str, Callable[[], bool]]:
        found = template if other == name else find_template(root, other)
        return found.text, found.path, lambda: True

    environment = _Environment(
        loader=FunctionLoader(load),
        bytecode_cache=FileSystemBytecodeCache(_bytecode_folder()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters = {allowed: environment.filters[allowed] for allowed in _FILTERS.split()}
    environment.globals = {"range": _bounded_range, **functions}
    hint = f"Mend the template, or delete it: then the built-in one is used ({template.path})."
    try:
        with _limits():
            parts: list[str] = []
            size = 0
            for part in environment.get_template(name).generate(**values):
                size += len(part)
                if size > MAX_SIZE:
                    raise InvalidInput(f"The template {name} makes more than a megabyte of text.", hint)
                parts.append(part)
            return "".join(parts)
    except TemplateSyntaxError as error:
        said = (error.message or "unclear").rstrip(".")
        raise InvalidInput(f"The template {name} has a mistake in line {error.lineno}: {said}.", hint) from error
    except _MISTAKES as error:
        said = str(error).rstrip(".") or type(error).__name__
        raise InvalidInput(f"The template {name} does not work: {said}.", hint) from error


def _bytecode_folder() -> str:
    """Where compiled templates are kept: compiling the brief takes longer than all of its queries."""
    return user_dirs.make_private(os.path.join(user_dirs.make_private(user_dirs.user_dir("cache")), "templates"))


def _bounded_range(*bounds: int) -> range:
    found = range(*bounds)
    if len(found) > 1000:
        raise TemplateError("range() gives at most 1000 numbers")
    return found


@contextlib.contextmanager
def _limits() -> Iterator[None]:
    """End a template that takes too long or too much memory; where a system has no such bounds the others must do."""
    with contextlib.ExitStack() as stack:
        if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():

            def stop(*_: object) -> None:
                raise TimeoutError(f"it took longer than {MAX_SECONDS:g} seconds")

            stack.callback(signal.signal, signal.SIGALRM, signal.signal(signal.SIGALRM, stop))
            stack.callback(signal.setitimer, signal.ITIMER_REAL, 0)
            signal.setitimer(signal.ITIMER_REAL, MAX_SECONDS)
        if sys.platform != "win32":
            with contextlib.suppress(OSError, ValueError):
                with open("/proc/self/statm", encoding="ascii") as file:
                    in_use = int(file.read().split()[0]) * resource.getpagesize()
                before = resource.getrlimit(resource.RLIMIT_AS)
                resource.setrlimit(resource.RLIMIT_AS, (in_use + MAX_MEMORY, before[1]))
                stack.callback(resource.setrlimit, resource.RLIMIT_AS, before)
        yield
