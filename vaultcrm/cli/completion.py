"""Shell completion: names of clients, people, projects and notes, handles with their texts, properties, saved searches."""

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:  # loaded when the shell asks, not at every start
    from click.shell_completion import CompletionItem

    from vaultcrm.actions.crm import Crm

# A candidate and its description, which zsh and fish show next to it
Candidates = Iterable[tuple[str, str]]
Complete = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]


def _completer(candidates: "Callable[[Crm, click.Context], Candidates]") -> Complete:
    """A completion that opens the vault; without one there is nothing to complete."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        from click.shell_completion import CompletionItem

        from vaultcrm.actions.crm import Crm
        from vaultcrm.actions.default_vault import choose_vault
        from vaultcrm.cli.main import current_time
        from vaultcrm.errors import VaultcrmError

        options = ctx.find_root().params
        try:
            crm = Crm(choose_vault(options.get("vault"), "."), current_time(options.get("today")))
            found = dict(sorted(candidates(crm, ctx)))
        except (VaultcrmError, OSError):
            return []
        return [CompletionItem(_for_shell(name), help=found[name] or None) for name in _matching(incomplete, [*found])]

    return complete


def _matching(incomplete: str, names: list[str]) -> list[str]:
    """The names that begin with what was typed, ignoring case and accents; else the one that contains it.

    Several names that only contain it have no beginning in common: zsh would erase what was typed.
    """
    from vaultcrm.normalize import fold

    typed = fold(incomplete)
    beginning = [name for name in names if fold(name).startswith(typed)]
    containing = [name for name in names if typed in fold(name)]
    return beginning or (containing if len(containing) == 1 or _shell() == "fish" else [])


def _shell() -> str:
    return os.environ.get("_VAULTCRM_COMPLETE", "").partition("_")[0]


def _for_shell(name: str) -> str:
    """A name as the shell puts it on the line: zsh and fish quote it themselves, bash doesn't.

    Two backslashes, because click's script for bash reads the answers with a `read` that takes one away.
    """
    if _shell() != "bash":
        return name
    quote = _open_quote(os.environ.get("COMP_WORDS", ""))
    if quote == "'":
        return name.replace("'", "'\\\\''")
    if quote == '"':
        return "".join(f"\\\\{char}" if char in '"$`\\' else char for char in name)
    return "".join(char if char.isalnum() or char in "._-/@+,=" else f"\\\\{char}" for char in name)


def _open_quote(line: str) -> str:
    """The quote that is still open at the end of a command line, or ""."""
    quote, is_escaped = "", False
    for char in line:
        if is_escaped:
            is_escaped = False
        elif char == "\\" and quote != "'":
            is_escaped = True
        elif quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
    return quote


def _titles(*types: str, of_client: bool = False) -> Complete:
    """The titles of notes of some types; with `of_client` those of the client on the command line, if there is one."""

    def candidates(crm: "Crm", ctx: click.Context) -> Candidates:
        from vaultcrm.actions import lookup
        from vaultcrm.catalog.handle_queries import titles

        crm.refresh_names()
        if of_client and (client := ctx.params.get("client")):
            ref = lookup.client(crm, client)
            return [(note.title, "") for note_type in types for note in crm.catalog.client_notes(note_type, ref)]
        return [(title, "") for title in titles(crm.catalog, *types)]

    return _completer(candidates)


def _open_follow_ups(crm: "Crm", ctx: click.Context) -> Candidates:
    """From what the catalogue knew last: a completion must not wait for the disk."""
    from vaultcrm.cli.formats import format_due
    from vaultcrm.markdown.wikilinks import without_links

    for item in crm.catalog.follow_ups(("open", "waiting")):
        late = f", {format_due(item.days(crm.today))}" if item.due else ""
        yield item.id[:6], f"{without_links(item.text)}{late}"


def _parked(crm: "Crm", ctx: click.Context) -> Candidates:
    from vaultcrm.actions.inbox.parked import parked_notes

    return ((parked.id[:6], parked.subject) for parked in parked_notes(crm))


def _decisions(crm: "Crm", ctx: click.Context) -> Candidates:
    from vaultcrm.actions import lookup

    client = ctx.params.get("client")
    for decision in crm.catalog.decisions(lookup.client(crm, client) if client else None):
        if decision.status == "in force":
            yield decision.id[:6], decision.text


def _shown(crm: "Crm", ctx: click.Context) -> Candidates:
    """What `show` takes: the titles of clients, people and projects, and handles with their texts."""
    from vaultcrm.catalog.handle_queries import titles

    crm.refresh_names()
    yield from ((title, "") for title in titles(crm.catalog, "client", "person", "project"))
    yield from _open_follow_ups(crm, ctx)
    yield from _decisions(crm, ctx)


def _assignments(crm: "Crm", ctx: click.Context) -> Candidates:
    """`key=` for the properties of the note's type, and what each may hold."""
    from vaultcrm.actions import lookup
    from vaultcrm.model.schema import PROPERTIES

    note = lookup.note_record(crm, lookup.note(crm, ctx.params["note"]))
    for key, kind in PROPERTIES.get(note.type or "", {}).items():
        yield f"{key}=", ", ".join(kind) if isinstance(kind, tuple) else kind


def _saved_searches(crm: "Crm", ctx: click.Context) -> Candidates:
    return crm.vault.settings.saved_searches


complete_client = _titles("client")
complete_project = _titles("project", of_client=True)
complete_person = _titles("person", of_client=True)
complete_note = _titles("client", "project", "person")
complete_shown = _completer(_shown)
complete_follow_up = _completer(_open_follow_ups)
complete_parked = _completer(_parked)
complete_decision = _completer(_decisions)
complete_assignment = _completer(_assignments)
complete_search = _completer(_saved_searches)
