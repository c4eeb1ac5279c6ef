"""search: find notes by their words and properties."""

import re
from typing import TYPE_CHECKING

import click

from vaultcrm.cli.completion import complete_search
from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.options import choice
from vaultcrm.cli.table import Cell, Column
from vaultcrm.cli.terminal import one_line, sanitize, width, wrap
from vaultcrm.plural import listed
from vaultcrm.quoting import quoted

if TYPE_CHECKING:  # Whoosh is loaded when something is searched
    from vaultcrm.actions.search import Hit, SearchResult
    from vaultcrm.search.snippets import Snippet

_DEFAULT_LIMIT = 10
_MAX_LINES = 2  # of a note's text, so that ten notes fit on a screen


class QueryCommand(click.Command):
    """A command whose words may begin with a hyphen: `search quote -draft`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        options: list[str] = []
        words: list[str] = []
        remaining = iter(args)
        for arg in remaining:
            if arg == "--":
                words += remaining
            elif arg in ("-n", "--limit", "--sort"):
                options += [arg, *(value for value in [next(remaining, None)] if value is not None)]
            elif arg.startswith("--") or arg == "-h" or re.fullmatch(r"-n\d+", arg):
                options.append(arg)
            else:
                words.append(arg)
        return super().parse_args(ctx, [*options, "--", *words])


@click.command(cls=QueryCommand, context_settings={"ignore_unknown_options": True})
@click.argument("query", nargs=-1, shell_complete=complete_search)
@click.option("-n", "--limit", type=click.IntRange(min=1), help=f"Show at most N notes  [default: {_DEFAULT_LIMIT}; all with --files]")
@click.option("--sort", type=choice(["rank", "date"]), default="rank", show_default=True, help="Best match first, or newest first.")
@click.option("--group", is_flag=True, help="Group the results by client.")
@click.option("--files", is_flag=True, help="Print only paths, one per line.")
@click.option("--open", "open_first", is_flag=True, help="Open the first result.")
@click.option("--saved", is_flag=True, help="List the searches saved in vaultcrm.toml.")
def search(query: tuple[str, ...], limit: int | None, sort: str, group: bool, files: bool, open_first: bool, saved: bool) -> None:
    """Find notes by their words and properties.

    Words match in any of their forms; the last one may be incomplete. Notes that lack some of the
    words fill up the list. Use "quotes" for a phrase, OR for alternatives, -word to exclude, wild*
    and fuzzy~ for patterns and typos. Ask for a property with client:, type:, channel:, project:,
    people:, tag:, status:, date:, due: or any other name: date:2026-03, date:2026-01..2026-03,
    date:last-month, due:late. The name of a saved search runs it.

    Exits with 1 when nothing is found.

    \b
    Example:
      vaultcrm search pricing client:acme
      vaultcrm search '"two options" type:interaction date:2026-09..'
    """
    from vaultcrm.actions import search as actions
    from vaultcrm.errors import UsageError

    context = current_context()
    if saved:
        _list_saved(context)
        return
    words = " ".join(query)
    if not words.strip():
        raise UsageError(
            "Say what to search for.", 'For example: vaultcrm search pricing client:acme, or all clients: vaultcrm search "type:client"'
        )
    if (saved_query := dict(context.crm.vault.settings.saved_searches).get(words)) is not None:
        context.out.info(f"Saved search {words}: {saved_query}", "dim")
        words = saved_query
    most = limit or (1 if open_first else None if files else _DEFAULT_LIMIT)
    only_paths = files and not context.wants_json
    progress = context.out.progress_bar("Indexing the notes")
    result = actions.search(context.crm, words, most, sort == "date", progress, only_paths)
    if context.wants_json:
        from vaultcrm.actions.as_json import hit_json

        context.out.json([hit_json(hit, result.corrected) for hit in result.hits])
    elif files:
        for hit in result.hits:
            context.out.line(hit.path)
    elif group:
        _print_by_client(context, result.hits)
    else:
        for hit in result.hits:
            _print_hit(context, hit, hit.client)
    _print_remarks(context, words, result)
    context.exit_unless(result.hits)
    if open_first:
        from vaultcrm.cli.commands.open import launch

        launch(context, result.hits[0].path)


def _list_saved(context: CommandContext) -> None:
    searches = context.crm.vault.settings.saved_searches
    if context.wants_json:
        context.out.json([{"name": name, "query": query} for name, query in searches])
    elif searches:
        context.out.table([Column(), Column(1, 20)], [[Cell(name, "bold"), Cell(query)] for name, query in searches])
    else:
        context.out.info('No saved searches. Add one to vaultcrm.toml: [search.unpaid] and below it query = "tag:invoice -status:paid"')
    context.exit_unless(searches)


def _print_by_client(context: CommandContext, hits: "list[Hit]") -> None:
    """The hits below their clients, clients in the order of their best hits."""
    for client in dict.fromkeys(hit.client for hit in hits):
        of_client = [hit for hit in hits if hit.client == client]
        heading = context.out.style(one_line(client or "No client"), "bold")
        context.out.styled(f"{heading}  {context.out.style(str(len(of_client)), 'dim')}")
        for hit in of_client:
            _print_hit(context, hit, None, 2)


def _print_hit(context: CommandContext, hit: "Hit", client: str | None, indent: int = 0) -> None:
    """A note in three parts: its title and what it is; the line that matched; its path and line."""
    from vaultcrm.model.convert import without_date

    out, space = context.out, " " * indent
    lacks = f"without {listed(tuple(map(quoted, hit.missing)), 'or')}" if hit.missing else ""
    facts = "  ".join(one_line(fact) for fact in (client, hit.type, *_time_and_status(hit), lacks) if fact)
    title = context.note_link(hit.path, out.style(one_line(without_date(hit.title)), "bold"))
    out.styled(f"{space}{title}  {out.style(facts, 'dim')}")
    for line in _snippet_lines(context, hit.snippet, out.columns and max(out.columns - indent - 2, 20)):
        out.styled(f"{space}  {line}")
    out.styled(f"{space}  {out.style(f'{sanitize(hit.path)}:{hit.snippet.line}', 'dim')}")


def _time_and_status(hit: "Hit") -> tuple[str, ...]:
    """The day of a note, and what has become of it: a decision that is over, a follow-up that is due or done."""
    day = hit.date.isoformat() if hit.date else ""
    status = hit.status or ""
    if hit.type == "follow-up" and hit.due and status not in ("done", "cancelled"):
        return (f"due {hit.due.isoformat()}",)
    return (day, status if status in ("superseded", "withdrawn", "done", "cancelled") else "")


def _snippet_lines(context: CommandContext, snippet: "Snippet", columns: int | None) -> list[str]:
    """The snippet in at most two lines of this width, with the matching words highlighted."""
    text, marks = _sanitized_snippet(snippet)
    wrapped = wrap(text, columns) if text else []
    if columns and len(wrapped) > _MAX_LINES:
        last = wrapped[_MAX_LINES - 1].removesuffix("…")
        if width(last) >= columns:
            last = last.rpartition(" ")[0]
        wrapped[_MAX_LINES - 1 :] = [last + "…"]
    lines, start = [], 0
    for line in wrapped:
        start = text.find(line.removesuffix("…"), start)
        end = start + len(line)
        in_line = [(max(mark[0] - start, 0), min(mark[1] - start, len(line))) for mark in marks if mark[0] < end and mark[1] > start]
        lines.append(_highlight(context, line, in_line))
        start = end
    return lines


def _sanitized_snippet(snippet: "Snippet") -> tuple[str, list[tuple[int, int]]]:
    """The text as it can be shown, and the marks where they are in it: sanitizing may change its length."""
    text, marks, at = "", [], 0
    for start, end in snippet.marks:
        text += sanitize(snippet.text[at:start])
        word = sanitize(snippet.text[start:end])
        marks.append((len(text), len(text) + len(word)))
        text += word
        at = end
    return text + sanitize(snippet.text[at:]), marks


def _highlight(context: CommandContext, line: str, marks: list[tuple[int, int]]) -> str:
    highlighted, at = "", 0
    for start, end in marks:
        highlighted += line[at:start] + context.out.style(line[start:end], "yellow bold")
        at = end
    return highlighted + line[at:]


def _print_remarks(context: CommandContext, words: str, result: "SearchResult") -> None:
    """What a person should know about the result, and a program need not."""
    if not result.hits:
        context.out.info(f"Nothing found for: {words}", "yellow")
    if result.corrected:
        context.out.info(f"Nothing for {quoted(words)}; showing {quoted(result.corrected)}.", "yellow")
    if result.is_partial:
        context.out.info("No note has all of these words; these have some of them.", "yellow")
    elif result.total > len(result.hits):
        context.out.info(f"{len(result.hits)} of {result.total}. Show more with: -n {min(result.total, 5 * len(result.hits))}", "dim")
    for message in result.unknown_dates:
        context.out.info(message, "yellow")
    if result.suggestions and not result.corrected:
        context.out.info(f"Did you mean: {result.suggestions[0]}")
    for pattern in result.truncated_wildcards:
        context.out.info(f"{pattern} matches too many words; only the most frequent ones were searched.", "yellow")
