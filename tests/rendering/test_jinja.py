"""Templates from strangers: they see plain values only, and are stopped when they take too much."""

import os
import re
import resource
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.rendering.vaults import with_template
from vaultcrm.errors import InvalidInput, NotFound
from vaultcrm.rendering import jinja
from vaultcrm.rendering.fill import fill_template
from vaultcrm.rendering.jinja import render
from vaultcrm.rendering.templates import Template

pytestmark = pytest.mark.usefixtures("home")


def rendered(template: str, functions: dict[str, Callable[..., Any]] | None = None, **values: Any) -> str:  # Any: what templates see
    return render("/nowhere", Template("/vault/templates/client.md", template), "client.md", values, functions or {})


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'a' * 10**9 }}",
        "{{ title * 1000000000 }}",
        "{% for a in range(999) %}{% for b in range(999) %}{% for c in range(999) %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in range(999) %}{% for b in range(999) %}{{ title }}{% endfor %}{% endfor %}",
        "{{ range(100000000) }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ title.ljust(1000000000) }}",
        "{{ title|center(1000000000) }}",
        "{{ '%1000000000d'|format(1) }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ cycler }}{{ lipsum(n=100000) }}",
        "{% include '../../../etc/passwd' %}",
        "{% import 'os' as os %}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{{ nobody }}",
        "{% if %}",
        "{{",
    ],
)
def test_a_hostile_template_is_stopped(text: str, tmp_path: Path) -> None:
    with pytest.raises((InvalidInput, NotFound)):
        fill_template(with_template(tmp_path, "client.md", text), "client.md", {"title": "x" * 100})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("line 1\n{% if %}", "has an error in line 2: Expected an expression, got 'end of statement block'."),
        ("{{ nobody }}", "doesn't work: 'nobody' is undefined."),
        ("{{ 2 ** 3 }}", "doesn't work: '**' is not allowed here."),
        ("{{ 'a' * 3 }}", "doesn't work: '*' is not allowed here."),
        ("{{ '%d' % 3 }}", "doesn't work: '%' is not allowed here."),
        ("{{ 1001 * 1000 }}", "doesn't work: '*' is not allowed here."),
        ("{{ 1000 * -1001 }}", "doesn't work: '*' is not allowed here."),
        ("{{ range(1001) }}", "doesn't work: range() returns at most 1000 numbers."),
        ("{{ 1 // 0 }}", "doesn't work: integer division or modulo by zero."),
        ("{{ title.upper() }}", "doesn't work: <built-in method upper of str object at 0x> is not safely callable."),
        ("{{ title|center }}", "has an error in line 1: No filter named 'center'."),
    ],
)
def test_an_error_in_a_template_names_it_and_says_what_to_do(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as error:
        rendered(text, title="x")
    assert re.sub("(?<= at 0x)[0-9a-f]+", "", error.value.message) == f"The template client.md {reason}"
    assert error.value.hint == "Fix /vault/templates/client.md, or delete it to use the built-in template."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{{ 1000 * 1000 }} {{ 7 % 3 }} {{ 2 + 3 }}", "1000000 1 5"),
        ("{% for n in range(1000) %}{% if loop.last %}{{ n }}{% endif %}{% endfor %}", "999"),
        ("{{ items|join(', ') }} {{ title|upper|replace('A', 'B') }}", "a, b BCME"),
        ("{% macro twice(text) %}{{ text }}{{ text }}{% endmacro %}{{ twice(title) }}", "acmeacme"),
        ("a\n  {% if title %}\nb\n  {% endif %}\nc\n", "a\nb\nc\n"),
        ("{{ title }}\n", "acme\n"),
    ],
)
def test_a_harmless_template_can_count_loop_filter_and_define_macros(text: str, expected: str) -> None:
    assert rendered(text, title="acme", items=["a", "b"]) == expected


def test_only_the_functions_that_are_passed_can_be_called() -> None:
    assert rendered("{{ twice('a') }}", {"twice": lambda text: text * 2}) == "aa"
    with pytest.raises(InvalidInput, match="is not safely callable"):
        rendered("{{ call() }}", call=lambda: "called")


def test_a_template_can_include_another_one_and_not_itself_without_end(tmp_path: Path) -> None:
    root = with_template(tmp_path, "person.md", "[{{ title }}]")
    with_template(tmp_path, "client.md", "{% include 'person.md' %}{{ 1 }}")
    assert fill_template(root, "client.md", {"title": "x"}) == "[x]1"
    with_template(tmp_path, "client.md", "{% include 'client.md' %}")
    with pytest.raises(InvalidInput):
        fill_template(root, "client.md", {"title": "x"})


def test_the_text_has_at_most_a_megabyte() -> None:
    loop = "{% for a in range(1000) %}{{ text }}{% endfor %}"
    assert len(rendered(loop, text="x" * 1000)) == 1_000_000
    with pytest.raises(InvalidInput, match=r"The template client\.md produces more than a megabyte of text\."):
        rendered(loop + "!", text="x" * 1000)


def test_a_template_has_limited_time_and_the_limits_end_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jinja, "MAX_SECONDS", 0.2)
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(InvalidInput, match=r"doesn't work: it took longer than 0\.2 seconds\."):
        rendered("{{ wait() }}", {"wait": lambda: time.sleep(5)})
    assert signal.getsignal(signal.SIGALRM) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


# Compared in C, for longer than the universe has existed
NESTED = "{% set a=[1] %}{% set b=[1] %}" + "{% set a=[a,a] %}{% set b=[b,b] %}" * 64


@pytest.mark.parametrize("text", [NESTED + "{% if a == b %}x{% endif %}", NESTED + "{{ [a, b]|sort }}", NESTED + "{{ [a]|unique|list }}"])
def test_a_template_that_no_signal_ends_is_ended(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert threading.active_count() == 1, "a test has left a thread, so no child can be forked"
    monkeypatch.setattr(jinja, "MAX_SECONDS", 0.1)
    with pytest.raises(InvalidInput, match=r"The template client\.md doesn't work"):
        rendered(text)


def test_an_interrupt_ends_a_template(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jinja, "MAX_SECONDS", 60)
    timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))
    fork = os.fork

    def fork_and_interrupt() -> int:
        child = fork()
        if child:
            timer.start()
        return child

    monkeypatch.setattr(os, "fork", fork_and_interrupt)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
    try:
        with pytest.raises(KeyboardInterrupt):
            rendered(NESTED + "{% if a == b %}x{% endif %}")
        timer.join()
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(("text", "error"), [("{% include 'nothing.md' %}", NotFound), ("{{ nobody }}", InvalidInput)])
def test_errors_come_back_from_the_child(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        rendered(text)


def test_a_child_that_dies_is_an_error() -> None:
    with pytest.raises(InvalidInput, match=r"doesn't work: it used too much memory\."):
        rendered("{{ die() }}", {"die": lambda: os._exit(3)})


def test_a_template_has_limited_memory() -> None:
    with pytest.raises(InvalidInput, match=r"doesn't work: MemoryError\."):
        rendered("{{ take() }}", {"take": lambda: len(bytearray(jinja.MAX_MEMORY * 2))})
    assert rendered("{{ take() }}", {"take": lambda: len(bytearray(jinja.MAX_MEMORY // 2))}) == str(jinja.MAX_MEMORY // 2)


def test_the_limit_of_memory_ends_with_the_template() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (1 << 40, hard))
    try:
        limit = int(rendered("{{ limit() }}", {"limit": lambda: resource.getrlimit(resource.RLIMIT_AS)[0]}))
        assert jinja.MAX_MEMORY < limit < 1 << 40
        assert resource.getrlimit(resource.RLIMIT_AS) == (1 << 40, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def test_a_template_can_be_rendered_in_another_thread() -> None:
    texts: list[str] = []
    thread = threading.Thread(target=lambda: texts.append(rendered("{{ 1 }}{# Jinja2 #}")))
    thread.start()
    thread.join()
    assert texts == ["1"]


def test_compiled_templates_are_kept_in_a_private_folder_of_the_cache(home: Path) -> None:
    rendered("{{ 1 }}{# kept #}")
    folder = home / "cache/vaultcrm/templates"
    assert len(list(folder.iterdir())) == 1
    assert folder.stat().st_mode & 0o077 == 0
