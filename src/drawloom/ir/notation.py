"""One line each: bindings, conditions, interfaces, durations. The words of `pretty`."""

from __future__ import annotations

from drawloom.ir.binding_rules import promise_text
from literals import literal_text, path, pb, primitive_text, scalar_text, type_text

_OPERATORS = ("==", "!=", ">", ">=", "<", "<=")
_WORDS = ("and", "or")


def binding_text(data: pb.BindingData) -> str:
    """A bound value: a constant, a promise, or a container of them."""
    kind = data.WhichOneof("value")
    if kind == "promise":
        return promise_text(data.promise)
    if kind == "scalar":
        return scalar_text(data.scalar)
    if kind == "collection":
        return f"[{', '.join(binding_text(item) for item in data.collection.bindings)}]"
    if kind == "map":
        entries = data.map.bindings
        return "{" + ", ".join(f"{path.at_key(k)[1:-1]}: {binding_text(entries[k])}" for k in sorted(entries)) + "}"
    if kind == "offloaded_metadata":
        return literal_text(pb.Literal(offloaded_metadata=data.offloaded_metadata))
    return "unset"


def condition_text(expression: pb.BooleanExpression) -> str:
    """A condition, with every conjunction inside another one in brackets."""
    kind = expression.WhichOneof("expr")
    if kind == "comparison":
        comparison = expression.comparison
        number = comparison.operator
        sign = _OPERATORS[number] if 0 <= number < len(_OPERATORS) else f"operator {number}"
        return f"{_operand(comparison.left_value)} {sign} {_operand(comparison.right_value)}"
    if kind == "conjunction":
        conjunction = expression.conjunction
        number = conjunction.operator
        word = _WORDS[number] if 0 <= number < len(_WORDS) else f"operator {number}"
        return f"{_bracketed(conjunction.left_expression)} {word} {_bracketed(conjunction.right_expression)}"
    return "unset"


def _bracketed(expression: pb.BooleanExpression) -> str:
    text = condition_text(expression)
    return f"({text})" if expression.HasField("conjunction") else text


def _operand(operand: pb.Operand) -> str:
    kind = operand.WhichOneof("val")
    if kind == "var":
        return operand.var
    if kind == "primitive":
        return primitive_text(operand.primitive)
    return scalar_text(operand.scalar) if kind == "scalar" else "unset"


def interface_text(interface: pb.TypedInterface) -> str:
    """Inputs and outputs by name: `(a: int, b: str) -> (o0: int)`."""
    sides = (interface.inputs.variables, interface.outputs.variables)
    texts = [", ".join(f"{name}: {type_text(side[name].type)}" for name in sorted(side)) for side in sides]
    return f"({texts[0]}) -> ({texts[1]})"


def duration_text(duration: pb.Duration) -> str:
    """Seconds, without a fraction where there is none: `90s`, `0.5s`."""
    whole = duration.seconds + duration.nanos / 1e9
    return f"{int(whole)}s" if whole == int(whole) else f"{whole}s"
