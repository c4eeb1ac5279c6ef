"""search, index."""

import re
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.completion import complete_search
from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.table import Cell, Column
from vaultcrm.cli.terminal import one_line, sanitize, width, wrap

if TYPE_CHECKING:  # Whoosh is loaded when something is searched
    from vaultcrm.actions.search import Hit, SearchResult
    from vaultcrm.search.snippets import Snippet

_MOST_LINES = 2  # of a note's text: ten notes are to fit on a screen


class QueryCommand(click.Command):
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


@click.command(cls=QueryCommand)
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
    from vaultcrm.errors import UsageError

    context = current_context()
    if saved:
        _list_saved(context)
        return
    words = " ".join(query)
    if not words.strip():
        raise UsageError("Say what to look for.", 'For example: vaultcrm search pricing client:acme, or all: vaultcrm search "type:client"')
    if (kept := dict(context.crm.vault.settings.saved_searches).get(words)) is not None:
        context.out.info(f"Saved search {words}: {kept}", "dim")
        words = kept
    number = limit or (None if files else 10)
    answer = find(
        context.crm, words, 1 if opening and not limit else number, sort == "date", context.out.progress_bar("Indexing the notes")
    )
    if context.wants_json:
        from vaultcrm.actions.as_json import hit_json

        context.out.json([hit_json(hit) for hit in answer.hits])
    elif files:
        for hit in answer.hits:
            context.out.line(hit.path)
    elif group:
        _by_client(context, answer.hits)
    else:
        for hit in answer.hits:
            _print_hit(context, hit, hit.client)
    _print_remarks(context, words, answer)
    context.exit_unless(answer.hits)
    if opening:
        from vaultcrm.cli.note import launch

        launch(context, answer.hits[0].path)


def _list_saved(context: CommandContext) -> None:
    searches = context.crm.vault.settings.saved_searches
    if context.wants_json:
        context.out.json([{"name": name, "query": query} for name, query in searches])
    elif searches:
        context.out.table([Column(), Column(1, 20)], [[Cell(name, "bold"), Cell(query)] for name, query in searches])
    else:
        context.out.info('No search is saved. Write into vaultcrm.toml: [search.unpaid] and below it query = "tag:invoice -status:paid"')
    context.exit_unless(searches)


def _by_client(context: CommandContext, hits: "list[Hit]") -> None:
    """The clients in the order of their best notes."""
    clients = dict.fromkeys(hit.client for hit in hits)
    for client in clients:
        mine = [hit for hit in hits if hit.client == client]
        context.out.styled(f"{context.out.style(one_line(client or 'No client'), 'bold')}  {context.out.style(str(len(mine)), 'dim')}")
        for hit in mine:
            _print_hit(context, hit, None, 2)


def _print_hit(context: CommandContext, hit: "Hit", client: str | None, indent: int = 0) -> None:
    """A note: its title, what and when it is; the line that was found; the place."""
    space = " " * indent
    day = hit.date.isoformat() if hit.date else ""
    facts = "  ".join(one_line(fact) for fact in (client, hit.type, day) if fact)
    context.out.styled(
        f"{space}{context.note_link(hit.path, context.out.style(one_line(_undated(hit.title)), 'bold'))}  {context.out.style(facts, 'dim')}"
    )
    for line in _snippet(context, hit.snippet, context.out.columns and max(context.out.columns - indent - 2, 20)):
        context.out.styled(f"{space}  {line}")
    context.out.styled(f"{space}  {context.out.style(f'{sanitize(hit.path)}:{hit.snippet.line}', 'dim')}")


def _undated(title: str) -> str:
    """An interaction's title without the day and time that its file's name begins with; they are shown anyway."""
    return re.sub(r"^\d{4}-\d{2}-\d{2}( \d{4})? (?=\S)", "", title)


def _snippet(context: CommandContext, snippet: "Snippet", columns: int | None) -> list[str]:
    """The line that was found in lines of so many columns, at most two, with the words that were asked for in colour."""
    text, marks, at = "", [], 0
    for start, end in snippet.marks:
        text += sanitize(snippet.text[at:start])
        marks.append((len(text), len(text) + len(sanitize(snippet.text[start:end]))))
        text += sanitize(snippet.text[start:end])
        at = end
    text += sanitize(snippet.text[at:])
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
        lines.append(_highlight(context, line, inside))
        begin += len(line)
    return lines


def _highlight(context: CommandContext, line: str, marks: list[tuple[int, int]]) -> str:
    shown, at = "", 0
    for start, end in marks:
        shown += line[at:start] + context.out.style(line[start:end], "yellow bold")
        at = end
    return shown + line[at:]


def _print_remarks(context: CommandContext, words: str, answer: "SearchResult") -> None:
    """What a person should know about an answer, and a machine need not."""
    if not answer.hits:
        context.out.info(f"Nothing found for: {words}", "yellow")
    elif answer.is_partial:
        context.out.info("No note has all of these words; these have most of them.", "yellow")
    elif answer.total > len(answer.hits):
        context.out.info(f"{len(answer.hits)} of {answer.total}; -n {min(answer.total, 5 * len(answer.hits))} shows more.", "dim")
    if answer.suggestions:
        context.out.info(f"Did you mean: {answer.suggestions[0]}")
    for pattern in answer.left_out:
        context.out.info(f"{pattern} stands for more words than are looked at; the most frequent ones were.", "yellow")


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
    from vaultcrm.errors import UsageError

    context = current_context()
    if rebuild and verify:
        raise UsageError("Only one of --rebuild and --verify at a time.")
    done = index.index(context.crm, rebuild, verify, context.out.progress_bar("Indexing the notes"))
    if context.wants_json:
        context.out.json(done._asdict())
    else:
        context.out.line(f"{done.notes} notes are indexed, {done.indexed} of them now.")
        for path in done.differing:
            context.out.info(f"{path} was not as the cache knew it; it is now.", "yellow")
        if verify and not done.differing:
            context.out.info("Every note is as the cache knows it.", "green")
    context.exit_unless(not done.differing)
