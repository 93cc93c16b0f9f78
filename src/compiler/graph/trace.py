"""The record of a workflow body while it runs: each call becomes a node, each mistake is kept, and the body goes on.

What a call does depends on whether a trace is open in the context, never on the data. Mistakes that leave something to
go on with (a wrong argument) are gathered; those that do not (`if promise`) end the body and join the gathered ones.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, final

from compiler.errors import ArgumentError, AuthoringError, BindingError, CompileError
from compiler.graph.bind import Bound, bind, constant
from compiler.graph.node import Node
from compiler.graph.promise import OutputTuple, Promise, VoidPromise, promise_class, promise_of
from compiler.source.interface import MISSING, Interface, admits_none
from compiler.source_location import SourceLocation, here, user_frame
from drawloom.context import CompilationState, current, using
from literals import DrawloomError, preview

if TYPE_CHECKING:
    from compiler.graph.node import Entity

_new = object.__new__


class Trace:
    """Calls made so far in one body. `prefix` goes before node ids; `resolver` owns tasks declared inside the body."""

    __slots__ = ("_body", "_called", "errors", "name", "nodes", "prefix", "resolver")

    def __init__(self, name: str, prefix: str = "", resolver: object = None) -> None:
        self.name = name
        self.prefix = prefix
        self.resolver = resolver
        self.nodes: list[Node] = []
        self.errors: list[AuthoringError] = []
        self._called: dict[Any, _CallTarget] = {}
        self._body: Any = None  # the user's code that called last: most calls come from one function

    def opened(self) -> using:
        """A block in which calls go to this trace; Flyte's compilation state shows the same list of nodes."""
        state = CompilationState(self.prefix, task_resolver=self.resolver, nodes=self.nodes)
        return using(trace=self, compilation=state)

    # -- calls

    def call(self, entity: Entity, args: tuple[Any, ...], kwargs: Mapping[str, Any], depth: int = 3) -> Any:
        """A call in the body: a node in the trace, and promises of its outputs.

        `depth`: how many frames above this one the user's code is at least: behind `call_entity` and `__call__`.
        """
        frame = sys._getframe(depth)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - as `here` does
        if frame.f_code is not self._body:
            frame = user_frame(depth)
            self._body = frame.f_code
        known = self._called.get(entity)
        if known is None:
            known = self._called[entity] = _CallTarget(entity.python_interface)
        code, lasti = frame.f_code, frame.f_lasti
        bound: Sequence[tuple[str, Bound]] | None = None
        if not args and len(kwargs) == known.size:
            bound = []
            for name, hint in known.plan:
                value = kwargs.get(name)
                if type(value) is not Promise or value.drawloom_hint is not hint or value.drawloom_node is None:
                    bound = None
                    break
                bound.append((name, value))
        if bound is None:
            bound = self.bind_inputs(entity, args, kwargs, SourceLocation(code, lasti))
        nodes = self.nodes
        node = _new(Node)
        node.drawloom_id = f"{self.prefix}n{len(nodes)}"
        node.entity = entity
        node.bound = (*bound,)
        node.drawloom_extras = None
        node.drawloom_code = code
        node.drawloom_lasti = lasti
        nodes.append(node)
        if known.single is None:
            return known.result(node)
        made = _new(Promise)
        made.drawloom_var, made.drawloom_hint = known.single
        made.drawloom_node = node
        made.drawloom_path = ()
        made.drawloom_val = None
        return made

    def add(self, entity: Entity, bound: Sequence[tuple[str, Bound]], location: SourceLocation | None = None) -> Node:
        """A new node with bound inputs."""
        node = Node(f"{self.prefix}n{len(self.nodes)}", entity, bound, location)
        self.nodes.append(node)
        return node

    def bind_inputs(
        self, entity: Entity, args: tuple[Any, ...], kwargs: Mapping[str, Any], location: SourceLocation | None
    ) -> list[tuple[str, Bound]]:
        """Every input bound: given, by default, or none. Mistakes are gathered."""
        interface: Interface = entity.python_interface
        given: Mapping[str, Any] = kwargs
        problems: list[AuthoringError] = []
        if args or kwargs.keys() != interface.inputs.keys():
            given, problems = arguments(interface, args, kwargs, entity.name)
            self.errors.extend(problems)
        bound: list[tuple[str, Bound]] = []
        for name, hint, codec in interface.plan:
            value = given.get(name, MISSING)
            if type(value) is Promise and value.drawloom_hint is hint and value.drawloom_node is not None:
                bound.append((name, value))
                continue
            try:
                if value is not MISSING:
                    bound.append((name, bind(value, hint, codec)))
                elif name in interface.default_inputs:
                    bound.append((name, default_constant(interface, name)))
                elif admits_none(hint):
                    bound.append((name, constant(None, codec)))
                elif not problems:
                    self.report(_missing(entity.name, interface, name, given))
            except DrawloomError as error:
                # With the frame this time, so that a traceback can end at the user's line.
                line = location if location is None or location.lasti < 0 else here(keep_frame=True)
                self.report(located(error, f"{entity.name}, input `{name}`", line))
        return bound

    # -- mistakes

    def report(self, error: AuthoringError) -> None:
        """Keep a mistake and go on."""
        self.errors.append(error)

    def fail_if_wrong(self) -> None:
        """Raise what was gathered: the mistake itself if it is one, else all of them as a CompileError."""
        if not self.errors:
            return
        first = self.errors[0]
        trail = first.location.traceback() if first.location is not None else None
        if len(self.errors) == 1:
            raise first.with_traceback(trail) if first.__traceback__ is None else first
        raise CompileError(self.name, self.errors).with_traceback(trail)


def open_trace() -> Trace | None:
    """The trace of the body that is running; None outside any."""
    return current().trace


def located(error: DrawloomError, where: str, location: SourceLocation | None) -> AuthoringError:
    """An error of a lower layer as one of the author's, at the line of the call."""
    attached = not where or not error.where or error.where.startswith(("[", ".", "<"))
    joined = f"{where}{error.where}" if attached else f"{where}: {error.where}"
    if isinstance(error, AuthoringError):
        error.where = joined
        if location is not None and (error.location is None or error.location.frame is None):
            error.location = location
        return error
    made = BindingError(
        error.what, where=joined, expected=error.expected, got=error.got, fix=error.fix, location=location
    )
    made.__cause__ = error
    return made


def arguments(
    interface: Interface, args: tuple[Any, ...], kwargs: Mapping[str, Any], name: str
) -> tuple[Mapping[str, Any], list[AuthoringError]]:
    """Positional and keyword arguments by input name, and what is wrong with them."""
    names = interface.inputs
    given: Mapping[str, Any] = kwargs
    problems: list[AuthoringError] = []
    if args:
        if len(args) > len(names):
            problems.append(
                ArgumentError(
                    f"Received more arguments than expected: {len(args)} for {len(names)}",
                    where=name,
                    expected=repr(interface),
                    got=_call_text(args, kwargs),
                    fix="remove what is too much",
                )
            )
        positional = dict(zip(names, args, strict=False))
        if twice := [n for n in positional if n in kwargs]:
            problems.append(
                ArgumentError(
                    f"input `{twice[0]}` is given twice",
                    where=name,
                    expected=repr(interface),
                    got=_call_text(args, kwargs),
                    fix="give it once, by position or by name",
                )
            )
        given = {**positional, **kwargs}
    if given.keys() - names.keys():
        free = [n for n in names if n not in given]
        for unknown in sorted(given.keys() - names.keys()):
            near = _nearest(unknown, free)
            reason = interface.refused.get(unknown)
            problems.append(
                ArgumentError(
                    f"input `{unknown}` {reason}" if reason else f"there is no input `{unknown}`",
                    where=name,
                    expected=repr(interface),
                    got=_call_text(args, kwargs),
                    fix=f"did you mean `{near}`?" if near and not reason else "remove it",
                )
            )
    return given, problems


_ARGUMENT = 40
"""Characters of one argument that an error shows."""


def _call_text(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """A call's arguments as its author wrote them, but for long values."""
    given = [preview(value, _ARGUMENT) for value in args]
    given += [f"{name}={preview(value, _ARGUMENT)}" for name, value in kwargs.items()]
    return f"({', '.join(given)})"


def _missing(owner: str, interface: Interface, name: str, given: Mapping[str, Any]) -> ArgumentError:
    return ArgumentError(
        f"input `{name}` is not given and has no default",
        where=owner,
        expected=repr(interface),
        got=_call_text((), given),
        fix=f"add `{name}=...` to the call",
    )


def require_inputs(interface: Interface, given: Mapping[str, Any], name: str) -> None:
    """Check a call outside a trace.

    Raises:
        ArgumentError: an input has neither a value nor a default, nor may be None.
    """
    for key, hint in interface.inputs.items():
        if key not in given and key not in interface.default_inputs and not admits_none(hint):
            raise _missing(name, interface, key, given)


def _nearest(name: str, names: list[str]) -> str | None:
    """The name that differs in the fewest letters, if that is at most a third of them."""
    scored = sorted((0 if sorted(name) == sorted(other) else _distance(name, other), other) for other in names)
    close = scored and scored[0][0] <= max(1, len(name) // 3) and scored[0][0] < len(name)
    return scored[0][1] if close else None


def _distance(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


def default_constant(interface: Interface, name: str) -> bytes:
    """The bound constant of an input's declared default."""
    return constant(interface.default_inputs[name], interface.input_codecs[name])


@final
class _CallTarget:
    """What a trace asks of an entity at each of its calls."""

    __slots__ = ("plan", "result", "single", "size")

    def __init__(self, interface: Interface) -> None:
        self.plan = [(name, hint) for name, hint, _ in interface.plan]
        self.size = len(self.plan)
        self.result: Callable[[Node], Any] = interface.promise_factory or promise_factory(interface)
        # The commonest result, one plain promise, is made in place.
        self.single: tuple[str, Any] | None = None
        if len(interface.outputs) == 1 and not interface.output_tuple_name:
            ((name, hint),) = interface.outputs.items()
            self.single = (name, hint) if promise_class(hint) is Promise else None


def promise_factory(interface: Interface) -> Callable[[Node], Any]:
    """What makes the result of a call in a trace: nothing, one promise, or a named tuple of them. Kept in the interface."""
    interface.promise_factory = made = _factory(interface)
    return made


def promises(interface: Interface, node: Node) -> Any:
    """What a call gives in a trace."""
    return (interface.promise_factory or promise_factory(interface))(node)


def _factory(interface: Interface) -> Callable[[Node], Any]:
    outputs = interface.outputs
    if not outputs:
        return lambda node: VoidPromise(node.entity.name, node)
    if len(outputs) == 1 and not interface.output_tuple_name:
        (name, hint), = outputs.items()  # fmt: skip
        return partial(promise_of, promise_class(hint), name, hint)
    plain = interface.output_tuple
    tuple_class: Any = type(plain.__name__, (OutputTuple, plain), {"__slots__": ()})
    kinds = [partial(promise_of, promise_class(hint), name, hint) for name, hint in outputs.items()]
    return lambda node: tuple_class(*[kind(node) for kind in kinds])


def input_promises(interface: Interface, start: Node) -> dict[str, Promise]:
    """The promises of a workflow's inputs: outputs of its start node."""
    made = {name: promise_of(promise_class(hint), name, hint, start) for name, hint in interface.inputs.items()}
    start.outputs = made
    return made
