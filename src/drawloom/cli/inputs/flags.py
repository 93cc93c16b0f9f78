"""The flags of `drawloom run`: what the interpreter takes, and every parameter of a run context."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import click

from drawloom.actions.run import ActionRunner, with_runcontext


class Pair(click.ParamType):  # pyright: ignore[reportMissingTypeArgument] - generic in newer clicks only
    """`key=value`."""

    name = "KEY=VALUE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Split at the first `=`."""
        if isinstance(value, tuple):  # the default, or a value that was converted before
            return cast("tuple[str, str]", value)
        key, sign, text = str(value).partition("=")
        if not sign or not key:
            self.fail(f"{value!r} is not KEY=VALUE", param, ctx)
        return key, text


class LogLevel(click.ParamType):  # pyright: ignore[reportMissingTypeArgument] - generic in newer clicks only
    """A logging level by name or number."""

    name = "LEVEL"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:  # noqa: RET503 - Param.fail never returns
        """The number."""
        known = getattr(logging, str(value).upper(), None)
        if isinstance(known, int):
            return known
        if str(value).isdecimal():
            return int(value)
        self.fail(f"{value!r} is not a logging level", param, ctx)


def _flag(name: str, text: str, **more: Any) -> click.Option:
    more.setdefault("default", None)
    return click.Option([f"--{name}"], help=text, **more)


def RUN_FLAGS() -> list[click.Parameter]:  # noqa: N802 - read as a table
    """All flags, made anew for each command that takes them."""
    return [*_flags_of_running(), *_flags_of_the_context()]


def _flags_of_running() -> list[click.Parameter]:
    """What is needed most, and how the run is made."""
    return [
        click.Option(["--json", "as_json"], is_flag=True, help="Write one JSON document to standard output."),
        _flag(
            "inputs-file",
            "Read inputs by name from a file of JSON or YAML; - is standard input.",
            type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
        ),
        _flag(
            "path",
            "Look for the modules of tasks in this folder too (repeatable).",
            multiple=True,
            type=click.Path(),
            metavar="FOLDER",
        ),
        click.Option(["--trust"], is_flag=True, help="Run a compiled file whatever modules and commands it uses."),
        _flag("max-parallelism", "Run at most N nodes at the same time.", type=click.IntRange(min=1), metavar="N"),
        _flag(
            "max-action-concurrency",
            "Run the code of at most N actions at the same time.",
            type=click.IntRange(min=1),
            metavar="N",
        ),
        click.Option(["--no-record"], is_flag=True, help="Keep no record, so that the run cannot be resumed."),
        _flag(
            "durability",
            "What the record survives: nothing, a kill, or a power cut.",
            type=click.Choice(["none", "outputs", "fsync"]),
        ),
        _flag(
            "isolation",
            "Where tasks run: in threads; with a time limit in processes; or each in a process.",
            type=click.Choice(["thread", "timeouts", "process"]),
        ),
        _flag(
            "executor",
            "Run tasks elsewhere: process://N, dask://HOST:PORT or ray://HOST:PORT.",
            metavar="ADDRESS",
        ),
        _flag(
            "gates",
            "At gates, ask for answers, or wait for `drawloom signal RUN ID VALUE`.",
            type=click.Choice(["ask", "wait"]),
        ),
        _flag(
            "python",
            "A Python interpreter with flytekit, for tasks that flytekit compiled.",
            type=click.Path(exists=True),
        ),
    ]


def _flags_of_the_context() -> list[click.Parameter]:
    """Names and surroundings of the run."""
    pairs: dict[str, Any] = {"multiple": True, "type": Pair()}
    return [
        _flag("mode", "Where the run executes.", type=click.Choice(["local", "remote", "hybrid"])),
        click.Option(["--remote"], is_flag=True, help="Register with a Flyte 1 platform, and run there."),
        click.Option(["--local"], is_flag=True, help="The same as --mode local."),
        _flag("name", "Name of the run; must be unique.", metavar="NAME"),
        _flag("project", "Project of the run."),
        _flag("domain", "Domain of the run."),
        _flag("version", "Version of the code."),
        _flag("queue", "Queue of a cluster."),
        _flag("interruptible/--no-interruptible", "Override the interruptible setting of all tasks.", is_flag=True),
        _flag(
            "raw-data-path",
            "Where files and large values are stored: a path, or an address such as s3://bucket/x.",
            metavar="PREFIX",
        ),
        _flag("run-base-dir", "Folder for the run's record."),
        click.Option(["--overwrite-cache"], is_flag=True, help="Run cached tasks again, and store the new results."),
        click.Option(["--disable-run-cache"], is_flag=True, help="Neither read nor write the cache."),
        _flag("cache-lookup-scope", "Whose cached results are used.", type=click.Choice(["global", "project-domain"])),
        _flag("service-account", "Service account of a cluster."),
        click.Option(
            ["-e", "--env", "env_vars"], help="Set an environment variable for the tasks (repeatable).", **pairs
        ),
        click.Option(["--label", "labels"], help="Label of the run (repeatable).", **pairs),
        click.Option(["--annotation", "annotations"], help="Annotation of the run (repeatable).", **pairs),
        click.Option(["--context", "custom_context"], help="Custom context of all tasks (repeatable).", **pairs),
        _flag("log-level", "Level of drawloom's log lines.", type=LogLevel()),
        _flag("log-format", "Format of log lines.", type=click.Choice(["console", "json"])),
        click.Option(["--reset-root-logger"], is_flag=True, help="Do not configure the root logger."),
        _flag("copy-style", "What goes into a code bundle.", type=click.Choice(["loaded_modules", "all", "none"])),
        click.Option(["--dry-run"], is_flag=True, help="Make the code bundle, but run nothing."),
        _flag("copy-bundle-to", "Where a dry run puts the bundle.", type=click.Path(path_type=Path)),
        click.Option(
            ["--preserve-original-types"],
            is_flag=True,
            help="Return data frames with the types that they were given with.",
        ),
        click.Option(["--interactive-mode"], is_flag=True, help="Behave as in a notebook."),
    ]


GRAPH, ACTION = "a workflow, launch plan or @task", "a task of an environment"
"""The two kinds of things that the command line runs."""
_EVERYWHERE = frozenset(
    {
        "as_json", "inputs_file", "path", "no_record", "durability", "mode", "local", "name", "raw_data_path", "run_base_dir",
        "overwrite_cache", "disable_run_cache", "env_vars", "custom_context", "log_level", "log_format", "reset_root_logger",
        "executor",
    }
)  # fmt: skip
_OF_GRAPHS = frozenset({"max_parallelism", "isolation", "gates", "python", "remote", "trust"})
_CLUSTERS = "it is for a run on a cluster, which `drawloom run` does not start"
_ENVIRONMENTS = "it is part of the run context of tasks of environments"
WHY_NOT: Mapping[str, str] = {
    "max_parallelism": "calls of such a task are limited by --max-action-concurrency",
    "isolation": "such a task runs in a thread of this process, or on an --executor",
    "gates": "such a task has conditions, which say themselves how they are answered",
    "python": "such a task is drawloom's own",
    "remote": "such a task needs a Flyte 2 platform, and --remote talks to Flyte 1",
    "trust": "it is for compiled files, and Python is run as it is",
    "max_action_concurrency": "nodes are limited by --max-parallelism",
    **dict.fromkeys(("queue", "service_account", "project", "domain", "version", "interruptible", "labels", "annotations"), _CLUSTERS),
    **dict.fromkeys(
        (
            "cache_lookup_scope", "copy_style", "dry_run", "copy_bundle_to", "preserve_original_types", "interactive_mode",
        ),
        _ENVIRONMENTS,
    ),
}  # fmt: skip
"""Option -> why it has no meaning for the kind that does not take it."""


def takes(option: str, kind: str) -> bool:
    """Whether an option of `drawloom run` acts on this kind of thing; otherwise giving it is refused."""
    return option in _EVERYWHERE or (option in _OF_GRAPHS) is (kind == GRAPH)


def check_flags(given: Mapping[str, Any], kind: str, name: str) -> None:
    """Refuse what would not act.

    Raises:
        click.UsageError: an option that means nothing for this kind of thing, with the reason.
    """
    for flag in RUN_FLAGS():
        option = flag.name or ""
        if given.get(option) not in _NOT_GIVEN and not takes(option, kind):
            raise click.UsageError(f"{flag.opts[0]} does not act on {kind}, and {name} is one: {WHY_NOT[option]}")
    if given.get("mode") not in {None, "local"} and kind == GRAPH:
        raise click.UsageError(f"--mode {given['mode']}: `drawloom run` runs {kind} on this machine")


_NOT_GIVEN: tuple[Any, ...] = (None, False, ())
_PASSED = (
    "mode", "name", "project", "domain", "version", "queue", "interruptible", "raw_data_path", "run_base_dir",
    "overwrite_cache", "disable_run_cache", "cache_lookup_scope", "service_account", "log_level", "log_format",
    "reset_root_logger", "copy_style", "dry_run", "copy_bundle_to", "preserve_original_types", "interactive_mode",
    "max_action_concurrency", "durability", "executor",
)  # fmt: skip
_PAIRS = ("env_vars", "labels", "annotations", "custom_context")


def run_context_of(flags: Mapping[str, Any], folder: str = "") -> ActionRunner:
    """The runner that the flags describe; flags that were not given keep their defaults. `folder`: for the record."""
    chosen = {name: flags[name] for name in _PASSED if flags.get(name) not in {None, False}}
    chosen |= {name: dict(flags[name]) for name in _PAIRS if flags.get(name)}
    if flags.get("local"):
        chosen["mode"] = "local"
    runner = with_runcontext(**chosen)
    runner.folder = folder
    return runner
