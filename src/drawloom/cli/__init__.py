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
from drawloom.cli.usage import as_error
from drawloom.exports.lazy_exports import did_you_mean, lazy
from drawloom.local.errors import TargetError
from literals import DrawloomError

COMMANDS = {
    "compile": (
        "building.compile:compile_command",
        "Compile the tasks, workflows and launch plans of MODULE_OR_FILE, or those of NAMES.",
    ),
    "show": ("looking.inspect:show_command", "Print the IR of FILE_OR_PY, or of the entities NAMES in it, as text."),
    "verify": ("looking.inspect:verify_command", "Check FILE against all static rules."),
    "register": (
        "building.register:register_command",
        "Register the entities of MODULE_OR_FILE, or those of NAMES, with a Flyte 1 platform.",
    ),
    "diff": ("looking.difference:diff_command", "Say what changed from OLD to NEW, and for whom it breaks something."),
    "explain": (
        "looking.explain:explain_command",
        "Explain the error CODE: its cause and cure, a program that fails with it, and one that works.",
    ),
    "run": ("running.run:run_group", "Run an entity of a compiled file or a Python file."),
    "resume": ("records.history:resume_command", "Continue RUN from where it stopped."),
    "signal": ("records.history:signal_command", "Answer a gate that RUN is waiting at, from any terminal."),
    "fuzz": (
        "running.fuzz:fuzz_command",
        "Run each ENTITY of FILE, or each of its tasks, with inputs drawn by type; exit 1 if any goes wrong.",
    ),
    "types": (
        "looking.types:types_command",
        "Show how values of the type HINT travel: its form, its literal type, and an example.",
    ),
    "init": ("setup.init:init_command", "Write a starting project into FOLDER: a workflow, its test, and a README."),
    "doctor": (
        "setup.doctor:doctor_command",
        "Check this installation: versions, home, cache, records, optional libraries.",
    ),
    "completion": (
        "setup.completion:completion_command",
        "Print the script that completes commands in SHELL: bash, zsh or fish.",
    ),
    "runs": ("records.history:runs_group", "List recorded runs, the newest first."),
    "page": (
        "looking.pages:page_command",
        "Write one self-contained HTML file about a run or the workflows of a file.",
    ),
    "ui": ("looking.pages:ui_command", "Show the recorded runs in a browser, on this machine only."),
    "cache": ("records.history:cache_group", "List, verify and clear cached results of tasks."),
}
"""Where each command lives, and its line in the list of commands."""
_lazily, _ = lazy(
    __name__,
    {
        "Output": "drawloom.cli.terminal.output",
        "take_every_character": "drawloom.cli.terminal.output",
        **{name: f"drawloom.cli.{at}" for name, (at, _) in COMMANDS.items()},
    },
)


class _Commands(click.Group):
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
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="drawloom")
def app() -> None:
    """Typed Python workflows as protobuf: compile them, look at them, run them."""


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
