"""A pydantic model carried by its fields, where pydantic's JSON of a value does not read back as that value.

Tree: each field under its name, as the engine's own codec of its type writes it (as a dataclass is), and beside the fields
`"drawloom.model"`: `{}` or what else is part of the value: `set` (the fields that were given, where not all were), `extra`
(extra fields) and `private` (private attributes), each by name. The mark says that the tree is not pydantic's JSON. Reading
restores the value as it was: no validator, constructor or `model_post_init` runs, for they ran when it was made.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, cast, final

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from literals import path, preview
from typeengine.codec import Codec, Plain
from typeengine.contrib.pydantic_faithful import level_of
from typeengine.errors import TypeTransformerFailedError, UnsupportedTypeError, wrong_literal, wrong_value
from typeengine.hints.class_annotations import class_scope
from typeengine.registry import CodecResolver
from typeengine.wire.plain_values import exactly_plain

MARK: Final = "drawloom.model"
_SET, _EXTRA, _PRIVATE = "set", "extra", "private"
_PYDANTICS: Final = frozenset({"pydantic", "pydantic_core", "annotated_types"})
_WAYS_OUT: Final = (
    "declare a type that the engine knows, register a transformer for it, or let its JSON read back (a validator that takes "
    "what the serializer writes)"
)


@final
class ByFields:
    """The functions that carry one model by its fields."""

    def __init__(self, model: type[BaseModel], resolver: CodecResolver) -> None:
        self.model = model
        self.codecs: dict[str, Codec] = {}
        self.refused: dict[str, UnsupportedTypeError] = {}
        for name, info in model.model_fields.items():
            self._resolve(name, _hint_of(info), resolver, path.at_field(name))
        for name in level_of(model).never:
            if name in self.refused:
                raise _no_way(name, model, self.refused[name]) from self.refused[name]
        hints = _private_hints(model)
        for name in model.__private_attributes__:
            hint, owner = hints.get(name, (Any, model))
            self._resolve(name, hint, resolver.within(class_scope(owner, resolver.scope)), path.at_field(name))

    def _resolve(self, name: str, hint: object, resolver: CodecResolver, where: str) -> None:
        try:
            self.codecs[name] = resolver.codec(hint, where)
        except UnsupportedTypeError as error:
            self.refused[name] = error

    def require_all(self) -> None:
        """Refuse a model that has a field of a type that no codec takes.

        Raises:
            UnsupportedTypeError: for the first such field.
        """
        for name, error in self.refused.items():
            if name in self.model.model_fields:
                raise _no_way(name, self.model, error) from error

    def write(self, value: BaseModel) -> Plain:
        """A value of exactly the model as a tree.

        Raises:
            TypeTransformerFailedError: a field does not have its declared type, or has a type that no codec takes.
        """
        held = value.__dict__
        tree = {name: self._written(name, held) for name in self.model.model_fields}
        state: dict[str, Any] = {}
        if value.model_fields_set != tree.keys() | (value.__pydantic_extra__ or {}).keys():
            state[_SET] = sorted(value.model_fields_set)
        if value.__pydantic_extra__:
            state[_EXTRA] = {
                name: _converted(exactly_plain, part, name) for name, part in value.__pydantic_extra__.items()
            }
        if value.__pydantic_private__:
            state[_PRIVATE] = {
                name: self._written(name, value.__pydantic_private__) for name in value.__pydantic_private__
            }
        return {**tree, MARK: state}

    def _written(self, name: str, held: Mapping[str, Any]) -> Plain:
        if name not in held:
            raise wrong_value(f"{self.model.__name__} with the field {name}", held).at(path.at_field(name))
        return _converted(self._codec(name).to_plain, held[name], name)

    def _codec(self, name: str) -> Codec:
        codec = self.codecs.get(name)
        if codec is None:
            raise _no_way(name, self.model, self.refused.get(name))
        return codec

    def read(self, tree: dict[str, Any]) -> Any:
        """The value of a tree that has the mark.

        Raises:
            TypeTransformerFailedError: the tree is not of this model.
        """
        state = tree[MARK]
        names = self.model.model_fields
        parts = {name: part for name, part in tree.items() if name != MARK}
        if type(state) is not dict or parts.keys() != names.keys():
            raise wrong_literal(f"the fields of {self.model.__name__}: {', '.join(names)}", preview(tree))
        said = cast("dict[str, Any]", state)
        private: dict[str, Any] = said.get(_PRIVATE) or {}
        extra = said.get(_EXTRA)
        if not private.keys() <= self.model.__private_attributes__.keys():
            raise wrong_literal(f"the private attributes of {self.model.__name__}", preview(private))
        made = self.model.__new__(self.model)
        fields = {name: _converted(self._codec(name).from_plain, parts[name], name) for name in names}
        keeps = self.model.model_config.get("extra") == "allow"
        attributes = {name: _converted(self._codec(name).from_plain, part, name) for name, part in private.items()}
        object.__setattr__(made, "__dict__", fields)
        object.__setattr__(made, "__pydantic_fields_set__", set(said.get(_SET, (*names, *(extra or ())))))
        object.__setattr__(made, "__pydantic_extra__", (extra or {}) if keeps else None)
        object.__setattr__(made, "__pydantic_private__", attributes if self.model.__private_attributes__ else None)
        return made


def _hint_of(info: FieldInfo) -> Any:
    """A field's hint with the notes that are not pydantic's, which took all of them off."""
    notes = [note for note in info.metadata if type(note).__module__.partition(".")[0] not in _PYDANTICS]
    return Annotated[(info.annotation, *notes)] if notes else info.annotation  # pyright: ignore[reportInvalidTypeForm] - rebuilt from data


def _converted(convert: Callable[[Any], Any], value: Any, name: str) -> Any:
    try:
        return convert(value)
    except TypeTransformerFailedError as error:
        raise error.at(path.at_field(name)) from error.__cause__


def _no_way(name: str, model: type[BaseModel], why: UnsupportedTypeError | None) -> UnsupportedTypeError:
    reason = f" ({why.what})" if why is not None else ""
    return UnsupportedTypeError(
        f"the field {name} of {model.__name__} cannot come back: its JSON does not read as it was written, and no "
        f"transformer takes its type{reason}",
        where=path.at_field(name),
        expected="a field whose JSON reads back, or of a type that the engine knows",
        got="another type",
        fix=_WAYS_OUT,
    )


def _private_hints(model: type[BaseModel]) -> dict[str, tuple[Any, type]]:
    """The hints of private attributes, and the class that wrote each."""
    found: dict[str, tuple[Any, type]] = {}
    for base in reversed(model.__mro__):
        found.update({name: (hint, base) for name, hint in inspect.get_annotations(base).items()})
    return found
