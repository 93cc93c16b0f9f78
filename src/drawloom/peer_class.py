"""A class of drawloom's under a peer's constructor.

Both peers have a `Resources`, a `Secret`, a `Cache`; drawloom has one class of each, whose constructor takes the fields of both.
The peers' packages show it with their own peer's fields in their own peer's order, and what is made is an object of the one class.
"""

from __future__ import annotations

import inspect
from typing import Any


class PeerClass(type):
    """The metaclass of `class Resources(compiler.Resources, metaclass=PeerClass)`: its `__init__` is the peer's.

    `Resources(...)` is a `compiler.Resources`, and `isinstance` and `issubclass` ask for that class; a class that a user derives
    from it is an ordinary one.
    """

    def __call__(cls, *args: object, **options: object) -> Any:
        """Make an object of the class of ours."""
        made: Any = super().__call__(*args, **options)
        base = _ours(cls)
        if base is not None:
            made.__class__ = base
        return made

    @property
    def __signature__(cls) -> inspect.Signature:
        """The peer's: `inspect` would show that of `__call__`."""
        whole = inspect.signature(cls.__init__)
        return whole.replace(parameters=list(whole.parameters.values())[1:], return_annotation=inspect.Signature.empty)

    @property
    def __stands_for__(cls) -> type | None:
        """The class that objects of this one are of, which a type hint of this one means; None for a user's own class."""
        return _ours(cls)

    def __instancecheck__(cls, instance: object) -> bool:
        base = _ours(cls)
        return super().__instancecheck__(instance) if base is None else isinstance(instance, base)

    def __subclasscheck__(cls, subclass: type) -> bool:
        base = _ours(cls)
        return super().__subclasscheck__(subclass) if base is None else issubclass(subclass, base)


def _ours(cls: PeerClass) -> type | None:
    """The class that stands behind this one; None for a class that a user derived."""
    base = cls.__base__
    return base if base is not None and not isinstance(base, PeerClass) else None
