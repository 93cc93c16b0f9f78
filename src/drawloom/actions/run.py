"""`run` and `with_runcontext`: start a Flyte 2 task as a run, and what a run is.

Every parameter acts here, or is refused with the reason. What only a cluster acts on (queue, service account, labels,
annotations, interruptible) is kept in the run's record. `mode="remote"` needs a platform, which drawloom compiles for and
does not talk to.
"""

from __future__ import annotations

import os
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, cast

from drawloom.actions.action import encode_arguments
from drawloom.actions.environment import EnvTask, is_action_task
from drawloom.actions.launch import Launch
from drawloom.actions.run_handle import Run
from drawloom.actions.run_options import DEFAULTS, CacheLookupScope, CopyStyle, RunContextError, checked
from drawloom.context import RunMode
from drawloom.interpreter import Observer
from drawloom.local.logging import LogFormat
from drawloom.local.sync_async import SyncAsync
from literals import preview

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from drawloom.actions.option_names import MoreRunOptions

P = ParamSpec("P")


class RunTask(Protocol):
    """`run(task, ...)`: the task's own arguments; `run.aio` is the awaitable form."""

    def __call__(self, task: EnvTask[P, Any], /, *args: P.args, **kwargs: P.kwargs) -> Run:
        """Run the task and wait for the end."""
        ...

    def aio(self, task: EnvTask[P, Any], /, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, Run]:
        """As the call, awaited."""
        ...


class ActionRunner:
    """A run context: `with_runcontext(...)` makes it, `.run(task, ...)` uses it.

    `folder`: where the record goes if no `run_base_dir` says so; the command line's choice. `watch`: told of
    each attempt that begins and each action that ends.
    """

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = dict(options)
        self.folder = ""
        self.watch: Observer | None = None

    def _run(self, task: EnvTask[..., Any], *args: Any, **kwargs: Any) -> Run:
        """Run `task` with these arguments and wait for the end.

        Raises:
            TypeError: not a task of an environment, or arguments that do not fit.
            Exception: what the task raised, as its own class and as a RuntimeUserError.
        """
        return self.start(task, kwargs, args).or_raise()

    async def _run_aio(self, task: EnvTask[..., Any], *args: Any, **kwargs: Any) -> Run:
        return (await self._prepare(task, args, kwargs).go_async()).or_raise()

    run: RunTask = cast("RunTask", SyncAsync(_run, _run_aio))

    def start(self, task: EnvTask[..., Any], kwargs: Mapping[str, Any], args: tuple[Any, ...] = ()) -> Run:
        """Like `run`, with the error of a failed run in the result instead of raised."""
        return self._prepare(task, args, kwargs).go()

    def _prepare(self, task: EnvTask[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Launch:
        if not is_action_task(task):
            raise RunContextError(
                "only a task of an environment can be run this way",
                where="run",
                expected="a function under @env.task",
                got=preview(task),
                fix="a workflow or @task is run by calling it",
            )
        options = checked(self._options)
        literals = encode_arguments(task, args, kwargs)
        return Launch(task, literals, options, folder=self.folder, watch=self.watch)


def with_runcontext(  # noqa: D417 - flyte's signature
    mode: RunMode | None = None,
    *,
    name: str | None = None,
    service_account: str | None = None,
    version: str | None = None,
    copy_style: CopyStyle = "loaded_modules",
    dry_run: bool = False,
    copy_bundle_to: str | os.PathLike[str] | None = None,
    interactive_mode: bool | None = None,
    raw_data_path: str | os.PathLike[str] | None = None,
    run_base_dir: str | os.PathLike[str] | None = None,
    overwrite_cache: bool = False,
    project: str | None = None,
    domain: str | None = None,
    env_vars: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
    interruptible: bool | None = None,
    log_level: int | None = None,
    log_format: LogFormat = "console",
    reset_root_logger: bool = False,
    disable_run_cache: bool = False,
    queue: str | None = None,
    custom_context: Mapping[str, str] | None = None,
    cache_lookup_scope: CacheLookupScope = "global",
    preserve_original_types: bool = False,
    **more: Unpack[MoreRunOptions],
) -> ActionRunner:
    """A runner with these settings; call `.run(task, ...)` on it.

    Args:
        mode: where the run executes; "local" here. "remote" and "hybrid" are refused with the way out.
        name: of the run; unique among the runs going on and among those recorded in the same place, safe as a folder's
            name; made up if not given.
        service_account, labels, annotations, interruptible, queue: for a cluster; kept in the record.
        version: of the code; `ctx().version`. The bundle's if not given.
        copy_style: what a code bundle holds: the modules loaded, all files, or none (then `version` is needed).
        dry_run: build the bundle and run nothing. `copy_bundle_to`: the folder that it goes to.
        interactive_mode: run as in a notebook; found out if not given.
        raw_data_path: prefix for raw data and checkpoints: a path or an address such as s3://bucket/x.
        run_base_dir: folder of the run's record; a new one in the temporary folder if not given.
        overwrite_cache: run cached tasks again and store what they give. `disable_run_cache`: neither read nor write.
        cache_lookup_scope: whose results count: everybody's, or those of the same project and domain.
        project, domain: of the actions; the configuration's if not given.
        env_vars: variables of the process while the run lasts; two runs at once cannot contradict each other.
        log_level, log_format: of drawloom's lines. `reset_root_logger`: leave the root logger as it is.
        custom_context: strings that every action inherits.
        preserve_original_types: keep data frames in their own type when outputs are decoded.
        more: `user_log_level`, `run_start_time`, `notifications`; `debug` and `tracked`, which warn;
            `tracked_strict`, which is refused; `max_action_concurrency`: how many actions may have their code running at once,
            where one that waits for a call of its own does not count; `durability`: what the record survives, "none",
            "outputs" (a kill; for a record whose folder was named) or "fsync" (a power cut); `executor`: what makes the
            attempts of tasks, instead of threads of this process: an address ("process://4", "dask://host:8786", "ray://host:10001"), a client of
            Dask's, or a `concurrent.futures.Executor`. A task that calls tasks stays in this process.

    Raises:
        RunNameError: when it is run: the name is taken.
        RunContextError: a value that a parameter cannot have (also a ValueError); unknown parameters.
        ExecutorError: when it is run: there is no such executor, nobody answers, or its workers do not reach the raw data.
        RunVariablesError: when it is run: `env_vars` contradict those of a run that is going on.
        UnsupportedHereError: something that this process cannot do honestly.
    """
    given = {key: value for key, value in locals().items() if key != "more"}
    for key in more:
        if key not in DEFAULTS:
            raise RunContextError(
                f"with_runcontext has no parameter {key!r}",
                expected=", ".join(sorted(DEFAULTS)),
                got=repr(key),
                fix="use one of these names",
            )
    options = {**given, **more}
    checked(options)
    return ActionRunner(options)


def _plain_run(task: EnvTask[..., Any], *args: Any, **kwargs: Any) -> Run:
    """Run a task with default settings and wait for the end.

    Raises:
        TypeError: not a task of an environment, or arguments that do not fit.
        Exception: what the task raised, as its own class and as a RuntimeUserError.
    """
    return ActionRunner({}).run(task, *args, **kwargs)


async def _plain_run_aio(task: EnvTask[..., Any], *args: Any, **kwargs: Any) -> Run:
    return await ActionRunner({}).run.aio(task, *args, **kwargs)


run: RunTask = cast("RunTask", SyncAsync(_plain_run, _plain_run_aio))


def rerun(earlier: Run, task: EnvTask[..., Any], **changes: object) -> Run:
    """Run a task again with an earlier run's inputs, some of them changed."""
    return run(task, **{**earlier.inputs(), **changes})
