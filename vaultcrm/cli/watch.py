"""watch: the file watcher, its state, and its place among the services of the session."""

import gc
import signal
from datetime import datetime
from typing import Any

import click

from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.main import clock
from vaultcrm.cli.terminal import one_line


@click.command()
@click.option("--status", is_flag=True, help="Say since when it runs, and when all was last complete.")
@click.option("--install", is_flag=True, help="Let it run with your session (systemd or launchd): shows the file, then does it.")
@click.option("--uninstall", is_flag=True, help="Let it run no more.")
def watch(status: bool, install: bool, uninstall: bool) -> None:
    """Keep the search index warm: hear of every change, and read it at once.

    Nothing needs it: every command looks for itself. With it, commands answer sooner. It runs until
    you stop it, and tells what it does; with --quiet it only tells what is wrong.

    \b
    Example:
      vaultcrm watch
      vaultcrm watch --install
    """
    from vaultcrm.errors import UsageError

    context = current_context()
    if status + install + uninstall > 1:
        raise UsageError("Only one of --status, --install and --uninstall at a time.")
    if status:
        _status(context)
    elif install or uninstall:
        _service(context, install)
    else:
        _watch(context)


def _watch(context: CommandContext) -> None:
    from vaultcrm.watch.watcher import Watcher

    root = context.crm.vault.root
    context.crm.refresh()  # the first reading, with its bar
    context.crm.catalog.close()

    def tell(line: str, is_trouble: bool) -> None:
        if is_trouble or not context.out.quiet:
            click.echo(f"{context.out.style(f'{clock():%H:%M:%S}', 'dim')}  {one_line(line)}", err=is_trouble, color=context.out.color)

    watcher = Watcher(root, tell, clock)

    def stop(number: int, frame: Any) -> None:  # Any: signal's own signature
        watcher.stop()

    gc.enable()  # this one lives longer than a blink
    signal.signal(signal.SIGTERM, stop)
    if hasattr(signal, "SIGCONT"):  # stopped and gone on: events may have been lost
        signal.signal(signal.SIGCONT, lambda *_: watcher.hint())
    context.out.info(f"Watching {root}. Stop it with Ctrl-C.")
    watcher.run()
    context.out.info("Stopped.")


def _status(context: CommandContext) -> None:
    from vaultcrm.disk import watch_lease

    found = watch_lease.running_watcher(context.crm.vault.root)
    if context.wants_json:
        context.out.json(
            {
                "running": found is not None,
                "pid": found.pid if found else None,
                "since": found.started_at if found else None,
                "complete": found.last_complete if found and found.last_complete else None,
                "events": found.gets_events if found else None,
            }
        )
    elif found:
        context.out.line(f"A watcher runs since {_said(found.started_at)} (process {found.pid}).")
        context.out.line(
            f"All was last complete at {_said(found.last_complete)}." if found.last_complete else "It has not read everything yet."
        )
        if not found.gets_events:
            context.out.line("It gets no events here, and looks every few seconds.")
    else:
        context.out.info("No watcher runs for this vault.")
    context.exit_unless(found)


def _said(moment: str) -> str:
    return datetime.fromisoformat(moment).strftime("%Y-%m-%d %H:%M:%S")


def _service(context: CommandContext, install: bool) -> None:
    from vaultcrm.watch import service

    found = service.service(context.crm.vault.root)
    if not install:
        service.uninstall(found)
        context.out.line(found.path)
        context.out.info("It is stopped, and runs no more with your session.")
        return
    context.out.line(found.path)
    context.out.styled("\n".join(f"  {one_line(line)}" for line in found.text.splitlines()))
    service.install(found)
    context.out.info("It runs now, and with every session of yours. See: vaultcrm watch --status", "green")
