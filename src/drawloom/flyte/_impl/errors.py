"""Errors that only Flyte 2's platform raises. Programs list them in `except`; a local run never raises them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from drawloom.errors import RuntimeSystemError, RuntimeUserError

GPU_FAULT_CODES: Final[frozenset[str]] = frozenset()
"""Codes of accelerators that failed; none is known here."""


class ActionNotFoundError(RuntimeUserError):
    """A platform has no such action."""


class ConditionAlreadyExistsError(RuntimeUserError):
    """A platform has this condition already."""


class ConditionNotFoundError(RuntimeUserError):
    """A platform has no such condition."""


class GPUFaultError(RuntimeUserError):
    """An accelerator failed."""


class GPUFaultUserError(GPUFaultError):
    """An accelerator failed for what the task did."""


class GPUFaultSystemError(RuntimeSystemError):
    """An accelerator failed by itself."""


class ImagePullBackOffError(RuntimeUserError):
    """An image cannot be pulled."""


class InvalidImageNameError(RuntimeUserError):
    """An image's name cannot be read."""


class InvalidPackageError(RuntimeUserError):
    """A package cannot be installed."""


class LogsNotYetAvailableError(RuntimeUserError):
    """An action has no logs yet."""


class PrimaryContainerNotFoundError(RuntimeUserError):
    """A pod has no container of the name that runs the task."""


class RemoteTaskUsageError(RuntimeUserError):
    """A task that is on a platform was used as only local ones can be."""


class ResourceExhaustedError(RuntimeUserError):
    """A platform has no capacity left."""


class SlowDownError(RuntimeUserError):
    """A platform asks for fewer requests."""


class UnionRpcError(RuntimeSystemError):
    """A platform did not answer as it should."""


class AppleSiliconError(RuntimeUserError):
    """An Apple machine of the platform failed."""


class AppleSiliconNotAvailableError(AppleSiliconError):
    """There is no Apple machine."""


class AppleSiliconHostExecFailedError(AppleSiliconError):
    """The command did not start on the Apple machine."""


class AppleSiliconDaemonStartFailedError(AppleSiliconError):
    """The service on the Apple machine did not start."""


class AppleSiliconDaemonOOMError(AppleSiliconError):
    """The service on the Apple machine ran out of memory."""


class AppleSiliconModelNotFoundError(AppleSiliconError):
    """The Apple machine has no such model."""


class AppleSiliconBridgeUnreachableError(AppleSiliconError):
    """The Apple machine does not answer."""


APPLE_SILICON_ERRORS_BY_CODE: Final[Mapping[str, type[AppleSiliconError]]] = {}
"""A platform's codes for these errors; none is known here."""
