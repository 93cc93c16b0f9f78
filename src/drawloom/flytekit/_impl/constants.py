"""Names that mark encodings, files and settings, as flytekit spells them."""

from __future__ import annotations

import enum
from typing import Final

INPUT_FILE_NAME: Final = "inputs.pb"
OUTPUT_FILE_NAME: Final = "outputs.pb"
FUTURES_FILE_NAME: Final = "futures.pb"
ERROR_FILE_NAME: Final = "error.pb"
GLOBAL_INPUT_NODE_ID: Final = ""
START_NODE_ID: Final = "start-node"
END_NODE_ID: Final = "end-node"
DEFAULT_FAILURE_NODE_ID: Final = "efn"
FLYTE_INTERNAL_IMAGE_ENV_VAR: Final = "FLYTE_INTERNAL_IMAGE"
MESSAGEPACK: Final = "msgpack"
CACHE_KEY_METADATA: Final = "cache-key-metadata"
SERIALIZATION_FORMAT: Final = "serialization-format"
CONTAINER_ARRAY_TASK: Final = "container_array"
PRIMARY_CONTAINER_DEFAULT_NAME: Final = "primary"
TIME_PARTITION_KWARG: Final = "time_partition"
MAX_PARTITIONS: Final = 10
DEFAULT_MAX_ROWS: Final = 10
DEFAULT_MAX_COLS: Final = 100
LOGGING_ENV_VAR: Final = "FLYTE_SDK_LOGGING_LEVEL"
LOGGING_DEV_ENV_VAR: Final = "FLYTE_SDK_DEV_LOGGING_LEVEL"
LOGGING_FMT_ENV_VAR: Final = "FLYTE_SDK_LOGGING_FORMAT"
LOGGING_RICH_FMT_ENV_VAR: Final = "FLYTE_SDK_RICH_TRACEBACKS"


class CopyFileDetection(enum.Enum):
    """Which files of a project travel with its code."""

    LOADED_MODULES = 1
    ALL = 2
    NO_COPY = 3
