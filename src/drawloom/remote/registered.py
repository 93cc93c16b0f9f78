"""Entities as a platform has them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from literals import pb
from typeengine import TypeEngine


class Registrable(Protocol):
    """A task, workflow or launch plan of this process."""

    @property
    def resource_type(self) -> int:
        """Its kind: 1 a task, 2 a workflow, 3 a launch plan."""
        ...

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def python_interface(self) -> Any:
        """What it takes and gives, as Python types."""
        ...


@dataclass(frozen=True)
class RegisteredEntity:
    """A task, workflow or launch plan of a platform: its identifier, its interface, and its message.

    `message`: a TaskTemplate, WorkflowTemplate or LaunchPlan. `fixed`: names of the inputs that a launch plan fixes.
    """

    id: pb.Identifier
    interface: pb.TypedInterface
    message: Any

    @property
    def name(self) -> str:
        """Its name."""
        return self.id.name

    @property
    def python_inputs(self) -> Mapping[str, Any]:
        """A Python type for each input, guessed from its literal type."""
        return TypeEngine.guess_python_types(self.interface.inputs.variables)

    @property
    def python_outputs(self) -> Mapping[str, Any]:
        """A Python type for each output, guessed from its literal type."""
        return TypeEngine.guess_python_types(self.interface.outputs.variables)


class LazyEntity:
    """A registered entity that is fetched when something of it is first asked for. `name`: as it was asked for."""

    def __init__(self, name: str, fetch: Callable[[], RegisteredEntity]) -> None:
        self.name = name
        self._fetch = fetch
        self._found: RegisteredEntity | None = None

    @property
    def entity(self) -> RegisteredEntity:
        """The entity.

        Raises:
            NotRegisteredError: there is no such thing on the platform.
            RemoteError: the platform refuses.
        """
        if self._found is None:
            self._found = self._fetch()
        return self._found

    def entity_fetched(self) -> bool:
        """Whether it was fetched."""
        return self._found is not None

    @property
    def id(self) -> pb.Identifier:
        """Its identifier."""
        return self.entity.id

    @property
    def interface(self) -> pb.TypedInterface:
        """What it takes and gives."""
        return self.entity.interface

    @property
    def message(self) -> Any:
        """Its message."""
        return self.entity.message

    def __repr__(self) -> str:
        return f"LazyEntity({self.name!r})" if self._found is None else repr(self._found)


def interface_of_plan(plan: pb.LaunchPlan) -> pb.TypedInterface:
    """What a launch plan takes and gives, from its closure; fixed inputs are not taken."""
    made = pb.TypedInterface()
    for name, parameter in plan.closure.expected_inputs.parameters.items():
        made.inputs.variables[name].CopyFrom(parameter.var)
    made.outputs.CopyFrom(plan.closure.expected_outputs)
    return made
