"""Layer 2: Python types to literal types and values to literals, and back. Knows no workflow."""

from typeengine.codec import Codec
from typeengine.default import default_engine
from typeengine.engine import Engine
from typeengine.errors import TypeTransformerFailedError
from typeengine.forms import scope_of
from typeengine.hints import hint_of

__all__ = ["Codec", "Engine", "TypeTransformerFailedError", "default_engine", "hint_of", "scope_of"]
