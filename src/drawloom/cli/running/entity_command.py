"""How the command that runs one entity reads its arguments and shows its help.

Inputs and the run's own options never take each other's place: an option of the run keeps its name, an input of that name is given
as `--input.NAME`, and after `--` every option is an input. Help shows what is often needed; `--help-all` shows the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from drawloom.cli.inputs.flags import RUN_FLAGS
from drawloom.cli.inputs.options import InputOption, is_of_input
from drawloom.cli.usage import INPUT_PREFIX

COMMON = frozenset(
    {
        "as_json", "inputs_file", "name", "no_record", "env_vars", "overwrite_cache", "disable_run_cache", "max_parallelism",
        "max_action_concurrency", "raw_data_path", "path",
    }
)  # fmt: skip
"""Options of a run that its help shows without being asked for all."""


def _show_all(ctx: click.Context, param: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click's signature
    del param
    if asked and not ctx.resilient_parsing:
        for option in ctx.command.get_params(ctx):
            if isinstance(option, click.Option) and not is_of_input(option.name or ""):
                option.hidden = False
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


def help_all() -> click.Option:
    """The option that shows every option, and ends."""
    return click.Option(
        ["--help-all"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_show_all,
        help="Show every option and exit.",
    )


def run_options(shown: Sequence[str] = tuple(COMMON)) -> list[click.Parameter]:
    """The options of a run, those that are often needed first, the others hidden from the short help."""
    options = sorted(RUN_FLAGS(), key=lambda flag: flag.name not in COMMON)
    for option in options:
        if isinstance(option, click.Option):
            option.hidden = option.name not in shown
    return [*options, help_all()]


class EntityCommand(click.Command):
    """An entity as a command: an option for each input, then those of the run."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; after `--` an option is that of an input, whatever the run's own are called."""
        if "--" in args:
            at = args.index("--")
            args = [*args[:at], *self._of_inputs(args[at + 1 :])]
        return super().parse_args(ctx, args)

    def _of_inputs(self, arguments: Sequence[str]) -> Iterator[str]:
        """The arguments with the options in them as those of inputs, and values as they are."""
        options = {flag: option for option in self.params if is_of_input(option.name or "") for flag in option.opts}
        is_value = False
        for argument in arguments:
            name, sign, value = argument.removeprefix("--").partition("=")
            option = options.get(f"{INPUT_PREFIX}{name}")
            if is_value or option is None or not argument.startswith("--"):
                is_value = False
                yield argument
                continue
            is_value = not sign and isinstance(option, InputOption) and not option.stands_alone
            yield f"{INPUT_PREFIX}{name}{sign}{value}"

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the inputs, then the options of the run."""
        inputs: list[tuple[str, str]] = []
        others: list[tuple[str, str]] = []
        for option in self.get_params(ctx):
            record = option.get_help_record(ctx)
            if record is not None:
                (inputs if is_of_input(option.name or "") else others).append(record)
        for title, records in (("Inputs", inputs), ("Options", others)):
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)
