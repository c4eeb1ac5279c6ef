"""Counts how many questions `brief` and `search` answer: the 20 of questions.toml about the vault beside it, or others.

    python -m tests.recall.measure [--no-summaries] [--missing] [QUESTIONS VAULT]

For each question: are all its `must` strings on the screen of `brief` at 100 columns, of `brief --all`; and which hit of
`search` is a note that holds the answer, with the words alone and with the client named. The strings prove only what
they prove, so read the screens as well.
"""

import argparse
import json
import os
import re
import shutil
import tempfile
import tomllib
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import NamedTuple

from click.testing import CliRunner

from vaultcrm.cli.main import cli
from vaultcrm.normalize import fold

HERE = Path(__file__).parent
COLUMNS = 100
MOST_HITS = 50


class Question(NamedTuple):
    id: str
    today: date
    client: str
    kind: str
    question: str
    answer: str
    note: list[str]
    words: str
    must: list[str]


class Answer(NamedTuple):
    """What the commands show; a rank counts from 1, None if no hit holds the answer."""

    question: Question
    missing: list[str]  # the `must` strings that `brief` doesn't show
    missing_from_all: list[str]
    rank: int | None
    rank_with_client: int | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("questions", type=Path, nargs="?", default=HERE / "questions.toml")
    parser.add_argument("vault", type=Path, nargs="?", default=HERE / "vault")
    parser.add_argument("--no-summaries", action="store_true", help="take the property summary out of every note first")
    parser.add_argument("--missing", action="store_true", help="list the strings that aren't shown")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vaultcrm-recall-") as folder:
        for kind in ("CACHE", "STATE", "CONFIG"):
            os.environ[f"XDG_{kind}_HOME"] = str(Path(folder, kind.lower()))
        vault = arguments.vault
        if arguments.no_summaries:
            vault = without_summaries(vault, Path(folder, "vault"))
        answers = [answer_of(vault, question) for question in read_questions(arguments.questions)]
    print(report(answers, arguments.missing))


def read_questions(path: Path) -> list[Question]:
    names = Question._fields
    return [Question(**{name: table[name] for name in names}) for table in tomllib.loads(path.read_text("utf-8"))["question"]]


def without_summaries(vault: Path, copy: Path) -> Path:
    """A copy of a vault in which no note has a summary."""
    shutil.copytree(vault, copy)
    for note in copy.rglob("*.md"):
        note.write_bytes(re.sub(rb"(?m)^summary: .*\n", b"", note.read_bytes()))
    return copy


def answer_of(vault: Path, question: Question) -> Answer:
    screen = texts(run(vault, question.today, "brief", question.client))
    everything = texts(run(vault, question.today, "brief", question.client, "--all"))
    return Answer(
        question,
        [must for must in question.must if not is_shown(must, screen)],
        [must for must in question.must if not is_shown(must, everything)],
        rank_of(vault, question, question.words),
        rank_of(vault, question, f'{question.words} client:"{question.client}"'),
    )


def rank_of(vault: Path, question: Question, query: str) -> int | None:
    found = json.loads(run(vault, question.today, "--json", "search", "-n", str(MOST_HITS), query))
    hits = found["hits"] if isinstance(found, dict) else found
    notes = {fold(note) for note in question.note}
    return next((n for n, hit in enumerate(hits, 1) if fold(hit["path"]) in notes), None)


def run(vault: Path, today: date, *words: str) -> str:
    """What a command prints on standard output; it may find nothing."""
    environment = {"COLUMNS": str(COLUMNS), "NO_COLOR": "1"}
    done = CliRunner().invoke(cli, ["--vault", str(vault), "--today", str(today), *words], env=environment, catch_exceptions=False)
    assert done.exit_code in (0, 1), done.output
    return done.stdout


def texts(screen: str) -> list[str]:
    """The screen as a whole, and each of its columns: a text that is wrapped beside another column goes on below itself."""
    columns: dict[int, list[str]] = defaultdict(list)
    for line in screen.splitlines():
        for cell in re.finditer(r"\S+(?: \S+)*", line):
            columns[cell.start()].append(cell[0])
    return [fold(screen), *(fold(" ".join(cells)) for cells in columns.values())]


def is_shown(must: str, screen: list[str]) -> bool:
    """Whether one of the strings between `|` is on the screen."""
    return any(fold(part) in text for part in must.split("|") for text in screen)


class Counts(NamedTuple):
    """How many questions each way answers; a search has to find the answer among its first three hits."""

    questions: int
    brief: int
    brief_all: int
    search: int
    search_with_client: int


def counts(answers: list[Answer]) -> Counts:
    def among_three(ranks: list[int | None]) -> int:
        return sum(rank is not None and rank <= 3 for rank in ranks)

    return Counts(
        len(answers),
        sum(not answer.missing for answer in answers),
        sum(not answer.missing_from_all for answer in answers),
        among_three([answer.rank for answer in answers]),
        among_three([answer.rank_with_client for answer in answers]),
    )


def report(answers: list[Answer], with_missing: bool) -> str:
    lines = [f"{'question':20}{'kind':15}{'brief':>6}{'--all':>6}{'search':>7}{'client:':>8}  words"]
    for answer in answers:
        shown = [("no" if missing else "yes") for missing in (answer.missing, answer.missing_from_all)]
        ranks = [str(rank or "-") for rank in (answer.rank, answer.rank_with_client)]
        question = answer.question
        lines.append(f"{question.id:20}{question.kind:15}{shown[0]:>6}{shown[1]:>6}{ranks[0]:>7}{ranks[1]:>8}  {question.words}")
        if with_missing:
            lines += [f"    not in brief{'' if must not in answer.missing_from_all else ' --all'}: {must}" for must in answer.missing]
    total = counts(answers)
    lines += ["", f"{'':20}{total.questions:<15}{total.brief:6}{total.brief_all:6}{total.search:7}{total.search_with_client:8}"]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
