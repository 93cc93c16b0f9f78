"""Makes message classes from the checked-in descriptors, file by file, when the first message of a file is touched.

The descriptors go into protobuf's *default pool*: our full names (`drawloom.v1.*`) are ours alone, so nothing clashes with an
installed flyteidl, and `Timestamp`, `Duration` and `Struct` are the classes that the user's own code imports.

Two routes build the same classes. The fast one talks to protobuf's C extension directly, because every public door
(`descriptor_pool`, `message_factory`, any generated module) first imports the whole pure-Python backend, which costs more
than all of the rest. The public one is taken for any other backend, and when a later protobuf moves what the fast one
needs. Classes say `literals._pb` as their module, where `__getattr__` finds them, so messages pickle and copy.
"""

from __future__ import annotations

from _thread import RLock
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from literals._pb._descriptors import FILES

PACKAGE = "drawloom.v1."
WELL_KNOWN = {
    "Any": "any",
    "BoolValue": "wrappers",
    "Duration": "duration",
    "ListValue": "struct",
    "Struct": "struct",
    "Timestamp": "timestamp",
    "Value": "struct",
}
"""The well-known messages that our fields use, and the files that define them."""

_LOCK = RLock()
_loaded: dict[str, Any] = {}  # file name -> file descriptor
_classes: dict[str, Any] = {}  # full name -> class; protobuf itself holds classes weakly
_CALL = b"AddSerializedFile("


class _Backend:
    """Protobuf's public route: any backend, any version since 5.26."""

    def __init__(self) -> None:
        from google.protobuf import descriptor_pool, message, reflection  # noqa: PLC0415 - the point of this module

        self.pool: Any = descriptor_pool.Default()
        self.meta: Any = reflection.GeneratedProtocolMessageType
        self.message: Any = message.Message

    def well_known(self, file: str) -> Any:
        """The descriptor of one of protobuf's own files."""
        __import__(file.removesuffix(".proto").replace("/", ".") + "_pb2")
        return self.pool.FindFileByName(file)


class _Direct(_Backend):
    """The C extension without the pure-Python backend beside it."""

    def __init__(self) -> None:
        from google._upb import _message as upb  # type: ignore[import-not-found] # noqa: PLC0415, PLC2701, I001 - guarded by `_backend`; pyright: ignore[reportMissingImports]
        from google.protobuf import message  # noqa: PLC0415 - the point of this module

        native: Any = upb
        self.pool = native.default_pool
        self.meta = native.MessageMeta
        self.message = message.Message

    def well_known(self, file: str) -> Any:
        """As the base, from the same bytes that the generated module would add, read out of its source."""
        try:
            return self.pool.FindFileByName(file)
        except KeyError:
            pass
        data = _generated_bytes(_module(file))
        return super().well_known(file) if data is None else self.pool.AddSerializedFile(data)


def _generated_bytes(module: str) -> bytes | None:
    """The descriptor inside a generated module of protobuf's own: the bytes literal on the line that adds it."""
    import google.protobuf  # noqa: PLC0415 - the point of this module

    spec = google.protobuf.__spec__
    loader: Any = spec.loader if spec is not None else None
    for folder in google.protobuf.__path__:
        try:
            source: bytes = loader.get_data(f"{folder}/{module}.py")
        except (OSError, AttributeError):  # another kind of loader: the public route knows
            continue
        for line in source.splitlines():
            _, found, rest = line.partition(_CALL)
            if found and rest[:1] == b"b" and rest[-1:] == b")":
                literal = compile(rest[:-1], module, "eval").co_consts  # a constant, not run
                return literal[0] if isinstance(literal[0], bytes) else None
    return None


def _module(file: str) -> str:
    return file.rpartition("/")[2].removesuffix(".proto") + "_pb2"


def _backend() -> _Backend:
    try:
        from google.protobuf.internal import api_implementation  # noqa: PLC0415 - the point of this module

        native = api_implementation.Type() == "upb"
        return _Direct() if native else _Backend()
    except (ImportError, AttributeError):  # a protobuf that keeps its extension elsewhere
        return _Backend()


_chosen: list[_Backend] = []


def load(file: str) -> Any:
    """The descriptor of `file` in the default pool, with the classes of it and of all that it imports made."""
    with _LOCK:
        if not _chosen:
            _chosen.append(_backend())
        return _load(_chosen[0], file)


def _load(backend: _Backend, file: str) -> Any:
    descriptor = _loaded.get(file)
    if descriptor is not None:
        return descriptor
    if file.startswith("google/protobuf/"):
        descriptor = backend.well_known(file)
        module = f"google.protobuf.{_module(file)}"
    else:
        dependencies, data = FILES[file]
        for dependency in dependencies:
            _load(backend, dependency)
        backend.pool.AddSerializedFile(data)
        descriptor = backend.pool.FindFileByName(file)
        module = "literals._pb"
    for message in descriptor.message_types_by_name.values():
        _classes[message.full_name] = _class(backend, message, module, "")
    _loaded[file] = descriptor
    return descriptor


def _class(backend: _Backend, descriptor: Any, module: str, prefix: str) -> Any:
    name = prefix + descriptor.name
    space: dict[str, Any] = {
        nested: _class(backend, inner, module, f"{name}.") for nested, inner in descriptor.nested_types_by_name.items()
    }
    space |= {"DESCRIPTOR": descriptor, "__module__": module, "__qualname__": name}
    if prefix:
        space["__reduce__"] = _reduce
    if name == "VariableMap":
        space |= _AS_A_MAPPING
    return backend.meta(descriptor.name, (backend.message,), space)


class _ReadAsMapping:
    """What `VariableMap` has besides: an interface's inputs and outputs read like the dict that they are in flytekit."""

    variables: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        # Asking a map field of messages for an unknown key would add it.
        if name not in self.variables:
            raise KeyError(name)
        return self.variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.variables)

    def __len__(self) -> int:
        return len(self.variables)

    def __contains__(self, name: object) -> bool:
        return name in self.variables

    def __bool__(self) -> bool:
        return True  # a message is one, also where it is empty

    def get(self, name: str, default: Any = None) -> Any:
        """The variable of a name, or else `default`."""
        return self.variables[name] if name in self.variables else default

    def keys(self) -> Iterable[str]:
        """The names."""
        return self.variables.keys()

    def values(self) -> Iterable[Any]:
        """The variables."""
        return self.variables.values()

    def items(self) -> Iterable[tuple[str, Any]]:
        """Names and variables."""
        return self.variables.items()


_AS_A_MAPPING = {
    name: vars(_ReadAsMapping)[name]
    for name in ("__getitem__", "__iter__", "__len__", "__contains__", "__bool__", "get", "keys", "values", "items")
}


def _reduce(message: Any) -> tuple[Any, ...]:
    """How a message of a nested class pickles: by its qualified name, as one of a top-level class does.

    Protobuf's own way for nested classes asks a registry that only generated modules fill.
    """
    return message.__class__, (), message.__getstate__()


def find(name: str, file: str) -> Any:
    """The class of the message, or the wrapper of the enum, `name` of `file`."""
    descriptor = load(file)
    found = _classes.get(f"{descriptor.package}.{name}")
    if found is not None:
        return found
    from google.protobuf.internal.enum_type_wrapper import EnumTypeWrapper  # noqa: PLC0415 - the point of this module

    return EnumTypeWrapper(descriptor.enum_types_by_name[name])
