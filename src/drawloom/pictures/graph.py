"""What a picture shows: boxes, in boxes, and arrows between them. Read out of a workflow's template, drawn by other modules.

A box has the address that a run gives its node (`n0`, `n0/n1`, `n1.case0/n2`), so that states of a run find their boxes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast, final

from drawloom.ir import (
    EntityIndex,
    Key,
    NodeVisitor,
    condition_text,
    duration_text,
    key,
    promises,
    references,
    workflow_reference,
)
from literals import pb, type_text

START = "inputs"
END = "outputs"
FAILURE = "failure"
_MAP_NAME = re.compile(r"map_(.+)_[0-9a-f]{32}(-arraynode)?\Z")
_ITEM = re.compile(r"\[\d+\]\Z")
_LABEL = 60
"""Characters of a label that are shown."""


class Standing(NamedTuple):
    """How a box stands in a run: `state` (a word of `State`), `seconds` (None before its end), `attempts`, `detail`."""

    state: str
    seconds: float | None = None
    attempts: int = 0
    detail: str = ""


@dataclass
class Box:
    """One box: a node, an arm that fails, the inputs or the outputs.

    Attributes: `address`, `parent` (the address of the box around it, or `""`), `label`, `note` (a condition, a kind, a count),
    `kind` (`task`, `workflow`, `plan`, `branch`, `array`, `gate`, `fail`, `inputs`, `outputs`), `entity` (its full name),
    `standing` (None where no run is shown), `items` (of an array in a run: how many stand how).
    """

    address: str
    parent: str
    label: str
    kind: str
    note: str = ""
    entity: str = ""
    standing: Standing | None = None
    items: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def state(self) -> str:
        """The state's word, or `""` where no run is shown."""
        return self.standing.state if self.standing is not None else ""

    @property
    def caption(self) -> str:
        """The line under the label: the note, how the items stand, the state and its time."""
        parts = [self.note]
        if self.items:
            parts.append(", ".join(f"{count} {state.lower()}" for state, count in sorted(self.items.items())))
        if self.standing is not None:
            if {self.state} != {*self.items}:
                parts.append(self.state.lower())
            if self.standing.seconds is not None and self.state != "SKIPPED":
                parts.append(seconds_text(self.standing.seconds))
            if self.standing.attempts > 1:
                parts.append(f"attempt {self.standing.attempts}")
        return " · ".join(part for part in parts if part)


class Arrow(NamedTuple):
    """One arrow: from box to box, with what flows; without a label where one only waits for the other."""

    source: str
    target: str
    label: str


@dataclass
class Picture:
    """A picture before it is drawn."""

    title: str
    boxes: list[Box]
    arrows: list[Arrow]

    def document(self) -> dict[str, Any]:
        """The graph as plain values, as the drawing in JavaScript reads it."""
        boxes = [
            {
                "address": box.address, "parent": box.parent, "label": box.label, "kind": box.kind, "entity": box.entity,
                "caption": box.caption, "state": box.state,
            }
            for box in self.boxes
        ]  # fmt: skip
        return {"title": self.title, "boxes": boxes, "arrows": [arrow._asdict() for arrow in self.arrows]}


def seconds_text(seconds: float) -> str:
    """A time as people read it: `4 ms`, `2.5 s`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:  # noqa: PLR2004 - an hour
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def short_name(name: str) -> str:
    """An entity's name as its author wrote it: the last part, and a map by the task that it maps."""
    last = name.rsplit(".", 1)[-1]
    found = _MAP_NAME.match(last)
    return found[1] if found else last


def shortened(text: str) -> str:
    """A label's text, cut in the middle of nowhere with an ellipsis where it is too long for a box."""
    return text if len(text) <= _LABEL else f"{text[: _LABEL - 1]}…"


def picture_of(
    main: Key, entities: EntityIndex, *, depth: int = 0, standings: Mapping[str, Standing] | None = None
) -> Picture:
    """The picture of a workflow, or of a task as one box.

    Args:
        main: a workflow, a launch plan or a task among `entities`.
        entities: what it calls; an entity that is not there is a box with its name.
        depth: how many levels of sub-workflows are unfolded; the others are one box each.
        standings: how the nodes of a run stand, by address. Boxes that it does not name have not started.
    """
    reader = _PictureReader(entities, depth, standings)
    if main in entities.plans:
        main = key(entities.plans[main].spec.workflow_id)
    if main in entities.workflows:
        reader.workflow(entities.workflows[main], "", "", 0)
    else:
        reader.single(main)
    return Picture(str(main), reader.boxes, reader.arrows)


class _BoxPosition(NamedTuple):
    """Where a node's box is: its address, the box around it, how many workflows are around it; and its first note."""

    address: str
    parent: str
    level: int
    note: str = ""


@final
class _PictureReader(NodeVisitor[[_BoxPosition], None]):
    """Boxes and arrows while they are read."""

    def __init__(self, entities: EntityIndex, depth: int, standings: Mapping[str, Standing] | None) -> None:
        self.boxes: list[Box] = []
        self.arrows: list[Arrow] = []
        self._entities = entities
        self._depth = depth
        self._standings = standings
        self._items: dict[str, Counter[str]] = {}
        for address, standing in (standings or {}).items():
            found = _ITEM.search(address)
            if found:
                self._items.setdefault(address[: found.start()], Counter())[standing.state] += 1

    def single(self, task: Key) -> None:
        """A task that is run alone; a run gives its node the address `""` or the task's own."""
        found = self._entities.entity(_identifier(task))
        self._box(_BoxPosition("task", "", 0), short_name(task.name), "task", entity=task.name)
        if found is not None:
            self._ends(found.inputs, found.outputs, "", "")
            self.arrows += [Arrow(START, "task", ""), Arrow("task", END, "")]

    def _ends(self, inputs: Mapping[str, Any], outputs: Mapping[str, Any], prefix: str, parent: str) -> None:
        for name, kind, side in ((START, "inputs", inputs), (END, "outputs", outputs)):
            if side:
                text = ", ".join(f"{each}: {type_text(side[each])}" for each in sorted(side))
                self.boxes.append(Box(f"{prefix}{name}", parent, shortened(text), kind))

    def workflow(self, template: pb.WorkflowTemplate, prefix: str, parent: str, level: int) -> None:
        """The nodes of a workflow inside `parent`, with the boxes of what goes in and comes out."""
        found = self._entities.entity(template.id)
        if found is None:
            return
        self._ends(found.inputs, found.outputs, prefix, parent)
        outputs: dict[str, Mapping[str, Any]] = {"": found.inputs}
        for node in template.nodes:
            known = self._entities.node(node)
            outputs[node.id] = known.outputs if known is not None else {}
            aliases = {alias.alias: alias.var for alias in node.output_aliases}
            outputs[node.id] = {**outputs[node.id], **{a: outputs[node.id].get(v) for a, v in aliases.items()}}
        for node in template.nodes:
            self.visit(node, _BoxPosition(f"{prefix}{node.id}", parent, level))
            self._arrows(_needs(node), node.upstream_node_ids, f"{prefix}{node.id}", prefix, outputs)
        if template.HasField("failure_node"):
            failure = template.failure_node
            self.visit(failure, _BoxPosition(f"{prefix}{failure.id or FAILURE}", parent, level, "on failure"))
        given = [(binding.var, promise) for binding in template.outputs for promise in promises(binding.binding)]
        self._arrows(given, (), f"{prefix}{END}", prefix, outputs)

    def _arrows(
        self,
        needs: Iterable[tuple[str, pb.OutputReference]],
        waits: Iterable[str],
        target: str,
        prefix: str,
        outputs: Mapping[str, Mapping[str, Any]],
    ) -> None:
        labels: dict[str, dict[str, None]] = {}
        for variable, promise in needs:
            kind = outputs.get(promise.node_id, {}).get(promise.var)
            text = variable if kind is None or promise.attr_path else f"{variable}: {type_text(kind)}"
            labels.setdefault(promise.node_id, {})[shortened(text)] = None
        for node in waits:
            labels.setdefault(node, {})
        for source, texts in labels.items():
            self.arrows.append(Arrow(f"{prefix}{source or START}", target, "\n".join(texts)))

    def _box(self, position: _BoxPosition, label: str, kind: str, note: str = "", entity: str = "") -> None:
        address, standing = position.address, None
        if self._standings is not None:
            standing = self._standings.get("" if address == "task" else address) or Standing("NOT STARTED")
        items = dict(self._items.get(address, {}))
        note = _joined(position.note, note)
        self.boxes.append(Box(address, position.parent, shortened(label), kind, note, entity, standing, items))

    def task_node(self, node: pb.Node, target: pb.TaskNode, /, position: _BoxPosition) -> None:
        """A box with the task's name."""
        entity = target.reference_id.name
        label = short_name(entity) if entity else _name(node)
        self._box(position, label, "task", _called(_name(node), entity), entity)

    def workflow_node(self, node: pb.Node, target: pb.WorkflowNode, /, position: _BoxPosition) -> None:
        """A box with the workflow's or the plan's name; with what is in it, as deep as is asked for."""
        is_plan = target.HasField("launchplan_ref")
        name = key(workflow_reference(target))
        note = _called(_name(node), name.name)
        self._box(position, short_name(name.name), "plan" if is_plan else "workflow", note, name.name)
        if is_plan and name in self._entities.plans:
            name = key(self._entities.plans[name].spec.workflow_id)
        if position.level < self._depth and name in self._entities.workflows:
            self.workflow(self._entities.workflows[name], f"{position.address}/", position.address, position.level + 1)

    def gate_node(self, node: pb.Node, target: pb.GateNode, /, position: _BoxPosition) -> None:
        """A box with what it waits for."""
        self._box(position, _name(node), "gate", _gate_note(target))

    def array_node(self, node: pb.Node, target: pb.ArrayNode, /, position: _BoxPosition) -> None:
        """A box with the name of what is mapped."""
        inner = next((each.name for each in references(target.node)), _name(node))
        self._box(position, f"map {short_name(inner)}", "array", entity=inner)

    def unset(self, node: pb.Node, /, position: _BoxPosition) -> None:
        """A box with the node's own name."""
        self._box(position, _name(node), "task")

    def branch_node(self, node: pb.Node, target: pb.BranchNode, /, position: _BoxPosition) -> None:
        """A box, and in it the boxes of its arms."""
        self._box(position, _name(node), "branch")
        address, level = position.address, position.level
        block = target.if_else
        bound = [(binding.var, promise) for binding in node.inputs for promise in promises(binding.binding)]
        scope = address[: address.rfind("/") + 1]
        boxes = {box.address: box for box in self.boxes}
        names = {
            var: f"{boxes[scope + promise.node_id].label}.{promise.var}"
            if scope + promise.node_id in boxes
            else promise.var
            for var, promise in bound
        }
        for index, case in enumerate([block.case, *block.other]):
            word = "elif" if index else "if"
            text = shortened(f"{word} {condition_text(_readable(case.condition, names))}")
            self.visit(case.then_node, _BoxPosition(f"{address}.case{index}/{case.then_node.id}", address, level, text))
        default = block.WhichOneof("default")
        if default == "else_node":
            self.visit(block.else_node, _BoxPosition(f"{address}.else/{block.else_node.id}", address, level, "else"))
        elif default == "error":
            self._box(_BoxPosition(f"{address}.else", address, level, "else"), f"fail: {block.error.message}", "fail")


def _needs(node: pb.Node) -> Iterator[tuple[str, pb.OutputReference]]:
    """What a node reads, by the name that it has there: of a branch, what its arms read, for its own names are made up."""
    read: set[tuple[str, str]] = set()
    is_branch = node.HasField("branch_node")
    if is_branch:
        block = node.branch_node.if_else
        arms = [case.then_node for case in [block.case, *block.other]]
        for arm in [*arms, block.else_node] if block.HasField("else_node") else arms:
            for name, promise in _needs(arm):
                read.add((promise.node_id, promise.var))
                yield name, promise
    for binding in node.inputs:
        for promise in promises(binding.binding):
            if (promise.node_id, promise.var) not in read:
                yield promise.var if is_branch else binding.var, promise


def _readable(condition: pb.BooleanExpression, names: Mapping[str, str]) -> pb.BooleanExpression:
    """The condition with its variables under the names that people know."""
    shown = pb.BooleanExpression()
    shown.CopyFrom(condition)
    stack = [shown]
    while stack:
        item = stack.pop()
        if item.HasField("comparison"):
            for side in (item.comparison.left_value, item.comparison.right_value):
                if side.var in names:
                    side.var = names[side.var]
        elif item.HasField("conjunction"):
            stack += [item.conjunction.left_expression, item.conjunction.right_expression]
    return shown


def _name(node: pb.Node) -> str:
    return node.metadata.name or node.id


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _called(name: str, entity: str) -> str:
    """The node's own name where it says more than the entity's."""
    return "" if not entity or short_name(name) == short_name(entity) else name


def _gate_note(gate: pb.GateNode) -> str:
    kind = gate.WhichOneof("condition")
    if kind == "sleep":
        return f"sleep {duration_text(gate.sleep.duration)}"
    if kind == "signal":
        return f"waits for {gate.signal.signal_id}: {type_text(gate.signal.type)}"
    return f"approve {gate.approve.signal_id}" if kind == "approve" else "gate"


def _identifier(name: Key) -> pb.Identifier:
    made = pb.Identifier(project=name.project, domain=name.domain, name=name.name, version=name.version)
    made.resource_type = cast("pb.ResourceType.ValueType", name.resource_type)
    return made
