"""`run`: a program and literals in, literals out."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast, final

from drawloom.interpreter.errors import InputError, RunDirectoryError
from drawloom.interpreter.events import State
from drawloom.interpreter.executors.addresses import chosen_executor
from drawloom.interpreter.executors.protocol import AttemptExecutor
from drawloom.interpreter.executors.records import raw_data_of
from drawloom.interpreter.failures import Failure, came_into
from drawloom.interpreter.nodes.frames import Frame
from drawloom.interpreter.nodes.task_targets import (
    PLAN,
    check_inputs,
    entity_of,
    plan_inputs,
    reference_entity,
    stand_in,
    target_graph,
)
from drawloom.interpreter.options import RunOptions
from drawloom.interpreter.program.entities import TaskEntity
from drawloom.interpreter.program.graph import Graph
from drawloom.interpreter.program.loading import load
from drawloom.interpreter.program.planning import plan_graph
from drawloom.interpreter.program.program import Program
from drawloom.interpreter.record.history import read_run
from drawloom.interpreter.record.recorder import Recorder, open_record, reopen_record
from drawloom.interpreter.record.run_file import WORKFLOW, check_name, made_up_name
from drawloom.interpreter.record.signals import FOLDER, FolderSignals
from drawloom.interpreter.result import RunResult
from drawloom.interpreter.scheduling.scheduler import Scheduler
from drawloom.interpreter.tasks.callee import caller_of_run
from drawloom.interpreter.tasks.job import Job, Scope
from drawloom.ir import Key
from literals import DrawloomError, pack_map, pb, preview
from typeengine import Codec, NamedCodecs, default_engine, guess_python_type

_TASK = 1


@final
class _Root:
    """The owner of a run's outermost piece."""

    def __init__(self, scheduler: Scheduler, result: RunResult) -> None:
        self.rank = 0
        self._scheduler = scheduler
        self._result = result

    def start(self, slot: int) -> None:
        """Nothing is ever pushed here."""

    def may_ask(self, slot: int) -> bool:
        """Nothing comes before the run."""
        del slot
        return True

    def grow(self, job: Job, expansion: object) -> None:
        """A task is always in a frame."""

    def settle(self, slot: int, outputs: Mapping[str, bytes] | None, failure: Failure | None) -> None:  # noqa: ARG002 - an owner
        """The run has ended."""
        self._result.outputs = outputs or {}
        self._result.failure = failure
        self._scheduler.done = True


def _as_bytes(inputs: Mapping[str, Any], interface: Any, where: str) -> dict[str, bytes]:
    """Inputs as literal bytes. A Python value is converted by the Python type that the declared literal type stands for.

    Raises:
        InputError: there is no such input, or a value is not of its type.
    """
    found: dict[str, bytes] = {}
    values: dict[str, Any] = {}
    codecs: dict[str, Codec] = {}
    for name, value in inputs.items():
        if isinstance(value, bytes):
            found[name] = value
        elif type(value).__name__ == "Literal" and hasattr(value, "SerializeToString"):
            found[name] = value.SerializeToString(deterministic=True)
        elif interface is None or name not in interface.inputs.variables:
            raise InputError(
                f"there is no input {name!r}" if interface is not None else f"input {name!r} is not a literal",
                where=where,
                expected=", ".join(interface.inputs.variables) if interface is not None else "the bytes of a Literal",
                got=preview(value),
                fix="use the inputs' names, and values of their types",
            )
        else:
            values[name] = value
            codecs[name] = default_engine().codec(guess_python_type(interface.inputs.variables[name].type))
    try:
        found.update(NamedCodecs(codecs, where).encode(values))
    except DrawloomError as error:
        fix = error.fix or "give a value of that type, or the literal itself"
        raise InputError(error.what, where=error.where, expected=error.expected, got=error.got, fix=fix) from error
    return {name: found[name] for name in inputs}


def run(
    program: Program | str | os.PathLike[str] | bytes | Any,
    inputs: Mapping[str, Any] | None = None,
    *,
    entity: str | Key | None = None,
    entities: Mapping[Key, Any] | None = None,
    options: RunOptions | None = None,
) -> RunResult:
    """Run a workflow, a launch plan or a task of a program.

    `inputs`: literals (bytes or messages) by name, or Python values of plain types; those that a launch plan gives may be
    left out. `entity`: a key or a name;
    may be left out if there is only one. `entities`: live tasks by key; others are found by their resolver. Works inside a
    running event loop, a notebook, a thread and a task.

    Raises:
        EntityNotFoundError, InputError: before anything runs.
        RunNameError: `run_dir` holds the record of a run (`resume` goes on with it), or `name` is not valid.
        RunDirectoryError: the record cannot be written.
        the user's own exception, with `drawloom_trail`: a task failed (unless `raise_errors` is False).
    """
    return _run(load(program), inputs or {}, entity, entities or {}, options or RunOptions())


def _run(
    loaded: Program, inputs: Mapping[str, Any], entity: str | Key | None, entities: Mapping[Key, Any], options: RunOptions,
    *, goes_on: bool = False,
) -> RunResult:  # fmt: skip
    name = loaded.find(entity)
    given = _as_bytes(inputs, _interface(loaded, name), name.name)
    scope = Scope(loaded, entities)
    if name.resource_type == _TASK:
        graph, bound = _lone_graph(name, scope, given), given
    else:
        found = target_graph(name, loaded)
        if found is None:
            reference_entity(name, scope)
            raise InputError(
                "a reference cannot be run by itself",
                where=str(name),
                expected="a task, workflow or launch plan",
                got="a reference",
                fix="run it where it is registered",
            )
        graph, bound = found, plan_inputs(name, given, loaded)
        if graph.interface is not None:
            check_inputs(name.name, graph.interface, bound)
        called = stand_in(name, scope)
        if called is not None:
            scope = Scope(loaded, {**entities, name: called})
            graph = _task_graph(name, bound, called.python_interface.output_codecs, graph.interface)
    result = _execute(graph, bound, scope, name, options, goes_on=goes_on)
    return _checked(result) if options.raise_errors else result


def _interface(program: Program, name: Key) -> Any:
    if name.resource_type == _TASK:
        task = program.task(name)
        return task.template.interface if task is not None else None
    graph = target_graph(name, program)
    return graph.interface if graph is not None else None


def _lone_graph(name: Key, scope: Scope, given: Mapping[str, bytes]) -> Graph:
    """The graph of one task: a plain node, or the array node that a map task is when it runs by itself."""
    task = scope.program.task(name)
    entity = scope.entities.get(name)
    if entity is None and task is not None and task.loader is not None:
        entity = entity_of(name, scope)
    if task is None and entity is None:
        entity = entity_of(name, scope)
    outputs = task.outputs if task is not None else tuple(cast("TaskEntity", entity).python_interface.output_codecs)
    interface = task.template.interface if task is not None else None
    return _task_graph(name, given, outputs, interface, mapped=entity if hasattr(entity, "element_interface") else None)


def _task_graph(
    name: Key, inputs: Iterable[str], outputs: Iterable[str], interface: Any = None, *, mapped: Any = None
) -> Graph:
    """A graph of one node, so that a task by itself has attempts, a time, a cache and a record like any other."""
    node = pb.Node(id="n0", metadata=pb.NodeMetadata(name=name.name))
    target = node
    if mapped is not None:
        target = node.array_node.node
        node.array_node.bound_inputs.extend(sorted(mapped.bound_inputs))
        node.array_node.parallelism = mapped.concurrency or 0
        if mapped.min_successes is not None:
            node.array_node.min_successes = mapped.min_successes
        elif mapped.min_success_ratio is not None:
            node.array_node.min_success_ratio = mapped.min_success_ratio
    target.task_node.reference_id.CopyFrom(
        pb.Identifier(
            resource_type=pb.ResourceType.ValueType(name.resource_type),
            project=name.project,
            domain=name.domain,
            name=name.name,
            version=name.version,
        )
    )
    for variable in inputs:
        node.inputs.append(_bound(variable, ""))
    return plan_graph(name, [node], [_bound(variable, "n0") for variable in outputs], interface=interface)


def _bound(variable: str, node: str) -> Any:
    promise = pb.OutputReference(node_id=node, var=variable)
    return pb.Binding(var=variable, binding=pb.BindingData(promise=promise))


def _record(
    name: Key, title: str, bundle: bytes, inputs: Mapping[str, bytes], options: RunOptions, *, goes_on: bool
) -> Recorder | None:
    """The record of a run: a new one, the one that is there, or the part of another run's that stands for this one."""
    if options.within is not None:
        return options.within.recorder
    if options.run_dir is None:
        return None
    folder = Path(options.run_dir)
    if goes_on:
        return reopen_record(folder, options.durability)
    about = {
        "kind": WORKFLOW,
        "name": title,
        "entity": list(name),
        "started": time.time(),
        "settings": _settings(options),
    }
    return open_record(folder, about, options.durability, bundle=bundle, inputs=pack_map(inputs))


_KEPT = ("isolation", "python", "durability", "max_parallelism", "executor")
"""The options of a run that it is gone on with, unless others are given then. Of executors, those that have an address."""


def _settings(options: RunOptions) -> dict[str, str | int]:
    usual = RunOptions()
    found = {name: value for name in _KEPT if (value := getattr(options, name)) != getattr(usual, name)}
    return {name: value for name, value in found.items() if isinstance(value, (str, int))}


def _execute(
    graph: Any, inputs: Mapping[str, bytes], scope: Scope, name: Key, options: RunOptions, *, goes_on: bool = False
) -> RunResult:
    executor = chosen_executor(options.executor)
    if executor is None:
        return _under_way(graph, inputs, scope, name, options, goes_on=goes_on)
    with contextlib.closing(executor):
        executor.check_storage(*raw_data_of(options))
        return _under_way(graph, inputs, scope, name, options, executor=executor, goes_on=goes_on)


def _under_way(
    graph: Graph, inputs: Mapping[str, bytes], scope: Scope, name: Key, options: RunOptions,
    *, executor: AttemptExecutor | None = None, goes_on: bool = False,
) -> RunResult:  # fmt: skip
    title = check_name(options.name, "RunOptions.name") if options.name else made_up_name(name.name)
    recorder = _record(name, title, scope.program.bundle, inputs, options, goes_on=goes_on)
    if recorder is not None and options.signals is None:
        options = replace(options, signals=FolderSignals(recorder.folder / FOLDER))
    width, is_limited = options.width(), bool(options.max_parallelism)
    options = replace(options, name=title)
    if executor is not None:
        width = options.max_parallelism or executor.width
    plan = scope.program.plan(name) if name.resource_type == PLAN else None
    if plan is not None and plan.spec.max_parallelism:
        width, is_limited = min(width, plan.spec.max_parallelism), True
    scheduler = Scheduler(options, recorder, width, executor, is_limited=is_limited)
    prefix = f"{options.within.address}/" if options.within is not None else ""
    result = RunResult(title, name, State.RUNNING, run_dir=str(options.run_dir or ""), runs=scheduler.nodes)
    if graph.interface is not None:
        result.types = {each: variable.type for each, variable in graph.interface.outputs.variables.items()}
    result.started = time.time()
    scheduler.announce(State.RUNNING, name)
    ended = State.ABORTED
    try:
        Frame(scheduler, graph, scope, inputs=inputs, owner=_Root(scheduler, result), prefix=prefix).begin()
        scheduler.drive()
        ended = State.SUCCEEDED if result.failure is None else State.FAILED
    finally:
        result.ended = time.time()
        result.state = ended
        detail = result.failure.message() if result.failure is not None else ""
        scheduler.announce(ended, name, detail)
        if recorder is not None and options.within is None:
            recorder.end(
                ended, detail, [str(step) for step in result.failure.trail] if result.failure is not None else ()
            )
    return result


def run_task(
    entity: Any, inputs: Mapping[str, Any] | None = None, *, key: Key | None = None, options: RunOptions | None = None
) -> RunResult:
    """Run one task that is outside any program: a child action, a task that is called by itself.

    Retries, timeout and caching are what `entity.template` says, if it has one; inputs are literals by name.
    """
    options = options or RunOptions()
    name = key or Key(_TASK, "", "", entity.name, "")
    template = getattr(entity, "template", None)
    tasks = {name: template} if template is not None else {}
    program = Program(tasks=tasks, mains=(name,))
    scope = Scope(program, {name: entity})
    given = _as_bytes(inputs or {}, None, name.name)
    graph = _lone_graph(name, scope, given)
    result = _execute(graph, given, scope, name, options)
    return _checked(result) if options.raise_errors else result


def _checked(result: RunResult) -> RunResult:
    """The result of a run that succeeded. Raises the error of one that failed, for the attempt that started it."""
    error = result.error
    if error is None:
        return result
    came_into(error, caller_of_run())
    raise error


def resume(
    folder: str | os.PathLike[str], *, entities: Mapping[Key, Any] | None = None, options: RunOptions | None = None
) -> RunResult:
    """Go on with a recorded run: what had finished is taken from the record, the rest runs.

    Isolation, the interpreter of tasks of flytekit's, durability, parallelism and the address of an executor are those of the
    run where `options` has the usual ones.

    Raises:
        RunDirectoryError: the folder is not a run's record, or the run is still going on.
        the user's own exception, as `run` does.
    """
    recorded = read_run(folder)
    info = recorded.info
    if info.kind != WORKFLOW:
        raise RunDirectoryError(
            "this is the record of a run of actions, not of a workflow",
            where=str(folder),
            expected="the record of a workflow's run",
            got="the record of a run of actions",
            fix="drawloom.resume(...)",
        )
    program = load(recorded.bundle)
    chosen = options or RunOptions()
    if chosen.run_dir is not None and Path(chosen.run_dir) != Path(folder):
        raise RunDirectoryError(
            "a resumed run keeps its folder", expected=str(folder), got=str(chosen.run_dir), fix="leave run_dir out"
        )
    given = _settings(chosen)
    kept = {name: value for name, value in recorded.settings.items() if name in _KEPT and name not in given}
    chosen = replace(chosen, run_dir=folder, name=info.name, **kept)
    return _run(program, recorded.inputs, info.entity, entities or {}, chosen, goes_on=True)
