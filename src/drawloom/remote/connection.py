"""Calls of a platform's services: asked again while it is away, with a new token when the old one has run out."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from drawloom.remote.errors import (
    EntityConflictError,
    EntityExistsError,
    NotAuthenticatedError,
    NotRegisteredError,
    PlatformUnavailableError,
    RemoteError,
)
from drawloom.remote.login import PublicClient, token_by_browser, token_of_client, token_of_command
from drawloom.remote.platform import PlatformLike
from drawloom.remote.stubs import Message, library

_STUBS = {
    "admin": ("admin", "AdminServiceStub"),
    "data": ("dataproxy", "DataProxyServiceStub"),
    "signal": ("signal", "SignalServiceStub"),
    "auth": ("auth", "AuthMetadataServiceStub"),
}
_DIFFERENT = "with different structure already exists"
_LARGEST = 64 * 1024 * 1024
_DEFAULT_HEADER = "authorization"


class Connection:
    """One platform. `timeout`: seconds that a call may take; `attempts`: how often it is made; `backoff`: seconds before the second.

    Calls that were lost may have arrived, so what is called through here is idempotent: entities by their content,
    executions by the name that the caller chose.
    """

    def __init__(
        self, platform: PlatformLike, *, timeout: float = 30.0, attempts: int = 5, backoff: float = 0.2
    ) -> None:
        self._platform = platform
        self._timeout = timeout
        self._attempts = attempts
        self._backoff = backoff
        self._channel: Any = None
        self._stubs: dict[str, Any] = {}
        self._token: tuple[str, str] | None = None

    def close(self) -> None:
        """Give the connection back."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None
            self._stubs.clear()

    def call(self, service: str, method: str, request: Message, about: str = "") -> Any:
        """The answer of a service. `about`: what the call is about, for errors.

        Raises:
            PlatformUnavailableError: it did not answer in any attempt.
            NotAuthenticatedError: it does not take the caller, not with a new token either.
            EntityExistsError: what was to be made is there already.
            EntityConflictError: another one of its name and version is.
            NotRegisteredError: there is no such thing.
            RemoteError: it refuses for another reason.
        """
        grpc = library("grpc")
        where = f"{about or method} at {self._platform.endpoint}"
        renewed = False
        attempt = 1
        while True:
            stub = self._stub(service)
            metadata = [] if self._token is None else [self._token]
            try:
                return getattr(stub, method)(request, timeout=self._timeout, metadata=metadata)
            except grpc.RpcError as error:
                code, said = error.code(), str(error.details())
                if code is grpc.StatusCode.UNAUTHENTICATED and not renewed and service != "auth":
                    renewed = True
                    self._token = self._new_token()
                elif code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED):
                    if attempt >= self._attempts:
                        raise PlatformUnavailableError(
                            f"the platform did not answer in {attempt} attempts",
                            where=where,
                            expected="an answer",
                            got=said,
                            fix="check the endpoint and the network, and try again",
                        ) from error
                    time.sleep(self._backoff * 2 ** (attempt - 1))
                    attempt += 1
                else:
                    raise _refusal(code.name, said, where) from error

    def _stub(self, service: str) -> Any:
        if service not in self._stubs:
            module, name = _STUBS[service]
            self._stubs[service] = getattr(library(f"flyteidl.service.{module}_pb2_grpc"), name)(self._open())
        return self._stubs[service]

    def _open(self) -> Any:
        if self._channel is None:
            grpc = library("grpc")
            address = self._platform.endpoint.removeprefix("dns:///").removeprefix("https://").removeprefix("http://")
            options = [("grpc.max_receive_message_length", _LARGEST), ("grpc.max_send_message_length", _LARGEST)]
            if self._platform.insecure:
                self._channel = grpc.insecure_channel(address, options=options)
            else:
                file = getattr(self._platform, "ca_file", None)
                roots = None if file is None else Path(file).read_bytes()
                credentials = grpc.ssl_channel_credentials(root_certificates=roots)
                self._channel = grpc.secure_channel(address, credentials, options=options)
        return self._channel

    def _new_token(self) -> tuple[str, str]:
        """The header with a new token, as the platform's public settings want it."""
        messages = library("flyteidl.service.auth_pb2")
        known = self._platform
        if known.command:
            return _DEFAULT_HEADER, f"Bearer {token_of_command(known.command)}"
        public = self.call("auth", "GetPublicClientConfig", messages.PublicClientAuthConfigRequest())
        server = self.call("auth", "GetOAuth2Metadata", messages.OAuth2MetadataRequest())
        scopes = [*(known.scopes or public.scopes)]
        if known.client_id and known.client_credentials_secret:
            token = token_of_client(known.client_id, known.client_credentials_secret, server.token_endpoint, scopes)
        else:
            addresses = public.redirect_uri, server.authorization_endpoint, server.token_endpoint
            token = token_by_browser(PublicClient(known.client_id or public.client_id, *addresses, scopes))
        return public.authorization_metadata_key or _DEFAULT_HEADER, f"Bearer {token}"


def _refusal(code: str, said: str, where: str) -> RemoteError:
    if code == "ALREADY_EXISTS":
        return EntityExistsError(
            "it is there already",
            where=where,
            expected="a name and version that are free",
            got=said,
            fix="register under a new version",
        )
    if code == "NOT_FOUND":
        return NotRegisteredError(
            "there is no such thing on the platform",
            where=where,
            expected="something that is registered",
            got=said,
            fix="check project, domain, name and version",
        )
    if code == "INVALID_ARGUMENT" and _DIFFERENT in said:
        return EntityConflictError(
            "another one of this name and version is registered",
            where=where,
            expected="the same content, or a new version",
            got=said,
            fix="register under a new version; without --version it is the digest of the content",
        )
    if code in ("UNAUTHENTICATED", "PERMISSION_DENIED"):
        return NotAuthenticatedError(
            "the platform does not let the caller do this",
            where=where,
            expected="a caller who may do this",
            got=said,
            fix="log in as somebody who may, or ask the platform's administrator",
        )
    return RemoteError(
        f"the platform refused: {code}",
        where=where,
        expected="a request that the platform takes",
        got=said,
        fix="read what it answered above",
    )
