"""The one judgement of what may be bound: may an output of this type, or this constant, go where that type is declared?

It is asked when a call is made (`compiler.graph.bind`), when nodes are written (`compiler.emit.node_bytes`), and when a
message is verified (`binding_rules`, `entity_rules`). The fast ways of writing and verifying (`emit.node_bytes.NodeTemplate`,
`fast_check.CachedSignature`) keep its answers and have none of their own; `tests/laws/test_what_may_flow.py` holds all of
them together.

The rules for types are those of `literals.assignable`, those for constants those of `literals.conforms`. Neither loses
anything: a record flows into one that has all of its fields, so that a subclass with more fields does not flow into its
base, at compile time as at run time.
"""

from __future__ import annotations

import literals
from literals import pb


def mismatch(given: pb.LiteralType | pb.Literal | None, declared: pb.LiteralType | None) -> str | None:
    """None if `given` (a literal type, or a constant as a literal) may be bound to `declared`, else the reason as a clause.

    None for either stands for a type that is not known, such as that of a foreign entity: it is not judged, and flows.

    Raises:
        LimitError: a type or the constant is nested too deeply.
    """
    if given is None or declared is None:
        return None
    if isinstance(given, pb.Literal):
        found = literals.conforms(given, declared)
        return None if found is None else str(found)
    return literals.assignable(given, declared)
