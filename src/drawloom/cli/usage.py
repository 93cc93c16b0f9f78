"""A wrong command line as an error like any other: what is wrong, of which command, what it takes, what was typed, and the cure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence

import click

from drawloom.cli.codes import USAGE
from literals import DrawloomError

INPUT_PREFIX = "--input."
"""What an input's name follows where a command has an option of its own of that name; no name in Python has a dot."""
_EXTRA = re.compile(r"Got unexpected extra arguments? \((.*)\)")
_LISTED = 30
"""Names of options or commands that a message lists."""


class CommandLineError(DrawloomError, click.ClickException):
    """The command line is not one that the command takes."""

    exit_code = USAGE

    def format_message(self) -> str:
        """The whole error, where click shows it."""
        return str(self)


class HelpfulGroup(click.Group):
    """A group of commands that shows its help where no command is given, whatever the version of click; the exit code is 2."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments that are left for the command; without any, the help is shown on standard error."""
        if not args and not self.invoke_without_command and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), err=True, color=ctx.color)
            ctx.exit(USAGE)
        return super().parse_args(ctx, args)


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
        shown = _options(context)
        ours = _inputs(context)
        meant = [each for each in error.possibilities or () if each in shown] or list(error.possibilities or ())
        near = [f"`{each}`" for each in sorted(meant, key=lambda each: each not in ours)]
        return CommandLineError(
            f"No such option `{error.option_name}`",
            where=command,
            expected=f"one of {_listed(shown)}",
            got=typed,
            fix=f"did you mean {' or '.join(near[:2])}?" if near else _help(command),
        )
    if (extra := _EXTRA.match(what)) is not None:
        return CommandLineError(
            f"nothing takes the argument `{extra[1]}`",
            where=command,
            expected=usage(context),
            got=typed,
            fix=_name_it(context) or _help(command),
        )
    what, _, meant = what.partition("; did you mean ")
    return CommandLineError(
        what.rstrip("."),
        where=command,
        expected=_commands(context) if what.startswith("No such command") else usage(context),
        got=typed,
        fix=f"did you mean {meant}" if meant else _missing(error, context) or _help(command),
    )


def _missing(error: click.ClickException, context: click.Context | None) -> str:
    """What to add, where an option or argument is missing."""
    param = error.param if isinstance(error, click.MissingParameter) else None
    if param is None or context is None:
        return ""
    record = param.get_help_record(context)
    return f"add {param.opts[0]} {record[0].split()[-1]}" if record is not None else f"add {param.human_readable_name}"


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


def _name_it(context: click.Context | None) -> str:
    """What to write instead of a value without a name, where the command has an input for it."""
    inputs = _inputs(context) if context is not None else []
    return f"give inputs by name, such as {inputs[0]} VALUE" if inputs else ""


def _inputs(context: click.Context) -> list[str]:
    """The options of inputs, each by its first spelling."""
    options = context.command.params
    return [each.opts[0] for each in options if any(flag.startswith(INPUT_PREFIX) for flag in each.opts)]


def _commands(context: click.Context | None) -> str:
    group = context.command if context is not None else None
    names = group.list_commands(context) if context is not None and isinstance(group, click.Group) else []
    return f"one of {_listed(names)}" if names else usage(context)


def _options(context: click.Context) -> list[str]:
    """The options that help shows, each as help spells it."""
    shown = [each for each in context.command.get_params(context) if isinstance(each, click.Option) and not each.hidden]
    return [each.opts[0] for each in shown]


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"{', '.join(names[:_LISTED])}{more}"
