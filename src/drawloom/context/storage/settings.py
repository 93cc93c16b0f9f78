"""How a store is reached: endpoint, region, credentials, retries. Given in code, else read from the environment.

Names of classes and fields are those of `flyte.storage`; names of variables are flytekit's (`FLYTE_AWS_ENDPOINT`,
`FLYTE_AWS_ACCESS_KEY_ID`, `FLYTE_AWS_SECRET_ACCESS_KEY`, `FLYTE_S3_ADDRESSING_STYLE`,
`FLYTE_AZURE_STORAGE_ACCOUNT_NAME`, `FLYTE_AZURE_STORAGE_ACCOUNT_KEY`, `FLYTE_AZURE_TENANT_ID`, `FLYTE_AZURE_CLIENT_ID`,
`FLYTE_AZURE_CLIENT_SECRET`). What neither gives is left to the store's own library and its environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any, ClassVar, Protocol, TypeVar, runtime_checkable

from drawloom.context.home_folder import home

T = TypeVar("T", bound="Storage")
_SECRETS = frozenset({"access_key_id", "secret_access_key", "account_key", "client_secret"})
"""Fields whose values are never shown."""


@dataclass(frozen=True, repr=False)
class Storage:
    """How a store is reached. `retries` more attempts follow a failure that may pass, the first after `backoff`.

    Attributes: `raw_data_path` (where raw data goes, if this is what `init(storage=...)` is given).
    """

    schemes: ClassVar[frozenset[str]] = frozenset()
    variables: ClassVar[Mapping[str, str]] = {}

    retries: int = 3
    backoff: timedelta = timedelta(seconds=0.2)
    raw_data_path: str | None = None

    @classmethod
    def auto(cls: type[T], **given: object) -> T:  # noqa: PYI019 - Self is not in Python 3.10's typing
        """What the environment says, with `given` on top."""
        found = {name: os.environ[key] for name, key in cls.variables.items() if os.environ.get(key)}
        known = {name: value for name, value in given.items() if value is not None}
        options: dict[str, Any] = {"raw_data_path": os.environ.get("FLYTE_RAW_DATA_PATH"), **found, **known}
        return cls(**options)

    def __repr__(self) -> str:
        parts = (
            f"{field.name}={'***' if field.name in _SECRETS else repr(value)}"
            for field in fields(self)
            if (value := getattr(self, field.name)) != field.default
        )
        return f"{type(self).__name__}({', '.join(parts)})"

    def secrets(self) -> tuple[str, ...]:
        """Values that are never shown."""
        return tuple(text for name in sorted(_SECRETS) if isinstance(text := getattr(self, name, None), str) and text)

    def made_anonymous(self) -> Storage:
        """The same without credentials, where the store knows readers without any."""
        known = any(field.name == "anonymous" for field in fields(self))
        return replace(self, anonymous=True) if known else self

    def fsspec_options(self) -> dict[str, Any]:
        """These settings as arguments of the scheme's fsspec driver."""
        return {}

    def object_store_config(self) -> dict[str, Any]:
        """These settings in the words of obstore's store class for the scheme."""
        return {}


@dataclass(frozen=True, repr=False)
class S3(Storage):
    """Amazon's store, and what speaks its protocol."""

    schemes: ClassVar[frozenset[str]] = frozenset({"s3", "s3a", "s3n"})
    variables: ClassVar[Mapping[str, str]] = {
        "endpoint": "FLYTE_AWS_ENDPOINT",
        "access_key_id": "FLYTE_AWS_ACCESS_KEY_ID",
        "secret_access_key": "FLYTE_AWS_SECRET_ACCESS_KEY",
        "addressing_style": "FLYTE_S3_ADDRESSING_STYLE",
    }

    region: str | None = None
    endpoint: str | None = None
    access_key_id: str | None = None
    secret_access_key: str | None = None
    addressing_style: str | None = None
    anonymous: bool = False

    @classmethod
    def for_sandbox(cls) -> S3:
        """The store of a sandbox on this machine."""
        return cls(endpoint="http://localhost:4566", access_key_id="minio", secret_access_key="miniostorage")  # noqa: S106 - the sandbox's own, known to all

    def fsspec_options(self) -> dict[str, Any]:
        """As s3fs takes them; a listing is never served from memory, for another process may have written since."""
        # One attempt each: the pauses between attempts, and their end, are the store's own.
        client: dict[str, Any] = {"retries": {"max_attempts": 1}, "connect_timeout": 10, "read_timeout": 60}
        options: dict[str, Any] = {"use_listings_cache": False, "config_kwargs": client}
        if self.endpoint:
            options["endpoint_url"] = self.endpoint
        if self.region:
            options["client_kwargs"] = {"region_name": self.region}
        if self.addressing_style:
            client["s3"] = {"addressing_style": self.addressing_style}
        if self.access_key_id and self.secret_access_key:
            options |= {"key": self.access_key_id, "secret": self.secret_access_key}
        return options | ({"anon": True} if self.anonymous else {})

    def object_store_config(self) -> dict[str, Any]:
        """As obstore's S3Store takes them. An endpoint of one's own is addressed by path unless it says otherwise."""
        virtual = self.addressing_style == "virtual" or (not self.endpoint and self.addressing_style != "path")
        config: dict[str, Any] = {
            "endpoint": self.endpoint,
            "region": self.region or (None if not self.endpoint else os.environ.get("AWS_REGION", "us-east-1")),
            "access_key_id": self.access_key_id,
            "secret_access_key": self.secret_access_key,
            "skip_signature": self.anonymous or None,
            "virtual_hosted_style_request": virtual,
        }
        return {key: value for key, value in config.items() if value is not None}


@dataclass(frozen=True, repr=False)
class GCS(Storage):
    """Google's store."""

    schemes: ClassVar[frozenset[str]] = frozenset({"gs", "gcs"})

    anonymous: bool = False

    def fsspec_options(self) -> dict[str, Any]:
        """As gcsfs takes them."""
        return {"use_listings_cache": False, **({"token": "anon"} if self.anonymous else {})}

    def object_store_config(self) -> dict[str, Any]:
        """As obstore's GCSStore takes them."""
        return {"skip_signature": True} if self.anonymous else {}


@dataclass(frozen=True, repr=False)
class ABFS(Storage):
    """Microsoft's store."""

    schemes: ClassVar[frozenset[str]] = frozenset({"abfs", "abfss", "az", "adl"})
    variables: ClassVar[Mapping[str, str]] = {
        "account_name": "FLYTE_AZURE_STORAGE_ACCOUNT_NAME",
        "account_key": "FLYTE_AZURE_STORAGE_ACCOUNT_KEY",
        "tenant_id": "FLYTE_AZURE_TENANT_ID",
        "client_id": "FLYTE_AZURE_CLIENT_ID",
        "client_secret": "FLYTE_AZURE_CLIENT_SECRET",
    }

    account_name: str | None = None
    account_key: str | None = None
    tenant_id: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    anonymous: bool = False

    def fsspec_options(self) -> dict[str, Any]:
        """As adlfs takes them."""
        named = {
            name: value
            for name in ("account_name", "account_key", "tenant_id", "client_id", "client_secret")
            if (value := getattr(self, name)) is not None
        }
        # adlfs tries credentials of the machine only when it is told that it is not anonymous.
        credentials = self.account_key is not None or self.client_secret is not None
        return {**named, "use_listings_cache": False, **({} if credentials else {"anon": self.anonymous})}

    def object_store_config(self) -> dict[str, Any]:
        """As obstore's AzureStore takes them."""
        names = ("account_name", "account_key", "tenant_id", "client_id", "client_secret")
        config = {name: value for name in names if (value := getattr(self, name)) is not None}
        return config | ({"skip_signature": True} if self.anonymous else {})


@runtime_checkable
class StorageSource(Protocol):
    """Settings of several stores in one object, as flytekit's DataConfig is."""

    def storages(self) -> tuple[Storage, ...]:
        """The settings, one for each kind of store."""
        ...


_KINDS: tuple[type[Storage], ...] = (S3, GCS, ABFS)
_in_force: list[Storage] = []


def use_storage(*storages: Storage) -> None:
    """Set how stores are reached from now on in this process; without arguments, as the environment says."""
    _in_force[:] = storages


def default_raw_data_path() -> str:
    """Where raw data goes if nothing nearer says so: as set in this process, else `FLYTE_RAW_DATA_PATH`, else in the home.

    In the home, for results in a cache outlive the process and refer to it.
    """
    chosen = next((storage.raw_data_path for storage in _in_force if storage.raw_data_path), None)
    return chosen or os.environ.get("FLYTE_RAW_DATA_PATH") or str(home() / "raw-data")


def storage_settings(scheme: str, given: tuple[Storage, ...] = ()) -> Storage:
    """The settings for a scheme: those given, else the process's, else what the environment says."""
    for settings in (*given, *_in_force):
        if scheme in settings.schemes:
            return settings
    kind = next((kind for kind in _KINDS if scheme in kind.schemes), Storage)
    return kind.auto()


def storages_of(config: object) -> tuple[Storage, ...]:
    """The settings that a provider's `data_config` means.

    Raises:
        TypeError: something that is not such a configuration.
    """
    if config is None:
        return ()
    if isinstance(config, Storage):
        return (config,)
    if isinstance(config, StorageSource):
        return config.storages()
    raise TypeError(f"data_config is a Storage or a DataConfig, not a {type(config).__name__}")
