"""Names that mark encodings, files and settings, as flytekit spells them."""

from __future__ import annotations

import enum
from typing import Final

MESSAGEPACK: Final = "msgpack"
LOGGING_ENV_VAR: Final = "FLYTE_SDK_LOGGING_LEVEL"
LOGGING_DEV_ENV_VAR: Final = "FLYTE_SDK_DEV_LOGGING_LEVEL"
LOGGING_FMT_ENV_VAR: Final = "FLYTE_SDK_LOGGING_FORMAT"
LOGGING_RICH_FMT_ENV_VAR: Final = "FLYTE_SDK_RICH_TRACEBACKS"


class CopyFileDetection(enum.Enum):
    """Which files of a project travel with its code."""

    LOADED_MODULES = 1
    ALL = 2
    NO_COPY = 3
