"""Descriptions of stores of raw data, as `init(storage=...)` takes them; and the file system behind an address."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from drawloom.context import file_access

T = TypeVar("T", bound="Storage")


@dataclass(frozen=True)
class Storage:
    """How a store is reached. Credentials are the driver's affair; `auto` leaves everything to the environment."""

    retries: int = 3
    backoff: timedelta = timedelta(seconds=5)
    raw_data_path: str | None = None

    @classmethod
    def auto(cls: type[T]) -> T:  # noqa: PYI019 - Self is not in Python 3.10's typing
        """What the environment says."""
        return cls(raw_data_path=os.environ.get("FLYTE_RAW_DATA_PATH"))


@dataclass(frozen=True)
class S3(Storage):
    """Amazon's, and what speaks its protocol."""

    region: str | None = None
    endpoint: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = None
    addressing_style: str | None = None

    @classmethod
    def auto(cls, region: str | None = None) -> S3:
        """What the environment says, in a region."""
        return cls(raw_data_path=os.environ.get("FLYTE_RAW_DATA_PATH"), region=region)

    @classmethod
    def for_sandbox(cls) -> S3:
        """The store of a sandbox on this machine."""
        return cls(endpoint="http://localhost:4566", access_key_id="minio", secret_access_key="miniostorage")  # noqa: S106 - the sandbox's own, known to all


@dataclass(frozen=True)
class GCS(Storage):
    """Google's."""


@dataclass(frozen=True)
class ABFS(Storage):
    """Microsoft's."""

    account_name: str | None = None
    account_key: str | None = None


def get_underlying_filesystem(protocol: str | None = None, path: str | None = None, **_: Any) -> Any:
    """The file system for a protocol or an address."""
    access = file_access()
    return access.get_filesystem(protocol) if protocol is not None else access.get_filesystem_for_path(path or "")
