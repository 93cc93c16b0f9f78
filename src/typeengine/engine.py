"""Engine: hints to codecs. A value: a registry, settings, and the codecs made so far.

`codec(hint)` is the one entry: parse, find the factory, make the codec with its children, keep it. A type that nothing
takes fails here, with the path through the type. Reads are lock-free (one dict lookup); a registration swaps the registry
and starts a new cache in one step, so codecs given out before stay what they were.
"""

from __future__ import annotations

import importlib
import os
import threading
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, cast, final

from literals import DrawloomError, guarded
from typeengine.builtin.annotated import HASHED, annotated, with_inner_hashes
from typeengine.builtin.msgpack_structs import STRUCT
from typeengine.builtin.precedence import TABLE
from typeengine.builtin.recursive_aliases import alias_codec
from typeengine.codec import Codec, late_codec
from typeengine.errors import ALLOW_PICKLE, RestrictedTypeError, UnsupportedTypeError, failed_conversion, unsupported
from typeengine.hints.forms import EMPTY, Form, HintScope, Special, parse
from typeengine.registry import Factory, Registration, Registry, plug_ins
from typeengine.type_transformer import TypeTransformer, transformer_entry, via_factory

Dialect = Literal["v1", "v2"]
_TRUE = frozenset({"1", "true", "t", "yes"})
_PICKLE = "typeengine.contrib.pickle"
_WITHOUT_GUARD = frozenset({int, float, str, bool, bytes, Special.NONE})
"""Together with the classes of `datetime`: scalars whose codecs see to a value's own code themselves."""


@final
class EngineSettings(NamedTuple):
    """An engine's settings.

    `dialect`: how enums and structs are written (`v1`: flytekit 1.14 and later; `v2`: the Flyte 2 SDK); either is read.
    `strict_datetimes`: refuse naive datetimes. `allow_pickle`: types that nothing else takes are pickled; None is as the
    variable DRAWLOOM_ALLOW_PICKLE says, which holds for a run and all its processes.
    `legacy_structs`: write structs as protobuf Struct (flytekit before 1.14) instead of msgpack. `hashing`: internal; types
    with a HashMethod have their hash for a plain form.
    """

    dialect: Dialect = "v1"
    strict_datetimes: bool = False
    allow_pickle: bool | None = None
    legacy_structs: bool = False
    hashing: bool = False

    def pickles(self) -> bool:
        """Whether types that nothing else takes are pickled."""
        if self.allow_pickle is not None:
            return self.allow_pickle
        return os.environ.get(ALLOW_PICKLE, "").lower() in _TRUE


@final
class Resolution:
    """One run of resolving: the forms that are open, those done, and the scope to read hints in."""

    __slots__ = ("_done", "_engine", "_hashed", "_open", "options", "scope")

    def __init__(
        self,
        engine: Engine,
        scope: HintScope,
        open_: dict[Form, Codec | None] | None = None,
        done: dict[Form, Codec] | None = None,
        hashed: list[bool] | None = None,
    ) -> None:
        self._engine = engine
        self._open: dict[Form, Codec | None] = {} if open_ is None else open_
        self._done: dict[Form, Codec] = {} if done is None else done
        self._hashed: list[bool] = [] if hashed is None else hashed
        self.scope = scope
        self.options = engine.options

    @property
    def engine(self) -> Engine:
        """The engine that resolves."""
        return self._engine

    @property
    def done(self) -> Mapping[Form, Codec]:
        """What this run has made."""
        return self._done

    def within(self, scope: HintScope) -> Resolution:
        """The same run, reading hints in another scope."""
        return Resolution(self._engine, scope, self._open, self._done, self._hashed)

    def form(self, hint: object) -> Form:
        """The Form of a hint in this scope."""
        return parse(hint, self.scope)

    def codec(self, hint: object, where: str = "") -> Codec:
        """The codec of a part of the type; `where` is its place, for errors."""
        try:
            found = self._of(parse(hint, self.scope))
        except UnsupportedTypeError as error:
            raise error.at(where) from error.__cause__
        if self._hashed and found.extra.get(HASHED):
            self._hashed[-1] = True
        return found

    def _of(self, form: Form) -> Codec:
        known = self._engine.known(form) or self._done.get(form)
        if known is not None:
            return known
        if form in self._open:
            late = self._open[form]
            if late is None:
                late = self._open[form] = late_codec(form)
            return late
        self._open[form] = None
        self._hashed.append(False)
        try:
            made = annotated(form, self._made(form), self.options)
        finally:
            late = self._open.pop(form)
            hashed = self._hashed.pop()
        if hashed:
            made = self._with_hashes(form, made)
        if late is not None:
            late.bind(made)
            made = late
        self._done[form] = made
        return made

    def _made(self, form: Form) -> Codec:
        try:
            return self._engine.factory(form)(form, self)
        except RestrictedTypeError:
            raise
        except UnsupportedTypeError:
            if form.cls is None or not self.options.pickles():
                raise
            pickled: Codec = importlib.import_module(_PICKLE).pickle_codec(form, self)
            return pickled

    def _with_hashes(self, form: Form, codec: Codec) -> Codec:
        """A codec some part of which is hashed."""
        if codec.extra.get(STRUCT) and not self.options.hashing:
            return with_inner_hashes(codec, self._engine.clone(hashing=True).codec(form, self.scope))
        return codec.with_changes(decode=codec.decode, extra={**codec.extra, HASHED: True})


@final
class Engine:
    """Converts between Python types and values, and literal types and literals."""

    def __init__(self, registry: Registry | None = None, options: EngineSettings | None = None) -> None:
        self._registry = registry if registry is not None else Registry(TABLE)
        self.options = options if options is not None else EngineSettings()
        self._codecs: dict[Form, Codec] = {}
        self._outermost: dict[Form, Codec] = {}
        self._classes: dict[type, Codec] = {}
        self._lock = threading.RLock()
        self._plugged = False

    @property
    def registry(self) -> Registry:
        """The registrations in force."""
        return self._registry

    def codec(self, hint: Any, scope: HintScope | Mapping[str, Any] | None = None) -> Codec:
        """The codec of a hint; the same object for equal types.

        `scope`: where names in string annotations are looked up (`forms.scope_of(function, lent names)`, or just names).

        Raises:
            UnsupportedTypeError: no transformer takes the type, or a part of it; `where` is the path inside the type.
        """
        try:
            found = self._classes.get(hint)
        except TypeError:
            found = None
        if found is not None:
            return found
        if scope is None:
            scope = EMPTY
        elif not isinstance(scope, HintScope):
            scope = HintScope(lent=scope, local_first=True)
        codec = self._resolve(parse(hint, scope), scope)
        if codec.plain_only:
            raise unsupported(
                "Any does not say what a value is, so it has no literal type", hint, where=codec.plain_only.strip()
            )
        codec = self._outermost.get(codec.form) or self._guard(codec)
        if type(hint) is type:
            self._classes[hint] = codec
        return codec

    def _guard(self, codec: Codec) -> Codec:
        """The codec as others get it: what a value's own code raises (its `__iter__`, `__eq__`, `__str__` …) is our error.

        Parts are converted by the codecs themselves, so that one guard stands around each conversion. Scalars need none:
        they run a value's own code in places that see to it themselves.
        """
        origin = codec.form.origin
        if not codec.form.notes and (origin in _WITHOUT_GUARD or getattr(origin, "__module__", "") == "datetime"):
            return codec
        expected = str(codec.form)

        def failure(value: Any, error: BaseException) -> Exception:
            return failed_conversion(expected, value, error)

        def guard(call: Callable[[Any], Any]) -> Callable[[Any], Any]:
            return guarded(call, (DrawloomError, MemoryError), failure)

        made = codec.with_guards(guard)
        with self._lock:
            return self._outermost.setdefault(codec.form, made)

    def _resolve(self, form: Form, scope: HintScope) -> Codec:
        found = self._codecs.get(form)
        if found is not None:
            return found
        with self._lock:
            resolution = Resolution(self, scope)
            codec = resolution.codec(form)
            for made, each in resolution.done.items():
                self._codecs.setdefault(
                    made, each
                )  # one by one: a copy of all that are known would cost more with each type
        return self._codecs.get(form, codec)

    def known(self, form: Form) -> Codec | None:
        """The codec that was made for a form, if any."""
        return self._codecs.get(form)

    def factory(self, form: Form) -> Factory:
        """What makes the codec of a form.

        Raises:
            UnsupportedTypeError: nothing takes it.
        """
        for note in form.notes:
            value = note.value
            if isinstance(value, TypeTransformer):
                return transformer_entry(cast("TypeTransformer[Any]", value)).make
        if form.origin is Special.ALIAS:
            return alias_codec
        found = self._registry.find(form)
        if found is None and not self._plugged:
            self._plugged = True
            for plug_in in plug_ins():
                plug_in(self)
            found = self._registry.find(form)
        if found is None and self.options.pickles():
            return importlib.import_module(_PICKLE).pickle_codec
        if found is None:
            raise unsupported(f"no transformer takes the type {form}", form.origin)
        return found

    def register(
        self, transformer: TypeTransformer[Any], additional_types: Any = (), *, override: bool = False
    ) -> None:
        """Make `transformer` convert values of its `python_type` (and of `additional_types`) from now on.

        Raises:
            RegistrationError: one of the types is registered already, or the engine is frozen.
        """
        entry = transformer_entry(transformer)
        self._register((transformer.python_type, *(additional_types or ())), entry, override=override)

    def register_for(self, python_type: object, transformer: TypeTransformer[Any], *, override: bool = False) -> None:
        """Make `transformer` convert values of `python_type`, whatever type it names itself."""
        self._register((python_type,), transformer_entry(transformer), override=override)

    def transformers(self) -> list[TypeTransformer[Any]]:
        """The registered transformers, in the order of registration, each once."""
        found = {id(e.transformer): e.transformer for e in self._registry.entries.values() if e.transformer is not None}
        return list(found.values())

    def register_via(
        self,
        python_type: object,
        wire_type: object,
        *,
        encode: Callable[[Any], Any],
        decode: Callable[[Any], Any],
        override: bool = False,
    ) -> None:
        """Let values of `python_type` travel as `wire_type`: `encode` on the way out, `decode` on the way in."""
        self._register((python_type,), Registration(via_factory(wire_type, encode, decode)), override=override)

    def register_factory(self, python_type: object, factory: Factory, *, override: bool = False) -> None:
        """Let `factory(form, resolver)` make the codec of `python_type` and its subclasses."""
        self._register((python_type,), Registration(factory), override=override)

    def _register(self, hints: tuple[Any, ...], entry: Registration, *, override: bool) -> None:
        with self._lock:
            registry = self._registry
            for hint in hints:
                registry = registry.with_entry(parse(hint).bare, entry, override=override)
            self._registry, self._codecs, self._outermost, self._classes = registry, {}, {}, {}

    def clone(self, **options: object) -> Engine:
        """Another engine with the same registrations, and the settings changed that are named."""
        return Engine(self._registry.with_frozen(frozen=False), self.options._replace(**options))

    extend = clone

    def freeze(self) -> Engine:
        """This engine, refusing registrations from now on."""
        with self._lock:
            self._registry = self._registry.with_frozen(frozen=True)
        return self

    @property
    def frozen(self) -> bool:
        """Whether registrations are refused."""
        return self._registry.frozen
