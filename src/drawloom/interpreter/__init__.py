"""Layer 3: bytes -> program -> results. Never imports the compiler.

Everything is loaded when it is first asked for: a container that runs one task needs little of it.
"""

from typing import TYPE_CHECKING

from drawloom.exports.lazy_exports import lazy_rooms

if TYPE_CHECKING:
    from drawloom.interpreter.api import resume, run, run_task
    from drawloom.interpreter.cache.keys import cache_key
    from drawloom.interpreter.cache.lookup import CacheLookup
    from drawloom.interpreter.cache.store import CacheEntry, SqliteCache, open_cache
    from drawloom.interpreter.errors import (
        LOST_WORKER,
        SYSTEM_RETRIES,
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
    from drawloom.interpreter.executors.addresses import chosen_executor
    from drawloom.interpreter.executors.protocol import (
        AttemptExecutor,
        Batch,
        BatchFuture,
        ExecutorError,
        ExecutorGoneError,
    )
    from drawloom.interpreter.executors.records import raw_data_around
    from drawloom.interpreter.executors.resources import requested
    from drawloom.interpreter.failures import ErrorKind, Failure, Step, pass_on, trail_within
    from drawloom.interpreter.options import NOT_SIMULATED, GateRequest, RunOptions, SignalSource, offload_threshold
    from drawloom.interpreter.program.dynamic_job import DynamicJob
    from drawloom.interpreter.program.entities import TaskEntity
    from drawloom.interpreter.program.loading import load
    from drawloom.interpreter.program.program import Program
    from drawloom.interpreter.record.code_digest import code_of, digest_of_code
    from drawloom.interpreter.record.files import open_private, private_folder, recording
    from drawloom.interpreter.record.given_data import GivenData, raw_data_given
    from drawloom.interpreter.record.history import (
        BadRun,
        RecordedRun,
        RunInfo,
        find_runs,
        list_runs,
        read_info,
        read_run,
    )
    from drawloom.interpreter.record.raw_data import Stored, remove_run, remove_stored, sizes_of, unreferred
    from drawloom.interpreter.record.recorder import (
        Claim,
        Recorder,
        call_digest,
        claim,
        large_outputs,
        open_record,
        reopen_record,
    )
    from drawloom.interpreter.record.remote_raw_data import remove_remote, unreferred_remote
    from drawloom.interpreter.record.run_file import ACTIONS, RUN_FILE, WORKFLOW, check_name, made_up_name, name_taken
    from drawloom.interpreter.record.signals import FolderSignals, send_signal
    from drawloom.interpreter.result import NodeRun, RunResult
    from drawloom.interpreter.scheduling.async_runner import on_async_thread
    from drawloom.interpreter.tasks.attempt_record import (
        AttemptRecord,
        AttemptResult,
        MadeBeside,
        lost,
        outcome_of,
    )
    from drawloom.interpreter.tasks.callee import NodePart, caller_of_run, running_node
    from drawloom.interpreter.tasks.entry_points import OURS
    from drawloom.interpreter.tasks.env_vars import EnvVars
    from drawloom.interpreter.tasks.outcome import Outcome, Pending
    from drawloom.interpreter.tasks.permits import Permits, Seat, seat_below
    from drawloom.interpreter.tasks.threads import MAX_THREADS, MOMENT, Stopwatch, ThreadCall, Workers, everything
    from drawloom.interpreter.tasks.timeouts import OverrunError, overran, with_limit

__getattr__, __dir__ = lazy_rooms(
    __name__,
    {
        "api": "resume run run_task",
        "cache.keys": "cache_key",
        "cache.lookup": "CacheLookup",
        "cache.store": "CacheEntry open_cache SqliteCache",
        "program.entities": "TaskEntity",
        "errors": """
            ActionAbortedError BaseRuntimeError Blame BranchFailedError CacheError CodedError ConditionError
            DeadlineExceededError EntityNotFoundError FlyteDisapprovalException
            FlytePromiseAttributeResolveException FlyteRecoverableException GateTimeoutError GateUnansweredError
            InputError LoadError MapLengthError MaxQueuedTimeExceededError MaxRuntimeExceededError
            NonRecoverableError OOMError OutputError ReferenceNotRegisteredError RetriesExhaustedError
            RunDirectoryError RunInUseError RunNameError RuntimeDataValidationError RuntimeSystemError
            RuntimeUnknownError RuntimeUserError TaskExitError TaskInterruptedError TaskProcessError
            TaskTimeoutError UnsupportedTaskError LOST_WORKER SYSTEM_RETRIES
        """,
        "executors.addresses": "chosen_executor",
        "executors.protocol": "AttemptExecutor Batch BatchFuture ExecutorError ExecutorGoneError",
        "executors.records": "raw_data_around",
        "executors.resources": "requested",
        "failures": "ErrorKind Failure pass_on Step trail_within",
        "events": "Event Observer State",
        "program.loading": "load",
        "options": "GateRequest NOT_SIMULATED offload_threshold RunOptions SignalSource",
        "program.dynamic_job": "DynamicJob",
        "program.program": "Program",
        "record.code_digest": "code_of digest_of_code",
        "record.files": "open_private private_folder recording",
        "record.raw_data": "remove_run remove_stored sizes_of Stored unreferred",
        "record.remote_raw_data": "remove_remote unreferred_remote",
        "record.given_data": "GivenData raw_data_given",
        "record.history": "BadRun find_runs list_runs read_info read_run RecordedRun RunInfo",
        "record.recorder": "call_digest Claim claim large_outputs open_record Recorder reopen_record",
        "record.run_file": "ACTIONS check_name made_up_name name_taken RUN_FILE WORKFLOW",
        "result": "NodeRun RunResult",
        "record.signals": "FolderSignals send_signal",
        "scheduling.async_runner": "on_async_thread",
        "tasks.attempt_record": "AttemptRecord AttemptResult lost MadeBeside outcome_of",
        "tasks.callee": "caller_of_run NodePart running_node",
        "tasks.entry_points": "OURS",
        "tasks.env_vars": "EnvVars",
        "tasks.outcome": "Outcome Pending",
        "tasks.permits": "Permits Seat seat_below",
        "tasks.threads": "everything MAX_THREADS MOMENT Stopwatch ThreadCall Workers",
        "tasks.timeouts": "overran OverrunError with_limit",
    },
)

__all__ = [
    "ACTIONS",
    "LOST_WORKER",
    "MAX_THREADS",
    "MOMENT",
    "NOT_SIMULATED",
    "OURS",
    "RUN_FILE",
    "SYSTEM_RETRIES",
    "WORKFLOW",
    "ActionAbortedError",
    "AttemptExecutor",
    "AttemptRecord",
    "AttemptResult",
    "BadRun",
    "BaseRuntimeError",
    "Batch",
    "BatchFuture",
    "Blame",
    "BranchFailedError",
    "CacheEntry",
    "CacheError",
    "CacheLookup",
    "Claim",
    "CodedError",
    "ConditionError",
    "DeadlineExceededError",
    "DynamicJob",
    "EntityNotFoundError",
    "EnvVars",
    "ErrorKind",
    "Event",
    "ExecutorError",
    "ExecutorGoneError",
    "Failure",
    "FlyteDisapprovalException",
    "FlytePromiseAttributeResolveException",
    "FlyteRecoverableException",
    "FolderSignals",
    "GateRequest",
    "GateTimeoutError",
    "GateUnansweredError",
    "GivenData",
    "InputError",
    "LoadError",
    "MadeBeside",
    "MapLengthError",
    "MaxQueuedTimeExceededError",
    "MaxRuntimeExceededError",
    "NodePart",
    "NodeRun",
    "NonRecoverableError",
    "OOMError",
    "Observer",
    "Outcome",
    "OutputError",
    "OverrunError",
    "Pending",
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
    "Stored",
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
    "caller_of_run",
    "check_name",
    "chosen_executor",
    "claim",
    "code_of",
    "digest_of_code",
    "everything",
    "find_runs",
    "large_outputs",
    "list_runs",
    "load",
    "lost",
    "made_up_name",
    "name_taken",
    "offload_threshold",
    "on_async_thread",
    "open_cache",
    "open_private",
    "open_record",
    "outcome_of",
    "overran",
    "pass_on",
    "private_folder",
    "raw_data_around",
    "raw_data_given",
    "read_info",
    "read_run",
    "recording",
    "remove_remote",
    "remove_run",
    "remove_stored",
    "reopen_record",
    "requested",
    "resume",
    "run",
    "run_task",
    "running_node",
    "seat_below",
    "send_signal",
    "sizes_of",
    "trail_within",
    "unreferred",
    "unreferred_remote",
    "with_limit",
]
