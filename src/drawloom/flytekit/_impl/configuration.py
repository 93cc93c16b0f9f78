"""Settings of a platform's client, of stores and of secrets, under the names that flytekit's programs build.

Those of stores act where a `FileAccessProvider` takes them, those of a platform where a `FlyteRemote` does. `auto()` reads the
environment, and of a file of flytectl's settings what it says about the platform.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
from typing import Final

from drawloom.context import GCS, S3, Storage
from drawloom.errors import UnsupportedHereError
from drawloom.remote import PlatformSettings
from literals import preview

PROJECT_PLACEHOLDER: Final = "{{ registration.project }}"
DOMAIN_PLACEHOLDER: Final = "{{ registration.domain }}"
VERSION_PLACEHOLDER: Final = "{{ registration.version }}"
DEFAULT_RUNTIME_PYTHON_INTERPRETER: Final = "/opt/venv/bin/python3"
DEFAULT_IMAGE_NAME: Final = "default"
DEFAULT_IN_CONTAINER_SRC_PATH: Final = "/root"
_TRUE: Final = frozenset({"1", "true", "t", "yes", "y", "on"})


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

    @classmethod
    def auto(cls, config_file: str | os.PathLike[str] | None = None) -> PlatformConfig:
        """What a file of flytectl's settings says, `drawloom.init` was told, or the environment; else the sandbox's address.

        Raises:
            RemoteError: the file cannot be read.
            ConfigError: the file has an unknown section or key.
        """
        found = PlatformSettings.auto(config_file, default=cls.endpoint)
        return cls(
            endpoint=found.endpoint,
            insecure=found.insecure,
            command=list(found.command) if found.command else None,
            client_id=found.client_id,
            client_credentials_secret=found.client_credentials_secret,
            scopes=list(found.scopes),
        )


@dataclasses.dataclass(frozen=True, repr=False)
class S3Config:
    """A store of Amazon's protocol, in flytekit's fields; `adressing_style` is spelled as there."""

    enable_debug: bool = False
    endpoint: str | None = None
    retries: int = 3
    backoff: dt.timedelta = dt.timedelta(seconds=5)
    access_key_id: str | None = None
    secret_access_key: str | None = None
    adressing_style: str | None = None

    @classmethod
    def auto(cls, config_file: str | os.PathLike[str] | None = None) -> S3Config:
        """What the environment says; a file of flytectl's settings is read by `drawloom.init_from_config`.

        Raises:
            UnsupportedHereError: a file is named.
        """
        _no_file(config_file, "S3Config.auto")
        found = S3.auto()
        return cls(
            endpoint=found.endpoint,
            access_key_id=found.access_key_id,
            secret_access_key=found.secret_access_key,
            adressing_style=found.addressing_style,
        )

    def storage(self) -> S3:
        """The same as settings of a store."""
        return S3(
            retries=self.retries,
            backoff=self.backoff,
            endpoint=self.endpoint,
            access_key_id=self.access_key_id,
            secret_access_key=self.secret_access_key,
            addressing_style=self.adressing_style,
        )

    def __repr__(self) -> str:
        return repr(self.storage()).replace("S3(", "S3Config(", 1)


@dataclasses.dataclass(frozen=True)
class GCSConfig:
    """Google's store. `gsutil_parallelism` is for the gsutil program, which is not used here."""

    gsutil_parallelism: bool = False

    def storage(self) -> GCS:
        """The same as settings of a store.

        Raises:
            UnsupportedHereError: `gsutil_parallelism` is set.
        """
        if self.gsutil_parallelism:
            raise UnsupportedHereError(
                "gsutil_parallelism is an option of the gsutil program, which drawloom does not use",
                where="GCSConfig",
                expected="no gsutil_parallelism",
                got=preview(self.gsutil_parallelism),
                fix="leave it out: files are copied side by side anyway",
            )
        return GCS()


@dataclasses.dataclass(frozen=True)
class DataConfig:
    """Stores, each as it is reached; `FileAccessProvider(data_config=...)` takes it."""

    s3: S3Config = S3Config()
    gcs: GCSConfig = GCSConfig()

    @classmethod
    def auto(cls, config_file: str | os.PathLike[str] | None = None) -> DataConfig:
        """What the environment says.

        Raises:
            UnsupportedHereError: a file is named.
        """
        return cls(s3=S3Config.auto(config_file))

    def storages(self) -> tuple[Storage, ...]:
        """The settings of each store."""
        return (self.s3.storage(), self.gcs.storage())


def _no_file(config_file: str | os.PathLike[str] | None, where: str) -> None:
    if config_file is not None:
        raise UnsupportedHereError(
            "a configuration file is read by drawloom.init_from_config",
            where=where,
            expected="no config_file",
            got=os.fspath(config_file),
            fix="call drawloom.init_from_config(path)",
        )


@dataclasses.dataclass(frozen=True)
class SecretsConfig:
    """Where secrets are mounted, and what their variables begin with."""

    env_prefix: str = "_FSEC_"
    default_dir: str = "/etc/secrets"
    file_prefix: str = ""

    @classmethod
    def auto(cls, config_file: str | os.PathLike[str] | None = None) -> SecretsConfig:
        """What `FLYTE_SECRETS_ENV_PREFIX`, `FLYTE_SECRETS_DEFAULT_DIR` and `FLYTE_SECRETS_FILE_PREFIX` say.

        Raises:
            UnsupportedHereError: a file is named.
        """
        _no_file(config_file, "SecretsConfig.auto")
        return cls(**_set("SECRETS", "env_prefix default_dir file_prefix"))


def _set(section: str, names: str) -> dict[str, str]:
    """The settings of a section whose variables are set."""
    given = {name: os.environ.get(f"FLYTE_{section}_{name.upper()}") for name in names.split()}
    return {name: text for name, text in given.items() if text is not None}


@dataclasses.dataclass(frozen=True)
class LocalConfig:
    """The cache of this machine."""

    cache_enabled: bool = True
    cache_overwrite: bool = False

    @classmethod
    def auto(cls, config_file: str | os.PathLike[str] | None = None) -> LocalConfig:
        """What `FLYTE_LOCAL_CACHE_ENABLED` and `FLYTE_LOCAL_CACHE_OVERWRITE` say.

        Raises:
            UnsupportedHereError: a file is named.
        """
        _no_file(config_file, "LocalConfig.auto")
        given = _set("LOCAL", "cache_enabled cache_overwrite")
        return cls(**{name: text.lower() in _TRUE for name, text in given.items()})


@dataclasses.dataclass(frozen=True)
class Config:
    """All of it; `FlyteRemote` takes it. `auto` and the `for_...` give the defaults of a place."""

    platform: PlatformConfig = PlatformConfig()
    secrets: SecretsConfig = SecretsConfig()
    data_config: DataConfig = DataConfig()
    local_sandbox_path: str = os.path.join(os.path.expanduser("~"), ".drawloom", "sandbox")  # noqa: PTH111, PTH118 - a text, as flytekit's

    def with_params(self, **changes: object) -> Config:
        """A copy with these changes."""
        return dataclasses.replace(self, **{key: value for key, value in changes.items() if value is not None})

    @classmethod
    def auto(cls, config_file: str | os.PathLike[str] | None = None) -> Config:
        """Where the platform is, from a file of flytectl's settings or as `PlatformConfig.auto` finds it; the rest from the environment.

        Raises:
            RemoteError: the file cannot be read.
            ConfigError: the file has an unknown section or key.
        """
        return cls(PlatformConfig.auto(config_file), SecretsConfig.auto(), DataConfig.auto())

    @classmethod
    def for_sandbox(cls) -> Config:
        """A platform on this machine."""
        return cls(platform=PlatformConfig(insecure=True))

    @classmethod
    def for_endpoint(
        cls,
        endpoint: str,
        insecure: bool = False,  # noqa: FBT001, FBT002 - flytekit's signature
        data_config: DataConfig | None = None,
        config_file: str | os.PathLike[str] | None = None,
    ) -> Config:
        """A platform at an address; `config_file` as for `auto`."""
        made = cls.auto(config_file)
        platform = dataclasses.replace(made.platform, endpoint=endpoint, insecure=insecure)
        return made.with_params(platform=platform, data_config=data_config)
