"""Settings of a platform's client and command line, under the names that flytekit's programs build: kept, never used."""

from __future__ import annotations

import dataclasses
import os
from typing import Any


@dataclasses.dataclass(frozen=True)
class PlatformConfig:
    """Where a platform is, and how to log in."""

    endpoint: str = "localhost:30080"
    insecure: bool = False
    insecure_skip_verify: bool = False
    console_endpoint: str | None = None
    command: list[str] | None = None
    client_id: str | None = None
    client_credentials_secret: str | None = None
    scopes: list[str] = dataclasses.field(default_factory=list[str])
    auth_mode: str = "Standard"


@dataclasses.dataclass(frozen=True)
class S3Config:
    """A store of Amazon's protocol."""

    enable_debug: bool = False
    endpoint: str | None = None
    retries: int = 3
    access_key_id: str | None = None
    secret_access_key: str | None = None


@dataclasses.dataclass(frozen=True)
class DataConfig:
    """Stores."""

    s3: S3Config = S3Config()


@dataclasses.dataclass(frozen=True)
class SecretsConfig:
    """Where secrets are mounted, and what their variables begin with."""

    env_prefix: str = "_FSEC_"
    default_dir: str = "/etc/secrets"
    file_prefix: str = ""


@dataclasses.dataclass(frozen=True)
class LocalConfig:
    """The cache of this machine."""

    cache_enabled: bool = True
    cache_overwrite: bool = False


@dataclasses.dataclass(frozen=True)
class Config:
    """All of it. `auto` and the `for_...` give the defaults of a place; no client is made from them."""

    platform: PlatformConfig = PlatformConfig()
    secrets: SecretsConfig = SecretsConfig()
    data_config: DataConfig = DataConfig()
    local_sandbox_path: str = os.path.join(os.path.expanduser("~"), ".drawloom", "sandbox")  # noqa: PTH111, PTH118 - a text, as flytekit's

    def with_params(self, **changes: Any) -> Config:
        """A copy with these changes."""
        return dataclasses.replace(self, **{key: value for key, value in changes.items() if value is not None})

    @classmethod
    def auto(cls, config_file: Any = None) -> Config:
        """The defaults; a file of another tool's settings is not read."""
        del config_file
        return cls()

    @classmethod
    def for_sandbox(cls) -> Config:
        """A platform on this machine."""
        return cls(platform=PlatformConfig(insecure=True))

    @classmethod
    def for_endpoint(cls, endpoint: str, insecure: bool = False, **_: Any) -> Config:  # noqa: FBT001, FBT002 - flytekit's signature
        """A platform at an address."""
        return cls(platform=PlatformConfig(endpoint=endpoint, insecure=insecure))
