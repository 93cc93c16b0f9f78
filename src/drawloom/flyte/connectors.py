"""Connectors: services that run tasks elsewhere. Not here; every use says so."""

from __future__ import annotations

from drawloom.unsupported import absent

NAMES = [
    "AsyncConnector",
    "AsyncConnectorExecutorMixin",
    "ConnectorRegistry",
    "ConnectorService",
    "Resource",
    "ResourceMeta",
]
__getattr__ = absent(
    __name__,
    NAMES,
    why="a service that runs connectors",
    instead="call the other system from a task",
)
