"""`init` and `init_from_config`: project, domain, storage and logging for the runs of this process.

Order, the first that says something wins: what the call says, the environment, the file. Files are looked for as Flyte 2
does: `./config.yaml`, `./.flyte/config.yaml`, the same folder at the root of the git checkout, `$UCTL_CONFIG`,
`$FLYTECTL_CONFIG`, `~/.union/config.yaml`, `~/.flyte/config.yaml`. None found means an empty configuration.
"""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from drawloom import context
from drawloom.context import current
from drawloom.errors import InitializationError, UnsupportedHereError
from drawloom.local.logging import FORMATS, LogFormat, logger, system_logger
from drawloom.local.sync_async import with_aio
from drawloom.local.yaml_subset import ConfigSyntaxError, read_yaml
from literals import DrawloomError, is_mapping, preview

_ADMIN = [
    "endpoint",
    "insecure",
    "insecureSkipVerify",
    "caCertFilePath",
    "command",
    "proxyCommand",
    "clientId",
    "clientSecretLocation",
    "clientSecretEnvVar",
    "authType",
    "scopes",
    "httpProxyURL",
    "disableKeyring",
    "defaultProjectDomain",
    "defaultOrg",
]
KNOWN: Mapping[str, tuple[str, ...]] = {
    "admin": tuple(_ADMIN),
    "console": ("endpoint",),
    "task": ("org", "project", "domain"),
    "local": ("persistence", "tracked", "tracked_strict", "run_base_dir", "raw_data_path"),
    "image": ("builder", "image_refs", "registry"),
    "logger": ("level", "show-source"),
    "storage": ("raw_data_path", "type", "connection", "container", "region", "endpoint"),
}
"""Sections of a configuration file and their keys. Those of `admin` are for talking to a platform, which drawloom does not do."""

_VARIABLES = {
    "org": "FLYTE_TASK_ORG",
    "project": "FLYTE_TASK_PROJECT",
    "domain": "FLYTE_TASK_DOMAIN",
    "raw_data_path": "FLYTE_RAW_DATA_PATH",
    "endpoint": "FLYTE_ADMIN_ENDPOINT",
}


class ConfigError(DrawloomError, ValueError):
    """A configuration says something that is not known, or cannot be."""


@dataclass(frozen=True)
class Settings:
    """What is in force. None means not said.

    Attributes: `org`, `project`, `domain`; `root_dir` (of the user's code); `raw_data_path`, `run_base_dir`; `endpoint` (of
    a platform; kept, not used); `source` (the file it came from); `is_initialized`.
    """

    org: str | None = None
    project: str | None = None
    domain: str | None = None
    root_dir: Path = field(default_factory=Path.cwd)
    raw_data_path: str | None = None
    run_base_dir: str | None = None
    endpoint: str | None = None
    source: Path | None = None
    is_initialized: bool = False


_in_force: list[Settings] = []


def settings() -> Settings:
    """The settings in force."""
    return _in_force[0] if _in_force else Settings()


@with_aio
def init(  # noqa: D417, PLR0917 - flyte's signature
    org: str | None = None,
    project: str | None = None,
    domain: str | None = None,
    root_dir: str | os.PathLike[str] | None = None,
    log_level: int | None = None,
    log_format: LogFormat | None = None,
    user_log_level: int | None = None,
    storage: context.Storage | str | os.PathLike[str] | None = None,
    sync_local_sys_paths: bool = True,  # noqa: FBT001, FBT002 - flyte's signature
    **platform: Any,
) -> None:
    """Set the defaults of this process's runs. Nothing here is needed for a local run.

    Args:
        org, project, domain: of the actions.
        root_dir: of the user's code, for code bundles; the working folder if not given. It goes onto `sys.path`, once.
        log_level, log_format, user_log_level: of drawloom's lines and the user's.
        storage: how stores are reached and where raw data goes (`drawloom.storage.S3`, `GCS`, `ABFS`), or that path alone.
        platform: endpoint, credentials and images of a platform, by Flyte 2's names: accepted and kept out of local runs.

    Raises:
        ConfigError: an unknown parameter; the nearest known one is named.
    """
    for name in platform:
        if name not in _PLATFORM:
            raise ConfigError(
                f"init has no parameter {name!r}",
                expected="one of init's parameters",
                got=repr(name),
                fix=_nearest(name, [*_PLATFORM, *_VARIABLES]),
            )
    root = Path(root_dir).resolve() if root_dir is not None else Path.cwd()
    if sync_local_sys_paths and root_dir is not None and str(root) not in sys.path:
        sys.path.append(str(root))
    _set_logging(log_level, log_format, user_log_level)
    raw = _use(storage)
    _in_force[:] = [
        Settings(
            org=org or os.environ.get(_VARIABLES["org"]),
            project=project or os.environ.get(_VARIABLES["project"]),
            domain=domain or os.environ.get(_VARIABLES["domain"]),
            root_dir=root,
            raw_data_path=raw if raw is not None else os.environ.get(_VARIABLES["raw_data_path"]),
            endpoint=platform.get("endpoint") or os.environ.get(_VARIABLES["endpoint"]),
            is_initialized=True,
        )
    ]


_PLATFORM = frozenset(
    [
        "endpoint",
        "headless",
        "insecure",
        "insecure_skip_verify",
        "ca_cert_file_path",
        "auth_type",
        "command",
        "proxy_command",
        "api_key",
        "client_id",
        "client_credentials_secret",
        "auth_client_config",
        "rpc_retries",
        "http_proxy_url",
        "disable_keyring",
        "batch_size",
        "image_builder",
        "images",
        "image_registry",
        "source_config_path",
        "load_plugin_type_transformers",
        "local_persistence",
        "scopes",
        "reset_root_logger",
    ]
)


@with_aio
def init_from_config(  # noqa: PLR0917 - flyte's signature
    path_or_config: str | os.PathLike[str] | None = None,
    root_dir: str | os.PathLike[str] | None = None,
    log_level: int | None = None,
    log_format: LogFormat = "console",
    user_log_level: int | None = None,
    org: str | None = None,
    project: str | None = None,
    domain: str | None = None,
    storage: context.Storage | str | os.PathLike[str] | None = None,
    **more: Any,
) -> None:
    """`init` with what a configuration file says for everything that the call does not.

    Raises:
        InitializationError: the file that was named does not exist.
        ConfigSyntaxError: the file cannot be read.
        ConfigError: an unknown section or key; the nearest known one is named.
    """
    file = _find(path_or_config)
    content = read_config(file) if file is not None else {}
    task, local = content.get("task", {}), content.get("local", {})
    stored = content.get("storage", {})
    init(
        org=org or os.environ.get(_VARIABLES["org"]) or task.get("org"),
        project=project or os.environ.get(_VARIABLES["project"]) or task.get("project"),
        domain=domain or os.environ.get(_VARIABLES["domain"]) or task.get("domain"),
        root_dir=root_dir,
        log_level=log_level if log_level is not None else content.get("logger", {}).get("level"),
        log_format=log_format,
        user_log_level=user_log_level,
        storage=storage if storage is not None else _storage_of(stored, local.get("raw_data_path"), file),
        endpoint=content.get("admin", {}).get("endpoint"),
        **{key: value for key, value in more.items() if key != "endpoint"},
    )
    _in_force[:] = [replace(settings(), source=file, run_base_dir=local.get("run_base_dir"))]


def _use(storage: context.Storage | str | os.PathLike[str] | None) -> str | None:
    """Set how stores are reached, and give where raw data goes: `storage` is settings of a store, or that path alone."""
    if storage is None and not settings().is_initialized:
        return None
    if isinstance(storage, context.Storage):
        context.use_storage(storage)
        return storage.raw_data_path
    raw = os.fspath(storage) if storage is not None else None
    context.use_storage(*([context.Storage(raw_data_path=raw)] if raw is not None else []))
    return raw


_STORES = {"s3": "S3", "minio": "S3", "gcs": "GCS", "google": "GCS", "azure": "ABFS", "abfs": "ABFS"}
"""What a configuration file calls a kind of store, and the class of its settings."""
_CONNECTION = {
    "endpoint": "endpoint",
    "region": "region",
    "access-key": "access_key_id",
    "secret-key": "secret_access_key",
}
"""Keys of a configuration file's `storage.connection`, by flytectl's names, and the fields that they are."""
_SPELLED_ELSEWHERE = ("auth-type", "disable-ssl")
"""Keys that say again what the others do: how keys are given, and whether the endpoint is `http://`."""


def _storage_of(stored: Mapping[str, Any], local: str | None, file: Path | None) -> Any:
    """What the `storage` section of a configuration file means, under what the environment says.

    Raises:
        ConfigError: a kind of store, or a key of its connection, that is not known.
    """
    raw = os.environ.get(_VARIABLES["raw_data_path"]) or local or stored.get("raw_data_path")
    connection: object = stored.get("connection") or {}
    if not is_mapping(connection):
        raise ConfigError(
            "storage.connection is not a mapping",
            where=str(file),
            expected="a mapping",
            got=preview(connection),
            fix="write the keys of the connection below it, indented",
        )
    if not connection and not {"type", "region", "endpoint"} & set(stored):
        return raw
    name = _STORES.get(str(stored.get("type", "s3")))
    if name is None:
        raise ConfigError(
            "storage.type is not a known store",
            where=str(file),
            expected=", ".join(sorted(_STORES)),
            got=preview(stored["type"]),
            fix="use one of these",
        )
    given: dict[object, object] = {
        **{key: stored[key] for key in ("region", "endpoint") if key in stored},
        **connection,
    }
    for key in given:
        if key not in {*_CONNECTION, *_SPELLED_ELSEWHERE}:
            raise ConfigError(
                f"storage.connection has no key {key!r}",
                where=str(file),
                expected=", ".join(_CONNECTION),
                got=repr(key),
                fix=_nearest(str(key), list(_CONNECTION)),
            )
    chosen = {
        _CONNECTION[key]: str(value) for key, value in given.items() if isinstance(key, str) and key in _CONNECTION
    }
    if chosen and name != "S3":
        raise ConfigError(
            f"a {stored.get('type')} store takes no {next(iter(chosen))}",
            where=str(file),
            expected="no credentials in the file",
            got=next(iter(chosen)),
            fix="its credentials are read from the environment",
        )
    kind: type[context.Storage] = getattr(context, name)
    return kind.auto(**chosen, raw_data_path=raw)


def _find(given: str | os.PathLike[str] | None) -> Path | None:
    if given is not None:
        path = Path(given)
        if not path.is_file():
            raise InitializationError(
                "ConfigFileNotFoundError",
                "user",
                "there is no such configuration file",
                where=str(path),
                expected="a file",
                got="none",
                fix="check the path, or call init() without one",
            )
        return path
    return next((path for path in _places() if path.is_file()), None)


def _places() -> list[Path]:
    here = Path.cwd()
    places = [here / "config.yaml", here / ".flyte" / "config.yaml"]
    root = next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), None)
    if root is not None:
        places.append(root / ".flyte" / "config.yaml")
    places += [Path(text) for name in ("UCTL_CONFIG", "FLYTECTL_CONFIG") if (text := os.environ.get(name))]
    return [*places, Path.home() / ".union" / "config.yaml", Path.home() / ".flyte" / "config.yaml"]


def read_config(path: Path) -> dict[str, dict[str, Any]]:
    """A configuration file by section, with every section and key held against the known ones.

    Raises:
        ConfigSyntaxError: it cannot be read.
        ConfigError: an unknown section or key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigSyntaxError(
            f"this configuration file cannot be read: {error}",
            where=str(path),
            expected="a file of text in UTF-8",
            got="other bytes",
            fix="save it as UTF-8",
        ) from error
    content = read_yaml(text, str(path))
    if not isinstance(content, dict):
        raise ConfigError(
            "a configuration file is a mapping of sections",
            where=str(path),
            expected="a mapping of sections",
            got=preview(content),
            fix=f"begin with a section, such as `{next(iter(KNOWN))}:`",
        )
    sections = cast("dict[str, dict[str, Any] | None]", content)
    for section, values in sections.items():
        if section not in KNOWN:
            raise ConfigError(
                f"there is no section {section!r}",
                where=str(path),
                expected=", ".join(KNOWN),
                got=repr(section),
                fix=_nearest(section, list(KNOWN)),
            )
        if values is not None and not isinstance(values, dict):  # pyright: ignore[reportUnnecessaryIsInstance] - a file holds anything
            raise ConfigError(
                f"section {section!r} is not a mapping",
                where=str(path),
                expected="a mapping",
                got=preview(values),
                fix="write the section's keys below it, indented",
            )
        for key in values or {}:
            if key not in KNOWN[section]:
                raise ConfigError(
                    f"section {section!r} has no key {key!r}",
                    where=str(path),
                    expected=", ".join(KNOWN[section]),
                    got=repr(key),
                    fix=_nearest(key, list(KNOWN[section])),
                )
    return {section: values or {} for section, values in sections.items()}


def _nearest(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(sorted(known))}"


def _set_logging(level: int | None, form: str | None, user_level: int | None) -> None:
    if form is not None and form not in FORMATS:
        raise ConfigError(
            "unknown value of log_format", expected=", ".join(FORMATS), got=preview(form), fix="use one of these"
        )
    if level is not None:
        system_logger.setLevel(level)
    if user_level is not None:
        logger.setLevel(user_level)


@with_aio
def init_in_cluster(org: str | None = None, project: str | None = None, domain: str | None = None, **more: Any) -> None:
    """`init` with what a cluster's runtime says in the environment."""
    read = os.environ.get
    init(
        org=org or read("_U_ORG_NAME") or None,
        project=project or read("FLYTE_INTERNAL_EXECUTION_PROJECT"),
        domain=domain or read("FLYTE_INTERNAL_EXECUTION_DOMAIN"),
        **more,
    )


def init_from_api_key(api_key: str | None = None, **_: object) -> None:
    """Refused: a key is for talking to a platform.

    Raises:
        UnsupportedHereError: always.
    """
    del api_key
    raise UnsupportedHereError(
        "an API key is for a Flyte 2 platform, and drawloom talks to Flyte 1 only",
        where="init_from_api_key",
        expected="no API key",
        got="an API key",
        fix="call init()",
    )


def init_passthrough(endpoint: str | None = None, **_: object) -> None:
    """Refused: credentials are for talking to a platform.

    Raises:
        UnsupportedHereError: always.
    """
    del endpoint
    raise UnsupportedHereError(
        "passed-through credentials are for a Flyte 2 platform, and drawloom talks to Flyte 1 only",
        where="init_passthrough",
        expected="a client of Flyte 1",
        got="credentials of Flyte 2",
        fix="call init(endpoint=...)",
    )


def current_project() -> str | None:
    """The project in force: the running action's, else the configured one."""
    task = current().task
    return (task.action.project if task is not None else None) or settings().project


def current_domain() -> str | None:
    """The domain in force: the running action's, else the configured one."""
    task = current().task
    return (task.action.domain if task is not None else None) or settings().domain


def is_control_plane_available() -> bool:
    """Whether there is a platform to talk to: never, here."""
    return False
