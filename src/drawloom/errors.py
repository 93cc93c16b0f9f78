"""The errors of a run's actions, under the names that Flyte 2's users catch.

An error that a task raises leaves the run as its own class *and* as a RuntimeUserError, whichever of both the caller names
in `except`; `code` is the name of its class, and `__cause__` the object that was raised.
"""

from __future__ import annotations

from typing import Any, Literal, NoReturn, TypeAlias

from compiler import CompileError, FlyteAssertion
from drawloom.context import CheckpointCorruptError, CustomContextError
from literals import DrawloomError
from typeengine import TypeTransformerFailedError

ErrorKind: TypeAlias = Literal["system", "unknown", "user"]


class BaseRuntimeError(DrawloomError, RuntimeError):
    """An action failed: `code` says how, `kind` whose fault it was, `worker` where."""

    def __init__(
        self, code: str, kind: ErrorKind, root_cause_message: str, worker: str | None = None, **parts: str
    ) -> None:
        super().__init__(root_cause_message, **parts)
        self.code = code
        self.kind = kind
        self.worker = worker

    def _reraise(self, *_: Any) -> NoReturn:
        """`map` may give an error as a value; arithmetic on it shows the error instead of a TypeError."""
        raise self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _reraise
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _reraise


class InitializationError(BaseRuntimeError):
    """Something was used that `init` or `init_from_config` has to set up first."""

    def __init__(self, code: str, kind: ErrorKind = "user", message: str = "", **parts: str) -> None:
        super().__init__(code, kind, message, **parts)


class RuntimeSystemError(BaseRuntimeError):
    """The system failed, not the task."""

    def __init__(self, code: str, message: str, worker: str | None = None, **parts: str) -> None:
        super().__init__(code, "system", message, worker, **parts)


class RuntimeUserError(BaseRuntimeError):
    """The task failed."""

    def __init__(self, code: str, message: str, worker: str | None = None, **parts: str) -> None:
        super().__init__(code, "user", message, worker, **parts)


class RuntimeUnknownError(BaseRuntimeError):
    """Nobody knows whose fault it was."""

    def __init__(self, code: str, message: str, worker: str | None = None, **parts: str) -> None:
        super().__init__(code, "unknown", message, worker, **parts)


class OOMError(RuntimeUserError):
    """The task ran out of memory."""


class TaskInterruptedError(RuntimeUserError):
    """The machine was taken away."""


class RetriesExhaustedError(RuntimeUserError):
    """Every attempt failed."""


class CustomError(RuntimeUserError):
    """An error with a code of the user's own."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message, "user")

    @classmethod
    def from_exception(cls, e: Exception) -> CustomError:
        """The error for any exception."""
        made = cls(type(e).__name__, str(e))
        made.__cause__ = e
        return made


class _CodedError(RuntimeUserError):
    """An error whose code is the name of its class."""

    def __init__(self, message: str, code: str | None = None, **parts: str) -> None:
        super().__init__(code or type(self).__name__, message, "user", **parts)


class TaskTimeoutError(_CodedError, TimeoutError):
    """A time limit was reached; also the builtin TimeoutError."""


class MaxRuntimeExceededError(TaskTimeoutError):
    """One attempt ran longer than `max_runtime`."""


class MaxQueuedTimeExceededError(TaskTimeoutError):
    """One attempt waited longer than `max_queued_time`."""


class DeadlineExceededError(TaskTimeoutError):
    """All attempts together took longer than `deadline`."""


class NonRecoverableError(_CodedError):
    """Raise it in a task to say: trying again is useless."""


class NotInTaskContextError(_CodedError):
    """Only a running task can do this."""


class RemoteTaskNotFoundError(_CodedError):
    """There is no such task on the platform."""


class RuntimeDataValidationError(RuntimeUserError):
    """A task's output does not fit the type that it declares."""

    def __init__(self, var: str, e: BaseException | str, task_name: str = "", **parts: str) -> None:
        where = f"{task_name}.{var}" if task_name else var
        super().__init__("DataValidationError", str(e), "user", **{"where": where, **parts})


class DeploymentError(_CodedError):
    """Nothing can be deployed from here."""


class ImageBuildError(_CodedError):
    """No image can be built from here."""


class ModuleLoadError(_CodedError):
    """The user's module cannot be loaded."""


class InlineIOMaxBytesBreached(_CodedError):  # noqa: N818 - the name that Flyte's users catch
    """Inputs or outputs are larger than `max_inline_io_bytes`."""


class ActionAbortedError(_CodedError):
    """The action was stopped from outside."""


class OnlyAsyncIOSupportedError(_CodedError):
    """Only the async form exists."""


class ParameterMaterializationError(_CodedError):
    """A parameter's value cannot be made."""


class RestrictedTypeError(_CodedError):
    """The type is not allowed here."""


class CodeBundleError(_CodedError):
    """The code cannot be bundled."""


class SyncTaskCallInAsyncContextError(_CodedError):
    """A blocking call where only an awaited one is possible."""


class TraceDoesNotAllowNestedTasksError(_CodedError):
    """A function marked `@trace` cannot call tasks; `task.forward(...)` calls the plain function."""


class RunNameError(DrawloomError, ValueError):
    """A run's name is taken, or is no safe name for a folder."""


class UnsupportedHereError(DrawloomError, ValueError):
    """Asked for something that this process cannot do honestly; the error says why and what to do instead."""


class ConditionTimedoutError(_CodedError, TimeoutError):
    """Nobody answered in time."""


class ConditionFailedError(_CodedError):
    """The answer cannot be had."""


__all__ = [
    "ActionAbortedError",
    "BaseRuntimeError",
    "CheckpointCorruptError",
    "CodeBundleError",
    "CompileError",
    "ConditionFailedError",
    "ConditionTimedoutError",
    "CustomContextError",
    "CustomError",
    "DeadlineExceededError",
    "DeploymentError",
    "DrawloomError",
    "ErrorKind",
    "FlyteAssertion",
    "ImageBuildError",
    "InitializationError",
    "InlineIOMaxBytesBreached",
    "MaxQueuedTimeExceededError",
    "MaxRuntimeExceededError",
    "ModuleLoadError",
    "NonRecoverableError",
    "NotInTaskContextError",
    "OOMError",
    "OnlyAsyncIOSupportedError",
    "ParameterMaterializationError",
    "RemoteTaskNotFoundError",
    "RestrictedTypeError",
    "RetriesExhaustedError",
    "RunNameError",
    "RuntimeDataValidationError",
    "RuntimeSystemError",
    "RuntimeUnknownError",
    "RuntimeUserError",
    "SyncTaskCallInAsyncContextError",
    "TaskInterruptedError",
    "TaskTimeoutError",
    "TraceDoesNotAllowNestedTasksError",
    "TypeTransformerFailedError",
    "UnsupportedHereError",
]
