"""`drawloom run --remote`: register, execute, wait, and show what came out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from drawloom.cli.codes import FAILED, OK
from drawloom.cli.terminal.output import Output
from drawloom.cli.terminal.results import show_failure, show_outputs
from drawloom.local.errors import TargetError
from drawloom.remote import FlyteRemote, Registrable, RemoteError
from literals import parse, pb

_TAKEN = frozenset(
    {
        "remote", "as_json", "inputs_file", "path", "name", "project", "domain", "version", "interruptible", "overwrite_cache",
        "env_vars", "max_parallelism", "copy_style", "log_level", "log_format",
    }
)  # fmt: skip


def run_remotely(
    entity: Registrable | None, inputs: Mapping[str, bytes], flags: Mapping[str, Any], output: Output
) -> int:
    """Run an entity on the platform that the settings name; give the exit code.

    Raises:
        click.UsageError: a flag that means nothing there.
        TargetError: the entity is not there as Python.
    """
    for name, value in flags.items():
        if name not in _TAKEN and value not in {None, False, ()}:
            raise click.UsageError(f"--{name.replace('_', '-')} does not act on a run on a platform (--remote)")
    if entity is None:
        raise TargetError(
            "what is compiled already cannot be registered from here",
            expected="a Python file or module",
            got="a compiled file",
            fix="give the Python file",
        )
    style = flags.get("copy_style") or "loaded_modules"
    with FlyteRemote(None, flags.get("project"), flags.get("domain")) as remote:
        made = remote.register([entity], version=flags.get("version"), fast=style != "none", copy_style=style)[0]
        literals = pb.LiteralMap(literals={name: parse(pb.Literal, data) for name, data in inputs.items()})
        execution = remote.execute(
            made,
            literals,
            execution_name=flags.get("name"),
            overwrite_cache=bool(flags.get("overwrite_cache")),
            interruptible=flags.get("interruptible"),
            envs=dict(flags.get("env_vars") or ()),
            max_parallelism=flags.get("max_parallelism") or 0,
        )
        if not output.as_json:
            output.note(f"execution: {remote.generate_console_url(execution)}")
        done = remote.wait(execution, poll_interval=1.0)
    if done.output_literals is None:
        error = RemoteError(
            f"the execution ended as {done.phase}",
            where=done.name,
            expected="SUCCEEDED",
            got=done.error,
            fix="read the error above; the platform's console has the logs of its tasks",
        )
        show_failure(output, error, None)
        return FAILED
    show_outputs(output, {name: each.SerializeToString() for name, each in done.output_literals.literals.items()})
    return OK
