"""Recurrence rules of the Obsidian Tasks plug-in, for the tests of them."""

from datetime import date

from vaultcrm.markdown.tasks.recurrence import TaskRule, parse_task_rule

TODAY = date(2026, 11, 11)  # a Wednesday


def rule_of(words: str) -> TaskRule:
    rule = parse_task_rule(words)
    assert rule is not None
    return rule
