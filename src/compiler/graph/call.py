"""What a call does depends on the context, never on the data.

While a workflow body is traced, a call makes a node. Anywhere else it is handed to the runner that the door installed,
with every input filled in: given, by default, or None where None is a value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compiler.errors import FlyteAssertion
from compiler.graph.node import Entity
from compiler.graph.promise import OutputTuple, Promise, VoidPromise
from compiler.graph.trace import arguments, require_inputs
from compiler.source.interface import Interface, admits_none
from drawloom.context import current, runner
from literals import attempt, entrance, pb, shown
from typeengine import NamedCodecs

__tracebackhide__ = True  # pytest leaves out the frames of this module


def call_entity(entity: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """Call `entity`: a node in an open trace, else a run.

    Raises:
        ArgumentError: outside a trace, the arguments do not fit. In a trace such mistakes are gathered.
    """
    trace = current().trace
    if trace is not None:
        return trace.call(entity, args, kwargs)
    outcome = attempt(runner(), entity, complete_inputs(entity, args, kwargs))
    if outcome.error is None:
        return outcome.value
    try:
        raise shown(outcome.error)
    finally:
        del outcome  # an error that its own traceback holds would live until the next collection


@entrance
def complete_inputs(entity: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Every input by name.

    Raises:
        ArgumentError: an unknown, repeated or missing argument.
    """
    interface: Interface = entity.python_interface
    given, problems = arguments(interface, args, kwargs, entity.name)
    if problems:
        raise problems[0]
    require_inputs(interface, given, entity.name)
    values: dict[str, Any] = {}
    for name, hint in interface.inputs.items():
        if name in given:
            values[name] = given[name]
        elif name in interface.default_inputs:
            values[name] = interface.default_inputs[name]
        elif admits_none(hint):
            values[name] = None
    return values


def execute_locally(entity: Entity, kwargs: Mapping[str, Any]) -> Any:
    """Run an entity on ready promises, literals or Python values; results come as ready promises.

    Raises:
        FlyteAssertion: a promise among the inputs is not ready.
    """
    interface: Interface = entity.python_interface
    values: dict[str, Any] = {}
    for name, value in complete_inputs(entity, (), kwargs).items():
        values[name] = _native(interface, name, value, entity.name)
    return ready_promises(interface, runner()(entity, values), entity.name)


def _native(interface: Interface, name: str, value: Any, owner: str) -> Any:
    if isinstance(value, Promise):
        if value.drawloom_node is not None:
            raise FlyteAssertion(
                f"the promise for input `{name}` is not ready",
                where=owner,
                expected="a promise whose node has run",
                got=repr(value),
                fix="give the value itself, or call it in the body of a @workflow",
            )
        value = value.drawloom_val
    if isinstance(value, pb.Literal):
        codecs = NamedCodecs(interface.input_codecs, owner)
        return codecs.decode_one(name, value.SerializeToString(deterministic=True))
    return value


def ready_promises(interface: Interface, result: Any, owner: str) -> Any:
    """A Python result as promises that hold literals."""
    values = interface.split_outputs(result)
    if not values:
        return VoidPromise(owner)
    encoded = NamedCodecs(interface.output_codecs, owner, "output").encode(values)
    made = [Promise(name, pb.Literal.FromString(data), interface.outputs[name]) for name, data in encoded.items()]
    if len(made) == 1 and not interface.output_tuple_name:
        return made[0]
    return type("Outputs", (OutputTuple, interface.output_tuple), {"__slots__": ()})(*made)
