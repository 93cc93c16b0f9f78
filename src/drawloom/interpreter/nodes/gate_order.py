"""Which nodes of a graph may ask somebody: gates, and what holds gates below it.

Questions come in declared order through all of a run's graphs, so that answers can be given in advance.
"""

from __future__ import annotations

from drawloom.interpreter.nodes.task_targets import target_graph
from drawloom.interpreter.program.graph import (
    NO_ARM,
    ArrayTarget,
    BranchTarget,
    GateTarget,
    Graph,
    NodePlan,
    TaskTarget,
    WorkflowTarget,
)
from drawloom.interpreter.program.program import Program
from drawloom.ir import Key
from literals import assert_never


def gate_positions(graph: Graph, program: Program) -> tuple[int, ...]:
    """Positions of the nodes outside arms that are gates or hold some; what a dynamic task will call is not known."""
    known: dict[Key, bool] = {}
    return tuple(node.position for node in graph.nodes[: graph.top] if _may_ask(node, graph, program, known))


def _may_ask(node: NodePlan, graph: Graph, program: Program, known: dict[Key, bool]) -> bool:
    target = node.kind.target
    if type(target) is GateTarget:
        return target.kind != "sleep"
    if type(target) is BranchTarget:
        arms = (*(arm for _, arm in target.cases), target.default)
        return any(_may_ask(graph.nodes[arm], graph, program, known) for arm in arms if arm != NO_ARM)
    if type(target) is ArrayTarget:
        return _may_ask(target.node, graph, program, known)
    if type(target) is TaskTarget:
        return False
    if type(target) is WorkflowTarget:
        if target.key not in known:
            known[target.key] = False
            inner = target_graph(target.key, program)
            known[target.key] = inner is not None and any(
                _may_ask(each, inner, program, known) for each in inner.nodes[: inner.top]
            )
        return known[target.key]
    return assert_never(target)
