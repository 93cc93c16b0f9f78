"""gRPC and Flyte's stubs, imported when they are first needed."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any, Protocol

from drawloom.remote.errors import RemoteError


class Message(Protocol):
    """A message of protobuf, of whichever package."""

    def SerializeToString(self) -> bytes:  # noqa: N802 - protobuf's name
        """Its bytes."""
        ...


class ExecutionAddress(Protocol):
    """What an execution is called, on the wire."""

    project: str
    domain: str
    name: str


class FetchedMessage(Message, Protocol):
    """A task, workflow or launch plan as the platform gives it."""

    @property
    def id(self) -> Message:
        """Its identifier."""
        ...

    @property
    def closure(self) -> Any:
        """What the platform made of it."""
        ...


class FetchedSignal(Protocol):
    """A signal as the platform gives it."""

    @property
    def id(self) -> Any:
        """Which signal of which execution."""
        ...

    @property
    def type(self) -> Message:
        """The type of its value."""
        ...

    @property
    def value(self) -> Message:
        """Its value, where it has one."""
        ...

    def HasField(self, name: str) -> bool:  # noqa: N802 - protobuf's name
        """Whether a field is set."""
        ...


def library(name: str) -> ModuleType:
    """A module of grpcio, flyteidl, authlib or requests.

    Raises:
        RemoteError: it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise RemoteError(
            "the client of a platform is not installed",
            expected="flyteidl and grpcio",
            got=str(error),
            fix='pip install "drawloom[flyte]"',
        ) from error


def admin(name: str) -> ModuleType:
    """A module of messages of `flyteidl.admin`, such as `task`."""
    return library(f"flyteidl.admin.{name}_pb2")
