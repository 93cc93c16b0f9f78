"""`group` and `trace`: name a stretch of calls, and record a plain function as a step of the running task."""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from types import TracebackType
from typing import Any, ParamSpec, TypeVar, cast, final

from drawloom.actions.digests import joined
from drawloom.actions.pickling import resolved
from drawloom.actions.record import ActionRecord
from drawloom.context import AmbientState, GroupData, activate, current, restore, using
from drawloom.interpreter import State as NodeState
from drawloom.interpreter import digest_of_code
from literals import attempt, error_text
from typeengine import NamedCodecs, default_engine

P = ParamSpec("P")
R = TypeVar("R")


@final
class group:  # noqa: N801 - reads as a statement: `with group("train"):`
    """`with group(name):` names the calls made in the block; the name is part of their actions' names.

    Inner groups replace outer ones. Outside a task nothing happens.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._open: list[using | None] = []

    def __enter__(self) -> group:
        task = current().task
        scope = None if task is None else using(group=self.name, task=replace(task, group_data=GroupData(self.name)))
        if scope is not None:
            scope.__enter__()
        self._open.append(scope)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        scope = self._open.pop()
        if scope is not None:
            scope.__exit__(kind, error, trace)


def trace(func: Callable[P, R]) -> Callable[P, R]:
    """Record each call of a function inside a task: its own action, inputs, outcome and duration. Elsewhere a plain call.

    Works on functions, coroutine functions, generators and async generators. A traced function cannot call tasks.
    """
    if inspect.isasyncgenfunction(func):

        @functools.wraps(func)
        async def async_generator(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
            with _Step(func, args, kwargs) as step:
                source = func(*args, **kwargs)
            async for item in _stepwise_async(cast("Any", source), step.inside):
                yield item

        return cast("Callable[P, R]", async_generator)
    if inspect.iscoroutinefunction(func):

        @functools.wraps(func)
        async def coroutine(*args: Any, **kwargs: Any) -> Any:
            with _Step(func, args, kwargs) as step:
                return step.value if step.is_known() else step.gave(await cast("Any", func(*args, **kwargs)))

        return cast("Callable[P, R]", coroutine)
    if inspect.isgeneratorfunction(func):

        @functools.wraps(func)
        def generator(*args: Any, **kwargs: Any) -> Iterator[Any]:
            with _Step(func, args, kwargs) as step:
                source = func(*args, **kwargs)
            yield from _stepwise(cast("Any", source), step.inside)

        return cast("Callable[P, R]", generator)

    @functools.wraps(func)
    def plain(*args: Any, **kwargs: Any) -> Any:
        with _Step(func, args, kwargs) as step:
            return step.value if step.is_known() else step.gave(func(*args, **kwargs))

    return cast("Callable[P, R]", plain)


def _stepwise(source: Iterator[Any], state: AmbientState | None) -> Iterator[Any]:
    """Each step of a generator under the trace; what is between the steps belongs to the caller."""
    while True:
        token = activate(state) if state is not None else None
        try:
            item = next(source)
        except StopIteration:
            return
        finally:
            if token is not None:
                restore(token)
        yield item


async def _stepwise_async(source: AsyncIterator[Any], state: AmbientState | None) -> AsyncIterator[Any]:
    while True:
        token = activate(state) if state is not None else None
        try:
            item = await source.__anext__()
        except StopAsyncIteration:
            return
        finally:
            if token is not None:
                restore(token)
        yield item


@final
class _Step:
    """One call of a traced function; inside a task, an action.

    `inside`: the ambient record of the function; None outside a task. `value`: what a resumed run recorded it to have given.
    """

    def __init__(self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.inside: AmbientState | None = None
        self.value: Any = None
        self._func = func
        self._outputs: dict[str, bytes] | None = None
        self._is_recorded = False
        self._started = time.monotonic()
        self._around = state = current()
        if state.task is None or state.run is None:
            return
        bare = inspect.unwrap(func)
        self._hints = {name: hint for name, hint in resolved(bare).items() if not isinstance(hint, str)}
        bound = inspect.signature(bare).bind(*args, **kwargs).arguments
        self._name = getattr(func, "__qualname__", type(func).__name__).rpartition(".")[2]
        codecs = {name: default_engine().codec(self._hints[name]) for name in bound if name in self._hints}
        literals = NamedCodecs(codecs, self._name).encode({name: bound[name] for name in codecs})
        # Only where each argument has a type, and so counts, does the name stand for the call.
        self._is_certain = literals.keys() == bound.keys()
        self._literals = literals
        self._id = state.run.child(self._name, joined(literals), state.group)
        task = state.task.replace(action=self._id, task_action=state.task.task_action)
        self.inside = state.changed(in_trace=True, task=task)

    def is_known(self) -> bool:
        """Whether this is a resumed run, and the call has succeeded before: `value` is what it gave."""
        known = self._around.run.run.known if self.inside is not None else None
        if known is None or not self._is_certain or not known.knows(self._id.name):
            return False
        outputs = known.recall(self._id.name, self._name, self._literals, self._code())
        if outputs is None:
            return False
        if outputs:
            outcome = attempt(lambda: self._named_output().decode_one("o0", outputs["o0"]))
            if outcome.error is not None:
                return False
            self.value = outcome.value
        self._is_recorded = True
        self._note(NodeState.RECOVERED)
        return True

    def gave(self, value: Any) -> Any:
        """What the function gave, which a record keeps if it has a type that fits."""
        if self.inside is not None and "return" in self._hints:
            hint = self._hints["return"]
            if hint is None:
                self._outputs = {} if value is None else None
            else:
                outcome = attempt(lambda: self._named_output().encode_one("o0", value))
                self._outputs = outcome.unwrap() if outcome.error is None else None
        return value

    def _named_output(self) -> NamedCodecs:
        return NamedCodecs({"o0": default_engine().codec(self._hints["return"])}, self._name, "output")

    def _code(self) -> str:
        return digest_of_code(self._func)

    def __enter__(self) -> _Step:
        if self.inside is not None:
            self._token = activate(self.inside)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.inside is None:
            return
        restore(self._token)
        if self._is_recorded:
            return
        self._note(NodeState.SUCCEEDED if error is None else NodeState.FAILED, error)

    def _note(self, state: NodeState, error: BaseException | None = None) -> None:
        self._around.run.run.log.add(
            ActionRecord(
                id=self._id,
                task=self._name,
                code=self._code,
                inputs=self._literals,
                parent=self._around.task.action,
                group=self._around.group,
                state=state,
                seconds=time.monotonic() - self._started,
                attempts=1,
                failures=(),
                error=error_text(error) if error is not None else None,
                outputs=self._outputs,
                ended=time.time(),
            )
        )
