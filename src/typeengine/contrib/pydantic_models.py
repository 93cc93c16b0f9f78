"""pydantic v2 models as msgpack trees, and back: pydantic's own JSON. Knows pydantic, and nothing of literals.

Tree: `model_dump(mode="json")`, as flytekit and Flyte 2 write it: keys are field names, dates and such are ISO text.
Infinities and NaN stay numbers, aliases come back whether or not the model populates by name, a computed field is
written and not read. What cannot come back is refused when the type is resolved: secrets (a mask would be written) and
excluded fields. Whether the JSON of a value reads back as that value is `pydantic_faithful`'s to tell.
"""

from __future__ import annotations

import collections
import enum
import inspect
import json
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, final

import pydantic
from pydantic import BaseModel, ValidationError
from pydantic.json_schema import GenerateJsonSchema

from literals import DrawloomError, attempt, class_of, path, preview
from typeengine.codec import Plain
from typeengine.errors import TypeTransformerFailedError, UnsupportedTypeError

CONTEXT = {"deserialize": True}
"""The validation context that flytekit gives; validators written for it look for the key."""

_SECRETS = tuple(
    kind
    for kind in (getattr(pydantic, name, None) for name in ("SecretStr", "SecretBytes", "Secret"))
    if kind is not None
)
BY_NAME = "by_name" in inspect.signature(BaseModel.model_validate_json).parameters
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
                expected="a type whose values can travel",
                got="a secret",
                fix="ask for the secret by name in the task (secret_requests), or declare the field as str",
            )
        raise UnsupportedTypeError(
            "an excluded field would be lost on the way",
            where=where,
            expected="a field that is written",
            got="a field with exclude=True",
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


def _classes_in(hint: object) -> Iterator[type[object]]:
    origin = typing.get_origin(hint)
    if isinstance(hint, type) and origin is None:
        yield hint
    if isinstance(origin, type):
        yield origin
    for arg in typing.get_args(hint):
        yield from _classes_in(arg)


class _WithClasses(GenerateJsonSchema):
    """pydantic's schemas; a field of a class that only the engine knows (an array, a frame) takes anything in them."""

    def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> dict[str, Any]:
        if schema.get("type") == "is-instance":
            return {}
        return super().handle_invalid_for_json_schema(schema, error_info)


@lru_cache(maxsize=4096)
def needs_fields(model: type[BaseModel]) -> bool:
    """Whether the model, or one inside it, holds values of classes that pydantic only checks (`arbitrary_types_allowed`)."""
    return attempt(model.model_json_schema).error is not None


@lru_cache(maxsize=4096)
def schema_of(model: type[BaseModel]) -> Mapping[str, Any]:
    """The model's JSON schema, as both peers write it.

    Raises:
        TypeTransformerFailedError: pydantic cannot describe the model.
    """
    try:
        return model.model_json_schema(schema_generator=_WithClasses)
    except pydantic.errors.PydanticUserError as error:
        raise TypeTransformerFailedError(
            f"pydantic has no JSON schema for {model.__name__}",
            expected="a model with a JSON schema",
            got=error.message,
            fix="change the field that is named, or give it a __get_pydantic_json_schema__",
        ) from error


_CORE_SCHEMA = BaseModel.__get_pydantic_core_schema__.__func__  # pyright: ignore[reportFunctionMemberAccess] - of a classmethod
_CHANGING = frozenset(
    {
        "str_strip_whitespace", "str_to_lower", "str_to_upper", "use_enum_values", "coerce_numbers_to_str",
        "ser_json_timedelta", "ser_json_temporal", "ser_json_bytes", "ser_json_inf_nan", "val_json_bytes", "val_temporal_unit",
        "json_encoders", "revalidate_instances",
    }
)  # fmt: skip
"""Settings of a model under which its JSON, or the reading of it, is not what the declared types say."""


def runs_user_code(model: type[BaseModel]) -> bool:
    """Whether code or settings of the author's decide what is written or read, or state that JSON does not have."""
    decorators = model.__pydantic_decorators__
    return bool(
        decorators.validators
        or decorators.field_validators
        or decorators.root_validators
        or decorators.model_validators
        or decorators.field_serializers
        or decorators.model_serializers
        or model.__private_attributes__
        or model.__pydantic_post_init__
        or model.__pydantic_custom_init__
        or getattr(model.__get_pydantic_core_schema__, "__func__", None) is not _CORE_SCHEMA
        or any(model.model_config.get(name) for name in _CHANGING)
    )


@final
@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of a model once: pydantic's own functions and their options.

    `is_plain`: all that it holds is JSON's own (numbers, text, lists, dicts, models of such), so that pydantic reads a
    tree as it reads the tree's JSON; where it is not, the JSON text is what keeps the meaning. `runs_user_code`: code of the
    author's runs, which may raise anything.
    """

    serializer: Any
    validator: Any
    dump: Mapping[str, Any]
    load: Mapping[str, Any]
    is_plain: bool
    runs_user_code: bool
    has_sets: bool


@lru_cache(maxsize=4096)
def plan_of(model: type[BaseModel]) -> Plan:
    """The plan of a model."""
    inner = models_in(model)
    is_plain = all(_has_plain_fields(one) for one in (model, *inner))
    aliased = any(_has_aliases(one) for one in (model, *inner))
    dump: dict[str, Any] = {} if is_plain else {"mode": "json"}
    if aliased and not BY_NAME:
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
        load={"by_name": True, "by_alias": True} if aliased and BY_NAME else {},
        is_plain=is_plain and not _is_root(model),
        runs_user_code=any(runs_user_code(one) for one in (model, *inner)),
        has_sets=not is_plain and any(_may_hold_sets(one) for one in (model, *inner)),
    )


def _is_root(model: type[BaseModel]) -> bool:
    return issubclass(model, pydantic.RootModel)


@lru_cache(maxsize=4096)
def models_in(model: type[BaseModel]) -> tuple[type[BaseModel], ...]:
    """The models that a model mentions, at any depth; itself if it does."""
    found: dict[type[BaseModel], None] = {}
    todo: list[type[BaseModel]] = [model]
    while todo:
        for info in todo.pop().model_fields.values():
            for one in _classes_in(info.annotation):
                if issubclass(one, BaseModel) and one is not BaseModel and one not in found:
                    found[one] = None
                    todo.append(one)
    return tuple(found)


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


def _is_record(cls: object) -> bool:
    return hasattr(cls, "__dataclass_fields__") or hasattr(cls, "__annotations__")


def _may_hold_sets(model: type[BaseModel]) -> bool:
    """Whether a field holds a set, or a record of another kind, which may."""
    return any(
        _is_record(one) or issubclass(one, (set, frozenset))
        for info in model.model_fields.values()
        for one in _classes_in(info.annotation)
        if not issubclass(one, (BaseModel, enum.Enum))
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
    """Whether written computed fields would be refused on reading, or kept as extra ones, so that they must be left out."""
    return any(
        one.model_computed_fields and one.model_config.get("extra") in ("forbid", "allow")
        for one in (model, *models_in(model))
    )


def tree_of(value: Any, model: type[BaseModel]) -> Plain:
    """The JSON that pydantic makes of a value of exactly `model`, as a msgpack tree; None where pydantic has none for it."""
    plan = plan_of(model)
    outcome = attempt(plan.serializer, value, warnings="error", **plan.dump)
    return _with_sorted_sets(outcome.value, value) if plan.has_sets and outcome.error is None else outcome.value


def _with_sorted_sets(tree: Plain, value: Any) -> Plain:
    """A tree in which each set is in an order of its own, and not in that of its hashes, which differ between processes."""
    kind = class_of(value)
    if issubclass(kind, (set, frozenset)) and isinstance(tree, list):
        return sorted((sorted(one, key=_order) if isinstance(one, list) else one for one in tree), key=_order)
    if isinstance(tree, dict):
        held: dict[Any, Any] = value if issubclass(kind, dict) else getattr(value, "__dict__", {})
        parts = dict(zip(tree, held.values(), strict=False)) if held is value else held
        return {name: _with_sorted_sets(part, parts.get(name)) for name, part in tree.items()}
    if isinstance(tree, list) and issubclass(kind, (list, tuple, collections.deque)):
        return [_with_sorted_sets(part, one) for part, one in zip(tree, value, strict=False)]
    root = issubclass(kind, pydantic.RootModel)
    return _with_sorted_sets(tree, value.root) if root and isinstance(tree, list) else tree


def _order(part: Plain) -> tuple[str, Any]:
    return type(part).__name__, part if isinstance(part, (int, float, str)) else repr(part)


def made_of(given: Mapping[Any, Any], model: type[BaseModel]) -> Any:
    """The value of `model` that a dict of its fields makes, as its constructor does.

    Raises:
        TypeTransformerFailedError: it does not validate; `where` is the path that pydantic names.
    """
    return _validated(lambda: model.model_validate(dict(given)), model, given)


@lru_cache(maxsize=4096)
def _has_aliases(model: type[BaseModel]) -> bool:
    return any(info.alias or info.validation_alias for info in model.model_fields.values())


def value_of(tree: Plain, model: type[BaseModel]) -> Any:
    """The value of `model` that a tree stands for.

    Raises:
        TypeTransformerFailedError: the tree does not validate; `where` is the path that pydantic names.
    """
    plan = plan_of(model)
    if plan.is_plain and not plan.runs_user_code:
        try:
            return plan.validator(tree, context=CONTEXT, **plan.load)
        except (ValidationError, RecursionError) as error:
            raise _invalid(error, model, tree) from error
    if plan.is_plain:
        return _validated(lambda: plan.validator(tree, context=CONTEXT, **plan.load), model, tree)
    try:
        text = json.dumps(tree)
    except (TypeError, ValueError, RecursionError) as error:
        raise TypeTransformerFailedError(
            f"this does not read as a {model.__name__}: {error}",
            expected=f"the fields of {model.__name__}",
            got=preview(tree),
            fix="give a value for each field, of its type",
        ) from error
    return _validated(lambda: model.model_validate_json(text, strict=False, context=CONTEXT, **plan.load), model, tree)


def _validated(build: Callable[[], Any], model: type[BaseModel], given: object) -> Any:
    outcome = attempt(build)
    error = outcome.error
    if isinstance(error, (ValidationError, RecursionError)):
        raise _invalid(error, model, given) from error
    if error is None or isinstance(error, DrawloomError) or not isinstance(error, Exception):
        return outcome.unwrap()
    raise TypeTransformerFailedError(
        f"the code of {model.__name__} that validates failed ({type(error).__name__}: {error})",
        expected=f"a valid {model.__name__}",
        got=preview(given),
        fix="give the fields the values that the model takes, or raise ValueError in the validator",
    ) from error


def _invalid(
    error: ValidationError | RecursionError, model: type[BaseModel], given: object
) -> TypeTransformerFailedError:
    if isinstance(error, RecursionError):
        return TypeTransformerFailedError(
            f"the {model.__name__} is nested too deeply",
            expected="at most as many levels as pydantic can write",
            got=preview(given),
            fix="flatten the value, or store it in a file and pass the file",
        )
    first = error.errors(include_url=False, include_context=False)[0]
    where = "".join(path.at_index(step) if isinstance(step, int) else path.at_field(step) for step in first["loc"])
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return TypeTransformerFailedError(
        f"this is not a valid {model.__name__}: {first['msg']}{more}",
        where=where,
        expected=f"a valid {model.__name__}",
        got=preview(first.get("input", given)),
        fix="give the fields the values that the model takes",
    )


def writes_itself(model: type[BaseModel]) -> bool:
    """Whether a model's dump, where its values are of the declared plain classes, is its `__dict__`: nobody changes names or values."""
    plan = plan_of(model)
    return (
        plan.is_plain
        and not plan.runs_user_code
        and plan.dump == {}
        and not any(info.alias or info.serialization_alias for info in model.model_fields.values())
    )
