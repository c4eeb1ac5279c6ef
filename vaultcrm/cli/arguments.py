"""Tell options from texts before Click parses the arguments.

Click takes whatever follows an option as its value, and whatever begins with "-" as an option: `--waiting --due fri`
would be a promise called "--due", and `log acme "- called"` an unknown option.
"""

from collections.abc import Iterator, Sequence

import click


def separate_texts(command: click.Command, ctx: click.Context, args: Sequence[str]) -> list[str]:
    """The arguments of a command: its options, then `--` and its texts, each in the order given.

    Text is what isn't an option and what only looks like one: "- called", "-10% discount". Commands that
    ignore unknown options get the arguments as they are. Raises click.BadOptionUsage for an option whose
    value looks like the next option.
    """
    if isinstance(command, click.Group):
        subcommand = command.get_command(ctx, args[0]) if args else None
        return [args[0], *separate_texts(subcommand, ctx, args[1:])] if subcommand else list(args)
    if command.context_settings.get("ignore_unknown_options"):
        return list(args)
    takes_value = _takes_value(command, ctx)
    options: list[str] = []
    texts: list[str] = []
    remaining = iter(args)
    for arg in remaining:
        if arg == "--":
            texts += remaining
        elif not arg.startswith("-") or arg == "-" or _is_dashed_text(arg, takes_value):
            texts.append(arg)
        else:
            options.append(arg)
            if takes_value.get(arg):
                options += value_after(arg, remaining)
    return [*options, "--", *texts] if texts else options


def value_after(option: str, remaining: Iterator[str]) -> list[str]:
    """The value of an option, taken from the remaining arguments; [] if there is none, which Click reports.

    Raises click.BadOptionUsage if it looks like the next option.
    """
    value = next(remaining, None)
    if value is None:
        return []
    if value.startswith("--") and len(value) > 2:
        raise click.BadOptionUsage(option, f"{option} needs a value before {value}. If {value} is meant as its value: {option}={value}")
    return [value]


def _takes_value(command: click.Command, ctx: click.Context) -> dict[str, bool]:
    """The names of the command's options, and whether a value follows them."""
    return {
        name: not param.is_flag and not param.count
        for param in command.get_params(ctx)
        if isinstance(param, click.Option)
        for name in (*param.opts, *param.secondary_opts)
    }


def _is_dashed_text(arg: str, options: dict[str, bool]) -> bool:
    """Whether an argument begins with a dash and isn't an option: "- called", "-10%", "-3d"."""
    return not arg.startswith("--") and arg[:2] not in options and (arg[1].isdigit() or any(char.isspace() for char in arg))
