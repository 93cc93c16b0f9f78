"""What verification knows: the entities of a message by key, and the types that each node takes and gives.

An entity that the message does not hold is *foreign* (a reference to what another project registered): its interface is
unknown (`None`), and nothing that depends on it is judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import final

from drawloom.ir.keys import Key, key
from drawloom.ir.node_visitor import NodeVisitor, workflow_reference
from drawloom.ir.walking import all_references
from literals import pb, takes_none, variants

Types = Mapping[str, "pb.LiteralType"]
NodeOutputs = Mapping[str, "Types | None"]
"""Node id -> its outputs; None where they are unknown. The empty id stands for the workflow's inputs."""
NONE = 0
TASK, WORKFLOW, PLAN = 1, 2, 3
"""Resource types."""


@dataclass(frozen=True)
class Signature:
    """What a node takes and gives. `optional` inputs may stay unbound, `fixed` ones must."""

    inputs: Types
    outputs: Types
    optional: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()


def variables(variable_map: pb.VariableMap) -> dict[str, pb.LiteralType]:
    """Names and types of one side of an interface, in order of the names: that of the message means nothing."""
    held = variable_map.variables
    return {name: held[name].type for name in sorted(held)}


def signature(interface: pb.TypedInterface) -> Signature:
    """A task's or workflow's interface: every input must be bound."""
    return Signature(variables(interface.inputs), variables(interface.outputs))


@dataclass
class EntityIndex:
    """Every entity of a message, by key."""

    tasks: dict[Key, pb.TaskTemplate] = field(default_factory=dict[Key, "pb.TaskTemplate"])
    workflows: dict[Key, pb.WorkflowTemplate] = field(default_factory=dict[Key, "pb.WorkflowTemplate"])
    plans: dict[Key, pb.LaunchPlan] = field(default_factory=dict[Key, "pb.LaunchPlan"])
    templates: dict[Key, pb.LaunchPlanTemplate] = field(default_factory=dict[Key, "pb.LaunchPlanTemplate"])
    _size: int = 0
    _started: dict[Key, tuple[Key, ...]] = field(default_factory=dict[Key, "tuple[Key, ...]"])
    _known: dict[bytes, Signature | None] = field(default_factory=dict[bytes, "Signature | None"])

    def add_tasks(self, tasks: Iterable[pb.TaskTemplate]) -> None:
        """Make tasks known."""
        self.tasks.update((key(task.id), task) for task in tasks)

    def add_workflows(self, workflows: Iterable[pb.WorkflowTemplate]) -> None:
        """Make workflows known."""
        self.workflows.update((key(workflow.id), workflow) for workflow in workflows)

    def started(self, name: Key) -> tuple[Key, ...]:
        """The workflows and launch plans that a workflow's nodes run, each once; none of a foreign one. Looked up once."""
        if name not in self._started:
            found = all_references(self.workflows[name]) if name in self.workflows else []
            self._started[name] = tuple(key(each) for each in found if each.resource_type != TASK)
        return self._started[name]

    def size(self) -> int:
        """Bytes of all tasks and workflows together; counted once."""
        if not self._size:
            self._size = sum(each.ByteSize() for each in (*self.tasks.values(), *self.workflows.values()))
        return self._size

    def entity(self, identifier: pb.Identifier) -> Signature | None:
        """What an entity takes and gives; None for a foreign one."""
        data = identifier.SerializeToString()  # faster than reading five fields, and as good for a memo
        if data not in self._known:
            self._known[data] = self._signature(key(identifier))
        return self._known[data]

    def _signature(self, name: Key) -> Signature | None:
        if name in self.tasks:
            return signature(self.tasks[name].interface)
        if name in self.workflows:
            return signature(self.workflows[name].interface)
        if name in self.plans:
            return self._plan(self.plans[name])
        if name in self.templates:
            template = self.templates[name]
            known = signature(template.interface)
            fixed = frozenset(template.fixed_inputs.literals)
            return Signature(known.inputs, known.outputs, fixed=fixed)
        return None

    def _plan(self, plan: pb.LaunchPlan) -> Signature | None:
        workflow = self.workflows.get(key(plan.spec.workflow_id))
        if workflow is None:
            return None
        known = signature(workflow.interface)
        defaults = plan.spec.default_inputs.parameters
        optional = frozenset(name for name, parameter in defaults.items() if not parameter.required)
        return Signature(known.inputs, known.outputs, optional, frozenset(plan.spec.fixed_inputs.literals))

    def node(self, node: pb.Node) -> Signature | None:
        """What a node takes and gives; None where it runs a foreign entity or has no target."""
        return _SIGNATURES.visit(node, self)


@final
class _Signatures(NodeVisitor[["EntityIndex"], "Signature | None"]):
    """What nodes take and give, by an index of the entities that they run."""

    def task_node(self, _: pb.Node, target: pb.TaskNode, /, index: EntityIndex) -> Signature | None:
        return index.entity(target.reference_id)

    def workflow_node(self, _: pb.Node, target: pb.WorkflowNode, /, index: EntityIndex) -> Signature | None:
        return index.entity(workflow_reference(target))

    def branch_node(self, _: pb.Node, target: pb.BranchNode, /, index: EntityIndex) -> Signature | None:
        """The outputs that every arm has, with the first arm's types. Its inputs are what its conditions read."""
        block = target.if_else
        arms = [block.case.then_node, *(other.then_node for other in block.other)]
        if block.HasField("else_node"):
            arms.append(block.else_node)
        known = [self.visit(arm, index) for arm in arms]
        first = known[0]
        if first is None or any(arm is None for arm in known):
            return None
        shared = set(first.outputs).intersection(*(arm.outputs for arm in known if arm is not None))
        return Signature({}, {name: kind for name, kind in first.outputs.items() if name in shared})

    def gate_node(self, _: pb.Node, target: pb.GateNode, /, index: EntityIndex) -> Signature | None:
        del index
        kind = target.WhichOneof("condition")
        if kind == "signal":
            return Signature({}, {target.signal.output_variable_name: target.signal.type})
        return Signature({}, {}) if kind == "sleep" else None

    def array_node(self, _: pb.Node, target: pb.ArrayNode, /, index: EntityIndex) -> Signature | None:
        """The list of what the mapped node gives.

        A map task's interface on the wire is that of the whole map already, unless `is_original_sub_node_interface`
        says that it is the element's. With a ratio below 1 a result is optional; with `min_successes` SDKs leave its type
        as it is.
        """
        known = self.visit(target.node, index)
        if known is None or not target.is_original_sub_node_interface.value:
            return known
        bound = set(target.bound_inputs)
        inputs = {
            name: kind if name in bound else pb.LiteralType(collection_type=kind)
            for name, kind in known.inputs.items()
            if name not in known.fixed
        }
        outputs = {name: pb.LiteralType(collection_type=_element(kind, target)) for name, kind in known.outputs.items()}
        return Signature(inputs, outputs, known.optional)

    def unset(self, _: pb.Node, /, index: EntityIndex) -> None:
        del index


_SIGNATURES = _Signatures()


def _element(kind: pb.LiteralType, array: pb.ArrayNode) -> pb.LiteralType:
    """The type of an item of what an array node gives."""
    if array.WhichOneof("success_criteria") != "min_success_ratio" or array.min_success_ratio >= 1:
        return kind
    out = pb.LiteralType()
    out.union_type.variants.extend(variants(kind))
    if not takes_none(kind):
        none = out.union_type.variants.add()
        none.simple = pb.SimpleType.NONE
        none.structure.tag = "none"
    return out
