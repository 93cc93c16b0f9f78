"""`conditional("name").if_(...).then(...).elif_(...).then(...).else_().then(...)`: a branch node in the making.

Calls that `then(...)` is given are cut out of the workflow's own nodes and belong to that arm; calls made for a condition
stay and run before. Without `else_` nothing happens when no condition holds, and there is no value to use. `fail(text)`
ends the run with exactly that text, in any arm. Names of outputs are those that every arm has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from compiler.errors import FlyteAssertion, FlyteValidationException
from compiler.graph.condition import OperandNames, check_expression, write_expression, write_never
from compiler.graph.expression import ComparisonExpression, ConjunctionExpression
from compiler.graph.node import Node, NodeEmitter, NodeOverrides
from compiler.graph.promise import Promise
from compiler.graph.trace import Trace, open_trace, promises
from compiler.source.interface import Interface
from compiler.source_location import here
from compiler.workflows.arms import (
    PAUSE,
    Arm,
    align_names,
    common_outputs,
    rename,
    result_values,
    settle_arm,
    substitute,
)
from literals import pb, preview


def conditional(name: str) -> ConditionalSection:
    """A choice between calls that is made when the workflow runs.

    Raises:
        FlyteAssertion: no workflow is being compiled.
    """
    return ConditionalSection(name)


class ConditionalSection:
    """The start of a conditional: continue with `.if_(...)`."""

    def __init__(self, name: str, trace: Trace | None = None) -> None:
        trace = open_trace() if trace is None else trace
        if trace is None:
            raise FlyteAssertion(
                "Branches can only be invoked within a workflow context",
                where=f'conditional "{name}"',
                expected="a call in the body of a workflow",
                got="a call outside one",
                fix="use conditional() in the body of a @workflow or @dynamic; elsewhere write Python's if",
                location=here(keep_frame=True),
            )
        if not name:
            raise FlyteAssertion(
                "a conditional has no name",
                expected="text",
                got=preview(name),
                fix="write conditional('name')",
                location=here(keep_frame=True),
            )
        self._name = name
        self.chain = Chain(Branch(name, trace.name, trace.prefix), trace)

    @property
    def name(self) -> str:
        """The name given by the author."""
        return self._name

    def if_(self, expr: object) -> ArmBuilder:
        """The first condition."""
        if self.chain.branch.arms:
            raise FlyteAssertion(
                "a conditional has one if_",
                where=f'conditional "{self._name}"',
                expected="one if_",
                got="a second one",
                fix="continue with elif_",
                location=here(keep_frame=True),
            )
        return self.chain.open(expr)


class ArmBuilder:
    """An arm whose condition is known: continue with `.then(...)` or `.fail(...)`."""

    def __init__(self, chain: Chain, expr: object, *, last: bool) -> None:
        self._chain = chain
        self._expr = expr
        self._last = last

    @property
    def expr(self) -> Any:
        """The condition; None for else."""
        return self._expr

    def then(self, p: object) -> Any:
        """What the arm gives: the result of a call, a tuple of results, an existing promise or a constant.

        The last arm gives the promises of the whole conditional; the others what the chain continues with.
        """
        arm = self._chain.take(self._expr)
        arm.values = result_values(p, arm.nodes)
        return self._chain.close(last=self._last)

    def fail(self, err: object) -> Any:
        """End the run with this message."""
        if not isinstance(err, str):
            raise FlyteAssertion(
                "fail takes a string",
                where=self._chain.where,
                got=preview(err),
                location=here(keep_frame=True),
                expected="text",
                fix="write fail('what went wrong')",
            )
        arm = self._chain.take(self._expr)
        arm.message = err
        return self._chain.close(last=self._last)


class OpenConditional:
    """A conditional without an else so far: continue with `.elif_(...)` or `.else_()`, or leave it. It has no value."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain

    def elif_(self, expr: object) -> ArmBuilder:
        """A further condition, asked when none before held."""
        return self._chain.open(expr)

    def else_(self) -> ArmBuilder:
        """The arm that is taken when no condition holds."""
        return self._chain.open(None, last=True)

    def drawloom_refuse(self) -> FlyteValidationException:
        """The answer to using this as a value."""
        return FlyteValidationException(
            "this conditional has no else, so it has no value when no condition holds",
            where=self._chain.where,
            expected="a conditional that ends in else_()",
            got="one that ends in then(...)",
            fix='add .else_().then(...) or .else_().fail("...")',
            location=here(keep_frame=True),
        )

    def __repr__(self) -> str:
        return f"⟨{self._chain.where} without else⟩"


class Branch:
    """The entity of a branch node."""

    resource_type = 0
    is_written = False
    has_constant_target = False
    takes_task_overrides = False

    def __init__(self, name: str, workflow_name: str, prefix: str) -> None:
        self.name = name
        self.workflow_name = workflow_name
        self.prefix = prefix
        self.arms: list[Arm] = []
        self.node: Node | None = None
        self.owner: tuple[Branch, Arm] | None = None
        self.outputs: dict[str, Any] | None = None
        self.names = OperandNames([])
        self._settled = False
        self._interface: Interface | None = None

    @property
    def python_interface(self) -> Interface:
        """No inputs of its own; the outputs that all arms have."""
        if self._interface is None:
            self._interface = Interface({}, self.outputs or {})
            self._interface.owner = self.name
        return self._interface

    @property
    def path(self) -> str:
        """Ids from the workflow down to this branch: `n3`, `n3-n0` for a branch that is an arm, `n3-n0.n1` inside one."""
        node_id = self.node.id if self.node is not None else ""
        if self.owner is None:
            return node_id
        outer, arm = self.owner
        joint = f"{outer.path}-{arm.node.id if arm.node is not None else ''}"
        return joint if arm.node is self.node else f"{joint}.{node_id}"

    def arm_name(self, arm: Arm) -> str:
        """The name of an arm's generated sub-workflow, unique in the workflow."""
        return f"{self.workflow_name}.{self.path}-{arm.node.id if arm.node is not None else ''}"

    def settle(self) -> None:
        """Bring every arm to one node."""
        if self._settled:
            return
        self._settled = True
        prefix = self.prefix
        where = f'conditional "{self.name}"'
        align_names(self.arms)
        closed = bool(self.arms) and self.arms[-1].expression is None
        self.outputs = common_outputs(self.arms, where) if closed else {}
        self._interface = None
        index = 0
        for arm in self.arms:
            for node in arm.nodes:
                if isinstance(node.entity, Branch):
                    node.entity.settle()
                    node.entity.owner = (self, arm)
            if arm.message is not None:
                if arm.expression is None:
                    continue
                arm.node = Node(f"{prefix}n{index}", FailureArm(self.name, arm.message), [], arm.location)
            else:
                settle_arm(arm, self.outputs, f"{prefix}n{index}", self._namer(arm), where)
            if arm.node is not None and arm.is_one_call:
                rename([arm.node], prefix, index)
            index += 1
        self._stand_in()

    def _stand_in(self) -> None:
        """Give arms that fail the outputs of one that does not."""
        valued = next((arm.node for arm in self.arms if arm.message is None and arm.node is not None), None)
        for arm in self.arms:
            if valued is not None and arm.node is not None and isinstance(arm.node.entity, FailureArm):
                arm.node.entity.stand_in = valued

    def _namer(self, arm: Arm) -> Callable[[], str]:
        return lambda: self.arm_name(arm)

    def substitute(self, change: Callable[[Promise], Promise]) -> None:
        """Replace every promise in conditions and arms."""
        for arm in self.arms:
            arm.expression = _changed(arm.expression, change)
            if arm.node is not None:
                substitute(arm.node, change)
        self.refresh()

    def refresh(self) -> None:
        """Bind what the conditions read, under the ids of this moment."""
        self.names = OperandNames([arm.expression for arm in self.arms])
        if self.node is not None:
            self.node.bound = list(self.names.bound)

    # -- as a node

    def node_defaults(self) -> NodeOverrides:
        """The conditional's name."""
        return NodeOverrides(name=self.name)

    def node_target(self, node: Node, emitter: NodeEmitter) -> pb.Node:
        """The branch: conditions with their nodes, and what happens otherwise."""
        del node
        self.settle()
        made = pb.Node()
        block = made.branch_node.if_else
        for index, arm in enumerate(arm for arm in self.arms if arm.expression is not None):
            into = block.case if index == 0 else block.other.add()
            write_expression(arm.expression, self.names, into.condition)
            if arm.node is not None:
                into.then_node.CopyFrom(emitter.node(arm.node))
        last = self.arms[-1]
        if last.expression is not None:
            idle = Node(f"n{len(self.arms)}", PAUSE, [], None)
            block.else_node.CopyFrom(emitter.node(idle))
        elif last.message is not None:
            block.error.failed_node_id = self.name
            block.error.message = last.message
        elif last.node is not None:
            block.else_node.CopyFrom(emitter.node(last.node))
        return made

    def inner_nodes(self) -> list[Node]:
        """The nodes of the arms, and of the arms of branches among them: all bind to the enclosing workflow's nodes."""
        self.settle()
        found: list[Node] = []
        for arm in self.arms:
            if arm.node is not None:
                found.append(arm.node)
                if isinstance(arm.node.entity, Branch):
                    found.extend(arm.node.entity.inner_nodes())
        return found

    def dependencies(self) -> Iterable[Any]:
        """The entities of the arms."""
        self.settle()
        return [arm.node.entity for arm in self.arms if arm.node is not None]


class FailureArm:
    """The entity of an arm that fails before the last one: a branch whose only condition never holds.

    The node under that condition is never run; it is there for its outputs, since a branch has those that every arm has.
    """

    resource_type = 0
    is_written = False
    has_constant_target = False
    takes_task_overrides = False
    python_interface = Interface()

    def __init__(self, name: str, message: str) -> None:
        self.name = name
        self.message = message
        self.stand_in = Node("n0", PAUSE, [], None)

    def node_defaults(self) -> NodeOverrides:
        """The conditional's name."""
        return NodeOverrides(name=self.name)

    def node_target(self, node: Node, emitter: NodeEmitter) -> pb.Node:
        """If 0 == 1: nothing, else: the error."""
        del node
        made = pb.Node()
        block = made.branch_node.if_else
        write_never(block.case.condition)
        block.case.then_node.CopyFrom(emitter.node(self.stand_in))
        block.error.failed_node_id = self.name
        block.error.message = self.message
        return made

    def dependencies(self) -> Iterable[Any]:
        """Nothing."""
        return ()


class Chain:
    """One conditional while its chain of calls runs."""

    def __init__(self, branch: Branch, trace: Trace) -> None:
        self.branch = branch
        self.trace = trace
        self.location = here(3)
        self._mark = 0
        self.on_end: Callable[[], None] | None = None

    @property
    def where(self) -> str:
        """How errors name this conditional."""
        return f'conditional "{self.branch.name}"'

    def open(self, expr: object, *, last: bool = False) -> ArmBuilder:
        """A condition was given; the calls that follow belong to its arm."""
        arms = self.branch.arms
        if arms and arms[-1].expression is None:
            raise FlyteAssertion(
                "nothing can follow else_",
                where=self.where,
                location=here(2, keep_frame=True),
                expected="if_, any number of elif_, then else_",
                got="an arm after else_",
                fix="move the arm before else_",
            )
        if not last:
            check_expression(expr, self.branch.name, here(2, keep_frame=True))
        self._mark = len(self.trace.nodes)
        return ArmBuilder(self, expr, last=last)

    def take(self, expr: object) -> Arm:
        """Cut the calls since `open` out of the workflow; they are the arm's."""
        nodes = self.trace.nodes
        arm = Arm(expr, nodes[self._mark :], here(2, keep_frame=True))
        del nodes[self._mark :]
        self.branch.arms.append(arm)
        return arm

    def close(self, *, last: bool) -> Any:
        """Put the branch node behind everything made so far; give its promises after the last arm."""
        branch, nodes = self.branch, self.trace.nodes
        prefix = self.trace.prefix
        if branch.node is None:
            branch.node = Node(f"{prefix}n{len(nodes)}", branch, [], self.location)
        else:
            # Calls made for a later condition run before the branch.
            position = next(i for i in range(len(nodes) - 1, -1, -1) if nodes[i] is branch.node)
            del nodes[position]
            rename(nodes[position:], prefix, position)
            rename([branch.node], prefix, len(nodes))
        nodes.append(branch.node)
        branch.refresh()
        if not last:
            return OpenConditional(self)
        branch.settle()
        if self.on_end is not None:
            self.on_end()
        return promises(branch.python_interface, branch.node)


def _changed(expression: object, change: Callable[[Promise], Promise]) -> Any:
    if isinstance(expression, Promise):
        return change(expression)
    if isinstance(expression, (ComparisonExpression, ConjunctionExpression)):
        return type(expression)(_changed(expression.lhs, change), expression.op, _changed(expression.rhs, change))  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - each class with its own operator
    return expression
