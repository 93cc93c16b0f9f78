"""Stand-ins in tests: `with task_mock(t) as mock: mock.return_value = 3`, and the decorator `@patch(t)`.

A stand-in replaces what a task, a workflow or a reference executes, called by itself or as a node, and nothing else: inputs and
outputs are still converted and checked.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from drawloom.context import SecretsManager
from drawloom.exports.lazy_exports import lazy
from literals import DrawloomError, preview

if TYPE_CHECKING:
    from drawloom.local.fuzzing import given_inputs

__getattr__, __dir__ = lazy(__name__, {"given_inputs": "drawloom.local.fuzzing"})
P = ParamSpec("P")
R = TypeVar("R")


@contextmanager
def task_mock(t: object) -> Generator[Any, None, None]:
    """A `MagicMock` in place of what `t` executes, for the block.

    Raises:
        DrawloomError: `t` is not a task, workflow, launch plan or reference.
    """
    from unittest.mock import MagicMock  # noqa: PLC0415 - tests only

    if not hasattr(t, "execute") or isinstance(t, type):
        raise DrawloomError(
            "only an entity can be mocked",
            where="task_mock",
            expected="a task, workflow or launch plan",
            got=preview(t),
            fix="give the task itself",
        )
    kept = vars(t).get("execute")
    mock = MagicMock()
    setattr(t, "execute", mock)  # noqa: B010 - any entity has it, and object does not
    try:
        yield mock
    finally:
        if kept is None:
            delattr(t, "execute")
        else:
            setattr(t, "execute", kept)  # noqa: B010 - same


def patch(target: object) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """A decorator that gives a test function the `MagicMock` in place of what `target` executes, as first argument."""

    def wrapper(test: Callable[..., R]) -> Callable[..., R]:
        @functools.wraps(test)
        def patched(*args: Any, **kwargs: Any) -> R:
            with task_mock(target) as mock:
                return test(mock, *args, **kwargs)

        # Without the mock, which is not a fixture of pytest's; the other parameters may be.
        signature = inspect.signature(test)
        patched.__signature__ = signature.replace(parameters=list(signature.parameters.values())[1:])  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue] - what inspect reads
        return patched

    return wrapper


__all__ = ["SecretsManager", "given_inputs", "patch", "task_mock"]
