"""By hand: the checkbox lines of whole vaults.

    python -m tests.robustness.checkbox_lines counts VAULT EXPECTED.json NAME    # lines by sign, against an independent count
    python -m tests.robustness.checkbox_lines done VAULT…                        # each line done, dropped, moved, and taken back

EXPECTED holds, under `vaults` and NAME, how many checkbox lines have a sign anywhere in them
(`task_signifiers`) and which marks stand in the boxes (`task_status_chars`). What we read less is
listed with the line, so that a reader can say which rule of the plug-in it is.
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
MARKS = {
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
    marks = Counter(task.symbol for _, _, task in tasks)
    for symbol, number in expected["task_status_chars"].items():
        if marks[symbol] != number:
            print(f"[{symbol}] {marks[symbol]} of {number}")
    print(f"{len(tasks)} lines with a box, {sum(expected['task_status_chars'].values())} expected")
    for kind, mark in MARKS.items():
        with_mark = [(path, line, task) for path, line, task in tasks if mark in task.line]
        unread = [one for one in with_mark if one[2].field("depends" if kind == "dependsOn" else kind) is None]
        print(f"{kind}: {len(with_mark)} lines have {mark}, {expected['task_signifiers'].get(kind)} expected; of {len(unread)} it is text")
        for path, line, task in unread:
            print(f"    {path.relative_to(vault)}:{line}: {task.line.strip()}")


def lines_changed(old: bytes, new: bytes) -> tuple[int, int]:
    """How many lines were taken away and added between what is the same at the beginning and at the end."""
    before, after = old.split(b"\n"), new.split(b"\n")
    while before and after and before[0] == after[0]:
        before, after = before[1:], after[1:]
    while before and after and before[-1] == after[-1]:
        before, after = before[:-1], after[:-1]
    return len(before), len(after)


def judge(what: str, task: Task, taken: int, added: int) -> str | None:
    """What is wrong with an edit that took away and added so many lines; None for nothing."""
    goes = (task.value("on_completion") or "").lower() == "delete" and what == "done"
    recurs = what == "done" and task.value("recurrence") is not None
    allowed = {(1, 0), (1, 1)} if goes else {(1, 1), (1, 2), (0, 1)} if recurs else {(1, 1)}
    return None if (taken, added) in allowed else f"{what} took away {taken} and added {added} lines"


def run(source: Path, folder: Path) -> Counter[str]:
    """Each open checkbox line of a vault done, dropped and moved, and each time taken back."""
    vault = folder / "vault"
    shutil.copytree(source, vault)
    os.system(f"chmod -R u+w '{vault}'")
    crm = Crm(str(vault), AT, ["test"])
    crm.refresh()
    found: Counter[str] = Counter()
    for item in [one for one in crm.catalog.follow_ups() if one.kind == "task"]:
        path = vault / item.path
        before = path.read_bytes()
        task = parse_task(before.decode().split("\n")[item.line - 1])
        assert task is not None
        found["lines"] += 1
        if not item.is_open:
            found["closed"] += 1
            continue
        for what in ("done", "drop", "snooze"):
            try:
                if what == "snooze":
                    follow_ups.snooze(crm, [item.id], date(2027, 3, 1))
                else:
                    (follow_ups.done if what == "done" else follow_ups.drop)(crm, [item.id])
            except Refused as error:
                found[f"{what} refused"] += 1
                print(f"{item.path}:{item.line}: {error.message}\n    {task.line}")
                continue
            after = path.read_bytes()
            found[what] += 1
            if after == before:
                print(f"{item.path}:{item.line}: {what} changed nothing\n    {task.line}")
                continue
            taken, added = lines_changed(before, after)
            found[f"{what}: -{taken} +{added}"] += 1
            if fault := judge(what, task, taken, added):
                found["FAULTS"] += 1
                print(f"{item.path}:{item.line}: {fault}\n    {task.line}")
            undo.undo(str(vault))
            if path.read_bytes() != before:
                found["FAULTS"] += 1
                print(f"{item.path}:{item.line}: undo gives other bytes")
    return found


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
                print(name, dict(run(Path(name), Path(folder))))
            except (VaultcrmError, Unreadable) as error:
                print(name, "FAILED", error)


if __name__ == "__main__":
    main()
