"""The functions of `flytekit.core.interface`: signatures as messages, as parameters, and as lists of their types."""

from __future__ import annotations

import typing
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from compiler import Interface, check_artifacts, list_interface, parameter_map, read_outputs
from literals import pb
from typeengine import TypeEngine


def extract_return_annotation(return_annotation: object) -> dict[str, Any]:
    """Output names and types of a return annotation.

    Raises:
        FlyteValidationException: a tuple of one.
    """
    return read_outputs(return_annotation, "return annotation")[0]


def transform_interface_to_typed_interface(
    interface: Interface | None,
    allow_partial_artifact_id_binding: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
) -> pb.TypedInterface | None:
    """The signature as a message.

    `allow_partial_artifact_id_binding`: partitions of artifacts may be bound while the task runs.

    Raises:
        FlyteValidationException: an artifact of an output has a partition that is bound to no input, or to nothing.
        DrawloomError: a type that is not supported.
    """
    if interface is None:
        return None
    check_artifacts(
        interface.inputs, interface.outputs, interface.owner, binds_at_runtime=allow_partial_artifact_id_binding
    )
    return interface.typed()


def transform_inputs_to_parameters(ctx: object, interface: Interface | None) -> pb.ParameterMap:
    """The inputs as a launch plan has them: each with its default, filled by an artifact, or required."""
    del ctx
    return pb.ParameterMap() if interface is None else parameter_map(interface, {}, {})


def transform_types_to_list_of_type(
    m: Mapping[str, Any],
    bound_inputs: Collection[str],
    list_as_optional: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
) -> dict[str, Any]:
    """Lists of the types, without those that are bound; lists of optional ones where elements may be missing."""
    return {
        name: hint if name in bound_inputs else typing.List[typing.Optional[hint] if list_as_optional else hint]  # noqa: UP006, UP045 - flytekit's spelling, which compares equal with users' own
        for name, hint in m.items()
    }


def transform_interface_to_list_interface(
    interface: Interface,
    bound_inputs: Collection[str],
    excluded_inputs: Collection[str] = (),
    optional_outputs: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
) -> Interface:
    """The signature of a map: lists of the inputs that are not bound, without the excluded ones, and lists of the outputs."""
    left = interface.remove_inputs([name for name in interface.inputs if name in excluded_inputs])
    return list_interface(left, bound_inputs, optional=optional_outputs)


def transform_type(x: object, description: str | None = None) -> pb.Variable:
    """A variable of that type.

    Raises:
        DrawloomError: a type that is not supported.
    """
    return pb.Variable(type=TypeEngine.to_literal_type(x), description=description or "")


def transform_variable_map(
    variable_map: Mapping[str, Any], descriptions: Mapping[str, str] | None = None
) -> dict[str, pb.Variable]:
    """Variables by name; each is described by its name where nothing else is said.

    Raises:
        DrawloomError: a type that is not supported.
    """
    texts = descriptions or {}
    return {name: transform_type(hint, texts.get(name) or name) for name, hint in variable_map.items()}


def default_output_name(index: int = 0) -> str:
    """The name of an output that has none of its own."""
    return f"o{index}"


def output_name_generator(length: int) -> Iterator[str]:
    """The names of that many outputs that have none of their own."""
    return map(default_output_name, range(length))
