"""Nodes that wait: for time to pass (`sleep`), for a value from outside (`wait_for_input`), for a yes (`approve`).

A gate's timeout is the node's; a sleep has one of an hour, as flytekit writes it. The signal's name is its identity within
an execution. An approval passes its one input on under the same name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from compiler.errors import FlyteAssertion, OptionError, PromiseUseError
from compiler.graph.condition import reference
from compiler.graph.member_path import ANYTHING
from compiler.graph.node import Node, NodeEmitter, NodeOverrides
from compiler.graph.promise import OutputTuple, Promise, VoidPromise
from compiler.graph.trace import open_trace
from compiler.options.task_options import duration_message
from compiler.source.interface import Interface
from compiler.source_location import here
from literals import pb, preview
from typeengine import default_engine

_SLEEP_TIMEOUT = dt.timedelta(hours=1)
_SIGNAL_OUTPUT = "o0"


class Gate:
    """The entity of a gate node; `write` fills the gate's message."""

    resource_type = 0
    is_written = False
    has_constant_target = False
    takes_task_overrides = False

    def __init__(
        self, name: str, timeout: pb.Duration, interface: Interface, write: Callable[[pb.GateNode], None]
    ) -> None:
        self.name = name
        self._timeout = timeout
        self._interface = interface
        self._write = write
        interface.owner = name

    @property
    def python_interface(self) -> Interface:
        """What goes in and out."""
        return self._interface

    def node_defaults(self) -> NodeOverrides:
        """The signal's name and the timeout."""
        return NodeOverrides(name=self.name, timeout=self._timeout)

    def node_target(self, node: Node, emitter: NodeEmitter) -> pb.Node:
        """The gate."""
        del node, emitter
        made = pb.Node()
        made.gate_node.SetInParent()
        self._write(made.gate_node)
        return made

    def dependencies(self) -> Iterable[Any]:
        """Nothing."""
        return ()

    def call(self, **kwargs: Any) -> Any:
        """A node in the open trace.

        Raises:
            FlyteAssertion: no workflow is being compiled.
        """
        trace = open_trace()
        if trace is None:
            raise FlyteAssertion(
                "a gate exists only in a workflow",
                where=self.name,
                expected="a call in the body of a workflow",
                got="a call outside one",
                fix="call it in the body of a @workflow or @dynamic",
                location=here(2, keep_frame=True),
            )
        return trace.call(self, (), kwargs)


def sleep(duration: dt.timedelta) -> VoidPromise:
    """Wait for `duration` before what follows it with `>>`.

    Raises:
        OptionError: no positive time.
    """
    length = duration_message(_time(duration, "sleep"), "sleep")
    timeout = duration_message(_SLEEP_TIMEOUT, "sleep")
    return Gate("sleep-gate", timeout, Interface(), lambda gate: gate.sleep.duration.CopyFrom(length)).call()


def wait_for_input(name: str, timeout: dt.timedelta, expected_type: object) -> Any:
    """Wait until somebody gives the execution a value of `expected_type` under `name`; the value is the result.

    Raises:
        OptionError: no name, or no time.
        DrawloomError: a type that is not supported.
    """
    interface = Interface({}, {_SIGNAL_OUTPUT: expected_type})
    literal_type = interface.output_codecs[_SIGNAL_OUTPUT].literal_type

    def write(gate: pb.GateNode) -> None:
        gate.signal.signal_id = name
        gate.signal.type.CopyFrom(literal_type)
        gate.signal.output_variable_name = _SIGNAL_OUTPUT

    return Gate(_named(name, "wait_for_input"), _limit(timeout, "wait_for_input"), interface, write).call()


def approve(upstream_item: object, name: str, timeout: dt.timedelta) -> Any:
    """Wait until somebody approves the value; it is passed on unchanged.

    Raises:
        PromiseUseError: a workflow input, an entity without outputs, several outputs.
        OptionError: no name, or no time.
    """
    where = "approve"
    if isinstance(upstream_item, VoidPromise):
        raise PromiseUseError(
            f"`{upstream_item.task_name}` returns nothing, so there is nothing to approve",
            where=where,
            location=here(keep_frame=True),
            expected="an output of a task",
            got=repr(upstream_item),
            fix="approve an output of a task that returns something",
        )
    if isinstance(upstream_item, OutputTuple) and len(upstream_item) == 1:
        upstream_item = upstream_item[0]
    if not isinstance(upstream_item, Promise):
        raise PromiseUseError(
            "one output of a call is approved at a time",
            where=where,
            expected="one promise",
            got=preview(upstream_item),
            fix="pass one promise, such as result.o0",
            location=here(keep_frame=True),
        )
    node, var, path, hint = reference(upstream_item)
    if node is None or node.entity is None:
        raise PromiseUseError(
            "a workflow's input cannot be approved: it is there before the workflow starts",
            where=where,
            got=repr(upstream_item),
            fix="approve the output of a task",
            location=here(keep_frame=True),
            expected="an output of a task",
        )
    if hint is ANYTHING:
        raise PromiseUseError(
            "the type of this value is not known, so it cannot be approved",
            where=where,
            expected="a value of a known type",
            got=repr(upstream_item),
            fix="approve the whole output",
            location=here(keep_frame=True),
        )
    output = _SIGNAL_OUTPUT if path else var
    default_engine().codec(hint)
    interface = Interface({output: hint}, {output: hint})
    gate = Gate(_named(name, where), _limit(timeout, where), interface, lambda made: _write_approval(made, name))
    return gate.call(**{output: upstream_item})


def _write_approval(gate: pb.GateNode, name: str) -> None:
    gate.approve.signal_id = name


def _named(name: object, where: str) -> str:
    if not isinstance(name, str) or not name:
        raise OptionError(
            "a gate has no name",
            where=where,
            expected="text",
            got=preview(name),
            fix="write a name that is unique in the workflow",
        )
    return name


def _time(given: object, where: str) -> dt.timedelta:
    if not isinstance(given, dt.timedelta) or given < dt.timedelta():
        raise OptionError(
            "a gate's time is not a timedelta of zero or more",
            where=where,
            got=preview(given),
            expected="a timedelta >= 0",
            fix="write timedelta(minutes=5), say",
        )
    return given


def _limit(timeout: object, where: str) -> pb.Duration:
    return duration_message(_time(timeout, where), where)
