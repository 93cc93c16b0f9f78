"""Applications that a platform serves. Not here; every use says so."""

from __future__ import annotations

from drawloom.unsupported import absent

NAMES = [
    "AppEndpoint",
    "AppEnvironment",
    "ArtifactValue",
    "ConnectorEnvironment",
    "DeployedAppEnvironment",
    "Domain",
    "Link",
    "Parameter",
    "Port",
    "RunOutput",
    "Scaling",
    "Subdomain",
    "Timeouts",
    "ctx",
    "get_parameter",
]
__getattr__ = absent(
    __name__,
    NAMES,
    why="a platform that serves applications",
    instead="start the server as a program of its own, and call drawloom.run from it",
)
