"""The classes of the shadow schema (`idl/drawloom/shadow`): literals and nodes by columns. Made when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from literals._pb._loader import find

_FILE, _NODES = "drawloom/shadow/literals.proto", "drawloom/shadow/nodes.proto"


@cache
def shadow(name: str) -> Any:
    """The shadow class of that name: `Lit`, `Prim`, `Parts`, `Entries`; `Nodes`, `NodeColumns`, `BindingColumns`."""
    return find(name, _NODES if name in {"Nodes", "NodeColumns", "BindingColumns"} else _FILE)


@cache
def _parser(name: str) -> tuple[Callable[[bytes], Any], type[Exception]]:
    from google.protobuf.message import DecodeError  # noqa: PLC0415 - importing this module must not load protobuf

    return shadow(name).FromString, DecodeError


def merged(name: str, data: bytes) -> Any:
    """The bytes as the shadow class of that name; None for bytes that do not parse."""
    parse, error = _parser(name)
    try:
        return parse(data)
    except error:
        return None
