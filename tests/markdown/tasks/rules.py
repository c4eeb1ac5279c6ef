"""Shared by the tests of recurrence rules."""

from datetime import date

from vaultcrm.markdown.tasks.recurrence import TaskRule, parse_task_rule

TODAY = date(2026, 11, 11)  # a Wednesday


def rule_of(text: str) -> TaskRule:
    """The rule in a text that the plugin understands."""
    rule = parse_task_rule(text)
    assert rule is not None
    return rule
