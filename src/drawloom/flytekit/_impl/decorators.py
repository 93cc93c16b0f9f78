"""Decorators of flytekit's that user code imports: a base for decorators with options, and a stopwatch."""

from __future__ import annotations

import abc
import datetime as dt
import functools
import time
from collections.abc import Callable
from typing import Any

from drawloom.context import current_context
from drawloom.local.logging import logger


class ClassDecorator(abc.ABC):
    """A decorator written as a class: used as `@d` or as `@d(option=...)`; `execute` is what runs around the function.

    `self.task_function` is the function, `self.decorator_kwargs` the options. Without a function yet, calling the object
    with one gives the decorated object.
    """

    LINK_TYPE_KEY = "link_type"
    PORT_KEY = "port"

    def __init__(self, task_function: Callable[..., Any] | None = None, **kwargs: Any) -> None:
        self.task_function = task_function
        self.decorator_kwargs = kwargs
        if task_function is not None:
            functools.update_wrapper(self, task_function)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.task_function is not None:
            return self.execute(*args, **kwargs)
        return type(self)(args[0], **self.decorator_kwargs)

    @abc.abstractmethod
    def execute(self, *args: Any, **kwargs: Any) -> Any:
        """What a call does; it may call `self.task_function`."""

    @abc.abstractmethod
    def get_extra_config(self) -> dict[str, str]:
        """What the task's configuration is told of this decorator."""


class timeit:  # noqa: N801 - flytekit's name
    """Measures a block or a function, logs how long it took, and adds that to the task's timeline: `with timeit("step"):` or `@timeit("step")`."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self._began: tuple[dt.datetime, float, float] | None = None

    def __call__(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(fn)
        def timed(*args: Any, **kwargs: Any) -> Any:
            with timeit(self.name or fn.__name__):
                return fn(*args, **kwargs)

        return timed

    def __enter__(self) -> timeit:  # noqa: PYI034 - typing.Self is newer than our oldest Python
        self._began = (dt.datetime.now(dt.timezone.utc), time.perf_counter(), time.process_time())
        return self

    def __exit__(self, *_: object) -> None:
        if self._began is None:
            return
        start, wall, cpu = self._began
        took, worked = time.perf_counter() - wall, time.process_time() - cpu
        part = {"Name": self.name, "Start": start, "Finish": dt.datetime.now(dt.timezone.utc)}
        current_context().timeline_deck.append_time_info({**part, "WallTime": took, "ProcessTime": worked})
        logger.info("%s: %.6f s, of these %.6f s at work", self.name, took, worked)
