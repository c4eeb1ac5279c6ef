"""How often the answer is among the first five: 25 questions asked of real mails turned into notes.

    python benchmarks/questions.py FOLDER-WITH-MBOXES [--keep FOLDER]

The questions, the words that somebody would type, and the mails that answer them (found by reading)
stand in questions.toml.
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

MANY = 50  # ranks that are looked at


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mboxes", type=Path)
    parser.add_argument("--keep", type=Path, help="where to keep the vault and its index, to ask again sooner")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vaultcrm-questions-") as name:
        folder = arguments.keep or Path(name)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        vault = folder / "vault"
        if not vault.exists():
            make(vault, arguments.mboxes)
        crm = Crm(str(vault), datetime(2026, 11, 22))
        crm.refresh()
        table(crm)


def table(crm: Crm) -> None:
    questions = tomllib.loads((Path(__file__).parent / "questions.toml").read_text("utf-8"))["question"]
    sources = {note.path: note.properties.get("source") for note in crm.catalog.notes("interaction")}
    first = five = 0
    print("| query | rank of the answer | notes found |\n|---|---|---|")
    for question in questions:
        answer = search(crm, question["query"], MANY)
        ranks = [n for n, hit in enumerate(answer.hits, 1) if sources.get(hit.path) in question["answers"]]
        rank = ranks[0] if ranks else None
        first += rank == 1
        five += rank is not None and rank <= 5
        said = str(rank) if rank else f"not in the first {MANY}"
        print(f"| {question['query']} | {said} | {answer.total}{' (not all words)' if answer.is_partial else ''} |")
    print(f"\n{len(sources)} mails, {len(questions)} questions: {five} have an answer among the first five, {first} as the first.")


if __name__ == "__main__":
    main()
