"""pydantic v2 models as msgpack trees, and back. Knows pydantic, and nothing of literals.

Tree: `model_dump(mode="json")`, as flytekit and Flyte 2 write it: keys are field names, dates and such are ISO text.
Where they lose something, we do not: infinities and NaN stay numbers, aliases come back whether or not the model
populates by name, a computed field is written and not read. What cannot come back is refused when the type is resolved:
secrets (a mask would be written) and excluded fields. A value that does not fit its own model is refused when written.
"""

from __future__ import annotations

import inspect
import json
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, final

import pydantic
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError

from literals import path, preview
from typeengine.errors import TypeTransformerFailedError, UnsupportedTypeError

CONTEXT = {"deserialize": True}
"""The validation context that flytekit gives; validators written for it look for the key."""

_SECRETS = tuple(
    kind
    for kind in (getattr(pydantic, name, None) for name in ("SecretStr", "SecretBytes", "Secret"))
    if kind is not None
)
_BY_NAME = "by_name" in inspect.signature(BaseModel.model_validate_json).parameters
"""Whether this pydantic can validate by field name on request (2.11 and later)."""


def check_model(model: type[BaseModel]) -> None:
    """Refuse a model whose values cannot come back.

    Raises:
        TypeTransformerFailedError: a secret or an excluded field somewhere inside; `where` is the path to it.
    """
    for where, kind in _troubles(model, "", frozenset()):
        if kind == "secret":
            raise UnsupportedTypeError(
                "a secret cannot travel: only its mask would be written",
                where=where,
                fix="ask for the secret by name in the task (secret_requests), or declare the field as str",
            )
        raise UnsupportedTypeError(
            "an excluded field would be lost on the way",
            where=where,
            fix="remove exclude=True, or keep the field out of the model",
        )


def _troubles(model: type[BaseModel], where: str, seen: frozenset[Any]) -> Iterator[tuple[str, str]]:
    if model in seen:
        return
    for name, info in model.model_fields.items():
        here = where + path.at_field(name)
        if info.exclude:
            yield here, "excluded"
        for inner in _classes_in(info.annotation):
            if issubclass(inner, _SECRETS):
                yield here, "secret"
            elif issubclass(inner, BaseModel):
                yield from _troubles(inner, here, seen | {model})


def _classes_in(hint: Any) -> Iterator[type]:
    origin = typing.get_origin(hint)
    if isinstance(hint, type) and origin is None:
        yield hint
    if isinstance(origin, type):
        yield origin
    for arg in typing.get_args(hint):
        yield from _classes_in(arg)


@lru_cache(maxsize=4096)
def schema_of(model: type[BaseModel]) -> Mapping[str, Any]:
    """The model's JSON schema, as both peers write it.

    Raises:
        TypeTransformerFailedError: pydantic cannot describe the model.
    """
    try:
        return model.model_json_schema()
    except pydantic.errors.PydanticUserError as error:
        raise TypeTransformerFailedError(
            f"pydantic has no JSON schema for {model.__name__}: {error.message}"
        ) from error


@final
@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of a model once: pydantic's own functions and their options, and the models inside it.

    `is_plain`: all that it holds is JSON's own (numbers, text, lists, dicts, models of such), so that pydantic reads a
    tree as it reads the tree's JSON; where it is not, the JSON text is what keeps the meaning.
    """

    serializer: Any
    validator: Any
    dump: Mapping[str, Any]
    load: Mapping[str, Any]
    inner: tuple[type[BaseModel], ...]
    is_plain: bool


@lru_cache(maxsize=4096)
def plan_of(model: type[BaseModel]) -> Plan:
    """The plan of a model."""
    inner: dict[type[BaseModel], None] = {}
    _gather(model, inner)
    is_plain = all(_has_plain_fields(one) for one in (model, *inner))
    aliased = any(_has_aliases(one) for one in (model, *inner))
    dump: dict[str, Any] = {} if is_plain else {"mode": "json"}
    if aliased and not _BY_NAME:
        dump["by_alias"] = True
    if _forbids_computed(model):
        dump["round_trip"] = True
    # BaseModel itself keeps a stand-in here until a model with open references is complete
    if not model.__pydantic_complete__:
        model.model_rebuild()
    return Plan(
        serializer=model.__pydantic_serializer__.to_python,
        validator=model.__pydantic_validator__.validate_python,
        dump=dump,
        load={"by_name": True, "by_alias": True} if aliased and _BY_NAME else {},
        inner=tuple(inner),
        is_plain=is_plain and not issubclass(model, pydantic.RootModel),
    )


def _gather(model: type[BaseModel], found: dict[type[BaseModel], None]) -> None:
    for _, classes in _model_fields(model):
        for one in classes:
            if one not in found:
                found[one] = None
                _gather(one, found)


def _has_plain_fields(model: type[BaseModel]) -> bool:
    """Whether a model's fields are JSON's own, and nobody changes how they are written."""
    own = model.__pydantic_decorators__
    if (
        own.field_serializers
        or own.model_serializers
        or own.computed_fields
        or model.model_config.get("extra") == "allow"
    ):
        return False
    return all(
        _is_plain(info.annotation) and not any(type(note).__name__.endswith("Serializer") for note in info.metadata)
        for info in model.model_fields.values()
    )


_JSON_SCALARS = frozenset({int, float, str, bool, type(None)})


def _is_plain(hint: Any) -> bool:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is None:
        return hint in _JSON_SCALARS or (
            isinstance(hint, type) and issubclass(hint, BaseModel) and hint is not BaseModel
        )
    if origin is typing.Literal:
        return all(type(value) in _JSON_SCALARS for value in args)
    if origin is dict:
        return bool(args) and args[0] is str and _is_plain(args[1])
    if origin is typing.Annotated:
        return _is_plain(args[0])
    return (origin in (list, typing.Union) or not isinstance(origin, type) or origin.__name__ == "UnionType") and all(
        _is_plain(arg) for arg in args
    )


@lru_cache(maxsize=4096)
def _forbids_computed(model: type[BaseModel]) -> bool:
    """Whether written computed fields would be refused on reading, so that they must be left out."""
    models = [model, *(inner for info in model.model_fields.values() for inner in _classes_in(info.annotation))]
    return any(
        issubclass(one, BaseModel) and one.model_computed_fields and one.model_config.get("extra") == "forbid"
        for one in models
    )


def tree_of(value: Any, model: type[BaseModel]) -> Any:
    """A value of `model` (or a dict that makes one) as a msgpack tree.

    Raises:
        TypeTransformerFailedError: not a value of the model, or one that does not fit the model's own fields.
    """
    if isinstance(value, Mapping):
        value = _validated(lambda: model.model_validate(dict(value)), model, value)
    if not isinstance(value, model):
        raise TypeTransformerFailedError(
            f"this is no {model.__name__}",
            expected=f"a {model.__name__}",
            got=f"{preview(value)} of type {type(value).__name__}",
            fix=f"make a {model.__name__}, or a dict of its fields",
        )
    plan = plan_of(model)
    if type(value) is not model or any(one.__subclasses__() for one in plan.inner):
        _check_nothing_is_lost(value, model)
    try:
        return plan.serializer(value, warnings="error", **plan.dump)
    except (PydanticSerializationError, UnicodeDecodeError) as error:
        raise TypeTransformerFailedError(
            f"this {model.__name__} does not fit its own fields",
            expected=f"a valid {model.__name__}",
            got=preview(value),
            fix="make it with the constructor, which validates; bytes that are no UTF-8 need ser_json_bytes='base64'",
        ) from error


def _check_nothing_is_lost(value: BaseModel, model: type[BaseModel]) -> None:
    """Refuse a value of a subclass that has more fields than the declared class: they would not be written."""
    more = type(value).model_fields.keys() - model.model_fields.keys()
    if more:
        raise TypeTransformerFailedError(
            f"{type(value).__name__} has fields that the declared {model.__name__} has not, and they would be lost",
            expected=f"a {model.__name__}",
            got=f"the fields {', '.join(sorted(more))}",
            fix="declare the subclass, or a union of the classes",
        )
    for name, classes in _model_fields(model):
        where = path.at_field(name)
        for segment, inner in _models_in(getattr(value, name, None)):
            try:
                _check_nothing_is_lost(inner, next((one for one in classes if type(inner) is one), classes[0]))
            except TypeTransformerFailedError as error:  # noqa: PERF203 - the path is added where an element fails
                raise error.at(where + segment) from None


@lru_cache(maxsize=4096)
def _model_fields(model: type[BaseModel]) -> tuple[tuple[str, tuple[type[BaseModel], ...]], ...]:
    """The fields that hold models, with the classes declared for each."""
    found: list[tuple[str, tuple[type[BaseModel], ...]]] = []
    for name, info in model.model_fields.items():
        classes = tuple(
            one for one in _classes_in(info.annotation) if issubclass(one, BaseModel) and one is not BaseModel
        )
        if classes:
            found.append((name, classes))
    return tuple(found)


def _models_in(value: Any) -> Iterator[tuple[str, BaseModel]]:
    if isinstance(value, BaseModel):
        yield "", value
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from ((path.at_index(index) + segment, inner) for segment, inner in _models_in(item))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from ((path.at_key(str(key)) + segment, inner) for segment, inner in _models_in(item))


@lru_cache(maxsize=4096)
def _has_aliases(model: type[BaseModel]) -> bool:
    return any(info.alias or info.validation_alias for info in model.model_fields.values())


def value_of(tree: Any, model: type[BaseModel]) -> Any:
    """The value of `model` that a tree stands for.

    Raises:
        TypeTransformerFailedError: the tree does not validate; `where` is the path that pydantic names.
    """
    plan = plan_of(model)
    if plan.is_plain:
        try:
            return plan.validator(tree, context=CONTEXT, **plan.load)
        except (ValidationError, RecursionError) as error:
            raise _invalid(error, model, tree) from error
    try:
        text = json.dumps(tree)
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeTransformerFailedError(
            f"this does not read as a {model.__name__}: {error}",
            expected=f"the fields of {model.__name__}",
            got=preview(tree),
        ) from error
    return _validated(lambda: model.model_validate_json(text, strict=False, context=CONTEXT, **plan.load), model, tree)


def _validated(build: Any, model: type[BaseModel], given: Any) -> Any:
    try:
        return build()
    except (ValidationError, RecursionError) as error:
        raise _invalid(error, model, given) from error


def _invalid(error: ValidationError | RecursionError, model: type[BaseModel], given: Any) -> TypeTransformerFailedError:
    if isinstance(error, RecursionError):
        return TypeTransformerFailedError(f"the {model.__name__} is nested too deeply", got=preview(given))
    first = error.errors(include_url=False, include_context=False)[0]
    where = path.path_text("", first["loc"])
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return TypeTransformerFailedError(
        f"this is no valid {model.__name__}: {first['msg']}{more}",
        where=where,
        expected=f"a valid {model.__name__}",
        got=preview(first.get("input", given)),
        fix="give the fields the values that the model takes",
    )


def writes_itself(model: type[BaseModel]) -> bool:
    """Whether a model's dump, where its values are of the declared plain classes, is its `__dict__`: nobody changes names or values."""
    return (
        plan_of(model).is_plain
        and plan_of(model).dump == {}
        and not any(info.alias or info.serialization_alias for info in model.model_fields.values())
        and getattr(model.__get_pydantic_core_schema__, "__func__", None) is _CORE_SCHEMA
    )


_CORE_SCHEMA = BaseModel.__get_pydantic_core_schema__.__func__  # pyright: ignore[reportFunctionMemberAccess] - of a classmethod
