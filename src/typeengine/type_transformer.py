"""TypeTransformer: the class by which users teach the engine a type, with flytekit's method names and signatures.

A transformer written for flytekit registers unchanged: its messages come from `drawloom` instead of `flytekit.models`. Here too
is how a transformer becomes a codec, how a codec shows itself as a transformer, and the one-line way through another type.
"""

from __future__ import annotations

import contextvars
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Annotated, Any, Generic, TypeVar, get_args, get_origin

from drawloom import context
from literals import CallResult, DrawloomError, attempt, literal_text, parse, pb
from typeengine.codec import Codec, Open, Plain
from typeengine.errors import TypeTransformerFailedError, wrong_literal, wrong_value
from typeengine.hints.forms import Form
from typeengine.hints.hint_of_form import hint_of
from typeengine.hints.model_schemas import is_schema_of
from typeengine.registry import CodecResolver, Factory, Registration
from typeengine.wire.foreign_literals import as_message, trusted
from typeengine.wire.offloading import fetched
from typeengine.wire.plain_values import struct_plain, unpack

if TYPE_CHECKING:
    from drawloom.context import FlyteContext

T = TypeVar("T")


class TypeTransformer(ABC, Generic[T]):
    """Converts values of one Python type. Subclass it and register an instance.

    `name` is the tag of this type in a union on the wire: keep it stable. `t` is the type; `enable_type_assertions` has
    `assert_type` called before `to_literal`.
    """

    def __init__(
        self,
        name: str,
        t: object,
        enable_type_assertions: bool = True,  # noqa: FBT001, FBT002 - the signature is flytekit's
        hash_overridable: bool = False,  # noqa: FBT001, FBT002 - the signature is flytekit's
    ) -> None:
        self._name = name
        self._t = t
        self._type_assertions_enabled = enable_type_assertions
        self._hash_overridable = hash_overridable

    @property
    def name(self) -> str:
        """The tag on the wire."""
        return self._name

    @property
    def python_type(self) -> Any:
        """The type whose values this converts."""
        return self._t

    @property
    def type_assertions_enabled(self) -> bool:
        """Whether `assert_type` is called before `to_literal`."""
        return self._type_assertions_enabled

    @property
    def hash_overridable(self) -> bool:
        """Whether a value's own hash may replace that of its literal."""
        return self._hash_overridable

    @property
    def is_async(self) -> bool:
        """Whether the conversions are coroutines."""
        return False

    def assert_type(self, t: type[T], v: T) -> None:
        """Raise `TypeTransformerFailedError` if `v` is not a value of `t`."""
        cls = _class_of(t)
        if cls is not None and not isinstance(v, cls):
            raise wrong_value(getattr(t, "__name__", None) or str(t), v)

    @abstractmethod
    def get_literal_type(self, t: type[T]) -> pb.LiteralType:
        """The literal type of `t`."""

    def guess_python_type(self, literal_type: pb.LiteralType) -> type[T]:
        """The Python type of a literal type; ValueError if it is not one of this transformer's."""
        raise wrong_literal(f"a literal type of {self.name}", str(literal_type)[:100])

    @abstractmethod
    def to_literal(
        self, ctx: FlyteContext, python_val: T, python_type: type[T], expected: pb.LiteralType
    ) -> pb.Literal:
        """The literal of a value."""

    @abstractmethod
    def to_python_value(self, ctx: FlyteContext, lv: pb.Literal, expected_python_type: type[T]) -> T | None:
        """The value of a literal."""

    def from_binary_idl(self, binary_idl_object: pb.Binary, expected_python_type: type[T]) -> T | None:
        """The value of a msgpack binary, such as an attribute of a dataclass: what it holds, if that is of the type."""
        value = unpack(trusted(binary_idl_object))
        cls = _class_of(expected_python_type)
        if cls is not None and not isinstance(value, cls):
            raise wrong_value(getattr(expected_python_type, "__name__", str(expected_python_type)), value)
        return value

    def from_generic_idl(self, generic: pb.Struct, expected_python_type: type[T]) -> T | None:
        """The value of a protobuf Struct: its content as a dict, if that is of the type."""
        value: Any = struct_plain(generic)
        cls = _class_of(expected_python_type)
        if cls is not None and not isinstance(value, cls):
            raise wrong_value(getattr(expected_python_type, "__name__", str(expected_python_type)), value)
        return value

    def isinstance_generic(self, obj: object, generic_alias: object) -> bool:
        """Whether a value is of a generic alias' class, whatever is in its brackets."""
        cls = _class_of(generic_alias)
        return cls is not None and isinstance(obj, cls)

    def schema_match(self, schema: dict[str, Any]) -> bool:
        """Whether a JSON schema is one of this transformer's type, asked when types are guessed; only models are known here."""
        return is_schema_of(self._t, schema)

    def to_html(self, ctx: FlyteContext, python_val: T, expected_python_type: type[T]) -> str:  # noqa: ARG002 - for subclasses
        """The value for a report, as text."""
        return str(python_val)

    def __repr__(self) -> str:
        return f"{self._name} Transforms ({self._t}) to Flyte native"


class AsyncTypeTransformer(TypeTransformer[T]):
    """A transformer whose conversions are coroutines; they run to their end inside the synchronous calls."""

    @property
    def is_async(self) -> bool:
        """Always True."""
        return True

    @abstractmethod
    async def async_to_literal(
        self, ctx: FlyteContext, python_val: T, python_type: type[T], expected: pb.LiteralType
    ) -> pb.Literal:
        """The literal of a value."""

    @abstractmethod
    async def async_to_python_value(self, ctx: FlyteContext, lv: pb.Literal, expected_python_type: type[T]) -> T | None:
        """The value of a literal."""

    def to_literal(
        self, ctx: FlyteContext, python_val: T, python_type: type[T], expected: pb.LiteralType
    ) -> pb.Literal:
        """The literal of a value."""
        return run_coroutine(self.async_to_literal(ctx, python_val, python_type, expected))

    def to_python_value(self, ctx: FlyteContext, lv: pb.Literal, expected_python_type: type[T]) -> T | None:
        """The value of a literal."""
        return run_coroutine(self.async_to_python_value(ctx, lv, expected_python_type))


class SimpleTransformer(TypeTransformer[T]):
    """A transformer made of two functions and a literal type."""

    def __init__(
        self,
        name: str,
        t: type[T],
        lt: pb.LiteralType,
        to_literal_transformer: Callable[[T], pb.Literal],
        from_literal_transformer: Callable[[pb.Literal], T | None],
    ) -> None:
        super().__init__(name, t)
        self._type = t
        self._lt = lt
        self._to_literal_transformer = to_literal_transformer
        self._from_literal_transformer = from_literal_transformer

    @property
    def base_type(self) -> type[T]:
        """The type."""
        return self._type

    def get_literal_type(self, t: type[T] | None = None) -> pb.LiteralType:  # noqa: ARG002 - one type only
        """The literal type given to the constructor."""
        return self._lt

    def to_literal(
        self,
        ctx: FlyteContext,  # noqa: ARG002 - the signature is flytekit's
        python_val: T,
        python_type: type[T],  # noqa: ARG002 - the signature is flytekit's
        expected: pb.LiteralType | None = None,  # noqa: ARG002 - the signature is flytekit's
    ) -> pb.Literal:
        """The literal of a value, which must be exactly of the type."""
        if type(python_val) is not self._type:
            raise wrong_value(self._type.__name__, python_val)
        return self._to_literal_transformer(python_val)

    def to_python_value(self, ctx: FlyteContext, lv: pb.Literal, expected_python_type: type[T]) -> T:  # noqa: ARG002
        """The value of a literal."""
        value = self._from_literal_transformer(lv)
        if type(value) is not self._type:
            raise wrong_literal(self._type.__name__, repr(value))
        return value

    def guess_python_type(self, literal_type: pb.LiteralType) -> type[T]:
        """The type, for exactly its literal type."""
        if literal_type.simple == self._lt.simple and literal_type == self._lt:
            return self._type
        return super().guess_python_type(literal_type)


class RestrictedTypeTransformer(TypeTransformer[T]):
    """Registered for a type that may not be used: every conversion is refused."""

    def get_literal_type(self, t: type[T] | None = None) -> pb.LiteralType:
        """Refuses."""
        raise self._refusal(t)

    def to_literal(
        self,
        ctx: FlyteContext,  # noqa: ARG002 - flytekit's signature
        python_val: T,  # noqa: ARG002 - as above
        python_type: type[T],
        expected: pb.LiteralType,  # noqa: ARG002 - as above
    ) -> pb.Literal:
        """Refuses."""
        raise self._refusal(python_type)

    def to_python_value(self, ctx: FlyteContext, lv: pb.Literal, expected_python_type: type[T]) -> T:  # noqa: ARG002
        """Refuses."""
        raise self._refusal(expected_python_type)

    def _refusal(self, t: object) -> TypeTransformerFailedError:
        return TypeTransformerFailedError(
            f"{self.name}: the type is restricted",
            expected="a type that is not restricted",
            got=str(t),
            fix="use another type",
        )


class CodecTransformer(TypeTransformer[Any]):
    """A codec, shown as a transformer: what `get_transformer` gives for the types that come with drawloom."""

    def __init__(
        self,
        codec: Codec,
        codec_of: Callable[[Any], Codec] | None = None,
        guess: Callable[[pb.LiteralType], Any] | None = None,
    ) -> None:
        """`codec_of` and `guess` are for other types than the codec's own, which flytekit's transformers are asked about too."""
        super().__init__(codec.tag, hint_of(codec.form))
        self.codec = codec
        self._codec_of = codec_of
        self._guess = guess

    def _of(self, t: object) -> Codec:
        """The codec of the type that is asked about; of no type, the transformer's own."""
        return self.codec if t is None or self._codec_of is None else self._codec_of(t)

    def assert_type(self, t: object, v: Any) -> None:
        """Raise unless the type takes the value."""
        codec = self._of(t)
        if not codec.accepts(v):
            codec.encode(v)

    def get_literal_type(self, t: object = None) -> pb.LiteralType:
        """The type's literal type, as a copy."""
        out = pb.LiteralType()
        out.CopyFrom(self._of(t).literal_type)
        return out

    def guess_python_type(self, literal_type: pb.LiteralType) -> Any:
        """The codec's type for its literal type, and a type that the same kind of codec converts for any other.

        Raises:
            TypeTransformerFailedError: the literal type is of another kind.
        """
        if literal_type == self.codec.literal_type:
            return self._t
        if self._guess is not None and self._codec_of is not None:
            found = self._guess(literal_type)
            if self._codec_of(found).tag == self.codec.tag:
                return found
        return super().guess_python_type(literal_type)

    def to_literal(self, ctx: FlyteContext, python_val: Any, python_type: object, expected: Any = None) -> pb.Literal:  # noqa: ARG002 - flytekit's signature
        """The literal of a value."""
        return parse(pb.Literal, self._of(python_type).encode(python_val))

    def to_python_value(self, ctx: FlyteContext, lv: pb.Literal, expected_python_type: object = None) -> Any:  # noqa: ARG002
        """The value of a literal."""
        return self._of(expected_python_type).read(lv)


def run_coroutine(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine, from synchronous code: in place if it never waits, else on a loop in its own thread."""
    import asyncio  # noqa: PLC0415 - 50 ms that only asynchronous transformers need

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    outcomes: list[CallResult[T]] = []
    carried = contextvars.copy_context()
    thread = threading.Thread(target=lambda: outcomes.append(attempt(carried.run, asyncio.run, coroutine)))
    thread.start()
    thread.join()
    return outcomes[0].unwrap()


def transformer_entry(transformer: TypeTransformer[Any]) -> Registration:
    """How a transformer is registered: the factory of codecs around it."""
    if isinstance(transformer, CodecTransformer):
        inner = transformer.codec
        return Registration(lambda _form, _resolver: inner, transformer)

    def make(form: Form, _: CodecResolver) -> Codec:
        return _TransformerCodec(transformer, form).codec()

    return Registration(make, transformer)


def _caller(method: Callable[..., Any], arguments: tuple[str, ...]) -> Callable[..., Any]:
    """A conversion of a user's transformer, to be called with a context first, giving its result and no coroutine."""
    from inspect import Parameter, iscoroutinefunction, signature  # noqa: PLC0415 - only user transformers need it

    kinds = [parameter.kind for parameter in signature(method).parameters.values()]
    positional = sum(kind in {Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD} for kind in kinds)
    with_context = Parameter.VAR_POSITIONAL in kinds or positional >= len(arguments)
    skipped = 0 if with_context else 1
    if iscoroutinefunction(method):
        return lambda *given: run_coroutine(method(*given[skipped:]))
    return method if with_context else lambda *given: method(*given[skipped:])


class _TransformerCodec:
    """The functions of a codec that asks a user's transformer."""

    def __init__(self, transformer: TypeTransformer[Any], form: Form) -> None:
        self.transformer = transformer
        self.form = form
        self.hint = hint_of(form)
        self.made: Codec | None = None
        # Flyte 2's transformers take no context, and their conversions are coroutines.
        self.writes = _caller(transformer.to_literal, ("ctx", "value", "type", "expected"))
        self.reads = _caller(transformer.to_python_value, ("ctx", "literal", "type"))

    def codec(self) -> Codec:
        cls = self.form.cls
        made = Codec(
            self.form,
            tag=self.transformer.name,
            make_type=self.make_type,
            encode=self.encode,
            read=self.read,
            to_plain=self.to_plain,
            from_plain=self.from_plain,
            accepts=self.accepts,
            classes=(cls,) if cls is not None else (),
            extra={"transformer": self.transformer},
        )
        self.made = made
        return made

    def make_type(self, _: Open) -> Any:
        return as_message(self.transformer.get_literal_type(self.hint), pb.LiteralType)

    def accepts(self, value: Any) -> bool:
        if self.transformer.type_assertions_enabled:
            return attempt(self.transformer.assert_type, self.hint, value).error is None
        return self.form.cls is None or isinstance(value, self.form.cls)

    def encode(self, value: Any) -> bytes:
        if self.made is None:
            raise TypeTransformerFailedError(
                "the codec is not made yet",
                where=str(self.form),
                expected="a codec that is ready",
                got="one that is still being made",
                fix="use it after its types are resolved",
            )
        if value is None:
            raise wrong_value(str(self.form), value, fix="write Optional[...] if None is meant")
        outcome = attempt(self._to_literal, value, self.made.literal_type)
        if outcome.error is not None:
            raise self._failed("encode", wrong_value(str(self.form), value), outcome.error) from cause(outcome.error)
        return as_message(outcome.unwrap(), pb.Literal).SerializeToString(deterministic=True)

    def _to_literal(self, value: Any, expected: object) -> Any:
        if self.transformer.type_assertions_enabled:
            self.transformer.assert_type(self.hint, value)
        return self.writes(_ctx(), value, self.hint, expected)

    def read(self, literal: pb.Literal) -> Any:
        literal = fetched(literal)
        outcome = attempt(self.reads, _ctx(), literal, self.hint)
        if outcome.error is not None:
            base = wrong_literal(str(self.form), literal_text(literal)[:120])
            raise self._failed("decode", base, outcome.error) from cause(outcome.error)
        return outcome.unwrap()

    def _failed(self, verb: str, base: DrawloomError, error: BaseException) -> BaseException:
        if isinstance(error, DrawloomError) or not isinstance(error, Exception):
            return error
        return TypeTransformerFailedError(
            f"the transformer {self.transformer.name} failed to {verb} ({type(error).__name__}: {error})",
            expected=base.expected,
            got=base.got,
            fix="mend the transformer: what it raised is this error's cause",
        )

    def to_plain(self, value: Any) -> Plain:
        """A scalar of text, number or truth as it is; any other literal as its bytes."""
        data = self.encode(value)
        literal = parse(pb.Literal, data)
        held = literal.scalar.primitive.WhichOneof("value")
        if held in _PLAIN:
            return getattr(literal.scalar.primitive, held)
        return data

    def from_plain(self, tree: Plain) -> Any:
        if isinstance(tree, bytes):
            return self.read(parse(pb.Literal, tree))
        literal = pb.Literal()
        if isinstance(tree, bool):
            literal.scalar.primitive.boolean = tree
        elif isinstance(tree, int):
            literal.scalar.primitive.integer = tree
        elif isinstance(tree, float):
            literal.scalar.primitive.float_value = tree
        elif isinstance(tree, str):
            literal.scalar.primitive.string_value = tree
        else:
            raise wrong_literal(str(self.form), repr(tree)[:100])
        return self.read(literal)


_PLAIN = frozenset({"integer", "float_value", "string_value", "boolean"})


def _ctx() -> Any:
    return context.FlyteContextManager.current_context()


def via_factory(wire_type: object, encode: Callable[[Any], Any], decode: Callable[[Any], Any]) -> Factory:
    """The factory behind `register_via`: values travel as values of `wire_type`."""

    def make(form: Form, resolver: CodecResolver) -> Codec:
        wire: Codec = resolver.codec(wire_type)
        cls = form.cls

        def out(value: Any) -> Any:
            if cls is not None and not isinstance(value, cls):
                raise wrong_value(str(form), value)
            return guarded(encode, value, "encode", form)

        def into(value: Any) -> Any:
            return guarded(decode, value, "decode", form)

        return wire.with_changes(
            form=form,
            tag=str(form),
            encode=lambda value: wire.encode(out(value)),
            read=lambda literal: into(wire.read(literal)),
            decode=lambda data: into(wire.decode(data)),
            to_plain=lambda value: wire.to_plain(out(value)),
            from_plain=lambda tree: into(wire.from_plain(tree)),
            accepts=lambda value: cls is None or isinstance(value, cls),
            classes=(cls,) if cls is not None else (),
        )

    return make


def guarded(function: Callable[[Any], Any], value: Any, verb: str, form: Form) -> Any:
    """`function(value)`, where the function is the user's: what it raises becomes the cause of our error."""
    outcome = attempt(function, value)
    error = outcome.error
    if error is None or isinstance(error, DrawloomError) or not isinstance(error, Exception):
        return outcome.unwrap()
    failed = wrong_value(str(form), value)
    failed.what = f"the {verb} function of {form} failed ({type(error).__name__}: {error})"
    raise failed from error


def cause(error: BaseException) -> BaseException | None:
    """What an error is raised from when it was handed over as a value: an error of ours keeps its own cause."""
    return error.__cause__ if isinstance(error, DrawloomError) else error


def _class_of(t: object) -> type | None:
    if get_origin(t) is Annotated:
        t = get_args(t)[0]
    origin = get_origin(t)
    found = t if origin is None else origin
    return found if isinstance(found, type) else None
