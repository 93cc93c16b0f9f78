"""Whether the keys of a dict or the elements of a set can be had at all: seen when the type is declared."""

from __future__ import annotations

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
