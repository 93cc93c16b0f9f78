"""Layer 3: bytes -> program -> results. Never imports the compiler.

Everything is loaded when it is first asked for: a container that runs one task needs little of it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from drawloom.interpreter.api import resume, run, run_task
    from drawloom.interpreter.cache.keys import cache_key
    from drawloom.interpreter.cache.lookup import CacheLookup
    from drawloom.interpreter.cache.store import CacheEntry, SqliteCache, open_cache
    from drawloom.interpreter.errors import (
        ActionAbortedError,
        BaseRuntimeError,
        Blame,
        BranchFailedError,
        CacheError,
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
        RunInUseError,
        RunNameError,
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
    from drawloom.interpreter.record.code_digest import code_of, digest_of_code
    from drawloom.interpreter.record.files import open_private, private_folder, recording
    from drawloom.interpreter.record.history import (
        BadRun,
        RecordedRun,
        RunInfo,
        find_runs,
        list_runs,
        read_info,
        read_run,
    )
    from drawloom.interpreter.record.recorder import Claim, Recorder, call_digest, claim, open_record, reopen_record
    from drawloom.interpreter.record.run_file import ACTIONS, RUN_FILE, WORKFLOW, check_name, made_up_name, name_taken
    from drawloom.interpreter.record.signals import FolderSignals, send_signal
    from drawloom.interpreter.result import NodeRun, RunResult
    from drawloom.interpreter.scheduling.async_runner import on_async_thread
    from drawloom.interpreter.tasks.callee import NodePart, running_node
    from drawloom.interpreter.tasks.env_vars import EnvVars
    from drawloom.interpreter.tasks.permits import Permits, Seat, seat_below
    from drawloom.interpreter.tasks.threads import MAX_THREADS, MOMENT, Stopwatch, ThreadCall, Workers, everything
    from drawloom.interpreter.tasks.timeouts import OverrunError, overran, with_limit

_ROOMS = {
    "api": ("resume", "run", "run_task"),
    "cache.keys": ("cache_key",),
    "cache.lookup": ("CacheLookup",),
    "cache.store": ("CacheEntry", "SqliteCache", "open_cache"),
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
        "CacheError",
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
        "RunInUseError",
        "RunNameError",
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
    "record.code_digest": ("code_of", "digest_of_code"),
    "record.files": ("open_private", "private_folder", "recording"),
    "record.history": ("BadRun", "RecordedRun", "RunInfo", "find_runs", "list_runs", "read_info", "read_run"),
    "record.recorder": ("Claim", "Recorder", "call_digest", "claim", "open_record", "reopen_record"),
    "record.run_file": ("ACTIONS", "RUN_FILE", "WORKFLOW", "check_name", "made_up_name", "name_taken"),
    "result": ("NodeRun", "RunResult"),
    "record.signals": ("FolderSignals", "send_signal"),
    "scheduling.async_runner": ("on_async_thread",),
    "tasks.callee": ("NodePart", "running_node"),
    "tasks.env_vars": ("EnvVars",),
    "tasks.permits": ("Permits", "Seat", "seat_below"),
    "tasks.threads": ("MAX_THREADS", "MOMENT", "Stopwatch", "ThreadCall", "Workers", "everything"),
    "tasks.timeouts": ("OverrunError", "overran", "with_limit"),
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
    "ACTIONS",
    "MAX_THREADS",
    "MOMENT",
    "NOT_SIMULATED",
    "RUN_FILE",
    "WORKFLOW",
    "ActionAbortedError",
    "BadRun",
    "BaseRuntimeError",
    "Blame",
    "BranchFailedError",
    "CacheEntry",
    "CacheError",
    "CacheLookup",
    "Claim",
    "CodedError",
    "ConditionError",
    "DeadlineExceededError",
    "EntityNotFoundError",
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
    "NodePart",
    "NodeRun",
    "NonRecoverableError",
    "OOMError",
    "Observer",
    "OutputError",
    "OverrunError",
    "Permits",
    "Program",
    "RecordedRun",
    "Recorder",
    "ReferenceNotRegisteredError",
    "RetriesExhaustedError",
    "RunDirectoryError",
    "RunInUseError",
    "RunInfo",
    "RunNameError",
    "RunOptions",
    "RunResult",
    "RuntimeDataValidationError",
    "RuntimeSystemError",
    "RuntimeUnknownError",
    "RuntimeUserError",
    "Seat",
    "SignalSource",
    "SqliteCache",
    "State",
    "Step",
    "Stopwatch",
    "TaskEntity",
    "TaskExitError",
    "TaskInterruptedError",
    "TaskProcessError",
    "TaskTimeoutError",
    "ThreadCall",
    "UnsupportedTaskError",
    "Workers",
    "cache_key",
    "call_digest",
    "check_name",
    "claim",
    "code_of",
    "digest_of_code",
    "everything",
    "find_runs",
    "list_runs",
    "load",
    "made_up_name",
    "name_taken",
    "on_async_thread",
    "open_cache",
    "open_private",
    "open_record",
    "overran",
    "private_folder",
    "read_info",
    "read_run",
    "recording",
    "reopen_record",
    "resume",
    "run",
    "run_task",
    "running_node",
    "seat_below",
    "send_signal",
    "with_limit",
]
