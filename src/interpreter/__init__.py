"""Layer 3: bytes -> program -> results. Never imports the compiler."""

from interpreter.api import resume, run, run_task
from interpreter.cache import CacheUse, Entry, SqliteCache, cache_key, open_cache
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
from interpreter.executor import TaskEntity
from interpreter.load import load
from interpreter.options import NOT_SIMULATED, GateRequest, RunOptions, SignalSource
from interpreter.program import Program
from interpreter.record import RunInfo, list_runs, read_run
from interpreter.result import NodeRun, RunResult
from interpreter.signals import FolderSignals, send_signal
from interpreter.workers import call_with_timeout

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
