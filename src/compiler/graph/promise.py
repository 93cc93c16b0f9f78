"""What a call gives while a workflow is compiled: references to the outputs of a node.

A Promise is (node, output, attribute path). It answers comparisons with expressions and member access with longer paths;
any other use asks for the value, which nobody has yet, and says so. A ready Promise, `Promise(var, literal)`, holds
the literal instead; only `local_execute` makes and takes those.

Own state lives in `drawloom_*` slots. Where the type has fields named like a member of this class (`ref`, `var`, ...),
the promise is of a subclass in which these names are attribute paths like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from compiler.errors import MissingMemberError, PromiseUseError
from compiler.graph.expression import ComparisonExpression, ComparisonOps
from compiler.graph.member_path import ANYTHING, further, hint_text, member, record_fields
from compiler.source_location import here
from literals import class_of

_new = object.__new__
PROMISE_MARK = "⟨promise "
"""Opens the text form of a promise. A constant that holds it was made by formatting a promise."""


class NodeOutput:
    """One output of one node: what a promise refers to."""

    __slots__ = ("attr_path", "node", "var")

    def __init__(self, node: Any, var: str, attr_path: tuple[str | int, ...] = ()) -> None:
        self.node = node
        self.var = var
        self.attr_path = attr_path

    @property
    def node_id(self) -> str:
        """Id of the node, as it is now."""
        return self.node.id

    def __repr__(self) -> str:
        return f"NodeOutput({self.node.id!r}, {self.var!r})"


_UNSUPPORTED = {
    "__len__": ("its length", "count in a task"),
    "__contains__": ("its elements", "look in a task"),
    "__int__": ("an int", "convert in a task"),
    "__float__": ("a float", "convert in a task"),
    "__index__": ("an index", "loop in a @dynamic, where inputs are values"),
    "__call__": ("a function", "call the task that made it instead"),
    "__setitem__": ("a container to write to", "change it in a task that returns the changed value"),
    "__delitem__": ("a container to write to", "change it in a task that returns the changed value"),
    "__enter__": ("a context manager", "use it in a task"),
    "__exit__": ("a context manager", "use it in a task"),
}
_ARITHMETIC = (
    "add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "floordiv", "rfloordiv", "mod", "rmod", "pow",
    "rpow", "matmul", "rmatmul", "lshift", "rlshift", "xor", "rxor", "neg", "pos", "abs", "invert", "round", "trunc",
    "floor", "ceil", "divmod", "rdivmod"
)  # fmt: skip


class Promise:
    """`Promise(var, NodeOutput)` while compiling, `Promise(var, Literal)` when ready."""

    __slots__ = ("drawloom_hint", "drawloom_node", "drawloom_path", "drawloom_val", "drawloom_var")

    def __init__(self, var: str, val: Any, type: object = ANYTHING) -> None:  # noqa: A002 - flytekit's parameter
        self.drawloom_var = var
        self.drawloom_val: Any = None
        self.drawloom_path: tuple[str | int, ...] = ()
        self.drawloom_hint = type
        if isinstance(val, NodeOutput):
            self.drawloom_node: Any = val.node
            self.drawloom_var = val.var
            self.drawloom_path = val.attr_path
        else:
            self.drawloom_node = None
            self.drawloom_val = val

    # -- seeds' members

    @property
    def var(self) -> str:
        """Name of the output."""
        return self.drawloom_var

    @property
    def is_ready(self) -> bool:
        """Whether this promise holds a literal."""
        return self.drawloom_node is None

    @property
    def val(self) -> Any:
        """The literal of a ready promise."""
        return self.drawloom_val

    @property
    def ref(self) -> NodeOutput | None:
        """The node output that this promise refers to; None when ready."""
        return (
            None
            if self.drawloom_node is None
            else NodeOutput(self.drawloom_node, self.drawloom_var, self.drawloom_path)
        )

    @property
    def attr_path(self) -> list[str | int]:
        """Attributes and items below the output."""
        return list(self.drawloom_path)

    @property
    def python_type(self) -> Any:
        """The type that the path leads to; ANYTHING when only the value will tell."""
        return self.drawloom_hint

    def with_var(self, new_var: str) -> Promise:
        """The same reference under another name."""
        made = _make(self.drawloom_node, new_var, self.drawloom_path, self.drawloom_hint)
        made.drawloom_val = self.drawloom_val
        return made

    def eval(self) -> Any:
        """The Python value of a ready promise's primitive.

        Raises:
            PromiseUseError: the promise is not ready, or its literal is not a primitive.
        """
        if self.drawloom_node is not None:
            raise _misuse(self, "its value", "a value exists only when the workflow runs; use it in a task")
        scalar = self.drawloom_val.scalar
        kind = scalar.primitive.WhichOneof("value")
        if scalar.HasField("none_type"):
            return None
        if kind is None:
            raise _misuse(self, "its value", "only primitives have one; convert the literal with the type engine")
        value = getattr(scalar.primitive, kind)
        return value.ToDatetime() if kind == "datetime" else value.ToTimedelta() if kind == "duration" else value

    def with_overrides(self, *args: Any, **kwargs: Any) -> Promise:
        """Change settings of the node behind this promise; see `Node.with_overrides`."""
        if self.drawloom_node is not None:
            self.drawloom_node.with_overrides(*args, **kwargs)
        return self

    def runs_before(self, other: object) -> Any:
        """Make the node behind `other` wait for the one behind this promise."""
        return self >> other

    def __rshift__(self, other: object) -> Any:
        if self.drawloom_node is not None:
            self.drawloom_node.runs_before(other)
        return other

    def deepcopy(self) -> Promise:
        """A copy; promises never change, so it is the same reference."""
        return self.with_var(self.drawloom_var)

    # -- comparisons

    def __eq__(self, other: object) -> Any:
        return ComparisonExpression(self, ComparisonOps.EQ, other)

    def __ne__(self, other: object) -> Any:
        return ComparisonExpression(self, ComparisonOps.NE, other)

    def __gt__(self, other: object) -> ComparisonExpression:
        return ComparisonExpression(self, ComparisonOps.GT, other)

    def __ge__(self, other: object) -> ComparisonExpression:
        return ComparisonExpression(self, ComparisonOps.GE, other)

    def __lt__(self, other: object) -> ComparisonExpression:
        return ComparisonExpression(self, ComparisonOps.LT, other)

    def __le__(self, other: object) -> ComparisonExpression:
        return ComparisonExpression(self, ComparisonOps.LE, other)

    def is_(self, v: object) -> ComparisonExpression:
        """`promise == v`."""
        return ComparisonExpression(self, ComparisonOps.EQ, v)

    def is_true(self) -> ComparisonExpression:
        """`promise == True`."""
        return ComparisonExpression(self, ComparisonOps.EQ, rhs=True)

    def is_false(self) -> ComparisonExpression:
        """`promise == False`."""
        return ComparisonExpression(self, ComparisonOps.EQ, rhs=False)

    def is_none(self) -> ComparisonExpression:
        """`promise == None`."""
        return ComparisonExpression(self, ComparisonOps.EQ, None)

    __hash__ = object.__hash__

    # -- members

    def __getattr__(self, name: str) -> Any:
        # Other code probes for protocols (`_fields`, `__array__`): only a field of that name is an attribute path.
        if name.startswith("drawloom_") or (name[:1] == "_" and name not in record_fields(self.drawloom_hint)):
            raise AttributeError(name)
        return _extend(self, name)

    def __getitem__(self, key: object) -> Any:
        if type(key) is not str and type(key) is not int:
            raise _misuse(self, f"the item {key!r}", "a path takes a name or a whole number, not a promise")
        return _extend(self, key)

    # -- everything that would need the value

    def __bool__(self) -> bool:
        raise _misuse(
            self,
            "its truth",
            'write conditional("name").if_(...).then(...).else_().then(...); use & and | for and / or',
        )

    def __and__(self, other: object) -> Any:
        raise _misuse(self, "its truth", "compare first: (p == 1) & (q.is_true())")

    __rand__ = __or__ = __ror__ = __and__

    def __repr__(self) -> str:
        if self.drawloom_node is None:
            return f"{PROMISE_MARK}{self.drawloom_var}, ready⟩"
        steps = "".join(f".{step}" if isinstance(step, str) else f"[{step}]" for step in self.drawloom_path)
        return f"{PROMISE_MARK}{_origin(self)}{steps}⟩"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        if spec:
            raise _misuse(self, "a value to format", "format it in a task")
        return repr(self)


def _origin(promise: Promise) -> str:
    node = promise.drawloom_node
    return f"{node.id}.{promise.drawloom_var}" if node.id else f"input {promise.drawloom_var}"


def _misuse(promise: object, wanted: str, fix: str) -> PromiseUseError:
    return PromiseUseError(
        f"`{promise!r}` is a promise: it stands for a value that exists only when the workflow runs, so it cannot give "
        f"{wanted} while the workflow is compiled",
        expected="a value that is known while the workflow is compiled",
        got=f"{promise!r}",
        fix=fix,
        location=here(2, keep_frame=True),
    )


def _refusing(wanted: str, fix: str) -> Any:
    def refuse(self: Promise, *_: object) -> Any:
        raise _misuse(self, wanted, fix)

    return refuse


def _iterate(self: Promise) -> Any:
    if here().unpacks():
        raise PromiseUseError(
            f"`{self!r}` is one output, so it cannot be unpacked",
            expected="a task that declares several outputs",
            got=f"one output of type {hint_text(self.drawloom_hint)}",
            fix="keep it in one variable; a task that gives two is annotated `-> tuple[int, str]`, say",
            location=here(keep_frame=True),
        )
    raise _misuse(self, "its elements", "use map_task over it, or loop in a task or @dynamic")


setattr(Promise, "__iter__", _iterate)  # noqa: B010 - as those below
for _name, (_wanted, _fix) in _UNSUPPORTED.items():
    setattr(Promise, _name, _refusing(_wanted, _fix))
for _name in _ARITHMETIC:
    setattr(Promise, f"__{_name}__", _refusing("a number to calculate with", "calculate in a task"))

_OWN_NAMES = frozenset(name for name in dir(Promise) if not name.startswith(("_", "drawloom_")))


def _extend(promise: Promise, key: str | int) -> Promise:
    try:
        hint = member(promise.drawloom_hint, key)
    except PromiseUseError as error:
        error.where = repr(promise)
        error.location = here(3, keep_frame=True)
        raise
    path = further(promise.drawloom_path, promise.drawloom_hint, key)
    return _make(promise.drawloom_node, promise.drawloom_var, path, hint)


def _make(node: Any, var: str, path: tuple[str | int, ...], hint: object) -> Promise:
    made: Promise = object.__new__(promise_class(hint))
    made.drawloom_node = node
    made.drawloom_var = var
    made.drawloom_path = path
    made.drawloom_hint = hint
    made.drawloom_val = None
    return made


def promise_of(kind: type[Promise], var: str, hint: object, node: Any) -> Promise:
    """A promise of an output, of a class that `promise_class` gave."""
    made = _new(kind)
    made.drawloom_node = node
    made.drawloom_var = var
    made.drawloom_path = ()
    made.drawloom_hint = hint
    made.drawloom_val = None
    return made


def promise_class(hint: object) -> type[Promise]:
    """Promise, or the subclass for a record whose fields clash with Promise's own names."""
    clashes = _OWN_NAMES.intersection(record_fields(hint)) if hint is not ANYTHING else frozenset[str]()
    return _shadowed(frozenset(clashes)) if clashes else Promise


@lru_cache(maxsize=256)
def _shadowed(names: frozenset[str]) -> type[Promise]:
    members = {name: property(lambda self, name=name: _extend(self, name)) for name in sorted(names)}
    return type("Promise", (Promise,), {"__slots__": (), **members})


class VoidPromise:
    """What a call of an entity without outputs gives. It orders; it has no value."""

    __slots__ = ("_name", "drawloom_node")

    def __init__(self, task_name: str, ref: Any = None) -> None:
        self._name = task_name
        self.drawloom_node = ref.node if isinstance(ref, NodeOutput) else ref

    @property
    def task_name(self) -> str:
        """Name of the entity that was called."""
        return self._name

    @property
    def ref(self) -> NodeOutput | None:
        """The node, as an output that does not exist."""
        return None if self.drawloom_node is None else NodeOutput(self.drawloom_node, "placeholder")

    def runs_before(self, other: object) -> Any:
        """Make the node behind `other` wait for this one."""
        return self >> other

    def __rshift__(self, other: Any) -> Any:
        if self.drawloom_node is not None:
            self.drawloom_node.runs_before(other)
        return other

    def with_overrides(self, *args: Any, **kwargs: Any) -> VoidPromise:
        """Change settings of the node; see `Node.with_overrides`."""
        if self.drawloom_node is not None:
            self.drawloom_node.with_overrides(*args, **kwargs)
        return self

    def __repr__(self) -> str:
        return f"⟨no output of {self._name}⟩"

    __hash__ = object.__hash__

    def _refuse(self, *_: object) -> Any:
        raise PromiseUseError(
            f"`{self._name}` declares no output, so there is nothing to use",
            expected="a task that declares an output",
            got=repr(self),
            fix=f"annotate what it returns: `def {self._name.rpartition('.')[2]}(...) -> int:`, say",
            location=here(2, keep_frame=True),
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith(("_", "drawloom_")):
            raise AttributeError(name)
        return self._refuse()

    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __and__ = __or__ = __getitem__ = _refuse
    __len__ = __iter__ = __add__ = __sub__ = __mul__ = __call__ = __int__ = __float__ = __contains__ = _refuse


class OutputTuple:
    """Mixed into the namedtuple of several promises: settings and order concern the one node behind them all."""

    __slots__ = ()

    if TYPE_CHECKING:  # what the named tuple beside it has

        def __getitem__(self, index: int, /) -> Promise: ...
        def __iter__(self) -> Iterator[Promise]: ...
        def __len__(self) -> int: ...

    @property
    def ref(self) -> NodeOutput | None:
        """The first output."""
        first = self[0]
        return None if first.drawloom_node is None else NodeOutput(first.drawloom_node, first.drawloom_var)

    def with_overrides(self, *args: Any, **kwargs: Any) -> OutputTuple:
        """Change settings of the node; see `Node.with_overrides`."""
        self[0].drawloom_node.with_overrides(*args, **kwargs)  # type: ignore[index]
        return self

    def runs_before(self, other: object) -> Any:
        """Make the node behind `other` wait for this one."""
        return self >> other

    def __rshift__(self, other: object) -> Any:
        self[0].drawloom_node.runs_before(other)  # type: ignore[index]
        return other

    def __getattr__(self, name: str) -> Any:
        names: tuple[str, ...] = self._fields  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType, reportUnknownMemberType] - the namedtuple's
        if name.startswith("_"):
            raise AttributeError(name)
        raise MissingMemberError(
            f"there is no output `{name}`",
            where=repr(self),
            expected=", ".join(names),
            got=f"`{name}`",
            fix="check the name against what the entity declares",
            location=here(2, keep_frame=True),
        )


def _refusing_several(wanted: str) -> Any:
    def refuse(self: Any, *_: object) -> Any:
        names: list[str] = list(self._fields)
        raise PromiseUseError(
            f"these are {len(names)} outputs, which exist only when the workflow runs, so they cannot give {wanted}"
            if len(names) > 1
            else f"this is a tuple of one output, `{names[0]}`, so it cannot give {wanted}",
            expected=f"one output: {', '.join(f'.{name}' for name in names)}",
            got=repr(self),
            fix=f"take one of them by its name, as `.{names[0]}`, and use the value in a task",
            location=here(2, keep_frame=True),
        )

    return refuse


for _name in (*_ARITHMETIC, "lt", "le", "gt", "ge", "int", "float"):
    setattr(OutputTuple, f"__{_name}__", _refusing_several("a number to calculate with"))


def node_of(value: Any) -> Any:
    """The node behind what a call gave: a promise, several, none, or the node itself; None for anything else."""
    if isinstance(value, Promise):
        return value.drawloom_node
    if isinstance(value, VoidPromise):
        return value.drawloom_node
    if isinstance(value, OutputTuple):
        return value[0].drawloom_node
    return value if hasattr(class_of(value), "runs_before") else None
