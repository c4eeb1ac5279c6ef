"""Checks of the checkbox lines of whole vaults. Run by hand.

    python -m tests.robustness.checkbox_lines counts VAULT EXPECTED.json NAME    # compare with an independent count
    python -m tests.robustness.checkbox_lines done VAULT…                        # complete, drop and move each line, and undo that

EXPECTED holds, under `vaults` and NAME, how many checkbox lines contain each emoji of the Tasks
plugin (`task_signifiers`), and how often each character is in the box (`task_status_chars`). Lines
whose emoji vaultcrm takes for text are listed, so that one can see which rule of the plugin applies.
"""

import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from datetime import date, datetime
from pathlib import Path

from vaultcrm.actions import follow_ups, undo
from vaultcrm.actions.crm import Crm
from vaultcrm.errors import Refused, Unreadable, VaultcrmError
from vaultcrm.markdown.page import split_page
from vaultcrm.markdown.tasks.line import Task, find_tasks, parse_task

AT = datetime(2026, 11, 16, 9, 30)
EMOJIS = {
    "due": "📅", "scheduled": "⏳", "start": "🛫", "recurrence": "🔁", "done": "✅", "cancelled": "❌", "created": "➕", "id": "🆔",
    "dependsOn": "⛔",
}  # fmt: skip


def tasks_of(vault: Path) -> list[tuple[Path, int, Task]]:
    found = []
    for path in sorted(vault.rglob("*.md")):
        page = split_page(path.read_bytes())
        try:
            body = page.body
        except UnicodeDecodeError:
            continue
        found += [(path, line, task) for line, task in find_tasks(body, page.body_line)]
    return found


def counts(vault: Path, expected: dict[str, dict[str, int]]) -> None:
    tasks = tasks_of(vault)
    symbols = Counter(task.symbol for _, _, task in tasks)
    for symbol, number in expected["task_status_chars"].items():
        if symbols[symbol] != number:
            print(f"[{symbol}] {symbols[symbol]} of {number}")
    print(f"{len(tasks)} checkbox lines, {sum(expected['task_status_chars'].values())} expected")
    for field, emoji in EMOJIS.items():
        with_emoji = [(path, line, task) for path, line, task in tasks if emoji in task.line]
        as_text = [one for one in with_emoji if one[2].field("depends" if field == "dependsOn" else field) is None]
        expected_count = expected["task_signifiers"].get(field)
        print(f"{field}: {len(with_emoji)} lines contain {emoji}, {expected_count} expected; in {len(as_text)} it is text")
        for path, line, task in as_text:
            print(f"    {path.relative_to(vault)}:{line}: {task.line.strip()}")


def lines_changed(old: bytes, new: bytes) -> tuple[int, int]:
    """The number of lines removed and added between the unchanged lines at the start and at the end."""
    before, after = old.split(b"\n"), new.split(b"\n")
    while before and after and before[0] == after[0]:
        before, after = before[1:], after[1:]
    while before and after and before[-1] == after[-1]:
        before, after = before[:-1], after[:-1]
    return len(before), len(after)


def edit_fault(what: str, task: Task, removed: int, added: int) -> str | None:
    """What is wrong with an edit that removed and added these numbers of lines; None if nothing is."""
    is_deleted = (task.value("on_completion") or "").lower() == "delete" and what == "done"
    recurs = what == "done" and task.value("recurrence") is not None
    allowed = {(1, 0), (1, 1)} if is_deleted else {(1, 1), (1, 2), (0, 1)} if recurs else {(1, 1)}
    return None if (removed, added) in allowed else f"{what} removed {removed} and added {added} lines"


def edit_all_lines(source: Path, folder: Path) -> Counter[str]:
    """Complete, drop and move each open checkbox line of a vault, and undo each edit."""
    vault = folder / "vault"
    shutil.copytree(source, vault)
    os.system(f"chmod -R u+w '{vault}'")
    crm = Crm(str(vault), AT, ["test"])
    crm.refresh()
    counts_by_outcome: Counter[str] = Counter()
    for item in [one for one in crm.catalog.follow_ups() if one.kind == "task"]:
        path = vault / item.path
        before = path.read_bytes()
        task = parse_task(before.decode().split("\n")[item.line - 1])
        assert task is not None
        counts_by_outcome["lines"] += 1
        if not item.is_open:
            counts_by_outcome["closed"] += 1
            continue
        for what in ("done", "drop", "snooze"):
            try:
                if what == "snooze":
                    follow_ups.snooze(crm, [item.id], date(2027, 3, 1))
                elif what == "done":
                    follow_ups.done(crm, [item.id], early=True)
                else:
                    follow_ups.drop(crm, [item.id])
            except Refused as error:
                counts_by_outcome[f"{what} refused"] += 1
                print(f"{item.path}:{item.line}: {error.message}\n    {task.line}")
                continue
            after = path.read_bytes()
            counts_by_outcome[what] += 1
            if after == before:
                print(f"{item.path}:{item.line}: {what} changed nothing\n    {task.line}")
                continue
            removed, added = lines_changed(before, after)
            counts_by_outcome[f"{what}: -{removed} +{added}"] += 1
            if fault := edit_fault(what, task, removed, added):
                counts_by_outcome["FAULTS"] += 1
                print(f"{item.path}:{item.line}: {fault}\n    {task.line}")
            undo.undo(str(vault))
            if path.read_bytes() != before:
                counts_by_outcome["FAULTS"] += 1
                print(f"{item.path}:{item.line}: undo restored other bytes")
    return counts_by_outcome


def main() -> None:
    what, *rest = sys.argv[1:]
    if what == "counts":
        counts(Path(rest[0]), json.loads(Path(rest[1]).read_text("utf-8"))["vaults"][rest[2]])
        return
    for name in rest:
        with tempfile.TemporaryDirectory() as folder:
            for kind in ("CACHE", "STATE", "CONFIG"):
                os.environ[f"XDG_{kind}_HOME"] = os.path.join(folder, kind.lower())
            try:
                print(name, dict(edit_all_lines(Path(name), Path(folder))))
            except (VaultcrmError, Unreadable) as error:
                print(name, "FAILED", error)


if __name__ == "__main__":
    main()
