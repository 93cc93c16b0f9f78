"""What Flyte 1's compiler refuses of workflows when they are registered, beyond the rules that every message keeps.

Each rule's docstring names the Go source of `flytepropeller` that it is of. With the rules of `flyte1_entities`, these
are the platform `flyte1`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from drawloom.ir.binding_rules import promise_text
from drawloom.ir.entity_index import NodeOutputs, Types, signature
from drawloom.ir.flyte1_containers import FLYTE1
from drawloom.ir.flyte1_types import castable, taking_variants, type_of_promise, type_of_scalar, undescribed_step
from drawloom.ir.node_visitor import entity_of_node
from drawloom.ir.platform import Finding, WorkflowScope
from drawloom.ir.walking import inner, promises
from literals import path, pb, type_text

_NODE_LIMIT = 100
_FLOAT = 2


class Side(NamedTuple):
    """A side of a comparison: the type that the cluster takes it to have (None: unknown), and whether a path is read."""

    type: pb.LiteralType | None
    is_path: bool


# -- workflows


@FLYTE1.rule("workflow-empty", "a workflow has a node", "workflow")
def _nodes(template: pb.WorkflowTemplate) -> Iterator[Finding]:
    """`NewNoNodesFoundErr` in flytepropeller/pkg/compiler/workflow_compiler.go."""
    if not template.nodes:
        yield Finding("the workflow has no nodes", fix="call a task in it, if one that gives back its input")


@FLYTE1.rule(
    "workflow-nodes",
    f"a workflow has at most {_NODE_LIMIT} nodes, unless the platform allows more",
    "workflow",
    refuses=False,
)
def _node_limit(template: pb.WorkflowTemplate) -> Iterator[Finding]:
    """`ValidateCompiledWorkflow` in flyteadmin/pkg/manager/impl/validation/workflow_validator.go (maxWorkflowNodes)."""
    if len(template.nodes) > _NODE_LIMIT:
        yield Finding(
            "the workflow has more nodes than a platform takes by default",
            f"at most {_NODE_LIMIT}",
            str(len(template.nodes)),
            "put parts into sub-workflows, use map_task, or raise registration.maxWorkflowNodes on the platform",
        )


# -- nodes


@FLYTE1.rule("alias-twice", "an output has one alias", "node")
def _alias_twice(node: pb.Node, scope: WorkflowScope) -> Iterator[Finding]:
    """`NewDuplicateAliasErr` in flytepropeller/pkg/compiler/validators/node.go."""
    del scope
    seen: set[str] = set()
    for alias in node.output_aliases:
        if alias.var in seen:
            yield Finding(f"output {alias.var!r} has two aliases", fix="keep one of them")
        seen.add(alias.var)


@FLYTE1.rule("alias-unknown", "an alias is of an output that exists", "node")
def _alias_unknown(node: pb.Node, scope: WorkflowScope) -> Iterator[Finding]:
    """`validateEffectiveOutputParameters` in flytepropeller/pkg/compiler/validators/node.go."""
    known = scope.signature(node)
    for alias in node.output_aliases if known is not None else ():
        if known is not None and alias.var not in known.outputs:
            yield Finding(
                f"there is no output {alias.var!r}",
                ", ".join(known.outputs) or "no outputs",
                alias.alias,
                "check the name",
            )


@FLYTE1.rule("alias-read", "an output that has an alias is read by the alias", "node")
def _alias_read(node: pb.Node, scope: WorkflowScope) -> Iterator[Finding]:
    """`validateOutputVar` in flytepropeller/pkg/compiler/validators/vars.go: the alias takes the output's place."""
    aliases = {(each.id, alias.var): alias.alias for each in scope.template.nodes for alias in each.output_aliases}
    for binding in node.inputs:
        for promise in promises(binding.binding):
            if (alias := aliases.get((promise.node_id, promise.var))) is not None:
                yield Finding(
                    f"{promise_text(promise)} is read, which has the alias {alias!r}",
                    fix="give an alias only to outputs that nothing reads",
                    where=f"inputs.{binding.var}",
                )


def _mistakes(data: pb.BindingData, down: pb.LiteralType, scope: NodeOutputs) -> Iterator[tuple[str, Finding]]:
    """The rule that a binding breaks, and what is wrong; `validateBinding` in validators/bindings.go."""
    kind = data.WhichOneof("value")
    if kind in ("collection", "map") and down.WhichOneof("type") == "union_type":
        fitting = [each for each in down.union_type.variants if not [*_mistakes(data, each, scope)]]
        if len(fitting) != 1:
            many = f"{len(fitting)} of its variants take it" if fitting else "none of its variants takes it"
            word = "list" if kind == "collection" else "map"
            fix = "pass it as an input of the workflow, or from a task, which say which variant is meant"
            yield "union-container", Finding(f"a {word} is bound to a union, and {many}", type_text(down), many, fix)
    elif kind == "collection" and down.WhichOneof("type") == "collection_type":
        for index, item in enumerate(data.collection.bindings):
            yield from _below(path.at_index(index), _mistakes(item, down.collection_type, scope))
    elif kind == "map" and down.WhichOneof("type") == "map_value_type":
        for name in sorted(data.map.bindings):
            yield from _below(path.at_key(name), _mistakes(data.map.bindings[name], down.map_value_type, scope))
    elif kind in ("collection", "map"):
        word = "a list" if kind == "collection" else "a map"
        yield "castable", Finding(f"{word} is bound where none is taken", type_text(down), word, "check the type")
    elif kind == "promise" and (step := undescribed_step(data.promise, scope)) is not None:
        record, field = step
        text = f"{promise_text(data.promise)} reads a field that the type of its record does not list, so the cluster does not find it"
        fix = "let a task take the record and give the field as an output of its own"
        yield (
            "path-undescribed",
            Finding(text, f"one of {', '.join(sorted(record.structure.dataclass_type))}", field, fix),
        )
    elif kind in ("promise", "scalar"):
        up = type_of_promise(data.promise, scope) if kind == "promise" else type_of_scalar(data.scalar)
        if up is not None and not castable(up, down):
            shown = promise_text(data.promise) if kind == "promise" else "the constant"
            yield _cast_mistake(shown, up, down)


def _below(step: str, found: Iterable[tuple[str, Finding]]) -> Iterator[tuple[str, Finding]]:
    for rule, each in found:
        yield rule, each._replace(where=f"{step}{each.where}")


def _cast_mistake(shown: str, up: pb.LiteralType, down: pb.LiteralType) -> tuple[str, Finding]:
    if down.WhichOneof("type") == "union_type" and up.WhichOneof("type") != "union_type":
        fitting = taking_variants(up, down)
        if len(fitting) > 1:
            text = f"{shown} flows into {len(fitting)} variants of the union, and which is meant is not said"
            fix = "let a task between the two declare the union as its output"
            return "union-ambiguous", Finding(text, type_text(down), type_text(up), fix)
    return "castable", Finding(
        f"{shown} does not flow here on the cluster",
        type_text(down),
        type_text(up),
        "convert it in a task between the two",
    )


def _bound(node: pb.Node, scope: WorkflowScope, rule: str) -> Iterator[Finding]:
    known = scope.signature(node)
    if known is None or (entity_of_node(node) is None and not node.HasField("array_node")):
        return
    yield from _judged(node.inputs, known.inputs, scope, rule, "inputs")


def _judged(
    bindings: Iterable[pb.Binding], types: Types, scope: WorkflowScope, rule: str, side: str
) -> Iterator[Finding]:
    for binding in bindings:
        if binding.var in types:
            for name, each in _mistakes(binding.binding, types[binding.var], scope.scope):
                if name == rule:
                    yield each._replace(where=f"{side}.{binding.var}{each.where}")


_BINDING_RULES = {
    "path-undescribed": "a path goes through fields that the type of their record lists",
    "castable": "a value is bound only to a type that the cluster lets it flow into",
    "union-ambiguous": "what is not a union flows into exactly one variant of a union",
    "union-container": "a list or map of bindings fits exactly one variant of a union",
}


def _add_binding_rule(name: str, statement: str) -> None:
    """`AreTypesCastable` in validators/typing.go and `validateBinding` in validators/bindings.go of flytepropeller."""

    def of_node(node: pb.Node, scope: WorkflowScope) -> Iterator[Finding]:
        yield from _bound(node, scope, name)

    def of_outputs(template: pb.WorkflowTemplate, scope: WorkflowScope) -> Iterator[Finding]:
        yield from _judged(template.outputs, signature(template.interface).outputs, scope, name, "outputs")

    of_node.__doc__ = of_outputs.__doc__ = _add_binding_rule.__doc__
    FLYTE1.rule(name, statement, "node")(of_node)
    FLYTE1.rule(f"{name}-output", f"of a workflow's output: {statement}", "outputs")(of_outputs)


for _name, _statement in _BINDING_RULES.items():
    _add_binding_rule(_name, _statement)


@FLYTE1.rule("array-launch-plan", "a map is over a task", "node")
def _array(node: pb.Node, scope: WorkflowScope) -> Iterator[Finding]:
    """`ValidateUnderlyingInterface` in validators/interface.go: an array node has the interface of what is inside, unwrapped."""
    del scope
    if node.array_node.node.HasField("workflow_node"):
        yield Finding(
            "a launch plan or workflow is mapped, whose inputs the cluster does not take as lists",
            fix="map a task, or call the plan in a @dynamic task for each element",
        )


# -- branches


@FLYTE1.rule("branch-default", "a branch has an else, if one that fails", "node")
def _default(node: pb.Node, scope: WorkflowScope) -> Iterator[Finding]:
    """`NewBranchNodeHasNoDefault` in flytepropeller/pkg/compiler/validators/node.go."""
    del scope
    if node.HasField("branch_node") and node.branch_node.if_else.WhichOneof("default") is None:
        yield Finding("the branch has no else", fix="add .else_().then(...) or .else_().fail(...)")


@FLYTE1.rule("branch-outputs", "an output that all arms of a branch have has one type", "node")
def _arm_outputs(node: pb.Node, scope: WorkflowScope) -> Iterator[Finding]:
    """`validateBranchInterface` in flytepropeller/pkg/compiler/validators/branch.go."""
    if not node.HasField("branch_node"):
        return
    arms = [(visited.path, scope.signature(visited.node)) for visited in inner(node, "")]
    known = [(where, found.outputs) for where, found in arms if found is not None]
    shared = set(known[0][1]) if known else set[str]()
    for where, outputs in known[1:]:
        shared &= set(outputs)  # those of an arm before one that has not all of them are compared, too
        for name, kind in known[0][1].items():
            if name in shared and not _same(kind, outputs[name]):
                fix = "give all arms the same type, such as by a task that converts"
                yield Finding(
                    f"output {name!r} has another type in this arm",
                    type_text(kind),
                    type_text(outputs[name]),
                    fix,
                    where,
                )


def _same(one: pb.LiteralType, other: pb.LiteralType) -> bool:
    return one.SerializeToString(deterministic=True) == other.SerializeToString(deterministic=True)


def comparisons(node: pb.Node) -> Iterator[tuple[str, pb.ComparisonExpression]]:
    """(where, comparison) of a branch's conditions."""
    if not node.HasField("branch_node"):
        return
    block = node.branch_node.if_else
    for number, case in enumerate([block.case, *block.other], 1):
        stack = [case.condition]
        while stack:
            item = stack.pop()
            if item.WhichOneof("expr") == "conjunction":
                stack += [item.conjunction.right_expression, item.conjunction.left_expression]
            elif item.WhichOneof("expr") == "comparison":
                yield f"case {number}", item.comparison


@FLYTE1.rule("condition-operand", "a side of a comparison is a primitive or an output", "node")
def _operand(node: pb.Node, scope: WorkflowScope) -> Iterator[Finding]:
    """`validateOperand` in flytepropeller/pkg/compiler/validators/condition.go."""
    del scope
    for where, comparison in comparisons(node):
        for side in (comparison.left_value, comparison.right_value):
            if side.WhichOneof("val") == "scalar":
                fix = "compare in a task that gives a bool, and branch on that with is_true()"
                yield Finding(
                    "None is compared with, which the cluster cannot", "a primitive or an output", "None", fix, where
                )


def _sides(node: pb.Node, scope: WorkflowScope) -> Iterator[tuple[str, pb.ComparisonExpression, list[Side]]]:
    """(where, comparison, its two sides) of a branch's conditions."""
    bound = {binding.var: binding.binding.promise for binding in node.inputs}
    for where, comparison in comparisons(node):
        yield where, comparison, [_side(each, bound, scope) for each in (comparison.left_value, comparison.right_value)]


def _side(side: pb.Operand, bound: Mapping[str, pb.OutputReference], scope: WorkflowScope) -> Side:
    if side.WhichOneof("val") != "var":
        return Side(type_of_scalar(pb.Scalar(primitive=side.primitive)), is_path=False)
    promise = bound.get(side.var, pb.OutputReference())
    return Side(type_of_promise(promise, scope.scope, whole=True), is_path=bool(promise.attr_path))


def _operand_types(node: pb.Node, scope: WorkflowScope) -> Iterator[tuple[str, bool, pb.LiteralType, pb.LiteralType]]:
    """(where, whether a path is read, left, right) of the comparisons whose sides have different types for the cluster."""
    for where, _, (left, right) in _sides(node, scope):
        if left.type is not None and right.type is not None and not _same(left.type, right.type):
            yield where, left.is_path or right.is_path, left.type, right.type


def is_comparable(node: pb.Node, scope: WorkflowScope) -> bool:
    """Whether the cluster takes all conditions of a branch, its own and none of the branches inside it."""
    return not any((*_operand(node, scope), *_operand_types(node, scope)))


def mixed_comparisons(node: pb.Node, scope: WorkflowScope) -> Iterator[pb.Primitive]:
    """The whole numbers among a branch's constants that are compared with a float output."""
    for _, comparison, sides in _sides(node, scope):
        operands = (comparison.left_value, comparison.right_value)
        for operand, other in zip(operands, reversed(sides), strict=True):
            if operand.primitive.HasField("integer") and other.type is not None and other.type.simple == _FLOAT:
                yield operand.primitive


@FLYTE1.rule("condition-path", "a condition reads whole outputs, and no part of one", "node")
def _condition_path(node: pb.Node, scope: WorkflowScope) -> Iterator[Finding]:
    """`validateBinding` in validators/bindings.go gives the type of the whole output, which condition.go then compares."""
    for where, is_path, left, right in _operand_types(node, scope):
        if is_path:
            yield Finding(
                "a part of an output is compared, which the cluster takes for the whole",
                "two values of one primitive type",
                f"{type_text(left)} and {type_text(right)}",
                "let a task give the part as an output of its own, and compare that",
                where,
            )


@FLYTE1.rule("condition-same-type", "both sides of a comparison have the very same type", "node")
def _condition_types(node: pb.Node, scope: WorkflowScope) -> Iterator[Finding]:
    """`ValidateBooleanExpression` in flytepropeller/pkg/compiler/validators/condition.go."""
    for where, is_path, left, right in _operand_types(node, scope):
        if not is_path:
            yield Finding(
                "the two sides of a comparison have different types",
                "one primitive type on both sides, without Optional or Enum",
                f"{type_text(left)} and {type_text(right)}",
                "write a float constant against a float, and let a task give enums and optional values as primitives",
                where,
            )
