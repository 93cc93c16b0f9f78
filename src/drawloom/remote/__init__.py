"""The client of a Flyte 1 platform: registers entities, starts executions, and gives what they made.

Needs `drawloom[flyte]`: gRPC and Flyte's own stubs, which are imported when a platform is first asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drawloom.exports.lazy_exports import lazy_rooms

if TYPE_CHECKING:
    from drawloom.remote.administration import RemoteProject, RemoteSignal
    from drawloom.remote.backfill import create_backfill_workflow
    from drawloom.remote.errors import (
        EntityConflictError,
        EntityExistsError,
        ExecutionStateError,
        NotAuthenticatedError,
        NotRegisteredError,
        PlatformUnavailableError,
        RemoteError,
    )
    from drawloom.remote.execution import RemoteExecution
    from drawloom.remote.flyte_remote import FlyteRemote
    from drawloom.remote.platform import PlatformSettings
    from drawloom.remote.refused import UnsupportedMethodError
    from drawloom.remote.registered import LazyEntity, RegisteredEntity, Registrable

__all__ = [
    "EntityConflictError",
    "EntityExistsError",
    "ExecutionStateError",
    "FlyteRemote",
    "LazyEntity",
    "NotAuthenticatedError",
    "NotRegisteredError",
    "PlatformSettings",
    "PlatformUnavailableError",
    "RegisteredEntity",
    "Registrable",
    "RemoteError",
    "RemoteExecution",
    "RemoteProject",
    "RemoteSignal",
    "UnsupportedMethodError",
    "create_backfill_workflow",
]

__getattr__, __dir__ = lazy_rooms(
    __name__,
    {
        "errors": "EntityConflictError EntityExistsError ExecutionStateError NotAuthenticatedError NotRegisteredError "
        "PlatformUnavailableError RemoteError",
        "execution": "RemoteExecution",
        "flyte_remote": "FlyteRemote",
        "platform": "PlatformSettings",
        "administration": "RemoteProject RemoteSignal",
        "backfill": "create_backfill_workflow",
        "refused": "UnsupportedMethodError",
        "registered": "LazyEntity Registrable RegisteredEntity",
    },
)
