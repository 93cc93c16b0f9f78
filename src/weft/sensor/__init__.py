"""Sensors: tasks that wait for something outside."""

from __future__ import annotations

from weft._door import lazy, table

NAMES = table(
    {
        "weft._elsewhere": "SensorEngine",
        "weft.sensor.base_sensor": "BaseSensor",
        "weft.sensor.file_sensor": "FileSensor",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
