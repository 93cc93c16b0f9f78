"""A failure on its way out of a run: whose fault it was, whether another attempt may help, and the trail of where it came by.

An error of the user's function is never wrapped: it is re-raised as its own object, with a note for each node or action
that it passed (workflow, node with file:line, task, attempt) and the same as data in `error.drawloom_trail`.
"""

from __future__ import annotations

import enum
from types import TracebackType
from typing import NamedTuple, final

from drawloom.interpreter.errors import TaskExitError
from literals import error_text, foreign_text

_LOOP_RUNS = "cannot be called from a running event loop"
"""What Python says of `asyncio.run` in a coroutine."""


@final
class ErrorKind(enum.Enum):
    """Who is at fault, as `ExecutionError.ErrorKind` has it."""

    USER = "USER"
    SYSTEM = "SYSTEM"


@final
class Step(NamedTuple):
    """One step of a trail, innermost last.

    Attributes:
        workflow: name of the workflow (or dynamic task) whose graph the node is in.
        node: address of the node in the run, such as `n3/n0` or `n1[17]`.
        source: `file:line` of the call that made the node; empty if the program does not say.
        task: name of the task, for the innermost step of a task's failure; else empty.
        attempt: which attempt failed, from 1; 0 where attempts do not apply.
    """

    workflow: str
    node: str
    source: str = ""
    task: str = ""
    attempt: int = 0

    def __str__(self) -> str:
        parts = [self.workflow] if self.workflow else []
        if self.node:
            parts.append(f"{self.node} ({self.source})" if self.source else self.node)
        if self.task:
            parts.append(self.task)
        if self.attempt:
            parts.append(f"attempt {self.attempt}")
        return " › ".join(parts)  # noqa: RUF001 - the sign that separates the steps of a trail


@final
class Failure:
    """Why a node failed.

    Attributes:
        error: the exception, the user's own object where user code raised it.
        kind: whose fault.
        recoverable: another attempt may help.
        node: id of the node that failed, for the failure handler.
        trail: from the outermost step to the innermost.
        others: failures beside this one that the policy let happen or that were under way.
        traceback: the traceback that starts at the user's own frame; None if no user code ran.
    """

    __slots__ = ("error", "kind", "node", "others", "recoverable", "traceback", "trail")

    def __init__(
        self,
        error: BaseException,
        kind: ErrorKind = ErrorKind.USER,
        *,
        recoverable: bool = False,
        node: str = "",
        trail: tuple[Step, ...] = (),
        others: tuple[Failure, ...] = (),
        traceback: TracebackType | None = None,
    ) -> None:
        self.error = error
        self.kind = kind
        self.recoverable = recoverable
        self.node = node
        self.trail = trail
        self.others = others
        self.traceback = traceback

    def __repr__(self) -> str:
        return f"Failure({self.message()!r}, {self.kind}, recoverable={self.recoverable}, trail={self.trail!r})"

    def under(self, step: Step) -> Failure:
        """The same failure, seen from one level further out."""
        return self._with((step, *self.trail), self.others)

    def beside(self, others: tuple[Failure, ...]) -> Failure:
        """The same failure, with those that happened beside it."""
        return self._with(self.trail, self.others + others)

    def _with(self, trail: tuple[Step, ...], others: tuple[Failure, ...]) -> Failure:
        return Failure(
            self.error,
            self.kind,
            recoverable=self.recoverable,
            node=self.node,
            trail=trail,
            others=others,
            traceback=self.traceback,
        )

    def message(self) -> str:
        """`Type: text`, as error documents say it."""
        return error_text(self.error)

    def raisable(self) -> BaseException:
        """The exception with trail and notes attached, its traceback cut to the user's frames."""
        error = self.error
        if not isinstance(error, Exception) and not isinstance(error, KeyboardInterrupt):
            cause = error
            error = TaskExitError(
                f"the task ended with {error_text(cause)}",
                where=str(self.trail[-1]) if self.trail else "",
                expected="a task that returns or raises an Exception",
                got=error_text(cause),
                fix="return a value or raise an Exception; a task must not end the process",
            )
            error.__cause__ = cause
        notes = [f"in {step}" for step in self.trail]
        notes += [
            f"also failed: {other.message()} (in {other.trail[-1] if other.trail else '?'})" for other in self.others
        ]
        if isinstance(error, (TypeError, AttributeError)) and "'coroutine'" in foreign_text(error):
            notes.append("to fix: a call of an async task gives a coroutine; write `await` before it")
        elif isinstance(error, RuntimeError) and _LOOP_RUNS in str(error):
            notes.append(
                "to fix: an async task runs in a loop already; write `await` before the coroutine instead of asyncio.run"
            )
        _annotate(error, notes)
        _set(error, "drawloom_trail", self.trail)
        _set(error, "drawloom_traceback", self.traceback)
        _set(error, "drawloom_failures", (self, *self.others))
        return error.with_traceback(self.traceback)


def pass_on(error: BaseException, trail: tuple[Step, ...], into: object) -> None:
    """Note where an error came by on its way into `into`: the attempt whose code it is raised in, or None for no attempt."""
    _annotate(error, [f"in {step}" for step in trail])
    _set(error, "drawloom_trail", trail)
    came_into(error, into)


def came_into(error: BaseException, into: object) -> None:
    """Note the attempt whose code an error with a trail is raised in; it is forgotten when that attempt passes it on."""
    _set(error, "drawloom_into", into)


def trail_within(error: BaseException, attempted: object) -> tuple[Step, ...]:
    """The trail of an error that came out of what this attempt called; none of one that it raised itself.

    The same object may have been raised in an earlier run, and have a trail from there.
    """
    into = getattr(error, "drawloom_into", None)
    return getattr(error, "drawloom_trail", ()) if into is not None and into is attempted else ()


def _set(error: BaseException, name: str, value: object) -> None:
    try:
        setattr(error, name, value)
    except AttributeError:
        return  # a class with __slots__ keeps its error as it is


def _annotate(error: BaseException, lines: list[str]) -> None:
    # `add_note` is Python 3.11's; the attribute it fills is harmless before. An object that was raised in an earlier
    # run (a constant, a cached error) keeps the notes of this run only.
    before = [
        note for note in getattr(error, "__notes__", ()) if not note.startswith(("in ", "also failed: ", "to fix: "))
    ]
    _set(error, "__notes__", before + lines)


def forget_where(error: BaseException) -> None:
    """Drop what an error knows of this process: the attempt that it came into, failures beside it, frames. Its trail stays."""
    for name in ("drawloom_into", "drawloom_failures", "drawloom_traceback"):
        error.__dict__.pop(name, None)


def is_recoverable(error: BaseException) -> bool:
    """Whether the error asks for another attempt by its own class."""
    return bool(getattr(error, "recoverable", False))


ABORTED = Failure(RuntimeError("stopped because another node failed"), ErrorKind.SYSTEM)
"""Stands for a node that was not allowed to end; it is never reported."""
