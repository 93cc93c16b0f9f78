"""Names that mark encodings and settings in messages, as flytekit spells them."""

from __future__ import annotations

from typing import Final

MESSAGEPACK: Final = "msgpack"
PROTOBUF: Final = "protobuf"
CLOUDPICKLE: Final = "cloudpickle"
