"""The statuses of a vault's tasks: from symbol to type, and back."""

import pytest

from vaultcrm.markdown.tasks.settings import STATUS_TYPES, TaskSettings

CUSTOM = TaskSettings(statuses=((" ", "todo"), ("!", "todo"), ("D", "done"), ("E", "done"), ("x", "on hold"), ("-", "cancelled")))


@pytest.mark.parametrize(
    ("settings", "symbol", "status_type"),
    [
        (TaskSettings(), " ", "todo"),
        (TaskSettings(), "x", "done"),
        (TaskSettings(), "/", "in progress"),
        (TaskSettings(), "-", "cancelled"),
        # any other symbol, even a capital X
        (TaskSettings(), "X", "todo"),
        (CUSTOM, "x", "on hold"),
        (CUSTOM, "E", "done"),
        (CUSTOM, "/", "todo"),
    ],
)
def test_the_type_of_a_symbol(settings: TaskSettings, symbol: str, status_type: str) -> None:
    assert settings.type_of(symbol) == status_type
    assert status_type in STATUS_TYPES


@pytest.mark.parametrize(
    ("settings", "status_type", "symbol"),
    [
        (TaskSettings(), "todo", " "),
        (TaskSettings(), "done", "x"),
        (TaskSettings(), "cancelled", "-"),
        # the first one of the type, if the default symbol has another type
        (CUSTOM, "done", "D"),
        # the default symbol, even if it is not the first one of its type
        (TaskSettings(statuses=(("C", "cancelled"), ("-", "cancelled"))), "cancelled", "-"),
        # the default symbol, if there is none of the type
        (TaskSettings(statuses=()), "done", "x"),
    ],
)
def test_the_symbol_for_a_type(settings: TaskSettings, status_type: str, symbol: str) -> None:
    assert settings.symbol_for(status_type) == symbol
