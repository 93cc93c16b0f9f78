"""The registry: which codec factory takes a Form. A value: changing it gives another registry.

Precedence, highest first, for one Form:

1. a transformer inside `Annotated[T, transformer]` (`typeengine.engine` looks there first);
2. what the user registered for exactly this type (with its brackets), then for its class, then for its nearest base;
3. the rows of the table, top to bottom (`typeengine.builtin.precedence.TABLE`, to be read as one list). A `LazyCodecRows` stands for a module of rows that is imported when its
   predicate matches, so an optional library costs nothing until its types are used;
4. plug-in packages (entry points of the group `drawloom.transformers`), asked once, when nothing above matched.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Protocol, final

from typeengine.codec import Codec
from typeengine.errors import RegistrationError
from typeengine.hints.forms import Form, HintScope

ENTRY_POINTS = "drawloom.transformers"
_COMMON = frozenset({int, float, str, bool, list, dict, tuple, set})
"""Classes whose bases nobody registers; asking for them would only cost time."""


_NO_ENTRIES: Mapping[Form, Registration] = MappingProxyType({})


class CodecResolver(Protocol):
    """What a factory may ask for: its children's codecs, and the settings of the engine."""

    @property
    def options(self) -> Any:
        """The engine's settings (`typeengine.engine.EngineSettings`)."""
        ...

    @property
    def scope(self) -> HintScope:
        """Where names in the type's string annotations are looked up."""
        ...

    @property
    def engine(self) -> Any:
        """The engine that resolves (`typeengine.engine.Engine`)."""
        ...

    def within(self, scope: HintScope) -> CodecResolver:
        """The same run, reading hints in another scope."""
        ...

    def form(self, hint: object) -> Form:
        """The Form of a hint in this scope."""
        ...

    def codec(self, hint: object, where: str = "") -> Codec:
        """The codec of a part. `where`: the part's place in the type (`.field`, `[key]`), for errors."""
        ...


Factory = Callable[[Form, CodecResolver], Codec]
"""Makes the codec of a Form, once."""


# The records below are written out: what NamedTuple generates at import costs every program more than the rest of this file.


@final
class CodecRow:
    """One line of the table: forms that `matches` are made by `make`."""

    __slots__ = ("make", "matches", "name")

    def __init__(self, name: str, matches: Callable[[Form], bool], make: Factory) -> None:
        self.name = name
        self.matches = matches
        self.make = make


@final
class LazyCodecRows:
    """A module of rows (`ROWS`), imported when `matches` first says so."""

    __slots__ = ("matches", "module", "name")

    def __init__(self, name: str, matches: Callable[[Form], bool], module: str) -> None:
        self.name = name
        self.matches = matches
        self.module = module

    def rows(self) -> tuple[CodecRow, ...]:
        """The module's rows."""
        return importlib.import_module(self.module).ROWS


@final
class Registration:
    """What the user registered: the factory, and the transformer itself where there is one."""

    __slots__ = ("make", "transformer")

    def __init__(self, make: Factory, transformer: Any = None) -> None:
        self.make = make
        self.transformer = transformer


@final
class Registry:
    """The user's registrations by Form, and the table. Never changed once it is made; lookups need no lock."""

    __slots__ = ("entries", "frozen", "table")

    def __init__(
        self,
        table: tuple[CodecRow | LazyCodecRows, ...],
        entries: Mapping[Form, Registration] = _NO_ENTRIES,
        *,
        frozen: bool = False,
    ) -> None:
        self.table = table
        self.entries = entries
        self.frozen = frozen

    def with_frozen(self, *, frozen: bool) -> Registry:
        """A registry of the same entries that takes no more, or takes more again."""
        return Registry(self.table, self.entries, frozen=frozen)

    def registered(self, form: Form) -> Registration | None:
        """What is registered for exactly this form, or for its class."""
        found = self.entries.get(form.bare.unordered if form.args else form.bare)
        if found is None and form.cls is not None:
            found = self.entries.get(Form(form.origin))
        return found

    def registered_base(self, form: Form) -> Registration | None:
        """What is registered for the nearest base class."""
        if form.cls is None:
            return None
        for base in form.cls.__mro__[1:-1]:
            found = self.entries.get(Form(base))
            if found is not None:
                return found
        return None

    def find(self, form: Form) -> Factory | None:
        """The factory for a form; None if nothing takes it."""
        entry = self.registered(form)
        if entry is None and form.cls not in _COMMON:
            entry = self.registered_base(form)
        if entry is not None:
            return entry.make
        return self._in_rows(form, self.table)

    def _in_rows(self, form: Form, rows: tuple[CodecRow | LazyCodecRows, ...]) -> Factory | None:
        for row in rows:
            if not row.matches(form):
                continue
            if isinstance(row, CodecRow):
                return row.make
            inner = self._in_rows(form, row.rows())
            if inner is not None:
                return inner
        return None

    def with_entry(self, form: Form, entry: Registration, *, override: bool = False) -> Registry:
        """A registry that has one entry more.

        Raises:
            RegistrationError: the registry is frozen, or the form is registered and `override` is not set.
        """
        if self.frozen:
            raise RegistrationError(
                "the registry is frozen",
                where=str(form),
                expected="a registry that is open",
                got="a frozen one",
                fix="register before freeze(), or on engine.extend()",
            )
        form = form.unordered
        if form in self.entries and not override:
            raise RegistrationError(
                "a transformer is already registered for this type",
                where=str(form),
                expected="a type without a transformer",
                got=str(form),
                fix="pass override=True to replace it",
            )
        return Registry(self.table, MappingProxyType({**self.entries, form: entry}), frozen=self.frozen)


def plug_ins() -> list[Callable[[Any], None]]:
    """The `register(engine)` functions that installed packages offer, in the order of their names."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - it costs 20 ms, and few types need it

    found = entry_points(group=ENTRY_POINTS)
    return [entry.load() for entry in sorted(found, key=lambda entry: entry.name)]
