"""Sensors: tasks that wait for something outside."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.platform_only": "SensorEngine",
        "drawloom.flytekit.sensor.base_sensor": "BaseSensor",
        "drawloom.flytekit.sensor.file_sensor": "FileSensor",
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
