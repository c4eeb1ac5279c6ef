"""search, index."""

import re
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.completion import complete_search
from vaultcrm.cli.context import Session, session
from vaultcrm.cli.table import Cell, Column
from vaultcrm.cli.terminal import clean, one_line, width, wrap

if TYPE_CHECKING:  # Whoosh is loaded when something is searched
    from vaultcrm.actions.search import Answer, Hit
    from vaultcrm.search.snippets import Snippet

_MOST_LINES = 2  # of a note's text: ten notes are to fit on a screen


class _Query(click.Command):
    """A command whose words may begin with a hyphen: `search quote -draft`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        options: list[str] = []
        words: list[str] = []
        waiting = iter(args)
        for arg in waiting:
            if arg == "--":
                words += waiting
            elif arg in ("-n", "--limit", "--sort"):
                options += [arg, *(value for value in [next(waiting, None)] if value is not None)]
            elif arg.startswith("--") or arg == "-h" or re.fullmatch(r"-n\d+", arg):
                options.append(arg)
            else:
                words.append(arg)
        return super().parse_args(ctx, [*options, "--", *words])


@click.command(cls=_Query)
@click.argument("query", nargs=-1, shell_complete=complete_search)
@click.option("-n", "--limit", type=click.IntRange(min=1), help="Show so many notes; 10 without it, all with --files.")
@click.option("--sort", type=click.Choice(["rank", "date"]), default="rank", help="The best first, or the newest.")
@click.option("--group", is_flag=True, help="Put what was found under its client.")
@click.option("--files", is_flag=True, help="Print paths only, one a line.")
@click.option("--open", "opening", is_flag=True, help="Open the first one with the desktop's program.")
@click.option("--saved", is_flag=True, help="List the searches that vaultcrm.toml keeps.")
def search(query: tuple[str, ...], limit: int | None, sort: str, group: bool, files: bool, opening: bool, saved: bool) -> None:
    """Find notes by their words and properties.

    All words must be there, in any form; the last may be unfinished. "quoted words" stand side by
    side, OR is between two, -word must not be there, wild* and fuzzy~ are what they say. client:,
    type:, channel:, project:, people:, tag:, status:, date: and every other property ask for that:
    date:2026-03, date:2026-01..2026-03, date:last-month. One word that is a saved search runs it.

    \b
    Example:
      vaultcrm search pricing client:acme
      vaultcrm search '"two options" type:interaction date:2026-09..'
    """
    from vaultcrm.actions.search import search as find
    from vaultcrm.errors import WrongUse

    on = session()
    if saved:
        _list_saved(on)
        return
    words = " ".join(query)
    if not words.strip():
        raise WrongUse("Say what to look for.", 'For example: vaultcrm search pricing client:acme, or all: vaultcrm search "type:client"')
    if (kept := dict(on.crm.vault.settings.saved_searches).get(words)) is not None:
        on.say(f"Saved search {words}: {kept}", "dim")
        words = kept
    number = limit or (None if files else 10)
    answer = find(on.crm, words, 1 if opening and not limit else number, sort == "date", on.bar("Indexing the notes"))
    if on.json:
        from vaultcrm.actions.as_json import of_hit

        on.document([of_hit(hit) for hit in answer.hits])
    elif files:
        for hit in answer.hits:
            on.out(hit.path)
    elif group:
        _by_client(on, answer.hits)
    else:
        for hit in answer.hits:
            _show(on, hit, hit.client)
    _remarks(on, words, answer)
    if not answer.hits:
        click.get_current_context().exit(1)
    if opening:
        from vaultcrm.cli.note import launch

        launch(on, answer.hits[0].path)


def _list_saved(on: Session) -> None:
    searches = on.crm.vault.settings.saved_searches
    if on.json:
        on.document([{"name": name, "query": query} for name, query in searches])
    elif searches:
        on.table([Column(), Column(1, 20)], [[Cell(name, "bold"), Cell(query)] for name, query in searches])
    else:
        on.say('No search is saved. Write into vaultcrm.toml: [search.unpaid] and below it query = "tag:invoice -status:paid"')
    if not searches:
        click.get_current_context().exit(1)


def _by_client(on: Session, hits: "list[Hit]") -> None:
    """The clients in the order of their best notes."""
    clients = dict.fromkeys(hit.client for hit in hits)
    for client in clients:
        mine = [hit for hit in hits if hit.client == client]
        on.raw(f"{on.style(one_line(client or 'No client'), 'bold')}  {on.style(str(len(mine)), 'dim')}")
        for hit in mine:
            _show(on, hit, None, 2)


def _show(on: Session, hit: "Hit", client: str | None, indent: int = 0) -> None:
    """A note: its title, what and when it is; the line that was found; the place."""
    space = " " * indent
    day = hit.date.isoformat() if hit.date else ""
    facts = "  ".join(one_line(fact) for fact in (client, hit.type, day) if fact)
    on.raw(f"{space}{on.link(hit.path, on.style(one_line(_undated(hit.title)), 'bold'))}  {on.style(facts, 'dim')}")
    for line in _snippet(on, hit.snippet, on.room and max(on.room - indent - 2, 20)):
        on.raw(f"{space}  {line}")
    on.raw(f"{space}  {on.style(f'{clean(hit.path)}:{hit.snippet.line}', 'dim')}")


def _undated(title: str) -> str:
    """An interaction's title without the day and time that its file's name begins with; they are shown anyway."""
    return re.sub(r"^\d{4}-\d{2}-\d{2}( \d{4})? (?=\S)", "", title)


def _snippet(on: Session, snippet: "Snippet", columns: int | None) -> list[str]:
    """The line that was found in lines of so many columns, at most two, with the words that were asked for in colour."""
    text, marks, at = "", [], 0
    for start, end in snippet.marks:
        text += clean(snippet.text[at:start])
        marks.append((len(text), len(text) + len(clean(snippet.text[start:end]))))
        text += clean(snippet.text[start:end])
        at = end
    text += clean(snippet.text[at:])
    lines, begin = [], 0
    wrapped = wrap(text, columns) if text else []
    if columns and len(wrapped) > _MOST_LINES:
        last = wrapped[_MOST_LINES - 1].removesuffix("…")
        if width(last) >= columns:
            last = last.rpartition(" ")[0]
        wrapped[_MOST_LINES - 1 :] = [last + "…"]
    for line in wrapped:
        begin = text.find(line.removesuffix("…"), begin)
        inside = [(max(start - begin, 0), min(end - begin, len(line))) for start, end in marks if start < begin + len(line) and end > begin]
        lines.append(_colored(on, line, inside))
        begin += len(line)
    return lines


def _colored(on: Session, line: str, marks: list[tuple[int, int]]) -> str:
    shown, at = "", 0
    for start, end in marks:
        shown += line[at:start] + on.style(line[start:end], "yellow bold")
        at = end
    return shown + line[at:]


def _remarks(on: Session, words: str, answer: "Answer") -> None:
    """What a person should know about an answer, and a machine need not."""
    if not answer.hits:
        on.say(f"Nothing found for: {words}", "yellow")
    elif answer.is_partial:
        on.say("No note has all of these words; these have most of them.", "yellow")
    elif answer.total > len(answer.hits):
        on.say(f"{len(answer.hits)} of {answer.total}; -n {min(answer.total, 5 * len(answer.hits))} shows more.", "dim")
    if answer.suggestions:
        on.say(f"Did you mean: {answer.suggestions[0]}")
    for pattern in answer.left_out:
        on.say(f"{pattern} stands for more words than are looked at; the most frequent ones were.", "yellow")


@click.command()
@click.option("--rebuild", is_flag=True, help="Throw the index and the catalogue away, and make them anew.")
@click.option("--verify", is_flag=True, help="Read every note again, and compare.")
def index(rebuild: bool, verify: bool) -> None:
    """Bring the search index up to date; every search does so by itself.

    Exits with 1 when --verify finds a difference; what differs is then put right.

    \b
    Example:
      vaultcrm index --verify
    """
    from vaultcrm.actions import index
    from vaultcrm.errors import WrongUse

    on = session()
    if rebuild and verify:
        raise WrongUse("Only one of --rebuild and --verify at a time.")
    done = index.index(on.crm, rebuild, verify, on.bar("Indexing the notes"))
    if on.json:
        on.document(done._asdict())
    else:
        on.out(f"{done.notes} notes are indexed, {done.indexed} of them now.")
        for path in done.differing:
            on.say(f"{path} was not as the cache knew it; it is now.", "yellow")
        if verify and not done.differing:
            on.say("Every note is as the cache knows it.", "green")
    if done.differing:
        click.get_current_context().exit(1)
