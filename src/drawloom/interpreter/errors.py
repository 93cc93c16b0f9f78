"""What can go wrong in a run, whichever way the task was started: as a node of a graph, as an action, in a process.

The classes here say what drawloom itself found wrong, or what Flyte 2's users catch. Which errors earn a node another
attempt: those whose class has a true `recoverable` attribute, and whatever a task's own `is_recoverable` says.
"""

from __future__ import annotations

from typing import Any, Final, Literal, NoReturn, TypeAlias, cast

from literals import DrawloomError, attempt
from literals import FlyteRecoverableException as _Recoverable

FlyteRecoverableException = _Recoverable
"""Raised by a task to ask for another attempt, if its `retries` leave one; tasks of drawloom's own raise it, too."""
Blame: TypeAlias = Literal["system", "unknown", "user"]
"""Whose fault an error is."""


class LoadError(DrawloomError, ValueError):
    """A file, folder or message that holds no program: truncated, foreign, made by a newer drawloom, or incomplete."""


class EntityNotFoundError(DrawloomError, LookupError):
    """A name that the program does not hold, or code that cannot be found where the program says it is."""


class ReferenceNotRegisteredError(EntityNotFoundError, NotImplementedError):
    """A node points to an entity outside the program, and nothing was given to stand for it."""


class InputError(DrawloomError, TypeError, ValueError):
    """Inputs of a run or of a task: one is missing, unknown, or of another type."""


class OutputError(DrawloomError, AssertionError):
    """A node did not give an output that another node or the workflow reads."""


class FlytePromiseAttributeResolveException(DrawloomError, AssertionError):  # noqa: N818 - flytekit's name
    """An attribute path leads to nothing: no such key, index or field in the value."""


class ConditionError(DrawloomError, AssertionError):
    """The two sides of a condition cannot be compared, or one has no value."""


class BranchFailedError(DrawloomError, ValueError):
    """No case of a branch held and its default is `fail(message)`; the message is `what`."""


class FlyteDisapprovalException(DrawloomError, AssertionError):  # noqa: N818 - flytekit's name
    """An approval gate was answered with no."""


class GateTimeoutError(DrawloomError, TimeoutError):
    """Nobody answered a gate in its time."""


class GateUnansweredError(DrawloomError, RuntimeError):
    """A gate waits for a signal, and the run has nobody to ask."""


class MapLengthError(DrawloomError, IndexError, ValueError):
    """The lists that an array node zips have different lengths."""


class BaseRuntimeError(DrawloomError, RuntimeError):
    """A task failed: `code` says how, `kind` whose fault it was, `worker` where."""

    def __init__(
        self, code: str, kind: Blame, root_cause_message: str, worker: str | None = None, **parts: str
    ) -> None:
        super().__init__(root_cause_message, **parts)
        self.code = code
        self.kind = kind
        self.worker = worker

    def __reduce__(self) -> tuple[Any, ...]:
        # Subclasses take other arguments than they keep in `args`.
        return _restored, (type(self), self.args, self.__dict__)

    def _reraise(self, *_: object) -> NoReturn:
        """`map` may give an error as a value; arithmetic on it shows the error instead of a TypeError."""
        raise self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _reraise
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _reraise


def _restored(kind: type[BaseException], args: tuple[Any, ...], fields: dict[str, Any]) -> BaseException:
    # The class that decides the object's layout (a TimeoutError is an OSError) makes it; others cannot.
    layout = kind
    while layout.__module__ != "builtins":
        layout = cast("type[BaseException]", layout.__base__)
    error = layout.__new__(kind, *args)
    error.args = args
    error.__dict__.update(fields)
    return error


class RuntimeSystemError(BaseRuntimeError):
    """The system failed, not the task."""

    def __init__(self, code: str, message: str, worker: str | None = None, **parts: str) -> None:
        super().__init__(code, "system", message, worker, **parts)


USER_ERROR: Final = "USER:RuntimeError"
"""The code of a user's error that says none."""


def said_code(error: object) -> str:
    """The code that a user's error says by an attribute `error_code`, a text or a number, as flytekit reads it; "" for none."""
    said = attempt(getattr, error, "error_code", None).value
    return said if isinstance(said, str) else str(said) if type(said) is int else ""


class RuntimeUserError(BaseRuntimeError):
    """The task failed: with a code and a message, or, as flytekit makes it, with the error that the user's code raised.

    `value` is that error; None without one.
    """

    def __init__(
        self, code: str | BaseException, message: str | None = None, worker: str | None = None, **parts: str
    ) -> None:
        self.value = None if message is not None else code
        text = str(code) if message is None else message
        super().__init__(said_code(code) or USER_ERROR if message is None else str(code), "user", text, worker, **parts)

    @property
    def error_code(self) -> str:
        """The code, under flytekit's name."""
        return self.code


class RuntimeUnknownError(BaseRuntimeError):
    """Nobody knows whose fault it was."""

    def __init__(self, code: str, message: str, worker: str | None = None, **parts: str) -> None:
        super().__init__(code, "unknown", message, worker, **parts)


class OOMError(RuntimeUserError):
    """The task ran out of memory."""


class RetriesExhaustedError(RuntimeUserError):
    """Every attempt failed."""


class CodedError(RuntimeUserError):
    """An error whose code is the name of its class."""

    def __init__(self, message: str, code: str | None = None, **parts: str) -> None:
        super().__init__(code or type(self).__name__, message, "user", **parts)


LOST_WORKER: Final = "WorkerLost"
"""The code of the error of an attempt whose worker died; that of an executor which is gone as a whole is another."""
SYSTEM_RETRIES: Final = 3
"""Further attempts of a task whose worker was lost, whatever its own `retries` say."""


class TaskInterruptedError(RuntimeUserError):
    """The machine or the process that ran the task was taken away. Another attempt may help."""

    recoverable = True


class TaskTimeoutError(CodedError, TimeoutError):
    """A task did not end within its time limit; also the builtin TimeoutError. Another attempt may."""

    recoverable = True


class MaxRuntimeExceededError(TaskTimeoutError):
    """One attempt ran longer than the task's timeout."""


class MaxQueuedTimeExceededError(TaskTimeoutError):
    """One attempt waited longer than `max_queued_time`."""


class DeadlineExceededError(TaskTimeoutError):
    """All attempts together took longer than `deadline`, so there is no other one."""

    recoverable = False


class NonRecoverableError(CodedError):
    """Raise it in a task to say: trying again is useless."""

    recoverable = False


class ActionAbortedError(CodedError):
    """The task was stopped from outside."""


class TaskExitError(CodedError):
    """A task called `sys.exit`, or raised another error that would have ended the process."""


class RuntimeDataValidationError(RuntimeUserError):
    """A task's output does not fit the type that it declares."""

    recoverable = False

    def __init__(self, var: str, e: BaseException | str, task_name: str = "", **parts: str) -> None:
        where = f"{task_name}.{var}" if task_name else var
        super().__init__("DataValidationError", str(e), "user", **{"where": where, **parts})


class TaskProcessError(DrawloomError, RuntimeError):
    """A task that ran in a process of its own failed; `code`, text and `document` come from its error document."""

    def __init__(self, what: str, *, recoverable: bool = False, code: str = "", **parts: str) -> None:
        super().__init__(what, **parts)
        self.recoverable = recoverable
        self.code = code
        self.document = ""


class UnsupportedTaskError(DrawloomError, NotImplementedError):
    """A task that cannot run on this machine without what it asks for: an image, a pod, a database."""


class RunDirectoryError(DrawloomError, ValueError, OSError):
    """The record of a run is missing, damaged, of another program, in use, or cannot be written."""


class RunInUseError(RunDirectoryError):
    """A run is going on in this folder."""


class CacheError(DrawloomError, OSError):
    """The file of cached results cannot be read or written by a command that works on it; a run goes on without it."""


class RunNameError(RunDirectoryError):
    """A run's name is taken, or is not a safe name for a folder."""


class StalledError(DrawloomError, RuntimeError):
    """Nothing can go on and the run has not ended: a fault of drawloom."""


def stalled(started: int) -> StalledError:
    """The error for a run of which `started` nodes were started, and none is running or can be started."""
    return StalledError(
        "the run cannot go on",
        expected="a node that can start, or one that is running",
        got=f"{started} nodes started",
        fix="report this as a bug",
    )
