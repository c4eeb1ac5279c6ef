"""Measures how often search puts an answer among the first five hits: 25 questions about real mails, turned into notes.

    python benchmarks/questions.py FOLDER-WITH-MBOXES [--keep FOLDER]

questions.toml has the questions, the queries that somebody would type, and the mails that answer them, which were found by reading.
"""

import argparse
import os
import tempfile
import tomllib
from datetime import datetime
from pathlib import Path

from mail_notes import make

from vaultcrm.actions.crm import Crm
from vaultcrm.actions.search import search

MAX_RANK = 50  # hits among which the answer is looked for


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mboxes", type=Path)
    parser.add_argument("--keep", type=Path, help="keep the vault and its index in this folder, so that the next run starts sooner")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vaultcrm-questions-") as name:
        folder = arguments.keep or Path(name)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        vault = folder / "vault"
        if not vault.exists():
            make(vault, arguments.mboxes)
        crm = Crm(str(vault), datetime(2026, 11, 22))
        crm.refresh()
        print_table(crm)


def print_table(crm: Crm) -> None:
    questions = tomllib.loads((Path(__file__).parent / "questions.toml").read_text("utf-8"))["question"]
    sources = {note.path: note.properties.get("source") for note in crm.catalog.notes("interaction")}
    first = five = 0
    print("| query | rank of the answer | notes found |\n|---|---|---|")
    for question in questions:
        result = search(crm, question["query"], MAX_RANK)
        ranks = [n for n, hit in enumerate(result.hits, 1) if sources.get(hit.path) in question["answers"]]
        rank = ranks[0] if ranks else None
        first += rank == 1
        five += rank is not None and rank <= 5
        shown = str(rank) if rank else f"not in the first {MAX_RANK}"
        print(f"| {question['query']} | {shown} | {result.total}{' (not all words)' if result.is_partial else ''} |")
    print(f"\n{len(sources)} mails, {len(questions)} questions: {five} have an answer among the first five hits, {first} have it first.")


if __name__ == "__main__":
    main()
