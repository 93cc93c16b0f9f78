"""The command line: `drawloom compile | show | verify | diff | register | run | resume | signal | runs | page | ui | cache`.

A command is loaded when it is asked for: `drawloom --help` needs no compiler and no interpreter.
The exit codes are in `codes`.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from typing import Any

import click

from drawloom import __version__
from drawloom.cli.codes import FAILED, INTERRUPTED, USAGE
from drawloom.cli.usage import HelpfulGroup, as_error
from drawloom.exports.lazy_exports import did_you_mean, lazy
from drawloom.local.errors import TargetError
from literals import DrawloomError

GROUPS = {
    "Running": {
        "run": ("running.run:run_group", "Run a task, workflow or launch plan."),
        "resume": ("records.history:resume_command", "Continue RUN from where it stopped."),
        "runs": ("records.history:runs_group", "List recorded runs, the newest first."),
        "page": ("looking.pages:page_command", "Write a run, or the workflows of a file, as one HTML file."),
        "ui": ("looking.pages:ui_command", "Show the recorded runs in a browser."),
        "signal": ("records.history:signal_command", "Answer a gate that RUN is waiting at."),
        "cache": ("records.history:cache_group", "List, verify and clear cached results of tasks."),
    },
    "Compiling": {
        "compile": ("building.compile:compile_command", "Compile the tasks, workflows and plans of a module."),
        "show": ("looking.inspect:show_command", "Print what was compiled as text, or draw it."),
        "verify": ("looking.inspect:verify_command", "Check a compiled file."),
        "diff": ("looking.difference:diff_command", "Say what changed from OLD to NEW, and what it breaks."),
        "register": ("building.register:register_command", "Register with a Flyte 1 platform."),
    },
    "Help and checks": {
        "init": ("setup.init:init_command", "Write a small project to start from into FOLDER."),
        "explain": ("looking.explain:explain_command", "Explain the error CODE, with an example."),
        "types": ("looking.types:types_command", "Show how values of the type HINT travel."),
        "fuzz": ("running.fuzz:fuzz_command", "Run tasks with random inputs of the right types."),
        "doctor": ("setup.doctor:doctor_command", "Check this installation."),
        "completion": ("setup.completion:completion_command", "Print the script that completes commands in SHELL."),
    },
}
"""The commands in the groups in which help lists them: where each lives, and its line in the list."""
COMMANDS = {name: row for group in GROUPS.values() for name, row in group.items()}
_lazily, _ = lazy(
    __name__,
    {
        "Output": "drawloom.cli.terminal.output",
        "take_every_character": "drawloom.cli.terminal.output",
        **{name: f"drawloom.cli.{at}" for name, (at, _) in COMMANDS.items()},
    },
)


class _Commands(HelpfulGroup):
    """The table above as a group; a command's module is loaded when the command is looked up."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        return _lazily(cmd_name) if cmd_name in COMMANDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first argument names; a misspelt one is told which is meant."""
        name = args[0]
        if not (name in COMMANDS or name.startswith("-") or ctx.resilient_parsing):
            ctx.fail(f"No such command {name!r}{did_you_mean(name, COMMANDS) or '.'}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        longest = max(map(len, COMMANDS))
        for title, group in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(longest), line) for name, (_, line) in group.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="drawloom")
def app() -> None:
    """Typed Python workflows as protobuf: compile them, look at them, run them.

    Begin with `drawloom init shop`, or with `drawloom run FILE --help`.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit.

    Every error ends here: ours and the user's on one screen without our traceback, a wrong command line with usage.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in arguments
    _take_every_character()
    sys.exit(
        _guarded(lambda: app(args=arguments, prog_name="drawloom", standalone_mode=False), arguments, as_json=as_json)
    )


def _take_every_character() -> None:
    """Let the standard streams write what their encoding has not as escapes, whatever the encoding of the terminal or pipe."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _guarded(work: Callable[[], Any], arguments: list[str], *, as_json: bool) -> int:  # noqa: PLR0911 - one return for each kind of end
    try:
        result = work()
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.exceptions.Abort:
        _lazily("Output")(as_json=as_json).note("stopped")
        return INTERRUPTED
    except click.ClickException as error:
        _lazily("Output")(as_json=as_json).error(as_error(error, arguments))
        return USAGE
    except TargetError as error:
        _lazily("Output")(as_json=as_json).error(error)
        return USAGE
    except DrawloomError as error:
        _lazily("Output")(as_json=as_json).error(error)
        return FAILED
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        _lazily("Output")(as_json=as_json).note("stopped")
        return INTERRUPTED
    return result if isinstance(result, int) else 0
