"""TypeEngine: flytekit's face of the type engine. Calls on the class go to the default engine.

Conversions here take and give messages; inside drawloom, codecs and bytes are used. `ctx` is accepted where flytekit has it and
not looked at: storage is reached through the context in force.
"""

from __future__ import annotations

import contextlib
import html
import os
import typing
import weakref
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, cast

from literals import parse, pb
from typeengine.codec import Codec
from typeengine.engine import Engine
from typeengine.errors import TypeTransformerFailedError, at, wrong_literal
from typeengine.global_engine import default_engine
from typeengine.hints.forms import parse as parse_hint
from typeengine.kind_transformers import transformer_of
from typeengine.reverse.guess import guess_python_type
from typeengine.type_transformer import RestrictedTypeTransformer, TypeTransformer
from typeengine.wire.foreign_literals import as_message
from typeengine.wire.offloading import fetched

if TYPE_CHECKING:
    from drawloom.context import FlyteContext


_LEGACY = "FLYTE_USE_OLD_DC_FORMAT"
_TRUE = frozenset({"1", "true", "t", "yes"})
_legacy_engines: weakref.WeakKeyDictionary[Engine, tuple[Any, Engine]] = weakref.WeakKeyDictionary()


class TypeEngine:
    """Converts Python types and values to literal types and literals, and back. Not to be instantiated."""

    @classmethod
    def register(
        cls, transformer: TypeTransformer[Any], additional_types: Any = None, *, override: bool = False
    ) -> None:
        """Register a transformer for its type; `RegistrationError` if there is one already and `override` is not set."""
        default_engine().register(transformer, tuple(additional_types or ()), override=override)

    @classmethod
    def register_via(
        cls,
        python_type: object,
        wire_type: object,
        *,
        encode: Callable[[Any], Any],
        decode: Callable[[Any], Any],
        override: bool = False,
    ) -> None:
        """Let values of `python_type` travel as `wire_type`."""
        default_engine().register_via(python_type, wire_type, encode=encode, decode=decode, override=override)

    @classmethod
    def register_additional_type(
        cls,
        transformer: TypeTransformer[Any],
        additional_type: object,
        override: bool = False,  # noqa: FBT001, FBT002 - the signature is flytekit's
    ) -> None:
        """Register a transformer for one more type; a type that is registered already stays unless `override`."""
        engine = default_engine()
        if override or engine.registry.registered(parse_hint(additional_type)) is None:
            engine.register_for(additional_type, transformer, override=True)

    @classmethod
    def register_restricted_type(cls, name: str, type: object) -> None:  # noqa: A002 - the name is flytekit's
        """Refuse values of a type."""
        cls.register(RestrictedTypeTransformer(name, type))

    @classmethod
    def get_transformer(cls, python_type: object) -> TypeTransformer[Any]:
        """The transformer of a type: the registered one, or a view of the codec, of the class of its kind."""
        if isinstance(python_type, TypeTransformer):
            return cast("TypeTransformer[Any]", python_type)
        codec = default_engine().codec(python_type)
        registered: TypeTransformer[Any] | None = codec.extra.get("transformer")
        return registered if registered is not None else transformer_of(codec)

    @classmethod
    def to_literal_type(cls, python_type: object) -> pb.LiteralType:
        """The literal type of a Python type."""
        out = pb.LiteralType()
        out.CopyFrom(_codec(python_type).literal_type)
        return out

    @classmethod
    def to_literal(
        cls,
        ctx: object,  # noqa: ARG003 - flytekit's signature
        python_val: Any,
        python_type: object,
        expected: pb.LiteralType | None = None,  # noqa: ARG003 - flytekit's signature
    ) -> pb.Literal:
        """The literal of a value."""
        return parse(pb.Literal, _codec(python_type).encode(python_val))

    @classmethod
    async def async_to_literal(
        cls, ctx: object, python_val: Any, python_type: object, expected: pb.LiteralType | None = None
    ) -> pb.Literal:
        """The literal of a value."""
        return cls.to_literal(ctx, python_val, python_type, expected)

    @classmethod
    def to_python_value(cls, ctx: object, lv: pb.Literal, expected_python_type: object) -> Any:  # noqa: ARG003 - flytekit's signature
        """The value of a literal."""
        return _codec(expected_python_type).read(as_message(lv, pb.Literal))

    @classmethod
    async def async_to_python_value(cls, ctx: object, lv: pb.Literal, expected_python_type: object) -> Any:
        """The value of a literal."""
        return cls.to_python_value(ctx, lv, expected_python_type)

    @classmethod
    def guess_python_type(cls, flyte_type: pb.LiteralType) -> Any:
        """A Python type for a literal type; registered transformers are asked first, and about what is inside a record.

        Raises:
            TypeTransformerFailedError: (a ValueError) the type holds something that has no Python type.
        """
        literal_type = as_message(flyte_type, pb.LiteralType)
        for transformer in default_engine().transformers():
            with contextlib.suppress(ValueError):  # flytekit's protocol: ValueError means "not mine"
                return transformer.guess_python_type(literal_type)
        return guess_python_type(literal_type, _known if default_engine().transformers() else None)

    @classmethod
    def guess_python_types(cls, flyte_variable_dict: Mapping[str, Any]) -> dict[str, Any]:
        """`guess_python_type` for each variable."""
        return {name: cls.guess_python_type(variable.type) for name, variable in flyte_variable_dict.items()}

    @classmethod
    def to_html(cls, ctx: FlyteContext, python_val: Any, expected_python_type: Any) -> str:
        """The value for a deck, as HTML: of a renderer in `Annotated[T, renderer]`, else of the type's transformer.

        A transformer that has no way of its own shows what a notebook shows, else the value's text.
        """
        for metadata in getattr(expected_python_type, "__metadata__", ()):
            if hasattr(metadata, "to_html") and not isinstance(metadata, type):
                return str(metadata.to_html(python_val))
        transformer = cls.get_transformer(expected_python_type)
        if type(transformer).to_html is not TypeTransformer[Any].to_html:
            return transformer.to_html(ctx, python_val, expected_python_type)
        shows = getattr(python_val, "_repr_html_", None)
        return str(shows()) if callable(shows) else html.escape(str(python_val))

    @classmethod
    def named_tuple_to_variable_map(cls, t: object) -> pb.VariableMap:
        """The variables of a NamedTuple's fields."""
        out = pb.VariableMap()
        for name, hint in typing.get_type_hints(t, include_extras=True).items():
            out.variables[name].CopyFrom(pb.Variable(type=cls.to_literal_type(hint), description=name))
        return out

    @classmethod
    def literal_map_to_kwargs(
        cls,
        ctx: object,
        lm: pb.LiteralMap,
        python_types: Mapping[str, Any] | None = None,
        literal_types: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The values of a literal map, by name.

        Raises:
            ValueError: no types are given, or the map holds more than they name.
            TypeTransformerFailedError: a literal is not of its type; the path begins with its name.
        """
        if python_types is None and literal_types is None:
            raise TypeTransformerFailedError(
                "literals need their types",
                expected="python_types or literal_types",
                got="neither",
                fix="pass python_types or literal_types",
            )
        types = python_types or {name: cls.guess_python_type(item.type) for name, item in (literal_types or {}).items()}
        unknown = sorted(lm.literals.keys() - types.keys())
        if unknown:
            raise wrong_literal(f"only {', '.join(sorted(types)) or 'no literals'}", ", ".join(unknown))
        out: dict[str, Any] = {}
        for name in types:
            if name in lm.literals:
                with at(name):
                    out[name] = cls.to_python_value(ctx, lm.literals[name], types[name])
        return out

    @classmethod
    def dict_to_literal_map(
        cls, ctx: object, d: Mapping[str, Any], type_hints: Mapping[str, Any] | None = None
    ) -> pb.LiteralMap:
        """The literals of values, by name; a value without a hint is taken as its own class."""
        hints = type_hints or {}
        out = pb.LiteralMap()
        for name, value in d.items():
            with at(name):
                out.literals[name].CopyFrom(cls.to_literal(ctx, value, hints.get(name, type(value))))
        return out

    @classmethod
    def dict_to_literal_map_pb(
        cls, ctx: object, d: Mapping[str, Any], type_hints: Mapping[str, Any] | None = None
    ) -> pb.LiteralMap:
        """`dict_to_literal_map`, which gives the message as it is."""
        return cls.dict_to_literal_map(ctx, d, type_hints)

    @classmethod
    def unwrap_offloaded_literal(cls, ctx: object, lv: pb.Literal) -> pb.Literal:  # noqa: ARG003 - flytekit's signature
        """The literal that an offloaded one points at; any other as it is."""
        return fetched(as_message(lv, pb.Literal))

    @classmethod
    def get_available_transformers(cls) -> list[Any]:
        """The types that users registered."""
        return [transformer.python_type for transformer in default_engine().transformers()]

    @classmethod
    def calculate_hash(cls, python_val: Any, python_type: object) -> str | None:
        """What the first HashMethod of `Annotated[T, ...]` gives, if there is one."""
        if typing.get_origin(python_type) is not Annotated:
            return None
        found = _codec(python_type).encode(python_val)
        return parse(pb.Literal, found).hash or None


def _known(schema: Mapping[str, Any]) -> Any:
    """The type of the registered transformer that takes a JSON schema for its own; None where none does."""
    return next((each.python_type for each in default_engine().transformers() if each.schema_match(dict(schema))), None)


def _codec(python_type: object) -> Codec:
    """The default engine's codec; the environment may ask for structs as flytekit wrote them before 1.14."""
    engine = default_engine()
    if os.environ.get(_LEGACY, "").lower() in _TRUE:
        made = _legacy_engines.get(engine)
        if made is None or made[0] is not engine.registry:
            made = _legacy_engines[engine] = (engine.registry, engine.clone(legacy_structs=True))
        engine = made[1]
    return engine.codec(python_type)
