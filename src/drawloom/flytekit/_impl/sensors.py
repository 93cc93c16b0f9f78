"""Sensors: tasks that ask again and again until something is so. A platform asks from a service; a local run asks itself.

The template is flytekit's: type "sensor", and in `custom` the class that answers, for whoever serves it.
"""

from __future__ import annotations

import abc
import asyncio
import dataclasses
import datetime as dt
import inspect
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, get_type_hints, runtime_checkable

from compiler import Interface, OptionError, PythonTask, SerializationSettings, TaskMetadata
from drawloom.context import file_access


@runtime_checkable
class SensorConfig(Protocol):
    """Settings of a sensor that travel in its template."""

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        ...

    @classmethod
    def from_dict(cls, d: dict[str, Any]) -> SensorConfig:
        """From plain values."""
        ...


class BaseSensor(PythonTask[Any]):
    """A task that is done when `poke` gives True. Its inputs are those of `poke`.

    `timeout`: seconds or a timedelta, after which the task fails. `pause`: seconds between two questions, a fact of the
    class.

    Raises:
        OptionError: a timeout both here and in `metadata`, or a parameter of `poke` without a type.
    """

    pause: ClassVar[float] = 0.5

    def __init__(
        self,
        name: str,
        timeout: dt.timedelta | int | None = None,
        sensor_config: SensorConfig | None = None,
        task_type: str = "sensor",
        **options: Any,
    ) -> None:
        hints = get_type_hints(self.poke, include_extras=True)
        inputs: dict[str, Any] = {}
        for parameter in inspect.signature(self.poke).parameters:
            if parameter not in hints:
                raise OptionError(
                    "a parameter of `poke` has no type",
                    where=f"{name}.{parameter}",
                    expected="an annotation",
                    got="none",
                    fix="annotate it, such as `path: str`",
                )
            inputs[parameter] = hints[parameter]
        metadata = options.pop("metadata", None)
        if timeout is not None:
            if metadata is not None and metadata.timeout is not None:
                raise OptionError(
                    "a timeout is given twice",
                    where=name,
                    expected="one timeout",
                    got="two",
                    fix="give it to the sensor or to its metadata",
                )
            metadata = dataclasses.replace(metadata if metadata is not None else TaskMetadata(), timeout=timeout)
        super().__init__(task_type, name, None, Interface(inputs=inputs), metadata=metadata, **options)
        self._sensor_config = sensor_config

    @abc.abstractmethod
    async def poke(self, **inputs: Any) -> bool:
        """Whether it is so now."""

    async def execute(self, **kwargs: Any) -> Any:
        """Ask until it is so."""
        while not await self.poke(**kwargs):  # noqa: ASYNC110 - what is waited for tells nobody
            await asyncio.sleep(self.pause)

    def get_custom(self, settings: SerializationSettings) -> Mapping[str, Any]:
        """Which class answers, and its settings."""
        del settings
        kind = type(self)
        config = self._sensor_config.to_dict() if self._sensor_config is not None else None
        return {
            "sensor_module": kind.__module__, "sensor_name": kind.__name__, "sensor_config": config, "inputs": None,
        }  # fmt: skip


class FileSensor(BaseSensor):
    """Done when there is a file at `path`, here or in a store whose driver is installed."""

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__(name=name, **options)

    async def poke(self, path: str) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride] - each sensor has inputs of its own
        """Whether it is there."""
        return bool(file_access().exists(path))
