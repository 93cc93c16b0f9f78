"""The errors of a run's actions, under the names that Flyte 2's users catch.

An error that a task raises leaves the run as its own class *and* as a RuntimeUserError, whichever of both the caller names
in `except`; `code` is the name of its class, and `__cause__` the object that was raised.
"""

from __future__ import annotations

from compiler import CompileError, FlyteAssertion
from drawloom.context import CheckpointCorruptError, CustomContextError
from drawloom.interpreter import (
    ActionAbortedError,
    BaseRuntimeError,
    CodedError,
    DeadlineExceededError,
    MaxQueuedTimeExceededError,
    MaxRuntimeExceededError,
    NonRecoverableError,
    OOMError,
    RetriesExhaustedError,
    RunDirectoryError,
    RunInUseError,
    RunNameError,
    RuntimeDataValidationError,
    RuntimeSystemError,
    RuntimeUnknownError,
    RuntimeUserError,
    TaskInterruptedError,
    TaskTimeoutError,
)
from drawloom.interpreter import Blame as ErrorKind
from literals import DrawloomError
from typeengine import TypeTransformerFailedError


class InitializationError(BaseRuntimeError):
    """Something was used that `init` or `init_from_config` has to set up first."""

    def __init__(self, code: str, kind: ErrorKind = "user", message: str = "", **parts: str) -> None:
        super().__init__(code, kind, message, **parts)


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


class NotInTaskContextError(CodedError):
    """Only a running task can do this."""


class RemoteTaskNotFoundError(CodedError):
    """There is no such task on the platform."""


class DeploymentError(CodedError):
    """Nothing can be deployed from here."""


class ImageBuildError(CodedError):
    """No image can be built from here."""


class ModuleLoadError(CodedError):
    """The user's module cannot be loaded."""


class InlineIOMaxBytesBreached(CodedError):  # noqa: N818 - the name that Flyte's users catch
    """Inputs or outputs are larger than `max_inline_io_bytes`."""


class OnlyAsyncIOSupportedError(CodedError):
    """Only the async form exists."""


class ParameterMaterializationError(CodedError):
    """A parameter's value cannot be made."""


class RestrictedTypeError(CodedError):
    """The type is not allowed here."""


class CodeBundleError(CodedError):
    """The code cannot be bundled."""


class SyncTaskCallInAsyncContextError(CodedError):
    """A blocking call where only an awaited one is possible."""


class TraceDoesNotAllowNestedTasksError(CodedError):
    """A function marked `@trace` cannot call tasks; `task.forward(...)` calls the plain function."""


class UnsupportedHereError(DrawloomError, ValueError):
    """Asked for something that this process cannot do honestly; the error says why and what to do instead."""


class ConditionTimedoutError(CodedError, TimeoutError):
    """Nobody answered in time."""


class ConditionFailedError(CodedError):
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
    "RunDirectoryError",
    "RunInUseError",
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
