"""What trying the variants of unions on the parts of one value gave, kept while that value is converted.

A union whose variants have one plain class (two dataclasses: both are dicts) tries them, and so does every union inside, for
each try anew: the work would double with every level. Kept by the identity of the part, each union tries each part once.
The parts are kept too, so that no other one gets an identity that was seen.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from typeengine.errors import TypeTransformerFailedError


class _Trials(threading.local):
    known: dict[tuple[int, str, int], tuple[Any, Any, TypeTransformerFailedError | None]] | None = None
    """By union, conversion and part: the part, what came of it, the error; None outside of any conversion."""


_TRIALS = _Trials()
_LEAVES = frozenset({type(None), bool, int, float, str, bytes})
"""Classes of parts that have no parts themselves."""


def once(owner: object, conversion: str, convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """`convert`, called once for each part while an outermost such call lasts.

    A part that is met again gives the same object, or the same error again.
    """

    def converted(part: object) -> Any:
        if type(part) in _LEAVES:
            return convert(part)
        known: dict[Any, Any] | None = _TRIALS.known
        if known is None:
            _TRIALS.known = known = {}
            try:
                return found(known, part)
            finally:
                _TRIALS.known = None
        return found(known, part)

    def found(known: dict[Any, Any], part: object) -> Any:
        key = (id(owner), conversion, id(part))
        kept = known.get(key)
        if kept is None:
            try:
                kept = (part, convert(part), None)
            except TypeTransformerFailedError as error:
                # The error itself gathers its path on the way out; a copy stays as it was here.
                known[key] = (part, None, error.copy())
                raise
            known[key] = kept
        _, value, error = kept
        if error is not None:
            raise error.copy()
        return value

    return converted
