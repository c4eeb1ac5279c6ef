"""watch: run the file watcher, show its state, or install it as a service."""

import gc
import signal
import threading
from datetime import datetime
from types import FrameType

import click

from vaultcrm.cli.context import CommandContext, current_context
from vaultcrm.cli.main import clock
from vaultcrm.cli.terminal import one_line


@click.command()
@click.option("--status", is_flag=True, help="Show whether it runs, and when it was last fully up to date.")
@click.option("--install", is_flag=True, help="Run it with your session (systemd or launchd); shows the file first.")
@click.option("--uninstall", is_flag=True, help="Remove the service.")
def watch(status: bool, install: bool, uninstall: bool) -> None:
    """Watch the vault and index changes at once, so that commands answer sooner.

    You don't need it: every command looks for changes by itself. It runs until you stop it and prints
    what it does; with --quiet, only what goes wrong. It also imports what is new in the folders that the
    settings watch, once `vaultcrm import --all` has allowed that on this computer.

    \b
    Example:
      vaultcrm watch
      vaultcrm watch --install
    """
    from vaultcrm.errors import UsageError

    context = current_context()
    if status + install + uninstall > 1:
        raise UsageError("Use only one of --status, --install and --uninstall.")
    if status:
        _print_status(context)
    elif install:
        _install(context)
    elif uninstall:
        _uninstall(context)
    else:
        _watch(context)


def _watch(context: CommandContext) -> None:
    from vaultcrm.actions.imports.report import ImportReport
    from vaultcrm.actions.imports.sources.watch_import import WatchImport
    from vaultcrm.cli.commands.imports import summary
    from vaultcrm.dates.timezone import local_zone
    from vaultcrm.watch.watcher import Watcher

    root = context.crm.vault.root
    context.crm.refresh()  # the first reading, with its progress bar
    context.crm.catalog.close()

    def report(line: str, is_error: bool) -> None:
        if is_error or not context.out.quiet:
            time = context.out.style(f"{clock():%H:%M:%S}", "dim")
            click.echo(f"{time}  {one_line(line)}", err=is_error, color=context.out.color)

    watcher = Watcher(root, report, clock)

    def on_import(imported: ImportReport) -> None:
        for notice in dict.fromkeys(imported.notices):
            report(notice, True)
        report(summary(imported), False)

    importer = WatchImport(lambda: context.another_crm(clock()), local_zone(), report, on_import)
    importing = threading.Thread(target=importer.run)

    def stop(number: int, frame: FrameType | None) -> None:
        watcher.stop()

    gc.enable()  # unlike other commands, this one runs for long
    signal.signal(signal.SIGTERM, stop)
    if hasattr(signal, "SIGCONT"):  # the process was stopped and continued: events may have been lost
        signal.signal(signal.SIGCONT, lambda *_: watcher.hint())
    context.out.info(f"Watching {root}. Stop it with Ctrl-C.")
    importing.start()
    try:
        watcher.run()
    finally:
        importer.stop()
        importing.join()
    context.out.info("Stopped.")


def _print_status(context: CommandContext) -> None:
    from vaultcrm.disk import watch_lease

    state = watch_lease.running_watcher(context.crm.vault.root)
    if context.wants_json:
        context.out.json(
            {
                "running": state is not None,
                "pid": state.pid if state else None,
                "since": state.started_at if state else None,
                "complete": state.last_complete if state and state.last_complete else None,
                "events": state.gets_events if state else None,
            }
        )
    elif state:
        context.out.line(f"A watcher has been running since {_format_time(state.started_at)} (process {state.pid}).")
        if state.last_complete:
            context.out.line(f"Last fully up to date at {_format_time(state.last_complete)}.")
        else:
            context.out.line("It hasn't read everything yet.")
        if not state.gets_events:
            context.out.line("It gets no file system events here, so it checks every few seconds.")
    else:
        context.out.info("No watcher is running for this vault.")
    context.exit_unless(state)


def _format_time(iso: str) -> str:
    return datetime.fromisoformat(iso).strftime("%Y-%m-%d %H:%M:%S")


def _install(context: CommandContext) -> None:
    from vaultcrm.watch import service as services

    service = services.service_for(context.crm.vault.root)
    context.out.line(service.path)
    context.out.styled("\n".join(f"  {one_line(line)}" for line in service.text.splitlines()))
    services.install(service)
    context.out.info("The watcher is running, and will start with your session. See: vaultcrm watch --status", "green")


def _uninstall(context: CommandContext) -> None:
    from vaultcrm.watch import service as services

    service = services.service_for(context.crm.vault.root)
    services.uninstall(service)
    context.out.line(service.path)
    context.out.info("The watcher has stopped, and no longer starts with your session.")
