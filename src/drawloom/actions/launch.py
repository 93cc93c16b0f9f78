"""A run on its way: its folder, its settings, its surroundings, its first call, and what came of it."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import threading
import uuid
from base64 import b64encode
from collections.abc import Generator, Mapping
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple, final

from drawloom.actions.action import Action, ActionRun, Call, RunSettings
from drawloom.actions.code_bundle import CodeBundle, build_bundle
from drawloom.actions.digests import joined
from drawloom.actions.env_vars import RunVariables
from drawloom.actions.environment import EnvTask
from drawloom.actions.identity import CallID
from drawloom.actions.phase import ActionPhase
from drawloom.actions.record import ActionLog
from drawloom.actions.run_handle import Run
from drawloom.actions.run_options import RunContextError
from drawloom.context import (
    ActionID,
    AmbientState,
    ExecutionState,
    LogSettings,
    activate,
    check_custom_context,
    current,
    is_remote,
    local_path,
    lock_file,
    logging_as,
    restore,
)
from drawloom.errors import RunNameError
from drawloom.interpreter import (
    ACTIONS,
    Claim,
    Event,
    Observer,
    Recorder,
    RunDirectoryError,
    Seat,
    chosen_executor,
    claim,
    name_taken,
    offload_threshold,
    open_private,
    open_record,
    reopen_record,
)
from drawloom.interpreter import State as NodeState
from drawloom.ir import Key
from drawloom.local.config import settings
from drawloom.local.home import forget_if_empty, names_folder, unnamed_run_folder
from drawloom.local.logging import system_logger
from drawloom.local.threads import blocking_thread, in_thread, loop_runs_here
from literals import CallResult, attempt, attempt_async, canonical_bytes, error_text, pack_map, parse, pb
from typeengine import DataFrame, default_engine

_CLUSTER = ("queue", "interruptible", "service_account", "labels", "annotations", "notifications")
KEPT = (
    "mode", "project", "domain", "version", "raw_data_path", "overwrite_cache", "disable_run_cache", "cache_lookup_scope",
    "interactive_mode", "preserve_original_types", "max_action_concurrency",
)  # fmt: skip
"""Settings that a record keeps as they are, and that a resumed run has again."""
_TASK = 1
_STATES = {
    ActionPhase.SUCCEEDED: NodeState.SUCCEEDED,
    ActionPhase.FAILED: NodeState.FAILED,
    ActionPhase.ABORTED: NodeState.ABORTED,
}
"""What the record says of a run that ended in a phase."""
_names: set[str] = set()
_names_lock = threading.Lock()


@final
class Earlier(NamedTuple):
    """What there is of a run that goes on: its folder, and what `run.json` says."""

    folder: Path
    about: Mapping[str, Any]


@final
class Launch:
    """A run about to start, or to go on."""

    def __init__(
        self,
        task: EnvTask[..., Any],
        literals: dict[str, bytes],
        options: dict[str, Any],
        earlier: Earlier | None = None,
        *,
        folder: str = "",
        watch: Observer | None = None,
    ) -> None:
        self.task = task
        self.watch = watch
        self.literals = literals
        self.options = options
        self.earlier = earlier
        self.is_dry = bool(options["dry_run"])
        chosen = settings()
        name = options["name"] or f"r{uuid.uuid4().hex[:20]}"
        # A folder that somebody named is kept: what is written there is there whatever becomes of the process.
        self.is_kept = earlier is not None or bool(options["run_base_dir"] or folder or chosen.run_base_dir)
        self._claim: Claim | None = None
        base = self._folder(name, folder)
        bundle = self._bundle_or_give_up(base)
        self.settings = RunSettings(
            name=name,
            run_base_dir=base,
            raw_data_path=(options["raw_data_path"] or chosen.raw_data_path or f"{base}/raw_data").rstrip("/"),
            mode=options["mode"],
            project=options["project"] or chosen.project,
            domain=options["domain"] or chosen.domain,
            org=chosen.org,
            version=options["version"] or (bundle.computed_version if bundle is not None else ""),
            overwrite_cache=options["overwrite_cache"],
            disable_run_cache=options["disable_run_cache"],
            cache_lookup_scope=options["cache_lookup_scope"],
            env_vars=options["env_vars"],
            custom_context=(
                options["custom_context"]
                if earlier is not None
                else {**current().custom_context, **options["custom_context"]}
            ),
            interactive_mode=options["interactive_mode"],
            preserve_original_types=options["preserve_original_types"],
            offload_from=offload_threshold() if self.is_kept else 0,
            max_action_concurrency=options["max_action_concurrency"],
            run_start_time=options["run_start_time"] or datetime.now(timezone.utc),
            code_bundle=bundle,
            cluster={key: options[key] for key in _CLUSTER if options.get(key) or options.get(key) is False},
        )
        identity = ActionID(
            name=name, run_name=name, project=self.settings.project, domain=self.settings.domain, org=self.settings.org
        )
        values = task.named_inputs.decode(literals)
        root = CallID.below(identity, 1, task.name, joined(literals), None).plain()
        self.run = Run(name, root, base, values)
        self.run.settings = self.settings
        self.run.code_bundle = bundle
        self._engine: ActionRun | None = None
        self._first: Call | None = None

    def _folder(self, name: str, folder: str) -> str:
        """Where the run's record goes; claimed, if it is a folder of this machine that is kept."""
        if self.earlier is not None:
            return str(self.earlier.folder)
        chosen = settings()
        given = self.options["run_base_dir"] or folder
        unique = f"{name}-{uuid.uuid4().hex[:8]}"
        if given:
            base = given.rstrip("/") or given
        elif chosen.run_base_dir:
            base = f"{chosen.run_base_dir.rstrip('/')}/{name if self.options['name'] else unique}"
        else:
            return str(unnamed_run_folder(unique))
        if self.is_dry or is_remote(base):
            return base
        return str(self._claimed(local_path(base), name))

    def _claimed(self, folder: Path, name: str) -> Path:
        """A folder that is this run's own from now on: the one that was named, or one of the run's name in it.

        Raises:
            RunNameError: a run of the given name has its record here.
        """
        durability = self._durability()
        self._claim = claim(folder, name, durability)
        if self._claim is None:
            self._claim = claim(folder / name, name, durability)
        if self._claim is None:
            raise name_taken(name, folder / name)
        return self._claim.folder

    def _bundle_or_give_up(self, base: str) -> CodeBundle | None:
        """The code bundle; a folder whose bundle could not be built is nobody's again."""
        is_built = False
        try:
            bundle = self._bundle(base)
            is_built = True
        finally:
            if not is_built and self._claim is not None:
                self._claim.give_up()
        return bundle

    def _bundle(self, base: str) -> CodeBundle | None:
        """The code bundle where one is wanted: for a dry run, or for a run whose folder was chosen."""
        if self.earlier is not None:
            return None
        style = self.options["copy_style"]
        if style == "none":
            if not self.options["version"]:
                raise RunContextError(
                    'copy_style="none" makes no bundle, so nothing says what version the code has',
                    where="with_runcontext.version",
                    expected="a version",
                    got="none",
                    fix='pass version="..."',
                )
            return None
        if not self.is_dry and not self.options["run_base_dir"]:
            return None
        target = self.options["copy_bundle_to"] if self.is_dry else None
        return build_bundle(
            style,
            root=settings().root_dir,
            include=[os.fspath(each) for each in self.task.environment_of.include],
            folder=Path(target) if target is not None else Path(base, "code_bundle"),
        )

    @contextlib.contextmanager
    def open(self) -> Generator[AmbientState, None, None]:
        """The run's surroundings: name, variables, logging, record. Gives the record that its first call is made under."""
        options = self.options
        before = current()
        around: ActionRun | None = before.run.run if before.run is not None else None
        engine = self._engine = ActionRun(self.settings, around)
        seat = None
        if engine.permits is not None:
            seat = Seat(engine.permits, 0)
            seat.ended = True  # there is no code of the user's above the first task
        state = AmbientState(
            run=Action(engine, replace(self.run.action, name=self.settings.name), seat),
            execution=before.execution if isinstance(before.execution, ExecutionState) else None,
            custom_context=check_custom_context(self.settings.custom_context),
            settings=before.settings,
            file_access=before.file_access if not options["raw_data_path"] else None,
            extras=before.extras,
        )
        with (
            self._claim or contextlib.nullcontext(),
            self._executor(engine),
            _named(self.settings.name, is_given=bool(options["name"]) and not self.is_kept),
            RunVariables(self.settings.env_vars, engine, engine.around),
            logging_as(
                LogSettings(options["log_level"], options["user_log_level"], options["log_format"]),
                preserve_root=options["reset_root_logger"],
            ),
        ):
            self.run.phase = ActionPhase.RUNNING
            self.run.started = datetime.now(timezone.utc)
            recorder = self._recorder()
            log = ActionLog(recorder, self._begin if not is_remote(self.settings.run_base_dir) else None, self.watch)
            engine.log = log
            engine.known = recorder if self.earlier is not None else None
            if recorder is not None:
                recorder.event(self._event(NodeState.RUNNING))
            is_whole = False
            try:
                yield state
                is_whole = True
            finally:
                if not is_whole and engine.remote is not None:
                    engine.remote.close()  # the run's threads wait for what is under way there
                engine.end_threads()
                self.run.log = log
                self._end(log)
                if not self.is_kept:
                    forget_if_empty(Path(self.settings.run_base_dir))

    @contextlib.contextmanager
    def _executor(self, engine: ActionRun) -> Generator[None, None, None]:
        """Have the run's executor open for the block, if it has one. Nothing is recorded before it answers.

        Raises:
            ExecutorError: there is no such executor, nobody answers, or its workers do not reach the raw data.
        """
        given = self.options["executor"]
        if given is None:
            yield
            return
        # Loaded for runs on executors alone.
        made = importlib.import_module("drawloom.actions.executor_attempts").ExecutorAttempts(chosen_executor(given))
        with contextlib.closing(made):
            made.check_storage(self.settings.raw_data_path)
            engine.remote = made
            yield

    def _recorder(self) -> Recorder | None:
        """The run's record, if it has one from the start.

        Raises:
            RunInUseError: the run is going on in another process or thread.
            RunDirectoryError: the record cannot be written.
        """
        if self.earlier is not None:
            return reopen_record(self.earlier.folder, self._durability())
        if self._claim is None:
            return None
        return self._claim.record(self._about(), inputs=pack_map(self.literals))

    def _begin(self) -> Recorder:
        """The record that a run has after all: it failed, or somebody asked for it."""
        base = local_path(self.settings.run_base_dir)
        recorder = open_record(base, self._about(), "outputs", inputs=pack_map(self.literals))
        recorder.event(self._event(NodeState.RUNNING))
        return recorder

    def _event(self, state: NodeState) -> Event:
        started = self.run.started or datetime.now(timezone.utc)
        return Event("", state, self.task.name, self._key(), 0, started.timestamp())

    def _key(self) -> Key:
        return Key(
            _TASK, self.settings.project or "", self.settings.domain or "", self.task.name, self.settings.version
        )

    def _end(self, log: ActionLog) -> None:
        """Have the end in the record. A record that nobody asked for and that cannot be written is only a warning."""
        error = self.run.error
        state = _STATES[self.run.phase] if self.run.done() else NodeState.ABORTED
        log.is_wanted = error is not None or not self.run.done()
        detail = error_text(error) if error is not None else ""
        trail = tuple(str(step) for step in getattr(error, "drawloom_trail", ()))
        try:
            log.close(state, detail, trail)
        except RunDirectoryError as problem:
            if log.recorder is not None and self.is_kept:
                raise
            system_logger.warning("%s", problem)

    def _durability(self) -> str:
        if self.earlier is not None:
            before = self.earlier.about.get("durability")
            return before if before == "fsync" else "outputs"
        return self.options["durability"] or ("outputs" if self.is_kept else "none")

    def _about(self) -> dict[str, Any]:
        """What `run.json` says: what the run is, and enough to go on with it."""
        chosen, task = self.settings, self.task
        started = self.run.started or datetime.now(timezone.utc)
        return {
            "kind": ACTIONS,
            "name": chosen.name,
            "entity": list(self._key()),
            "started": started.timestamp(),
            "task": task.name,
            "location": location_of(task),
            "interface": interface_of(task),
            "run_start_time": chosen.run_start_time.isoformat(),
            **{key: getattr(chosen, key) for key in KEPT},
            "durability": self._durability(),
            "custom_context": dict(chosen.custom_context),
            "env_vars": sorted(chosen.env_vars),
            **chosen.cluster,
            **({"executor": executor} if isinstance(executor := self.options["executor"], str) else {}),
        }

    def _call(self) -> Call:
        assert self._engine is not None
        self._first = Call(self._engine, self.task, self.literals, self.run.action, current())
        return self._first

    def go(self) -> Run:
        """Run to the end; a failed run has its error in it."""
        if self.is_dry:
            return self.run
        with self.open() as state:
            if loop_runs_here():
                # Somebody's loop is busy with this very call; the run gets a thread to have its own.
                blocking_thread(lambda: under(state, self.finish))
            else:
                under(state, self.finish)
        return self.run

    async def go_async(self) -> Run:
        """`go` on a loop."""
        if self.is_dry:
            return self.run
        with self.open() as state:
            if self.task.is_async:
                token = activate(state)
                try:
                    await self.finish_async()
                finally:
                    restore(token)
            else:
                await in_thread(lambda: under(state, self.finish))
        return self.run

    def finish(self) -> None:
        """Run to the end on this thread; the run has the result."""
        self._settle(attempt(self._finish))

    def _finish(self) -> Any:
        result = self.task.run_here(self._call())
        if self.task.is_async:
            import asyncio  # noqa: PLC0415 - costs more than all of drawloom, and only async tasks need it

            return asyncio.run(result)
        return result

    async def finish_async(self) -> None:
        """Run to the end on this loop; the run has the result."""
        self._settle(await attempt_async(self.task.run_here(self._call())))

    def _settle(self, outcome: CallResult[Any]) -> None:
        if outcome.error is not None:
            self.run.settle(None, outcome.error)
            return
        named = self.task.split_outputs(outcome.value)
        assert self._first is not None
        self.run.literals = dict(self._first.given)
        if not self.settings.preserve_original_types:
            named = {name: _portable(value, self.run.literals[name]) for name, value in named.items()}
        self.run.settle(named, None)


def _portable(value: Any, literal: bytes) -> Any:
    """A data frame as `drawloom.io.DataFrame`, whatever library's it was; anything else as it is."""
    if isinstance(value, DataFrame) or parse(pb.Literal, literal).scalar.WhichOneof("value") != "structured_dataset":
        return value
    return default_engine().codec(DataFrame).decode(literal)


def interface_of(task: EnvTask[..., Any]) -> str:
    """A task's typed interface as text that can be compared."""
    return b64encode(canonical_bytes(task.python_interface.typed())).decode()


def location_of(task: EnvTask[..., Any]) -> dict[str, str | None]:
    """Where another process finds a task."""
    module = sys.modules.get(task.func.__module__)
    file = getattr(module, "__file__", None)
    return {
        "module": task.func.__module__,
        "name": task.func.__qualname__,
        "file": os.path.abspath(file) if file else None,  # noqa: PTH100 - links stay links
    }


def under(state: AmbientState, work: Any) -> None:
    """`work()` under an ambient record."""
    token = activate(state)
    try:
        work()
    finally:
        restore(token)


@contextlib.contextmanager
def _named(name: str, *, is_given: bool) -> Generator[None, None, None]:
    """Be the only run of this name: in the process, and on the machine if somebody chose it and no folder stands for it."""
    error = RunNameError(
        f"a run named {name!r} is going on",
        where="with_runcontext.name",
        expected="a name that no run has",
        got=repr(name),
        fix="choose another name",
    )
    with _names_lock:
        if name in _names:
            raise error
        _names.add(name)
    try:
        with _name_file(name, error) if is_given else contextlib.nullcontext():
            yield
    finally:
        with _names_lock:
            _names.discard(name)


@contextlib.contextmanager
def _name_file(name: str, error: RunNameError) -> Generator[None, None, None]:
    """Hold the file that stands for a name; whoever dies lets go of it."""
    folder = names_folder()
    if folder is None:
        system_logger.warning("the name %r is unique in this process only: the home cannot be written", name)
        yield
        return
    path = folder / name
    while True:
        file = open_private(path, os.O_RDWR | os.O_CREAT)
        if not lock_file(file):
            os.close(file)
            raise error
        if path.exists() and path.stat().st_ino == os.fstat(file).st_ino:
            break
        os.close(file)  # the run that had the name took the file away while this one opened it
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        os.close(file)
