"""Array nodes: one node's work for each item of the lists that are bound to it.

Inputs named in `bound_inputs` go whole to every item; all others are lists, zipped, and of one length (checked before the
first item starts). An item's literals are cut out of the list's bytes, so item i decodes only item i. At most
`parallelism` items (else twice the run's width) are under way, so memory does not grow with the number of items beyond
their inputs and outputs. Item failures: with `min_successes` or `min_success_ratio` r of n, up to n - required may fail and
give None; the failure that is one too many, by position, ends the node, whatever the timing. Outputs are lists in item order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol, cast, final

from drawloom.interpreter.errors import InputError, MapLengthError
from drawloom.interpreter.events import State
from drawloom.interpreter.failures import ABORTED, ErrorKind, Failure, Step
from drawloom.interpreter.nodes.task_targets import (
    called_way,
    plan_inputs,
    prepare_way,
    reference_entity,
    target_graph,
)
from drawloom.interpreter.program.bindings import collection, split_collection
from drawloom.interpreter.program.graph import ArrayTarget, Graph, NodePlan, TaskTarget, WorkflowTarget
from drawloom.interpreter.scheduling.scheduler import Scheduler
from drawloom.interpreter.tasks.isolation import isolated_call
from drawloom.interpreter.tasks.job import Job, Owner, Scope, Way
from literals import DrawloomError, is_none, pb, preview, wire

_LISTED_ITEMS = 10_000
"""Above this many items only those that fail are listed in the result."""
_LISTED_FAILURES = 100
_RATIO_DIGITS = 6  # the ratio is a 32-bit float on the wire: 0.6 arrives as 0.60000002
_SCALAR, _UNION = 1, 9
_NONE = b"\x0a\x02\x2a\x00"
"""Literal{scalar{none_type{}}}."""


class MakeFrame(Protocol):
    """Makes a frame; handed in, since frames make arrays."""

    def __call__(
        self,
        scheduler: Scheduler,
        graph: Graph,
        scope: Scope,
        /,
        *,
        inputs: Mapping[str, bytes],
        owner: Owner,
        slot: int,
        prefix: str,
    ) -> Any:
        """Make it; `begin` starts it."""
        ...


@final
class ArrayRun:
    """One array node while it runs."""

    def __init__(
        self,
        scheduler: Scheduler,
        owner: Owner,
        node: NodePlan,
        *,
        inputs: Mapping[str, bytes],
        scope: Scope,
        address: str,
        position: tuple[str, str],
    ) -> None:
        target = cast("ArrayTarget", node.target)
        self.rank = scheduler.rank()
        self._scheduler = scheduler
        self._owner = owner
        self._node = node
        self._target = target
        self._item = cast("TaskTarget | WorkflowTarget", target.node.target)  # the rule `array-target` says so
        self._scope = scope
        self._address = address
        self._position = position
        self._whole = {name: data for name, data in inputs.items() if name in target.bound}
        self._lists = self._split({name: data for name, data in inputs.items() if name not in target.bound})
        first = next(iter(self._lists.values()), None)
        self._count = 0 if first is None else len(first)
        self._columns: dict[str, list[bytes | None]] = {}
        self._failures: dict[int, Failure] = {}
        self._children: dict[int, Any] = {}
        self._next = 0
        self._limit = self._count
        self._window = target.parallelism or 2 * scheduler.ahead
        self._frame: MakeFrame | None = None
        self._way: Way | None = None

    def _split(self, inputs: Mapping[str, bytes]) -> dict[str, list[bytes]]:
        where = f"{self._position[0]}, node {self._address}"
        lists: dict[str, list[bytes]] = {}
        for name, data in inputs.items():
            items = split_collection(data)
            if items is None:
                raise InputError(
                    f"input {name!r} of an array node is not a list",
                    where=where,
                    expected="a list, or a name among bound_inputs",
                    got=preview(str(pb.Literal.FromString(data)).strip()),
                    fix="give a list, or bind the input",
                )
            lists[name] = items
        if len({len(items) for items in lists.values()}) > 1:
            raise MapLengthError(
                "the lists of an array node have different lengths",
                where=where,
                expected="lists of one length",
                got=", ".join(f"{name}: {len(items)}" for name, items in lists.items()),
                fix="give lists of one length, or bind the value that every item needs whole",
            )
        if not lists:
            raise InputError(
                "an array node has no list to go through",
                where=where,
                expected="at least one input that is not bound",
                got="bound inputs only",
                fix="leave one of them out of bound_inputs",
            )
        return lists

    # -- starting

    def begin(self, frame: MakeFrame) -> None:
        """Start the first items. Raises the errors of finding what an item runs."""
        self._frame = frame
        self._scheduler.note(self._address, State.RUNNING, self._node.name)
        self._columns = {name: [None] * self._count for name in self._output_names()}
        if type(self._item) is TaskTarget:
            self._way = self._item_way(self._target.node)
        if not self._count:
            self._scheduler.post(self, -1, {})
            return
        self._pump()

    def _item_way(self, item: NodePlan) -> Way:
        """How an item runs: the array node's time and retries stand for what the inner node does not say."""
        way = prepare_way(item.kind, self._scope, self._scheduler, item=True)
        way.retries = way.retries or self._node.retries
        if way.callee is not None:
            way.timeout = self._node.timeout or way.timeout
        elif way.record is not None and self._node.timeout:
            way.record = way.record._replace(timeout=self._node.timeout)
        return way.settled()

    def _output_names(self) -> tuple[str, ...]:
        target = self._item
        if type(target) is TaskTarget:
            task = self._scope.program.task(target.key)
            if task is not None:
                return task.outputs
            return tuple(reference_entity(target.key, self._scope).python_interface.output_codecs)
        graph = target_graph(target.key, self._scope.program)
        if graph is not None:
            return tuple(variable for variable, _ in graph.outputs)
        return tuple(reference_entity(target.key, self._scope).python_interface.output_codecs)

    def _pump(self) -> None:
        while self._next < self._limit and len(self._children) < self._window:
            slot = self._next
            self._next += 1
            self._children[slot] = None
            self._scheduler.push(self, slot)

    def may_ask(self, slot: int) -> bool:
        """Whether it is the turn of a question from this item: those before it have ended."""
        return slot == min(self._children) and self._owner.may_ask(self._node.position)

    def abort(self) -> None:
        """Start no further item."""
        self._limit = -1
        for child in list(self._children.values()):
            if child is not None:
                child.abort()

    def start(self, slot: int) -> None:
        """Run one item."""
        if slot > self._limit:
            self._scheduler.post(self, slot, {})
            return
        inputs = dict(self._whole)
        for name, items in self._lists.items():
            inputs[name] = items[slot]
        node, target = self._target.node, self._item
        address = f"{self._address}[{slot}]"
        try:
            if type(target) is TaskTarget:
                self._start_task(slot, cast("Way", self._way), inputs, address)
            else:
                self._start_graph(slot, target, inputs, address)
        except DrawloomError as error:
            self._scheduler.note(address, State.FAILED, node.name, detail=str(error))
            self._scheduler.post(self, slot, None, Failure(error, ErrorKind.SYSTEM))

    def _start_task(self, slot: int, way: Way, inputs: Mapping[str, bytes], address: str) -> None:
        job = Job(self, slot, address, inputs, way)
        task = way.task
        if way.callee is None and task is not None and task.loader is not None:
            # A map task's own command gets the whole lists, and picks its element by index.
            job.call = isolated_call(task, slot, python=self._scheduler.options.python, decks=self._scheduler.decks())
            job.inputs = {**inputs, **{name: collection(items) for name, items in self._lists.items()}}
        if way.cache is not None:
            job.cache = way.cache(inputs)
        self._children[slot] = job
        self._scheduler.submit(job)

    def _start_graph(self, slot: int, target: WorkflowTarget, inputs: Mapping[str, bytes], address: str) -> None:
        bound = plan_inputs(target.key, inputs, self._scope.program)
        graph = target_graph(target.key, self._scope.program, self._scope.entities)
        if graph is None:
            self._start_task(slot, called_way(target.key, self._scope, self._scheduler), bound, address)
            return
        make = cast("MakeFrame", self._frame)
        frame = make(self._scheduler, graph, self._scope, inputs=bound, owner=self, slot=slot, prefix=f"{address}/")
        self._children[slot] = frame
        frame.begin()

    # -- ending

    def settle(self, slot: int, outputs: Mapping[str, bytes] | None, failure: Failure | None) -> None:
        """An item has ended."""
        child = self._children.pop(slot, None)
        if failure is ABORTED:
            pass  # it had been handed out, and an item before it ended the node
        elif failure is not None:
            self._failed(slot, child, failure)
        elif outputs is not None and slot >= 0:
            for name, column in self._columns.items():
                column[slot] = outputs.get(name)
            self._forget(slot)
        for items in self._lists.values():
            if slot >= 0:
                items[slot] = b""
        self._pump()
        if not self._children:
            self._end()

    def _forget(self, slot: int) -> None:
        if self._count > _LISTED_ITEMS:
            self._scheduler.nodes.pop(f"{self._address}[{slot}]", None)

    def _failed(self, slot: int, child: object, failure: Failure) -> None:
        address = f"{self._address}[{slot}]"
        if isinstance(child, Job):
            step = Step(self._position[0], address, self._position[1], child.name, child.attempt)
        else:
            step = Step(self._position[0], address, self._position[1])
        failure = failure.under(step)
        failure.node = self._node.id
        self._failures[slot] = failure
        allowed = self._count - self._required()
        if len(self._failures) > allowed:
            # Items before this one still decide which failure is one too many; those behind it cannot.
            self._limit = min(self._limit, sorted(self._failures)[allowed])
            for index, running in list(self._children.items()):
                if index > self._limit and running is not None:
                    running.abort()

    def _required(self) -> int:
        if self._target.min_successes is not None:
            return min(self._target.min_successes, self._count)
        return math.ceil(round(self._count * round(self._target.min_ratio, _RATIO_DIGITS), _RATIO_DIGITS))

    def _end(self) -> None:
        allowed = self._count - self._required()
        if len(self._failures) > allowed:
            slots = sorted(self._failures)[: max(allowed + 1, 1)]
            first, *others = (self._failures[slot] for slot in slots[:_LISTED_FAILURES])
            failure = first.beside(tuple(others))
            self._scheduler.note(self._address, State.FAILED, self._node.name, detail=failure.message())
            self._scheduler.post(self._owner, self._node.position, None, failure)
            return
        if self._limit < 0:
            self._scheduler.post(self._owner, self._node.position, None, ABORTED)
            return
        self._scheduler.note(self._address, State.SUCCEEDED, self._node.name)
        outputs = {name: collection(self._elements(name, column)) for name, column in self._columns.items()}
        self._scheduler.post(self._owner, self._node.position, outputs)

    def _elements(self, name: str, column: list[bytes | None]) -> list[bytes]:
        """The column's literals; in a list of Optional, each as the union that its type asks for."""
        wrap = self._wrapper(name)
        if wrap is None:
            return [_NONE if item is None else item for item in column]
        return [wrap(item) for item in column]

    def _wrapper(self, name: str) -> Callable[[bytes | None], bytes] | None:
        task = self._scope.program.task(self._item.key) if type(self._item) is TaskTarget else None
        if task is None or name not in task.template.interface.outputs.variables:
            return None
        kind = task.template.interface.outputs.variables[name].type
        if kind.WhichOneof("type") != "collection_type" or kind.collection_type.WhichOneof("type") != "union_type":
            return None
        none_type, some_type = b"", b""
        for variant in kind.collection_type.union_type.variants:
            data = variant.SerializeToString(deterministic=True)
            if is_none(variant):
                none_type = none_type or data
            else:
                some_type = some_type or data

        def wrap(item: bytes | None) -> bytes:
            if item is not None and _is_union(item):
                return item
            value, type_of = (_NONE, none_type) if item is None else (item, some_type)
            union = wire.delimited(1, value) + wire.delimited(2, type_of)
            return wire.delimited(_SCALAR, wire.delimited(_UNION, union))

        return wrap

    def grow(self, job: Job, expansion: object) -> None:
        """A dynamic task cannot be mapped: Flyte has no such node."""
        error = DrawloomError(
            "a dynamic task cannot be mapped",
            where=job.name,
            expected="a plain task",
            got=preview(expansion),
            fix="map a plain task",
        )
        self._scheduler.post(self, job.slot, None, Failure(error, ErrorKind.SYSTEM))


def _is_union(literal: bytes) -> bool:
    for number, kind, start, end in wire.fields(literal):
        if number == _SCALAR and kind == wire.LENGTH:
            return any(field == _UNION for field, _, _, _ in wire.fields(literal[start:end]))
    return False
