"""Errors that programs written for flytekit name in `except` clauses, and that a local run raises rarely or never."""

from __future__ import annotations

from drawloom.context import StorageError
from drawloom.errors import RuntimeUserError, TaskTimeoutError
from literals import DrawloomError, preview


class IgnoreOutputs(Exception):  # noqa: N818 - flytekit's name
    """Raised by one of several workers of a task to say that another one writes the outputs. A local task has no others."""


class EagerException(DrawloomError):  # noqa: N818 - flytekit's name
    """Something that eager code ran on a platform failed there. Here the task's own error is raised."""


class FlyteScopedException(DrawloomError):  # noqa: N818 - flytekit's name
    """An error with what is known of whose fault it was."""


class FlyteScopedSystemException(FlyteScopedException):
    """The system's fault."""


class FlyteScopedUserException(FlyteScopedException):
    """The user's fault."""


class FlyteSystemException(DrawloomError):  # noqa: N818 - flytekit's name
    """The system failed, not the user's code."""


class FlyteNonRecoverableSystemException(FlyteSystemException):
    """The system failed, and trying again is useless. `value` is the error that it raised."""

    def __init__(self, exc_value: Exception) -> None:
        super().__init__(f"{type(exc_value).__name__}: {exc_value}")
        self.value = exc_value


class FlyteNotImplementedException(FlyteSystemException, NotImplementedError):  # noqa: N818 - flytekit's name
    """Asked for something that does not exist."""


class FlyteEntrypointNotLoadable(FlyteSystemException):
    """The code of a task cannot be imported."""

    def __init__(self, task_module: str, task_name: str | None = None, additional_msg: str | None = None) -> None:
        super().__init__(
            f"the code of a task cannot be loaded{f': {additional_msg}' if additional_msg else ''}",
            where=task_module if task_name is None else f"{task_module}.{task_name}",
        )


class FlyteSystemAssertion(FlyteSystemException, AssertionError):  # noqa: N818 - flytekit's name
    """What cannot be, was."""


class FlyteSystemUnavailableException(FlyteSystemException):
    """A platform does not answer."""


class FlyteConnectorNotFound(FlyteSystemException, AssertionError):  # noqa: N818 - flytekit's name
    """Nobody serves this type of task."""


FlyteAgentNotFound = FlyteConnectorNotFound
FlyteDownloadDataException = StorageError
FlyteUploadDataException = StorageError
FlyteDataNotFoundException = StorageError
FlyteUserRuntimeException = RuntimeUserError
FlyteTimeout = TaskTimeoutError


class FlyteAuthenticationException(DrawloomError, AssertionError):  # noqa: N818 - flytekit's name
    """A platform does not know who asks."""


class FlyteEntityAlreadyExistsException(DrawloomError, AssertionError):  # noqa: N818 - flytekit's name
    """A platform has this entity already."""


class FlyteEntityNotExistException(DrawloomError, AssertionError):  # noqa: N818 - flytekit's name
    """A platform has no such entity."""


class FlyteEntityNotFoundException(DrawloomError, ValueError, AssertionError):  # noqa: N818 - flytekit's name
    """There is no such entity in a module."""

    def __init__(self, module_name: str, entity_name: str) -> None:
        super().__init__(f"there is no task or workflow {entity_name!r}", where=f"module {module_name}")


class FlyteInvalidInputException(DrawloomError, ValueError):  # noqa: N818 - flytekit's name
    """A request to a platform was refused; `request` is the one."""

    def __init__(self, request: object) -> None:
        super().__init__("the request was refused", got=preview(request))
        self.request = request
