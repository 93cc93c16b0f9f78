"""The peer's side, run by the peer's Python: `peer.py flytekit|flyte2 write|read COUNT FILE`.

write: the peer's literals, one a record. read: drawloom's literals are decoded by the peer and compared.
"""

from __future__ import annotations

import asyncio
import struct
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import cases

SHOWN = 10


def records(path: Path) -> list[bytes]:
    """Length-prefixed records of a file."""
    data, out, at = path.read_bytes(), [], 0
    while at < len(data):
        (size,) = struct.unpack_from("<I", data, at)
        out.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return out


def save(path: Path, items: list[bytes]) -> None:
    """Write length-prefixed records."""
    path.write_bytes(b"".join(struct.pack("<I", len(item)) + item for item in items))


class Flytekit:
    """flytekit's engine."""

    def __init__(self) -> None:
        from flyteidl.core import literals_pb2
        from flytekit.core.context_manager import FlyteContextManager
        from flytekit.core.type_engine import TypeEngine
        from flytekit.models.literals import Literal

        self.engine, self.message, self.model = TypeEngine, literals_pb2.Literal, Literal
        self.ctx = FlyteContextManager.current_context()
        self.types: dict[Any, Any] = {}

    async def encode(self, value: Any, hint: Any) -> bytes:
        """The literal's bytes."""
        if hint not in self.types:
            self.types[hint] = self.engine.to_literal_type(hint)
        literal = await self.engine.async_to_literal(self.ctx, value, hint, self.types[hint])
        return literal.to_flyte_idl().SerializeToString(deterministic=True)

    async def decode(self, data: bytes, hint: Any) -> Any:
        """The value."""
        literal = self.model.from_flyte_idl(self.message.FromString(data))
        return await self.engine.async_to_python_value(self.ctx, literal, hint)


class Flyte2:
    """The Flyte 2 SDK's engine."""

    def __init__(self) -> None:
        from flyte.types import TypeEngine
        from flyteidl2.core import literals_pb2

        self.engine, self.message = TypeEngine, literals_pb2.Literal

    async def encode(self, value: Any, hint: Any) -> bytes:
        """The literal's bytes."""
        literal = await self.engine.to_literal(value, hint, self.engine.to_literal_type(hint))
        return literal.SerializeToString(deterministic=True)

    async def decode(self, data: bytes, hint: Any) -> Any:
        """The value."""
        return await self.engine.to_python_value(self.message.FromString(data), hint)


async def main(name: str, verb: str, count: int, path: Path) -> int:
    """Do it; give the number of differences."""
    peer = Flytekit() if name == "flytekit" else Flyte2()
    rows = list(cases.cases(count, name))
    if verb == "write":
        save(path, [await peer.encode(value, hint) for _, hint, value in rows])
        return 0
    wrong = 0
    for index, ((text, hint, value), data) in enumerate(zip(rows, records(path), strict=True)):
        try:
            back = await peer.decode(data, hint)
        except Exception as error:  # noqa: BLE001 - whatever the peer raises is a difference
            back = f"{type(error).__name__}: {error}"
        if back != value:
            wrong += 1
            if wrong <= SHOWN:
                print(f"  case {index} {text}: wrote {value!r:.200}, {name} read {back!r:.300}")
    return wrong


if __name__ == "__main__":
    differences = asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4])))
    print(f"  {differences} differences")
    sys.exit(1 if differences else 0)
