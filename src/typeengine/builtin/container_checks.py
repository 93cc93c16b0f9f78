"""What a container is refused for when its type is declared: parts that have no hash, and literals nested too deeply."""

from __future__ import annotations

from literals import limits
from typeengine.errors import unsupported
from typeengine.hints.forms import Form, Special


def check_hashable(part: Form, form: Form, where: str) -> None:
    """Refuse a container whose keys or elements no dict or set takes, since all values of their type are unhashable.

    Raises:
        UnsupportedTypeError: the part, or each variant of it, is a class without a hash, or a tuple with such a part.
    """
    if not _has_hash(part):
        raise unsupported(
            f"{part} has no hash, so no value of {form} can be made",
            form,
            where=where,
            fix="use a hashable type: a tuple, a frozenset, or a frozen dataclass",
        )


def _has_hash(part: Form) -> bool:
    args = part.args or ()
    if part.origin is Special.UNION:
        return any(map(_has_hash, args))
    if part.origin is tuple:
        return all(map(_has_hash, args))
    return part.cls is None or bool(part.cls.__hash__)


def nested_depth(form: Form, inner: int, by: int) -> int:
    """The depth of a container's literals; a type whose literals no protobuf reader would take is refused here."""
    if inner + by > limits.MAX_DEPTH:
        raise unsupported(
            "the type is nested too deeply for a protobuf message",
            form,
            fix="flatten it, or put a dataclass in between",
        )
    return inner + by
