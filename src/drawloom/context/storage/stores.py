"""What a store of bytes offers, and what becomes of the errors of its library.

Addresses are literal everywhere: `? * [ ]` in a name are characters, never patterns.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, TypeVar

from drawloom.context.storage.addresses import StorageError, scheme_of, shown
from drawloom.context.storage.settings import Storage, storage_settings
from literals import attempt

T = TypeVar("T")
EXTRAS = {
    **dict.fromkeys(("s3", "s3a", "s3n"), "s3"),
    **dict.fromkeys(("gs", "gcs"), "gcs"),
    **dict.fromkeys(("abfs", "abfss", "az", "adl"), "azure"),
    **dict.fromkeys(("http", "https"), "http"),
}
"""Scheme -> the extra of drawloom's distribution that brings its driver."""
_QUERY = re.compile(r"(https?://[^\s'\"?]+)\?[^\s'\"]+")
_USER = re.compile(r"(\w://)[^/@\s?'\"]+@")


@dataclass(frozen=True)
class StoredObject:
    """What is at an address: its size in bytes where the store tells it, and whether it is a folder."""

    size: int | None
    is_folder: bool = False


@dataclass(frozen=True)
class ListedObject:
    """An object below a folder: its name relative to it, its size in bytes, and when it was written, in seconds since the epoch.

    `written` is None where the store does not tell.
    """

    name: str
    size: int
    written: float | None


class Writer(Protocol):
    """An object being written; it appears under its name when it is closed, and never if it is discarded."""

    def write(self, data: bytes | memoryview, /) -> Any:
        """Take more bytes."""
        ...

    def close(self) -> None:
        """Make the object appear."""
        ...

    def discard(self) -> None:
        """Forget what was written."""
        ...


class Store(Protocol):
    """A store of bytes. Methods raise whatever the store's library raises; `guarded` turns it into a StorageError."""

    def info(self, address: str) -> StoredObject | None:
        """What is at an address; None if nothing is."""
        ...

    def read(self, address: str) -> bytes:
        """All bytes of an object."""
        ...

    def write(self, address: str, data: bytes) -> None:
        """Make an object of these bytes, whole or not at all."""
        ...

    def fetch(self, address: str, target: Path) -> int | None:
        """Copy an object to a local file, and give the size that the store said it has."""
        ...

    def send(self, source: Path, address: str) -> None:
        """Copy a local file to an object, whole or not at all."""
        ...

    def find(self, address: str) -> list[str]:
        """Names of all objects below a folder, relative to it, sorted; that of an empty folder ends with a slash."""
        ...

    def listed(self, address: str) -> list[ListedObject]:
        """All objects below a folder."""
        ...

    def remove(self, addresses: list[str]) -> None:
        """Remove objects; one that is not there any more is not an error."""
        ...

    def reader(self, address: str, **options: object) -> BinaryIO:
        """An object open for reading, read piece by piece."""
        ...

    def writer(self, address: str, **options: object) -> Writer:
        """An object open for writing."""
        ...

    def list(self, address: str) -> list[tuple[str, bool]]:
        """Entries of a folder itself as (address, is it a folder), sorted by address."""
        ...


def guarded(address: str, call: Callable[..., T], *args: Any, given: tuple[Storage, ...] = ()) -> T:
    """Run one call of a store's library; whatever it raises becomes a StorageError that shows no credentials.

    `given`: the provider's own settings, whose keys are not shown either.
    """
    outcome = attempt(call, *args)
    error = outcome.error
    if error is None:
        return outcome.unwrap()
    if isinstance(error, StorageError):
        raise error
    raise failure(address, error, storage_settings(scheme_of(address), given).secrets()) from None


def failure(address: str, error: BaseException, secrets: tuple[str, ...] = ()) -> StorageError:
    """The error that says what a store's library raised, without queries, users and secrets in it."""
    text = str(error).replace(address, shown(address))
    text = _USER.sub(r"\1", _QUERY.sub(r"\1?…", text))
    for secret in secrets:
        text = text.replace(secret, "***")
    text = " ".join(text.split())
    kind = type(error).__name__
    if isinstance(error, FileNotFoundError) or kind == "NotFoundError":
        return StorageError(
            "there is nothing at this address",
            where=shown(address),
            expected="a file or an object",
            got=text[:300],
            fix="check the address",
        )
    if isinstance(error, PermissionError) or kind in {"PermissionDeniedError", "UnauthenticatedError"}:
        return StorageError(
            "the store refuses access",
            where=shown(address),
            expected="credentials that may read and write there",
            got=text[:300],
            fix="check the credentials in the environment or in init(storage=...)",
        )
    return StorageError(
        f"the store failed: {kind}: {text[:500]}",
        where=shown(address),
        expected="an answer",
        got=kind,
        fix="check the address and the network, and run it again",
    )


def no_driver(root: str, error: BaseException) -> StorageError:
    """The error for a scheme whose driver is not installed: it names what to install."""
    scheme = scheme_of(root)
    extra = EXTRAS.get(scheme)
    fix = f"pip install 'drawloom[{extra}]'" if extra else f"install fsspec and its driver for {scheme}"
    return StorageError(
        f"{scheme}:// addresses need a library that is not installed",
        expected="a library for this scheme",
        got=str(error),
        fix=fix,
    )
