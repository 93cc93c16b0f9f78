"""Errors of the system."""

from __future__ import annotations

from drawloom.exports.lazy_exports import lazy, table

NAMES = table(
    {
        "drawloom.flytekit.exceptions._named": """
            FlyteAgentNotFound FlyteConnectorNotFound FlyteDownloadDataException
            FlyteEntrypointNotLoadable FlyteNonRecoverableSystemException
            FlyteNotImplementedException FlyteSystemAssertion FlyteSystemException
            FlyteSystemUnavailableException FlyteUploadDataException
        """,
    }
)
__getattr__, __dir__ = lazy(__name__, NAMES)
