"""Layer 3: bytes -> program -> results. Never imports the compiler.

Everything is loaded when it is first asked for: a container that runs one task needs little of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from interpreter.api import resume, run, run_task
    from interpreter.cache import CacheUse, Entry, SqliteCache, cache_key, open_cache
    from interpreter.entities import TaskEntity
    from interpreter.errors import (
        BranchFailedError,
        ConditionError,
        EntityNotFoundError,
        ErrorKind,
        Failure,
        FlyteDisapprovalException,
        FlytePromiseAttributeResolveException,
        FlyteRecoverableException,
        GateTimeoutError,
        GateUnansweredError,
        InputError,
        LoadError,
        MapLengthError,
        OutputError,
        ReferenceNotRegisteredError,
        RunDirectoryError,
        Step,
        TaskExitError,
        TaskProcessError,
        TaskTimeoutError,
        UnsupportedTaskError,
    )
    from interpreter.events import Event, Observer, State
    from interpreter.loading import load
    from interpreter.options import NOT_SIMULATED, GateRequest, RunOptions, SignalSource
    from interpreter.program import Program
    from interpreter.record import RunInfo, list_runs, read_run
    from interpreter.result import NodeRun, RunResult
    from interpreter.signals import FolderSignals, send_signal
    from interpreter.workers import call_with_timeout

_ROOMS = {
    "api": ("resume", "run", "run_task"),
    "cache": ("CacheUse", "Entry", "SqliteCache", "cache_key", "open_cache"),
    "entities": ("TaskEntity",),
    "errors": (
        "BranchFailedError",
        "ConditionError",
        "EntityNotFoundError",
        "ErrorKind",
        "Failure",
        "FlyteDisapprovalException",
        "FlytePromiseAttributeResolveException",
        "FlyteRecoverableException",
        "GateTimeoutError",
        "GateUnansweredError",
        "InputError",
        "LoadError",
        "MapLengthError",
        "OutputError",
        "ReferenceNotRegisteredError",
        "RunDirectoryError",
        "Step",
        "TaskExitError",
        "TaskProcessError",
        "TaskTimeoutError",
        "UnsupportedTaskError",
    ),
    "events": ("Event", "Observer", "State"),
    "loading": ("load",),
    "options": ("GateRequest", "NOT_SIMULATED", "RunOptions", "SignalSource"),
    "program": ("Program",),
    "record": ("RunInfo", "list_runs", "read_run"),
    "result": ("NodeRun", "RunResult"),
    "signals": ("FolderSignals", "send_signal"),
    "workers": ("call_with_timeout",),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    room = _ROOM_OF.get(name)
    if room is None:
        raise AttributeError(f"module 'interpreter' has no attribute {name!r}")
    value = getattr(import_module(f"interpreter.{room}"), name)
    globals()[name] = value
    return value


__all__ = [
    "NOT_SIMULATED",
    "BranchFailedError",
    "CacheUse",
    "ConditionError",
    "EntityNotFoundError",
    "Entry",
    "ErrorKind",
    "Event",
    "Failure",
    "FlyteDisapprovalException",
    "FlytePromiseAttributeResolveException",
    "FlyteRecoverableException",
    "FolderSignals",
    "GateRequest",
    "GateTimeoutError",
    "GateUnansweredError",
    "InputError",
    "LoadError",
    "MapLengthError",
    "NodeRun",
    "Observer",
    "OutputError",
    "Program",
    "ReferenceNotRegisteredError",
    "RunDirectoryError",
    "RunInfo",
    "RunOptions",
    "RunResult",
    "SignalSource",
    "SqliteCache",
    "State",
    "Step",
    "TaskEntity",
    "TaskExitError",
    "TaskProcessError",
    "TaskTimeoutError",
    "UnsupportedTaskError",
    "cache_key",
    "call_with_timeout",
    "list_runs",
    "load",
    "open_cache",
    "read_run",
    "resume",
    "run",
    "run_task",
    "send_signal",
]
