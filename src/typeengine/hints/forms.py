"""The one file that understands `typing`: every spelling of a hint becomes one hashable `Form`.

Everything else matches on Forms and never looks at a hint. Equal types have equal Forms however they are written
(`Optional[int]`, `int | None`, `"int | None"`, an alias of it); the order of a union's variants is part of the Form.
A class is a leaf here: its members are read by `typeengine.hints.class_annotations` when its codec is made, so that recursion through a
class ends. Recursion through a PEP 695 alias ends in a Form of the alias itself.

Names in string annotations are looked up in a `HintScope`: the module of whoever wrote the annotation, then the names that
the caller lends (the locals around a decorated function).
"""

from __future__ import annotations

import builtins
import collections.abc
import contextlib
import enum
import sys
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import InitVar
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, ForwardRef, Literal, TypeVar, Union, cast, final, get_args, get_origin

from literals import class_of, is_sequence
from typeengine.errors import UnsupportedTypeError, unsupported


class Special(enum.Enum):
    """What a Form's origin is when it is not a class."""

    ANY = "Any"
    NONE = "None"
    UNION = "Union"
    LITERAL = "Literal"
    ALIAS = "alias"
    RAW = "raw"


@final
class Note:
    """One piece of `Annotated` metadata, made hashable: equal by value where it can be, else by identity."""

    __slots__ = ("_key", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        try:
            self._key: tuple[Any, ...] = (type(value), hash(value), value)
        except TypeError:
            self._key = (type(value), id(value), None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Note) and (self.value is other.value or self._key == other._key)

    def __hash__(self) -> int:
        return hash(self._key[:2])

    def __repr__(self) -> str:
        return f"Note({self.value!r})"


@final
class Form:
    """A type, spelling removed. Never changed once it is made.

    `origin`: a class, or a `Special`. `args`: the Forms in brackets; None if there were no brackets (`list` is not
    `list[Any]`). `values`: for a typing.Literal its (class, value) pairs in order; for RAW one such pair; for ALIAS the
    alias; for typing.Tuple its name. `notes`: Annotated metadata, outermost last. `variadic`: `tuple[T, ...]`. `spelling`: for messages only, no part of
    what makes two Forms equal.
    """

    # Written out: what a dataclass generates at import costs every program a millisecond.
    __slots__ = ("args", "notes", "origin", "spelling", "values", "variadic")

    def __init__(  # noqa: PLR0917 - a record's fields
        self,
        origin: Any,
        args: tuple[Form, ...] | None = None,
        values: tuple[tuple[type[Any], Any], ...] = (),
        notes: tuple[Note, ...] = (),
        variadic: bool = False,  # noqa: FBT001, FBT002 - a record's field
        spelling: str = "",
    ) -> None:
        self.origin = origin
        self.args = args
        self.values = values
        self.notes = notes
        self.variadic = variadic
        self.spelling = spelling

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, Form) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())

    def __repr__(self) -> str:
        return "Form({!r}, {!r}, {!r}, {!r}, {!r})".format(*self._parts())

    def __str__(self) -> str:
        return self.spelling

    def _parts(self) -> tuple[Any, ...]:
        return (self.origin, self.args, self.values, self.notes, self.variadic)

    def changed(self, **changes: object) -> Form:
        """A Form with other values in the fields named."""
        return Form(**_changed(self, changes))

    @property
    def bare(self) -> Form:
        """The same Form without its notes."""
        return self.changed(notes=()) if self.notes else self

    @property
    def unordered(self) -> Form:
        """The same Form, the variants of a union in an order that does not depend on how it is written.

        `typing` takes unions for equal whatever their order and keeps one of them, the first that any library made: where
        hints are compared, the order says nothing.
        """
        if self.args is None:
            return self
        args = [arg.unordered for arg in self.args]
        if self.origin is Special.UNION:
            args.sort(key=repr)
        return self.changed(args=tuple(args))

    @property
    def cls(self) -> type | None:
        """The class, or None for a special form."""
        return self.origin if isinstance(self.origin, type) else None


NONE = Form(Special.NONE, spelling="None")
ANY = Form(Special.ANY, spelling="Any")


_NOTHING: Mapping[Any, Any] = MappingProxyType({})


@final
class HintScope:
    """Where an annotation was written: its module's names, lent names, type variables in force, the class for Self.

    Never changed once it is made.
    """

    __slots__ = ("aliases", "inner", "lent", "local_first", "module", "owner", "typevars")

    def __init__(  # noqa: PLR0917 - a record's fields
        self,
        module: Mapping[str, Any] = _NOTHING,
        lent: Mapping[str, Any] = _NOTHING,
        inner: Mapping[str, Any] = _NOTHING,
        typevars: Mapping[Any, Form] = _NOTHING,
        owner: Form | None = None,
        aliases: tuple[tuple[Any, tuple[Form, ...]], ...] = (),
        local_first: bool = False,  # noqa: FBT001, FBT002 - a record's field
    ) -> None:
        self.module = module
        self.lent = lent
        self.inner = inner
        self.typevars = typevars
        self.owner = owner
        self.aliases = aliases
        self.local_first = local_first

    def changed(self, **changes: object) -> HintScope:
        """A HintScope with other values in the fields named."""
        return HintScope(**_changed(self, changes))

    def names(self) -> tuple[Mapping[str, Any], ...]:
        """The mappings to look a name up in, first one first."""
        if self.local_first:
            return (self.inner, self.lent, self.module)
        return (self.module, self.lent, self.inner)


EMPTY = HintScope()


def _changed(record: Form | HintScope, changes: dict[str, Any]) -> dict[str, Any]:
    return {name: changes[name] if name in changes else getattr(record, name) for name in record.__slots__}


class _ScopeNames(Mapping[str, Any]):
    """The names of a scope, as `eval` wants them."""

    def __init__(self, scope: HintScope) -> None:
        self._layers = (*scope.names(), vars(builtins), vars(typing))

    def __getitem__(self, name: str) -> Any:
        for layer in self._layers:
            if name in layer:
                return layer[name]
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter({name for layer in self._layers for name in layer})

    def __len__(self) -> int:
        return len(set(self))


def scope_of(author: object, lent: Mapping[str, Any] | None = None) -> HintScope:
    """The scope of a function's or class's annotations. `lent`: names of the frames around it, for local classes."""
    code = getattr(author, "__wrapped__", author)
    module = getattr(code, "__globals__", None)
    if module is None:
        module = vars(sys.modules[author.__module__]) if author.__module__ in sys.modules else {}
    inner: dict[str, Any] = {}
    for name, cell in zip(
        getattr(getattr(code, "__code__", None), "co_freevars", ()),
        getattr(code, "__closure__", None) or (),
        strict=False,
    ):
        with contextlib.suppress(ValueError):  # the closure's variable may not be assigned yet
            inner[name] = cell.cell_contents
    inner.update({param.__name__: param for param in getattr(author, "__type_params__", ())})
    local = "<locals>" in getattr(author, "__qualname__", "")
    return HintScope(module=module, lent=lent or {}, inner=inner, local_first=local)


def evaluate(text: str, scope: HintScope = EMPTY) -> Any:
    """The object that a string annotation names.

    Raises:
        UnsupportedTypeError: a name is not known here, or the text is not an expression.
    """
    names = _ScopeNames(scope)
    try:
        return eval(text, {}, names)  # noqa: S307 - an annotation is its author's own code, and typing evaluates it as well
    except NameError as error:
        raise unsupported(
            f"the name {getattr(error, 'name', None) or error} in the annotation {text!r} is not known where it is used",
            text,
            fix="import it at run time (not only under TYPE_CHECKING) or define it before the decorated function",
        ) from error
    except (SyntaxError, TypeError, AttributeError, KeyError, ValueError) as error:
        raise unsupported(
            f"the annotation {text!r} cannot be evaluated: {error}", text, fix="write a valid type"
        ) from error


def parse(hint: object, scope: HintScope = EMPTY) -> Form:  # noqa: PLR0911 - one line for each kind of hint
    """The Form of a hint.

    Raises:
        UnsupportedTypeError: `hint` is not a type, or a name or type variable in it cannot be resolved.
    """
    if isinstance(hint, Form):
        return hint
    if isinstance(hint, str):
        return parse(evaluate(hint, scope), scope)
    if isinstance(hint, ForwardRef):
        return parse(_evaluate_reference(hint, scope), scope)
    if hint is None or hint is type(None):
        return NONE
    if hint is Any or hint is object:
        return ANY if hint is Any else ANY.changed(spelling="object")
    origin = get_origin(hint)
    if origin is not None:
        return _generic(hint, origin, scope)
    if isinstance(hint, type) and not isinstance(hint, types.GenericAlias):
        # A class under another constructor means the class that its objects are of.
        meant: Any = cast("Any", hint).__stands_for__ if hasattr(type(hint), "__stands_for__") else None
        cls: type = hint if meant is None else meant
        return Form(cls, spelling=_class_name(cls))
    return _special(hint, scope)


def _evaluate_reference(reference: ForwardRef, scope: HintScope) -> Any:
    module = getattr(reference, "__forward_module__", None)
    if isinstance(module, str):
        module = sys.modules.get(module)
    if module is not None:
        scope = scope.changed(module={**scope.module, **vars(module)})
    return evaluate(reference.__forward_arg__, scope)


def _class_name(cls: type) -> str:
    return cls.__qualname__.rsplit("<locals>.", 1)[-1]


def _generic(hint: object, origin: Any, scope: HintScope) -> Form:  # noqa: PLR0911 - one line for each kind of origin
    args = get_args(hint)
    if origin is Annotated:
        inner = parse(args[0], scope)
        return inner.changed(notes=inner.notes + tuple(Note(note) for note in args[1:]))
    if origin is Union or origin is getattr(types, "UnionType", Union):
        return union_of(parse(arg, scope) for arg in args)
    name = getattr(origin, "_name", None) or getattr(origin, "__name__", "")
    if origin is Literal or (name == "Literal" and not isinstance(origin, type)):
        return _literal(args)
    if name in _TRANSPARENT and not isinstance(origin, type):
        return parse(args[0], scope)
    if _is_alias(origin):
        return _alias(origin, tuple(parse(arg, scope) for arg in args), scope)
    if origin is tuple:
        return _tuple(hint, args, scope)
    if isinstance(origin, type):
        if origin is _CALLABLE or not args:
            return Form(origin, spelling=_text(hint))
        forms = tuple(_argument(arg, scope) for arg in args)
        return Form(origin, forms, spelling=f"{_class_name(origin)}[{', '.join(map(str, forms))}]")
    raise unsupported("this is not a type that a value can have", hint)


_CALLABLE: Any = getattr(collections.abc, "Callable")  # noqa: B009 - the class, which type checkers know as a form alone
_TRANSPARENT = frozenset({"Final", "Required", "NotRequired", "ReadOnly"})


def _text(hint: object) -> str:
    return repr(hint).replace("typing.", "")


def _shown(item: object) -> str:
    return _class_name(item) if isinstance(item, type) else _text(item)


def _argument(arg: object, scope: HintScope) -> Form:
    """A Form for what stands in a class' brackets; what is not a type is kept as it is."""
    kind = class_of(arg)
    if issubclass(kind, (int, float, bytes, tuple, list, dict)) and not issubclass(kind, types.GenericAlias):
        return Form(Special.RAW, values=((class_of(arg), Note(arg)),), spelling=repr(arg))
    return parse(arg, scope)


def _tuple(hint: object, args: tuple[Any, ...], scope: HintScope) -> Form:
    if args == ((),):
        args = ()
    if not args:
        # typing.Tuple has no arguments either; only an alias made by subscription is tuple[()].
        empty = isinstance(hint, types.GenericAlias) or "[()]" in repr(hint)
        return Form(tuple, () if empty else None, spelling="tuple[()]" if empty else "tuple")
    if args[-1] is Ellipsis:
        item = parse(args[0], scope)
        return Form(tuple, (item,), variadic=True, spelling=f"tuple[{item}, ...]")
    forms = tuple(parse(arg, scope) for arg in args)
    # Flyte 2 names the literal type after the spelling: typing's is another Form, of the same values
    values = () if isinstance(hint, types.GenericAlias) else ((str, "Tuple"),)
    return Form(tuple, forms, values, spelling=f"tuple[{', '.join(map(str, forms))}]")


def union_of(forms: Iterable[Form]) -> Form:
    """The union of `forms`: nested unions flattened, doubles dropped, declared order kept."""
    flat: dict[Form, None] = {}
    for form in forms:
        nested = form.origin is Special.UNION and not form.notes
        flat.update(dict.fromkeys((form.args or ()) if nested else (form,)))
    variants = tuple(flat)
    if len(variants) == 1:
        return variants[0]
    return Form(Special.UNION, variants, spelling=" | ".join(map(str, variants)))


def _literal(args: tuple[Any, ...]) -> Form:
    """`typing.Literal`: values of one class stay together; several classes make a union of such Forms."""
    groups: dict[type, dict[Any, None]] = {}
    for value in args:
        groups.setdefault(class_of(value), {})[value] = None
    forms: list[Form] = []
    for cls, values in groups.items():
        pairs = tuple((cls, value) for value in values)
        text = ", ".join(str(value) if isinstance(value, enum.Enum) else repr(value) for value in values)
        forms.append(NONE if cls is type(None) else Form(Special.LITERAL, values=pairs, spelling=f"Literal[{text}]"))
    if not forms:
        raise unsupported("Literal needs at least one value", "Literal[()]", fix="list the values that are allowed")
    return union_of(forms)


def _is_alias(hint: object) -> bool:
    return type(hint).__name__ == "TypeAliasType" and hasattr(hint, "__value__")


def _alias(alias: Any, args: tuple[Form, ...], scope: HintScope) -> Form:
    """A PEP 695 alias: what it stands for, or, where it stands for itself again, a Form of its own."""
    key = (alias, args)
    name = f"{alias.__name__}[{', '.join(map(str, args))}]" if args else alias.__name__
    if key in scope.aliases:
        return Form(Special.ALIAS, args, values=((class_of(alias), alias),), spelling=name)
    bound = dict(zip(getattr(alias, "__type_params__", ()), args, strict=False))
    home = sys.modules.get(getattr(alias, "__module__", None) or "")
    module = {**scope.module, **vars(home)} if home is not None else scope.module
    inner = scope.changed(module=module, typevars={**scope.typevars, **bound}, aliases=(*scope.aliases, key))
    found = parse(alias.__value__, inner)
    if _mentions(found, alias):
        return Form(Special.ALIAS, args, values=((class_of(alias), alias),), spelling=name)
    return found


def _mentions(form: Form, alias: object) -> bool:
    if form.origin is Special.ALIAS and form.values[0][1] is alias:
        return True
    return any(_mentions(arg, alias) for arg in form.args or ())


def expand_alias(form: Form, scope: HintScope = EMPTY) -> Form:
    """What a recursive alias stands for, one level: the alias inside it is left as a Form of the alias."""
    alias, args = form.values[0][1], form.args or ()
    bound = dict(zip(getattr(alias, "__type_params__", ()), args, strict=False))
    home = sys.modules.get(getattr(alias, "__module__", None) or "")
    module = {**scope.module, **vars(home)} if home is not None else scope.module
    inner = scope.changed(module=module, typevars={**scope.typevars, **bound}, aliases=(*scope.aliases, (alias, args)))
    return parse(alias.__value__, inner)


def _special(hint: Any, scope: HintScope) -> Form:
    """What is neither a class nor subscripted: NewType, type variables, Self, bare special forms, mistakes."""
    if _is_alias(hint):
        return _alias(hint, (), scope)
    if hasattr(hint, "__supertype__"):
        return parse(hint.__supertype__, scope)
    if isinstance(hint, TypeVar):
        return _type_variable(hint, scope)
    if issubclass(class_of(hint), InitVar):
        return parse(hint.type, scope)
    name = getattr(hint, "_name", None) or getattr(hint, "__name__", "")
    if name == "Self" and scope.owner is not None:
        return scope.owner
    if name == "LiteralString":
        return Form(str, spelling="str")
    if isinstance(hint, types.ModuleType):
        raise UnsupportedTypeError(
            f"{name} is a module, not a type",
            expected="a class",
            got=f"the module {name}",
            fix=f"name a class in it, such as {name}.<Class>",
        )
    if is_sequence(hint) and hint:
        inner = ", ".join(_shown(item) for item in hint)
        kind = "tuple" if isinstance(hint, tuple) else "list"
        raise unsupported(f"a {kind} of types is not a type", hint, fix=f"write {kind}[{inner}]")
    if callable(hint) and hasattr(hint, "__code__"):
        raise unsupported(f"{name} is a function, not a type", hint, fix="name a class or a typing construct")
    raise unsupported("this is not a type that a value can have", hint)


def _type_variable(variable: Any, scope: HintScope) -> Form:
    if variable in scope.typevars:
        return scope.typevars[variable]
    has_default: Callable[[], bool] = getattr(variable, "has_default", lambda: False)
    if has_default():
        return parse(variable.__default__, scope)
    if variable.__bound__ is not None:
        return parse(variable.__bound__, scope)
    if variable.__constraints__:
        return union_of(parse(item, scope) for item in variable.__constraints__)
    raise unsupported(
        f"the type variable {variable.__name__} has no bound, so a value's type is not known",
        variable,
        fix=f"give the type in brackets (Box[int]), or a bound (TypeVar({variable.__name__!r}, bound=...))",
    )


__all__ = [
    "ANY",
    "EMPTY",
    "NONE",
    "ClassVar",
    "Form",
    "HintScope",
    "Note",
    "Special",
    "UnsupportedTypeError",
    "evaluate",
    "expand_alias",
    "parse",
    "scope_of",
    "union_of",
]
