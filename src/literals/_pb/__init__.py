"""Generated messages of `weft.v1`, made on first use (interim loader)."""
from __future__ import annotations
from typing import Any
from ._descriptors import FILES, NAMES

_loaded: set[str] = set()

def _load(file: str) -> None:
    if file in _loaded:
        return
    _loaded.add(file)
    from google.protobuf import any_pb2, descriptor_pool, timestamp_pb2, duration_pb2, struct_pb2, wrappers_pb2  # noqa
    pool = descriptor_pool.Default()
    for name, deps, data in FILES:
        if name == file:
            for d in deps:
                _load(d)
            pool.AddSerializedFile(data)

def __getattr__(name: str) -> Any:
    file = NAMES.get(name)
    if file is None:
        raise AttributeError(name)
    _load(file)
    from google.protobuf import descriptor_pool, message_factory
    from google.protobuf.internal import enum_type_wrapper
    pool = descriptor_pool.Default()
    try:
        cls = message_factory.GetMessageClass(pool.FindMessageTypeByName("weft.v1." + name))
    except KeyError:
        cls = enum_type_wrapper.EnumTypeWrapper(pool.FindEnumTypeByName("weft.v1." + name))
    globals()[name] = cls
    return cls
