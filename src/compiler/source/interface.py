"""The typed signature of an entity: read once from a function, then frozen. It holds the codecs.

Inputs come from the parameters, outputs from the return annotation: none, one called `o0`, several called `o0`, `o1`, ...,
or the fields of a NamedTuple. Defaults stay Python values; the wire form of a task's interface never carries them.
"""

# ruff: noqa: FBT001, FBT002 - the options are flytekit's, in its order

from __future__ import annotations

import inspect
import sys
import typing
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

from compiler.errors import (
    FlyteAssertion,
    FlyteMissingReturnValueException,
    FlyteMissingTypeException,
    FlyteValidationException,
    OptionError,
    OutputCountError,
)
from compiler.source.artifact_annotation import ArtifactAnnotation
from compiler.source.docstring import Docstring
from compiler.source.returns import only_falls_off
from compiler.source_location import definition
from drawloom.context import user_logger
from literals import DrawloomError, attempt, is_sequence, is_tuple, named_tuple_fields, pb, preview
from typeengine import Codec, Pickle, UnsupportedTypeError, default_engine

if TYPE_CHECKING:
    from types import FrameType


class _Missing:
    """The default of a parameter that has none; None is a value."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Any = _Missing()
_PICKLED: Any = Annotated[Any, Pickle]


class Interface:
    """Names, types and defaults of an entity's inputs, names and types of its outputs.

    Raises `OptionError` for a name that is not a Python identifier, as flytekit does.

    `inputs` maps a name to a type or to (type, default); a default of None in such a pair means no default, as in
    flytekit. `output_tuple_name` is the class name of the NamedTuple that was annotated, if one was.
    """

    __slots__ = (
        "_default_inputs", "_docstring", "_input_codecs", "_inputs", "_output_codecs", "_output_tuple", "_outputs", "_plan",
        "_typed", "output_tuple_name", "owner", "promise_factory", "refused",
    )  # fmt: skip

    def __init__(
        self,
        inputs: Mapping[str, Any] | None = None,
        outputs: Mapping[str, Any] | None = None,
        output_tuple_name: str | None = None,
        docstring: Docstring | str | None = None,
    ) -> None:
        self._inputs: dict[str, Any] = {}
        defaults: dict[str, Any] = {}
        for name, given in (inputs or {}).items():
            hint, default = given if is_tuple(given) and len(given) == 2 else (given, MISSING)  # noqa: PLR2004 - a pair
            self._inputs[name] = hint
            if default is not MISSING and (default is not None or admits_none(hint)):
                defaults[name] = default
        self._default_inputs = MappingProxyType(defaults)
        self._outputs: dict[str, Any] = dict(outputs or {})
        for side, names in (("input", self._inputs), ("output", self._outputs)):
            for name in names:
                if not name.isidentifier():
                    raise OptionError(
                        f"the name of an {side} is not a valid Python identifier",
                        expected="letters, digits and _, not beginning with a digit",
                        got=preview(name),
                        fix="rename it: conditions and references name values by a dot",
                    )
        self.output_tuple_name = output_tuple_name
        self.owner = ""
        self._docstring: Docstring | str | None = docstring
        self._input_codecs: dict[str, Codec] | None = None
        self._output_codecs: dict[str, Codec] | None = None
        self._output_tuple: Any = None
        self._typed: Any = None
        self._plan: list[tuple[str, Any, Codec]] | None = None
        self.promise_factory: Any = None
        self.refused: dict[str, str] = {}

    @property
    def inputs(self) -> dict[str, Any]:
        """Input name to type, in declared order."""
        return self._inputs

    @property
    def outputs(self) -> dict[str, Any]:
        """Output name to type, in declared order."""
        return self._outputs

    @property
    def output_names(self) -> list[str]:
        """Output names in declared order."""
        return list(self._outputs)

    @property
    def default_inputs(self) -> Mapping[str, Any]:
        """The defaults that were declared, by input name; an input that may be None has one only if it was written."""
        return self._default_inputs

    @property
    def inputs_with_defaults(self) -> dict[str, tuple[Any, Any]]:
        """Input name to (type, default); None where there is no default, as in flytekit."""
        return {name: (hint, self._default_inputs.get(name)) for name, hint in self._inputs.items()}

    @property
    def default_inputs_as_kwargs(self) -> dict[str, Any]:
        """The defaults that are not None."""
        return {name: value for name, value in self._default_inputs.items() if value is not None}

    @property
    def docstring(self) -> Docstring:
        """The parsed docstring; an empty one where there is none."""
        if not isinstance(self._docstring, Docstring):
            self._docstring = Docstring(self._docstring)
        return self._docstring

    @docstring.setter
    def docstring(self, parsed: Docstring) -> None:
        self._docstring = parsed
        self._typed = None

    @property
    def input_codecs(self) -> dict[str, Codec]:
        """Input name to codec, in declared order.

        Raises:
            DrawloomError: a type is not supported; it names the entity and the input.
        """
        if self._input_codecs is None:
            self._input_codecs = {name: self._codec("input", name, hint) for name, hint in self._inputs.items()}
        return self._input_codecs

    @property
    def output_codecs(self) -> dict[str, Codec]:
        """Output name to codec, in declared order; raises as `input_codecs` does."""
        if self._output_codecs is None:
            self._output_codecs = {name: self._codec("output", name, hint) for name, hint in self._outputs.items()}
        return self._output_codecs

    def _codec(self, side: str, name: str, hint: object) -> Codec:
        try:
            return default_engine().codec(hint)
        except DrawloomError as error:
            location = f"{side} `{name}`" if not self.owner else f"{self.owner}, {side} `{name}`"
            error.where = f"{location}, {error.where}" if error.where else location
            raise

    @property
    def output_tuple(self) -> Any:
        """A namedtuple class with one field for each output; None where there are no outputs."""
        if self._output_tuple is None and self._outputs:
            fields = [(name, Any) for name in self._outputs]
            make: Any = typing.NamedTuple
            self._output_tuple = make(self.output_tuple_name or "DefaultNamedTupleOutput", fields)
        return self._output_tuple

    @property
    def plan(self) -> list[tuple[str, Any, Codec]]:
        """Input name, type and codec, sorted by name: the order of a node's bindings."""
        if self._plan is None:
            self._plan = [(name, self._inputs[name], self.input_codecs[name]) for name in sorted(self._inputs)]
        return self._plan

    @property
    def plain_output(self) -> str | None:
        """The one output that is whatever the function returns; None where `split_outputs` has to look at the result."""
        return next(iter(self._outputs)) if len(self._outputs) == 1 and not self.output_tuple_name else None

    def split_outputs(self, result: Any) -> dict[str, Any]:
        """What a function returned, by output name.

        One output: the value itself, or a one-tuple where a NamedTuple was declared. Several: a tuple of that length. Without
        outputs a value is dropped, as the peers do; the log says so.

        Raises:
            OutputCountError: the number of values is not the number of outputs.
        """
        names = self._outputs
        if not names:
            if result is not None:
                user_logger("drawloom").warning(
                    "%s declares no output, so the %s that it returned is dropped: annotate what it returns",
                    self.owner or "a function",
                    type(result).__name__,
                )
            return {}
        if len(names) == 1:
            (name,) = names
            if self.output_tuple_name and is_tuple(result) and len(result) == 1:
                return {name: result[0]}
            return {name: result}
        if not is_sequence(result):
            raise OutputCountError(
                "one value was returned where several are declared",
                where=self.owner,
                expected=f"a tuple of {len(names)}: {', '.join(names)}",
                got=preview(result),
                fix="return one value for each declared output, or change the return annotation",
            )
        if len(result) != len(names):
            raise OutputCountError(
                f"Length difference: {len(result)} values were returned where {len(names)} are declared",
                where=self.owner,
                expected=f"a tuple of {len(names)}: {', '.join(names)}",
                got=preview(result),
                fix="return one value for each declared output, or change the return annotation",
            )
        return dict(zip(names, result, strict=True))

    def join_outputs(self, values: Mapping[str, Any]) -> Any:
        """The Python result of a call: None, the value, or a named tuple. The inverse of `split_outputs`."""
        if not self._outputs:
            return None
        if len(self._outputs) == 1 and not self.output_tuple_name:
            return values[next(iter(self._outputs))]
        return self.output_tuple(**values)

    def typed(self) -> pb.TypedInterface:
        """The wire form, made once. Descriptions come from the docstring, else they are the names."""
        if self._typed is None:
            doc = self.docstring
            outputs = doc.describe_outputs(list(self._outputs))
            self._typed = pb.TypedInterface(
                inputs=self._variables(self.input_codecs, self._inputs, doc.inputs),
                outputs=self._variables(self.output_codecs, self._outputs, outputs),
            )
        return self._typed

    def variable(self, name: str) -> pb.Variable:
        """The wire form of one input."""
        return self.typed().inputs.variables[name]

    def _variables(
        self, codecs: Mapping[str, Codec], hints: Mapping[str, Any], texts: Mapping[str, str]
    ) -> pb.VariableMap:
        made = pb.VariableMap()
        for name, codec in codecs.items():
            variable = pb.Variable(type=codec.literal_type, description=texts.get(name) or name)
            for extra in _extras(hints[name]):
                if isinstance(extra, ArtifactAnnotation):
                    variable.artifact_partial_id.CopyFrom(extra.variable_artifact(name, self._inputs, self.owner))
            made.variables[name].CopyFrom(variable)
        return made

    def remove_inputs(self, names: Sequence[str] | None) -> Interface:
        """The same interface without these inputs."""
        return self._copy(inputs={n: p for n, p in self._pairs().items() if n not in set(names or ())})

    def with_inputs(self, extra_inputs: Mapping[str, Any]) -> Interface:
        """The same interface with more inputs.

        Raises:
            FlyteAssertion: one of them is there already.
        """
        return self._copy(inputs={**self._pairs(), **_only_new(self._inputs, extra_inputs)})

    def with_outputs(self, extra_outputs: Mapping[str, Any]) -> Interface:
        """The same interface with more outputs.

        Raises:
            FlyteAssertion: one of them is there already.
        """
        return self._copy(outputs={**self._outputs, **_only_new(self._outputs, extra_outputs)})

    def _pairs(self) -> dict[str, Any]:
        return {n: (h, self._default_inputs[n]) if n in self._default_inputs else h for n, h in self._inputs.items()}

    def _copy(self, inputs: Mapping[str, Any] | None = None, outputs: Mapping[str, Any] | None = None) -> Interface:
        made = Interface(
            self._pairs() if inputs is None else inputs,
            self._outputs if outputs is None else outputs,
            self.output_tuple_name,
            self._docstring,
        )
        made.owner = self.owner
        return made

    def __repr__(self) -> str:
        inputs = ", ".join(f"{name}: {_name(hint)}" for name, hint in self._inputs.items())
        outputs = ", ".join(f"{name}: {_name(hint)}" for name, hint in self._outputs.items())
        return f"({inputs}) -> ({outputs})"


def _only_new(old: Mapping[str, Any], new: Mapping[str, Any]) -> Mapping[str, Any]:
    if repeated := sorted(set(old) & set(new)):
        raise FlyteAssertion(
            f"`{repeated[0]}` is in the interface already",
            expected="a name that is free",
            got=repr(repeated[0]),
            fix="choose another name",
        )
    return new


def _name(hint: object) -> str:
    return hint.__name__ if isinstance(hint, type) and not typing.get_args(hint) else str(hint)


def _extras(hint: object) -> tuple[Any, ...]:
    return getattr(hint, "__metadata__", ()) if typing.get_origin(hint) is typing.Annotated else ()


def is_optional(hint: object) -> bool:
    """Whether the type is a union with None in it."""
    while typing.get_origin(hint) is typing.Annotated:
        hint = typing.get_args(hint)[0]
    is_union = typing.get_origin(hint) is typing.Union or type(hint).__name__ == "UnionType"
    return is_union and type(None) in typing.get_args(hint)


def admits_none(hint: object) -> bool:
    """Whether None is a value of the type: None itself, Any, or a union with None in it."""
    while typing.get_origin(hint) is typing.Annotated:
        hint = typing.get_args(hint)[0]
    return hint is None or hint is type(None) or hint is Any or is_optional(hint)


def read_signature(
    fn: Callable[..., Any], *, name: str, pickle_untyped: bool = False, check_return: bool = True
) -> Interface:
    """The interface of a function, with its annotations resolved and its codecs found.

    Raises:
        FlyteMissingTypeException: a parameter without annotation, unless `pickle_untyped`.
        FlyteMissingReturnValueException: outputs are declared, and the function can only return None.
        FlyteValidationException: star parameters, or a tuple of one.
        DrawloomError: a type is not supported.
    """
    hints = _hints(fn, name)
    inputs: dict[str, Any] = {}
    for parameter in inspect.signature(fn).parameters.values():
        if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY}:
            what = f"parameter `{parameter}` cannot be an input: inputs are bound by name"
            fix = "name each input; use list[T] or dict[str, T] for many values"
            raise FlyteValidationException(
                what, where=name, expected="parameters that can be given by name", got=str(parameter), fix=fix
            )
        hint = hints.get(parameter.name, MISSING)
        if hint is MISSING:
            if not pickle_untyped:
                raise _no_annotation(fn, parameter, name)
            hint = _PICKLED
        inputs[parameter.name] = hint if parameter.default is parameter.empty else (hint, parameter.default)
    returned = hints.get("return", _PICKLED if pickle_untyped else None)
    outputs, tuple_name = read_outputs(returned, name)
    if outputs and check_return and not all(map(admits_none, outputs.values())):
        _require_return(fn, name, returned)
    made = Interface(inputs, outputs, tuple_name, getattr(fn, "__doc__", None))
    made.owner = name
    # Types are looked up now, so that a type nobody knows fails where it is written.
    try:
        made.input_codecs  # noqa: B018 - asked for its check
        made.output_codecs  # noqa: B018 - asked for its check
    except DrawloomError as error:
        location = definition(fn)
        if location is not None:
            error.where = f"{location}: {error.where}"
        raise
    return made


def _no_annotation(fn: Callable[..., Any], parameter: inspect.Parameter, name: str) -> FlyteMissingTypeException:
    fix = f"write `{parameter.name}: int` (or its type), or pass pickle_untyped=True"
    if parameter.name in {"self", "cls"} and "." in getattr(fn, "__qualname__", "").rpartition("<locals>.")[2]:
        fix = f"move `{fn.__name__}` out of its class, to the top level of its module, without `{parameter.name}`: "
        fix += "a container has no object to call it on"
    elif fn.__name__ == "<lambda>":
        fix = "write a `def` with annotations"
    what, expected = f"parameter `{parameter.name}` has no type annotation", "a type for every parameter"
    return FlyteMissingTypeException(what, where=name, expected=expected, got=f"`{parameter}`", fix=fix)


def _hints(fn: Callable[..., Any], name: str) -> dict[str, Any]:
    # A default of None must not turn `int` into `Optional[int]`, as Python 3.10 does.
    bare = inspect.unwrap(fn)
    try:
        hints = typing.get_type_hints(bare, include_extras=True)
    except NameError:
        # Types of an enclosing function are not in the globals; they are in its running frame.
        try:
            hints = typing.get_type_hints(bare, globalns=_names_around(bare), include_extras=True)
        except NameError as error:
            what = f"an annotation names `{error.name}`, which is not defined"
            fix = "define the type above the function, or import it"
            expected = "a name that the module knows"
            raise FlyteMissingTypeException(
                what, where=name, expected=expected, got=str(error.name), fix=fix
            ) from error
    raw = getattr(bare, "__annotations__", {})
    if sys.version_info < (3, 11):
        for key, hint in raw.items():
            if key != "return" and hints.get(key) != hint and typing.get_args(hints.get(key)) == (hint, type(None)):
                hints[key] = hint
    return hints


def _names_around(fn: Callable[..., Any]) -> dict[str, Any]:
    found: dict[str, Any] = dict(getattr(fn, "__globals__", {}))
    frames: list[FrameType] = []
    frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - local types live in the caller's frame only
    while frame is not None:
        frames.append(frame)
        frame = frame.f_back
    for frame in reversed(frames):
        if frame.f_globals is getattr(fn, "__globals__", None):
            found.update(frame.f_locals)
    return found


def read_outputs(annotation: object, name: str) -> tuple[dict[str, Any], str | None]:
    """Output names and types of a return annotation, and the class name if it is a NamedTuple.

    Raises:
        FlyteValidationException: a tuple of one.
    """
    if annotation is None or annotation is type(None):
        return {}, None
    bare = typing.get_args(annotation)[0] if typing.get_origin(annotation) is typing.Annotated else annotation
    if (fields := named_tuple_fields(bare)) is not None:
        hints = typing.get_type_hints(bare, include_extras=True)
        outputs = {field: hints.get(field, Any) for field in fields}
        if any(extra is Pickle or isinstance(extra, Pickle) for extra in _extras(annotation)):
            outputs = {field: _pickled_if_unknown(hint) for field, hint in outputs.items()}
        return outputs, getattr(bare, "__name__", None)
    parts: tuple[object, ...]
    if is_tuple(bare):
        parts = bare
    elif typing.get_origin(bare) is tuple and Ellipsis not in typing.get_args(bare):
        parts = typing.get_args(bare)
    else:
        return {"o0": annotation}, None
    if len(parts) == 1:
        raise FlyteValidationException(
            "a tuple of one cannot name several outputs",
            where=name,
            expected="a type, or a tuple of two and more",
            got=str(annotation),
            fix="annotate the type itself",
        )
    return {f"o{i}": part for i, part in enumerate(parts)}, None


def _pickled_if_unknown(hint: object) -> Any:
    """A type, marked to be pickled where nothing else takes it."""
    unknown = isinstance(attempt(default_engine().codec, hint).error, UnsupportedTypeError)
    return Annotated[hint, Pickle] if unknown else hint


def _require_return(fn: Callable[..., Any], name: str, declared: object) -> None:
    code = getattr(inspect.unwrap(fn), "__code__", None)
    if code is not None and only_falls_off(code):
        raise FlyteMissingReturnValueException(
            "the function declares outputs and never returns a value",
            where=name,
            expected=f"a value for `-> {_name(declared)}`",
            got="no return statement with a value",
            fix="add a return statement, or annotate `-> None`",
            location=definition(fn),
        )


def transform_function_to_interface(
    fn: Callable[..., Any],
    docstring: Docstring | None = None,
    is_reference_entity: bool = False,
    pickle_untyped: bool = False,
) -> Interface:
    """Flytekit's name for `read_signature`."""
    made = read_signature(
        fn, name=f"{fn.__module__}.{fn.__name__}", pickle_untyped=pickle_untyped, check_return=not is_reference_entity
    )
    if docstring is not None:
        made.docstring = docstring
    return made
