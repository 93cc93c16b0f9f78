"""Layer 3: bytes -> program -> results. Never imports the compiler.

Everything is loaded when it is first asked for: a container that runs one task needs little of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from drawloom.interpreter.api import resume, run, run_task
    from drawloom.interpreter.cache.result_cache import CacheUse, Entry, SqliteCache, cache_key, open_cache
    from drawloom.interpreter.errors import (
        ActionAbortedError,
        BaseRuntimeError,
        Blame,
        BranchFailedError,
        CodedError,
        ConditionError,
        DeadlineExceededError,
        EntityNotFoundError,
        FlyteDisapprovalException,
        FlytePromiseAttributeResolveException,
        FlyteRecoverableException,
        GateTimeoutError,
        GateUnansweredError,
        InputError,
        LoadError,
        MapLengthError,
        MaxQueuedTimeExceededError,
        MaxRuntimeExceededError,
        NonRecoverableError,
        OOMError,
        OutputError,
        ReferenceNotRegisteredError,
        RetriesExhaustedError,
        RunDirectoryError,
        RuntimeDataValidationError,
        RuntimeSystemError,
        RuntimeUnknownError,
        RuntimeUserError,
        TaskExitError,
        TaskInterruptedError,
        TaskProcessError,
        TaskTimeoutError,
        UnsupportedTaskError,
    )
    from drawloom.interpreter.events import Event, Observer, State
    from drawloom.interpreter.failures import ErrorKind, Failure, Step
    from drawloom.interpreter.options import NOT_SIMULATED, GateRequest, RunOptions, SignalSource
    from drawloom.interpreter.program.entities import TaskEntity
    from drawloom.interpreter.program.loading import load
    from drawloom.interpreter.program.program import Program
    from drawloom.interpreter.record.recorder import RunInfo, list_runs, read_run
    from drawloom.interpreter.record.signals import FolderSignals, send_signal
    from drawloom.interpreter.result import NodeRun, RunResult
    from drawloom.interpreter.scheduling.workers import call_with_timeout
    from drawloom.interpreter.tasks.env_vars import EnvVars

_ROOMS = {
    "api": ("resume", "run", "run_task"),
    "cache.result_cache": ("CacheUse", "Entry", "SqliteCache", "cache_key", "open_cache"),
    "program.entities": ("TaskEntity",),
    "errors": (
        "ActionAbortedError",
        "BaseRuntimeError",
        "Blame",
        "CodedError",
        "DeadlineExceededError",
        "MaxQueuedTimeExceededError",
        "MaxRuntimeExceededError",
        "NonRecoverableError",
        "OOMError",
        "RetriesExhaustedError",
        "RuntimeDataValidationError",
        "RuntimeSystemError",
        "RuntimeUnknownError",
        "RuntimeUserError",
        "TaskInterruptedError",
        "BranchFailedError",
        "ConditionError",
        "EntityNotFoundError",
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
        "TaskExitError",
        "TaskProcessError",
        "TaskTimeoutError",
        "UnsupportedTaskError",
    ),
    "failures": ("ErrorKind", "Failure", "Step"),
    "events": ("Event", "Observer", "State"),
    "program.loading": ("load",),
    "options": ("GateRequest", "NOT_SIMULATED", "RunOptions", "SignalSource"),
    "program.program": ("Program",),
    "record.recorder": ("RunInfo", "list_runs", "read_run"),
    "result": ("NodeRun", "RunResult"),
    "record.signals": ("FolderSignals", "send_signal"),
    "scheduling.workers": ("call_with_timeout",),
    "tasks.env_vars": ("EnvVars",),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> Any:
    room = _ROOM_OF.get(name)
    if room is None:
        raise AttributeError(f"module 'drawloom.interpreter' has no attribute {name!r}")
    value = getattr(import_module(f"drawloom.interpreter.{room}"), name)
    globals()[name] = value
    return value


__all__ = [
    "NOT_SIMULATED",
    "ActionAbortedError",
    "BaseRuntimeError",
    "Blame",
    "BranchFailedError",
    "CacheUse",
    "CodedError",
    "ConditionError",
    "DeadlineExceededError",
    "EntityNotFoundError",
    "Entry",
    "EnvVars",
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
    "MaxQueuedTimeExceededError",
    "MaxRuntimeExceededError",
    "NodeRun",
    "NonRecoverableError",
    "OOMError",
    "Observer",
    "OutputError",
    "Program",
    "ReferenceNotRegisteredError",
    "RetriesExhaustedError",
    "RunDirectoryError",
    "RunInfo",
    "RunOptions",
    "RunResult",
    "RuntimeDataValidationError",
    "RuntimeSystemError",
    "RuntimeUnknownError",
    "RuntimeUserError",
    "SignalSource",
    "SqliteCache",
    "State",
    "Step",
    "TaskEntity",
    "TaskExitError",
    "TaskInterruptedError",
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
