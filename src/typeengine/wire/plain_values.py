"""The plain form of values and its bytes: msgpack, and the protobuf Struct that stood there before flytekit 1.14.

A plain tree has None, bool, int (64 bits, signed or unsigned), float, str, bytes, list and dict. Unpacking runs nothing and
imports nothing: msgpack's extension types are refused. Failures are `TypeTransformerFailedError`, never msgpack's own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from literals import class_of, is_dict, is_sequence, pb, preview
from typeengine.errors import TypeTransformerFailedError, wrong_literal, wrong_value

T = TypeVar("T")
_LIMIT = 1 << 64
_LOW = -(1 << 63)
MAX_DEPTH = 500
"""Nested lists and dicts that msgpack readers accept (512 in the reference implementation)."""

_packers: list[Callable[[Any], bytes]] = []
_unpackers: list[Callable[[bytes], Any]] = []
_errors: list[tuple[type[Exception], ...]] = []


def _load() -> None:
    """Make the packers. They have no callback, so no Python code runs inside them and threads may share them."""
    import msgpack  # noqa: PLC0415 - importing this module must not load msgpack

    _packers[:] = [msgpack.Packer().pack, msgpack.Packer(strict_types=True).pack]


def pack(tree: object) -> bytes:
    """The msgpack bytes of a plain tree.

    Raises:
        TypeTransformerFailedError: something in it is not plain; its path is in the error.
    """
    if not _packers:
        _load()
    try:
        return _packers[0](tree)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise _unpackable(tree, error) from error


def pack_readable(tree: object) -> bytes:
    """The bytes of a tree that no type describes, which can surely be read back: no list or tuple is a key in it."""
    if not _packers:
        _load()
    try:
        return _packers[1](tree)  # only the plain classes themselves: a tuple, or a subclass, takes the longer way
    except (TypeError, ValueError, OverflowError, RecursionError):
        data = pack(tree)
    unpack(data)
    return data


def without_tuples(tree: T) -> T:
    """The tree itself, which has no tuple in it: one would come back as a list.

    Raises:
        TypeTransformerFailedError: there is one; its path is in the error.
    """
    if not _packers:
        _load()
    try:
        _packers[1](tree)  # knows the plain classes only, and looks at all of it much faster than code here could
    except (TypeError, ValueError, OverflowError, RecursionError):
        _refuse_tuples(tree, 0)
    return tree


def _refuse_tuples(tree: object, depth: int) -> None:
    if depth > MAX_DEPTH or isinstance(tree, (str, bytes)):
        return
    if isinstance(tree, tuple):
        raise wrong_value(
            "no tuple, which would come back as a list: the hint says nothing of what is in it",
            cast("tuple[object, ...]", tree),
            fix="write list(...), or declare the types: dict[str, tuple[int, int]], say",
        )
    if isinstance(tree, dict):
        entries = cast("dict[object, object]", tree)
        parts = [(f"[{preview(key)}]", item) for key, item in entries.items()]
    elif isinstance(tree, list):
        parts = [(f"[{index}]", item) for index, item in enumerate(cast("list[object]", tree))]
    else:
        return
    for segment, item in parts:
        try:
            _refuse_tuples(item, depth + 1)
        except TypeTransformerFailedError as error:  # noqa: PERF203 - the path is added where an element fails
            raise error.at(segment) from error.__cause__


def unpack(data: bytes) -> Any:
    """The plain tree of msgpack bytes."""
    if not _unpackers:
        import msgpack  # noqa: PLC0415 - importing this module must not load msgpack

        _errors[:] = [(ValueError, TypeError, OverflowError, RecursionError, msgpack.UnpackException)]
        _unpackers.append(functools.partial(msgpack.unpackb, strict_map_key=False, ext_hook=_refuse_extension))
    try:
        return _unpackers[0](data)
    except _errors[0] as error:
        if isinstance(error, TypeTransformerFailedError):
            raise
        raise wrong_literal("msgpack bytes", f"{preview(data[:40])} ({type(error).__name__}: {error})") from error


def _refuse_extension(code: int, data: bytes) -> Any:
    raise wrong_literal("plain msgpack", f"the extension type {code} of {len(data)} bytes")


def array_head(size: int) -> bytes:
    """The bytes that start a msgpack array of `size` items."""
    if size < 16:  # noqa: PLR2004 - msgpack's fixarray
        return bytes((0x90 | size,))
    return b"\xdc" + size.to_bytes(2, "big") if size < 1 << 16 else b"\xdd" + size.to_bytes(4, "big")


def _unpackable(tree: object, error: Exception) -> TypeTransformerFailedError:
    found = _find(tree, 0)
    return found if found is not None else wrong_value("a value that msgpack can carry", tree, fix=str(error))


def _find(tree: Any, depth: int) -> TypeTransformerFailedError | None:  # noqa: PLR0911 - one line for each kind of value
    """The first thing in a tree that is not plain."""
    if depth > MAX_DEPTH:
        return wrong_value(
            f"at most {MAX_DEPTH} nested lists and dicts", "...", fix="flatten the value; does it contain itself?"
        )
    kind = class_of(tree)
    if isinstance(tree, int):
        return None if _LOW <= tree < _LIMIT else wrong_value("an int of 64 bits", tree)
    if tree is None or isinstance(tree, (float, bytes, bytearray)):
        return None
    if isinstance(tree, str):
        return None if tree.isascii() or _encodable(tree) else wrong_value("text without lone surrogates", tree)
    if kind is dict:
        for key, item in tree.items():
            found = _find(key, depth + 1) or _find(item, depth + 1)
            if found is not None:
                return found.at(f"[{preview(key)}]")
        return None
    if is_sequence(tree):
        for index, item in enumerate(tree):
            found = _find(item, depth + 1)
            if found is not None:
                return found.at(f"[{index}]")
        return None
    return wrong_value(
        "None, bool, int, float, str, bytes, list or dict",
        tree,
        fix="declare the type of the values, for example dict[str, datetime]",
    )


_EXACT = frozenset({type(None), bool, int, float, str, bytes})


def exactly_plain(tree: Any, depth: int = 0) -> Any:
    """A value that no type describes, where it comes back as it is: exactly of the plain classes, all the way down.

    Raises:
        TypeTransformerFailedError: a value of another class in it (a tuple, a date, a subclass of int), or a list or dict
            as a key; its path is in the error.
    """
    kind = class_of(tree)
    if kind in _EXACT:
        return tree
    if depth > MAX_DEPTH:
        raise wrong_value(
            f"at most {MAX_DEPTH} nested lists and dicts", "...", fix="flatten the value; does it contain itself?"
        )
    if kind is list:
        for index, item in enumerate(tree):
            if type(item) not in _EXACT:
                _exactly_inside(item, depth, f"[{index}]")
        return tree
    if kind is dict:
        for key, item in tree.items():
            if type(key) not in _EXACT or type(item) not in _EXACT:
                _exactly_inside(key if type(key) not in _EXACT else item, depth, f"[{preview(key)}]")
                _exactly_inside(item, depth, f"[{preview(key)}]")
        return tree
    raise wrong_value(
        "exactly None, bool, int, float, str, bytes, list or dict, for Any says nothing by which another class comes back",
        tree,
        fix="declare the type of the value",
    )


def _exactly_inside(part: object, depth: int, segment: str) -> None:
    try:
        exactly_plain(part, depth + 1)
    except TypeTransformerFailedError as error:
        raise error.at(segment) from error.__cause__


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def struct_plain(struct: pb.Struct) -> dict[str, Any]:
    """A protobuf Struct as a plain tree; every number in it is a float."""
    return {key: _value_plain(value) for key, value in struct.fields.items()}


def _value_plain(value: Any) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return struct_plain(value.struct_value)
    if kind == "list_value":
        return [_value_plain(item) for item in value.list_value.values]
    if kind is None or kind == "null_value":
        return None
    return getattr(value, kind)


def plain_struct(tree: dict[str, Any], *, exact: bool = False) -> pb.Struct:
    """A dict as a protobuf Struct. `exact`: refuse ints that a double cannot hold."""
    out = pb.Struct()
    _fill(out, tree, exact=exact)
    return out


def _fill(out: Any, tree: Mapping[Any, Any], *, exact: bool) -> None:
    for key, item in tree.items():
        _set(out.fields[_key_text(key)], item, exact=exact)


def _key_text(key: object) -> str:
    if isinstance(key, str):
        return key
    if key is None or isinstance(key, bool):
        return {None: "null", True: "true", False: "false"}[key]
    return str(key)


def _set(value: Any, tree: object, *, exact: bool) -> None:
    if tree is None:
        value.null_value = 0
    elif isinstance(tree, bool):
        value.bool_value = tree
    elif isinstance(tree, (int, float)):
        if exact and isinstance(tree, int) and abs(tree) > 1 << 53:
            raise wrong_value("an int that a double holds exactly (up to 2**53)", tree, fix="use the msgpack form")
        value.number_value = float(tree)
    elif isinstance(tree, str):
        value.string_value = tree
    elif is_dict(tree):
        value.struct_value.SetInParent()
        _fill(value.struct_value, tree, exact=exact)
    elif is_sequence(tree):
        value.list_value.SetInParent()
        for item in tree:
            _set(value.list_value.values.add(), item, exact=exact)
    else:
        raise wrong_value("what JSON can carry", tree)
