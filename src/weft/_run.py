"""`run` and `with_runcontext`: start a Flyte 2 task as a run, and what a run is.

Every parameter acts here, or is refused with the reason. What only a cluster acts on (queue, service account, labels,
annotations, interruptible) is kept in the run's record. `mode="remote"` needs a platform, which weft compiles for and
does not talk to.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
import time
import uuid
from collections.abc import Generator, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from context import ActionID, ExecutionState, RunMode, State, activate, check_custom_context, current, restore, using
from literals import Outcome, attempt, attempt_async, parse, pb, preview
from typeengine import DataFrame, default_engine
from weft._actions import Action, ActionRun, Call, RunSettings, encode_arguments, loop_runs_here
from weft._both import Both
from weft._bundle import CodeBundle, build_bundle
from weft._config import settings
from weft._environment import EnvTask, is_action_task
from weft._hashing import inputs_hash
from weft._logging import LogFormat, logging_as
from weft._outcome import Run
from weft._phase import ActionPhase
from weft._run_options import DEFAULTS, CacheLookupScope, CopyStyle, RunContextError, checked
from weft._threads import blocking_thread, in_thread
from weft._variables import variables
from weft.errors import RunNameError

_CLUSTER = ("queue", "interruptible", "service_account", "labels", "annotations", "notifications")
_names: set[str] = set()
_names_lock = threading.Lock()


class Runner:
    """A run context: `with_runcontext(...)` makes it, `.run(task, ...)` uses it."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = dict(options)

    def _run(self, task: EnvTask[..., Any], *args: Any, **kwargs: Any) -> Run:
        """Run `task` with these arguments and wait for the end.

        Raises:
            TypeError: not a task of an environment, or arguments that do not fit.
            Exception: what the task raised, as its own class and as a RuntimeUserError.
        """
        made = self.start(task, kwargs, args)
        if made.error is not None:
            raise made.error
        return made

    async def _run_aio(self, task: EnvTask[..., Any], *args: Any, **kwargs: Any) -> Run:
        prepared = self._prepare(task, args, kwargs)
        if prepared.is_dry:
            return prepared.run
        with prepared.open() as state:
            if task.is_async:
                token = activate(state)
                try:
                    await prepared.finish_async()
                finally:
                    restore(token)
            else:
                with using(**_fields(state)):
                    await in_thread(prepared.finish)
        if prepared.run.error is not None:
            raise prepared.run.error
        return prepared.run

    run = Both(_run, _run_aio)

    def start(self, task: EnvTask[..., Any], kwargs: Mapping[str, Any], args: tuple[Any, ...] = ()) -> Run:
        """Like `run`, with the error of a failed run in the result instead of raised."""
        prepared = self._prepare(task, args, kwargs)
        if prepared.is_dry:
            return prepared.run
        with prepared.open() as state:
            if loop_runs_here():
                # Somebody's loop is busy with this very call; the run gets a thread to have its own.
                blocking_thread(lambda: _under(state, prepared.finish))
            else:
                _under(state, prepared.finish)
        return prepared.run

    def _prepare(self, task: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> _Prepared:
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
        return _Prepared(task, literals, options)


class _Prepared:
    """A run about to start."""

    def __init__(self, task: EnvTask[..., Any], literals: dict[str, bytes], options: dict[str, Any]) -> None:
        self.task = task
        self.options = options
        chosen = settings()
        name = options["name"] or f"r{uuid.uuid4().hex[:20]}"
        base = options["run_base_dir"]
        if not base:
            root = chosen.run_base_dir or str(Path(tempfile.gettempdir(), _folder_of_user()))
            base = f"{root.rstrip('/')}/{name}-{uuid.uuid4().hex[:8]}"
        self.is_dry = bool(options["dry_run"])
        bundle = self._bundle(base)
        self.settings = RunSettings(
            name=name,
            run_base_dir=base.rstrip("/"),
            raw_data_path=(options["raw_data_path"] or chosen.raw_data_path or f"{base.rstrip('/')}/raw_data").rstrip(
                "/"
            ),
            mode=options["mode"],
            project=options["project"] or chosen.project,
            domain=options["domain"] or chosen.domain,
            org=chosen.org,
            version=options["version"] or (bundle.computed_version if bundle is not None else ""),
            overwrite_cache=options["overwrite_cache"],
            disable_run_cache=options["disable_run_cache"],
            cache_lookup_scope=options["cache_lookup_scope"],
            env_vars=options["env_vars"],
            custom_context={**current().custom_context, **options["custom_context"]},
            interactive_mode=options["interactive_mode"],
            preserve_original_types=options["preserve_original_types"],
            run_start_time=options["run_start_time"] or datetime.now(timezone.utc),
            code_bundle=bundle,
            cluster={key: options[key] for key in _CLUSTER if options.get(key) or options.get(key) is False},
        )
        identity = ActionID(
            name=name, run_name=name, project=self.settings.project, domain=self.settings.domain, org=self.settings.org
        )
        root = identity.new_sub_action_from(1, task.name, inputs_hash(literals), None)
        codecs = task.python_interface.input_codecs
        inputs = {key: codecs[key].decode(data) for key, data in literals.items()}
        self.run = Run(name, root, self.settings.run_base_dir, inputs)
        self.run.settings = self.settings
        self.run.code_bundle = bundle
        self.literals = literals
        self._engine: ActionRun | None = None

    def _bundle(self, base: str) -> CodeBundle | None:
        """The code bundle where one is wanted: for a dry run, or for a run whose folder was chosen."""
        style = self.options["copy_style"]
        if style == "none":
            if not self.options["version"]:
                raise RunContextError(
                    'copy_style="none" makes no bundle, so nothing says what version the code has',
                    where="with_runcontext.version",
                    fix='pass version="..."',
                )
            return None
        if not self.is_dry and not self.options["run_base_dir"]:
            return None
        target = self.options["copy_bundle_to"] if self.is_dry else None
        return build_bundle(
            style,
            root=settings().root_dir,
            include=self.task.environment_of.include,
            folder=Path(target) if target is not None else Path(base, "code_bundle"),
        )

    @contextlib.contextmanager
    def open(self) -> Generator[State, None, None]:
        """The run's surroundings: name, variables, logging, record. Gives the record that its first call is made under."""
        options = self.options
        before = current()
        around: ActionRun | None = before.run.run if before.run is not None else None
        engine = self._engine = ActionRun(self.settings, around)
        action = Action(engine, replace(self.run.action, name=self.settings.name))
        state = State(
            run=action,
            execution=before.execution if isinstance(before.execution, ExecutionState) else None,
            custom_context=check_custom_context(self.settings.custom_context),
            settings=before.settings,
            file_access=before.file_access if not options["raw_data_path"] else None,
            extras=before.extras,
        )
        with (
            _named(self.settings.name),
            variables(self.settings.env_vars, engine, engine.around),
            logging_as(
                options["log_level"],
                options["user_log_level"],
                options["log_format"],
                preserve_root=options["reset_root_logger"],
            ),
        ):
            self.run.phase = ActionPhase.RUNNING
            self.run.started = datetime.now(timezone.utc)
            started = time.monotonic()
            try:
                yield state
            finally:
                engine.record.summary = self._summary(time.monotonic() - started)
                engine.close()

    def _summary(self, seconds: float) -> dict[str, Any]:
        chosen = self.settings
        return {
            "name": chosen.name,
            "task": self.task.name,
            "phase": self.run.phase.value,
            "error": f"{type(self.run.error).__name__}: {self.run.error}" if self.run.error is not None else None,
            "started": self.run.started.isoformat() if self.run.started else None,
            "seconds": round(seconds, 6),
            "mode": chosen.mode,
            "project": chosen.project,
            "domain": chosen.domain,
            "version": chosen.version,
            "raw_data_path": chosen.raw_data_path,
            "custom_context": dict(chosen.custom_context),
            "env_vars": sorted(chosen.env_vars),
            **chosen.cluster,
        }

    def _call(self) -> Call:
        assert self._engine is not None
        return Call(self._engine, self.task, self.literals, self.run.action, current())

    def finish(self) -> None:
        """Run to the end on this thread; the run has the result."""
        self._settle(attempt(self._finish))

    def _finish(self) -> Any:
        result = self.task.run_here(self._call())
        if self.task.is_async:
            import asyncio  # noqa: PLC0415 - costs more than all of weft, and only async tasks need it

            return asyncio.run(result)
        return result

    async def finish_async(self) -> None:
        """Run to the end on this loop; the run has the result."""
        self._settle(await attempt_async(self.task.run_here(self._call())))

    def _settle(self, outcome: Outcome[Any]) -> None:
        if outcome.error is not None:
            self.run.settle(None, outcome.error)
            return
        named = self.task.split_outputs(outcome.value)
        codecs = self.task.output_codecs
        self.run.literals = {name: codec.encode(named[name]) for name, codec in codecs.items()}
        if not self.settings.preserve_original_types:
            named = {name: _portable(value, self.run.literals[name]) for name, value in named.items()}
        self.run.settle(named, None)


def _portable(value: Any, literal: bytes) -> Any:
    """A data frame as `weft.io.DataFrame`, whatever library's it was; anything else as it is."""
    if isinstance(value, DataFrame) or parse(pb.Literal, literal).scalar.WhichOneof("value") != "structured_dataset":
        return value
    return default_engine().codec(DataFrame).decode(literal)


def _fields(state: State) -> dict[str, Any]:
    return {name: getattr(state, name) for name in ("run", "custom_context", "file_access", "extras", "settings")}


def _under(state: State, work: Any) -> None:
    token = activate(state)
    try:
        work()
    finally:
        restore(token)


@contextlib.contextmanager
def _named(name: str) -> Generator[None, None, None]:
    """Be the only run of this name in the process."""
    with _names_lock:
        if name in _names:
            raise RunNameError(
                f"a run named {name!r} is going on", where="with_runcontext.name", fix="choose another name"
            )
        _names.add(name)
    try:
        yield
    finally:
        with _names_lock:
            _names.discard(name)


def _folder_of_user() -> str:
    # A folder in the shared temporary one is the user's own, or another user's files would be in the way.
    return f"weft-{os.getuid()}" if hasattr(os, "getuid") else "weft"


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
    **more: Any,
) -> Runner:
    """A runner with these settings; call `.run(task, ...)` on it.

    Args:
        mode: where the run executes; "local" here. "remote" and "hybrid" are refused with the way out.
        name: of the run; unique in the process, safe as a folder's name; made up if not given.
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
        log_level, log_format: of weft's lines. `reset_root_logger`: leave the root logger as it is.
        custom_context: strings that every action inherits.
        preserve_original_types: keep data frames in their own type when outputs are decoded.
        more: `user_log_level`, `run_start_time`, `notifications`; `debug` and `tracked`, which warn;
            `tracked_strict` and `max_action_concurrency`, which are refused.

    Raises:
        RunContextError: a value that a parameter cannot have (also a ValueError); unknown parameters.
        RunVariablesError: when it is run: `env_vars` contradict those of a run that is going on.
        UnsupportedHereError: something that this process cannot do honestly.
    """
    given = {key: value for key, value in locals().items() if key != "more"}
    for key in more:
        if key not in DEFAULTS:
            raise RunContextError(f"with_runcontext has no parameter {key!r}", expected=", ".join(sorted(DEFAULTS)))
    options = {**given, **more}
    checked(options)
    return Runner(options)


def _plain_run(task: EnvTask[..., Any], *args: Any, **kwargs: Any) -> Run:
    """Run a task with default settings and wait for the end.

    Raises:
        TypeError: not a task of an environment, or arguments that do not fit.
        Exception: what the task raised, as its own class and as a RuntimeUserError.
    """
    return Runner({}).run(task, *args, **kwargs)


async def _plain_run_aio(task: EnvTask[..., Any], *args: Any, **kwargs: Any) -> Run:
    return await Runner({}).run.aio(task, *args, **kwargs)


run = Both(_plain_run, _plain_run_aio)


def rerun(earlier: Run, task: EnvTask[..., Any], **changes: Any) -> Run:
    """Run a task again with an earlier run's inputs, some of them changed."""
    return run(task, **{**earlier.inputs(), **changes})
