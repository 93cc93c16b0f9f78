"""Random workflows as data: drawn by hypothesis, built with drawloom's decorators, and understood by an oracle of its own.

A workflow is a list of `Op`s over integers; each op makes one value, and reads values made before it (or the input `x`).
The same list is built as a drawloom workflow and evaluated by `oracle.py`, which knows nothing of drawloom.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st


@dataclass(frozen=True)
class Op:
    """One step: `kind`, the values it reads (positions, -1 is the input), and what its kind needs beside them."""

    kind: str
    reads: tuple[int, ...] = ()
    number: int = 0
    inner: Flow | None = None
    other: Flow | None = None
    after: tuple[int, ...] = ()


@dataclass(frozen=True)
class Flow:
    """A workflow: its ops, the value it returns, how it takes failures, and whether it has a failure handler."""

    ops: tuple[Op, ...]
    returns: int
    fail_after: bool = False
    handler: bool = False
    name: str = field(default="flow", compare=False)


SAFE = ("add", "scale", "sub", "plan", "branch", "map", "dynamic", "attr", "optional", "approve", "sleep")
KINDS = (*SAFE, "branch_fail", "map_some", "flaky", "fail")
NESTED = {"sub", "plan", "branch", "branch_fail"}


@st.composite
def flows(draw, depth=2, kinds=KINDS, max_ops=6):
    count = draw(st.integers(1, max_ops))
    ops = []
    for position in range(count):
        allowed = [k for k in kinds if depth > 0 or k not in NESTED]
        kind = draw(st.sampled_from(allowed))
        read = st.integers(-1, position - 1)
        reads = tuple(draw(read) for _ in range(2))
        after = tuple(sorted(draw(st.sets(st.integers(0, position - 1), max_size=2)))) if position else ()
        inner = other = None
        if kind in NESTED:
            inner = draw(flows(depth=depth - 1, kinds=kinds, max_ops=3))
        if kind == "branch":
            other = draw(flows(depth=depth - 1, kinds=kinds, max_ops=3))
        ops.append(Op(kind, reads, draw(st.integers(-4, 4)), inner, other, after))
    returns = draw(st.integers(-1, count - 1))
    risky = kinds is KINDS
    return Flow(tuple(ops), returns, risky and draw(st.booleans()), risky and draw(st.booleans()))
