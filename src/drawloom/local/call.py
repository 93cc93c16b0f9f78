"""Running an entity because it was called: compile once, give the bytes to the interpreter, convert at the edge.

What a call here runs is the compiled message, so a local call means what a run from the file means, also for a task called by itself. Results have flytekit's shapes: a bare value for one output, a named
tuple for several (or for a NamedTuple of one), None for none; an async function's call gives an awaitable.
"""

from __future__ import annotations

import inspect
import os
import threading
import weakref
from collections.abc import Mapping
from typing import Any, NamedTuple

from compiler import Compiled, LiveSettings, compile_bundle
from drawloom.context import current
from drawloom.interpreter import Program, RunOptions, RunResult, load, offload_threshold, run
from drawloom.local.home import local_cache, overwrites_cache
from drawloom.local.terminal import ask_at_terminal
from drawloom.local.threads import blocking_thread, in_thread, loop_runs_here
from typeengine import NamedCodecs


class _Loaded(NamedTuple):
    """What was compiled of an entity; `can_change`: whether another compilation may give something else."""

    compiled: Compiled
    program: Program
    can_change: bool


_programs: weakref.WeakKeyDictionary[Any, _Loaded] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def call(entity: Any, inputs: Mapping[str, Any]) -> Any:
    """The result of calling `entity` with `inputs` by name.

    Raises:
        TypeTransformerFailedError: an input does not fit its type; it names entity, input and path.
        Exception: whatever the user's function raised, as its own class.
    """
    if _is_async(entity):
        called: Any = in_thread(lambda: _call(entity, inputs))
        called.__qualname__ = entity.name  # what Python names when it warns that nobody awaited it
        return called
    if loop_runs_here():
        # The loop waits for this call anyway; a task that runs a loop of its own may do so in another thread only.
        return blocking_thread(lambda: _call(entity, inputs, holds_loop=True))
    return _call(entity, inputs)


def _call(entity: Any, inputs: Mapping[str, Any], *, holds_loop: bool = False) -> Any:
    interface = entity.python_interface
    encoded = NamedCodecs(interface.input_codecs, entity.name).encode(inputs)
    result = _run(entity, encoded, holds_loop=holds_loop)
    return interface.join_outputs(NamedCodecs(interface.output_codecs, entity.name, "output").decode(result.outputs))


def _run(entity: Any, encoded: Mapping[str, bytes], *, holds_loop: bool) -> RunResult:
    compiled, program = compiled_program(entity)
    action = current().run
    if action is None:
        return run(program, encoded, entity=entity.name, entities=compiled.entities, options=local_options())
    options = local_options(**action.graph_options(entity.name, encoded))
    with action.graph_in_turn(holds_loop=holds_loop):
        return run(program, encoded, entity=entity.name, entities=compiled.entities, options=options)


def local_options(**more: object) -> RunOptions:
    """Options of a run in this process: its cache, and gates that ask at the terminal.

    `DRAWLOOM_SKIP_SLEEPS=1` lets sleep gates pass at once, for tests. `_F_L_MIN_SIZE_MB` is Flyte's variable: megabytes of an
    output from which it goes to the store.
    """
    chosen: dict[str, Any] = {
        "cache": local_cache(),
        "overwrite_cache": overwrites_cache(),
        "sleeps": os.environ.get("DRAWLOOM_SKIP_SLEEPS", "") != "1",
        "ask": ask_at_terminal,
        "offload_from": offload_threshold(),
        **more,
    }
    return RunOptions(**chosen)


def compiled_program(entity: object) -> tuple[Compiled, Program]:
    """The entity's bundle with its live entities, and the program loaded from it; made once for each entity.

    Where it is, or calls, a workflow that is built step by step, it is compiled at each call: there may be more steps.
    """
    with _lock:
        known = _programs.get(entity)
    if known is not None and not known.can_change:
        return known.compiled, known.program
    compiled = compile_bundle([entity], LiveSettings())
    same = known is not None and known.compiled.data == compiled.data
    program = known.program if known is not None and same else load(compiled.data)
    can_change = any(getattr(each, "can_change", False) for each in compiled.entities.values())
    with _lock:
        _programs[entity] = _Loaded(compiled, program, can_change)
    return compiled, program


def _is_async(entity: object) -> bool:
    return inspect.iscoroutinefunction(getattr(entity, "task_function", None))
