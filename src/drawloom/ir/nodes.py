"""The rules of nodes and workflows: ids, targets, inputs bound, outputs bound, order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from drawloom.ir.columns import INPUTS, columns, node_bytes
from drawloom.ir.flow import check_binding, check_condition, resolve
from drawloom.ir.keys import key
from drawloom.ir.ordering import CycleError, order
from drawloom.ir.problems import Report
from drawloom.ir.quick import NOWHERE, Rows, Survey, Target, judge
from drawloom.ir.scope import NONE, PLAN, TASK, WORKFLOW, Index, Scope, Signature, Types, signature
from drawloom.ir.walking import inner, upstream
from literals import pb, type_text

RESERVED_IDS = ("start-node", "end-node")
"""Ids that Flyte's engine gives to the ends of every workflow."""
MAX_INNER = 22
"""How deep nodes may be inside nodes: each level is four messages, and protobuf readers accept a hundred."""

_ERROR = 8


def check_workflow(template: pb.WorkflowTemplate, survey: Survey, report: Report) -> None:
    """Everything about one workflow. Its rows are kept in the survey."""
    check_identifier(template.id, WORKFLOW, report)
    check_interface(template.interface, report)
    known = signature(template.interface)
    if (name := key(template.id)) not in survey.sound:
        scope, survey.rows[name] = check_nodes(template.nodes, node_bytes(template), known.inputs, survey, report)
        check_outputs(template.outputs, known.outputs, scope, report)
    if template.HasField("failure_node"):
        _failure(template.failure_node, known.inputs, survey.index, report.at("failure node"))
    if template.metadata.on_failure not in pb.WorkflowMetadata.OnFailurePolicy.values():
        report.add("failure-policy", "the failure policy is unknown", got=str(template.metadata.on_failure))


def check_identifier(identifier: pb.Identifier, resource_type: int, report: Report) -> None:
    """An entity names itself: its kind and its name. Project, domain and version may be filled at registration."""
    if identifier.resource_type != resource_type:
        name = key(identifier).kind
        report.add("id-kind", "the identifier is of another kind", expected=str(resource_type), got=name)
    if not identifier.name:
        report.add("id-name", "the identifier has no name")


def check_interface(interface: pb.TypedInterface, report: Report) -> None:
    """Every variable has a name and a whole type."""
    for side in (interface.inputs, interface.outputs):
        for name in sorted(side.variables):
            if not name:
                report.add("variable-name", "a variable has no name")
            check_type(side.variables[name].type, report.at(name))


def check_type(literal_type: pb.LiteralType, report: Report) -> None:
    """No part of the type is unset, and every number in it is one that we know."""
    stack = [literal_type]
    while stack:
        item = stack.pop()
        kind = item.WhichOneof("type")
        if kind is None:
            report.add("type-unset", "a type, or a part of one, is unset", got=type_text(literal_type))
            return
        if kind == "simple" and item.simple not in pb.SimpleType.values():
            report.add("type-unknown", "the simple type is unknown", got=str(item.simple))
        elif kind == "collection_type":
            stack.append(item.collection_type)
        elif kind == "map_value_type":
            stack.append(item.map_value_type)
        elif kind == "union_type":
            if not item.union_type.variants:
                report.add("type-empty-union", "a union has no variants", got=type_text(literal_type))
            stack += item.union_type.variants


def check_nodes(
    nodes: Sequence[pb.Node], raw: list[bytes], inputs: Types | None, survey: Survey, report: Report
) -> tuple[Scope, Rows]:
    """The nodes of one scope, and the bytes of each.

    Gives the scope, with every node's outputs, for the bindings of the outputs; and the rows of what was fine at sight.
    """
    index, read = survey.index, columns(raw, has_inputs=inputs is not None)
    known = survey.targets(read)
    scope = _scope(nodes, read.ids, known, inputs, index)
    in_order = len(scope) == len(nodes) + (inputs is not None) and scope.keys().isdisjoint(RESERVED_IDS)
    if not in_order:
        _check_ids(read.ids, report)
        known[:] = [None] * len(known)  # positions by id mean nothing, so each node is looked at
    given = [target or Target(None, scope.get(name)) for target, name in zip(known, read.ids, strict=True)]
    rows, others = judge(read, known, [*given, NOWHERE, Target(None, inputs)])
    positions = {name: at for at, name in enumerate(read.ids)} if others else {}
    if not in_order or any(positions.get(up, INPUTS) >= at for at in others for up in upstream(nodes[at])):
        _check_cycle(nodes, report)
    for at in others:
        check_node(nodes[at], scope, index, report.at(read.ids[at]), 0)
    return scope, rows


def _scope(
    nodes: Sequence[pb.Node], ids: list[str], known: list[Target | None], inputs: Types | None, index: Index
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


def _check_ids(ids: list[str], report: Report) -> None:
    seen = {""}
    for name in ids:
        if name in seen or name in RESERVED_IDS:
            _check_id(name, report.at(name or "node without id"))
        seen.add(name)


def _check_id(name: str, place: Report) -> None:
    if not name:
        place.add("node-id-missing", "the node has no id", fix="the empty id stands for the workflow's inputs")
    elif name in RESERVED_IDS:
        place.add("node-id-reserved", f"{name} is an id of the engine's own")
    else:
        place.add("node-id-duplicate", "two nodes have this id", fix="give each node an id of its own")


def _check_cycle(nodes: Iterable[pb.Node], report: Report) -> None:
    try:
        order(nodes)
    except CycleError as error:
        report.add("cycle", "nodes wait for each other", got=" -> ".join(error.cycle), fix=error.fix)


def _outputs(node: pb.Node, scope: Scope) -> Types | None:
    """What a node of unknown signature gives: an approval what it was given, under the same name."""
    if not node.gate_node.HasField("approve"):
        return None
    passed = {b.var: resolve(b.binding.promise, scope, Report()) for b in node.inputs}
    return {name: kind for name, kind in passed.items() if kind is not None} if all(passed.values()) else None


def check_node(node: pb.Node, scope: Scope, index: Index, report: Report, depth: int) -> None:
    """One node, and the nodes inside it (which see the same scope)."""
    if depth > MAX_INNER:
        report.add("nested-too-deep", "nodes inside nodes are too deep for protobuf readers", expected=str(MAX_INNER))
        return
    for name in node.upstream_node_ids:
        if name not in scope:
            report.add("upstream-unknown", f"it waits for {name!r}, which is no node here")
    known = index.node(node)
    kind = node.WhichOneof("target")
    if kind is None:
        report.add("node-target-unset", "the node runs nothing", expected="a task, workflow, branch, gate or array")
    elif kind == "task_node":
        _reference(node.task_node.HasField("reference_id"), node.task_node.reference_id, TASK, index, report)
    elif kind == "workflow_node":
        _workflow_node(node.workflow_node, index, report)
    elif kind == "branch_node":
        _branch(node, scope, index, report, depth)
    elif kind == "gate_node":
        _gate(node, report)
    elif kind == "array_node":
        _array(node, index, report)
    _inputs(node, known, scope, report, judged=kind not in ("branch_node", "gate_node"))
    _metadata(node, report)


def _inputs(node: pb.Node, known: Signature | None, scope: Scope, report: Report, *, judged: bool) -> None:
    seen: set[str] = set()
    for binding in node.inputs:
        place = report.at(f"inputs.{binding.var}")
        if binding.var in seen:
            place.add("input-bound-twice", "the input is bound twice")
        seen.add(binding.var)
        target = None
        if judged and known is not None:
            if binding.var in known.fixed:
                place.add("input-fixed", "the launch plan fixes this input", fix="leave it out of the call")
            elif binding.var not in known.inputs:
                names = ", ".join(known.inputs) or "no inputs"
                place.add("input-unknown", "what the node runs has no such input", expected=names, got=binding.var)
            else:
                target = known.inputs[binding.var]
        check_binding(binding.binding, target, scope, place)
    if judged and known is not None:
        for name, kind in known.inputs.items():
            if name not in seen and name not in known.optional and name not in known.fixed:
                report.add("input-unbound", f"input {name!r} is not bound", expected=type_text(kind))


def _reference(given: bool, identifier: pb.Identifier, kind: int, index: Index, report: Report) -> None:  # noqa: FBT001 - a field's presence
    if not given or not identifier.name:
        report.add("reference-unset", "the node does not say what it runs")
    elif identifier.resource_type != kind:
        report.add(
            "reference-kind", "the reference is of another kind", got=f"{key(identifier).kind} {key(identifier)}"
        )
    elif kind == WORKFLOW and index.entity(identifier) is None:
        report.add(
            "reference-unknown",
            f"workflow {key(identifier)} is not here",
            fix="a sub-workflow travels with the workflow that uses it: compile them together",
        )


def _workflow_node(target: pb.WorkflowNode, index: Index, report: Report) -> None:
    if target.HasField("launchplan_ref"):
        _reference(True, target.launchplan_ref, PLAN, index, report)  # noqa: FBT003 - a field's presence
    else:
        _reference(target.HasField("sub_workflow_ref"), target.sub_workflow_ref, WORKFLOW, index, report)


def _branch(node: pb.Node, scope: Scope, index: Index, report: Report, depth: int) -> None:
    block = node.branch_node.if_else
    if not block.HasField("case"):
        report.add("branch-empty", "the branch has no case")
        return
    operands: dict[str, pb.LiteralType] = {}
    for binding in node.inputs:
        promised = binding.binding.HasField("promise")
        found = resolve(binding.binding.promise, scope, Report()) if promised else None
        operands[binding.var] = found if found is not None else pb.LiteralType()
    for number, case in enumerate([block.case, *block.other]):
        place = report.at(f"case {number + 1}")
        if not case.HasField("then_node"):
            place.add("branch-arm-unset", "the case runs no node")
        check_condition(case.condition, operands, place.at("condition"))
    for arm in inner(node, ""):
        if arm.node.ByteSize():
            check_node(arm.node, scope, index, report.at(arm.path), depth + 1)


def _gate(node: pb.Node, report: Report) -> None:
    gate = node.gate_node
    kind = gate.WhichOneof("condition")
    if kind is None:
        report.add("gate-unset", "the gate waits for nothing", expected="a sleep, an approval or a signal")
    elif kind == "sleep":
        if not gate.sleep.HasField("duration") or gate.sleep.duration.seconds < 0 or gate.sleep.duration.nanos < 0:
            report.add("gate-sleep", "the sleep has no time, or a negative one")
    elif kind == "approve":
        if not gate.approve.signal_id:
            report.add("gate-signal-id", "the approval has no signal id")
        if len(node.inputs) != 1:
            report.add(
                "gate-approve-input", "an approval passes on exactly one input", got=f"{len(node.inputs)} inputs"
            )
    else:
        if not gate.signal.signal_id:
            report.add("gate-signal-id", "the signal has no id")
        if not gate.signal.output_variable_name:
            report.add("gate-signal-output", "the signal's value has no name")
        check_type(gate.signal.type, report)


def _array(node: pb.Node, index: Index, report: Report) -> None:
    array = node.array_node
    mapped = array.node
    place = report.at("each")
    if mapped.WhichOneof("target") not in ("task_node", "workflow_node"):
        place.add("array-target", "an array node maps a task or a launch plan")
        return
    known = index.node(mapped)
    if known is not None:
        if len(known.outputs) > 1:
            place.add("array-outputs", "what is mapped has more than one output", got=", ".join(known.outputs))
        for name in array.bound_inputs:
            if name not in known.inputs:
                place.add("array-bound-input", f"bound input {name!r} does not exist", expected=", ".join(known.inputs))
    if array.WhichOneof("success_criteria") == "min_success_ratio" and not 0 <= array.min_success_ratio <= 1:
        place.add("array-ratio", "the success ratio is not between 0 and 1", got=str(array.min_success_ratio))
    if mapped.WhichOneof("target") == "task_node":
        _reference(mapped.task_node.HasField("reference_id"), mapped.task_node.reference_id, TASK, index, place)
    else:
        _workflow_node(mapped.workflow_node, index, place)
    _metadata(mapped, place)


def _metadata(node: pb.Node, report: Report) -> None:
    timeout = node.metadata.timeout
    if timeout.seconds < 0 or timeout.nanos < 0:
        report.add("timeout-negative", "the timeout is negative", got=f"{timeout.seconds} s")


def check_outputs(outputs: Iterable[pb.Binding], declared: Types | None, scope: Scope, report: Report) -> None:
    """Each declared output is bound once, and nothing else is. Without declarations only existence is checked."""
    seen: set[str] = set()
    for binding in outputs:
        place = report.at(f"outputs.{binding.var}")
        if binding.var in seen:
            place.add("output-bound-twice", "the output is bound twice")
        seen.add(binding.var)
        target = None if declared is None else declared.get(binding.var)
        if declared is not None and target is None:
            place.add("output-unknown", "the interface has no such output", expected=", ".join(declared) or "none")
        check_binding(binding.binding, target, scope, place)
    for name, kind in (declared or {}).items():
        if name not in seen:
            report.add("output-unbound", f"output {name!r} is not bound", expected=type_text(kind))


def _failure(node: pb.Node, inputs: Types, index: Index, report: Report) -> None:
    """The handler sees the workflow's inputs only; the error itself is given by the engine to an input of that type."""
    if node.WhichOneof("target") not in ("task_node", "workflow_node"):
        report.add("failure-target", "a failure handler is a task or a workflow")
        return
    scope: dict[str, Types | None] = {"": inputs}
    for name in node.upstream_node_ids:
        report.add("failure-upstream", f"a failure handler waits for no node, not even {name!r}")
    known = index.node(node)
    if known is not None:
        given = {name for name, kind in known.inputs.items() if _takes_error(kind)}
        known = Signature(known.inputs, known.outputs, known.optional | given, known.fixed)
    if node.HasField("task_node"):
        _reference(node.task_node.HasField("reference_id"), node.task_node.reference_id, TASK, index, report)
    else:
        _workflow_node(node.workflow_node, index, report)
    _inputs(node, known, scope, report, judged=True)
    _metadata(node, report)


def _takes_error(kind: pb.LiteralType) -> bool:
    which = kind.WhichOneof("type")
    if which == "union_type":
        return any(
            variant.WhichOneof("type") == "simple" and variant.simple in (_ERROR, NONE)
            for variant in kind.union_type.variants
        )
    return which == "simple" and kind.simple == _ERROR
