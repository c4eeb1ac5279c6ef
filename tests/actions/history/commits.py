"""A vault with a month of commits: notes are added, edited, renamed, moved and deleted, and a client is renamed."""

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

from tests.actions.history.states import ACME, FILES, replace
from tests.actions.vaults import note
from tests.support import write_files
from vaultcrm.actions.add import NewFollowUp, add_follow_up, add_person, add_project
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.decisions import NewDecision, decide
from vaultcrm.actions.follow_ups import done, drop, snooze
from vaultcrm.actions.log import NewInteraction, log
from vaultcrm.actions.rename import rename

STUDIO = "clients/Acme Studio"
Step = Callable[[Path, datetime], object]


def git(folder: Path, *words: str, at: datetime | None = None) -> str:
    """Run Git, as if it were `at`."""
    who = {
        f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in (("NAME", "Nora"), ("EMAIL", "nora@example.com"))
    }
    when = {"GIT_COMMITTER_DATE": at.isoformat(), "GIT_AUTHOR_DATE": at.isoformat()} if at else {}
    return subprocess.run(["git", *words], cwd=folder, env=os.environ | who | when, capture_output=True, check=True, text=True).stdout


def commit(root: Path, at: datetime) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "-m", "More", at=at)


def by_command(action: Callable[[Crm], object]) -> Step:
    return lambda root, at: action(Crm(str(root), at, ["test"]))


def write(path: str, text: str | bytes) -> Step:
    return lambda root, at: write_files(root, {path: text})


def edit(path: str, old: str, new: str) -> Step:
    return lambda root, at: replace(root, path, old, new)


def delete(path: str) -> Step:
    return lambda root, at: (root / path).unlink()


def move(old: str, new: str) -> Step:
    def step(root: Path, at: datetime) -> None:
        (root / new).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(root / old, root / new)

    return step


DAILY = "daily/2026-10-20.md"
DAILY_TEXT = "- [ ] Call [[Owen Park]] 📅 2026-10-25\n- [ ] Ask [[Acme Studio]] #waiting\n\n> [!decision] [[Acme Studio]] pays\n"
STEPS: tuple[tuple[int, Step], ...] = (  # the day of October on which each is committed; from 32 on, of November
    (3, by_command(lambda crm: log(crm, "acme", NewInteraction("Dana wants B", channel="email", direction="in")))),
    (4, by_command(lambda crm: add_follow_up(crm, "acme", NewFollowUp("Order fonts", date(2026, 10, 9))))),
    (5, write("inbox/Note.md", note("interaction", "date: 2026-10-05", 'client: "[[Acme]]"', "channel: chat", "summary: From elsewhere"))),
    (6, write("inbox/Alias.md", note("interaction", "date: 2026-10-06", "client: acme co", "channel: call", "summary: By an alias"))),
    (6, edit(f"{ACME}/Acme.md", "status: active", "status: active\naliases: [Acme Co, Äcme]")),
    (7, write("inbox/Accents.md", note("interaction", "date: 2026-10-07", 'client: "[[ÄCME]]"', "summary: With accents"))),
    (8, by_command(lambda crm: done(crm, ["fonts"]))),
    (9, by_command(lambda crm: decide(crm, "acme", NewDecision("Two hours", supersedes="training")))),
    (10, edit(f"{ACME}/projects/Website.md", "2026-12-04", "2026-12-18")),
    (11, write("vaultcrm.toml", 'ignore = ["drafts"]\n')),
    (11, write(f"{ACME}/drafts/Draft.md", note("decision", "date: 2026-10-11"))),
    (12, write("vaultcrm.toml", '[tasks]\nfilter = "#task"\n')),
    (13, edit(f"{ACME}/Ideas.md", "- [ ] Draw the logo", "- [ ] #task Draw the logo")),
    (14, delete("vaultcrm.toml")),
    (15, write(".obsidian/templates.json", '{"folder": "clients/Acme/forms"}')),
    (15, write(f"{ACME}/forms/Form.md", note("follow-up", "due: 2026-10-16"))),
    (16, by_command(lambda crm: rename(crm, "acme", "Acme Studio"))),
    (17, by_command(lambda crm: add_person(crm, "acme studio", "Owen Park", {"phone": ["+44 117 496"]}))),
    (18, write("clients/Other/Deep/Deep.md", note("client", 'aliases: "Deep"'))),
    (19, write(f"{STUDIO}/Inner/Inner.md", note("client", "status: lead"))),
    (19, write(f"{STUDIO}/Inner/Call.md", note("interaction", "date: 2026-10-19", "channel: call"))),
    (20, write(DAILY, DAILY_TEXT)),
    (21, move(f"{STUDIO}/Budget.md", f"{STUDIO}/money/Costs.md")),
    (22, by_command(lambda crm: snooze(crm, ["invoice"], date(2026, 12, 3)))),
    (23, write(f"{STUDIO}/Odd name, ünïcödé “quoted”.md", "> [!feedback] Fine\n\n- [ ] After ⛔ abc\n")),
    (23, write("daily/Blocks.md", "- [ ] First 🆔 abc\n")),
    (24, write(f"{STUDIO}/Bad.md", b"---\ntype: [\n---\n")),
    (25, write(f"{STUDIO}/Binary.md", b"\xff\xfe\0")),
    (25, write(f"{STUDIO}/Ideas (conflict 2026-10-25 ab12cd3).md", "- [ ] A copy\n")),
    (26, by_command(lambda crm: drop(crm, ["quote"]))),
    (27, move(STUDIO, "clients/North/Acme Studio")),
    (28, edit("clients/North/Acme Studio/Dana Roe.md", "role: Partner", "role: left\nuntil: 2026-10-28")),
    (29, write("clients/North/Acme Studio/decisions/Again.md", note("decision", "date: 2026-10-29", 'supersedes: "[[Hourly price]]"'))),
    (30, by_command(lambda crm: add_project(crm, "acme studio", "Poster", {"deadline": date(2026, 12, 1)}))),
    (31, delete(DAILY)),
    (32, write("clients/North/Acme Studio/.hidden.md", note("decision", "date: 2026-11-01"))),
    (33, write("clients/North/Acme Studio/templates/Not a template.md", note("decision", "date: 2026-11-02"))),
    (34, edit("clients/North/Acme Studio/Acme Studio.md", "type: client", 'type: "Client"')),
    (35, write("clients/North/Acme Studio/CRLF.md", b"---\r\ntype: decision\r\ndate: 2026-11-04\r\n---\r\n")),
)  # fmt: skip


def day(number: int) -> date:
    return date(2026, 10, number) if number < 32 else date(2026, 11, number - 31)


def committed_vault(root: Path) -> list[date]:
    """Make the vault, commit by commit; gives the days of the commits."""
    write_files(root, FILES)
    git(root, "init", "--quiet", ".")
    commit(root, datetime(2026, 10, 2, 9))
    days = [date(2026, 10, 2)]
    for number, step in STEPS:
        step(root, datetime.combine(day(number), time(9)))
        commit(root, datetime.combine(day(number), time(12)))
        days.append(day(number))
    return list(dict.fromkeys(days))
