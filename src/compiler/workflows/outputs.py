"""The two ends of a workflow's body: what it returns, bound to the declared outputs, and the node for its failure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from compiler.errors import (
    AuthoringError,
    FlyteAssertion,
    FlyteFailureNodeInputMismatchException,
    FlyteValueException,
    PromiseUseError,
)
from compiler.graph.bind import Bound, bind
from compiler.graph.member_path import hint_text
from compiler.graph.node import Entity, Node
from compiler.graph.promise import OutputTuple, Promise, VoidPromise
from compiler.graph.trace import Trace, located
from compiler.options.option_kinds import PlatformValue
from compiler.source.interface import Interface, admits_none
from compiler.source_location import LazyLocation, SourceLocation, resolved
from drawloom.ir import mismatch
from literals import DrawloomError, preview
from typeengine import NamedCodecs


def bind_outputs(trace: Trace, interface: Interface, result: Any, location: LazyLocation) -> list[tuple[str, Bound]]:
    """What a body returned, bound to the declared outputs. Mistakes are gathered in the trace."""
    names = list(interface.outputs)
    if not names:
        if result is not None and not isinstance(result, VoidPromise):
            _report_at(
                trace,
                FlyteValueException(
                    "the workflow returns a value and declares none",
                    where=trace.name,
                    expected="nothing, as for `-> None`",
                    got=repr(result),
                    fix="annotate the return type, or return nothing",
                ),
                location,
            )
        return []
    try:
        values = _split(interface, result, trace.name)
    except AuthoringError as error:
        _report_at(trace, error, location)
        return []
    bound: list[tuple[str, Bound]] = []
    for name, value in values.items():
        try:
            bound.append((name, bind(value, interface.outputs[name], interface.output_codecs[name])))
        except DrawloomError as error:  # noqa: PERF203 - each output has its own mistake
            _report_at(trace, located(error, f"{trace.name}, output `{name}`", None), location)
    return bound


def _report_at(trace: Trace, error: AuthoringError, location: LazyLocation) -> None:
    error.location = resolved(location) or error.location
    trace.errors.append(error)


def _split(interface: Interface, result: Any, name: str) -> dict[str, Any]:
    names = list(interface.outputs)
    several = isinstance(result, (tuple, OutputTuple))
    if result is None and not (len(names) == 1 and admits_none(interface.outputs[names[0]])):
        raise FlyteValueException(
            "the workflow declares outputs and returns nothing",
            where=name,
            expected=", ".join(names),
            got="None",
            fix="return the promises of the outputs",
        )
    if isinstance(result, VoidPromise):
        raise PromiseUseError(
            f"the workflow returns the result of `{result.task_name}`, which declares no output",
            where=name,
            expected=repr(interface),
            got=repr(result),
            fix=f"annotate what `{result.task_name}` returns, or return nothing and annotate `-> None`",
        )
    if len(names) == 1:
        if isinstance(result, OutputTuple) and len(result) == 1:
            return {names[0]: result[0]}
        if isinstance(result, OutputTuple):
            raise FlyteAssertion(
                f"several outputs are returned where one is declared: {names[0]}",
                where=name,
                expected="one value",
                got=repr(result),
                fix=f"return one of them, such as result.{result._fields[0]}, or declare a tuple",  # type: ignore[attr-defined] # pyright: ignore - the namedtuple beside the mixin
            )
        return interface.split_outputs(result)
    if isinstance(result, Promise) or not several:
        raise FlyteAssertion(
            f"one value is returned where {len(names)} are declared",
            where=name,
            expected=f"a tuple: {', '.join(names)}",
            got=preview(result),
            fix="return one value for each declared output, or change the return annotation",
        )
    return interface.split_outputs(result)


def check_defaults(trace: Trace, interface: Interface, location: LazyLocation) -> None:
    """Defaults of the wrong type are gathered in the trace; what only the platform fills in is not looked at."""
    codecs = NamedCodecs(interface.input_codecs, trace.name, "default of input")
    for name, value in interface.default_inputs.items():
        if value is None or isinstance(value, PlatformValue) or interface.input_codecs[name].accepts(value):
            continue
        try:
            codecs.encode({name: value})
        except DrawloomError as error:
            _report_at(trace, located(error, "", None), location)


def failure_node(
    trace: Trace, workflow_interface: Interface, entity: Entity, inputs: Mapping[str, Any], location: LazyLocation
) -> Node | None:
    """The node that is run when the workflow fails: every workflow input by name, other inputs none.

    Mistakes are gathered in the trace.
    """
    handler: Interface = entity.python_interface
    for problem in _handler_mismatches(handler, workflow_interface, entity.name):
        _report_at(trace, problem, location)
    inner = Trace(trace.name, prefix="f")
    given = {name: value for name, value in inputs.items() if name in handler.inputs}
    bound = inner.bind_inputs(entity, (), given, None)
    for problem in inner.errors:
        problem.location = resolved(location) or problem.location
    if not trace.errors:
        trace.errors.extend(inner.errors)
    return inner.add(entity, bound, location if isinstance(location, SourceLocation) else None)


def _handler_mismatches(handler: Interface, workflow_interface: Interface, name: str) -> Iterable[AuthoringError]:
    for key, codec in workflow_interface.input_codecs.items():
        if key not in handler.inputs:
            yield FlyteFailureNodeInputMismatchException(
                f"the failure handler does not take the workflow's input `{key}`",
                where=name,
                expected=repr(workflow_interface),
                got=repr(handler),
                fix=f"add a parameter `{key}` to the handler",
            )
        elif mismatch(codec.literal_type, handler.input_codecs[key].literal_type) is not None:
            yield FlyteFailureNodeInputMismatchException(
                f"the failure handler's input `{key}` has another type than the workflow's",
                where=name,
                expected=repr(workflow_interface),
                got=repr(handler),
                fix=f"annotate `{key}` as the workflow does",
            )
    for key, hint in handler.inputs.items():
        if key not in workflow_interface.inputs and not admits_none(hint) and key not in handler.default_inputs:
            yield FlyteFailureNodeInputMismatchException(
                f"the failure handler's input `{key}` is not one of the workflow's and cannot be None",
                where=name,
                fix="annotate it Optional, or remove it; the failure itself comes as `err: Optional[FlyteError]`",
                expected="inputs of the workflow, and optional ones",
                got=f"{key}: {hint_text(hint)}",
            )
