"""The messages of `drawloom.v1`, each made when it is first touched (see `_loader`); their types are in `__init__.pyi`."""

from __future__ import annotations

import typing as _typing  # a bare `Any` would hide the message of that name

from literals._pb import _descriptors, _loader

_NAMES = _descriptors.NAMES


def __getattr__(name: str) -> _typing.Any:
    file = _NAMES.get(name)
    if file is not None:
        found = _loader.find(name, file)
    elif name in _loader.WELL_KNOWN:
        found = _loader.find(name, f"google/protobuf/{_loader.WELL_KNOWN[name]}.proto")
    elif name == "Message":
        from google.protobuf.message import Message as found  # noqa: PLC0415 - not before it is asked for
    else:
        raise AttributeError(f"module {__name__!r} has no message {name!r}", name=name, obj=None)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*_NAMES, *_loader.WELL_KNOWN, "Message"])
