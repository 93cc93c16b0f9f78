"""Who a call is, and what its task sees of it. Names and places are made when they are asked for: most calls never are.

A name is two digests of the inputs; a record needs it when it is written, a task hardly ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, final, overload

from drawloom.actions.digests import digest_of
from drawloom.context import ActionID, CheckpointPaths, Report, TaskContext, action_name

R = TypeVar("R")


class _lazy(Generic[R]):  # noqa: N801 - reads as a decorator
    """A field that is made when it is first read. Not `cached_property`, whose lock costs more than what is made here."""

    def __init__(self, make: Callable[[Any], R]) -> None:
        self._make = make
        self._name = make.__name__

    @overload
    def __get__(self, owner: None, kind: type) -> _lazy[R]: ...

    @overload
    def __get__(self, owner: object, kind: type) -> R: ...

    def __get__(self, owner: object | None, kind: type) -> R | _lazy[R]:
        if owner is None:
            return self
        value = owner.__dict__[self._name] = self._make(owner)
        return value


@final
class CallID(ActionID):
    """The identity of a call: its parent, its position among equal calls, its task, inputs and group. Equal to an ActionID."""

    @classmethod
    def below(cls, caller: ActionID, count: int, task: str, inputs: bytes, group: str | None) -> CallID:
        """The `count`th call that `caller` makes of `task` with these inputs in this group."""
        self = object.__new__(cls)
        self.__dict__["of"] = (caller, count, task, inputs, group)
        return self

    @_lazy
    def name(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride] - a field all the same
        """The name that follows from the caller, the task and the inputs."""
        caller, count, task, inputs, group = self.__dict__["of"]
        return action_name(caller.name, count, task, digest_of(inputs), group)

    @_lazy
    def run_name(self) -> str | None:  # pyright: ignore[reportIncompatibleVariableOverride] - same
        """The run's name."""
        return self.__dict__["of"][0].run_name

    @_lazy
    def project(self) -> str | None:  # pyright: ignore[reportIncompatibleVariableOverride] - same
        """The run's project."""
        return self.__dict__["of"][0].project

    @_lazy
    def domain(self) -> str | None:  # pyright: ignore[reportIncompatibleVariableOverride] - same
        """The run's domain."""
        return self.__dict__["of"][0].domain

    @_lazy
    def org(self) -> str | None:  # pyright: ignore[reportIncompatibleVariableOverride] - same
        """The run's organization."""
        return self.__dict__["of"][0].org

    def plain(self) -> ActionID:
        """The same as an ActionID."""
        return _plain(self.name, self.run_name or "", self.project, self.domain, self.org)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, CallID):
            return self.plain() == other.plain()
        return self.plain() == other

    def __hash__(self) -> int:
        return hash(self.plain())

    def __repr__(self) -> str:
        return repr(self.plain())

    def __reduce__(self) -> Any:
        return _plain, (self.name, self.run_name, self.project, self.domain, self.org)


def _plain(name: str, run_name: str, project: str | None, domain: str | None, org: str | None) -> ActionID:
    return ActionID(name=name, run_name=run_name, project=project, domain=domain, org=org)


@final
class CallContext(TaskContext):
    """A TaskContext whose places are made of the action's name when they are asked for."""

    @_lazy
    def output_path(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride] - a field all the same
        """The action's folder below the run's."""
        return f"{self.run_base_dir}/{self.action.name}"

    @_lazy
    def report(self) -> Report:  # pyright: ignore[reportIncompatibleVariableOverride] - same
        """The action's report."""
        return Report(self.__dict__["_task"], self.output_path)

    @_lazy
    def checkpoint_paths(self) -> CheckpointPaths:  # pyright: ignore[reportIncompatibleVariableOverride] - same
        """Where the action's checkpoint is read and written."""
        place = f"{self.__dict__['_checkpoints']}/{self.action.name}/checkpoint"
        return CheckpointPaths(place, place)

    @_lazy
    def data(self) -> dict[str, Any]:  # pyright: ignore[reportIncompatibleVariableOverride] - same
        """Values that the task keeps for itself."""
        return {}

    def has_report(self) -> bool:
        """Whether anything was put into the report."""
        made = self.__dict__.get("report")
        return made is not None and not made.is_empty()
