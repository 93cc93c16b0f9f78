"""The rules of nodes and workflows: ids, targets, inputs bound, outputs bound, order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import final

from drawloom.ir.binding_rules import check_binding, check_condition, resolve
from drawloom.ir.entity_index import PLAN, TASK, WORKFLOW, EntityIndex, NodeOutputs, Signature, Types, signature
from drawloom.ir.fast_check import NOWHERE, CachedSignature, FastCheck, NodeTable, check_columns
from drawloom.ir.keys import key
from drawloom.ir.node_columns import INPUTS, node_bytes, read_columns
from drawloom.ir.node_visitor import NODE_KINDS, NodeVisitor, entity_of_node, workflow_reference
from drawloom.ir.ordering import CycleError, order
from drawloom.ir.problems import Diagnostics
from drawloom.ir.walking import inner, upstream
from literals import is_none, is_simple, pb, type_text

RESERVED_IDS = ("start-node", "end-node")
"""Ids that Flyte's engine gives to the ends of every workflow."""
MAX_INNER = 22
"""How deep nodes may be inside nodes: each level is four messages, and protobuf readers accept a hundred."""

_ERROR = 8


def check_workflow(template: pb.WorkflowTemplate, fast: FastCheck, diagnostics: Diagnostics) -> None:
    """Everything about one workflow. Its rows are kept in the fast."""
    check_identifier(template.id, WORKFLOW, diagnostics)
    check_interface(template.interface, diagnostics)
    known = signature(template.interface)
    if (name := key(template.id)) not in fast.sound:
        scope, fast.rows[name] = check_nodes(template.nodes, node_bytes(template), known.inputs, fast, diagnostics)
        check_outputs(template.outputs, known.outputs, scope, diagnostics)
    if template.HasField("failure_node"):
        _failure(template.failure_node, known.inputs, fast.index, diagnostics.at("failure node"))
    if template.metadata.on_failure not in pb.WorkflowMetadata.OnFailurePolicy.values():
        diagnostics.add("failure-policy", "the failure policy is unknown", got=str(template.metadata.on_failure))


def check_identifier(identifier: pb.Identifier, resource_type: int, diagnostics: Diagnostics) -> None:
    """An entity names itself: its kind and its name. Project, domain and version may be filled at registration."""
    if identifier.resource_type != resource_type:
        name = key(identifier).kind
        diagnostics.add("id-kind", "the identifier is of another kind", expected=str(resource_type), got=name)
    if not identifier.name:
        diagnostics.add("id-name", "the identifier has no name")


def check_interface(interface: pb.TypedInterface, diagnostics: Diagnostics) -> None:
    """Every variable has a name and a whole type."""
    for side in (interface.inputs, interface.outputs):
        for name in sorted(side.variables):
            if not name:
                diagnostics.add("variable-name", "a variable has no name")
            check_type(side.variables[name].type, diagnostics.at(name))


def check_type(literal_type: pb.LiteralType, diagnostics: Diagnostics) -> None:
    """No part of the type is unset, and every number in it is one that we know."""
    stack = [literal_type]
    while stack:
        item = stack.pop()
        kind = item.WhichOneof("type")
        if kind is None:
            diagnostics.add("type-unset", "a type, or a part of one, is unset", got=type_text(literal_type))
            return
        if kind == "simple" and item.simple not in pb.SimpleType.values():
            diagnostics.add("type-unknown", "the simple type is unknown", got=str(item.simple))
        elif kind == "collection_type":
            stack.append(item.collection_type)
        elif kind == "map_value_type":
            stack.append(item.map_value_type)
        elif kind == "union_type":
            if not item.union_type.variants:
                diagnostics.add("type-empty-union", "a union has no variants", got=type_text(literal_type))
            stack += item.union_type.variants


def check_nodes(
    nodes: Sequence[pb.Node], raw: list[bytes], inputs: Types | None, fast: FastCheck, diagnostics: Diagnostics
) -> tuple[NodeOutputs, NodeTable]:
    """The nodes of one scope, and the bytes of each.

    Gives the scope, with every node's outputs, for the bindings of the outputs; and the rows of what was fine at sight.
    """
    index, read = fast.index, read_columns(raw, has_inputs=inputs is not None)
    known = fast.targets(read)
    scope = _scope(nodes, read.ids, known, inputs, index)
    in_order = len(scope) == len(nodes) + (inputs is not None) and scope.keys().isdisjoint(RESERVED_IDS)
    if not in_order:
        _check_ids(read.ids, diagnostics)
        known[:] = [None] * len(known)  # positions by id mean nothing, so each node is looked at
    given = [target or CachedSignature(None, scope.get(name)) for target, name in zip(known, read.ids, strict=True)]
    rows, others = check_columns(read, known, [*given, NOWHERE, CachedSignature(None, inputs)])
    positions = {name: at for at, name in enumerate(read.ids)} if others else {}
    if not in_order or any(positions.get(up, INPUTS) >= at for at in others for up in upstream(nodes[at])):
        _check_cycle(nodes, diagnostics)
    for at in others:
        check_node(nodes[at], scope, index, diagnostics.at(read.ids[at]), 0)
    return scope, rows


def _scope(
    nodes: Sequence[pb.Node],
    ids: list[str],
    known: list[CachedSignature | None],
    inputs: Types | None,
    index: EntityIndex,
) -> dict[str, Types | None]:
    """What every node gives."""
    scope: dict[str, Types | None] = {}
    if inputs is not None:
        scope[""] = inputs
    unknown: list[tuple[str, pb.Node]] = []
    for at, (name, target) in enumerate(zip(ids, known, strict=True)):
        if target is not None:
            gives = target.gives
        elif (found := index.node(nodes[at])) is not None:
            gives = found.outputs
        else:
            gives = _outputs(nodes[at], scope)
            unknown.append((name, nodes[at]))
        if name:
            scope[name] = gives
    for name, node in unknown:
        if name and scope[name] is None:
            scope[name] = _outputs(node, scope)  # an approval may pass on what a later node gives
    return scope


def _check_ids(ids: list[str], diagnostics: Diagnostics) -> None:
    seen = {""}
    for name in ids:
        if name in seen or name in RESERVED_IDS:
            _check_id(name, diagnostics.at(name or "node without id"))
        seen.add(name)


def _check_id(name: str, inner_diagnostics: Diagnostics) -> None:
    if not name:
        inner_diagnostics.add(
            "node-id-missing", "the node has no id", fix="the empty id stands for the workflow's inputs"
        )
    elif name in RESERVED_IDS:
        inner_diagnostics.add("node-id-reserved", f"{name} is an id of the engine's own")
    else:
        inner_diagnostics.add("node-id-duplicate", "two nodes have this id", fix="give each node an id of its own")


def _check_cycle(nodes: Iterable[pb.Node], diagnostics: Diagnostics) -> None:
    try:
        order(nodes)
    except CycleError as error:
        diagnostics.add("cycle", "nodes wait for each other", got=" -> ".join(error.cycle), fix=error.fix)


def _outputs(node: pb.Node, scope: NodeOutputs) -> Types | None:
    """What a node of unknown signature gives: an approval what it was given, under the same name."""
    if not node.gate_node.HasField("approve"):
        return None
    passed = {b.var: resolve(b.binding.promise, scope, Diagnostics()) for b in node.inputs}
    return {name: kind for name, kind in passed.items() if kind is not None} if all(passed.values()) else None


def check_node(node: pb.Node, scope: NodeOutputs, index: EntityIndex, diagnostics: Diagnostics, depth: int) -> None:
    """One node, and the nodes inside it (which see the same scope)."""
    if depth > MAX_INNER:
        diagnostics.add(
            "nested-too-deep", "nodes inside nodes are too deep for protobuf readers", expected=str(MAX_INNER)
        )
        return
    for name in node.upstream_node_ids:
        if name not in scope:
            diagnostics.add("upstream-unknown", f"it waits for {name!r}, which is not a node of this workflow")
    known = index.node(node)
    judged = _Rules(scope, index, diagnostics, depth).visit(node)
    _inputs(node, known, scope, diagnostics, judged=judged)
    _metadata(node, diagnostics)


@final
class _Rules(NodeVisitor[[], bool]):
    """The rules of what one node runs. Gives whether the signature of that says what the node's inputs must be."""

    __slots__ = ("depth", "diagnostics", "index", "scope")

    def __init__(self, scope: NodeOutputs, index: EntityIndex, diagnostics: Diagnostics, depth: int) -> None:
        self.scope = scope
        self.index = index
        self.diagnostics = diagnostics
        self.depth = depth

    def task_node(self, _: pb.Node, target: pb.TaskNode, /) -> bool:
        _reference(target.HasField("reference_id"), target.reference_id, TASK, self.index, self.diagnostics)
        return True

    def workflow_node(self, _: pb.Node, target: pb.WorkflowNode, /) -> bool:
        reference = workflow_reference(target)
        kind = PLAN if target.HasField("launchplan_ref") else WORKFLOW
        _reference(target.WhichOneof("reference") is not None, reference, kind, self.index, self.diagnostics)
        return True

    def branch_node(self, node: pb.Node, _: pb.BranchNode, /) -> bool:
        _branch(node, self.scope, self.index, self.diagnostics, self.depth)
        return False  # they are what its conditions read

    def gate_node(self, node: pb.Node, _: pb.GateNode, /) -> bool:
        _gate(node, self.diagnostics)
        return False

    def array_node(self, _: pb.Node, target: pb.ArrayNode, /) -> bool:
        _array(target, self.index, self.diagnostics)
        return True

    def unset(self, _: pb.Node, /) -> bool:
        self.diagnostics.add("node-target-unset", "the node runs nothing", expected=NODE_KINDS)
        return True


def _inputs(
    node: pb.Node, known: Signature | None, scope: NodeOutputs, diagnostics: Diagnostics, *, judged: bool
) -> None:
    seen: set[str] = set()
    for binding in node.inputs:
        inner_diagnostics = diagnostics.at(f"inputs.{binding.var}")
        if binding.var in seen:
            inner_diagnostics.add("input-bound-twice", "the input is bound twice")
        seen.add(binding.var)
        target = None
        if judged and known is not None:
            if binding.var in known.fixed:
                inner_diagnostics.add("input-fixed", "the launch plan fixes this input", fix="leave it out of the call")
            elif binding.var not in known.inputs:
                names = ", ".join(known.inputs) or "no inputs"
                inner_diagnostics.add(
                    "input-unknown", "what the node runs has no such input", expected=names, got=binding.var
                )
            else:
                target = known.inputs[binding.var]
        check_binding(binding.binding, target, scope, inner_diagnostics)
    if judged and known is not None:
        for name, kind in known.inputs.items():
            if name not in seen and name not in known.optional and name not in known.fixed:
                diagnostics.add("input-unbound", f"input {name!r} is not bound", expected=type_text(kind))


def _reference(given: bool, identifier: pb.Identifier, kind: int, index: EntityIndex, diagnostics: Diagnostics) -> None:  # noqa: FBT001 - a field's presence
    if not given or not identifier.name:
        diagnostics.add("reference-unset", "the node does not say what it runs")
    elif identifier.resource_type != kind:
        diagnostics.add(
            "reference-kind", "the reference is of another kind", got=f"{key(identifier).kind} {key(identifier)}"
        )
    elif kind == WORKFLOW and index.entity(identifier) is None:
        diagnostics.add(
            "reference-unknown",
            f"workflow {key(identifier)} is not here",
            fix="a sub-workflow travels with the workflow that uses it: compile them together",
        )


def _branch(node: pb.Node, scope: NodeOutputs, index: EntityIndex, diagnostics: Diagnostics, depth: int) -> None:
    block = node.branch_node.if_else
    if not block.HasField("case"):
        diagnostics.add("branch-empty", "the branch has no case")
        return
    operands: dict[str, pb.LiteralType] = {}
    for binding in node.inputs:
        promised = binding.binding.HasField("promise")
        found = resolve(binding.binding.promise, scope, Diagnostics()) if promised else None
        operands[binding.var] = found if found is not None else pb.LiteralType()
    for number, case in enumerate([block.case, *block.other]):
        inner_diagnostics = diagnostics.at(f"case {number + 1}")
        if not case.HasField("then_node"):
            inner_diagnostics.add("branch-arm-unset", "the case runs no node")
        check_condition(case.condition, operands, inner_diagnostics.at("condition"))
    for arm in inner(node, ""):
        if arm.node.ByteSize():
            check_node(arm.node, scope, index, diagnostics.at(arm.path), depth + 1)


def _gate(node: pb.Node, diagnostics: Diagnostics) -> None:
    gate = node.gate_node
    kind = gate.WhichOneof("condition")
    if kind is None:
        diagnostics.add("gate-unset", "the gate waits for nothing", expected="a sleep, an approval or a signal")
    elif kind == "sleep":
        if not gate.sleep.HasField("duration") or gate.sleep.duration.seconds < 0 or gate.sleep.duration.nanos < 0:
            diagnostics.add("gate-sleep", "the sleep has no time, or a negative one")
    elif kind == "approve":
        if not gate.approve.signal_id:
            diagnostics.add("gate-signal-id", "the approval has no signal id")
        if len(node.inputs) != 1:
            diagnostics.add(
                "gate-approve-input", "an approval passes on exactly one input", got=f"{len(node.inputs)} inputs"
            )
    else:
        if not gate.signal.signal_id:
            diagnostics.add("gate-signal-id", "the signal has no id")
        if not gate.signal.output_variable_name:
            diagnostics.add("gate-signal-output", "the signal's value has no name")
        check_type(gate.signal.type, diagnostics)


def _array(array: pb.ArrayNode, index: EntityIndex, diagnostics: Diagnostics) -> None:
    mapped = array.node
    inner_diagnostics = diagnostics.at("each")
    if entity_of_node(mapped) is None:
        inner_diagnostics.add("array-target", "an array node maps a task or a launch plan")
        return
    known = index.node(mapped)
    if known is not None:
        if len(known.outputs) > 1:
            inner_diagnostics.add(
                "array-outputs", "what is mapped has more than one output", got=", ".join(known.outputs)
            )
        for name in array.bound_inputs:
            if name not in known.inputs:
                inner_diagnostics.add(
                    "array-bound-input", f"bound input {name!r} does not exist", expected=", ".join(known.inputs)
                )
    if array.WhichOneof("success_criteria") == "min_success_ratio" and not 0 <= array.min_success_ratio <= 1:
        inner_diagnostics.add(
            "array-ratio", "the success ratio is not between 0 and 1", got=str(array.min_success_ratio)
        )
    _Rules({}, index, inner_diagnostics, 0).visit(mapped)
    _metadata(mapped, inner_diagnostics)


def _metadata(node: pb.Node, diagnostics: Diagnostics) -> None:
    timeout = node.metadata.timeout
    if timeout.seconds < 0 or timeout.nanos < 0:
        diagnostics.add("timeout-negative", "the timeout is negative", got=f"{timeout.seconds} s")


def check_outputs(
    outputs: Iterable[pb.Binding], declared: Types | None, scope: NodeOutputs, diagnostics: Diagnostics
) -> None:
    """Each declared output is bound once, and nothing else is. Without declarations only existence is checked."""
    seen: set[str] = set()
    for binding in outputs:
        inner_diagnostics = diagnostics.at(f"outputs.{binding.var}")
        if binding.var in seen:
            inner_diagnostics.add("output-bound-twice", "the output is bound twice")
        seen.add(binding.var)
        target = None if declared is None else declared.get(binding.var)
        if declared is not None and target is None:
            inner_diagnostics.add(
                "output-unknown", "the interface has no such output", expected=", ".join(declared) or "none"
            )
        check_binding(binding.binding, target, scope, inner_diagnostics)
    for name, kind in (declared or {}).items():
        if name not in seen:
            diagnostics.add("output-unbound", f"output {name!r} is not bound", expected=type_text(kind))


def _failure(node: pb.Node, inputs: Types, index: EntityIndex, diagnostics: Diagnostics) -> None:
    """The handler sees the workflow's inputs only; the error itself is given by the engine to an input of that type."""
    if entity_of_node(node) is None:
        diagnostics.add("failure-target", "a failure handler is a task or a workflow")
        return
    if not node.id:
        diagnostics.add("node-id-missing", "the failure handler has no id", fix="compile it again")
    scope: dict[str, Types | None] = {"": inputs}
    for name in node.upstream_node_ids:
        diagnostics.add("failure-upstream", f"a failure handler waits for no node, not even {name!r}")
    known = index.node(node)
    if known is not None:
        given = {name for name, kind in known.inputs.items() if _takes_error(kind)}
        known = Signature(known.inputs, known.outputs, known.optional | given, known.fixed)
    _Rules(scope, index, diagnostics, 0).visit(node)
    _inputs(node, known, scope, diagnostics, judged=True)
    _metadata(node, diagnostics)


def _takes_error(kind: pb.LiteralType) -> bool:
    if kind.HasField("union_type"):
        return any(is_simple(variant, _ERROR) or is_none(variant) for variant in kind.union_type.variants)
    return is_simple(kind, _ERROR)
