"""What can go wrong between this machine and a platform."""

from __future__ import annotations

from literals import DrawloomError


class RemoteError(DrawloomError, RuntimeError):
    """A platform refused what it was asked, or could not be asked. `where` is the call; `got` what the platform said."""


class PlatformUnavailableError(RemoteError, ConnectionError):
    """The platform did not answer, however often it was asked."""


class NotAuthenticatedError(RemoteError, PermissionError):
    """The platform does not know the caller, or does not let them."""


class NotRegisteredError(RemoteError, LookupError):
    """There is no such entity or execution on the platform."""


class EntityExistsError(RemoteError):
    """What was to be made is there already, with the same content where it has any."""


class EntityConflictError(RemoteError):
    """An entity of this name and version is there already, and is another one; `got` has the difference."""


class ExecutionStateError(RemoteError):
    """An execution has no outputs, since it has not ended or has not succeeded."""
