"""Render templates with Jinja2, in a sandbox. Nothing else imports Jinja2.

A vault may come from a stranger, and its templates replace the built-in ones. So they see only plain
values, can't call methods, and are limited in time, memory and the size of their output.
"""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.bccache import Bucket, FileSystemBytecodeCache
from jinja2.loaders import FunctionLoader
from jinja2.sandbox import ImmutableSandboxedEnvironment

from vaultcrm.disk import user_dirs
from vaultcrm.errors import ExternalError, InvalidInput
from vaultcrm.quoting import quoted
from vaultcrm.rendering.child import can_fork, render_in_child
from vaultcrm.rendering.templates import MAX_SIZE, Template, TemplateValue, built_in_folder, find_template

if sys.platform != "win32":
    import resource

MAX_SECONDS = 1.5
MAX_MEMORY = 128 * 1024 * 1024  # bytes, on top of what is in use when rendering starts
_FILTERS = (
    "abs capitalize count d default e escape first groupby int join last length list lower map max min reject rejectattr "
    "replace reverse select selectattr sort string sum title trim truncate unique upper wordcount"
)

# The errors that a template can cause. SyntaxError: loops that are nested deeper than Python allows.
_TEMPLATE_ERRORS = (
    *(TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, OSError),
    *(RecursionError, MemoryError, TimeoutError, SyntaxError),
)


class _BytecodeCache(FileSystemBytecodeCache):
    """Compiled templates: compiling the template of `brief` takes longer than all of its queries."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):  # a full disk: it is only a cache
            super().dump_bytecode(bucket)

    def load_bytecode(self, bucket: Bucket) -> None:
        with contextlib.suppress(OSError):
            super().load_bytecode(bucket)


class _Environment(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset(("*", "**", "%"))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # Any: Jinja2's signature
        if not (isinstance(left, int) and isinstance(right, int)) or operator == "**" or abs(left * right) > MAX_SIZE:
            raise TemplateError(f"{quoted(operator)} is not allowed here")  # "x" * 10**9 would be a gigabyte
        return super().call_binop(context, operator, left, right)

    def is_safe_callable(self, obj: Any) -> bool:  # Any: as above
        """Allow only the functions that we pass. A method of a text could make a gigabyte out of a line."""
        module = getattr(obj, "__module__", None) or ""  # a method of a built-in type has None
        return obj in self.globals.values() or module.startswith("jinja2.runtime")


# Any: the functions that a template calls may take and return anything
def render(
    root: str, template: Template, name: str, values: Mapping[str, TemplateValue], functions: Mapping[str, Callable[..., Any]]
) -> str:
    """The text of a template called `name`. Raises InvalidInput, with the template and the line, if it has an error.

    A vault's own template is rendered in a child process where the system has that.
    """
    hint = f"Fix {template.path}, or delete it to use the built-in template."
    run = partial(_render, root, template, name, values, functions, hint)
    if template.path.startswith(built_in_folder() + os.sep) or not can_fork():
        return run()
    too_long = InvalidInput(f"The template {name} doesn't work: it took longer than {MAX_SECONDS:g} seconds.", hint)
    died = InvalidInput(f"The template {name} doesn't work: it used too much memory.", hint)
    return render_in_child(run, MAX_SECONDS, too_long, died)


def _render(
    root: str,
    template: Template,
    name: str,
    values: Mapping[str, TemplateValue],
    functions: Mapping[str, Callable[..., Any]],  # Any: as above
    hint: str,
) -> str:
    def load(other: str) -> tuple[str, str, Callable[[], bool]]:
        source = template if other == name else find_template(root, other)
        return source.text, source.path, lambda: True

    environment = _Environment(
        loader=FunctionLoader(load),
        bytecode_cache=_bytecode_cache(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters = {allowed: environment.filters[allowed] for allowed in _FILTERS.split()}
    environment.globals = {"range": _bounded_range, **functions}
    try:
        with _limits():
            parts: list[str] = []
            size = 0
            for part in environment.get_template(name).generate(**values):
                size += len(part)
                if size > MAX_SIZE:
                    raise InvalidInput(f"The template {name} produces more than a megabyte of text.", hint)
                parts.append(part)
            return "".join(parts)
    except TemplateSyntaxError as error:
        reason = (error.message or "invalid syntax").rstrip(".")
        raise InvalidInput(f"The template {name} has an error in line {error.lineno}: {reason}.", hint) from error
    except _TEMPLATE_ERRORS as error:
        reason = str(error).rstrip(".") or type(error).__name__
        raise InvalidInput(f"The template {name} doesn't work: {reason}.", hint) from error


def _bytecode_cache() -> _BytecodeCache | None:
    try:
        folder = user_dirs.make_private(user_dirs.user_dir("cache"))
        return _BytecodeCache(user_dirs.make_private(os.path.join(folder, "templates"), replace=True))
    except ExternalError:
        return None


def _bounded_range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > 1000:
        raise TemplateError("range() returns at most 1000 numbers")
    return numbers


@contextlib.contextmanager
def _limits() -> Iterator[None]:
    """Stop a template that takes too much time or memory, as far as the system can limit them."""
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
