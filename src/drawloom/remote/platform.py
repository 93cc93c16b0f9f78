"""Where a platform is and how to log in."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from drawloom.local.config import read_config, settings
from drawloom.remote.errors import RemoteError


class PlatformLike(Protocol):
    """What is said about a platform; flytekit's `PlatformConfig` is one."""

    @property
    def endpoint(self) -> str:
        """`host:port`, or with `dns:///` before it."""
        ...

    @property
    def insecure(self) -> bool:
        """No TLS."""
        ...

    @property
    def command(self) -> Sequence[str] | None:
        """A program that prints a token."""
        ...

    @property
    def client_id(self) -> str | None:
        """Who the client is."""
        ...

    @property
    def client_credentials_secret(self) -> str | None:
        """The client's secret."""
        ...

    @property
    def scopes(self) -> Sequence[str]:
        """What the token is for; the platform's own if empty."""
        ...


class PlatformSettings:
    """A platform, by its parts. `ca_file`: certificates to trust, as a PEM file, instead of the system's."""

    def __init__(
        self,
        endpoint: str,
        *,
        insecure: bool = False,
        command: Sequence[str] | None = None,
        client_id: str | None = None,
        client_credentials_secret: str | None = None,
        scopes: Sequence[str] = (),
        ca_file: str | None = None,
    ) -> None:
        self.endpoint = endpoint
        self.insecure = insecure
        self.command = command
        self.client_id = client_id
        self.client_credentials_secret = client_credentials_secret
        self.scopes = scopes
        self.ca_file = ca_file

    @classmethod
    def auto(
        cls, file: str | os.PathLike[str] | None = None, *, endpoint: str | None = None, default: str | None = None
    ) -> PlatformSettings:
        """The endpoint that is given, else what a file of flytectl's settings says, `drawloom.init` was told, the environment.

        Variables: `FLYTE_PLATFORM_URL`, `FLYTE_PLATFORM_INSECURE`, `FLYTE_CREDENTIALS_CLIENT_ID`,
        `FLYTE_CREDENTIALS_CLIENT_SECRET`. `default`: the endpoint where nothing says one.

        Raises:
            RemoteError: nothing says where the platform is.
            ConfigError: the file has an unknown section or key.
        """
        found = settings()
        path = Path(file) if file is not None else found.source
        said: Mapping[str, Any] = {} if path is None else _admin_section(path)
        known = endpoint or said.get("endpoint") or found.endpoint or os.environ.get("FLYTE_PLATFORM_URL") or default
        if not known:
            raise RemoteError(
                "nothing says where the platform is",
                expected="an endpoint",
                got="none",
                fix="give an endpoint: --endpoint, drawloom.init(endpoint=...), or FLYTE_PLATFORM_URL",
            )
        insecure = said.get("insecure", os.environ.get("FLYTE_PLATFORM_INSECURE", "").lower() in ("1", "true"))
        return cls(
            str(known),
            insecure=bool(insecure),
            command=said.get("command"),
            client_id=said.get("clientId") or os.environ.get("FLYTE_CREDENTIALS_CLIENT_ID"),
            client_credentials_secret=_secret(said.get("clientSecretEnvVar"), said.get("clientSecretLocation")),
            scopes=said.get("scopes") or (),
            ca_file=said.get("caCertFilePath"),
        )


def _admin_section(path: Path) -> Mapping[str, Any]:
    try:
        return read_config(path).get("admin", {})
    except OSError as error:
        raise RemoteError(
            "the file of settings cannot be read",
            where=str(path),
            expected="a file that can be read",
            got=str(error),
            fix="check the path and the file's content",
        ) from error


def _secret(variable: str | None, location: str | None) -> str | None:
    if variable:
        return os.environ.get(variable)
    if location:
        path = Path(location)
        if not path.is_file():
            raise RemoteError(
                "the file of the client's secret does not exist",
                where="clientSecretLocation",
                expected="a file",
                got=location,
                fix="check the path",
            )
        return path.read_text(encoding="utf-8").strip()
    return os.environ.get("FLYTE_CREDENTIALS_CLIENT_SECRET")
