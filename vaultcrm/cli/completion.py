"""Shell completion: names of clients, projects and notes, handles of follow-ups, saved searches."""

import os
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:  # loaded when the shell asks, not at every start
    from click.shell_completion import CompletionItem

    from vaultcrm.catalog.catalog import Catalog

Complete = Callable[[click.Context, click.Parameter, str], "list[CompletionItem]"]


def _completer(candidates: "Callable[[Catalog], Iterable[str]]") -> Complete:
    """A completion over what the catalogue knew last: a completion must not wait for the disk."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
        from click.shell_completion import CompletionItem

        from vaultcrm.actions.crm import Crm
        from vaultcrm.actions.default_vault import choose_vault
        from vaultcrm.errors import VaultcrmError
        from vaultcrm.normalize import fold

        try:
            crm = Crm(choose_vault(ctx.find_root().params.get("vault"), "."), datetime.min)
            names = sorted(set(candidates(crm.catalog)))
        except VaultcrmError:
            return []
        return [CompletionItem(_for_shell(name)) for name in names if fold(incomplete) in fold(name)]

    return complete


def _for_shell(name: str) -> str:
    """A name as the shell puts it on the line: zsh and fish quote it themselves, bash doesn't.

    Two backslashes, because click's script for bash reads the answers with a `read` that takes one away.
    """
    if os.environ.get("_VAULTCRM_COMPLETE") != "bash_complete":
        return name
    return "".join(char if char.isalnum() or char in "._-/@+," else f"\\\\{char}" for char in name)


def _titles(*types: str) -> Complete:
    def candidates(catalog: "Catalog") -> list[str]:
        from vaultcrm.catalog.handle_queries import titles

        return titles(catalog, *types)

    return _completer(candidates)


def _open_handles(catalog: "Catalog") -> list[str]:
    from vaultcrm.catalog.handle_queries import follow_up_handles

    return [handle[:6] for handle in follow_up_handles(catalog, open_only=True)]


complete_client = _titles("client")
complete_project = _titles("project")
complete_note = _titles("client", "project", "person")
complete_follow_up = _completer(_open_handles)


def complete_search(ctx: click.Context, param: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    """The names of the saved searches."""
    from click.shell_completion import CompletionItem

    from vaultcrm.actions.default_vault import choose_vault
    from vaultcrm.errors import VaultcrmError
    from vaultcrm.vault.vault import Vault

    try:
        searches = Vault(choose_vault(ctx.find_root().params.get("vault"), ".")).settings.saved_searches
    except VaultcrmError:
        return []
    return [CompletionItem(_for_shell(name), help=query) for name, query in searches if name.startswith(incomplete)]
