"""The command line: `weft compile | show | verify | run | resume | signal | runs | cache`.

Exit codes: 0 done; 1 the run failed, or a file is bad; 2 the command line is wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import click

from literals import WeftError
from weft import __version__
from weft.cli._compile import compile_command
from weft.cli._history import cache_group, resume_command, runs_group, signal_command
from weft.cli._inspect import show_command, verify_command
from weft.cli._output import FAILED, USAGE, Output
from weft.cli._run import run_group
from weft.cli._target import TargetError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="weft")
def app() -> None:
    """Typed Python workflows as protobuf: compile them, look at them, run them."""


for command in (
    compile_command,
    show_command,
    verify_command,
    run_group,
    resume_command,
    signal_command,
    runs_group,
    cache_group,
):
    app.add_command(command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit.

    Every error ends here: ours and the user's on one screen without our traceback, a wrong command line with usage.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    output = Output(as_json="--json" in arguments)
    sys.exit(_guarded(lambda: app(args=arguments, prog_name="weft", standalone_mode=False), output))


def _guarded(work: Callable[[], Any], output: Output) -> int:  # noqa: PLR0911 - one return for each kind of end
    try:
        result = work()
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.exceptions.Abort:
        output.note("stopped")
        return 130
    except click.ClickException as error:
        if output.as_json:
            output.error(error)
        else:
            error.show()
        return USAGE
    except TargetError as error:
        output.error(error)
        return USAGE
    except WeftError as error:
        output.error(error)
        return FAILED
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        output.note("stopped")
        return 130
    return result if isinstance(result, int) else 0
