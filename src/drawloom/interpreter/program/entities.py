"""A task as the interpreter sees it: what an entity must offer to be run. The compiler's classes fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from typeengine import Codec


class TaskInterface(Protocol):
    """Names and codecs of a task, in declared order."""

    @property
    def input_codecs(self) -> Mapping[str, Codec]:
        """Codecs of the inputs."""
        ...

    @property
    def output_codecs(self) -> Mapping[str, Codec]:
        """Codecs of the outputs."""
        ...

    @property
    def default_inputs(self) -> Mapping[str, Any]:
        """Python values of the inputs that may be left out."""
        ...


class TaskEntity(Protocol):
    """A task as the interpreter sees it; the compiler's classes fit.

    Optional members: `is_dynamic` with `expand(**kwargs) -> ExpandedTask`, `run_task` (of a map task: the entity that runs
    one item), `plain_output` (the name of the one output that is whatever the function returns; None where the result has to
    be split), `plain_function` (what `execute` calls with just its arguments; None where it does more), `is_recoverable(error) -> bool`, `retry_delay(attempt) -> float` (seconds before attempt n, from 1),
    `calls_tasks` (its function calls tasks that are attempts of their own, so it stays where the run is).
    """

    @property
    def name(self) -> str:
        """Full name."""
        ...

    @property
    def python_interface(self) -> TaskInterface:
        """Names and codecs."""
        ...

    def execute(self, **kwargs: Any) -> Any:
        """The user's function; may return an awaitable."""
        ...

    def split_outputs(self, result: Any, /) -> Mapping[str, Any]:
        """What the function returned, by output name."""
        ...


class ExpandedTask(Protocol):
    """What a dynamic task's body became: a `DynamicJobSpec` and the live entities it uses."""

    @property
    def spec(self) -> Any:
        """The `DynamicJobSpec`."""
        ...

    @property
    def entities(self) -> Mapping[Any, Any]:
        """Live entities by key."""
        ...
