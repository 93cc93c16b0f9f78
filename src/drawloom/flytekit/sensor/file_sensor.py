"""A sensor that waits for a file."""

from __future__ import annotations

from typing import Any

from drawloom.context import file_access
from drawloom.flytekit.sensor.base_sensor import BaseSensor


class FileSensor(BaseSensor):
    """Done when there is a file at `path`, here or in a store whose driver is installed."""

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__(name=name, **options)

    async def poke(self, path: str) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride] - each sensor has inputs of its own
        """Whether it is there."""
        return bool(file_access().exists(path))
