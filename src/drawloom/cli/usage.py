"""A wrong command line as an error like any other: what is wrong, of which command, what it takes, what was typed, and the cure."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

import click

from drawloom.cli.codes import USAGE
from literals import DrawloomError

_LISTED = 30
"""Names of options or commands that a message lists."""


class CommandLineError(DrawloomError, click.ClickException):
    """The command line is not one that the command takes."""

    exit_code = USAGE

    def format_message(self) -> str:
        """The whole error, where click shows it."""
        return str(self)


def as_error(error: click.ClickException, arguments: Sequence[str]) -> CommandLineError:
    """What click says, with what the command takes and what was typed: `arguments`."""
    if isinstance(error, CommandLineError):
        return error
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context is not None else "drawloom"
    typed = shlex.join(["drawloom", *arguments])
    cause = error.__cause__
    if isinstance(cause, DrawloomError):
        return CommandLineError(
            f"{_hint(error)}{f'{cause.where}: ' if set('.[') & set(cause.where) else ''}{cause.what}",
            where=command,
            expected=cause.expected or usage(context),
            got=cause.got or typed,
            fix=cause.fix or _help(command),
        )
    what = error.format_message()
    if isinstance(error, click.NoSuchOption) and context is not None:
        near = [f"`{each}`" for each in error.possibilities or ()]
        return CommandLineError(
            f"No such option `{error.option_name}`",
            where=command,
            expected=f"one of {_options(context)}",
            got=typed,
            fix=f"did you mean {' or '.join(near)}?" if near else _help(command),
        )
    what, _, meant = what.partition("; did you mean ")
    return CommandLineError(
        what.rstrip("."),
        where=command,
        expected=_commands(context) if what.startswith("No such command") else usage(context),
        got=typed,
        fix=f"did you mean {meant}" if meant else _help(command),
    )


def _hint(error: click.ClickException) -> str:
    """The option or argument whose value is wrong."""
    named = error.param_hint if isinstance(error, click.BadParameter) else None
    if not named:
        return ""
    return f"{named if isinstance(named, str) else ' / '.join(named)}: "


def usage(context: click.Context | None) -> str:
    """How the command is called, in one line."""
    if context is None:
        return "drawloom COMMAND [ARGS]..."
    return " ".join([context.command_path, *context.command.collect_usage_pieces(context)])


def _help(command: str) -> str:
    return f"see `{command} --help`"


def _commands(context: click.Context | None) -> str:
    group = context.command if context is not None else None
    names = group.list_commands(context) if context is not None and isinstance(group, click.Group) else []
    return f"one of {_listed(names)}" if names else usage(context)


def _options(context: click.Context) -> str:
    shown = [each for each in context.command.get_params(context) if isinstance(each, click.Option) and not each.hidden]
    return _listed([each.opts[0] for each in shown])


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"{', '.join(names[:_LISTED])}{more}"
