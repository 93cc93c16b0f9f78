"""Bindings and conditions: does each value exist, and may it flow to where it is bound?

A scope maps node ids to what those nodes give; the empty id stands for the workflow's own inputs. A type of None is
unknown (a foreign entity, or a path into a struct whose fields are not described): what is unknown is not judged.
"""

from __future__ import annotations

from collections.abc import Mapping

from drawloom.ir.assignment import mismatch
from drawloom.ir.entity_index import NodeOutputs, Types
from drawloom.ir.problems import Diagnostics
from literals import described_fields, path, pb, scalar_text, type_text, variants

_NONE, _STRUCT = 0, 9
_NUMBERS = {1, 2}  # int and float compare with each other
_TEXT = 3


def promise_text(promise: pb.OutputReference) -> str:
    """A promise as it is shown: `n0.o0["k"][1]`, `.x` for a workflow input."""
    steps: list[str | int] = [
        step.int_value if step.WhichOneof("value") == "int_value" else step.string_value for step in promise.attr_path
    ]
    return path.path_text(f"{promise.node_id}.{promise.var}", steps)


def resolve(promise: pb.OutputReference, scope: NodeOutputs, diagnostics: Diagnostics) -> pb.LiteralType | None:
    """The type that a promise has; None if unknown, or if it names what does not exist (which is reported)."""
    if promise.node_id not in scope:
        diagnostics.add(
            "binding-unknown-node",
            f"{promise_text(promise)} names a node that is not here",
            expected=_names(scope),
            got=promise.node_id or "an input of the workflow",
        )
        return None
    outputs = scope[promise.node_id]
    if outputs is None:
        return None
    if promise.var not in outputs:
        owner = f"node {promise.node_id}" if promise.node_id else "the workflow"
        rule = "binding-unknown-output" if promise.node_id else "binding-unknown-input"
        diagnostics.add(rule, f"{owner} has no {promise.var!r}", expected=_names(outputs), got=promise.var)
        return None
    return _follow(outputs[promise.var], promise, diagnostics)


def _names(known: Mapping[str, object]) -> str:
    shown = [name or "(workflow inputs)" for name in list(known)[:8]]
    return f"one of {', '.join(shown)}{', …' if len(known) > 8 else ''}" if shown else "none"  # noqa: PLR2004 - fits a line


def _follow(kind: pb.LiteralType, promise: pb.OutputReference, diagnostics: Diagnostics) -> pb.LiteralType | None:
    current: pb.LiteralType | None = kind
    for step in promise.attr_path:
        which = step.WhichOneof("value")
        if which is None:
            diagnostics.add(
                "path-step-unset", f"a step of {promise_text(promise)} is unset", expected="a name or an index"
            )
            return None
        current, fits = _step(current, step, is_index=which == "int_value") if current is not None else (None, True)
        if not fits:
            diagnostics.add(
                "path-not-in-type",
                f"{promise_text(promise)} goes where the type does not",
                expected=f"a path into {type_text(kind)}",
                got=str(step.int_value) if which == "int_value" else step.string_value,
            )
            return None
    return current


def _step(kind: pb.LiteralType, step: pb.PromiseAttribute, *, is_index: bool) -> tuple[pb.LiteralType | None, bool]:
    """The type one step further in (None if unknown), and whether the step can exist at all."""
    which = kind.WhichOneof("type")
    if which == "collection_type":
        return (kind.collection_type, True) if is_index else (None, False)
    if which == "map_value_type":
        return (kind.map_value_type, True) if not is_index else (None, False)
    if which == "simple" and kind.simple == _STRUCT:
        fields = kind.structure.dataclass_type
        if is_index or not fields:
            return None, True
        # Not every field is listed there: flytekit leaves out those without a literal type of their own, such as tuples.
        name = step.string_value
        return (fields[name], True) if name in fields else (None, name in described_fields(kind))
    if which == "union_type":
        return None, any(_step(variant, step, is_index=is_index)[1] for variant in kind.union_type.variants)
    return None, False


def check_binding(
    data: pb.BindingData, target: pb.LiteralType | None, scope: NodeOutputs, diagnostics: Diagnostics
) -> None:
    """One bound value against the type that takes it (None: unknown, only existence is checked)."""
    kind = data.WhichOneof("value")
    if kind is None:
        diagnostics.add("binding-unset", "nothing is bound", expected="a constant, a promise, or a container of them")
    elif kind == "promise":
        _promise(data.promise, target, scope, diagnostics)
    elif kind == "scalar":
        _constant(data.scalar, target, diagnostics)
    elif kind == "collection":
        element = _inside(target, "collection_type", "a list", diagnostics)
        flows: dict[int, bool] = {}
        for index, item in enumerate(data.collection.bindings):
            if not _flows(item, element, scope, flows):
                check_binding(item, element, scope, diagnostics.at(path.at_index(index)))
    elif kind == "map":
        element = _inside(target, "map_value_type", "a map", diagnostics)
        for name in sorted(data.map.bindings):
            check_binding(data.map.bindings[name], element, scope, diagnostics.at(path.at_key(name)))


def _flows(data: pb.BindingData, element: pb.LiteralType | None, scope: NodeOutputs, known: dict[int, bool]) -> bool:
    """Whether this element of a list is a whole output that may go there: most are, and need no place to diagnostics it.

    `known`: what was found for this list so far, by the identity of the types in `scope`.
    """
    promise = data.promise
    outputs = scope.get(promise.node_id)
    source = None if outputs is None else outputs.get(promise.var)
    if element is None or source is None or promise.attr_path:
        return False
    fits = known.get(id(source))
    if fits is None:
        fits = known[id(source)] = mismatch(source, element) is None
    return fits


def _promise(
    promise: pb.OutputReference, target: pb.LiteralType | None, scope: NodeOutputs, diagnostics: Diagnostics
) -> None:
    source = resolve(promise, scope, diagnostics)
    if promise.attr_path and source is not None and source.HasField("union_type"):
        source = _if_it_is_there(source)
    reason = mismatch(source, target)
    if reason is not None and source is not None and target is not None:
        diagnostics.add(
            "binding-type",
            f"{promise_text(promise)} may not flow here: {reason}",
            expected=type_text(target),
            got=type_text(source),
            fix="convert the value in a task between the two, or change one of the types",
        )


def _if_it_is_there(source: pb.LiteralType) -> pb.LiteralType:
    """Of a part of a value, the type without None: Flyte looks at such a part when it runs, and so does a run here."""
    variants = source.union_type.variants
    given = [each for each in variants if each.WhichOneof("type") != "simple" or each.simple != pb.SimpleType.NONE]
    if len(given) == 1:
        return given[0]
    return pb.LiteralType(union_type=pb.UnionType(variants=given)) if given else source


def _constant(scalar: pb.Scalar, target: pb.LiteralType | None, diagnostics: Diagnostics) -> None:
    if target is not None and mismatch(pb.Literal(scalar=scalar), target) is not None:
        diagnostics.add(
            "binding-constant", "the constant is not of the type", expected=type_text(target), got=scalar_text(scalar)
        )


def _inside(target: pb.LiteralType | None, wanted: str, word: str, diagnostics: Diagnostics) -> pb.LiteralType | None:
    """The element type that a list or map of bindings is held against.

    In a union it is that of its only variant of this kind; with several the value decides, so it is unknown.
    """
    if target is None:
        return None
    fitting = [variant for variant in variants(target) if variant.WhichOneof("type") == wanted]
    if not fitting:
        diagnostics.add(
            "binding-container", f"{word} is bound where none is taken", expected=type_text(target), got=word
        )
        return None
    if len(fitting) > 1:
        return None
    return fitting[0].collection_type if wanted == "collection_type" else fitting[0].map_value_type


def check_condition(expression: pb.BooleanExpression, operands: Types | None, diagnostics: Diagnostics) -> None:
    """A branch's condition: everything is set, operands are inputs of the branch node, both sides compare.

    `operands` are the branch node's inputs with the types bound to them.
    """
    stack = [expression]
    while stack:
        item = stack.pop()
        kind = item.WhichOneof("expr")
        if kind == "conjunction":
            stack += [item.conjunction.right_expression, item.conjunction.left_expression]
        elif kind == "comparison":
            _comparison(item.comparison, operands, diagnostics)
        else:
            diagnostics.add("condition-unset", "a condition is unset", expected="a comparison or a conjunction")


def _comparison(comparison: pb.ComparisonExpression, operands: Types | None, diagnostics: Diagnostics) -> None:
    if not 0 <= comparison.operator <= pb.ComparisonExpression.Operator.LTE:
        diagnostics.add("condition-operator", "the operator is unknown", got=str(comparison.operator))
    left = _operand(comparison.left_value, operands, diagnostics)
    right = _operand(comparison.right_value, operands, diagnostics)
    if left is None or right is None or _comparable(left, right):
        return
    diagnostics.add(
        "condition-types",
        "the two sides do not compare",
        expected="two values of one simple type",
        got=f"{type_text(left)} and {type_text(right)}",
    )


_SIMPLE_NAMES = {
    "integer": "INTEGER",
    "float_value": "FLOAT",
    "string_value": "STRING",
    "boolean": "BOOLEAN",
    "datetime": "DATETIME",
    "duration": "DURATION",
}


def _operand(operand: pb.Operand, operands: Types | None, diagnostics: Diagnostics) -> pb.LiteralType | None:
    kind = operand.WhichOneof("val")
    if kind == "var":
        return _variable(operand.var, operands, diagnostics)
    scalar = operand.scalar if kind == "scalar" else pb.Scalar(primitive=operand.primitive)
    value = scalar.primitive.WhichOneof("value")
    if value is not None:
        return pb.LiteralType(simple=pb.SimpleType.Value(_SIMPLE_NAMES[value]))
    if scalar.HasField("none_type"):
        return pb.LiteralType(simple=pb.SimpleType.NONE)
    diagnostics.add("condition-operand-unset", "a side of a comparison is unset, or no simple value")
    return None


def _variable(name: str, operands: Types | None, diagnostics: Diagnostics) -> pb.LiteralType | None:
    if operands is None:
        return None
    if name not in operands:
        diagnostics.add(
            "condition-unknown-operand", f"{name!r} is not an input of this branch", expected=_names(operands)
        )
        return None
    found = operands[name]
    return found if found.WhichOneof("type") is not None else None


def _comparable(left: pb.LiteralType, right: pb.LiteralType) -> bool:
    return any(a == b or {a, b} <= _NUMBERS or _NONE in (a, b) for a in _simple(left) for b in _simple(right))


def _simple(kind: pb.LiteralType) -> list[int]:
    which = kind.WhichOneof("type")
    if which == "simple":
        return [kind.simple]
    if which == "enum_type":
        return [_TEXT]
    if which == "union_type":
        return [number for variant in kind.union_type.variants for number in _simple(variant)]
    return []
